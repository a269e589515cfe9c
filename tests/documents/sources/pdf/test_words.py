"""Words and pictures of PDF pages: what can be seen, what is doubled, and what is refused."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader

from synthink.documents.page.model import DocumentError, make_page
from synthink.documents.page.tiles import Raster
from synthink.documents.reading_order.arrange import SourceOrder, arrange
from synthink.documents.sources.pdf.reader import PdfLimits, read_pdf
from synthink.documents.sources.pdf.worker import read_pdf_file, read_pdfs
from synthink.streams import StreamKey
from tests.documents.sources.pdf.pages import A4, TEXT, _under_a_picture, lines, one, pdf, picture, skips

pytestmark = pytest.mark.heavy


def test_text_inside_forms_is_seen_and_tested() -> None:
    def draw(canvas: Any) -> None:
        canvas.beginForm("inner")
        lines(canvas, ["within a form"])
        canvas.drawImage(ImageReader(picture(50, 50)), 100, 400, 90, 60)
        canvas.endForm()
        canvas.scale(0.5, 0.5)
        canvas.translate(100, 50)
        canvas.doForm("inner")

    page = one(pdf(draw))
    assert page.words == ("within", "a", "form")
    assert page.image_boxes == pytest.approx(np.array([(100, 842 - 255, 145, 842 - 225)]) * 4 / 3, abs=1.0)


def test_pages_that_cannot_be_used_are_counted(dejavu: str) -> None:
    assert skips(pdf(lambda canvas: canvas.rect(0, 0, 200, 200))) == {"page: no text layer": 1}
    assert skips(pdf(lambda canvas: lines(canvas, ["\u05e9\u05dc\u05d5\u05dd"], font=dejavu))) == {
        "page: right-to-left text": 1
    }

    def turned(canvas: Any) -> None:
        canvas.rotate(90)
        lines(canvas, ["sideways"], 300, -200)

    assert skips(pdf(turned)) == {"page: rotated text": 1}


def test_a_rotated_stamp_is_left_out() -> None:
    def draw(canvas: Any) -> None:
        lines(canvas, ["one two three four five six"])
        canvas.rotate(90)
        lines(canvas, ["stamp"], 300, -40)

    skipped = Counter[str]()
    assert one(pdf(draw), skipped=skipped).words == ("one", "two", "three", "four", "five", "six")
    assert skipped == {"word: rotated text": 1}


def test_letters_set_far_apart_are_no_words() -> None:
    def draw(canvas: Any) -> None:
        lines(canvas, ["words that are told plainly as they should be, and more"])
        canvas.drawString(60, 500, "heading", charSpace=8)
        canvas.drawString(60, 450, "is a b c of it")

    skipped = Counter[str]()
    words = one(pdf(draw), skipped=skipped).words
    assert words[-6:] == ("is", "a", "b", "c", "of", "it") and len(words) == 17
    assert skipped == {"word: letter-spaced text": 7}


def test_hyphens_ligatures_and_soft_hyphens(dejavu: str) -> None:
    texts = ["o\ufb03ce co\u00adop caf\u0065\u0301 exam-", "ple next"]
    page = one(pdf(lambda canvas: lines(canvas, texts, font=dejavu)))
    assert [word.replace("-", "") for word in page.words] == ["office", "coop", "café", "exam", "ple", "next"]
    assert page.words[3] == "exam-"


def test_pictures_are_found_whole_and_once() -> None:
    def draw(canvas: Any) -> None:
        lines(canvas, ["some words"])
        canvas.drawImage(ImageReader(picture(60, 30)), 100, 430, 120, 60)  # two strips of one picture
        canvas.drawImage(ImageReader(picture(60, 31)), 100, 370, 120, 60)
        canvas.drawImage(ImageReader(picture(9, 9)), 400, 400, 10, 10)
        canvas.drawImage(ImageReader(Image.new("RGB", (9, 9), "white")), 300, 100, 90, 90)
        canvas.drawImage(ImageReader(picture(32, 30)), 555, 300, 80, 60)  # leaves the page

    def background(canvas: Any) -> None:
        canvas.drawImage(ImageReader(Image.new("RGB", (9, 9), "ivory")), 0, 0, *A4)
        lines(canvas, ["some words"])

    boxes = one(pdf(draw)).image_boxes
    assert boxes == pytest.approx(np.array([(100, 352, 220, 472), (555, 482, 595, 542)]) * 4 / 3, abs=1.0)
    assert one(pdf(background)).image_boxes.shape == (0, 4)


def many(canvas: Any) -> None:
    for _ in range(4):
        lines(canvas, [TEXT])
        canvas.showPage()


@pytest.mark.parametrize(
    ("data", "limits", "reason"),
    [
        (pdf(many, encrypt=StandardEncryption("secret")), PdfLimits(), "encrypted; it needs a password"),
        (b"hello", PdfLimits(), "not a PDF: no %PDF- at its beginning"),
        (b"%PDF-1.4 hello", PdfLimits(), "cut short: no startxref and %%EOF at its end"),
        (b"%PDF-1.4 hello %%EOF", PdfLimits(), "not a PDF, or damaged"),
        (pdf(many) + pdf(many)[:1500], PdfLimits(), "cut short"),
        (pdf(many)[:1500], PdfLimits(), "cut short"),
        (pdf(many), PdfLimits(max_bytes=1000), "bytes; at most 1000"),
        (pdf(many), PdfLimits(max_pages=2), "has 5 pages, more than the 2 that are read; set documents.most"),
    ],
)
def test_files_beyond_the_limits_are_refused_by_name(data: bytes, limits: PdfLimits, reason: str) -> None:
    with pytest.raises(DocumentError) as error:
        read_pdf(data, "a.pdf", limits=limits)
    assert str(error.value).startswith("a.pdf") and reason in str(error.value)


@pytest.mark.parametrize(
    ("size", "draw", "limits", "reason", "remedy"),
    [
        ((14_000, 14_000), None, {}, "too large or too small", "14000 x 14000 pt; pages have 1 to 25,000,000 px"),
        ((1e9, 1e9), None, {}, "too large or too small", "documents.dpi"),
        ((1e9, 0.1), None, {}, "too large or too small", "documents.dpi"),
        (A4, lambda c: lines(c, [TEXT] * 9), {"max_characters": 100}, "more than 100 characters", "("),
        (A4, lambda c: [c.rect(i, i, 9, 9) for i in range(99)], {"max_objects": 50}, "more than 50 objects", "objects"),
    ],
)
def test_a_page_that_cannot_be_used_costs_no_other(
    size: tuple[float, float], draw: Any, limits: dict[str, int], reason: str, remedy: str
) -> None:
    def pages(canvas: Any) -> None:
        for page in range(3):
            canvas.setPageSize(size if page == 1 else A4)
            lines(canvas, [TEXT])
            if draw and page == 1:
                draw(canvas)
            canvas.showPage()

    data, skipped = pdf(pages), Counter[str]()
    read = read_pdf(data, "a.pdf", limits=PdfLimits(**limits), skipped=skipped)
    assert [page.name for page in read] == ["a.pdf#1", "a.pdf#3"]
    assert skipped[f"page: {reason}"] == 1
    with pytest.raises(DocumentError) as error:
        read_pdf(data, "a.pdf", limits=PdfLimits(**limits, strict=True))
    assert str(error.value).startswith(f"a.pdf#2: {reason}") and remedy in str(error.value)
    assert "documents.strict=false" in str(error.value)


@pytest.mark.parametrize(
    "before", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n", b"\xef\xbb\xbf", b"x" * 5000]
)
@pytest.mark.parametrize("behind", [b"", b"\n<!-- served by -->" * 300, bytes(1_000_000), bytes(range(256)) * 20])
def test_bytes_around_a_file_are_no_part_of_it(before: bytes, behind: bytes) -> None:
    assert one(before + pdf(lambda canvas: lines(canvas, [TEXT])) + behind).words == tuple(TEXT.split())


def test_the_mark_of_the_end_may_lack() -> None:
    data = pdf(lambda canvas: lines(canvas, [TEXT]))
    for end in (b"%%EOF\n", b"OF\n", b"\n%%EOF\n"):
        assert data.endswith(end) and one(data.removesuffix(end)).words == tuple(TEXT.split())


def test_of_a_long_file_the_first_pages_are_read() -> None:
    found = read_pdf(pdf(many), "a.pdf", limits=PdfLimits(max_pages=2, most=1))
    assert [page.name for page in found] == ["a.pdf#1"]


def test_pages_come_one_by_one(tmp_path: Path) -> None:
    """Nobody holds a file's pages twice, and a file gets the memory that is left when its turn comes."""

    def draw(canvas: Any) -> None:
        for _ in range(12):
            canvas.drawImage(ImageReader(picture(300, 300)), 50, 50, 225, 225)
            lines(canvas, ["some words"], y=300)
            canvas.showPage()

    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(draw, (325, 350)))
    tracemalloc.start()
    rooms = iter((1024.0, 0.01))
    pages, few = (found for _, found in read_pdfs([path, path], room_mb=rooms.__next__))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(pages, list) and isinstance(few, list) and (len(pages), len(few)) == (12, 1)
    assert peak < 1.4 * sum(page.raster.bytes for page in pages)


