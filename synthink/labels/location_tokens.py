"""Places in a picture as PaliGemma's location tokens: `<loc0000>` to `<loc1023>`, y before x.

A coordinate's bin is floor(1024 * share of the picture's height or width), at most 1023: there is no token 1024.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box

BINS = 1024
_TOKEN = re.compile(r"<loc(\d{4})>")
_TOKENS = [f"<loc{bin:04}>" for bin in range(BINS)]


def format_box_tokens(box: Box, size_px: tuple[int, int]) -> str:
    """Write a box as tokens: top, left, bottom, right."""
    left, top, right, bottom = box
    return format_points([(left, top), (right, bottom)], size_px)


def parse_box_tokens(text: str, size_px: tuple[int, int]) -> Box | None:
    """The box of four tokens, in pixels, at the middle of their bins; None when the text is something else."""
    points = parse_points(text, size_px)
    if points is None or len(points) != 2:
        return None
    return Box(*points.reshape(4).tolist())


def format_points(points: npt.ArrayLike, size_px: tuple[int, int]) -> str:
    """Write (N, 2) pixels x, y as tokens, y before x."""
    shares = np.asarray(points, dtype=np.float64)[:, ::-1] / (size_px[1], size_px[0])
    bins = np.clip(np.floor(shares * BINS), 0, BINS - 1).astype(int).reshape(-1).tolist()
    return "".join([_TOKENS[bin] for bin in bins])


def parse_points(text: str, size_px: tuple[int, int]) -> npt.NDArray[np.float64] | None:
    """Read (N, 2) pixels x, y, at the middle of their bins; None when the text is not pairs of tokens alone."""
    bins = [int(digits) for digits in _TOKEN.findall(text)]
    if _TOKEN.sub("", text).strip() or not bins or len(bins) % 2 or max(bins) >= BINS:
        return None
    shares = (np.array(bins, dtype=np.float64).reshape(-1, 2) + 0.5) / BINS
    return shares[:, ::-1] * size_px


def format_strokes(strokes: Sequence[npt.ArrayLike], size_px: tuple[int, int]) -> str:
    """Write strokes of (N, 2) pixels as tokens, with a space between strokes."""
    return " ".join(format_points(stroke, size_px) for stroke in strokes)


def parse_strokes(text: str, size_px: tuple[int, int]) -> list[npt.NDArray[np.float64]] | None:
    """The strokes that `format_strokes` wrote; None when one of them is something else."""
    strokes = []
    for part in text.split():
        stroke = parse_points(part, size_px)
        if stroke is None:
            return None
        strokes.append(stroke)
    return strokes or None
