"""What a photograph shows of a row: the ink or the words that its control lacks, along the strokes and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from synthink.verify.oracle import Control, Finding
from synthink.verify.oracles.difference import OTHER_PAGE, difference, has_stray_ink, unlike
from synthink.verify.oracles.gestures.ink import MISSING, NO_PRINT, STRAY, check_visibility, reached, seen_along
from synthink.verify.oracles.gestures.row import Flags, RowScene

UNSEEN = "print in a photograph is not read"
OTHER_PICTURE = "the picture shows another page"

FAINT = 12  # levels by which ink changes the page at least, on the average of its strokes
INKED, COVERED = 0.2, 0.97  # share of that along strokes, and share of their length that must have it
BLURRED = 3.0  # px by which a camera blurs lines beyond their width
PRINTED, PRINT = 0.05, 3  # share of the words' box that changes by so many levels at least where they are left out


def check_photograph(row: Mapping[str, Any], scene: RowScene, control: Control | None) -> Finding | None:
    """Check what a camera took: against its control, and without one whether there is ink of some hue at all."""
    if control is not None:
        return check_difference(row["image"], control(), scene)
    return check_visibility(row["image"], scene, row.get("ink_colour")) if scene.strokes else Finding("unsure", UNSEEN)


def check_difference(picture: Image.Image, control: Image.Image, scene: RowScene) -> Finding | None:
    """Whether the picture differs from its control by the row's ink, or where there is none by its target's words."""
    if picture.size != control.size:
        return Finding("wrong", OTHER_PICTURE)
    levels = difference(picture, control)
    own = reached(scene, BLURRED) if scene.strokes else _box(scene)
    if unlike(levels, control, own) > OTHER_PAGE:
        return Finding("wrong", OTHER_PICTURE)
    strengths = seen_along(levels, scene) if scene.strokes else levels[own]
    usual = float(np.median(strengths) if scene.strokes else np.quantile(strengths, 1 - PRINTED))
    if not scene.strokes and usual < PRINT:
        return Finding("wrong", NO_PRINT)
    if scene.strokes and (usual < FAINT or (strengths >= INKED * usual).mean() < COVERED):
        return Finding("wrong", MISSING)
    return Finding("wrong", STRAY) if has_stray_ink(picture, control, levels, own, usual) else None


def _box(scene: RowScene) -> Flags:
    """(H, W): the target's box and what of its print may lie beside it: an enlarged pixel of the page, blurred."""
    width, height = scene.size_px
    beyond = BLURRED + scene.scale
    left, top = np.floor(scene.target[:2] - beyond).astype(np.intp)
    right, bottom = np.ceil(scene.target[2:] + beyond).astype(np.intp)
    flags = np.zeros((height, width), np.bool_)
    flags[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
    return flags
