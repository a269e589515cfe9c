"""Pages of PDF files: words as they were set, in reading order, their ink in their boxes; hostile files are refused."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthink.documents.page.model import Page
from synthink.documents.reading_order.arrange import SourceOrder, arrange
from tests.documents.sources.pdf.pages import TEXT, _under_a_picture, lines, one, pdf, skips

pytestmark = pytest.mark.heavy


SIGNS = [chr(code) for code in (*range(33, 127), *range(0xC0, 0xD7))]


def rgb(page: Page) -> np.ndarray:
    pixels = page.raster.pixels()
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., np.newaxis], 3, axis=2)


def outside_ink(page: Page) -> int:
    """Dark pixels that are left when every word's box is erased."""
    pixels = rgb(page).min(axis=2)
    for left, top, right, bottom in page.word_boxes.tolist():
        pixels[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = 255
    return int((pixels < 250).sum())


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


def _clipped(canvas: Any) -> None:
    path = canvas.beginPath()
    path.rect(200, 490, 20, 30)
    canvas.clipPath(path, stroke=0)
    canvas.drawString(200, 500, "hidden")


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
