"""Pages of PDF files: words as they were set, in reading order, their ink in their boxes; hostile files are refused."""

from __future__ import annotations

import io
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from synthink.assets.fonts.fonts import Fonts
from synthink.documents.page.model import DocumentError, Page, make_page
from synthink.documents.page.tiles import Raster
from synthink.documents.reading_order.arrange import SourceOrder, arrange
from synthink.documents.sources.pdf.reader import PdfLimits, read_pdf
from synthink.documents.sources.pdf.worker import read_pdf_file, read_pdfs
from synthink.streams import StreamKey

pytestmark = pytest.mark.heavy

A4 = (595, 842)
SIGNS = [chr(code) for code in (*range(33, 127), *range(0xC0, 0xD7))]
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


def rgb(page: Page) -> np.ndarray:
    pixels = page.raster.pixels()
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., np.newaxis], 3, axis=2)


def outside_ink(page: Page) -> int:
    """Dark pixels that are left when every word's box is erased."""
    pixels = rgb(page).min(axis=2)
    for left, top, right, bottom in page.word_boxes.tolist():
        pixels[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = 255
    return int((pixels < 250).sum())


@pytest.fixture(scope="module")
def dejavu() -> str:
    fonts = Fonts(families=("DejaVu Sans",)).open()
    pdfmetrics.registerFont(TTFont("TestSans", io.BytesIO(fonts.face("DejaVu Sans").data())))
    return "TestSans"


def test_words_are_those_that_were_set() -> None:
    page = one(pdf(lambda canvas: lines(canvas, [TEXT, "Second line"])))
    assert page.words == (*TEXT.split(), "Second", "line")
    assert page.name == "a.pdf#1" and page.document == "a.pdf" and page.size_px == (793, 1123)
    assert page.line_boxes.shape == (2, 4)
    assert page.baselines == pytest.approx([(842 - 700) * 4 / 3, (842 - 684.4) * 4 / 3], abs=0.6)


@pytest.mark.parametrize("size", [6, 8, 9.7, 12, 23, 60])
@pytest.mark.parametrize("scale", [0.8, 4 / 3, 2.1])
def test_every_words_ink_is_inside_its_box(size: float, scale: float, dejavu: str) -> None:
    def draw(canvas: Any) -> None:
        for number, font in enumerate(("Times-Italic", "Helvetica", "Courier-Bold", dejavu)):
            lines(canvas, ["jagg Qy[]|", "fÂj/"], 40.3, 800.7 - 3 * size * number, size, font)

    page = one(pdf(draw), scale=scale)
    assert len(page.words) == 12
    assert outside_ink(page) == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(SIGNS, min_size=1, max_size=12).filter(lambda text: len(text) > 1 or not text.isalpha()),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([("Helvetica", 11), ("Times-Roman", 8), ("Courier", 10), ("Times-BoldItalic", 14)]),
)
def test_any_words_come_back(words: list[str], face: tuple[str, float]) -> None:
    texts = [" ".join(words[at : at + 5]) for at in range(0, len(words), 5)]
    page = one(pdf(lambda canvas: lines(canvas, texts, 30, 200, face[1], face[0]), (595, 220)))
    assert page.words == tuple(words)
    assert page.text.split() == words and outside_ink(page) == 0


def test_two_columns_are_read_one_after_the_other() -> None:
    left, right = ([f"{side}{i} word another" for i in range(20)] for side in "ab")

    def draw(canvas: Any) -> None:
        lines(canvas, right, x=310)  # told before the left one
        lines(canvas, left, x=60)
        lines(canvas, ["A heading across both of the columns of this page here"], 60, 740, 20)

    words = one(pdf(draw)).words
    assert [word for word in words if word[1:].isdigit()] == [text.split()[0] for text in (*left, *right)]
    assert words[0] == "A"


def test_a_table_is_read_row_by_row() -> None:
    def draw(canvas: Any) -> None:
        for row in range(5):
            for column in range(3):
                canvas.drawString(60 + 150 * column, 700 - 20 * row, f"cell{row}{column}")

    assert one(pdf(draw)).words == tuple(f"cell{row}{column}" for row in range(5) for column in range(3))


