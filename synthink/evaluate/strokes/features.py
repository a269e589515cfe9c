"""What a mark looks like and how it lies to the print, as numbers that can be compared.

A mark is a cloud of points, in no order: so it does not matter where a stroke begins, which way it goes and which comes
first (the idea of the $P recogniser: Vatavu, Anthony and Wobbrock, "Gestures as point clouds", 2012). Each point also
knows which way the line goes there and where it lies to the nearest text line, without which an underline is a strike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points, bounds
from synthink.evaluate.strokes.surroundings import Surroundings

CLOUD = 24, 7  # points of a cloud, and what each knows
TOTALS = 4  # numbers of what a mark has as a whole
PLACE, DIRECTION, HEIGHT, BEYOND, ON_IMAGE = 1.0, 0.35, 0.8, 0.5, 0.7  # weights of what a point knows
COUNT, SIZE, BROAD = 0.15, 0.25, 0.4  # weights of what a mark has as a whole
MOST_STROKES = 6  # more are as many
LEAST = 0.1  # H: what is smaller is as small
BATCH = 128  # sketches that are compared before all that may be as near
BROADER = 0.5  # H: a pen as broad is a highlighter

Cloud = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MarkFeatures:
    """A mark as numbers, each with its weight."""

    cloud: Cloud
    """(24, 7): x and y in the mark's box, its longer side as the unit; the line's direction, twice its angle as a
    vector; `Surroundings.line_places`."""
    totals: Cloud
    """(4,): the number of strokes, the logarithms of width and height in H, whether a highlighter drew it."""
    box: Box
    height: float
    """H, the height of the type around."""


def mark_features(strokes: Sequence[Points], around: Surroundings, pen: float) -> MarkFeatures:
    """The features of a mark; strokes: (N, 2) each, pen: the width of its line, all in pixels."""
    box = bounds(np.concatenate(strokes))
    height = around.type_height(box)
    places, directions = _resampled(strokes)
    side = max(box.width, box.height, 1e-3)
    columns = (
        PLACE * (places - box.centre) / side,
        DIRECTION * directions,
        around.line_places(places, height) * (HEIGHT, BEYOND, ON_IMAGE),
    )
    sizes = np.log(np.maximum((box.width / height, box.height / height), LEAST))
    totals = (COUNT * min(len(strokes), MOST_STROKES), *(SIZE * sizes), BROAD * (pen > BROADER * height))
    return MarkFeatures(
        np.concatenate(columns, axis=1).astype(np.float32), np.array(totals, dtype=np.float32), box, height
    )


def nearest_sketches(
    mark: MarkFeatures,
    clouds: Cloud,
    totals: Cloud,
    numbers: npt.NDArray[np.intp],
    costs: npt.NDArray[np.float64],
    within: float,
) -> npt.NDArray[np.float64]:
    """(V,) how far a mark is from the nearest sketch of each of V variants; infinite where that is certainly more than
    `within` beyond the nearest of all.

    clouds (T, 24, 7) and totals (T, 4): of the sketches; numbers: (T,) the variant of each; costs: (V,) what is added
    to a variant's distance, infinite for variants that are not asked for.
    """
    away = np.full(len(costs), np.inf)
    # What sketches have as a whole is a part of their distance: most need no further look.
    least = np.sqrt(((totals - mark.totals) ** 2).sum(axis=1)) + costs[numbers]
    order = least.argsort()
    order = order[np.isfinite(least[order])]
    for chosen in (order[:BATCH], order[BATCH:]):
        chosen = chosen[least[chosen] < (away + costs).min() + within]
        if len(chosen):
            rest = totals[chosen] - mark.totals
            distances = _between(mark.cloud, clouds[chosen]) + np.sqrt((rest * rest).sum(axis=1))
            np.minimum.at(away, numbers[chosen], distances)
    return away


def _between(cloud: Cloud, others: Cloud) -> Cloud:
    """(T,) the way from each point of a cloud to the nearest of each other, on average, and back."""
    count, points, size = others.shape
    flat = others.reshape(-1, size)
    products = (flat @ cloud.T).reshape(count, points, -1)
    squares = (flat * flat).sum(axis=1).reshape(count, points, 1) + (cloud * cloud).sum(axis=1) - 2 * products
    there, back = (np.sqrt(np.maximum(squares.min(axis=axis), 0.0)).mean(axis=1) for axis in (1, 2))
    both: Cloud = there + back
    return both


def _resampled(strokes: Sequence[Points]) -> tuple[Points, Points]:
    """(24, 2) points at even steps along all strokes, and at each twice the angle of the line there, as a vector."""
    lengths = [np.concatenate(([0.0], np.hypot(*np.diff(stroke, axis=0).T).cumsum())) for stroke in strokes]
    total = sum(float(along[-1]) for along in lengths)
    places, ways = [], []
    for stroke, along in zip(strokes, lengths, strict=True):
        count = max(2, round(CLOUD[0] * float(along[-1]) / total)) if total else 2
        at = np.linspace(0.0, along[-1], count)
        line = np.stack((np.interp(at, along, stroke[:, 0]), np.interp(at, along, stroke[:, 1])), axis=1)
        places.append(line)
        ways.append(np.gradient(line, axis=0))
    chosen = np.linspace(0, sum(map(len, places)) - 1, CLOUD[0]).round().astype(np.intp)
    across, down = np.concatenate(ways)[chosen].T
    twice = 2 * np.arctan2(down, across)
    return np.concatenate(places)[chosen], np.stack((np.cos(twice), np.sin(twice)), axis=1)
