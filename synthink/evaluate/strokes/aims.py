"""What a mark is aimed at, by geometry: the words, lines, gap, image or pair of words at which its strokes lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from synthink.documents.page.model import Boxes, shares_inside
from synthink.draw.geometry import Box, Points, around
from synthink.evaluate.strokes.features import MarkFeatures
from synthink.evaluate.strokes.surroundings import Surroundings
from synthink.evaluate.strokes.templates import Template

MEANT = 0.5  # of a word inside the box from which on it is meant
NEARBY = 0.5  # H beyond the nearest lines, up to which others stand beside the same side line
NARROWEST = 0.3  # H: the least width of a gap's box
SLIM = 0.3  # of its length that a line along an edge is wide
FAR_DOWN = 1.5  # times as far as across: a gap above or below counts
WIDEST = 2.5  # H: what is wider is no gap between words
MOST_POINTS = 100  # of a stroke whose ends are looked for
CUTS = "cuts"  # the family of marks along the edges at which something is cut off


class Aim(NamedTuple):
    """A target: the box that a label names and, of a pair, the boxes of both words."""

    box: Box
    ends: tuple[Box, Box] | None = None


class Mark(NamedTuple):
    """A mark that is taken for one of a template's, without handwriting."""

    template: Template
    features: MarkFeatures
    strokes: Sequence[Points]

    @property
    def box(self) -> Box:
        """The box in which its target should lie."""
        return self.features.box if self.template.place is None else self.template.place.box(self.features)


def find_aim(mark: Mark, page: Surroundings) -> Aim:
    """The target of a mark; where there is nothing that it could be aimed at, the box where it should lie."""
    return _FINDERS[mark.template.target_kind](mark, page)


def _words(mark: Mark, page: Surroundings) -> Aim:
    box = mark.box
    inside = shares_inside(page.words, box) > MEANT
    if inside.any():
        return Aim(_around(page.words[inside]))
    return Aim(Box(*page.words[nearest_box(page.words, box)].tolist()) if len(page.words) else box)


def _lines(mark: Mark, page: Surroundings) -> Aim:
    """The lines beside an upright line, those of its nearer side."""
    ink, height = mark.features.box, mark.features.height
    left, top, right, bottom = page.lines.T
    middle = (top + bottom) / 2
    level = np.flatnonzero((middle > ink.top) & (middle < ink.bottom))
    if not len(level):
        return _words(mark, page)
    x = ink.centre[0]
    away = np.where(left[level] > x, left[level] - x, x - right[level])  # below 0 where it runs through
    away = np.abs(away)
    nearest = level[away.argmin()]
    close = away <= away.min() + NEARBY * height
    same_side = (left[level] > x) == (left[nearest] > x)
    # Short lines end before the line on their right, which stands beside the longest of them.
    shared = np.minimum(right[level], right[nearest]) > np.maximum(left[level], left[nearest])
    return Aim(_around(page.lines[level[same_side & (close | shared)]]))


def _gap(mark: Mark, page: Surroundings) -> Aim:
    """The place between two words of a line, or at its ends, that is nearest."""
    box, (x, y) = mark.box, mark.box.centre
    if not len(page.lines):
        return Aim(box)
    left, top, right, bottom = page.lines.T
    room = NARROWEST * (bottom - top)
    inner = np.flatnonzero(page.word_lines[:-1] == page.word_lines[1:])
    lines = np.arange(len(page.lines))
    line = np.concatenate((page.word_lines[inner], lines, lines))
    start = np.concatenate((page.words[inner, 2], left - room, right))
    stop = np.concatenate((page.words[inner + 1, 0], left, right + room))
    off = np.abs((start + stop) / 2 - x) + FAR_DOWN * np.abs((top + bottom)[line] / 2 - y)
    best = int(np.where(stop - start < WIDEST * (bottom - top)[line], off, np.inf).argmin())
    spare = max(0.0, float(room[line[best]] - (stop[best] - start[best]))) / 2
    band = Box(*page.lines[line[best]].tolist())
    return Aim(Box(float(start[best]) - spare, band.top, float(stop[best]) + spare, band.bottom))


