"""Whether handwriting may be a sign: commas, full stops and the like, too few strokes to be read by their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthink.verify.oracle import Finding
from synthink.verify.oracles.boxes import around
from synthink.verify.oracles.gestures.row import Floats

OTHER_SIGN = "another sign is written"


@dataclass(frozen=True)
class SignShape:
    """The looks of a sign: the number of its strokes, the height of all of them in H, the share of that height that the
    tallest stroke has, and how many times as long as straight it is; least and greatest each."""

    strokes: int
    high: tuple[float, float]
    tallest: tuple[float, float] = (0.0, 1.0)
    bent: tuple[float, float] = (1.0, np.inf)


SIGNS = {
    ".": SignShape(1, (0.0, 0.35)),
    ",": SignShape(1, (0.08, 0.8)),
    ":": SignShape(2, (0.3, 1.5), (0.0, 0.32)),
    ";": SignShape(2, (0.35, 1.8), (0.16, 0.46)),
    "!": SignShape(2, (0.7, 2.4), (0.46, 1.0), (1.0, 1.25)),
    "?": SignShape(2, (0.7, 2.6), (0.44, 1.0), (1.3, np.inf)),
}
"""Measured on 400 of them, with room. A short comma may be a full stop, a short tail makes a colon of a semicolon."""


def is_sign(text: str | None) -> bool:
    """Whether a text is a lone sign of those that are known here."""
    return text in SIGNS


def check_sign(parts: Sequence[Sequence[Floats]], text: str, unit: float) -> Finding | None:
    """Check that strokes of one of the parts may be the sign. unit: H, in pixels."""
    return None if any(_may_be(strokes, SIGNS[text], unit) for strokes in parts) else Finding("wrong", OTHER_SIGN)


def _may_be(strokes: Sequence[Floats], sign: SignShape, unit: float) -> bool:
    if len(strokes) != sign.strokes:
        return False
    heights = [float(np.ptp(stroke[:, 1])) for stroke in strokes]
    box, tallest = around(np.concatenate(list(strokes))), strokes[int(np.argmax(heights))]
    high = max(float(box[3] - box[1]), 1e-9)
    straight = max(float(np.hypot(*(tallest[-1] - tallest[0]))), 1e-9)
    bent = float(np.hypot(*np.diff(tallest, axis=0).T).sum()) / straight
    fits = zip((high / unit, max(heights) / high, bent), (sign.high, sign.tallest, sign.bent), strict=True)
    return all(least <= value <= greatest for value, (least, greatest) in fits)
