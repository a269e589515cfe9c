"""Whether handwriting may be a sign: commas, full stops and the like, too few strokes to be read by their columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthink.verify.oracle import Finding
from synthink.verify.oracles.boxes import around
from synthink.verify.oracles.gestures.row import Floats

OTHER_SIGN = "another sign is written"

SHAPES = {
    ".": ((1,), 0.0, 0.35),
    ",": ((1,), 0.08, 0.8),
    ":": ((2,), 0.3, 1.5),
    ";": ((2,), 0.35, 1.8),
    "!": ((2,), 0.7, 2.4),
    "?": ((2,), 0.8, 2.6),
}
"""The strokes of each sign, and its least and greatest height in H. A colon may so be a semicolon, and a short comma a
full stop: what their labels say of each other is not proved."""
WIDE = 0.3  # H: a question mark is wider, an exclamation mark is not


def is_sign(text: str | None) -> bool:
    """Whether a text is a lone sign of those that are known here."""
    return text in SHAPES


def check_sign(parts: Sequence[Sequence[Floats]], text: str, unit: float) -> Finding | None:
    """Check that strokes of one of the parts may be the sign. unit: H, in pixels."""
    return None if any(_may_be(strokes, text, unit) for strokes in parts) else Finding("wrong", OTHER_SIGN)


def _may_be(strokes: Sequence[Floats], text: str, unit: float) -> bool:
    counts, least, greatest = SHAPES[text]
    if len(strokes) not in counts:
        return False
    box = around(np.concatenate(list(strokes)))
    wide, high = (box[2:] - box[:2]) / unit
    if text in "?!" and (wide > WIDE) != (text == "?"):
        return False
    return bool(least <= high <= greatest)
