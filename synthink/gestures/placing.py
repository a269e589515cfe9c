"""Finds room on a page for handwriting beside a mark, and draws the leader line that joins the two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Page
from synthink.draw.geometry import GRID, Box, Points, around, snap
from synthink.gestures.kind import Anchor, Leader, Side
from synthink.gestures.page_candidates import BACKGROUND
from synthink.gestures.pen_strokes import Place, StrokeSketcher
from synthink.gestures.target import Target
from synthink.streams import Stream

ALONE, LED = 2.0, 8.0  # H from the mark or the target to text that nothing joins to them, and with a lead
LEADS = ("line", "arrow")
COVERED = 0.05  # share of the text that may lie over print
TOUCH = 0.05  # share of the text, and of the mark or the target, that may lie over each other
NEXT_SIDE, PRINT = 1.0, 8.0  # H of distance that a side after the best one, or all of the text over print, is worth
WRITTEN = 0.75  # of a picture's width and height that writing on it may take
OUTSIDE = 0.1  # share of the text's width, and of its height, that may leave the page
NO_ROOM = "no room for the handwriting"

# Type fills the height of its box only in part: capitals begin lower, few letters reach below the baseline.
HEAD, FOOT = 0.2, 0.15

LEFT_FIRST = 0.3  # share of notes in the margin that try the left one first
Steps = tuple[tuple[float, float], ...]
GAP = (0.05, 0.35)  # H between the text and the mark,
LEADER = 1.0  # and for a leader line from one to the other
ALONG = (0.0, -0.35, 0.35, -0.7, 0.7)
AWAY = (0.0, -0.8, 0.3, 0.7, 1.2, 2.8)
STEPS: Steps = tuple((along, away) for away in AWAY for along in ALONG)
"""Places on one side: how far along it from the anchor, in the text's widths, and how far away, in H."""
ALONG_H = 3.0  # H up or down, beside the mark, for one width to the left or right above it

SPACE = 0.2  # H between the writing and its leader line
DEEP = 0.45  # of an image's side: so far into it an arrow from outside points, at least

Floats = npt.NDArray[np.float64]
Edges = npt.NDArray[np.float64]
"""(4, N): left, top, right, bottom, each in one piece of memory."""

_prints: WeakKeyDictionary[Page, Edges] = WeakKeyDictionary()


def place_text(
    page: Page, target: Target, mark_box: Box, anchor: Anchor, size: tuple[float, float], stream: Stream
) -> Box | str:
    """The place of handwriting, or `NO_ROOM`; `size` is the width and height of its ink in page pixels.

    The place costs least by its distance, the order of the anchor's sides and the print that it covers, a twentieth
    of it at most. It stays within 2 H of the target or the mark, within 8 H where a lead joins them, nearly clear of
    both, and all but a tenth of its width and height lies on the page. The side `inside`, by itself, is on the picture.
    """
    unit = target.height
    width, height = (max(1, round(side * GRID)) / GRID for side in size)
    low = (-OUTSIDE * width, -OUTSIDE * height)
    high = (page.size_px[0] - width - low[0], page.size_px[1] - height - low[1])
    if high[0] < low[0] or high[1] < low[1]:
        return NO_ROOM
    if "inside" in anchor.sides:
        return _inside(target.box, (width, height), stream)
    spots, ranks = _spots(target, mark_box, anchor, (width, height), stream)
    # On the grid all areas below are exact, so that no choice hangs on the order in which they are summed.
    left, top = snap(np.minimum(np.maximum(spots, low), high)).T
    places = np.array((left, top, left + width, top + height))
    near = _near(_print_of(page), Box(left.min(), top.min(), left.max() + width, top.max() + height))
    clear_of = np.array((mark_box, target.box)).T
    shared = _shared(places, np.concatenate((clear_of, near), axis=1))
    area = width * height
    clear = (shared[:, :2] <= TOUCH * np.minimum(area, _areas(clear_of))).all(axis=1)
    distance = _distance(places, clear_of) / unit
    over = shared[:, 2:].sum(axis=1) / area
    allowed = clear & (distance <= (LED if anchor.leader in LEADS else ALONE)) & (over <= COVERED)
    cost = np.where(allowed, distance + NEXT_SIDE * ranks + PRINT * over, np.inf)
    best = int(cost.argmin())
    if not allowed[best]:
        return NO_ROOM
    return Box(*places[:, best].tolist())


def _inside(box: Box, size: tuple[float, float], stream: Stream) -> Box | str:
    """Near the middle of a picture that is large enough to be written on."""
    if size[0] > WRITTEN * box.width or size[1] > WRITTEN * box.height:
        return NO_ROOM
    left, top = (
        snap(np.array(middle - side / 2 + stream.uniform(-0.1, 0.1) * room))
        for middle, side, room in zip(box.centre, size, (box.width, box.height), strict=True)
    )
    return Box(float(left), float(top), float(left) + size[0], float(top) + size[1])


