"""The picture of a page with ink over it, and where the page's points lie in it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from synthink.camera.view import View
from synthink.documents.page.model import shares_inside
from synthink.documents.page.picture import Frame, PageInk, Square, page_picture
from synthink.documents.page.tiles import HIGH, WIDE, Raster
from synthink.draw.geometry import Box
from synthink.draw.pen_outline import ink_outline
from synthink.draw.picture import IndexedPicture, RgbPicture

RED = (255, 0, 0)
WHITE = 127 / 255


def page(width: int = 300, height: int = 200, colour: bool = False) -> np.ndarray:
    """Print of all levels, with a coloured corner at the bottom right."""
    level = (np.add.outer(np.arange(height) * 7, np.arange(width) * 3) % 256).astype(np.uint8)
    pixels = np.stack((level,) * 3, axis=2)
    if colour:
        pixels[-20:, -20:] = (30, 200, 90)
    return pixels


def line(width: float = 2.0) -> PageInk:
    points = np.array(((20.0, 20.0), (60.0, 30.0), (80.0, 80.0)))
    return PageInk(ink_outline(points, np.array((0,)), np.full(3, width)), RED)


@given(st.integers(1, 400), st.integers(1, 300), st.booleans(), st.tuples(*[st.integers(-350, 700)] * 2), st.data())
def test_a_region_is_the_page_and_white_around_it(
    width: int, height: int, colour: bool, corner: tuple[int, int], data: st.DataObject
) -> None:
    pixels = page(width, height, colour)
    wide, high = data.draw(st.integers(1, 300)), data.draw(st.integers(1, 300))
    raster = Raster.of(pixels)
    left, top = corner
    found = raster.region(left, top, left + wide, top + high)
    around = np.full((height + 2000, width + 2000, 3), 255, np.uint8)
    around[1000 : 1000 + height, 1000 : 1000 + width] = pixels
    wanted = around[1000 + top : 1000 + top + high, 1000 + left : 1000 + left + wide]
    assert found.shape[:2] == (high, wide)
    assert (np.atleast_3d(found) == wanted).all()
    assert (found.ndim == 2) == bool((wanted == wanted[..., :1]).all())


def test_pages_that_end_inside_a_tile_come_back_whole() -> None:
    for width, height in ((WIDE, HIGH), (WIDE + 1, HIGH + 1), (2 * WIDE - 1, 1)):
        pixels = page(width, height, colour=True)
        assert (Raster.of(pixels).pixels() == pixels).all()
        grey = Raster.of(pixels).grey().pixels()
        assert (grey == np.asarray(Image.fromarray(pixels).convert("L"))).all()


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("side", [60, 100, 250])
def test_the_picture_is_that_of_a_screen_shot(colour: bool, side: int) -> None:
    """Against blending everything in full colour at the page's size, then resizing once."""
    pixels, square, ink = page(colour=colour), Square(245 if colour else 10, 145 if colour else 120, side), line()
    picture = page_picture(Raster.of(pixels), square, 224, ink, WHITE, None, True)
    assert isinstance(picture, RgbPicture if colour else IndexedPicture)
    whole = np.full((600, 600, 3), 255.0)
    whole[:200, :300] = pixels
    crop = 255 - (255 - whole[square.top : square.top + side, square.left : square.left + side]) * (1 - WHITE)
    from synthink.draw.raster import coverage

    left, top, depth = coverage(ink.outline, (side, side))
    share = np.zeros((side, side, 1))
    share[top : top + depth.shape[0], left : left + depth.shape[1], 0] = depth / 255
    blended = np.rint(crop * (1 - share) + np.array(RED) * share).astype(np.uint8)
    wanted = np.asarray(Image.fromarray(blended).resize((224, 224), Image.Resampling.BILINEAR)).astype(int)
    away = np.abs(picture.array().astype(int) - wanted)
    assert away.mean() < 1.5
    assert np.quantile(away, 0.999) < 40  # where ink and print share an enlarged edge


def test_without_ink_only_the_ink_is_gone() -> None:
    raster, square = Raster.of(page()), Square(10, 10, 100)
    shown, bare = (page_picture(raster, square, 200, line(), WHITE, None, shown).array() for shown in (True, False))
    changed = (shown != bare).any(axis=2)
    rows, columns = changed.nonzero()
    assert changed.any()
    assert rows.min() > 34 and rows.max() < 168 and columns.min() > 34 and columns.max() < 168


def test_what_is_erased_is_white() -> None:
    raster, square = Raster.of(page()), Square(10, 10, 100)
    picture = page_picture(raster, square, 200, None, WHITE, Box(30, 40, 60.5, 50), True).array()
    assert (picture[62:78, 42:98] == 255).all()
    assert picture[30:50].min() < 140


def test_places_in_the_picture_and_what_is_seen() -> None:
    square = Square(100, 50, 200)
    frame = Frame(square, 400, View.straight((400, 400)))
    assert frame.boxes(np.array((Box(110, 60, 120, 80),)))[0] == Box(20, 20, 40, 60)
    assert frame.boxes(np.array((Box(90, 0, 120, 80),)))[0] == Box(0, 0, 40, 60)
    shares = shares_inside(
        np.array(((110, 60, 120, 80), (80, 60, 120, 80), (0, 0, 10, 10), (100, 240, 300, 260))), square.box
    )
    assert shares.tolist() == [1.0, 0.5, 0.0, 0.5]


def test_a_camera_moves_boxes_with_the_page() -> None:
    matrix = np.array(((0.5, 0.0, 10.0), (0.0, 0.5, 20.0), (0.0, 0.0, 1.0)))
    frame = Frame(Square(100, 50, 200), 400, View(matrix, (400, 400)))
    assert frame.boxes(np.array((Box(110, 60, 120, 80),)))[0] == Box(20, 30, 30, 50)
