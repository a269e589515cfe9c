"""Location tokens, redrawn strokes and the characters of hands, as the oracle reads them."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.verify.oracles.ink_strokes.answer import points_of
from synthink.verify.oracles.ink_strokes.overlap import paper_and_rest
from synthink.verify.oracles.ink_strokes.pieces import characters_of, rims
from synthink.verify.oracles.ink_strokes.redraw import depth
from synthink.verify.oracles.ink_strokes.row import bins, strokes_of
from synthink.verify.oracles.ink_strokes.skeletons import skeletons


def test_location_tokens() -> None:
    """y before x; 1,024 bins, the last of them for the picture's very edge."""
    assert points_of("<loc0001><loc1023><loc0512><loc0000>") == pytest.approx(np.array([[1023, 1], [0, 512]]))
    assert [points_of(text) for text in ("", "<loc0001>", "<loc1024><loc0001>", "loc", "<loc0001> <loc0002>")] == [
        None
    ] * 5
    assert bins([[448, 0], [224, 447.99]], (448, 448)).tolist() == [[1023, 0], [512, 1023]]


def test_redrawing_is_exact() -> None:
    """A level line of width 3 with round ends, and a disc."""
    strokes = strokes_of({"strokes": [[[10, 10.5], [30, 10.5]], [[50.5, 20.5]]], "stroke_widths_px": [[3, 3], [5]]})
    assert strokes is not None and not isinstance(strokes, str)
    found = depth(strokes, (64, 32))
    assert found[8:13, 20] == pytest.approx([-0.5, 0.5, 1.5, 0.5, -0.5])
    assert np.clip(found[:, 40:] + 0.5, 0, 1).sum() == pytest.approx(np.pi * 2.5**2, rel=0.02)
    thin = strokes_of({"strokes": [[[10, 10.5], [30, 10.5]]], "stroke_widths_px": [[0.5, 0.5]]})
    assert thin is not None and not isinstance(thin, str)
    assert np.clip(depth(thin, (64, 32))[:, 20] + 0.5, 0, 1).sum() == pytest.approx(0.5)


def test_every_hand_has_its_characters() -> None:
    for name in ("upright", "cursive", "quick"):
        hand = skeletons(name)
        assert hand is not None and set(map(chr, range(33, 127))) <= set(hand.names)
    assert skeletons("../fonts/upright") is None


def test_paper_is_told_from_its_rules() -> None:
    """Also where these stand as close as the places that are looked at."""
    for gap in range(3, 14):
        picture = np.full((220, 220, 3), (240, 250, 230), np.uint8)
        picture[::gap] = picture[:, ::gap] = (200, 180, 180)
        paper, others = paper_and_rest(picture)
        assert paper.tolist() == ([240, 250, 230] if gap > 3 else [200, 180, 180])
        assert others[1, 1] == (gap <= 3) and others[0, 0] == (gap > 3)


def test_a_stroke_is_cut_under_a_bar_that_is_longer_than_the_next_letter() -> None:
    """Three letters in one stroke, and a bar of the first, whose box then holds the second one's."""
    letters = [
        np.array([[0, 10], [2, 0], [6, 9], [11, 7]]),
        np.array([[13, 8], [20, 3], [27, 8]]),
        np.array([[29, 9], [38, 1], [42, 10]]),
    ]
    written = np.concatenate(letters).astype(float)
    points = np.concatenate((written, [[0, 4], [32, 4]]))
    rim = rims(points, np.ones(len(points)))

    def box(*rows: int) -> list[float]:
        return [*rim[list(rows), :2].min(axis=0), *rim[list(rows), 2:].max(axis=0)]

    boxes = np.array([box(0, 1, 2, 3, 10, 11), box(4, 5, 6), box(7, 8, 9)])
    assigned = characters_of(rim, [(0, 10), (10, 12)], boxes, slack=0.03)
    assert assigned is not None
    assert [piece.parts for piece in assigned[0]] == [[(0, 4), (10, 12)], [(4, 7)], [(7, 10)]]
    assert characters_of(rim, [(0, 10), (10, 12)], boxes[[0, 2, 1]], slack=0.03) is None
