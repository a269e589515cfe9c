"""What a photograph shows of a row's ink: along its strokes, and nowhere else."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from synthink.verify.oracle import Finding
from synthink.verify.oracles.difference import OTHER_PAGE, Flags, difference, has_stray_ink, unlike
from synthink.verify.oracles.ink_strokes.overlap import DOT_PX, MISSING, NO_INK, STRAY, Bytes, Reals, ways
from synthink.verify.oracles.ink_strokes.redraw import REACH
from synthink.verify.oracles.ink_strokes.row import Strokes

DOUBTFUL_PLACE = "the strokes are hard to find in the photograph"
OTHER_PICTURE = "the picture shows another page"

# Contrast along the strokes beside that of the whole picture: 2.4 and more where ink lies there, 0.4 and less in
# pictures without ink, in 60 scans and 60 photographs each.
NONE, SOME = 0.8, 1.7

FAINT = 12  # levels by which ink changes the page at least, on the average of its strokes
INKED, INKED_DOT, COVERED = 0.2, 0.08, 0.95  # share of that along strokes and in dots, and of the length that has it
LEAST = 0.4  # share of a stroke's length that must have it
BLURRED = 5  # px around strokes in which a camera may leave some of their ink: REACH and more


def check_against_control(picture: Image.Image, control: Image.Image, strokes: Strokes, depth: Reals) -> Finding | None:
    """Whether a picture differs from its control by the ink of the strokes. depth: the strokes drawn once more."""
    if picture.size != control.size:
        return Finding("wrong", OTHER_PICTURE)
    levels, own = difference(picture, control), depth > -REACH
    if unlike(levels, control, own) > OTHER_PAGE:
        return Finding("wrong", OTHER_PICTURE)
    strengths = _along(levels, strokes)
    usual = float(np.median(strengths))
    if usual < FAINT:
        return Finding("wrong", NO_INK)
    firsts = [first for first, _ in strokes.parts]
    counts = np.diff([*firsts, len(strengths)])
    least = np.where(ways(strokes) <= DOT_PX, INKED_DOT, INKED) * usual
    inked = strengths >= np.repeat(least, counts)
    shares = np.add.reduceat(inked.astype(np.intp), firsts) / counts
    if inked.mean() < COVERED or (shares < LEAST).any():
        return Finding("wrong", MISSING)
    reached = _wider(own, round(BLURRED - REACH))
    return Finding("wrong", STRAY) if has_stray_ink(picture, control, levels, reached, usual) else None


def _along(levels: Bytes, strokes: Strokes) -> Bytes:
    """(N,): the greatest level at or beside each of the strokes' points."""
    height, width = levels.shape
    around = np.asarray(Image.fromarray(levels).filter(ImageFilter.MaxFilter(3)))
    x = np.clip(strokes.points[:, 0].astype(np.intp), 0, width - 1)
    y = np.clip(strokes.points[:, 1].astype(np.intp), 0, height - 1)
    most: Bytes = around[y, x]
    return most


def _wider(flags: Flags, by: int) -> Flags:
    """The flags and all pixels by so many rows or columns from them."""
    return np.asarray(Image.fromarray(flags.astype(np.uint8)).filter(ImageFilter.MaxFilter(2 * by + 1))) > 0


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
