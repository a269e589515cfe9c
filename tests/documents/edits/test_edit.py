"""What gestures do to a page: words are kept, nothing overlaps, and the text is the one that was asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from synthink.documents import Gesture, Page, apply, edited_paragraphs, edited_text, make_page
from synthink.documents.edits.edit import DELETE, EDITS, Edit, register
from synthink.documents.edits.reflow import reflow
from synthink.documents.edits.splice import splice
from synthink.documents.page.model import Boxes
from synthink.documents.page.tiles import Raster
from synthink.draw.geometry import GRID, Box
from synthink.errors import ConfigError
from synthink.gestures.kind import KINDS as GESTURE_KINDS
from synthink.gestures.kind import GestureKind, default_kinds

WIDTH, HEIGHT = 640, 700
KINDS = default_kinds()
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
"""Pages are full, so they come from a seed: what hypothesis draws by itself has a handful of words."""


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


def snapshot(page: Page) -> dict[str, Any]:
    """The values of a page's fields, to compare."""
    return {
        field.name: value.tobytes() if isinstance(value, np.ndarray) else value
        for field in fields(page)
        for value in [getattr(page, field.name)]
    }


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


def check_words(before: Page, after: Page, gesture: Gesture) -> None:
    """Words are kept but for those that the gesture inserts or deletes, in their order but for a swap."""
    old, new = Counter(before.words), Counter(after.words)
    if gesture.kind == "insert" and after is not before:
        assert new - old == Counter(gesture.text.split()) and not old - new
        assert is_subsequence(before.words, after.words)
    elif gesture.kind == "delete":
        assert not new - old and is_subsequence(after.words, before.words)
    elif gesture.kind == "point" and after is not before:
        moved = [word for word, (one, other) in enumerate(zip(before.words, after.words, strict=True)) if one != other]
        assert not moved or [after.words[word] for word in moved] == [before.words[word] for word in moved[::-1]]
    else:
        assert after.words == before.words


