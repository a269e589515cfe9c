"""A finished picture: pixels in memory and the file that stores them.

Three forms, because encoding is the largest cost of a dataset: palette indices where a picture has few colours (a
word and a mark), RGB otherwise, and JPEG bytes where the camera's last step was a JPEG: storing those costs nothing
and loses nothing more.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from zlib_ng import zlib_ng

from synthink.draw.picture_file import decode, decode_as
from synthink.draw.shown import as_shown

if TYPE_CHECKING:
    from PIL import Image

Pixels = npt.NDArray[np.uint8]
# By measurement on rendered text: level 2 is zlib-ng's best by time; runs alone (Z_RLE) make palette pictures
# smaller and faster still.
DEFLATE_LEVEL = 2
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Picture(Protocol):
    """A finished picture, as a `Sample` holds it."""

    @property
    def size_px(self) -> tuple[int, int]:
        """The width and height of the picture in pixels."""
        ...

    def array(self) -> Pixels:
        """The pixels as an (H, W, 3) uint8 array in RGB."""
        ...

    def pil(self) -> Image.Image:
        """The picture as a Pillow image in mode RGB."""
        ...

    def encode(self) -> tuple[bytes, str]:
        """The file's bytes and its suffix (`png`, `jpg`)."""
        ...

    def checksum(self) -> int:
        """CRC-32 of what the codec is fed, so that a change of codec and a change of pixels can be told apart.

        `stored_checksum` gives the same number for the file that `encode` makes.
        """
        ...


@dataclass(frozen=True, eq=False)
class RgbPicture:
    """A picture of (H, W, 3) uint8 pixels, which is stored as PNG."""

    pixels: Pixels

    @property
    def size_px(self) -> tuple[int, int]:
        return self.pixels.shape[1], self.pixels.shape[0]

    def array(self) -> Pixels:
        return self.pixels

    def pil(self) -> Image.Image:
        from PIL import Image

        return Image.fromarray(self.pixels)

    def encode(self) -> tuple[bytes, str]:
        height, width, _ = self.pixels.shape
        lines = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # filter type 0 before every line
        lines[:, 1:] = self.pixels.reshape(height, 3 * width)
        return _png(width, height, 2, b"", zlib_ng.compress(lines, DEFLATE_LEVEL)), "png"

    def checksum(self) -> int:
        return int(zlib_ng.crc32(np.ascontiguousarray(self.pixels)))


@dataclass(frozen=True, eq=False)
class IndexedPicture:
    """Palette indices, stored as an 8-bit palette PNG.

    `lines` is (H, 1 + W) uint8 with a zero in front of each line, as PNG's filter type 0 wants it: what was drawn is
    compressed as it stands. `palette` is (256, 3) uint8.
    """

    lines: Pixels
    palette: Pixels

    @staticmethod
    def blank(width: int, height: int) -> Pixels:
        """`lines` for a picture of index 0 everywhere."""
        return np.zeros((height, 1 + width), dtype=np.uint8)

    @property
    def size_px(self) -> tuple[int, int]:
        return self.lines.shape[1] - 1, self.lines.shape[0]

    def array(self) -> Pixels:
        return np.asarray(self.pil())

    def pil(self) -> Image.Image:
        from PIL import Image

        indexed = Image.fromarray(self.lines[:, 1:])
        indexed.putpalette(self.palette.tobytes())
        return indexed.convert("RGB")

    def encode(self) -> tuple[bytes, str]:
        width, height = self.size_px
        squeeze = zlib_ng.compressobj(DEFLATE_LEVEL, zlib_ng.DEFLATED, 15, 9, zlib_ng.Z_RLE)
        data = squeeze.compress(self.lines) + squeeze.flush()
        return _png(width, height, 3, _chunk(b"PLTE", self.palette.tobytes()), data), "png"

    def checksum(self) -> int:
        return int(zlib_ng.crc32(self.lines, zlib_ng.crc32(self.palette)))


@dataclass(frozen=True, eq=False)
class JpegPicture:
    """A JPEG file; its pixels are what Pillow decodes from it."""

    data: bytes

    @cached_property
    def _decoded(self) -> Image.Image:
        return decode(self.data)

    @property
    def size_px(self) -> tuple[int, int]:
        return self._decoded.size

    def array(self) -> Pixels:
        return np.asarray(self._decoded)

    def pil(self) -> Image.Image:
        return self._decoded

    def encode(self) -> tuple[bytes, str]:
        return self.data, "jpg"

    def checksum(self) -> int:
        return int(zlib_ng.crc32(self.data))


def as_picture(image: Any) -> Picture:
    """A picture from what a generator may return: a `Picture`, an (H, W, 3) uint8 array, or a Pillow picture."""
    if isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
            raise TypeError(f"image must be uint8 of shape (H, W, 3), is {image.dtype} of shape {image.shape}")
        return RgbPicture(image)
    if hasattr(image, "encode") and hasattr(image, "checksum"):
        picture: Picture = image
        return picture
    if hasattr(image, "convert"):
        return RgbPicture(np.asarray(as_shown(image)))
    raise TypeError(f"image must be an array, a Pillow picture or a synthink Picture, is {type(image).__name__}")


def stored_checksum(data: bytes) -> int:
    """The `checksum` of the picture that a file was encoded from, whatever the codec: of a PNG the palette and indices,
    or the pixels; of any other kind of file its bytes. Raises `PictureError`."""
    return decoded_with_checksum(data)[1]


def decoded_with_checksum(data: bytes) -> tuple[Image.Image, int]:
    """The RGB picture in a file and its `stored_checksum`; pixels are unpacked once. Raises `PictureError`."""
    if isinstance(data, bytes) and data.startswith(_SIGNATURE):
        return decode_as(data, lambda picture: (picture.convert("RGB"), _checksum_of_pixels(picture)))
    return decode(data), int(zlib_ng.crc32(data))


def _checksum_of_pixels(picture: Image.Image) -> int:
    if picture.mode != "P" or picture.palette is None:
        return int(zlib_ng.crc32(np.ascontiguousarray(picture.convert("RGB"))))
    lines = np.pad(np.asarray(picture), ((0, 0), (1, 0)))
    return int(zlib_ng.crc32(lines, zlib_ng.crc32(picture.palette.tobytes().ljust(768, b"\0"))))


def _png(width: int, height: int, colour_type: int, before: bytes, data: bytes) -> bytes:
    """PNG (ISO/IEC 15948) with one IDAT chunk of compressed lines."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    return b"".join((_SIGNATURE, _chunk(b"IHDR", header), before, _chunk(b"IDAT", data), _chunk(b"IEND", b"")))


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib_ng.crc32(data, zlib_ng.crc32(name))
    return b"".join((struct.pack(">I", len(data)), name, data, struct.pack(">I", checksum)))
