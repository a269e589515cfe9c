"""Pages and gestures for tests of edits, and what holds for every page."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import numpy as np
from hypothesis import strategies as st

from synthink.documents import Gesture, Page, make_page
from synthink.documents.page.model import Boxes
from synthink.documents.page.tiles import Raster
from synthink.draw.geometry import GRID, Box
from synthink.gestures.kind import default_kinds

WIDTH, HEIGHT = 640, 700


KINDS = (*default_kinds(), *("replace", "punctuate", "capitalise", "italicise"))


CHANGING = ("insert", "delete", "point")


@cache
def blank(width: int, height: int) -> Raster:
    return Raster.of(np.full((height, width), 255, dtype=np.uint8))


class Typesetter:
    """Sets words greedily into columns, as the sources of pages do."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.boxes: list[tuple[float, float, float, float]] = []
        self.word_lines: list[int] = []
        self.line_paragraphs: list[int] = []
        self.images: list[tuple[float, float, float, float]] = []

    def paragraph(self, x: float, y: float, width: float, height: float, indent: float, lengths: list[int]) -> float:
        """Sets a paragraph; the y below it."""
        number = self.line_paragraphs[-1] + 1 if self.line_paragraphs else 0
        left, gap = x + indent, height / 4
        self.line_paragraphs.append(number)
        for length in lengths:
            wide = min(length * height * 0.5, width)
            if left > x + indent and left + wide > x + width:
                left, y = x, y + height * 1.25
                self.line_paragraphs.append(number)
            right = min(left + wide, x + width)
            self.words.append(f"w{len(self.words):0{length}d}")
            self.boxes.append((left, y, right, y + height))
            self.word_lines.append(len(self.line_paragraphs) - 1)
            left, indent = right + gap, 0
        return y + height * 1.5

    def row(self, x: float, y: float, width: float, height: float, cells: int) -> float:
        """Sets a row of a table, a paragraph a cell; the y below it."""
        step = width / cells
        for cell in range(cells):
            self.paragraph(x + cell * step, y, step - height / 2, height, 0, [3] * (1 + cell % 2))
        return y + height * 3

    def page(self) -> Page:
        size = WIDTH, max(HEIGHT, int(max(box[3] for box in (*self.boxes, *self.images, (0, 0, 0, 0)))) + 20)
        return make_page(
            "page", blank(*size), self.words, self.boxes, self.word_lines, self.line_paragraphs, image_boxes=self.images
        )


seeds = st.integers(0, 2**32 - 1).map(Random)


def some_page(rng: Random) -> Page:
    """One to three columns, or rows of cells, of paragraphs and images."""
    setter = Typesetter()
    columns = rng.randint(1, 3)
    width = (WIDTH - 20) / columns - 20
    for column in range(columns):
        x, y = 20 + column * (width + 20), 20.0
        for _ in range(rng.randint(0, 6)):
            if rng.random() < 0.2:
                high = rng.randint(20, 120)
                setter.images.append((x, y, x + width * rng.uniform(0.2, 1), y + high))
                y += high + 9
            elif rng.random() < 0.2:
                y = setter.row(x, y, width, rng.choice([9.0, 12.0]), rng.randint(2, 5))
            else:
                lengths = [rng.randint(2, 12) for _ in range(rng.choice([1, 2, 5, 30]))]
                height = rng.choice([8.0, 11.0, 12.5, 14.0, 26.0])
                narrow = rng.choice([1.0, 1.0, 1.0, 0.5])
                y = setter.paragraph(x, y, width * narrow, height, rng.choice([0.0, 0.0, 15.0]), lengths)
    return setter.page()


def some_gesture(rng: Random, page: Page, kinds: tuple[str, ...] = KINDS) -> Gesture:
    """Mostly around something on the page, else anywhere, even off it."""
    words = page.word_boxes.tolist()
    targets = [*words, *rng.choices(words, k=9 if words else 0), *page.line_boxes.tolist(), *page.image_boxes.tolist()]
    ends = None
    if targets and rng.random() < 0.9:
        one, other = rng.choice(targets), rng.choice(targets)
        left, top, right, bottom = rng.choice([one, one, (*one[:2], *other[2:])])
        wide, high = rng.choice([(0, 0), (9, 1)])
        box = Box(
            left + rng.uniform(-wide, wide),
            top + rng.uniform(-high, high),
            right + rng.uniform(-wide, wide),
            bottom + rng.uniform(-high, high),
        )
        ends = rng.choice([None, ((left, top), (float(other[0]), float(other[1])))])
    else:
        box = Box(*(rng.uniform(-300, 1000) for _ in range(4)))
    text = rng.choice(["new", "two words", "", "  ", "i", "three tiny words", "x" * 90, "many words " * 15])
    return Gesture(rng.choice(kinds), box, text, ends)


