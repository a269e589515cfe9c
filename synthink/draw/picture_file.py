"""Picture files from outside, measured by their heads before anything is decoded.

Whatever reads a picture that synthink did not just make goes through here: rows of datasets, ours and others',
documents, what an API is sent. Rows that synthink makes are PNG, JPEG or WebP; of others a few more formats are read.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from synthink.draw.shown import PictureError, as_shown, shown_size
from synthink.errors import quoted

if TYPE_CHECKING:
    from PIL import Image

Decoded = TypeVar("Decoded")

FORMATS = ("PNG", "JPEG", "WEBP")
"""What rows of synthink's are stored in."""
FORMATS_OF_OTHERS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
MOST_PIXELS = 25_000_000
MOST_BYTES = 64 * 2**20
MOST_SCANS = 300
"""Passes over a progressive JPEG, which has about ten; each goes over all pixels (8 ms for 25 million) and may take no
more than 42 bytes. They are counted in the whole file, and what a camera appends may look like a few more."""
LONGEST_PATH = 4096
_BASE64 = ("iVBORw0KGgo", "/9j/", "UklGR", "R0lGODdh", "R0lGODlh", "SUkqA", "TU0AK")  # how files in base64 begin
_SCAN = b"\xff\xda"
_PNG = b"\x89PNG\r\n\x1a\n"
_EXIF_OF_PNG = (b"eXIf", b"Raw profile type exif", b"XML:com.adobe.xmp")
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # markers of a JPEG that are followed by its size


def decode(data: bytes, formats: tuple[str, ...] = FORMATS, most_pixels: int = MOST_PIXELS) -> Image.Image:
    """The RGB picture in a file, as viewers show it (`as_shown`). Raises `PictureError`."""
    return decode_as(data, as_shown, formats, most_pixels)


def picture_format(data: bytes, formats: tuple[str, ...] = FORMATS) -> str:
    """Pillow's name of a file's format, by its head; what lies behind it is not looked at. Raises `PictureError`."""
    return decode_as(data, lambda picture: str(picture.format), formats)


def picture_size(data: bytes, formats: tuple[str, ...] = FORMATS) -> tuple[int, int]:
    """Width and height in pixels of what `decode` gives, by the head of a file. Raises `PictureError`."""
    # The pixels of a PNG are read for its EXIF, which may stand behind them, where there is any.
    turns = not data.startswith(_PNG) or any(mark in data for mark in _EXIF_OF_PNG)
    return decode_as(data, lambda picture: shown_size(picture) if turns else picture.size, formats)


def text_fault(text: str) -> str:
    """The reason why a text in the place of a picture's path is none, and what to do about it; empty for one that may
    be a path."""
    if text.startswith(("data:", *_BASE64)):
        return f"is a picture's file in base64 ({quoted(text, 40)}); decode it, and store the bytes or a file's path"
    if len(text) > LONGEST_PATH:
        return f"is a text of {len(text):,} characters ({quoted(text, 40)}), not the path of a picture's file"
    return ""


def decode_as(
    data: bytes,
    convert: Callable[[Image.Image], Decoded],
    formats: tuple[str, ...] = FORMATS,
    most_pixels: int = MOST_PIXELS,
) -> Decoded:
    """Open the picture in a file and return what `convert` makes of it; pixels are decoded when that asks for them.

    formats: Pillow's names of those that are tried. Raises `PictureError` for any other format, for more bytes or
    pixels than are decoded, and where `convert` fails on damaged data.
    """
    from PIL import UnidentifiedImageError

    if not isinstance(data, bytes) or not data:
        raise PictureError(f"holds no picture ({'empty' if data == b'' else type(data).__name__})")
    if len(data) > MOST_BYTES:
        raise PictureError(f"has {len(data):,} bytes; at most {MOST_BYTES:,} are decoded")
    _check_size(_head(data), most_pixels)  # before Pillow, whose reader of WebP takes memory for what the head says
    if data.startswith(b"\xff\xd8") and data.count(_SCAN) > MOST_SCANS:
        raise PictureError(f"has {data.count(_SCAN):,} scans; at most {MOST_SCANS} are decoded")
    try:
        with _opened(data, formats) as picture:
            _check_size(picture.size, most_pixels)
            return convert(picture)
    except PictureError:
        raise
    except UnidentifiedImageError:
        if reason := text_fault(data[:100].decode("ascii", "replace")):
            raise PictureError(reason) from None
        raise PictureError(f"is in no format that is read ({', '.join(formats)})") from None
    except Exception as error:  # noqa: BLE001 - a decoder of damaged bytes raises what it likes
        raise PictureError(f"cannot be decoded: {error or type(error).__name__}") from None


def _opened(data: bytes, formats: tuple[str, ...]) -> Image.Image:
    from PIL import Image

    if "JPEG" in formats and data.startswith(
        b"\xff\xd8"
    ):  # `Image.open` hands files of two pictures to another plug-in
        from PIL.JpegImagePlugin import JpegImageFile

        return JpegImageFile(io.BytesIO(data))
    return Image.open(io.BytesIO(data), formats=formats)


def _check_size(size_px: tuple[int, int], most_pixels: int) -> None:
    width, height = size_px
    if width * height > most_pixels:
        raise PictureError(f"is {width:,} x {height:,} px; at most {most_pixels:,} pixels are decoded")


def _head(data: bytes) -> tuple[int, int]:
    """Width and height that a file's head claims; (0, 0) where it claims none."""
    try:
        if data.startswith(_PNG):
            width, height = struct.unpack_from(">II", data, 16)
            return width, height
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp_size(data)
        if data.startswith(b"\xff\xd8"):
            return _jpeg_size(data)
    except (struct.error, IndexError):
        pass
    return 0, 0


def _webp_size(data: bytes) -> tuple[int, int]:
    """The size of the canvas, by the first chunk: `VP8X` (extended), `VP8L` (lossless) or `VP8 ` (lossy)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """The size in the first frame's head, from segment to segment."""
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return 0, 0
