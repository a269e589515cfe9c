"""Scenes without a picture, for tests of single checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from synthink.verify.oracles.gestures.row import RowScene


def without_ink(words: Sequence[str], boxes: Any, target: Sequence[float], wanted: Sequence[str]) -> RowScene:
    """Words in a picture, and some of them meant."""
    return RowScene(
        size_px=(448, 448),
        words=tuple(words),
        boxes=np.array(boxes),
        images=np.zeros((0, 4)),
        target=np.array(target),
        target_words=tuple(wanted),
        ends=np.zeros((0, 4)),
        strokes=(),
        width=2.0,
        scale=1.0,
        same=0.05,
        ink_box=None,
        text_box=None,
    )