@pytest.mark.parametrize("ruled", [True, False])
def test_a_rule_between_words_parts_them(ruled: bool) -> None:
    """However near the cells of a table stand."""

    def draw(canvas: Any) -> None:
        lines(canvas, ["Cake"], 60)
        lines(canvas, ["3.40 each"], 97)
        canvas.setLineWidth(0.5)
        if ruled:
            canvas.line(92, 690, 92, 712)

    page = one(pdf(draw))
    assert page.words == ("Cake", "3.40", "each")
    assert page.word_lines.tolist() == ([0, 1, 1] if ruled else [0, 0, 0])
    assert len(page.paragraph_boxes) == 1 + ruled and not len(page.unread)


def test_a_page_of_a_thousand_cells_is_read_in_time() -> None:
    row, column = np.divmod(np.arange(1000), 10)
    boxes = np.column_stack((column * 60, row * 12, column * 60 + 30, row * 12 + 10)).astype(float)
    start = time.process_time()
    told = SourceOrder(boxes[:, 3] - 2, np.full(1000, 10.0), np.arange(1000, dtype=np.uint64))
    assert arrange(boxes, ["w"] * 1000, told).order.tolist() == list(range(1000))
    assert len(arrange(boxes, ["w"] * 1000).order) == 1000
    assert time.process_time() - start < 3


def test_paragraphs_end_where_lines_end_early() -> None:
    full = "word " * 12
    page = one(pdf(lambda canvas: lines(canvas, [full, full, "end", full, full, "last one"])))
    assert page.paragraph_words[0].tolist() == [0, 25]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pages_are_read_as_they_are_shown(turn: int) -> None:
    def draw(canvas: Any) -> None:
        canvas.setPageRotation(turn)  # reportlab turns the media box, too
        canvas.translate(300, 320)
        canvas.rotate(turn)
        lines(canvas, ["upright words here", "below them"], -60, 40)

    page = one(pdf(draw))
    assert page.words == ("upright", "words", "here", "below", "them")
    assert page.size_px == (793, 1123)
    assert outside_ink(page) == 0


def test_only_the_cropped_part_counts() -> None:
    def draw(canvas: Any) -> None:
        canvas.setCropBox((50, 600, 350, 800))
        lines(canvas, ["inside of it"], 60, 700)
        lines(canvas, ["outside"], 400, 700)

    skipped = Counter[str]()
    page = one(pdf(draw), skipped=skipped)
    assert page.words == ("inside", "of", "it") and page.size_px == (400, 267)
    assert outside_ink(page) == 0 and skipped == {"word: hidden text": 1}


def _invisible(canvas: Any) -> None:
    text = canvas.beginText(200, 500)
    text.setTextRenderMode(3)
    text.textLine("hidden")
    canvas.drawText(text)


def _white(canvas: Any) -> None:
    canvas.setFillGray(1)
    canvas.drawString(200, 500, "hidden")


def _covered(canvas: Any) -> None:
    canvas.drawString(200, 500, "hidden")
    canvas.rect(190, 490, 28, 30, fill=1)


def _under_a_picture(canvas: Any) -> None:
    canvas.drawString(200, 500, "hidden")
    canvas.drawImage(ImageReader(picture(40, 40)), 190, 480, 60, 60)


def _clipped(canvas: Any) -> None:
    path = canvas.beginPath()
    path.rect(200, 490, 20, 30)
    canvas.clipPath(path, stroke=0)
    canvas.drawString(200, 500, "hidden")


def picture(width: int, height: int) -> Image.Image:
    noise = (StreamKey("test").stream(0, "noise").raw(width * height * 3) >> np.uint64(56)).astype(np.uint8)
    return Image.fromarray(noise.reshape(height, width, 3))


@pytest.mark.parametrize("hide", [_invisible, _white, _covered, _under_a_picture, _clipped])
def test_hidden_words_are_left_out(hide: Callable[[Any], None]) -> None:
    def draw(canvas: Any) -> None:
        lines(canvas, ["seen words"])
        canvas.saveState()
        hide(canvas)
        canvas.restoreState()

    skipped = Counter[str]()
    assert one(pdf(draw), skipped=skipped).words == ("seen", "words")
    assert skipped == {"word: hidden text": 1}
    assert skips(pdf(hide))["page: only hidden text"] == 1


