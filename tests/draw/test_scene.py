"""From geometry to files: outlines, strokes, set text, compositing, PNG."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthink import ConfigError, Fonts
from synthink.draw.colours import NAMED_COLOURS, RGB, colour_name, distance, parse_colour
from synthink.draw.geometry import Box, Points, Quad, bounds, snap
from synthink.draw.outline import Outline, polygon
from synthink.draw.pen_stroke import stroke
from synthink.draw.picture import IndexedPicture, RgbPicture
from synthink.draw.placing import Placement
from synthink.draw.rendering import render
from synthink.draw.scene import Layer, Scene
from synthink.draw.text import layout_line, place
from synthink.draw.type.face import Face, MissingLetter
from synthink.ink.rings import Ring, level_line
from tests.draw.outlines import ink_of

FINE = 4  # samples along each side of a pixel, for the reference of a stroke


def square(left: float, top: float, right: float, bottom: float) -> Outline:
    return polygon(Box(left, top, right, bottom).corners())


def tight(ink: npt.NDArray[Any]) -> Box:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


@pytest.fixture(scope="module")
def faces() -> tuple[Face, ...]:
    return Fonts().open().faces


sixty_fourths = st.integers(-20 * 64, 60 * 64).map(lambda number: number / 64)


@given(sixty_fourths, sixty_fourths, sixty_fourths, sixty_fourths)
def test_a_rectangle_covers_each_pixel_by_its_area(x0: float, x1: float, y0: float, y1: float) -> None:
    left, right, top, bottom = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    columns = np.clip(np.minimum(np.arange(1, 33), right) - np.maximum(np.arange(32), left), 0, 1)
    rows = np.clip(np.minimum(np.arange(1, 25), bottom) - np.maximum(np.arange(24), top), 0, 1)
    exact = np.outer(rows, columns) * 255
    assert np.abs(ink_of(square(left, top, right, bottom), (32, 24)) - exact).max() <= 1.01


def test_an_outline_outside_the_picture_draws_nothing() -> None:
    for outline in (square(-9, -9, -1, -1), square(40, 3, 50, 9), square(3, 40, 9, 50), square(5, 5, 5, 5)):
        assert not ink_of(outline, (32, 32)).any()


def test_contours_that_overlap_in_one_direction_are_filled() -> None:
    both = polygon(Box(2, 2, 20, 20).corners(), Box(10, 10, 28, 28).corners())
    assert ink_of(both, (32, 32))[15, 15] == 255
    hole = polygon(Box(2, 2, 28, 28).corners(), Box(10, 10, 20, 20).corners()[::-1])
    assert ink_of(hole, (32, 32))[15, 15] == 0


def test_threads_may_draw_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    outlines = [stroke(Ring("ellipse", (40, 40), (10 + i, 30)).line(), 3, True) for i in range(20)]
    alone = [ink_of(outline, (80, 80)).tobytes() for outline in outlines]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda i: ink_of(outlines[i % 20], (80, 80)).tobytes(), range(400)))
    assert together == alone * 20


def distance_field(line: Points, size_px: tuple[int, int], closed: bool) -> npt.NDArray[np.float64]:
    """(H * FINE, W * FINE): distance of sample points to a line of straight pieces."""
    ends = np.roll(line, -1, axis=0) if closed else line[1:]
    starts = line if closed else line[:-1]
    y, x = np.mgrid[0 : size_px[1] * FINE, 0 : size_px[0] * FINE]
    points = (np.stack((x, y), axis=-1).reshape(-1, 2) + 0.5) / FINE
    nearest = np.full(len(points), np.inf)
    for start, end in zip(starts, ends, strict=True):
        along = end - start
        share = np.clip((points - start) @ along / max(float(along @ along), 1e-12), 0, 1)
        nearest = np.minimum(nearest, np.hypot(*(points - start - share[:, np.newaxis] * along).T))
    return nearest.reshape(size_px[1] * FINE, size_px[0] * FINE)


LINES = {
    "ellipse": (Ring("ellipse", (29.3, 23.1), (20, 14), rotation_deg=7).line(), True),
    "slim ellipse": (Ring("ellipse", (30, 24), (9, 18), rotation_deg=-8).line(), True),
    "superellipse": (Ring("superellipse", (30.2, 24.4), (22, 16), exponent=3.4).line(), True),
    "loop": (Ring("loop", (30, 24), (20, 14), 10, loop=3).line(), False),
    "another loop": (Ring("loop", (30, 24), (20, 15), loop=4).line(), False),
    "underline": (level_line(6, 54, 30, 1.5, -1.5), False),
}


@pytest.mark.parametrize("width_px", [1.0, 2.7, 6.0])
@pytest.mark.parametrize("name", LINES)
def test_a_stroke_is_what_a_round_pen_leaves(name: str, width_px: float) -> None:
    line, closed = LINES[name]
    size = (60, 48)
    inside = np.clip((width_px / 2 - distance_field(line, size, closed)) * FINE + 0.5, 0, 1)
    exact = inside.reshape(size[1], FINE, size[0], FINE).mean(axis=(1, 3)) * 255
    drawn = ink_of(stroke(line, width_px, closed), size)
    touched = (exact > 0) | (drawn > 0)
    error = np.abs(drawn - exact)[touched]
    assert error.mean() <= 3.5, f"mean error {error.mean():.2f} grey levels"
    assert drawn.sum() == pytest.approx(exact.sum(), rel=0.02)


def test_a_pen_broader_than_its_bend_leaves_no_hole() -> None:
    line = Ring("loop", (30, 24), (5, 4)).line()
    ink = ink_of(stroke(line, 14, False), (60, 48))
    inside = distance_field(line, (60, 48), False).reshape(48, FINE, 60, FINE).max(axis=(1, 3)) <= 6.5
    assert ink[inside].min() >= 250


@given(
    st.sampled_from(["ellipse", "superellipse"]),
    st.tuples(st.floats(2, 60), st.floats(2, 60)),
    st.floats(-90, 90),
    st.floats(2, 4),
)
def test_points_of_a_ring_lie_on_it(shape: str, radii: tuple[float, float], turn: float, exponent: float) -> None:
    ring = Ring(shape, (70, 70), radii, turn, exponent if shape == "superellipse" else 2.0)
    line = ring.line()
    assert np.allclose(ring.reach(line), 1, atol=1e-6)
    assert (ring.reach((line - 70) * 0.97 + 70) < 1).all()
    assert (ring.reach((line - 70) * 1.03 + 70) > 1).all()


def test_loops_go_round_once_and_stay_near_the_ring() -> None:
    turns, gaps = [], []
    for number in range(40):
        ring = Ring("loop", (50, 50), (30, 20), loop=number)
        unit = (ring.line() - 50) / (30, 20)
        assert (np.hypot(*unit.T) > 0.85).all() and (np.hypot(*unit.T) < 1.21).all()
        assert np.allclose(np.abs(unit).max(axis=0), 1, atol=1e-5)
        turned = np.unwrap(np.arctan2(unit[:, 1], unit[:, 0]))
        turns.append(math.degrees(turned[-1] - turned[0]))
        gaps.append(math.dist(unit[0], unit[-1]))
    assert all(320 < abs(turn) < 420 for turn in turns) and max(map(abs, turns)) - min(map(abs, turns)) > 20
    assert sum(turn < 0 for turn in turns) > 30  # counter-clockwise, as most people draw
    assert min(gaps) > 0 and len(set(gaps)) == 40


def test_a_ring_repeats_after_another() -> None:
    """The unit ring is kept between calls: nobody may write to it."""
    first = Ring("ellipse", (0, 0), (1, 1)).line()
    first += 5
    assert np.allclose(Ring("ellipse", (0, 0), (1, 1)).line().mean(axis=0), 0)


@pytest.mark.parametrize("rotation_deg", [0.0, -17.0, 90.0, 180.0])
@pytest.mark.parametrize("number", [0, 7, 23, 40])
def test_the_bounds_of_a_rim_are_the_bounds_of_the_ink(
    faces: tuple[Face, ...], number: int, rotation_deg: float
) -> None:
    face = faces[number % len(faces)]
    for char in "Qgj":
        if char not in face.characters:
            continue
        run = place(layout_line(face, char), Placement(60.0, (0.3, -0.3), (64.2, 63.7), rotation_deg))
        assert run.text == char
        ink = tight(ink_of(run.outline, (128, 128)))
        box = bounds(run.hulls)
        assert all(abs(a - b) <= 1 for a, b in zip(box, ink, strict=True)), f"{face.name} {char}: {box} {ink}"


def test_a_lines_boxes_advance_and_spacing(faces: tuple[Face, ...]) -> None:
    face = next(face for face in faces if face.draws("Waving"))
    tight_line, loose = layout_line(face, "Waving"), layout_line(face, "Waving", 0.25)
    for i in range(6):
        shift = loose.glyph_box(i).left - tight_line.glyph_box(i).left
        assert shift == pytest.approx(0.25 * i, abs=1e-9)
        assert loose.glyph_box(i).width == pytest.approx(tight_line.glyph_box(i).width)
    lefts = [tight_line.glyph_box(i).centre[0] for i in range(6)]
    assert lefts == sorted(lefts)
    assert tight_line.box.left == tight_line.glyph_box(0).left
    assert sum(tight_line.advances) == pytest.approx(sum(face.glyph(char).advance for char in "Waving"))


@pytest.mark.parametrize("rotation_deg", [0.0, 33.0])
def test_each_letter_of_a_line_has_its_own_rim_and_corners(faces: tuple[Face, ...], rotation_deg: float) -> None:
    face = next(face for face in faces if face.draws("Waving"))
    setting, placement = layout_line(face, "Waving", 0.3), Placement(30.0, (1.5, -0.3), (128, 128), rotation_deg)
    run = place(setting, placement)
    hulls = np.split(run.hulls, run.hull_starts[1:])
    ink = ink_of(run.outline, (256, 256))
    assert len(hulls) == len(run.corners) == 6
    for i, hull in enumerate(hulls):
        assert (run.corners[i] == placement.points(setting.glyph_box(i).corners())).all()
        left, top, right, bottom = bounds(hull)
        part = ink[math.floor(top) : math.ceil(bottom), math.floor(left) : math.ceil(right)]
        assert all(edge.any() for edge in (part[:2], part[-2:], part[:, :2], part[:, -2:])), "ink reaches the box"
    whole = bounds(run.hulls)
    assert all(abs(a - b) <= 1 for a, b in zip(whole, tight(ink), strict=True))


def test_setting_a_line_leaves_the_faces_glyphs_alone(faces: tuple[Face, ...]) -> None:
    """Glyphs are kept and used again: a word must not move them."""
    before = faces[0].glyph("o").points.copy()
    for _ in range(3):
        layout_line(faces[0], "ooooo", 0.5)
    assert (faces[0].glyph("o").points == before).all()


def test_a_letter_that_the_face_lacks_is_an_error_not_a_box(faces: tuple[Face, ...]) -> None:
    with pytest.raises(MissingLetter, match="does not draw"):
        layout_line(faces[0], "a\U00013000")


def test_geometry_lies_on_the_grid(faces: tuple[Face, ...]) -> None:
    placement = Placement(33.3, (0.2, 0.1), (40.7, 41.9), 12.3)
    run = place(layout_line(faces[3], "grid", 0.03), placement)
    ring = stroke(placement.points(Ring("loop", (0.5, 0.2), (0.4, 0.6)).line()), 2.2, False)
    arrays = [run.outline.points, ring.points, run.hulls, run.corners]
    assert all((array * 64 == np.rint(array * 64)).all() for array in arrays)
    assert (snap(run.outline.points) == run.outline.points).all()


def test_a_quads_corners_go_round_from_the_letters_top_left(faces: tuple[Face, ...]) -> None:
    run = place(layout_line(faces[0], "E"), Placement(50.0, (0.3, -0.3), (60, 60), 90.0))
    box, corners = bounds(run.corners[0]), Quad(*run.corners[0].ravel().tolist())
    # Turned clockwise by a quarter, the letter's top-left corner is the picture's top-right one.
    assert (corners.x0, corners.y0) == (box.right, box.top)
    assert (corners.x2, corners.y2) == (box.left, box.bottom)


def composite(scene: Scene) -> npt.NDArray[np.float64]:
    """The layers laid over one another in floating point."""
    picture = np.empty((scene.size_px[1], scene.size_px[0], 3))
    picture[:] = scene.paper
    for layer in scene.layers:
        alpha = ink_of(layer.shape, scene.size_px)[:, :, np.newaxis] / 255 * layer.opacity
        picture = picture * (1 - alpha) + np.array(layer.colour) * alpha
    return picture


def two_layers(faces: tuple[Face, ...], paper: RGB, ink: RGB, mark: RGB, opacity: float) -> tuple[Layer, Layer]:
    word = place(layout_line(faces[5], "oa"), Placement(40.0, (0.5, -0.3), (32, 32), 5.0)).outline
    ring = stroke(Ring("ellipse", (30, 32), (18, 15)).line(), 4.3, True)
    return Layer(word, ink), Layer(ring, mark, opacity)


COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@settings(max_examples=40)
@given(COLOURS, COLOURS, COLOURS, st.floats(0.2, 1.0))
def test_the_palette_is_near_to_exact_compositing(paper: RGB, ink: RGB, mark: RGB, opacity: float) -> None:
    """One layer has 64 steps: at most 3 of 255 levels off, and rounding. Where both meet, 8 and 16 steps."""
    layers = two_layers(Fonts().open().faces, paper, ink, mark, opacity)
    for scene in (Scene((64, 64), paper, layers), Scene((64, 64), paper, layers[:1]), Scene((64, 64), paper, ())):
        picture = render(scene)
        assert isinstance(picture, IndexedPicture)
        error = np.abs(picture.array() - composite(scene)).max(axis=2)
        inks = [ink_of(layer.shape, scene.size_px) > 0 for layer in scene.layers]
        both = inks[0] & inks[1] if len(inks) == 2 else np.zeros_like(error, dtype=bool)
        assert error[~both].max() <= 3.5
        assert error.max() <= 46
        assert error[both].sum() <= 8 * both.sum()
        assert error.mean() <= 0.5


@settings(max_examples=40)
@given(COLOURS, COLOURS, COLOURS, st.floats(0.2, 1.0))
def test_more_layers_are_composited_within_a_level_each(paper: RGB, ink: RGB, mark: RGB, opacity: float) -> None:
    word, ring = two_layers(Fonts().open().faces, paper, ink, mark, opacity)
    scene = Scene((64, 64), paper, (word, Layer(square(3, 40, 60.5, 44.25), mark), ring))
    picture = render(scene)
    assert isinstance(picture, RgbPicture)
    assert np.abs(picture.array() - composite(scene)).max() <= 2.0


def test_full_ink_is_the_colour_itself_and_no_ink_the_paper() -> None:
    layers = (Layer(square(8, 8, 24, 24), (10, 20, 30)), Layer(square(16, 16, 40, 40), (200, 100, 50), 1.0))
    for extra in ((), (Layer(square(50, 50, 60, 60), (1, 2, 3)),)):
        pixels = render(Scene((64, 64), (250, 240, 230), layers + extra)).array()
        assert pixels[0, 0].tolist() == [250, 240, 230]
        assert pixels[12, 12].tolist() == [10, 20, 30]
        assert pixels[20, 20].tolist() == pixels[30, 30].tolist() == [200, 100, 50]


def test_rendering_repeats_and_leaves_the_scene_alone(faces: tuple[Face, ...]) -> None:
    layers = two_layers(faces, (255, 255, 255), (0, 0, 0), (255, 0, 0), 0.5)
    scene = Scene((64, 64), (255, 255, 255), layers)
    before = [layer.shape.points.copy() for layer in layers]
    first, second = render(scene), render(scene)
    assert first.encode() == second.encode()
    assert first.checksum() == second.checksum()
    assert all((layer.shape.points == kept).all() for layer, kept in zip(layers, before, strict=True))


@given(COLOURS)
def test_colours_parse_and_take_the_nearest_name(colour: RGB) -> None:
    text = "#" + bytes(colour).hex()
    assert parse_colour(text) == parse_colour(text.upper()) == colour
    assert all(distance(colour, parse_colour(colour_name(text))) <= distance(colour, c) for c in NAMED_COLOURS.values())


@pytest.mark.parametrize(
    "text", ["", "#", "#12345", "#1234567", "123456", "#12345g", "rouge", "##12345", "#+12345", "Red"]
)
def test_other_text_is_no_colour(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^colour=.*is neither"):
        parse_colour(text)