def apart(boxes: Boxes) -> bool:
    """Whether no two boxes overlap."""
    lefts, tops, rights, bottoms = boxes.T
    across = np.minimum(rights[:, None], rights) - np.maximum(lefts[:, None], lefts)
    down = np.minimum(bottoms[:, None], bottoms) - np.maximum(tops[:, None], tops)
    return not (np.triu((across > 0) & (down > 0), 1)).any()


def check(page: Page) -> None:
    """All that holds of every page."""
    words, lines, paragraphs = len(page.words), len(page.line_boxes), len(page.paragraph_boxes)
    assert page.word_boxes.shape == page.word_sources.shape == (words, 4)
    assert page.word_lines.shape == (words,) and len(page.highlights) == words
    assert page.line_paragraphs.shape == page.baselines.shape == (lines,)
    assert sorted(set(page.word_lines.tolist())) == list(range(lines)) and (np.diff(page.word_lines) >= 0).all()
    assert sorted(set(page.line_paragraphs.tolist())) == list(range(paragraphs))
    assert (np.diff(page.line_paragraphs) >= 0).all()
    assert page.image_boxes.shape == page.image_sources.shape
    everything = np.concatenate((page.word_boxes, page.line_boxes, page.paragraph_boxes, page.image_boxes))
    assert (everything[:, :2] < everything[:, 2:]).all()
    assert (everything >= 0).all() and (everything[:, 2:] <= page.size_px).all()
    assert (np.rint(everything * GRID) == everything * GRID).all()
    for inner, outer in (
        (page.word_boxes, page.line_boxes[page.word_lines]),
        (page.line_boxes, page.paragraph_boxes[page.line_paragraphs]),
    ):
        assert (inner[:, :2] >= outer[:, :2]).all() and (inner[:, 2:] <= outer[:, 2:]).all()
    assert ((page.baselines > page.line_boxes[:, 1]) & (page.baselines < page.line_boxes[:, 3])).all()
    same = page.word_lines[1:] == page.word_lines[:-1]
    assert (page.word_boxes[1:, 0] >= page.word_boxes[:-1, 2])[same].all()
    assert apart(np.concatenate((page.line_boxes, page.image_boxes)))
    assert page.text.split() == list(page.words)
    check_tree(page)


def check_tree(page: Page) -> None:
    elements = page.elements
    assert [element.id for element in elements] == list(range(len(elements)))
    for element in elements:
        for child in element.children:
            assert elements[child].parent == element.id
        if element.parent is not None:
            assert element.id in elements[element.parent].children
        if element.next is not None:
            assert elements[element.next].previous == element.id
        if element.previous is not None:
            assert elements[element.previous].next == element.id
        assert bool(element.children) == (element.kind in ("paragraph", "textline"))
    assert [element.text for element in elements if element.kind == "word"] == list(page.words)
    kinds = Counter(element.kind for element in elements)
    assert kinds["paragraph"] == len(page.paragraph_boxes) and kinds["image"] == len(page.image_boxes)


def set_page(*lines: str, paragraphs: list[int] | None = None, left: float = 40, pitch: float = 15) -> Page:
    """Lines of 10 px, 6 px a character and 4 px a space, 20 px from the top; one paragraph unless told."""
    words, boxes, numbers = [], [], []
    for number, line in enumerate(lines):
        x, y = left, 20 + number * pitch
        for word in line.split():
            words.append(word)
            boxes.append((x, y, x + 6 * len(word), y + 10))
            numbers.append(number)
            x += 6 * len(word) + 4
    return make_page("page", blank(WIDTH, HEIGHT), words, boxes, numbers, paragraphs or [0] * len(lines))


def box_of(page: Page, *words: str) -> Box:
    boxes = page.word_boxes[[page.words.index(word) for word in words]]
    return Box(*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
