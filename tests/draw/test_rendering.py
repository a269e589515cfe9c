"""Gradients, blending, picture layers, palettes and controls, measured in pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink import ConfigError
from synthink.camera import photograph
from synthink.draw import (
    Group,
    ImageLayer,
    Layer,
    LinearGradient,
    RadialGradient,
    RgbPicture,
    RuledLines,
    Scene,
    disc,
    rectangle,
    render,
    ring,
)
from synthink.draw.blending import blend
from synthink.draw.paint import fill
from synthink.draw.picture import IndexedPicture
from synthink.draw.raster import coverage
from synthink.draw.transform import IDENTITY, Transform
from tests.draw.drawn import MIDDLE, OFF, SIZE, STREAM, ink_box, photo_of, pixels_of

# --- paints -----------------------------------------------------------------------------------------------------------


def test_a_linear_gradient_runs_from_one_colour_to_the_other_and_turns_with_its_group() -> None:
    gradient = LinearGradient((0, 0), (100, 0), ((0, 0, 0), (200, 100, 50)))
    layer = Layer(rectangle((0, 0, 100, 50)), gradient)
    across = pixels_of(layer)
    assert across[25, 0:100, 0] == pytest.approx((np.arange(100) + 0.5) * 2, abs=1.5)
    assert (across[25, 50] == across[40, 50]).all()
    down = pixels_of(Group((layer,)).rotate(90).move(60, 0))
    assert down[0:100, 30, 0] == pytest.approx((np.arange(100) + 0.5) * 2, abs=1.5)


def test_a_radial_gradient_has_opacities() -> None:
    glare = RadialGradient(MIDDLE, 20, ("white", "white"), (1.0, 0.0))
    drawn = pixels_of(Layer(rectangle((0, 0, *SIZE)), glare), paper="black")[:, :, 0]
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]] + 0.5
    away = np.hypot(x - MIDDLE[0], y - MIDDLE[1])
    assert drawn == pytest.approx(np.clip(1 - away / 20, 0, 1) * 255, abs=2.5)


@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3), st.floats(0, 1))
def test_blending_is_exact_to_a_level(below: tuple[int, int, int], ink: tuple[int, int, int], opacity: float) -> None:
    shape = rectangle((10, 10, 20, 20))
    for mode, colour in (("normal", np.array(ink)), ("multiply", np.array(below) * ink / 255)):
        layers = (Layer(rectangle((0, 0, *SIZE)), below), Layer(shape, ink, opacity, mode), Layer(shape, ink, 0.0))
        exact = np.array(below) + (colour - below) * opacity
        assert pixels_of(*layers)[15, 15] == pytest.approx(exact, abs=1.3)


def test_layers_are_blended_alike_where_they_are_copied_or_left_out() -> None:
    """Held against `blend` all over the picture."""
    noise = np.random.default_rng(1)
    below = noise.integers(0, 256, (*SIZE[::-1], 3)).astype(np.uint8)
    patch = noise.integers(0, 256, (40, 50, 4)).astype(np.uint8)
    shape = disc(MIDDLE, 30.4)
    across = ((0, 255, 9), (250, 3, 100))
    x, y, ink = coverage(shape.snapped(), SIZE)
    for opacity in (1.0, 0.3):
        for mode in ("normal", "multiply"):
            for colour in ((9, 99, 199), LinearGradient((30, 0), (90, 0), across)):
                layers = (ImageLayer(below), Layer(shape, colour, opacity, mode), ImageLayer(patch, 0.0))  # type: ignore[arg-type]
                drawn = pixels_of(*layers)
                region = below[y : y + ink.shape[0], x : x + ink.shape[1]]
                if isinstance(colour, LinearGradient):
                    filled = fill(colour, IDENTITY, x, y, (ink.shape[0], ink.shape[1]))
                    levels = filled.view(np.uint8).reshape(*ink.shape, 4)[:, :, :3].astype(np.uint32)
                else:
                    levels = np.array(colour, dtype=np.uint32)
                share = ink.astype(np.uint32)[:, :, np.newaxis] * np.uint32(round(opacity * 256))
                exact = below.copy()
                exact[y : y + ink.shape[0], x : x + ink.shape[1]] = blend(region, levels, share, mode)  # type: ignore[arg-type]
                assert (drawn == exact).all()


@pytest.mark.parametrize("degrees", [0.0, 0.02, 3.0, 90.0, 217.0])
@pytest.mark.parametrize("end", [(150.0, 0.0), (0.0, -90.0), (12.0, 9.0)])
def test_gradients_are_right_to_a_pixel_and_alike_in_each_part(degrees: float, end: tuple[float, float]) -> None:
    turn = Transform.rotation(degrees).then(Transform.moving(40, 70))
    black, white = (0, 0, 0), (255, 255, 255)
    y, x = np.mgrid[0:90, 0:140] + 0.5
    back = turn.inverse()
    across, down = back.a * x + back.b * y + back.right, back.c * x + back.d * y + back.down
    length = float(np.hypot(*end))
    along, away = (across * end[0] + down * end[1]) / length**2, np.hypot(across, down) / length
    for gradient, share, slack in (
        (LinearGradient((0, 0), end, (black, white)), along, 1.2 + 255 / length),
        (RadialGradient((0, 0), length, (black, white)), away, 4.5),
    ):
        filled = fill(gradient, turn, 0, 0, x.shape)
        levels = np.ascontiguousarray(filled).view(np.uint8).reshape(90, 140, 4)
        assert (levels[:, :, 3] == 255).all()
        assert abs(levels[:, :, 0] - np.clip(share, 0, 1) * 255).max() <= slack
        assert (fill(gradient, turn, 60, 20, (30, 50)) == filled[20:50, 60:110]).all()


def test_bad_gradients_are_refused() -> None:
    for gradient in (LinearGradient((0, 0), (1, 0), ("red",)), LinearGradient((0, 0), (1, 0), ("red", "blue"), (0.5,))):
        with pytest.raises(ConfigError, match=r"^colours=.*two colours or more"):
            pixels_of(Layer(rectangle((0, 0, 5, 5)), gradient))


# --- picture layers ---------------------------------------------------------------------------------------------------


def test_a_picture_in_whole_pixels_is_drawn_as_it_is() -> None:
    image = np.arange(12 * 10 * 3, dtype=np.uint8).reshape(10, 12, 3)
    layer = ImageLayer(image, label="photo")
    group = Group((layer,)).move(30, 40)
    assert (pixels_of(group)[40:50, 30:42] == image).all()
    assert photo_of(group).box("photo") == (30, 40, 42, 50)
    assert (pixels_of(Group((layer,)).rotate(90).move(60, 40))[40:52, 50:60] == np.rot90(image, -1)).all()


@pytest.mark.parametrize("factor", [0.2, 0.7, 3.0])
def test_a_picture_keeps_its_brightness_and_edges_when_it_is_resized(factor: float) -> None:
    y, x = np.mgrid[0:40, 0:40]
    image = np.repeat(((x + y) % 2 * 255).astype(np.uint8)[:, :, np.newaxis], 3, axis=2)
    inside = pixels_of(Group((ImageLayer(image),)).scale(factor, about=(20, 20)).move(40, 30), paper="red")
    size = min(40 * factor, 80)
    middle = inside[50 - int(size / 4) : 50 + int(size / 4), 60 - int(size / 4) : 60 + int(size / 4)]
    assert middle.mean() == pytest.approx(127, abs=6)
    assert (inside == (255, 0, 0)).all(axis=2).sum() == pytest.approx(12000 - (40 * factor) ** 2, abs=90) or factor == 3


def test_transparent_pixels_let_the_page_through() -> None:
    image = np.zeros((10, 10, 4), dtype=np.uint8)
    image[:, :5, 3] = 255
    image[:, 5:, 3] = 51
    drawn = pixels_of(Group((ImageLayer(image, opacity=0.5),)).move(20, 20))
    assert drawn[25, 21, 0] == pytest.approx(127.5, abs=1.5)
    assert drawn[25, 28, 0] == pytest.approx(255 * 0.9, abs=1.5)


def test_pixels_of_another_kind_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"^pixels=.*uint8"):
        pixels_of(ImageLayer(np.zeros((4, 4, 3), dtype=np.float32)))  # type: ignore[arg-type]


# --- palettes and controls --------------------------------------------------------------------------------------------


def test_two_plain_layers_have_a_palette_and_all_else_is_rgb() -> None:
    one, other = Layer(disc((40, 40), 9), "red"), Layer(disc((70, 40), 9), "blue")
    rules = Layer(RuledLines(10, 20, 1), "blue")
    for layers in ((), (one,), (rules, one), (Group((one, other)).move(1, 1),)):
        assert isinstance(render(Scene(SIZE, "white", layers)), IndexedPicture)
    multiplied = Layer(disc((40, 40), 9), "red", blend="multiply")
    faded = Layer(disc((40, 40), 9), LinearGradient((0, 0), (9, 0), ("red", "blue")))
    for layers in ((one, other, one), (multiplied,), (faded,), (Group((one,), clip=disc(MIDDLE, 9)),)):
        assert isinstance(render(Scene(SIZE, "white", layers)), RgbPicture)


@pytest.mark.parametrize("more", [0, 1])
def test_a_control_lacks_the_signal_and_nothing_else(more: int) -> None:
    pale = [Layer(disc((40, 40), 9.3), (100, 90, 200), 0.7)] + [Layer(disc((50, 44), 7.7), "red", 0.6)] * more
    mark = Group((Layer(ring((60, 45), 15, 12), "green"),), signal=True, label="mark")
    scene = Scene(SIZE, "#fdfbf4", (*pale, mark))
    complete, control = render(scene), render(scene, control=True)
    assert type(complete) is type(control)
    changed = (complete.array() != control.array()).any(axis=2)
    assert ink_box(changed) == (45, 30, 75, 60)
    alone = photograph(scene, OFF, STREAM, control=True)
    assert alone.box("mark") == (45, 30, 75, 60), "a control has the labels of the complete scene"
