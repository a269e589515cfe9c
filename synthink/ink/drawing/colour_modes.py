"""Colour modes: pictures of ink that tell a model when and how fast each part was written.

All channels are 0..255. `by_stroke`: a hue for each stroke, a golden angle from the last, so that neighbours differ.
`time`: red rises from 0 at the ink's first point to 255 at its last, blue falls from 255 to 0, green is 0; pauses
count. `time_distance`: red is the time as before; green and blue are the speeds along x and along y (distance gone in a
unit of time), 255 being the 95th percentile of the ink's speed, and above. `speed`: red rises from 0 at rest to 255 at
the 95th percentile of the ink's speed, and above; blue falls from 255 to 0, green is 0. Ink without times is taken as
written at an even speed without pauses: time is then the way along the line, speed the direction alone.
"""

from __future__ import annotations

import colorsys
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from synthink.errors import ConfigError, did_you_mean
from synthink.ink.drawing.pens import Floats, Indices, quantile, speeds, way_along

Mode = Literal["solid", "by_stroke", "time", "time_distance", "speed"]
MODES: tuple[str, ...] = get_args(Mode)
_GOLDEN = 0.381966


def point_colours(points: npt.NDArray[np.floating], starts: Indices, mode: str) -> Floats:
    """(N, 3) colours, 0..255, of the (N, 4) points of an ink; `mode` is one of `MODES` except `solid`."""
    if mode not in MODES[1:]:
        raise ConfigError("mode", mode, f"is no colour mode; {did_you_mean(str(mode), MODES)}")
    line = np.asarray(points, dtype=np.float64)
    if mode == "by_stroke":
        hues = [colorsys.hsv_to_rgb(number * _GOLDEN % 1, 0.9, 0.8) for number in range(len(starts))]
        return np.repeat(np.array(hues).reshape(-1, 3) * 255, np.diff(starts, append=len(line)), axis=0)
    if np.isnan(line[:, 2]).any():
        line = line.copy()
        line[:, 2] = way_along(line[:, :2], starts)
    colours = np.zeros((len(line), 3))
    if mode in ("time", "time_distance"):
        since = line[:, 2] - line[0, 2]
        colours[:, 0] = np.clip(since / max(float(since.max()), 1e-9), 0, 1)
    if mode in ("speed", "time_distance"):
        speed = speeds(line, starts)
        speed = np.clip(speed / max(quantile(speed[:, 0], 0.95), 1e-9), 0, 1)
        if mode == "time_distance":
            colours[:, 1:] = speed[:, 1:]
        else:
            colours[:, 0] = speed[:, 0]
    if mode != "time_distance":
        colours[:, 2] = 1 - colours[:, 0]
    return colours * 255


def pixel_colours(
    x_y: Floats, starts: Indices, widths: Floats, colours: Floats, pixels: tuple[Indices, Indices]
) -> npt.NDArray[np.uint32]:
    """(M, 3) 0..255: for each pixel, given as rows and columns, the colour of the line where it is nearest, the
    later stroke where two are as near; pixels beyond any line's width are black."""
    rows, columns = pixels
    top, left = int(rows.min()), int(columns.min())
    shape = int(rows.max()) - top + 1, int(columns.max()) - left + 1
    spacing = max(1.0, float(widths.max()) / 8)
    at, colour = _sampled(x_y, starts, colours, spacing)
    reach = int(float(widths.max()) / 2 + spacing / 2) + 2
    offsets = np.arange(-reach, reach + 1)
    corner = np.floor(at).astype(np.intp)
    across, down = corner[:, :1] + offsets, corner[:, 1:] + offsets
    inside = ((across >= left) & (across < left + shape[1]))[:, np.newaxis, :]
    inside = inside & ((down >= top) & (down < top + shape[0]))[:, :, np.newaxis]
    distance = ((down + 0.5 - at[:, 1:]) ** 2)[:, :, np.newaxis] + ((across + 0.5 - at[:, :1]) ** 2)[:, np.newaxis, :]
    place = ((down - top) * shape[1])[:, :, np.newaxis] + (across - left)[:, np.newaxis, :]
    later = np.arange(len(at), 0, -1)[:, np.newaxis, np.newaxis]
    key = ((distance * 256).astype(np.int64) << 32) + later
    nearest = np.full(shape[0] * shape[1], np.iinfo(np.int64).max)
    np.minimum.at(nearest, place[inside], key[inside])
    keys = nearest[(rows - top) * shape[1] + columns - left]
    sample = len(at) - (keys & 0xFFFFFFFF)
    known = keys != np.iinfo(np.int64).max
    levels: npt.NDArray[np.uint32] = np.rint(colour).astype(np.uint32)[np.where(known, sample, 0)]
    levels[~known] = 0
    return levels


def _sampled(x_y: Floats, starts: Indices, colours: Floats, spacing: float) -> tuple[Floats, Floats]:
    """Points along the line, `spacing` or less apart, and their colours."""
    step = np.zeros((len(x_y), 2))
    step[:-1] = x_y[1:] - x_y[:-1]
    step[starts[1:] - 1] = 0.0
    pieces = np.maximum(np.ceil(np.sqrt((step**2).sum(axis=1)) / spacing).astype(np.intp), 1)
    row = np.repeat(np.arange(len(x_y)), pieces)
    share = ((np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[row])[:, np.newaxis]
    after = np.minimum(row + 1, len(x_y) - 1)
    # The last point of a stroke is one sample: its share is 0.
    return x_y[row] + step[row] * share, colours[row] * (1 - share) + colours[after] * share
