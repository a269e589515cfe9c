"""Lines, paragraphs and reading order from boxes alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.documents import Page, read_documents
from synthink.documents.page.model import make_page
from synthink.documents.page.tiles import Raster
from synthink.documents.reading_order.arrange import arrange, arrange_lines, without
from synthink.documents.synthetic.layouts import ALL
from tests.page_makers import drawn_words

TEXTS = (
    "The pen moves over the paper and leaves a line that nobody drew before it came",
    "A second paragraph follows after some space and runs over more than one line of text",
    "Short one",
    "The last paragraph of the page again has enough words for several lines of a column",
)
WORDS = ["word"] * 20
GRID = [(x, y) for x in range(3) for y in range(5)]


def inked_boxes(page: Page) -> np.ndarray[Any, Any]:
    """(W, 4) around the ink of each word, as many data sets have boxes."""
    pixels = page.raster.pixels().reshape(*page.size_px[::-1], -1).min(axis=2)
    boxes = []
    for box in page.word_boxes:
        (left, top), (right, bottom) = np.floor(box[:2]).astype(int), np.ceil(box[2:]).astype(int)
        ink = pixels[top:bottom, left:right] < 160
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        inked = len(rows) > 0
        boxes.append((left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1) if inked else box)
    return np.array(boxes, dtype=float)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("shuffle", [0, 1, 2])
def test_a_typeset_page_is_read_as_it_was_written(columns: int, shuffle: int) -> None:
    _, words, boxes, lines, line_paragraphs = drawn_words(TEXTS, (600, 420), columns)
    given_order = np.random.default_rng(shuffle).permutation(len(words))
    order, word_lines, paragraphs = arrange(np.array(boxes)[given_order], [words[number] for number in given_order])
    assert [words[given_order[place]] for place in order] == words
    assert word_lines.tolist() == lines
    assert paragraphs.tolist() == line_paragraphs


def test_a_title_over_columns_is_read_first_and_a_footer_last() -> None:
    boxes = [(10, 10, 400, 40)]
    boxes += [(10, y, 190, y + 15) for y in (60, 80, 100)] + [(220, y, 400, y + 15) for y in (60, 80, 100)]
    boxes += [(10, 200, 400, 215)]
    order, _, paragraphs = arrange(boxes[::-1], WORDS[: len(boxes)])
    assert (len(boxes) - 1 - order).tolist() == list(range(8))
    assert paragraphs.tolist() == [0, 1, 1, 1, 2, 2, 2, 3]


def test_lines_that_the_source_tells_are_kept_even_over_wide_gaps() -> None:
    boxes = [(300, 10, 350, 22), (10, 10, 60, 22), (10, 30, 60, 42)]
    order, word_lines, _ = arrange_lines(boxes, WORDS[:3], [[0, 1], [2]])
    assert order.tolist() == [1, 0, 2]
    assert word_lines.tolist() == [0, 0, 1]
    assert arrange(boxes, WORDS[:3])[1].tolist() == [0, 1, 2]


def test_a_table_is_read_by_rows_and_columns_one_after_the_other() -> None:
    """Three columns of five lines on one grid: cells of one word, then lines of four words that fill their column."""
    cells = np.array([(150 * x, 20 * y, 150 * x + 40, 20 * y + 12) for x in range(3) for y in range(5)])
    order, _, paragraphs = arrange(cells, ["12.50"] * len(cells))
    assert cells[order].tolist() == sorted(cells.tolist(), key=lambda box: (box[1], box[0]))
    assert paragraphs.tolist() == list(range(15))
    lines = [[(150 * x + 33 * k, 20 * y, 150 * x + 33 * k + 28, 20 * y + 12) for k in range(4)] for x, y in GRID]
    order, word_lines, paragraphs = arrange([box for line in lines[::-1] for box in line], WORDS * 3)
    assert order.tolist() == [word for line in range(14, -1, -1) for word in range(4 * line, 4 * line + 4)]
    assert word_lines.tolist() == np.repeat(np.arange(15), 4).tolist()
    assert paragraphs.tolist() == np.repeat(np.arange(3), 5).tolist()


SET_BY_CELLS = {"invoice", "receipt", "price_list", "departures", "dashboard", "window"}
"""The layouts whose cells and blocks are printed one after the other, in an order that boxes do not tell."""


@pytest.mark.whole
def test_boxes_alone_tell_nearly_what_the_order_of_a_pdf_tells() -> None:
    """Pages as read with the order that their PDF tells, against the same boxes in any order: how many words are
    followed by the same word, and how many neighbours of one paragraph stay in one."""
    shares = []
    for page in read_documents("synthetic", count=25, layouts=[name for name in ALL if name not in SET_BY_CELLS]):
        neighbours = set(pairwise(range(len(page.words))))
        together = {pair for pair in neighbours if np.ptp(page.word_paragraphs[list(pair)]) == 0}
        shuffled = np.random.default_rng(0).permutation(len(page.words))
        for boxes in (page.word_boxes, inked_boxes(page)):
            arrangement = arrange(boxes[shuffled], [page.words[number] for number in shuffled.tolist()])
            paragraphs = arrangement.line_paragraphs[arrangement.word_lines]
            pairs = list(pairwise(shuffled[arrangement.order].tolist()))
            joined = {pair for pair, same in zip(pairs, np.diff(paragraphs) == 0, strict=True) if same}
            shares.append((len(neighbours & set(pairs)) / len(neighbours), len(together & joined) / len(together)))
    order_share, paragraph_share = np.mean(shares, axis=0)
    assert order_share > 0.985 and paragraph_share > 0.98


def test_nothing_gives_nothing() -> None:
    assert [len(part) for part in arrange(np.zeros((0, 4)), [])] == [0, 0, 0]


@given(
    st.lists(st.tuples(st.integers(0, 360), st.integers(0, 360), st.integers(1, 60), st.integers(1, 40)), max_size=40)
)
def test_any_boxes_make_a_page(found: list[tuple[int, int, int, int]]) -> None:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in found], dtype=float).reshape(-1, 4)
    order, word_lines, line_paragraphs = arrange(boxes, ["w"] * len(boxes))
    assert sorted(order.tolist()) == list(range(len(boxes)))
    raster = Raster.of(np.full((400, 420), 255, np.uint8))
    made = make_page("p", raster, ["w"] * len(boxes), boxes[order], word_lines, line_paragraphs)
    assert len(made.words) == len(boxes)


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans(), st.booleans(), st.booleans()), max_size=30))
def test_words_that_go_part_what_stood_around_them(found: list[tuple[int, bool, bool, bool]]) -> None:
    """Words in lines, each with whether it goes, starts a line, starts a paragraph."""
    boxes, lines, paragraphs, x = [], [], [], 0
    for width, _, new_line, new_paragraph in found:
        if new_line or new_paragraph or not lines:
            paragraphs.append((paragraphs[-1] + new_paragraph) if paragraphs else 0)
            x = 0
        lines.append(len(paragraphs) - 1)
        boxes.append((x, 20 * lines[-1], x + 10 * width, 20 * lines[-1] + 12))
        x += 10 * width + 4
    gone = np.array([goes for _, goes, _, _ in found], dtype=bool)
    box = np.array(boxes, dtype=float).reshape(-1, 4)
    word_lines, line_paragraphs = without(gone, box, lines, paragraphs)
    page = make_page(
        "p",
        Raster.of(np.full((900, 2000), 255, np.uint8)),
        ["w"] * int((~gone).sum()),
        box[~gone],
        word_lines,
        line_paragraphs,
    )
    stay = np.flatnonzero(~gone)
    for place, (one, other) in enumerate(zip(stay[:-1].tolist(), stay[1:].tolist(), strict=True)):
        together = lines[one] == lines[other] and other == one + 1
        assert (page.word_lines[place] == page.word_lines[place + 1]) == together
        if lines[one] == lines[other]:
            assert (page.word_paragraphs[place] == page.word_paragraphs[place + 1]) == together
        elif paragraphs[lines[one]] != paragraphs[lines[other]]:
            assert page.word_paragraphs[place] != page.word_paragraphs[place + 1]


def test_what_a_source_calls_a_line_may_be_several() -> None:
    boxes = [(10 + 50 * (n % 4), 10 + 25 * (n // 4), 50 + 50 * (n % 4), 24 + 25 * (n // 4)) for n in range(12)]
    order, word_lines, _ = arrange_lines(boxes, [*"abcdefghijkl"], [range(12)])
    assert order.tolist() == list(range(12)) and word_lines.tolist() == [n // 4 for n in range(12)]
    tilted = [(10 + 50 * n, 10 + 3 * n, 50 + 50 * n, 24 + 3 * n) for n in range(12)]
    quoted = [*tilted, (612, 30, 618, 34)]  # a mark of quotation, above what stands before it
    assert arrange_lines(quoted, [*"abcdefghijkl'"], [range(13)]).word_lines.tolist() == [0] * 13
