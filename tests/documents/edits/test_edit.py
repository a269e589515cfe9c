"""What gestures do to a page: words are kept, nothing overlaps, and the text is the one that was asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from random import Random
from typing import Any

import numpy as np
from hypothesis import example, given, settings

from synthink.documents import Gesture, Page, apply, edited_paragraphs, edited_text, make_page
from synthink.documents.edits.reflow import reflow
from synthink.documents.edits.splice import splice
from synthink.draw.geometry import Box
from tests.documents.edits.pages import (
    CHANGING,
    HEIGHT,
    WIDTH,
    blank,
    box_of,
    check,
    seeds,
    set_page,
    some_gesture,
    some_page,
)

"""Pages are full, so they come from a seed: what hypothesis draws by itself has a handful of words."""


def snapshot(page: Page) -> dict[str, Any]:
    """The values of a page's fields, to compare."""
    return {
        field.name: value.tobytes() if isinstance(value, np.ndarray) else value
        for field in fields(page)
        for value in [getattr(page, field.name)]
    }


def check_words(before: Page, after: Page, gesture: Gesture) -> None:
    """Words are kept but for those that the gesture inserts or deletes, in their order but for a swap."""
    old, new = Counter(before.words), Counter(after.words)
    if gesture.kind == "insert" and after is not before:
        assert new - old == Counter(gesture.text.split()) and not old - new
        assert is_subsequence(before.words, after.words)
    elif gesture.kind == "delete":
        assert not new - old and is_subsequence(after.words, before.words)
    elif gesture.kind == "replace":
        assert not (new - old) - Counter(gesture.text.split())
    elif gesture.kind in ("punctuate", "capitalise"):
        changed = [pair for pair in zip(before.words, after.words, strict=True) if pair[0] != pair[1]]
        assert all(word.casefold().startswith(old.casefold()) for old, word in changed)
        assert len(changed) <= 1 or gesture.kind == "capitalise"
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


def lines_of(page: Page) -> list[str]:
    starts, stops = page.line_words
    return [" ".join(page.words[start:stop]) for start, stop in zip(starts, stops, strict=True)]


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