def endless(levels: int = 9, each: int = 12, pages: int = 0, behind: int = 0, times: int = 1) -> bytes:
    """Forms of forms of forms: more objects than can ever be drawn, on so many pages. pages, behind: plain ones before
    and behind."""

    def plain(canvas: Any) -> None:
        lines(canvas, [TEXT])
        canvas.showPage()

    def draw(canvas: Any) -> None:
        for _ in range(pages):
            plain(canvas)
        for level in range(levels):
            canvas.beginForm(f"level{level}")
            for _ in range(each if level else 1):
                canvas.doForm(f"level{level - 1}") if level else lines(canvas, ["ha"])
            canvas.endForm()
        for _ in range(times):
            canvas.doForm(f"level{levels - 1}")
            canvas.showPage()
        for _ in range(behind):
            plain(canvas)

    return pdf(draw)


@pytest.mark.whole
def test_a_worker_is_bounded_in_memory_and_pages_come_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(lambda canvas: lines(canvas, [TEXT]), (3000, 3000)))
    with pytest.raises(DocumentError, match="memory"):
        read_pdf_file(path, limits=PdfLimits(memory_mb=10))
    page = read_pdf_file(path)[0]
    own = read_pdf(path.read_bytes(), "a.pdf")[0]
    assert page.words == own.words and np.array_equal(page.raster.pixels(), own.raster.pixels())


