"""Room for handwriting: near what it is about, clear of it and of the mark, on the page, over little print."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.documents.page.model import Page, make_page
from synthink.draw.geometry import GRID, Box
from synthink.gestures.choose_target import sample_target
from synthink.gestures.kind import Anchor, Leader, Side
from synthink.gestures.placing import NO_ROOM, place_text
from synthink.gestures.target import Target
from synthink.streams import Stream
from tests.page_makers import blank, page_of_rows, random_page

PAGES = [
    random_page(Stream((8, number)), columns=1 + number % 3, leading=1.0 + 0.25 * (number % 4), least_words=30)
    for number in range(8)
]
SIDES: tuple[Side, ...] = ("above", "below", "right", "left", "margin")
pages = st.sampled_from(PAGES)
streams = st.builds(Stream, st.tuples(st.integers(0, 2**32), st.just(6)))
orders = st.lists(st.sampled_from(SIDES), min_size=1, max_size=5, unique=True).map(tuple)
sizes = st.tuples(st.floats(0.5, 9), st.floats(0.4, 2.5))


def marked(target: Target, slack: float = 0.25) -> Box:
    """The box of a ring around the target."""
    out = slack * target.height
    return Box(target.box.left - out, target.box.top - out, target.box.right + out, target.box.bottom + out)


def sole(page: Page) -> Target:
    target = sample_target(page, "word", Stream((1, 1)))
    assert isinstance(target, Target)
    return target


def lone_word(left: float = 380, top: float = 290, size: tuple[int, int] = (800, 600), **more: object) -> Page:
    return make_page("p", blank(*size), ["word"], [(left, top, left + 40, top + 20)], [0], [0], **more)


def visible(box: Box, crop: Box) -> float:
    """Share of a box's area inside a crop."""
    width = min(box.right, crop.right) - max(box.left, crop.left)
    height = min(box.bottom, crop.bottom) - max(box.top, crop.top)
    return max(width, 0.0) * max(height, 0.0) / (box.width * box.height)


def covered(page: Page, box: Box) -> float:
    """Share of a box over print: the letters of words, and images that are not the page's background."""
    words = [Box(a, b + 0.2 * (d - b), c, d - 0.15 * (d - b)) for a, b, c, d in page.word_boxes.tolist()]
    images = [Box(*image) for image in page.image_boxes.tolist()]
    small = [image for image in images if image.width * image.height <= 0.8 * page.size_px[0] * page.size_px[1]]
    return min(1.0, sum(visible(box, one) for one in (*words, *small)))


def apart(one: Box, other: Box) -> float:
    x = max(0.0, one.left - other.right, other.left - one.right)
    y = max(0.0, one.top - other.bottom, other.top - one.bottom)
    return float(np.hypot(x, y))


@given(pages, streams, st.sampled_from(("words", "gap", "lines", "image")), orders, sizes)
def test_a_place_is_near_and_clear_of_target_and_mark_and_over_little_print(
    page: Page, stream: Stream, kind: str, sides: tuple[Side, ...], size: tuple[float, float]
) -> None:
    target = sample_target(page, kind, stream)
    if isinstance(target, str):
        return
    unit = target.height
    mark, at = marked(target), (stream.uniform(target.box.left, target.box.right), target.box.centre[1])
    width, height = size[0] * unit, size[1] * unit
    place = place_text(page, target, mark, Anchor(at, sides), (width, height), stream)
    if place == NO_ROOM:
        return
    assert isinstance(place, Box)
    assert abs(place.width - width) <= 0.5 / GRID and abs(place.height - height) <= 0.5 / GRID
    assert all((value * GRID).is_integer() for value in place)
    assert visible(place, target.box) <= 0.05 and visible(place, mark) <= 0.05
    assert min(apart(place, target.box), apart(place, mark)) <= 2 * unit + 1 / GRID
    assert visible(place, Box(0, 0, *page.size_px)) >= 0.8
    assert covered(page, place) <= 0.05


@pytest.mark.parametrize(("kind", "least"), [("words", 0.9), ("gap", 0.75), ("lines", 0.95)])
def test_handwriting_finds_room(kind: str, least: float) -> None:
    stream, found = Stream((4, 4)), []
    for number in range(400):
        page = PAGES[number % len(PAGES)]
        target = sample_target(page, kind, stream)
        assert isinstance(target, Target)
        size = stream.uniform(2, 6) * target.height, stream.uniform(0.7, 1.1) * target.height
        found.append(place_text(page, target, marked(target), Anchor(target.box.centre), size, stream))
    assert least < sum(isinstance(place, Box) for place in found) / 400
    assert len({(place.left, place.top) for place in found if isinstance(place, Box)}) > 200


def test_the_same_stream_finds_the_same_place_on_an_equal_page() -> None:
    found = []
    for _ in range(2):
        page, stream = random_page(Stream((9, 9)), columns=2), Stream((1, 2))
        targets = [sample_target(page, "words", stream) for _ in range(20)]
        found.append(
            [
                place_text(page, target, marked(target), Anchor(target.box.centre, SIDES), (60.3, 17.7), stream)
                for target in targets
                if isinstance(target, Target)
            ]
        )
    assert found[0] == found[1] and len(set(map(str, found[0]))) == 20