def is_subsequence(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    rest = iter(long)
    return all(word in rest for word in short)


@settings(max_examples=150, deadline=None)
@given(seeds)
@example(Random(232094376))  # a lone line whose row another column reaches by less than a pixel
def test_after_any_edits_the_page_is_sound(rng: Random) -> None:
    page = some_page(rng)
    check(page)
    for _ in range(8):
        gesture = some_gesture(rng, page)
        before, kept = page, snapshot(page)
        text = edited_text(page, gesture)
        page = apply(before, gesture)
        assert snapshot(before) == kept
        assert text == page.text
        check(page)
        check_words(before, page, gesture)


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_paragraphs_that_are_not_meant_stay_as_they_are(rng: Random) -> None:
    page = some_page(rng)
    gesture = some_gesture(rng, page, CHANGING)
    changed = edited_paragraphs(page, gesture)
    after = apply(page, gesture)
    texts = [changed.get(number, text) for number, text in enumerate(page.paragraph_texts)]
    assert [text for text in texts if text] == list(after.paragraph_texts)
    survivors = [number for number, text in enumerate(texts) if text]
    for new, old in enumerate(survivors):
        if old not in changed:
            was = page.word_boxes[page.word_paragraphs == old]
            now = after.word_boxes[after.word_paragraphs == new]
            assert (now[:, ::2] == was[:, ::2]).all()
            fall = now[:, 1] - was[:, 1]
            assert (fall == fall[0]).all() and fall[0] >= 0
            assert (now[:, 3] - was[:, 3] == fall).all()
    if gesture.kind == "delete":
        assert after.size_px == page.size_px and len(after.line_boxes) <= len(page.line_boxes)


# --- one by one -------------------------------------------------------------------------------------------------------


def lines_of(page: Page) -> list[str]:
    starts, stops = page.line_words
    return [" ".join(page.words[start:stop]) for start, stop in zip(starts, stops, strict=True)]


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


def gap_after(page: Page, word: str) -> Box:
    box = box_of(page, word)
    return Box(box.right, box.top, box.right + 4, box.bottom)


def test_words_go_in_where_the_box_is_and_the_rest_flows_on() -> None:
    page = set_page("aaaa bbbb cccc dddd", "eeee ffff gggg", "hhhhhhhh")
    after = apply(page, Gesture("insert", gap_after(page, "aaaa"), " new  words "))
    assert lines_of(after) == ["aaaa new words bbbb", "cccc dddd eeee ffff", "gggg hhhhhhhh"]
    new = after.words.index("new")
    assert np.isnan(after.word_sources[[new, new + 1]]).all()
    assert after.word_boxes[new].tolist() == [40 + 24 + 4, 20, 40 + 24 + 4 + 18, 30]
    moved = after.words.index("gggg")
    assert after.word_boxes[moved].tolist() == [40, 50, 64, 60]
    assert after.word_sources[moved].tolist() == page.word_boxes[page.words.index("gggg")].tolist()


def test_words_are_pushed_onto_new_lines_and_what_is_below_moves_down() -> None:
    page = set_page("aaaa bbbb", "cccc dddd", "eeee ffff", "gggg hhhh", paragraphs=[0, 0, 1, 1])
    after = apply(page, Gesture("insert", gap_after(page, "bbbb"), "new"))
    assert lines_of(after) == ["aaaa bbbb", "new cccc", "dddd", "eeee ffff", "gggg hhhh"]
    assert after.line_boxes[:, 1].tolist() == [20, 35, 50, 65, 80]
    assert after.paragraph_texts == ("aaaa bbbb new cccc dddd", "eeee ffff gggg hhhh")


def test_a_page_grows_when_its_last_lines_are_pushed_off() -> None:
    page = set_page(*["aaaa bbbb"] * 45)
    after = apply(page, Gesture("insert", box_of(page, "aaaa"), "new words " * 4))
    check(after)
    assert page.size_px == (WIDTH, HEIGHT) and after.size_px == (WIDTH, after.line_boxes[-1, 3])


def test_a_line_that_ended_early_still_ends_there() -> None:
    page = set_page("Harbour Street", "12", "some town or other far away")
    after = apply(page, Gesture("insert", gap_after(page, "Harbour"), "Upper"))
    assert lines_of(after) == ["Harbour Upper Street", "12", "some town or other far away"]


def test_a_word_that_fits_goes_to_the_line_before() -> None:
    page = set_page("aaaa bbbb cccc", "dddddddd eeee", "ffff gggggggg h")
    after = apply(page, Gesture("delete", box_of(page, "dddddddd")))
    assert lines_of(after) == ["aaaa bbbb cccc", "eeee ffff", "gggggggg h"]
    longer = set_page("aaaa bbbb", "dddddddd eeee")
    after = apply(longer, Gesture("insert", Box(38, 35, 42, 45), "i"))
    assert lines_of(after) == ["aaaa bbbb i", "dddddddd eeee"]


def test_a_box_of_one_line_means_that_line_even_where_lines_overlap() -> None:
    page = set_page("aaaaaa bbbb", "c", pitch=8)
    gap = gap_after(page, "aaaaaa")
    tall = Box(gap.left - 35, gap.top, gap.right - 27, gap.bottom + 1)  # over c, and 3 px into its line
    assert edited_text(page, Gesture("insert", tall, "x")) == "x aaaaaa bbbb c"


def lone_line(*others: tuple[float, float, float, float], paragraphs: tuple[int, ...]) -> Page:
    """A line of one word at the left, and others of one word each."""
    boxes = [(20, 40, 44, 50), *others]
    numbers = range(len(boxes))
    return make_page("page", blank(WIDTH, HEIGHT), ["aaaa", *"bcdef"[: len(others)]], boxes, numbers, (0, *paragraphs))


def test_a_lone_line_keeps_clear_of_what_stands_beside_it() -> None:
    page = lone_line((100, 38, 140, 48), paragraphs=(1,))
    after = apply(page, Gesture("insert", box_of(page, "aaaa"), "bbbb cccc"))
    check(after)
    assert lines_of(after) == ["aaaa bbbb", "cccc", "b"] and after.paragraph_boxes[0, 2] <= 100 - 5


def test_its_further_lines_keep_clear_of_a_column_that_began_above() -> None:
    page = lone_line((300, 20, 340, 30), (300, 64, 340, 74), paragraphs=(1, 1))
    after = apply(page, Gesture("insert", box_of(page, "aaaa"), "many words " * 20))
    check(after)
    assert (after.paragraph_boxes[1] == page.paragraph_boxes[1]).all()
    assert after.line_boxes[0, 2] > 500 and (after.line_boxes[1:-2, 2] <= 300 - 5).all()


def test_a_lone_line_reaches_as_far_as_its_column_does() -> None:
    wide, narrow = (lone_line((20, 53, right, 63), paragraphs=(1,)) for right in (150, 30))
    gesture = Gesture("insert", box_of(wide, "aaaa"), "bbbb " * 8)
    after = apply(wide, gesture)
    assert 120 < after.paragraph_boxes[0, 2] <= 150
    assert after.paragraph_boxes[1, 1] > 53
    alone = apply(narrow, gesture)
    assert len(alone.line_boxes) == 2 and alone.paragraph_boxes[0, 2] > 200


def test_what_would_nearly_be_touched_is_pushed_too() -> None:
    for top, moves in ((64, True), (65, False)):  # the new line ends at 62
        page = lone_line((20, top, 70, 80), paragraphs=(1,))
        after = apply(page, Gesture("insert", box_of(page, "aaaa"), "bbbb"))
        assert after.line_boxes[:, 1].tolist() == [40, 52, top + 12 * moves]


def test_spaces_between_words_that_stay_together_are_kept() -> None:
    boxes = [(20, 20, 40, 30), (50, 20, 70, 30), (73, 20, 93, 30), (97, 20, 117, 30), (20, 40, 300, 50)]
    page = make_page("page", blank(WIDTH, HEIGHT), [*"abcd", "e" * 40], boxes, [0, 0, 0, 0, 1], [0, 0])
    after = apply(page, Gesture("insert", Box(18, 20, 21, 30), "n"))
    gaps = after.word_boxes[1:5, 0] - after.word_boxes[:4, 2]
    assert gaps.tolist() == [4, 10, 3, 4]  # the median beside the new word


def test_the_nearer_edge_of_the_nearest_word_decides() -> None:
    page = set_page("aaaa bbbb")
    left, top, right, bottom = box_of(page, "bbbb")
    middle = (left + right) / 2
    for x, text in ((middle - 1, "aaaa n bbbb"), (middle, "aaaa bbbb n"), (middle + 1, "aaaa bbbb n")):
        assert edited_text(page, Gesture("insert", Box(x - 50, top, x + 50, bottom), "n")) == text


def test_several_paragraphs_that_grow_push_each_other() -> None:
    page = set_page("aaaa bbbb", "cccc", "dddd eeee", "ffff", "gggg", paragraphs=[0, 0, 1, 1, 2])
    more = ["long", "words"] * 4
    after = splice(page, [reflow(page, 0, [0, 1, *more, 2]), reflow(page, 1, [3, *more, 4, 5])])
    check(after)
    assert (np.diff(after.line_boxes[:, 1]) >= 15).all()


def test_deleted_words_lines_and_paragraphs_disappear_and_nothing_moves_up() -> None:
    page = set_page("aaaa bbbb", "cccc", "dddd", paragraphs=[0, 0, 1])
    after = apply(page, Gesture("delete", box_of(page, "aaaa", "cccc")))
    assert after.words == ("bbbb", "dddd") and after.line_boxes[:, 1].tolist() == [20, 50]
    assert sorted(after.erased.tolist()) == sorted(page.word_boxes[[0, 2]].tolist())
    empty = apply(after, Gesture("delete", Box(0, 0, WIDTH, HEIGHT)))
    check(empty)
    assert empty.words == () and empty.text == "" and len(empty.paragraph_boxes) == 0
    assert apply(empty, Gesture("insert", Box(0, 0, 90, 90), "new")) is empty


def test_half_of_a_word_is_not_enough() -> None:
    page = set_page("aaaa")
    left, top, right, bottom = box_of(page, "aaaa")
    half = (left + right) / 2
    for kind in ("delete", "select"):
        assert apply(page, Gesture(kind, Box(left, top, half, bottom))) is page
        assert apply(page, Gesture(kind, Box(left, top, half + 1, bottom))) is not page


def test_two_words_are_swapped() -> None:
    page = set_page("aaaa bbbbbb cccc", "dddd ee")
    ends = (box_of(page, "aaaa").centre, box_of(page, "ee").centre)
    after = apply(page, Gesture("point", Box(0, 0, 0, 0), ends=ends))
    assert lines_of(after) == ["ee bbbbbb cccc", "dddd aaaa"]
    assert after.word_sources[0].tolist() == page.word_boxes[4].tolist()
    corners = Box(*ends[1], *ends[0])
    assert apply(page, Gesture("point", corners)).words == after.words
    left = box_of(page, "aaaa").left
    assert apply(page, Gesture("point", Box(left - 30, 25, *ends[1]))).words == after.words
    assert apply(page, Gesture("point", Box(left - 30.5, 25, *ends[1]))) is page
    assert apply(page, Gesture("point", Box(*ends[0], *ends[0]))) is page


def test_swapped_words_take_the_size_of_their_place() -> None:
    setter = Typesetter()
    setter.paragraph(20, 20, 500, 30, 0, [5, 4])
    setter.paragraph(20, 90, 500, 10, 0, [6, 7, 8])
    page = setter.page()
    after = apply(page, Gesture("point", Box(*page.word_boxes[0, :2].tolist(), *page.word_boxes[3, 2:].tolist())))
    check(after)
    assert after.words == (page.words[3], page.words[1], page.words[2], page.words[0], page.words[4])
    widths, heights = (after.word_boxes[:, 2:] - after.word_boxes[:, :2]).T
    assert heights.tolist() == [30, 30, 10, 10, 10]
    assert widths.tolist() == [35 * 3, 60, 30, 25, 40]


def test_images_are_cropped() -> None:
    setter = Typesetter()
    setter.images.append((100, 100, 300, 200))
    page = setter.page()
    after = apply(page, Gesture("crop", Box(150.3, 120, 900, 190)))
    assert after.image_boxes.tolist() == after.image_sources.tolist() == [[150.296875, 120, 300, 190]]
    assert after.erased.tolist() == page.image_boxes.tolist()
    assert apply(page, Gesture("crop", Box(0, 0, 110, 150))) is page  # 1/20 and no more
    assert apply(page, Gesture("crop", Box(0, 0, 400, 400))) is page
    assert apply(page, Gesture("delete", Box(0, 0, 190, 400))) is page
    assert len(apply(page, Gesture("delete", Box(0, 0, 210, 400))).image_boxes) == 0


def test_images_that_were_pushed_are_cropped_where_they_are() -> None:
    setter = Typesetter()
    y = setter.paragraph(20, 20, 100, 10, 0, [9, 9])
    setter.images.append((20, y, 120, y + 60))
    page = setter.page()
    pushed = apply(page, Gesture("insert", Box(*page.word_boxes[1]), "words " * 40))
    left, top, right, bottom = pushed.image_boxes[0].tolist()
    assert top > y
    after = apply(pushed, Gesture("crop", Box(left + 10, top + 20, right, bottom)))
    assert after.image_sources.tolist() == [[30, y + 20, 120, y + 60]]


@pytest.mark.parametrize("kind", ["select", "question", "underline", "instruct_text"])
def test_words_are_highlighted_by_kind(kind: str) -> None:
    page = set_page("aaaa bbbb", "cccc dddd")
    gesture = Gesture(kind, box_of(page, "bbbb", "dddd"))
    after = apply(page, gesture)
    assert after.highlights == ("", kind, "", kind) and after.words == page.words
    assert apply(after, gesture) is after
    deleted = apply(after, Gesture("delete", box_of(page, "aaaa")))
    assert deleted.highlights == (kind, "", kind)


def test_gestures_that_mean_nothing_here_leave_the_page_alone() -> None:
    for words in ((), ("word",), (".",)):
        page = set_page(*words)
        for kind in (*KINDS, "unheard_of"):
            for box in (Box(-90, -90, -40, -40), Box(5000, 20, 5001, 30), Box(40, 20, 40, 20)):
                if kind != "insert" or box.left != 5000 or not words:
                    assert apply(page, Gesture(kind, box, "new")) is page
        for kind in ("insert", "unheard_of", "instruct_image"):
            assert apply(page, Gesture(kind, Box(0, 0, 99, 99), "  ")) is page
            assert edited_text(page, Gesture(kind, Box(0, 0, 99, 99), "")) == page.text


def test_a_page_of_one_dot() -> None:
    page = set_page(".")
    box = box_of(page, ".")
    after = apply(page, Gesture("insert", Box(box.right, box.top, box.right + 4, box.bottom), "a new sentence begins"))
    check(after)
    assert after.text == ". a new sentence begins"
    assert apply(page, Gesture("point", Box(*box))) is page
    assert apply(page, Gesture("delete", box)).text == ""


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_a_place_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ConfigError, match="box"):
        Gesture("select", Box(0, 0, value, 9))
    with pytest.raises(ConfigError, match="ends"):
        Gesture("point", Box(0, 0, 9, 9), ends=((0, value), (9, 9)))


