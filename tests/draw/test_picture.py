"""Pictures: palette and RGB, and the files that store them."""

from __future__ import annotations

import io
import zlib
from typing import Any

import freetype.raw as ft
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from synthink.draw import raster
from synthink.draw.geometry import snap
from synthink.draw.outline import Outline, polygon
from synthink.draw.picture import (
    IndexedPicture,
    JpegPicture,
    Pixels,
    RgbPicture,
    as_picture,
    decoded_with_checksum,
    stored_checksum,
)
from synthink.draw.picture_file import decode
from tests.draw.outlines import ink_of

sizes = st.tuples(st.integers(1, 70), st.integers(1, 70))


def noise(size: tuple[int, int], channels: int, seed: int) -> Pixels:
    count = size[0] * size[1] * channels
    words = np.random.Philox(key=seed).random_raw(-(-count // 8))
    return words.view(np.uint8)[:count].reshape((size[1], size[0], channels))


def check_png(data: bytes) -> Image.Image:
    """Decoded by Pillow; all chunks whole and in order."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, names = 8, []
    while place < len(data):
        length, name = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        assert int.from_bytes(data[place + 8 + length : place + 12 + length]) == zlib.crc32(name + body)
        names.append(name)
        place += 12 + length
    assert names[0] == b"IHDR"
    assert names[-2:] == [b"IDAT", b"IEND"]
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


@given(sizes, st.integers(0, 2**32))
def test_an_rgb_png_decodes_to_its_pixels(size: tuple[int, int], seed: int) -> None:
    picture = RgbPicture(noise(size, 3, seed))
    data, suffix = picture.encode()
    decoded = check_png(data)
    assert (suffix, decoded.mode, decoded.size, picture.size_px) == ("png", "RGB", size, size)
    assert (np.asarray(decoded) == picture.array()).all()
    assert (np.asarray(picture.pil()) == picture.array()).all()
    assert as_picture(decoded).checksum() == stored_checksum(data) == picture.checksum()


@given(sizes, st.integers(0, 2**32))
def test_an_indexed_png_decodes_to_its_pixels(size: tuple[int, int], seed: int) -> None:
    lines = IndexedPicture.blank(*size)
    lines[:, 1:] = noise(size, 1, seed)[:, :, 0]
    palette = noise((256, 1), 3, seed + 1)[0]
    picture = IndexedPicture(lines, palette)
    data, suffix = picture.encode()
    decoded = check_png(data)
    assert (suffix, decoded.mode, decoded.size, picture.size_px) == ("png", "P", size, size)
    assert (np.asarray(decoded.convert("RGB")) == picture.array()).all()
    assert (picture.array() == palette[lines[:, 1:]]).all()
    assert (np.asarray(decode(data)) == picture.array()).all()
    seen, checksum = decoded_with_checksum(data)
    assert (np.asarray(seen) == picture.array()).all()
    assert checksum == stored_checksum(data) == picture.checksum()


def test_a_jpeg_is_kept_as_it_is() -> None:
    file = io.BytesIO()
    Image.fromarray(noise((40, 30), 3, 5)).save(file, "JPEG", quality=70)
    picture = JpegPicture(file.getvalue())
    assert picture.encode() == (file.getvalue(), "jpg")
    assert picture.size_px == (40, 30)
    assert stored_checksum(file.getvalue()) == picture.checksum()
    assert (picture.array() == np.asarray(Image.open(file).convert("RGB"))).all()


def test_checksums_tell_pictures_apart() -> None:
    lines = IndexedPicture.blank(8, 8)
    lines[4, 4] = 1
    grey = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
    pictures = [
        IndexedPicture(lines, grey),
        IndexedPicture(IndexedPicture.blank(8, 8), grey),
        IndexedPicture(lines, grey[::-1].copy()),
        RgbPicture(noise((8, 8), 3, 1)),
        RgbPicture(noise((8, 8), 3, 2)),
    ]
    assert len({picture.checksum() for picture in pictures}) == len(pictures)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3)),
        np.zeros((0, 4, 3), np.uint8),
        "a.png",
        None,
    ],
    ids=lambda image: str(getattr(image, "shape", image)),
)
def test_what_is_no_picture_is_refused(image: Any) -> None:
    with pytest.raises(TypeError, match="image must be"):
        as_picture(image)


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "CMYK"])
def test_pillow_pictures_of_any_mode_are_taken(mode: str) -> None:
    picture = Image.fromarray(noise((9, 7), 3, 3)).convert(mode)
    assert (as_picture(picture).array() == np.asarray(picture.convert("RGB"))).all()


def test_what_is_transparent_in_a_pillow_picture_lies_on_white() -> None:
    assert (as_picture(Image.new("RGBA", (2, 1), (0, 0, 0, 0))).array() == 255).all()


def test_a_strided_array_encodes_like_its_copy() -> None:
    pixels = noise((20, 10), 3, 4)[::2, ::-1]
    assert RgbPicture(pixels).encode() == RgbPicture(pixels.copy()).encode()
    assert RgbPicture(pixels).checksum() == RgbPicture(pixels.copy()).checksum()


def test_a_ring_wider_than_freetypes_pool_of_cells_is_drawn_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thin ring of many thousand cells a row of its bands; in parts it is what it is in one go."""

    def ring(wide: float) -> Outline:
        turns = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        circle, middle = np.stack((np.cos(turns), np.sin(turns)), axis=1), np.array((wide + 5, 25))
        return polygon(snap(circle * (wide, 15) + middle), snap(circle * (wide - 4, 12) + middle)[::-1])

    ink = ink_of(ring(1600), (3300, 50))
    assert ink[25, :12].any() and ink[25, -100:].any() and not ink[25, 100:-200].any()
    whole = ink_of(ring(300), (700, 50))
    errors = iter([raster._OVERFLOW, raster._OVERFLOW])
    draw = ft.FT_Outline_Get_Bitmap
    monkeypatch.setattr(ft, "FT_Outline_Get_Bitmap", lambda *given: next(errors, None) or draw(*given))
    np.testing.assert_array_equal(ink_of(ring(300), (700, 50)), whole)
