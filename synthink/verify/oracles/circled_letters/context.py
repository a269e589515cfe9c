"""Words around the circled one, taken off the picture where a row says that they stand: what is left is its word."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from synthink.verify.oracles.circled_letters.inks import paper_colour
from synthink.verify.oracles.circled_letters.light import evened, lit_page, most

INK = 0.15  # share of the light that ink lacks
NEAR = 0.03  # of the picture's longer side: how far from a word its paper is looked at
LEAST = 0.02  # share of that square that is bare paper
GROWN_PX = {False: 2.0, True: 2.5}  # around a word: edges of letters, and of those that a camera blurs


def without_context(
    row: Mapping[str, Any], control: Image.Image | None, photographed: bool
) -> tuple[Mapping[str, Any], Image.Image | None]:
    """The row and its control without the words around the circled one, under the light that fell on them.

    photographed: whether a camera took the pictures, and paper has another colour at every place. A word that stands
    elsewhere than its quad says stays in the picture, which then shows more than the row's word.
    """
    quads = row["context_quads"]
    if not quads:
        return row, control
    alike = control if control is not None and control.size == row["image"].size else None
    bare = alike or row["image"]
    mask = _mask(quads, bare.size, GROWN_PX[photographed])
    paper = _paper_around(bare, mask) if photographed else np.array(paper_colour(bare))
    wiped = {**row, "image": _wiped(row["image"], mask, paper)}
    return wiped, _wiped(alike, mask, paper) if alike else control


def _paper_around(picture: Image.Image, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """(H, W, 3): the mean of the bare paper near each pixel; the light on the page where there is none."""
    page, pixels = lit_page(picture), np.asarray(picture.convert("RGB")).astype(np.float64)
    bare = (~mask & ~page.edged & (most(page.lacking) < INK)).astype(np.float64)
    reach = math.ceil(NEAR * max(picture.size))
    weight = evened(bare, reach)
    sums = np.stack([evened(pixels[..., channel] * bare, reach) for channel in range(3)], axis=2)
    near = sums / np.maximum(weight, 1e-6)[..., np.newaxis]
    return np.where((weight > LEAST)[..., np.newaxis], near, page.light)


def _wiped(picture: Image.Image, mask: npt.NDArray[np.bool_], paper: npt.NDArray[Any]) -> Image.Image:
    """The picture with the paper where the mask is."""
    pixels = np.asarray(picture.convert("RGB"))
    filled = np.where(mask[..., np.newaxis], np.clip(np.rint(paper), 0, 255), pixels)
    return Image.fromarray(filled.astype(np.uint8))


def _mask(quads: Sequence[Sequence[float]], size: tuple[int, int], grown_px: float) -> npt.NDArray[np.bool_]:
    """(H, W): the quads, larger on all sides."""
    image = Image.new("1", size)
    draw = ImageDraw.Draw(image)
    for quad in quads:
        corners = np.array(quad, dtype=np.float64).reshape(4, 2)
        right, down = (_unit(corners[1] - corners[0]), _unit(corners[3] - corners[0]))
        away = np.stack((-right - down, right - down, right + down, down - right)) * grown_px
        draw.polygon([(float(x), float(y)) for x, y in corners + away - 0.5], fill=1)
    return np.asarray(image)


def _unit(way: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    unit: npt.NDArray[np.float64] = way / max(float(np.hypot(*way)), 1e-6)
    return unit
