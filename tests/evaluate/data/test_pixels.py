"""One picture, seen by all: documents, trainer, evaluation and models behind an API."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from synthink.documents.page.files import decoded
from synthink.evaluate.api_models.prompt import data_url
from synthink.evaluate.data.pixels import picture_size, pixels, plain_format

SIZE = (24, 16)


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def inked() -> Image.Image:
    picture = Image.new("RGB", SIZE, "white")
    picture.paste((0, 0, 200), (2, 2, 10, 6))
    return picture


def turned(form: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(inked(), form, exif=exif)


def transparent() -> bytes:
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (2, 2, 10, 6))
    return saved(picture, "PNG")


def moving() -> bytes:
    return saved(inked(), "PNG", save_all=True, append_images=[Image.new("RGB", SIZE, "red")])


ODD: list[Callable[[], bytes]] = [
    lambda: turned("JPEG"),
    lambda: turned("PNG"),
    lambda: turned("WEBP"),
    lambda: turned("TIFF"),
    transparent,
    moving,
    lambda: saved(inked().convert("CMYK"), "JPEG"),
    lambda: saved(inked().quantize(4), "GIF"),
    lambda: saved(inked(), "BMP"),
    lambda: saved(Image.fromarray(np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)), "PNG"),
]


@pytest.mark.parametrize("make", ODD)
def test_all_see_the_same(make: Callable[[], bytes]) -> None:
    data = make()
    page = decoded(data, "a page")
    size = picture_size(data, "a row")
    assert size == (page.shape[1], page.shape[0])
    side = max(size)
    seen = np.asarray(Image.fromarray(page).resize((side, side), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(pixels(data, side), seen)
    kind, _, sent = data_url(data, "a row").partition(";base64,")
    assert kind == "data:image/png" and plain_format(data, "a row") not in ("PNG", "JPEG")
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(sent)))), page)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_what_every_reader_shows_alike_is_sent_as_it_is(form: str) -> None:
    data = saved(inked(), form)
    kind, _, sent = data_url(data, "a row").partition(";base64,")
    assert kind == f"data:image/{form.lower()}" and base64.b64decode(sent) == data
