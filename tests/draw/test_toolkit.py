"""The public toolkit: shapes, groups, clips, paints and pictures, measured in pixels, and labels held against them."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthink import Camera, ConfigError, Fonts, Settings
from synthink.camera import photograph
from synthink.draw import (
    SEGMENTS,
    Box,
    Colour,
    Colours,
    Face,
    Group,
    Layer,
    Outline,
    PenStroke,
    PictureSize,
    Quad,
    RgbPicture,
    Transform,
    arc,
    can_be_seen,
    disc,
    ellipse,
    joined,
    picture_size,
    place_box,
    polygon,
    polyline,
    printed,
    rectangle,
    ring,
    rounded_rectangle,
    segment_boxes,
    seven_segments,
    text_line,
    tick_fan,
    tick_row,
)
from synthink.draw.transform import cos_sin
from synthink.streams import StreamKey
from tests.draw.drawn import MIDDLE, OFF, SIZE, STREAM, darkness, ink_box, photo_of

# --- shapes -----------------------------------------------------------------------------------------------------------

EIGHT = joined([seven_segments("abc", (20, 20, 40, 60), 4), seven_segments("defg", (20, 20, 40, 60), 4)])
SHAPES: dict[str, tuple[Outline, float, tuple[float, float, float, float]]] = {
    "rectangle": (rectangle((20, 30, 50.5, 40)), 305.0, (20, 30, 50.5, 40)),
    "rounded rectangle": (rounded_rectangle((20, 30, 60, 50), 6), 800 - (4 - math.pi) * 36, (20, 30, 60, 50)),
    "a pill": (rounded_rectangle((20, 30, 60, 50), 99), 400 + math.pi * 100, (20, 30, 60, 50)),
    "disc": (disc(MIDDLE, 20), math.pi * 400, (40, 30, 80, 70)),
    "ellipse": (ellipse(MIDDLE, (30, 10)), math.pi * 300, (30, 40, 90, 60)),
    "ring": (ring(MIDDLE, 20, 30), math.pi * 500, (30, 20, 90, 80)),
    "quarter ring": (arc(MIDDLE, 25, 10, 0, 90), math.pi * 500 / 4, (60, 50, 90, 80)),
    "slice": (arc(MIDDLE, 10, 20, 180, 270), math.pi * 100, (40, 30, 60, 50)),
    "all round": (arc(MIDDLE, 25, 10, 30, 400), math.pi * 500, (30, 20, 90, 80)),
    "triangle": (polygon([(20, 20), (60, 20), (20, 60)]), 800.0, (20, 20, 60, 60)),
    "fan": (tick_fan(MIDDLE, 20, 30, range(0, 360, 30), 2), 12 * 20.0, (30, 20, 90, 80)),
    "all segments": (EIGHT, 3 * 56.0 + 4 * 64.0, (20, 20, 40, 60)),
    "joined": (joined([disc((30, 30), 10), rectangle((60, 20, 80, 70))]), 1000 + math.pi * 100, (20, 20, 80, 70)),
    "row": (tick_row((10, 50), (110, 50), 11, 8, 2), 11 * 16.0, (9, 50, 111, 58)),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_covers_its_area_and_its_label_is_the_box_of_its_ink(name: str) -> None:
    outline, area, box = SHAPES[name]
    layer = Layer(outline, "black", label="it")
    share = darkness(layer)
    assert share.sum() == pytest.approx(area, rel=0.01, abs=2)
    assert photo_of(layer).box("it") == pytest.approx(box, abs=0.04)
    assert ink_box(share) == pytest.approx(box, abs=1.02)


def test_segments_stand_where_their_letters_say() -> None:
    spots = {"a": (30, 22), "b": (38, 31), "c": (38, 49), "d": (30, 58), "e": (22, 49), "f": (22, 31), "g": (30, 40)}
    for figure, lit in SEGMENTS.items():
        outline = seven_segments(lit, (20, 20, 40, 60), 4, gap=1)
        share = None if outline is None else darkness(Layer(outline, "black"))
        dark = {name for name, (x, y) in spots.items() if share is not None and share[y, x] > 0.9}
        assert dark == set(lit), figure
    boxes = segment_boxes((0, 0, 8, 12), 3, 10)
    assert boxes == [(0, 0, 8, 12), (10, 0, 18, 12), (20, 0, 28, 12)]


@cache
def face() -> Face:
    return next(face for face in Fonts().open().faces if face.draws("Wave"))


def test_more_points_than_a_part_may_have_can_be_joined() -> None:
    word = text_line(face(), "mmmm", 20).outline
    many = joined([word] * (40_000 // len(word.points)))
    assert len(many.points) > 32_767 and many.ends[-1] == len(many.points) - 1


def test_nothing_can_not_be_joined_and_blanks_leave_no_print() -> None:
    with pytest.raises(ConfigError, match="no outline"):
        joined([])
    with pytest.raises(ConfigError, match="blank"):
        printed(face(), "  ", 10)


def test_printed_words_keep_their_place_and_a_blank_between_them() -> None:
    words = printed(face(), "no 12", 20, (60, 50), (0.5, 0.5))
    ink = ink_box(darkness(Layer(words, "black")))
    assert ((ink[0] + ink[2]) / 2, (ink[1] + ink[3]) / 2) == pytest.approx((60, 50), abs=1)
    closer = printed(face(), "no12", 20, (60, 50), (0.5, 0.5)).box
    assert words.box.width - closer.width == pytest.approx(0.28 * 20, abs=1.5)


def test_a_ring_has_a_hole_and_an_arc_begins_at_its_angle() -> None:
    assert darkness(Layer(ring(MIDDLE, 20, 30), "black"))[50, 60] == 0
    share = darkness(Layer(arc(MIDDLE, 25, 10, 0, 90), "black"))
    assert share[68, 78] == 1, "clockwise from the right, below"
    assert share[32, 78] == 0


def test_a_polyline_is_as_wide_as_it_says_with_round_ends() -> None:
    share = darkness(Layer(polyline([(20, 50), (100, 50)], 6), "black"))
    assert share.sum() == pytest.approx(80 * 6 + math.pi * 9, rel=0.02)
    frame = darkness(Layer(polyline([(20, 20), (80, 20), (80, 60), (20, 60)], 4, closed=True), "black"))
    assert frame[20, 50] == frame[40, 20] == 1
    assert frame[40, 50] == 0


def test_a_pen_stroke_has_a_width_at_every_point_and_one_point_is_a_dot() -> None:
    line = np.stack((np.linspace(20, 100, 81), np.full(81, 50.0)), axis=1)
    share = darkness(Layer(PenStroke(line, np.linspace(2, 10, 81)), "black"))
    assert share[:, 40].sum() == pytest.approx(4, abs=0.2)
    assert share[:, 80].sum() == pytest.approx(8, abs=0.2)
    dot = Layer(PenStroke(np.array([MIDDLE]), 8.0), "black", label="dot")
    assert darkness(dot).sum() == pytest.approx(math.pi * 16, rel=0.03)
    assert photo_of(dot).box("dot") == (56, 46, 64, 54)


@given(st.floats(-1e4, 1e4))
def test_cosine_and_sine_are_right_to_the_last_bits(degrees: float) -> None:
    cos, sin = cos_sin(degrees)
    assert cos == pytest.approx(math.cos(math.radians(degrees)), abs=1e-11)
    assert sin == pytest.approx(math.sin(math.radians(degrees)), abs=1e-11)
    assert cos * cos + sin * sin == pytest.approx(1, abs=1e-15)


def test_quarter_turns_are_exact() -> None:
    assert [cos_sin(90.0 * n) for n in range(-1, 4)] == [(0, -1), (1, 0), (0, 1), (-1, 0), (0, -1)]


# --- groups -----------------------------------------------------------------------------------------------------------

turns, factors, shifts = st.floats(-180, 180), st.floats(0.5, 1.5), st.floats(-15, 15)


@settings(deadline=None, max_examples=40)
@given(turns, factors, st.floats(-0.5, 0.5), st.tuples(shifts, shifts))
def test_a_groups_labels_lie_where_its_ink_is(
    turn: float, factor: float, slant: float, shift: tuple[float, float]
) -> None:
    child = Layer(rounded_rectangle((-12, -8, 12, 8), 4), "black", label="thing")
    group = Group((child,), labels={"centre": np.zeros((1, 2))}).shear(slant).rotate(turn).scale(factor)
    group = group.move(60 + shift[0], 50 + shift[1])
    photo, share = photo_of(group), darkness(group)
    assert share.sum() == pytest.approx((24 * 16 - (4 - math.pi) * 16) * factor**2, rel=0.02)
    assert photo.box("thing") == pytest.approx(ink_box(share), abs=1.1)
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]] + 0.5
    middle = ((x * share).sum() / share.sum(), (y * share).sum() / share.sum())
    assert photo.points("centre")[0] == pytest.approx(middle, abs=0.05)
    assert np.reshape(photo.quad("thing"), (4, 2)).mean(axis=0) == pytest.approx(middle, abs=0.05)


def test_groups_inside_groups_move_together_and_transforms_apply_in_their_order() -> None:
    tip = {"tip": np.array([(10.0, 0.0)])}
    inner = Group((Layer(rectangle((0, -1, 10, 1)), "black"),), labels=tip).rotate(90)
    outer = Group((inner,), label="all").scale(2).move(60, 50)
    photo = photo_of(outer)
    assert photo.points("tip").tolist() == [[60, 70]]
    assert photo.box("all") == (58, 50, 62, 70) == ink_box(darkness(outer))


@given(turns, factors, st.floats(-0.5, 0.5), st.tuples(shifts, shifts))
def test_the_inverse_of_a_transform_takes_points_back(
    turn: float, factor: float, slant: float, shift: tuple[float, float]
) -> None:
    transform = Transform.shearing(slant).then(Transform.rotation(turn, (3, 4))).then(Transform.scaling(factor, 2))
    transform = transform.then(Transform.moving(*shift))
    points = np.array([(0.0, 0.0), (10, 0), (3, 7)])
    assert transform.inverse().points(transform.points(points)) == pytest.approx(points, abs=1e-9)
    assert transform.scale == pytest.approx(math.sqrt(2 * factor))


def test_labels_of_one_name_are_listed_in_the_order_of_drawing() -> None:
    dots = [Layer(disc((x, 50), 5), "black", label="dot") for x in (80, 20, 50)]
    photo = photo_of(*dots)
    assert [box.centre[0] for box in photo.boxes("dot")] == [80, 20, 50]
    assert len(photo.quads("dot")) == 3
    with pytest.raises(ConfigError, match=r"label=.dot.: 3 things have it"):
        photo.box("dot")
    with pytest.raises(ConfigError, match=r"label=.dots.: there is no label.*dot"):
        photo.boxes("dots")


def test_labels_may_be_boxes_quads_outlines_and_lists() -> None:
    labels = {
        "box": Box(1, 2, 11, 22),
        "quad": Quad(0, 0, 5, 1, 4, 6, -1, 5),
        "shapes": [disc((5, 5), 5), Box(0, 0, 1, 1)],
    }
    photo = photo_of(Group((), labels=labels).move(50, 40))
    assert photo.box("box") == (51, 42, 61, 62)
    assert photo.quad("quad") == (50, 40, 55, 41, 54, 46, 49, 45)
    assert photo.boxes("shapes") == [(50, 40, 60, 50), (50, 40, 51, 41)]


# --- text -------------------------------------------------------------------------------------------------------------


def test_text_is_anchored_and_its_letters_have_boxes() -> None:
    run = text_line(face(), "Wave", 0.3, anchor=(0.5, 0.5))
    layer = Layer(run.outline, "black", label="word")
    group = Group((layer,), labels={"letter": run.letters()}).scale(100).rotate(20).move(60, 50)
    photo, share = photo_of(group), darkness(group)
    assert photo.box("word").centre == pytest.approx((60, 50), abs=1.5)  # its letters stand in their advances
    assert photo.box("word") == pytest.approx(ink_box(share), abs=1.1)
    letters = photo.boxes("letter")
    assert len(letters) == 4
    union = Box(*np.min(letters, axis=0)[:2], *np.max(letters, axis=0)[2:])
    assert union == pytest.approx(photo.box("word"), abs=0.1)


# --- clips ------------------------------------------------------------------------------------------------------------


def test_a_clip_hides_what_lies_outside_and_labels_end_with_it() -> None:
    digits = [Layer(rectangle((0, y, 10, y + 16)), "black", label="digit") for y in (-20, 0, 20, 40)]
    drum = Group(digits, clip=rectangle((-2, 8, 12, 30))).scale(2).move(40, 20)
    photo, share = photo_of(drum), darkness(drum)
    assert photo.boxes("digit") == [(40, 36, 60, 52), (40, 60, 60, 80)], "half a digit, and half of the next"
    assert share.sum() == pytest.approx(20 * 16 + 20 * 20)
    assert ink_box(share) == (40, 36, 60, 80)


def test_clips_inside_clips_and_round_ones_cut_pixels_smoothly() -> None:
    page = Layer(rectangle((0, 0, *SIZE)), "black")
    window = Group((Group((page,), clip=disc(MIDDLE, 20)),), clip=rectangle((60, 0, 120, 100)))
    assert darkness(window).sum() == pytest.approx(math.pi * 200, rel=0.01)


# --- photos -----------------------------------------------------------------------------------------------------------


def test_labels_go_through_the_camera_with_the_pixels() -> None:
    camera = Camera(tilt_deg=(20, 20), perspective=(0.05, 0.05))
    layer = Layer(rectangle((45, 40, 75, 60)), "black", label="it")
    photo = photo_of(layer, camera=camera)
    share = 1 - photo.picture.array()[:, :, 0] / 255.0
    assert photo.box("it") == pytest.approx(ink_box(share, 0.3), abs=1.5)
    assert not photo.view.is_straight


def test_what_was_drawn_already_is_photographed_as_it_is() -> None:
    picture = RgbPicture(np.full((20, 30, 3), 7, dtype=np.uint8))
    photo = photograph(picture, OFF, STREAM)
    assert photo.picture is picture
    with pytest.raises(ConfigError, match=r"^label='anything'"):
        photo.box("anything")


# --- placing, colours, fields -----------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(0, 10**6), st.tuples(st.floats(1, 9), st.floats(1, 9)), turns, st.floats(0, 5), st.floats(1, 300))
def test_a_placed_box_lies_inside_the_picture(
    index: int, sides: tuple[float, float], turn: float, edge: float, most: float
) -> None:
    box = Box(-1, 2, -1 + sides[0], 2 + sides[1])
    placement = place_box(
        StreamKey(1).stream(index, "place"), box, SIZE, (1.0, most), rotation_deg=turn, edge_px=edge, unit=2.0
    )
    assert placement is not None
    assert placement.size_px <= max(most, 1)
    corners = placement.points(box.corners())
    assert (corners >= edge - 0.05).all()
    assert (corners <= np.array(SIZE) - edge + 0.05).all()
    assert placement.transform.points(box.corners()) == pytest.approx(corners, abs=0.01)


def test_a_box_without_room_is_not_placed() -> None:
    stream = StreamKey(1).stream(0, "place")
    assert place_box(stream, Box(0, 0, 50, 1), SIZE, (5, 9), smallest_px=3.0) is None
    assert stream.uniform() == StreamKey(1).stream(0, "place").uniform(), "and nothing was drawn"


def test_marks_that_are_pale_or_like_their_paper_cannot_be_seen() -> None:
    assert can_be_seen("black", "white")
    assert not can_be_seen("white", "#fdfbf4")
    assert not can_be_seen("red", "white", 0.1)


class Fields(Settings):
    """Fields of the toolkit's types."""

    paper: Colour = "white"
    inks: Colours = ("black",)
    pen: Colour | None = None
    picture_px: PictureSize = 64


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"paper": "reddish"}, "paper", "neither #rrggbb nor one of black"),
        ({"inks": ["red", "#12345"]}, "inks[1]", "neither #rrggbb"),
        ({"inks": []}, "inks", "must not be empty"),
        ({"pen": "?"}, "pen", "neither #rrggbb"),
        ({"picture_px": 4}, "picture_px", "between 16 and 4096"),
        ({"picture_px": [64, 9000]}, "picture_px[1]", "between 16 and 4096"),
    ],
)
def test_colours_and_sizes_are_checked_with_field_and_index(fields: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as error:
        Fields.build(fields)
    assert error.value.field == field


def test_a_picture_size_is_a_side_or_width_and_height() -> None:
    assert picture_size(Fields(picture_px=64).picture_px) == (64, 64)
    assert picture_size(Fields.build({"picture_px": [64, 32]}).picture_px) == (64, 32)
