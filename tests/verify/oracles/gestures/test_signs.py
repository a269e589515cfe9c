"""Signs of punctuation are told apart by their strokes, height and width."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.verify.oracles.gestures.signs import check_sign, is_sign

DOT, TAIL = np.array(((0.0, 0.0), (1.0, 1.0))), np.array(((2.0, 0.0), (0.0, 7.0)))
BAR, HOOK = np.array(((0.0, -26.0), (0.0, -6.0))), np.array(((0.0, -20.0), (8.0, -26.0), (10.0, -18.0), (4.0, -6.0)))
HIGH_DOT = DOT - (0.0, 12.0)
DRAWN = {".": (DOT,), ",": (TAIL,), ":": (HIGH_DOT, DOT), ";": (HIGH_DOT, TAIL), "!": (BAR, DOT), "?": (HOOK, DOT)}


@pytest.mark.parametrize("text", DRAWN)
def test_a_sign_is_itself_and_no_other(text: str) -> None:
    assert check_sign([DRAWN[text]], text, 20.0) is None
    others = {other for other, strokes in DRAWN.items() if check_sign([strokes], text, 20.0) is None} - {text}
    assert others <= {".": {","}, ",": set(), ":": {";"}, ";": {":"}}.get(text, set())


def test_words_are_no_signs() -> None:
    assert not is_sign("cap") and not is_sign(None) and is_sign(",")