def test_classes_of_ones_own_edit_as_they_say() -> None:
    page = set_page("aaaa bbbb")
    gesture = Gesture("shout", Box(0, 0, 99, 99))

    def shout(page: Page, gesture: Gesture) -> Page:
        return replace(page, words=tuple(word.upper() for word in page.words))

    assert apply(page, gesture) is page
    register("shout", Edit(shout))
    try:
        assert apply(page, gesture).text == edited_text(page, gesture) == "AAAA BBBB"
        assert edited_paragraphs(page, gesture) == {}
    finally:
        del EDITS["shout"]


def test_a_new_kind_of_gesture_highlights_unless_it_has_an_edit() -> None:
    names = "ringed_for_test", "emptied_for_test"
    try:

        class RingedForTest(GestureKind):
            """Leaves the edit as it is."""

        class EmptiedForTest(GestureKind):
            """Has one of its own."""

            edit = DELETE

        page = set_page("aaaa bbbb")
        assert apply(page, Gesture(names[0], box_of(page, "bbbb"))).highlights == ("", names[0])
        assert edited_text(page, Gesture(names[1], box_of(page, "bbbb"))) == "aaaa"
    finally:
        for name in names:
            GESTURE_KINDS.pop(name, None)
            EDITS.pop(name, None)


def test_four_numbers_are_a_box() -> None:
    page = some_page(Random(5))
    for kind in CHANGING:
        box = tuple(page.word_boxes[0].tolist())
        assert Gesture(kind, box, "new") == Gesture(kind, Box(*box), "new")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"box=\(1, 2, 3\): must be left, top"):
        Gesture("delete", (1, 2, 3))  # type: ignore[arg-type]


