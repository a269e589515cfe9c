"""Ink and print in a picture: what is letters, what is not, and what has the hue of the ink."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageColor, ImageDraw

from synthink.verify.oracles.gestures.ink import NO_PRINT, OTHER_PRINT, Sight, check_ink, check_print, look
from synthink.verify.oracles.gestures.row import RowScene
from tests.verify.oracles.gestures.scenes import without_ink

LINES = np.array([(x, y, x + 60, y + 20) for y in (100, 130, 160) for x in range(20, 400, 80)], float)


def printed(boxes: Any, colour: int | tuple[int, ...] = 128) -> np.ndarray[Any, Any]:
    """Words of upright strokes, as high as small letters."""
    pixels = np.full((448, 448, 3), 255, np.uint8)
    for left, top, right, bottom in np.array(boxes, int).tolist():
        for x in range(left + 2, right - 2, 6):
            pixels[top + (bottom - top) * 2 // 5 : bottom - (bottom - top) // 5, x : x + 2] = colour
    return pixels


def sight_of(pixels: np.ndarray[Any, Any], scene: RowScene, colour: str = "red") -> Sight:
    sight = look(Image.fromarray(pixels), scene, colour)
    assert sight is not None
    return sight


def print_found(pixels: np.ndarray[Any, Any], words: Sequence[str], boxes: Any) -> str | None:
    """Why the print is wrong, where it is."""
    scene = without_ink(words, boxes, boxes[0], ())
    found = check_print(sight_of(pixels, scene), scene, (0,), 0.5)
    return found.reason if found is not None and found.verdict == "wrong" else None


def ruled(pixels: np.ndarray[Any, Any]) -> None:
    pixels[90:190, 90:410:80] = 128


def framed(pixels: np.ndarray[Any, Any]) -> None:
    """Each word in a box with round corners."""
    picture = Image.fromarray(pixels)
    for left, top, right, bottom in LINES.tolist():
        ImageDraw.Draw(picture).rounded_rectangle((left - 7, top - 2, right + 7, bottom + 2), 12, outline=(128,) * 3)
    pixels[:] = np.asarray(picture)


def textured(pixels: np.ndarray[Any, Any]) -> None:
    """Over a picture."""
    pixels -= np.random.default_rng(0).integers(0, 60, pixels.shape, np.uint8)


@pytest.mark.parametrize("near", [ruled, framed, textured])
def test_rules_frames_and_pictures_between_words_are_no_letters(near: Callable[[Any], None]) -> None:
    pixels, words = printed(LINES), ["words"] * len(LINES)
    near(pixels)
    assert print_found(pixels, words, LINES) is None
    assert near is textured or print_found(pixels, words, LINES - (20, 0, 20, 0)) == OTHER_PRINT


def test_words_without_print() -> None:
    words = ["words"] * len(LINES)
    assert print_found(printed(LINES[3:]), words, LINES) == NO_PRINT
    for colour in ((128, 255, 128), (245, 245, 245)):  # green, and pale
        assert print_found(printed(LINES, colour), words, LINES) is None


def test_the_dot_of_a_word_that_the_border_cuts_may_lie_outside() -> None:
    boxes = np.concatenate((LINES, [(x, 428.0, x + 20.0, 448.0) for x in range(20, 400, 40)]))
    words = ["words"] * len(LINES) + ["."] * 10
    assert print_found(printed(LINES), words, boxes) is None
    assert print_found(printed(LINES), words, boxes - (0, 9, 0, 9)) == NO_PRINT


@pytest.mark.parametrize(("colour", "white", "hue"), [("green", 0.5, (128, 255, 128)), ("#208020", 0.0, (0, 255, 0))])
def test_print_may_have_the_hue_of_the_ink(colour: str, white: float, hue: tuple[int, ...]) -> None:
    scene, pixels = without_ink((), (), (0, 0, 1, 1), ()), np.full((448, 448, 3), 255, np.uint8)
    pixels[50:90, 50:90] = hue
    assert check_ink(sight_of(pixels, scene, colour), scene, white) is None
    pixels[200:203, 200:300] = ImageColor.getrgb(colour)
    found = check_ink(sight_of(pixels, scene, colour), scene, white)
    assert (found is not None) is (white > 0)  # under no white at all print may look like ink
