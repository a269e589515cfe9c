"""Location tokens, redrawn strokes and the characters of hands, as the oracle reads them."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.verify.oracles.ink_strokes.answer import points_of
from synthink.verify.oracles.ink_strokes.overlap import paper_and_rest
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
