"""What layers above hide is not painted, and the picture is the same as if it were."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.draw import Group, ImageLayer, Layer, LinearGradient, RadialGradient, Scene, disc, rectangle, render
from synthink.draw.hiding import Area, solid_area, take_hidden
from synthink.draw.raster import coverage
from synthink.draw.scene import Node

SIZE = (300, 260)


def random_layer(noise: np.random.Generator) -> Group:
    """A large shape somewhere, turned, of any paint; most are opaque."""
    left, top = noise.uniform(-40, 120, 2)
    width, height = noise.uniform(140, 320, 2)
    box = (left, top, left + width, top + height)
    shape = disc((left + width / 2, top + height / 2), width / 2) if noise.random() < 0.3 else rectangle(box)
    paints = (
        "#a04010",
        LinearGradient((left, top), (left + width, top + noise.uniform(-90, 90)), ("#102030", "#f0e0d0")),
        RadialGradient((left, top), width, ("#ffffff", "#203060")),
        LinearGradient((left, top), (left, top + height), ("red", "blue"), (0.2, 1.0)),
    )
    opacity = 0.4 if noise.random() < 0.25 else 1.0
    layer = Layer(shape, paints[noise.integers(len(paints))], opacity)
    clip = rectangle((left + 9, top + 9, left + width, top + 200)) if noise.random() < 0.3 else None
    return Group((layer,), clip=clip).rotate(noise.choice((0.0, 4.0, -31.0)), (left, top))


@pytest.mark.parametrize("seed", range(12))
def test_layers_at_once_are_those_one_after_the_other(seed: int) -> None:
    noise = np.random.default_rng(seed)
    pixels = noise.integers(0, 256, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
    layers: list[Node] = [random_layer(noise) for _ in range(6)]
    expected = pixels
    for layer in layers:
        expected = render(Scene(SIZE, "white", (ImageLayer(expected), layer))).array()
    drawn = render(Scene(SIZE, "white", (ImageLayer(pixels), *layers))).array()
    assert (drawn == expected).all()
    assert (drawn != pixels).any()


def test_solid_areas_are_covered_completely_and_most_of_what_can_be() -> None:
    for shape, least in ((rectangle((20.5, 30.25, 280, 220)), 0.9), (disc((150, 130), 120), 0.45)):
        left, top, ink = coverage(shape.snapped(), SIZE)
        area = Area.of(left, top, ink)
        solid = solid_area(area, ink)
        assert solid is not None
        assert (solid.part(ink, left, top) == 255).all()
        assert solid.size >= least * area.size
    left, top, ink = coverage(disc((30, 30), 20).snapped(), SIZE)
    assert solid_area(Area.of(left, top, ink), ink) is None


def test_what_solid_areas_hide_is_taken_away_and_nothing_else() -> None:
    area, cover = Area(8, 20, 300, 260), Area(48, 60, 400, 240)
    for covers, hidden in (([cover], True), ([], False), ([Area(8, 20, 60, 90)], False)):
        ink = np.full(area.shape, 9, dtype=np.uint8)
        assert take_hidden(area, ink, covers)
        expected = np.full(area.shape, 9)
        if hidden:
            expected[40:220, 40:] = 0
        assert (ink == expected).all()
    assert not take_hidden(Area(60, 70, 200, 200), np.ones((130, 140), np.uint8), [cover])
