"""Lines, paragraphs and reading order from boxes alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.documents.page.model import make_page
from synthink.documents.page.tiles import Raster
from synthink.documents.reading_order.from_boxes import arrange, arrange_lines, without
from tests.documents import some_pages

TEXTS = (
    "The pen moves over the paper and leaves a line that nobody drew before it came",
    "A second paragraph follows after some space and runs over more than one line of text",
    "Short one",
    "The last paragraph of the page again has enough words for several lines of a column",
)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("shuffle", [0, 1, 2])
def test_a_typeset_page_is_read_as_it_was_written(columns: int, shuffle: int) -> None:
    _, words, boxes, lines, line_paragraphs = some_pages.typeset(TEXTS, (600, 420), columns)
    given_order = np.random.default_rng(shuffle).permutation(len(words))
    order, word_lines, paragraphs = arrange(np.array(boxes)[given_order])
    assert [words[given_order[place]] for place in order] == words
    assert word_lines.tolist() == lines
    assert paragraphs.tolist() == line_paragraphs


def test_a_title_over_columns_is_read_first_and_a_footer_last() -> None:
    boxes = [(10, 10, 400, 40)]
    boxes += [(10, y, 190, y + 15) for y in (60, 80, 100)] + [(220, y, 400, y + 15) for y in (60, 80, 100)]
    boxes += [(10, 200, 400, 215)]
    order, _, paragraphs = arrange(boxes[::-1])
    assert (len(boxes) - 1 - order).tolist() == list(range(8))
    assert paragraphs.tolist() == [0, 1, 1, 1, 2, 2, 2, 3]


def test_lines_that_the_source_tells_are_kept_even_over_wide_gaps() -> None:
    boxes = [(300, 10, 350, 22), (10, 10, 60, 22), (10, 30, 60, 42)]
    order, word_lines, _ = arrange_lines(boxes, [[0, 1], [2]])
    assert order.tolist() == [1, 0, 2]
    assert word_lines.tolist() == [0, 0, 1]
    assert arrange(boxes)[1].tolist() == [0, 1, 2]


def test_nothing_gives_nothing() -> None:
    assert [len(part) for part in arrange(np.zeros((0, 4)))] == [0, 0, 0]


@given(
    st.lists(st.tuples(st.integers(0, 360), st.integers(0, 360), st.integers(1, 60), st.integers(1, 40)), max_size=40)
)
def test_any_boxes_make_a_page(found: list[tuple[int, int, int, int]]) -> None:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in found], dtype=float).reshape(-1, 4)
    order, word_lines, line_paragraphs = arrange(boxes)
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