def leaning(rng: Random) -> Page:
    """Lines of different heights, in which words lean into the next one as far as a page may have them."""
    words, boxes, lines, paragraphs, y = [], [], [], [], 10.0
    for paragraph in range(rng.randint(1, 3)):
        for _ in range(rng.randint(1, 4)):
            height, x = rng.choice([8.0, 12.0, 12.0, 20.0, 30.0]), 10.0
            for _ in range(rng.randint(1, 6)):
                wide = rng.uniform(2, 90)
                words.append(f"w{len(words)}")
                boxes.append((x, y, x + wide, y + height))
                lines.append(len(paragraphs))
                x = max(x + wide + height * rng.choice([0.25, 0.0, -0.25]), x + 0.5)
            paragraphs.append(paragraph)
            y += 1.2 * height
        y += 8
    return make_page("leaning", blank(WIDTH, HEIGHT), words, boxes, lines, paragraphs)


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_words_that_lean_into_each_other_do_so_by_their_height_on_any_line(rng: Random) -> None:
    page = leaning(rng)
    for _ in range(5):
        page = apply(page, some_gesture(rng, page, CHANGING))
        size = max(page.size_px[0], 1), page.size_px[1]
        make_page("again", blank(*size), page.words, page.word_boxes, page.word_lines, page.line_paragraphs)