def _spots(
    target: Target, mark: Box, anchor: Anchor, size: tuple[float, float], stream: Stream
) -> tuple[Floats, Floats]:
    """(M, 2) left top corners of places to try, and (M,) how many sides of the anchor come before theirs."""
    unit, (width, height) = target.height, size
    x = anchor.at[0] + stream.normal(0.0, 0.35 * unit) - width / 2
    y = anchor.at[1] + stream.normal(0.0, 0.25 * unit) - height / 2
    gap = stream.uniform(*GAP) + (LEADER if anchor.leader in LEADS else 0.0)
    near = around((mark, target.box, *(strip.box for strip in target.strips)))
    starts: dict[Side, tuple[float, float]] = {
        "above": (x, near.top - height),
        "below": (x, near.bottom),
        "right": (near.right, y),
        "left": (near.left - width, y),
    }
    margins: list[tuple[Side, tuple[float, float]]]
    left, right = target.column
    margins = [("right", (max(right, mark.right), y)), ("left", (min(left, mark.left) - width, y))]
    if stream.chance(LEFT_FIRST):
        margins.reverse()
    sides = [place for side in anchor.sides for place in (margins if side == "margin" else [(side, starts[side])])]
    which, along, away, step = _steps(tuple(side for side, _ in sides))
    clear = np.maximum(gap + step, GAP[0]) * unit
    start = np.array([start for _, start in sides])[which]
    return start + along * (width, unit) + away * clear[:, None], which.astype(np.float64)


@lru_cache(maxsize=1024)
def _steps(sides: tuple[Side, ...]) -> tuple[npt.NDArray[np.intp], Floats, Floats, Floats]:
    """The places to try: (M,) which side each is on, (M, 2) how far along that side, across in widths of the text and
    down in H, (M, 2) the direction away from the mark, (M,) the step in that direction in H."""
    attempts = [(number, *step) for number in range(len(sides)) for step in STEPS]
    which = np.array([number for number, _, _ in attempts])
    slides = {"above": (1.0, 0.0), "below": (1.0, 0.0), "right": (0.0, ALONG_H), "left": (0.0, ALONG_H)}
    directions = {"above": (0.0, -1.0), "below": (0.0, 1.0), "right": (1.0, 0.0), "left": (-1.0, 0.0)}
    along = np.array([[share * step for share in slides[sides[number]]] for number, step, _ in attempts])
    return (
        which,
        along,
        np.array([directions[sides[number]] for number in which]),
        np.array([step for *_, step in attempts]),
    )


def _print_of(page: Page) -> Edges:
    """Where ink is printed: the words without the white above and below their letters, and the images on it."""
    printed = _prints.get(page)
    if printed is None:
        left, top, right, bottom = page.word_boxes.T
        height = bottom - top
        words = snap(np.array((left, top + HEAD * height, right, bottom - FOOT * height)))
        images = page.image_boxes.T
        large = (images[2] - images[0]) * (images[3] - images[1]) > BACKGROUND * page.size_px[0] * page.size_px[1]
        printed = _prints[page] = np.concatenate((words, images[:, ~large]), axis=1)
    return printed


def _near(boxes: Edges, window: Box) -> Edges:
    left, top, right, bottom = boxes
    meet = (left < window.right) & (right > window.left) & (top < window.bottom) & (bottom > window.top)
    return boxes[:, np.flatnonzero(meet)]


def _shared(one: Edges, other: Edges) -> Floats:
    """(M, N) areas that M boxes share with N others."""
    left, top, right, bottom = one[:, :, None]
    width = np.minimum(right, other[2]) - np.maximum(left, other[0])
    height = np.minimum(bottom, other[3]) - np.maximum(top, other[1])
    shared: Floats = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    return shared


def _areas(boxes: Edges) -> Floats:
    """(N,) the areas of N boxes."""
    left, top, right, bottom = boxes
    areas: Floats = (right - left) * (bottom - top)
    return areas


def _distance(places: Edges, boxes: Edges) -> Floats:
    """(M,) the distance of each place from the nearest of the boxes."""
    left, top, right, bottom = boxes
    x = np.maximum(np.maximum(left - places[2][:, None], places[0][:, None] - right), 0.0)
    y = np.maximum(np.maximum(top - places[3][:, None], places[1][:, None] - bottom), 0.0)
    distance: Floats = np.sqrt(x * x + y * y).min(axis=1)
    return distance


def leader_end(strokes: Sequence[npt.NDArray[Any]], box: Box, writing: Box) -> Place:
    """The end of the leader line from the writing: the nearest point of the mark or, without a mark, a point inside
    `box`."""
    if not len(strokes):
        x, y = writing.centre
        across, down = DEEP * box.width, DEEP * box.height
        return min(max(x, box.left + across), box.right - across), min(max(y, box.top + down), box.bottom - down)
    points = snap(np.concatenate(strokes)[:, :2].astype(np.float64))
    x, y = points.T
    away_x = np.maximum(np.maximum(writing.left - x, x - writing.right), 0.0)
    away_y = np.maximum(np.maximum(writing.top - y, y - writing.bottom), 0.0)
    nearest = points[np.argmin(away_x**2 + away_y**2)]
    return float(nearest[0]), float(nearest[1])


def leader_line(pen: StrokeSketcher, writing: Box, end: Place, leader: Leader, height: float) -> list[Points]:
    """The strokes from the writing's box to the end of its leader line; none where the two are within half of H.

    height: H, page pixels. The strokes are sparse, as those of marks are.
    """
    x0, y0 = writing.centre
    # From the border, where the line between its middle and the end leaves it, a little off.
    dx, dy = end[0] - x0, end[1] - y0
    space = SPACE * height
    across = (writing.width / 2 + space) / abs(dx) if dx else math.inf
    down = (writing.height / 2 + space) / abs(dy) if dy else math.inf
    share = min(across, down)
    if not leader or share >= 1 or (1 - share) * math.hypot(dx, dy) < 0.5 * height:
        return []
    start = x0 + dx * share, y0 + dy * share
    if leader == "line":
        return [pen.line(start, end)]
    return pen.arrow(start, end, height, bow=pen.normal(0.0, 0.05))
