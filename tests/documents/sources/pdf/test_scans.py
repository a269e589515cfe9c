"""Scans with recognised text: words that the picture shows stay, the others are left out and counted."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from synthink.documents import Page
from synthink.documents.sources.pdf.reader import read_pdf
from synthink.documents.sources.pdf.scans import is_plain
from tests.documents.proof.test_proof import TEXT, drawn

pytestmark = pytest.mark.heavy

PRINTED = TEXT.replace("quiet", "quiét").split()


def scan(*texts: Mapping[int, str]) -> bytes:
    """A PDF of pages that show `PRINTED` as a picture, with the words laid over it invisibly, as OCR engines do. texts:
    for each page the words that were recognised as others, by their number."""
    page, stream = drawn(" ".join(PRINTED), size=18), io.BytesIO()
    grey = Image.fromarray(page.raster.pixels()).convert("L").resize((1280, 1280), Image.Resampling.BICUBIC)
    canvas = Canvas(stream, pagesize=(480, 480))
    for wrong in texts:
        canvas.drawImage(ImageReader(grey), 0, 0, 480, 480)
        layer = canvas.beginText()
        layer.setTextRenderMode(3)
        for number, (word, box) in enumerate(zip(page.words, page.word_boxes * 0.75, strict=True)):
            told = wrong.get(number, word)
            layer.setFont("Times-Roman", 13.5)
            layer.setHorizScale(100 * (box[2] - box[0] - 1.5) / stringWidth(told, "Times-Roman", 13.5))
            layer.setTextOrigin(box[0] + 0.75, 480 - box[3] + 3.5)
            layer.textOut(told + " ")
        canvas.drawText(layer)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def read(data: bytes) -> tuple[list[Page], Counter[str]]:
    skipped = Counter[str]()
    return read_pdf(data, "scan.pdf", skipped=skipped), skipped


def test_words_that_a_scan_shows_are_read() -> None:
    errors = {2: "fax", 4: "oevr", 6: "quiet", 9: "moming", 12: "m^ny", 15: "about ’t"}
    (right, some), skipped = read(scan({}, errors))
    assert right.words == tuple(PRINTED) and not len(right.unread)
    assert some.words == tuple(word for number, word in enumerate(PRINTED) if number not in errors)
    assert len(some.unread) == len(errors) + 1
    assert skipped == {
        "words whose picture shows other text": len(errors) - 2,
        "word: text of a scan that is no plain word": 3,
    }


def test_a_scan_that_was_badly_recognised_is_left_out() -> None:
    others = {number: PRINTED[number - 5] for number in range(0, len(PRINTED), 2)}
    signs = {number: word.replace("e", "8").replace("o", "^") for number, word in enumerate(PRINTED)}
    pages, skipped = read(scan(others, signs))
    assert not pages and skipped["page: a scan with text that is often not what it shows"] == 2


@pytest.mark.parametrize(
    "text", ["fox", "Fox,", "NATO", "(not-for-profit)", "straße.", "l\u2019eau", "1,024.5", "12%", "inner-"]
)
def test_plain_words(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize(
    "text", ["a", "4", "^Ionats", "(0^", "DauaufSicht", "CyMM8", "\u0421yM", "(REP", "-1-x", "//", "", "x=2"]
)
def test_no_plain_words(text: str) -> None:
    assert not is_plain(text)
