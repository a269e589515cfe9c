"""Paper that was folded and does not lie flat, as its light tells it: creases, panels and waves.

Nothing moves: the view stays projective, and labels need not know.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthink.camera.projection import Corner
from synthink.streams import Stream

if TYPE_CHECKING:
    from PIL import Image

Floats = npt.NDArray[np.float64]

PANEL = 0.22  # share of the light that a panel loses at its crease, at most
CREASE = 0.2  # share of it that is lost or won along the crease itself, at most
WAVES = 0.25  # share of it that waves take away, at most
CREASE_PX = 1.5  # half of a crease's width, in pixels of the frame at half of its resolution


def shade(frame: Image.Image, paper: Sequence[Corner], depth: float, key: tuple[int, int]) -> Image.Image:
    """The frame with the light of folds and waves in the paper on it.

    paper: its corners in the frame, clockwise from the top left; depth: 0..1; key: of the stream of their places.
    """
    from PIL import Image, ImageChops

    size = max(1, frame.width // 2), max(1, frame.height // 2)
    corners = [(x * size[0] / frame.width, y * size[1] / frame.height) for x, y in paper]
    remaining = np.floor(np.clip(1.0 - depth * lost_light(size, corners, Stream(key)), 0.0, 1.0) * 255 + 0.5)
    light = Image.fromarray(remaining.astype(np.uint8)).resize(frame.size, Image.Resampling.BILINEAR)
    return ImageChops.multiply(frame, Image.merge("RGB", (light, light, light)))


def lost_light(size: tuple[int, int], corners: Sequence[Corner], stream: Stream) -> Floats:
    """(H, W), 0..1: the share of light that is missing: waves everywhere, and one or two creases, or none."""
    x, y = np.arange(size[0])[np.newaxis] + 0.5, np.arange(size[1])[:, np.newaxis] + 0.5
    lost = WAVES * _waves(size, stream)
    upright = stream.chance(0.5)
    count = stream.integers(0, 3)
    for number in range(count):
        share = (number + stream.uniform(0.3, 1.7)) / (count + 1)
        (x0, y0), (x1, y1) = _across(corners, share, upright)
        length = math.hypot(x1 - x0, y1 - y0)
        if not length:
            continue
        away = ((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / length
        panel = np.maximum(0.0, 1.0 - np.abs(away) / (stream.uniform(0.15, 0.6) * max(size)))
        side = np.clip(away * (1.0 if stream.chance(0.5) else -1.0) + 0.5, 0.0, 1.0)  # the edge is a pixel wide
        lost = lost + PANEL * stream.uniform(0.3, 1.0) * side * panel
        lost = lost + CREASE * stream.uniform(-0.6, 1.0) * np.maximum(0.0, 1.0 - np.abs(away) / CREASE_PX)
    return lost


def _across(corners: Sequence[Corner], share: float, upright: bool) -> tuple[Corner, Corner]:
    """The ends of a line across the paper, from one edge to the one opposite."""
    a, b, c, d = corners
    edges = ((a, b), (d, c)) if upright else ((a, d), (b, c))
    one, other = ((p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share) for p, q in edges)
    return one, other


def _waves(size: tuple[int, int], stream: Stream) -> Floats:
    """(H, W), 0..1: soft hills, a few across and down."""
    from PIL import Image

    across, down = stream.integers(2, 6), stream.integers(2, 6)
    hills = np.floor(stream.uniforms(across * down) * 256).astype(np.uint8).reshape(down, across)
    return np.asarray(Image.fromarray(hills).resize(size, Image.Resampling.BICUBIC)) / 255.0