@pytest.mark.parametrize("side", SIDES)
def test_where_all_is_free_the_first_side_is_taken(side: Side) -> None:
    page = lone_word()
    target = sole(page)
    order = (side, *(other for other in SIDES if other != side))
    for number in range(30):
        place = place_text(
            page, target, marked(target), Anchor(target.box.centre, order), (60, 18), Stream((2, number))
        )
        assert isinstance(place, Box)
        seen = {
            "above": place.bottom < target.box.top,
            "below": place.top > target.box.bottom,
            "right": place.left > target.box.right,
            "left": place.right < target.box.left,
            "margin": place.left > target.box.right or place.right < target.box.left,
        }
        assert seen[side]


def test_a_side_under_print_gives_way_to_a_free_one() -> None:
    picture = (0, 0, 800, 286)
    page = lone_word(image_boxes=[picture])
    target = sole(page)
    anchor = Anchor(target.box.centre, ("above", "below"))
    for number in range(30):
        place = place_text(page, target, target.box, anchor, (60, 18), Stream((2, number)))
        assert isinstance(place, Box) and place.top >= target.box.bottom and covered(page, place) == 0

    tight = lone_word(image_boxes=[(0, 0, 800, 272), (0, 312, 800, 600)])  # 18 px above, 2 px below
    for number in range(30):
        place = place_text(
            tight, target, target.box, replace(anchor, sides=("below", "above")), (60, 20), Stream((2, number))
        )
        assert place == NO_ROOM


def test_a_little_print_is_better_than_another_side() -> None:
    page = lone_word(image_boxes=[(399, 0, 400, 280)])  # a thin line
    target, taken = sole(page), []
    for number in range(30):
        place = place_text(
            page, target, target.box, Anchor(target.box.centre, ("above", "below")), (100, 18), Stream((2, number))
        )
        assert isinstance(place, Box) and place.bottom <= target.box.top
        taken.append(covered(page, place))
    assert max(taken) <= 0.02


@pytest.mark.parametrize(("leader", "fits"), [("", False), ("line", True)])
def test_far_from_its_mark_handwriting_has_a_lead(leader: Leader, fits: bool) -> None:
    page = lone_word(
        image_boxes=[(200, 222, 600, 285), (200, 315, 600, 378), (200, 285, 375, 315), (425, 285, 600, 315)]
    )
    target = sole(page)
    for number in range(10):
        anchor = Anchor(target.box.centre, SIDES, leader)
        place = place_text(page, target, marked(target), anchor, (60, 18), Stream((2, number)))
        assert isinstance(place, Box) == fits
        assert not isinstance(place, Box) or apart(place, marked(target)) <= 8 * target.height + 1


@pytest.mark.parametrize(("top", "fits"), [(17, True), (16, False)])
def test_the_target_is_touched_by_a_twentieth_of_the_text_at_most(top: float, fits: bool) -> None:
    page = make_page("p", blank(800, 600), ["w" * 50], [(100, top, 700, top + 20)], [0], [0])
    target = sole(page)
    for number in range(20):
        # Two of its 20 pixels may lie above the page.
        place = place_text(
            page, target, target.box, Anchor(target.box.centre, ("above",)), (60, 20), Stream((2, number))
        )
        assert isinstance(place, Box) == fits


def test_without_room_there_is_a_reason() -> None:
    anchor = Anchor((400, 300), SIDES)
    walled = lone_word(image_boxes=[(0, 0, 800, 288), (0, 312, 800, 600), (0, 288, 378, 312), (422, 288, 800, 312)])
    wide = lone_word()
    for page, size in ((walled, (60.0, 18.0)), (wide, (700.0, 18.0)), (wide, (1100.0, 18.0)), (wide, (60.0, 800.0))):
        target = sole(page)
        expected = size == (700.0, 18.0)  # long, yet above the word
        place = place_text(page, target, marked(target), anchor, size, Stream((1, 1)))
        assert (place == NO_ROOM) != expected
    assert place_text(wide, sole(wide), Box(0, 0, 800, 600), anchor, (60, 18), Stream((1, 1))) == NO_ROOM


def test_the_margin_is_out_of_reach_in_the_middle_of_a_wide_column() -> None:
    page = page_of_rows([["a" * 10] * 10] * 3, pitch=25, size_px=(1200, 400))
    for word, near in ((0, True), (4, False), (9, True)):
        (left, top, right, bottom), box = page.word_boxes[10 + word].tolist(), page.paragraph_boxes[0].tolist()
        word_box = Box(left, top, right, bottom)
        target = replace(sole(page), box=word_box, column=(box[0], box[2]))
        place = place_text(page, target, word_box, Anchor(word_box.centre, ("margin",)), (30, 18), Stream((1, 3)))
        assert isinstance(place, Box) == near


def test_a_dash_without_height_keeps_clear_of_print_too() -> None:
    page = lone_word(image_boxes=[(0, 0, 800, 286)])
    for number in range(20):
        target = sole(page)
        place = place_text(page, target, target.box, Anchor(target.box.centre), (20, 0), Stream((2, number)))
        assert isinstance(place, Box) and 0 < place.height <= 1 / GRID and covered(page, place) == 0


def test_targets_at_the_page_s_edge_keep_their_text_on_the_page() -> None:
    for left, top in ((0, 0), (760, 0), (0, 580), (760, 580)):
        page = lone_word(left, top)
        for number in range(20):
            target = sole(page)
            place = place_text(
                page, target, marked(target), Anchor(target.box.centre, SIDES), (90, 20), Stream((3, number))
            )
            assert isinstance(place, Box) and visible(place, Box(0, 0, 800, 600)) >= 0.8
