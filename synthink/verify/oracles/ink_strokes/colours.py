"""What can be told of ink whose colour varies."""

from __future__ import annotations

import numpy as np

from synthink.verify.oracle import Finding
from synthink.verify.oracles.ink_strokes.overlap import (
    AWAY,
    MISSING,
    NO_INK,
    OTHER_PAPER,
    STRAY,
    Bytes,
    Reals,
    is_colour,
    lacks_ink,
    paper_and_rest,
)
from synthink.verify.oracles.ink_strokes.row import Strokes

VISIBLE = 14.0  # levels of a channel by which a pixel differs from its surroundings
PALE = 90.0  # levels from paper: rules and their like, not ink


def check_colourful(picture: Bytes, strokes: Strokes, depth: Reals, paper_column: str | None) -> Finding | None:
    """Ink of any colours: there along the strokes, and nowhere else."""
    paper, _ = paper_and_rest(picture)
    if paper_column is not None and not is_colour(paper, paper_column):
        return Finding("wrong", OTHER_PAPER)
    away = np.abs(picture - paper.astype(np.float32)).max(axis=2)
    core = (depth > 0).astype(np.float32)
    if (away[depth > 0] < VISIBLE).mean() > 0.8:
        return Finding("wrong", NO_INK)
    if lacks_ink(core * (away >= VISIBLE), core, strokes):
        return Finding("wrong", MISSING)
    stray = (depth <= 1.5 * AWAY) & (away > PALE)
    if stray.sum() > 2:
        return Finding("wrong", STRAY)
    return None
