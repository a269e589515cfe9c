"""Edits one by one: what each class of gesture does to a page, and to its text."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings

from synthink.documents import Gesture, Page, apply, edited_paragraphs, edited_text, make_page
from synthink.documents.edits.edit import DELETE, EDITS, Edit, register
from synthink.draw.geometry import Box
from synthink.errors import ConfigError
from synthink.gestures.kind import KINDS as GESTURE_KINDS
from synthink.gestures.kind import GestureKind
from tests.documents.edits.pages import (
    CHANGING,
    HEIGHT,
    KINDS,
    WIDTH,
    Typesetter,
    blank,
    box_of,
    check,
    seeds,
    set_page,
    some_gesture,
    some_page,
)


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
        for kind in KINDS:
            for box in (Box(-90, -90, -40, -40), Box(5000, 20, 5001, 30), Box(40, 20, 40, 20)):
                if kind not in ("insert", "punctuate") or box.left != 5000 or not words:
                    assert apply(page, Gesture(kind, box, "new")) is page
        for kind in ("insert", "punctuate", "replace", "instruct_image"):
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

    with pytest.raises(ConfigError, match="kind='shout': is no gesture"):
        apply(page, gesture)
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