@pytest.mark.slow
def test_mutants_are_refused_or_read_but_never_crash_the_reader(tmp_path: Path) -> None:
    stream = StreamKey("mutants").stream(0, "bytes")
    seeds = [
        pdf(many, pageCompression=0),
        pdf(lambda canvas: _under_a_picture(canvas), pageCompression=0),
        endless(3, 3),
    ]
    paths = []
    for number in range(200):
        data = bytearray(stream.choice(seeds))
        for _ in range(stream.integers(1, 12)):
            at, count = stream.integers(0, len(data)), stream.integers(1, 6)
            new = bytes(stream.integers(0, 256) for _ in range(stream.integers(0, 6)))
            data[at : at + count] = stream.choice((new, b"99999999", b"-1", b"<<", b"]", b"R"))
        paths.append(tmp_path / f"{number}.pdf")
        paths[-1].write_bytes(data)
    results = [result for _, result in read_pdfs(paths, limits=PdfLimits(seconds=10))]
    assert len(results) == 200
    refused = [str(result) for result in results if isinstance(result, DocumentError)]
    assert 0 < len(refused) < 200
    assert not any("took longer" in text for text in refused)


@st.composite
def scattered(draw: st.DrawFn) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    count = draw(st.integers(0, 25))
    size = st.sampled_from([8.0, 10.0, 12.0, 12.5, 30.0])
    place = st.integers(0, 120)
    sizes = np.array([draw(size) for _ in range(count)])
    left, base, wide = (np.array([float(draw(place)) for _ in range(count)]) for _ in range(3))
    boxes = np.column_stack((left * 3, base * 4 + 30 - 0.8 * sizes, left * 3 + 2 + wide, base * 4 + 30 + 0.2 * sizes))
    return [draw(st.sampled_from(["1.", "word", "-"])) for _ in range(count)], boxes, base * 4 + 30, sizes


@settings(max_examples=150, deadline=None)
@given(scattered(), st.booleans())
def test_every_word_is_arranged_once_and_makes_a_page(words: Any, together: bool) -> None:
    texts, boxes, baselines, heights = words
    runs = np.zeros(len(texts), np.uint64) if together else np.arange(len(texts), dtype=np.uint64)
    for told in (SourceOrder(baselines, heights, runs), None):
        order, lines, paragraphs = arrange(boxes, texts, told)
        assert sorted(order.tolist()) == list(range(len(texts)))
        raster, ordered = Raster.of(np.full((600, 600), 255, np.uint8)), [texts[word] for word in order.tolist()]
        assert len(make_page("a", raster, ordered, boxes[order], lines, paragraphs).words) == len(texts)
