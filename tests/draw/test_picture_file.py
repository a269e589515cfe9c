"""Picture files from outside: what is read, what is refused by its head, and that nothing else of Pillow is reached."""

from __future__ import annotations

import base64
import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from synthink.draw.picture_file import MOST_SCANS, decode, picture_format, picture_size, text_fault
from synthink.draw.shown import PictureError

RED = (200, 10, 10)


def encoded(form: str, size: tuple[int, int] = (12, 7), mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, RED).convert(mode).save(file, form, **options)
    return file.getvalue()


def png(width: int, height: int, bits: int = 1) -> bytes:
    """A PNG's head and nothing of its pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def webp(width: int, height: int) -> bytes:
    """A small extended WebP whose head claims a canvas of another size."""
    head = b"VP8X" + struct.pack("<I", 10) + bytes([0x02, 0, 0, 0])
    head += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + head + b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose frame claims another size."""
    data = encoded("JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P"])
def test_three_formats_are_read(form: str, mode: str) -> None:
    if form == "JPEG" and mode in ("RGBA", "P"):
        mode = "CMYK"
    data = encoded(form, mode=mode)
    assert (picture_format(data), picture_size(data)) == (form, (12, 7))
    assert (decode(data).mode, decode(data).size) == ("RGB", (12, 7))


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "EPS", "PDF", "DDS", "JPEG2000", "SGI"])
def test_no_other_format_is_read(form: str) -> None:
    with pytest.raises(PictureError, match=r"is in no format that is read \(PNG, JPEG, WEBP\)"):
        decode(encoded(form))


def test_of_a_jpeg_of_two_pictures_the_first_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telephones write them; Pillow's `open` has a plug-in of its own for them."""
    file = io.BytesIO()
    first, second = Image.new("RGB", (12, 7), RED), Image.new("RGB", (3, 3))
    first.save(file, "MPO", save_all=True, append_images=[second])
    assert Image.open(io.BytesIO(file.getvalue())).format == "MPO"
    assert (picture_format(file.getvalue()), decode(file.getvalue()).size) == ("JPEG", (12, 7))


@pytest.mark.parametrize("read", [decode, picture_format, picture_size])
@pytest.mark.parametrize(
    "data",
    [png(13_300, 13_300), png(170_000_000, 1), png(2**31 - 1, 2**31 - 1), webp(1 << 24, 256), jpeg(65_500, 65_500)],
    ids=["png", "wide png", "endless png", "webp", "jpeg"],
)
def test_a_small_file_that_claims_many_pixels_is_refused_by_its_head(
    read: Callable[[bytes], object], data: bytes, recwarn: pytest.WarningsRecorder
) -> None:
    tracemalloc.start()
    with pytest.raises(PictureError, match=r"is [\d,]+ x [\d,]+ px; at most 25,000,000 pixels are decoded"):
        read(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**20
    assert not recwarn.list, "Pillow warns of pictures that it has opened"


def test_a_jpeg_of_many_scans_is_refused() -> None:
    data = encoded("JPEG", (64, 64), progressive=True)
    first = data.index(b"\xff\xda")
    last = data.rindex(b"\xff\xda")
    assert decode(data).size == (64, 64)
    with pytest.raises(PictureError, match=rf"scans; at most {MOST_SCANS}"):
        decode(data[:first] + data[last:-2] * (MOST_SCANS + 1) + data[-2:])


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_cut_or_damaged_file_is_one_kind_of_error(form: str) -> None:
    file = io.BytesIO()
    Image.effect_noise((60, 60), 80).convert("RGB").save(file, form)
    data = file.getvalue()
    for end in range(0, len(data) * 3 // 4, len(data) // 25):
        with pytest.raises(PictureError):
            decode(data[:end])
    for place in range(0, len(data), len(data) // 40):
        damaged = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        try:
            decode(damaged)
        except PictureError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "TIFF"])
def test_a_file_in_base64_is_told_to_be_one(form: str) -> None:
    text = base64.b64encode(encoded(form, (300, 200)))
    with pytest.raises(PictureError, match=r"is a picture's file in base64 \('.{20,60}\); decode it") as caught:
        decode(text)
    assert len(str(caught.value)) < 200
    assert text_fault(text.decode()) == str(caught.value)
    assert text_fault("data:image/png;base64," + text.decode()).startswith("is a picture's file in base64")


@pytest.mark.parametrize("path", ["a.png", "folder/iVBOR.png", "/9j.png", "x" * 4096])
def test_a_path_is_no_fault(path: str) -> None:
    assert text_fault(path) == ""


@pytest.mark.parametrize("data", [b"", None, "text", 7, [1], {"bytes": b""}], ids=repr)
def test_what_is_no_file_is_refused(data: object) -> None:
    with pytest.raises(PictureError, match="holds no picture"):
        decode(data)  # type: ignore[arg-type]
