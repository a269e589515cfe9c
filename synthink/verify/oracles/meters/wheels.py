"""Figures of number wheels, compared with those of the font as Pillow draws them."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from synthink.verify.oracles.meters.places import Floats, lengths, patch

WIDE = 24  # pixels across a wheel's upright patch
DRAWN_PX = 96  # em of the drawn figures
TALL = np.linspace(0.95, 1.15, 5)  # heights of a figure, in widths of a wheel
PITCHES = np.linspace(1.25, 1.45, 5)  # ways from one figure to the next, in heights
MIDDLE_PITCH = 1.35
TURN_DEG, WIDEST = 36.0, 0.72
# Likeness, -1..1: at `SURE` a wheel shows what its label says, below `UNLIKE` it does not. Of 1,778 true wheels the
# least like one had 0.77, and no other position was more like any of them.
SURE, UNLIKE = 0.7, 0.6
MARGIN = 0.06  # of likeness, by which another position has to be more like it


class Figures:
    """The ten figures of a font. Raises OSError where Pillow cannot open it."""

    def __init__(self, data: bytes, index: int) -> None:
        font = ImageFont.truetype(io.BytesIO(data), DRAWN_PX, index=index, layout_engine=ImageFont.Layout.BASIC)
        self._pictures: list[Image.Image] = []
        for figure in "0123456789":
            left, top, right, bottom = font.getbbox(figure)
            picture = Image.new("L", (math.ceil(right - left), math.ceil(bottom - top)))
            ImageDraw.Draw(picture).text((-left, -top), figure, fill=255, font=font)
            self._pictures.append(picture.crop(picture.getbbox()))

    def wheel(self, position: float, shape: tuple[int, int], tall: float, pitch: float, rises: bool) -> Floats:
        """(h, w), 0..1: a wheel at a position, seen through its window.

        tall: of a figure, in pixels; pitch: in heights of a figure; rises: whether greater numbers come from below.
        """
        height, width = shape
        window = Image.new("L", (width, height))
        zero = self._pictures[0]
        wide = min(tall / zero.height, WIDEST * width / zero.width)
        radius = pitch * tall / math.radians(TURN_DEG)
        for step in range(-1, 3):
            turn = math.radians((math.floor(position) + step - position) * TURN_DEG * (1 if rises else -1))
            if abs(turn) > math.radians(62):
                continue
            picture = self._pictures[(math.floor(position) + step) % 10]
            high = picture.height * tall / zero.height * math.cos(turn)
            size = max(1, round(picture.width * wide)), max(1, round(high))
            at = round(width / 2 - size[0] / 2), round(height / 2 + radius * math.sin(turn) - size[1] / 2)
            drawn = picture.resize(size, Image.Resampling.BOX)
            window.paste(255, (*at, at[0] + size[0], at[1] + size[1]), drawn)
        return np.asarray(window).astype(np.float64) / 255


def odd_wheels(changed: Floats, quads: Floats, positions: Sequence[float], figures: Figures) -> list[float | None]:
    """By how much another position is more like each wheel than its own; None where neither is like it, 1 where its own
    is not like it at all.

    changed: (H, W) of picture against control.
    """
    width, height = lengths(quads[0])
    shape = round(WIDE * height / width), WIDE
    patches = [patch(changed[:, :, np.newaxis], quad, (WIDE, shape[0]))[:, :, 0] for quad in quads]
    fits = [
        (_mean(patches, positions, figures, tall, MIDDLE_PITCH, rises), tall, rises)
        for rises in (True, False)
        for tall in TALL.tolist()
    ]
    _, tall, rises = max(fits)
    _, pitch = max((_mean(patches, positions, figures, tall, pitch, rises), pitch) for pitch in PITCHES.tolist())
    margins: list[float | None] = []
    for wheel, position in zip(patches, positions, strict=True):
        own, *others = (
            likeness(wheel, figures.wheel((position + step) % 10, shape, tall * WIDE, pitch, rises))
            for step in (*range(10), 0.5, -0.5)
        )
        top = max(others)
        margins.append(1.0 if own < UNLIKE else None if max(own, top) < SURE else top - own)
    return margins


def _mean(
    patches: Sequence[Floats], positions: Sequence[float], figures: Figures, tall: float, pitch: float, rises: bool
) -> float:
    shape = patches[0].shape[0], patches[0].shape[1]
    values = [
        likeness(one, figures.wheel(position, shape, tall * WIDE, pitch, rises))
        for one, position in zip(patches, positions, strict=True)
    ]
    return float(np.mean(values))


def likeness(one: Floats, other: Floats) -> float:
    """The correlation of two patches, -1..1; 0 where one of them is even."""
    a, b = one - one.mean(), other - other.mean()
    size = math.sqrt(float((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0
