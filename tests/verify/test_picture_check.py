"""What a picture's file may hold besides its pixels: nothing by which a reader shows others."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from synthink.draw.picture import IndexedPicture, RgbPicture
from synthink.verify.picture_check import picture_file_faults

PIXELS = np.arange(12 * 10 * 3, dtype=np.uint8).reshape(12, 10, 3)
TURNED = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0"


def with_chunk(kind: bytes, content: bytes) -> bytes:
    data, _ = RgbPicture(PIXELS).encode()
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return data[:33] + chunk + data[33:]


def saved(form: str, picture: Image.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (picture or Image.fromarray(PIXELS)).save(file, form, **options)
    return file.getvalue()


def see_through(form: str) -> bytes:
    return saved(form, Image.new("RGBA", (12, 10), (255, 0, 0, 90)))


def several(form: str) -> bytes:
    return saved(form, save_all=True, append_images=[Image.fromarray(255 - PIXELS)])


def test_our_own_pictures_have_no_fault() -> None:
    lines = IndexedPicture.blank(9, 7)
    files = [RgbPicture(PIXELS).encode()[0], IndexedPicture(lines, np.zeros((256, 3), np.uint8)).encode()[0]]
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "harmless")
    files += [saved("JPEG"), saved("WEBP", lossless=True), saved("PNG", pnginfo=text)]
    assert [list(picture_file_faults(file)) for file in files] == [[]] * 5


EXIF = Image.Exif()
EXIF[0x0112] = 3


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: with_chunk(b"eXIf", TURNED), "a chunk eXIf"),
        (lambda: with_chunk(b"gAMA", struct.pack(">I", 100_000)), "a chunk gAMA"),
        (lambda: with_chunk(b"tRNS", b"\0\1\0\2\0\3"), "a chunk tRNS"),
        (lambda: several("PNG"), "a chunk acTL"),
        (lambda: RgbPicture(PIXELS).encode()[0] + b"behind", "does not end with its picture"),
        (lambda: saved("JPEG", exif=EXIF), "its EXIF turns"),
        (lambda: saved("WEBP", exif=EXIF), "its EXIF turns"),
        (lambda: several("WEBP"), "several frames"),
        (lambda: see_through("WEBP"), "transparency"),
        (lambda: saved("JPEG", icc_profile=b"x" * 200), "a colour profile"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_changes_a_picture_is_found(make: Callable[[], bytes], told: str) -> None:
    assert any(told in fault for fault in picture_file_faults(make())), list(picture_file_faults(make()))
