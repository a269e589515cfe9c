"""What can be told of ink whose colour varies, and of ink in a photograph."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

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
# Contrast along the strokes beside that of the whole picture: 2.4 and more where ink lies there, 0.4 and less in
# pictures without ink, in 60 scans and 60 photographs each.
NONE, SOME = 0.8, 1.7
DOUBTFUL_PLACE = "the strokes are hard to find in the photograph"


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


def check_photograph(picture: Bytes, strokes: Strokes) -> Finding | None:
    """Under another light, blurred and warped: the strokes must at least run along what stands out of its surroundings.

    Never wrong for less than a picture without any ink there.
    """
    grey = Image.fromarray(picture.mean(axis=2).astype(np.uint8))
    around = np.asarray(grey.filter(ImageFilter.BoxBlur(9)), np.float32)
    contrast = np.asarray(grey, np.float32) - around
    height, width = contrast.shape

    def along(right: int, down: int) -> float:
        x = np.clip(strokes.points[:, 0].astype(np.intp) + right, 0, width - 1)
        y = np.clip(strokes.points[:, 1].astype(np.intp) + down, 0, height - 1)
        return abs(float(contrast[y, x].mean()))

    here, usual = along(0, 0), float(np.abs(contrast).mean())
    if here <= NONE * usual:
        return Finding("wrong", NO_INK)
    nearby = max(along(right, down) for right in (-3, 0, 3) for down in (-3, 0, 3) if right or down)
    return Finding("unsure", DOUBTFUL_PLACE) if nearby > here or here < SOME * usual else None