def _image(mark: Mark, page: Surroundings) -> Aim:
    if not len(page.images):
        return Aim(mark.box)
    return Aim(Box(*page.images[nearest_box(page.images, mark.box)].tolist()))


def _part_of_image(mark: Mark, page: Surroundings) -> Aim:
    if mark.template.variant.family != CUTS or not len(page.images):
        return Aim(mark.box)
    edges = list(_image(mark, page).box)
    x, y = Box(*edges).centre
    for stroke in mark.strokes:
        (width, height), middle = np.ptp(stroke, axis=0).tolist(), stroke.mean(axis=0).tolist()
        if min(width, height) > SLIM * max(width, height):  # a corner
            return Aim(mark.features.box)
        axis, centre = (0, x) if height > width else (1, y)
        edges[axis if middle[axis] < centre else axis + 2] = middle[axis]
    return Aim(Box(*edges))


def _pair(mark: Mark, page: Surroundings) -> Aim:
    """The words at both ends of the longest stroke."""
    longest = max(mark.strokes, key=lambda stroke: float(np.hypot(*np.ptp(stroke, axis=0))))
    longest = longest[np.linspace(0, len(longest) - 1, min(len(longest), MOST_POINTS)).astype(np.intp)]
    away = ((longest[:, np.newaxis] - longest) ** 2).sum(axis=2)
    places = [longest[row] for row in np.unravel_index(away.argmax(), away.shape)]
    if len(page.words) < 2:
        ends = tuple(sorted((Box(*place, *place) for place in np.array(places).tolist()), key=lambda end: end.top))
        return Aim(mark.box, (ends[0], ends[1]))
    one = nearest_box(page.words, Box(*places[0].tolist() * 2))
    others = np.delete(page.words, one, axis=0)
    other = others[nearest_box(others, Box(*places[1].tolist() * 2))]
    return _both(Box(*page.words[one].tolist()), Box(*other.tolist()))


def _neighbours(mark: Mark, page: Surroundings) -> Aim:
    """The two words side by side that fill the mark's box best."""
    box = mark.box
    first = np.flatnonzero(page.word_lines[:-1] == page.word_lines[1:])
    if not len(first):
        return _pair(mark, page)
    both = np.concatenate((page.words[first, :2], page.words[first + 1, 2:]), axis=1)
    at = int(first[np.abs(both - box).sum(axis=1).argmin()])
    return _both(Box(*page.words[at].tolist()), Box(*page.words[at + 1].tolist()))


def _both(one: Box, other: Box) -> Aim:
    """A pair, the upper word first, of two in a line the left one."""
    level = min(one.bottom, other.bottom) - max(one.top, other.top) > 0.5 * min(one.height, other.height)
    first, second = sorted((one, other), key=lambda box: box.left if level else box.top)
    return Aim(around((first, second)), (first, second))


def find_image(points: Points, page: Surroundings) -> tuple[Box | None, float]:
    """The image that holds the largest share of some points, and that share; None where none holds any."""
    if not len(page.images):
        return None, 0.0
    left, top, right, bottom = (edge[:, np.newaxis] for edge in page.images.T)
    x, y = points.T
    shares = ((x > left) & (x < right) & (y > top) & (y < bottom)).mean(axis=1)
    best = int(shares.argmax())
    return (Box(*page.images[best].tolist()), float(shares[best])) if shares[best] else (None, 0.0)


def _around(boxes: Boxes) -> Box:
    return around(boxes.tolist())


def nearest_box(boxes: Boxes, box: Box) -> int:
    """The number of the box that lies nearest to another one, by its edges first and then by its middle."""
    left, top, right, bottom = boxes.T
    across = np.maximum(np.maximum(left - box.right, box.left - right), 0.0)
    down = np.maximum(np.maximum(top - box.bottom, box.top - bottom), 0.0)
    x, y = box.centre
    off = np.hypot((left + right) / 2 - x, (top + bottom) / 2 - y)
    return int((np.hypot(across, down) + 1e-3 * off).argmin())


_FINDERS: dict[str, Callable[[Mark, Surroundings], Aim]] = {
    "words": _words,
    "word": _words,
    "lines": _lines,
    "gap": _gap,
    "image": _image,
    "part_of_image": _part_of_image,
    "pair": _pair,
    "neighbours": _neighbours,
}
