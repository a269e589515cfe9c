"""PDF pages for tests."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from synthink.documents.page.model import Page
from synthink.documents.sources.pdf.reader import read_pdf
from synthink.streams import StreamKey

A4 = (595, 842)


TEXT = "The quick brown fox (jumps) over the lazy dog; Ärger, 42% of it."


def pdf(draw: Callable[[Any], None], size: tuple[float, float] = A4, **options: Any) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, invariant=1, **options)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def lines(
    canvas: Any, texts: list[str], x: float = 60, y: float = 700, size: float = 12, font: str = "Helvetica"
) -> None:
    canvas.setFont(font, size)
    for number, text in enumerate(texts):
        canvas.drawString(x, y - 1.3 * size * number, text)


def one(data: bytes, **options: Any) -> Page:
    (page,) = read_pdf(data, "a.pdf", **options)
    return page


def skips(data: bytes) -> Counter[str]:
    skipped = Counter[str]()
    assert read_pdf(data, "a.pdf", skipped=skipped) == []
    return skipped


def _under_a_picture(canvas: Any) -> None:
    canvas.drawString(200, 500, "hidden")
    canvas.drawImage(ImageReader(picture(40, 40)), 190, 480, 60, 60)


def picture(width: int, height: int) -> Image.Image:
    noise = (StreamKey("test").stream(0, "noise").raw(width * height * 3) >> np.uint64(56)).astype(np.uint8)
    return Image.fromarray(noise.reshape(height, width, 3))