def test_text_over_a_picture_is_seen() -> None:
    def draw(canvas: Any) -> None:
        canvas.setFillGray(0.1)
        canvas.rect(50, 600, 400, 200, fill=1)
        canvas.setFillGray(1)
        lines(canvas, ["white on black"])

    assert one(pdf(draw)).words == ("white", "on", "black")


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
    assert skips(pdf(lambda canvas: lines(canvas, ["with \u05e9\u05dc\u05d5\u05dd"], font=dejavu))) == {
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
    assert skipped == {"word: rotated text": 5}  # its letters


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
        (b"hello", PdfLimits(), "no %%EOF at its end"),
        (b"hello %%EOF", PdfLimits(), "not a PDF, or damaged"),
        (pdf(many)[:1500], PdfLimits(), "cut short"),
        (pdf(many), PdfLimits(max_bytes=1000), "bytes; at most 1000"),
        (pdf(many), PdfLimits(max_pages=2), "has 5 pages, more than the 2 that are read; set documents.most"),
        (pdf(many), PdfLimits(max_characters=20), "a.pdf#1: 64 characters on one page; at most 20"),
        (pdf(lambda c: [c.rect(i, i, 9, 9) for i in range(99)]), PdfLimits(max_objects=50), "more than 50 objects"),
        (pdf(many, (1e9, 1e9)), PdfLimits(), "a.pdf#1: 1e+09 x 1e+09 pt"),
        (pdf(many, (1e9, 1)), PdfLimits(), "a.pdf#1"),
    ],
)
def test_files_beyond_the_limits_are_refused_by_name(data: bytes, limits: PdfLimits, reason: str) -> None:
    with pytest.raises(DocumentError) as error:
        read_pdf(data, "a.pdf", limits=limits)
    assert str(error.value).startswith("a.pdf") and reason in str(error.value)


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


def endless(levels: int = 9, each: int = 12, pages: int = 0) -> bytes:
    """Forms of forms of forms: more objects than can ever be drawn. pages: plain ones before."""

    def draw(canvas: Any) -> None:
        for _ in range(pages):
            lines(canvas, [TEXT])
            canvas.showPage()
        for level in range(levels):
            canvas.beginForm(f"level{level}")
            for _ in range(each if level else 1):
                canvas.doForm(f"level{level - 1}") if level else lines(canvas, ["ha"])
            canvas.endForm()
        canvas.doForm(f"level{levels - 1}")

    return pdf(draw)


def test_a_file_that_hangs_is_one_error_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "hang.pdf").write_bytes(endless(pages=2))
    (tmp_path / "good.pdf").write_bytes(pdf(many))
    paths = [tmp_path / name for name in ("good.pdf", "hang.pdf", "missing.pdf", "good.pdf")]
    start = time.monotonic()
    results = list(read_pdfs(paths, limits=PdfLimits(seconds=3)))
    assert time.monotonic() - start < 60
    assert [path for path, _ in results] == paths
    good, hang, missing, again = (result for _, result in results)
    assert isinstance(good, list) and isinstance(again, list)
    assert [page.words for page in again] == [page.words for page in good] == [tuple(TEXT.split())] * 4
    assert isinstance(hang, DocumentError) and "hang.pdf" in str(hang)
    assert "took longer" in str(hang) or "crashed" in str(hang) or "more than" in str(hang)
    assert isinstance(missing, DocumentError) and "No such file" in str(missing)


def test_a_worker_is_bounded_in_memory_and_pages_come_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(lambda canvas: lines(canvas, [TEXT]), (3000, 3000)))
    with pytest.raises(DocumentError, match="memory"):
        read_pdf_file(path, limits=PdfLimits(memory_mb=10))
    page = read_pdf_file(path)[0]
    own = read_pdf(path.read_bytes(), "a.pdf")[0]
    assert page.words == own.words and np.array_equal(page.raster.pixels(), own.raster.pixels())


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
