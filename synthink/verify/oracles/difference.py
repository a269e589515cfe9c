"""Where a picture differs from its control, which lacks the mark, the ink or the words and nothing else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageFilter

Levels = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

BLOCK = 16  # px: a JPEG's blocks, in which a change anywhere may change all pixels
# `unlike` from which on a picture shows another page. In 2,000 pictures of all cameras beside their own controls it was
# 0.35 at most, beside those of other rows 1.7 at least.
OTHER_PAGE = 0.7
STRONG, STRAYING = 0.6, 3  # share of ink's usual level from which on, and number of pixels of which more, are stray ink
UNMOVED = 0.3  # share of it that remains beyond what moving the page by a pixel would change


def difference(picture: Image.Image, control: Image.Image) -> Levels:
    """(H, W): the greatest difference of a channel. The two are of one size."""
    bands = ImageChops.difference(picture.convert("RGB"), control.convert("RGB")).split()
    return np.asarray(ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2]))


def unlike(levels: Levels, control: Image.Image, reached: Flags) -> float:
    """How much picture and control differ in blocks that (H, W) flags neither touch nor come next to, beside how much
    the control's pixels there differ from their neighbours; 0 where there are no such blocks.

    levels: their `difference`. Print and noise of another picture make it greater than 1.
    """
    touched = _blocks(reached)
    near: Flags = touched.copy()
    near[1:] |= touched[:-1]
    near[:-1] |= touched[1:]
    wide = near.copy()
    wide[:, 1:] |= near[:, :-1]
    wide[:, :-1] |= near[:, 1:]
    far = np.invert(wide.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)[: levels.shape[0], : levels.shape[1]])
    if not far.any():
        return 0.0
    own = difference(control, ImageChops.offset(control, 1, 0))
    return float(levels[far].mean() / max(own[far].mean(), 0.02))


def beyond_shifts(levels: Levels, control: Image.Image) -> Levels:
    """(H, W): by how much picture and control differ beyond what the control moved by a pixel would."""
    spread = difference(control.filter(ImageFilter.MaxFilter(3)), control.filter(ImageFilter.MinFilter(3)))
    return levels - np.minimum(levels, spread)


def has_stray_ink(picture: Image.Image, control: Image.Image, levels: Levels, own: Flags, usual: float) -> bool:
    """Whether a picture differs from its control where no ink is told of.

    levels: their `difference`. own: (H, W), what the ink may reach. usual: the level along its strokes.
    """
    stray = (levels > STRONG * usual) & ~own
    if np.count_nonzero(stray) > STRAYING:  # a page's edge may lie elsewhere by a part of a pixel
        stray &= beyond_shifts(levels, control) > UNMOVED * usual
        stray[[0, -1]] = stray[:, [0, -1]] = False  # it may come from outside
    if np.count_nonzero(stray) > STRAYING:  # a JPEG spreads colours over blocks, which lightness is not
        light = difference(picture.convert("L"), control.convert("L"))
        stray &= light > STRONG * np.median(light[own & (levels >= usual)])
    return bool(np.count_nonzero(stray) > STRAYING)


def _blocks(flags: Flags) -> Flags:
    """Which blocks hold a flag."""
    rows, columns = (-(-side // BLOCK) for side in flags.shape)
    padded = np.zeros((rows * BLOCK, columns * BLOCK), np.bool_)
    padded[: flags.shape[0], : flags.shape[1]] = flags
    touched: Flags = padded.reshape(rows, BLOCK, columns, BLOCK).max(axis=(1, 3))
    return touched
