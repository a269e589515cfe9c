"""What handwriting says, checked by strokes whose text is known."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.verify.oracles.gestures.hands import expected, letters_of
from synthink.verify.oracles.gestures.writing import OTHER_TEXT, check_writing

HAND = "upright"


def written(text: str, gap: float) -> list[np.ndarray]:
    """The words of a text, each as its hand has it, in x-heights; every piece is a stroke. gap: between words."""
    letters, left, strokes = letters_of(HAND), 0.0, []
    assert letters is not None
    for word in text.split():
        pieces = expected(word, letters)[:, :4] + (left, 0, left, 0)
        strokes += list(pieces.reshape(-1, 2, 2))
        left = float(pieces[:, [0, 2]].max()) + gap
    return strokes


@pytest.mark.parametrize("gap", [0.7, 1.2, 3.5])
def test_gaps_between_words_may_be_narrow_and_wide(gap: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthink.verify.oracles.gestures.writing.may_have", lambda *_: True)  # here pieces are strokes
    strokes = written("A blue canal", gap)
    assert check_writing(strokes, "A blue canal", HAND) is None
    other = check_writing(strokes, "The blue sky", HAND)
    assert other is not None and other.reason == OTHER_TEXT
