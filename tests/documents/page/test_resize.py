"""Resizing against Pillow's bilinear filter, and parts against the whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from synthink.documents.page.picture import _enlarged
from synthink.documents.page.resize import resized, taps
from synthink.draw.pen_outline import ink_outline
from synthink.draw.picture import Pixels
from synthink.draw.raster import coverage


def noise(side: int, *rest: int) -> Pixels:
    return np.random.default_rng(side).integers(0, 256, (side, side, *rest), dtype=np.uint8)


def levels(pixels: Pixels, size: int) -> npt.NDArray[np.int64]:
    axis = taps(len(pixels), size)
    return (resized(pixels, axis, axis) >> 8).astype(np.int64)


def by_pillow(pixels: Pixels, size: int) -> npt.NDArray[np.int64]:
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR)).astype(np.int64)


@pytest.mark.parametrize("side", [1, 2, 37, 181, 300, 447])
def test_pictures_are_enlarged_as_by_pillow(side: int) -> None:
    for pixels in (noise(side), noise(side, 3)):
        assert np.abs(levels(pixels, 448) - by_pillow(pixels, 448)).max() <= 2


@pytest.mark.parametrize("side", [225, 300, 440])
def test_pictures_are_reduced_as_by_pillow_but_for_their_borders(side: int) -> None:
    pixels = noise(side)
    assert np.abs(levels(pixels, 224) - by_pillow(pixels, 224))[2:-2, 2:-2].max() <= 4


@pytest.mark.parametrize("side", [448, 500, 901, 1754])
def test_what_becomes_less_than_half_as_large_keeps_its_grey(side: int) -> None:
    checks = np.kron(np.indices((side // 40 + 1,) * 2).sum(axis=0) % 2, np.ones((40, 40)))[:side, :side]
    pixels = (checks * 255).astype(np.uint8)
    shown = levels(pixels, 224)
    assert abs(shown.mean() - pixels.mean()) < 1.0
    assert np.abs(shown - by_pillow(pixels, 224)).mean() < 10.0
    assert (levels(np.full((side, side), 200, np.uint8), 224) == 200).all()


@pytest.mark.parametrize("size", [100, 224, 448])
def test_ink_alone_is_resized_as_in_the_whole_square(size: int) -> None:
    rng = np.random.default_rng(size)
    for _ in range(60):
        side = int(rng.integers(20, 1300))
        points = rng.uniform(-20, side + 20, 2) + np.cumsum(rng.normal(0, side / 20, (30, 2)), axis=0)
        outline = ink_outline(np.rint(points * 64) / 64, np.array([0]), np.full(30, 2.0))
        left, top, drawn = coverage(outline, (side, side))
        square = np.zeros((side, side), np.uint8)
        square[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
        x, y, part = _enlarged(outline, side, taps(side, size))
        found = np.zeros((size, size), np.int64)
        found[y : y + part.shape[0], x : x + part.shape[1]] = part
        assert (found == levels(square, size)).all(), side
