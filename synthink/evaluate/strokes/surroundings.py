"""What lies around ink on a page: the words and images there, by their boxes alone, and the lines that words form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes, Indices, around
from synthink.draw.geometry import Box

LEVEL = 0.5  # of the lower word's height that two words of a line share
WIDEST_GAP = 2.5  # heights of type between two words of a line
NEAR = 1.0  # heights of type beyond the nearest line, up to which others count as near, too
NO_TYPE = 20.0  # the height of type where there are no words
INSIDE, OUTSIDE = -0.6, 1.6  # the least and the greatest place above and below a line, in its heights


class Surroundings:
    """Words and images, each as boxes (N, 4) of left, top, right, bottom in pixels, and the lines of the words.

    Words of a line follow each other from left to right, as a page lists them and a row's column `words` does.
    """

    def __init__(self, words: npt.ArrayLike, images: npt.ArrayLike) -> None:
        self.words: Boxes = np.asarray(words, dtype=np.float64).reshape(-1, 4)
        self.images: Boxes = np.asarray(images, dtype=np.float64).reshape(-1, 4)
        self.word_lines: Indices = _lines(self.words)
        self.lines: Boxes = around(self.words, self.word_lines)

    def near(self, box: Box, room: float) -> Surroundings:
        """Only what lies within `room` pixels of a box."""
        reach = box.grown(room)
        return Surroundings(self.words[_meets(self.words, reach)], self.images[_meets(self.images, reach)])

    def level_with(self, box: Box, room: float) -> Surroundings:
        """Only what lies beside a box, or within `room` pixels above and below."""
        reach = -np.inf, box.top - room, np.inf, box.bottom + room
        return Surroundings(self.words[_meets(self.words, reach)], self.images[_meets(self.images, reach)])

    def type_height(self, box: Box) -> float:
        """H: the height of the type of the lines nearest to a box."""
        if not len(self.lines):
            return NO_TYPE
        left, top, right, bottom = self.lines.T
        heights = bottom - top
        away = np.hypot(_off(left, right, box.left, box.right), _off(top, bottom, box.top, box.bottom))
        nearest = away.argmin()
        return float(np.median(heights[away <= away[nearest] + NEAR * heights[nearest]]))

    def line_places(self, points: npt.NDArray[np.float64], height: float) -> npt.NDArray[np.float64]:
        """(N, 3) where each point lies to the print: below the top of the nearest line, in that line's heights, held
        between -0.6 and 1.6; beyond its ends, in H up to 1; and 1 on an image, else 0."""
        places = np.zeros((len(points), 3))
        x, y = points.T
        if len(self.lines):
            left, top, right, bottom = (edge[:, np.newaxis] for edge in self.lines.T)
            across, down = _off(left, right, x, x) / height, np.abs(y - (top + bottom) / 2) / height
            line, point = (across + down).argmin(axis=0), np.arange(len(points))
            high = self.lines[line, 3] - self.lines[line, 1]
            places[:, 0] = np.clip((y - self.lines[line, 1]) / high, INSIDE, OUTSIDE)
            places[:, 1] = np.minimum(across[line, point], 1.0)
        else:
            places[:, 0], places[:, 1] = INSIDE, 1.0
        left, top, right, bottom = (edge[:, np.newaxis] for edge in self.images.T)
        places[:, 2] = ((x > left) & (x < right) & (y > top) & (y < bottom)).any(axis=0)
        return places


def _lines(words: Boxes) -> Indices:
    """(W,) the number of the line that each word stands in."""
    if not len(words):
        return np.zeros(0, dtype=np.intp)
    (left, top, _, bottom), (_, above, before, below) = words[1:].T, words[:-1].T
    lower = np.minimum(bottom - top, below - above)
    goes_on = np.minimum(bottom, below) - np.maximum(top, above) > LEVEL * lower
    goes_on &= (left > words[:-1, 0]) & (left - before < WIDEST_GAP * lower)
    lines: Indices = np.concatenate(([0], np.cumsum(~goes_on)))
    return lines


def _off(low: npt.ArrayLike, high: npt.ArrayLike, start: npt.ArrayLike, stop: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """How far stretches from low to high lie from others from start to stop; 0 where they meet."""
    off: npt.NDArray[np.float64] = np.maximum(np.maximum(np.subtract(low, stop), np.subtract(start, high)), 0.0)
    return off


def _meets(boxes: Boxes, other: Sequence[float]) -> npt.NDArray[np.bool_]:
    left, top, right, bottom = boxes.T
    meets: npt.NDArray[np.bool_] = (left < other[2]) & (right > other[0]) & (top < other[3]) & (bottom > other[1])
    return meets
