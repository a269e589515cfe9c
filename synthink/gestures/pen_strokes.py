"""The lines that marks are made of, as a person would draw them: bowed, sloped, not quite closed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points
from synthink.streams import Stream

Place = tuple[float, float]
Values = npt.NDArray[np.float64]

TURN_DEG = 15.0
"""Between two points of a curve: `trace(..., sparse=True)` needs 40 or less, and takes more than 55 for a corner."""
PIECES = 6
"""The most pieces that a long side of a line is cut into."""

_SHARES = np.array((*np.linspace(0.0, 1.0, 7), 0.98))
_SIDES = np.array((0.0, 0.15, 0.5, 0.85))[:, np.newaxis]
_STEPS = np.stack((_SHARES, 4 * _SHARES * (1 - _SHARES)), axis=1)
"""Along a line, and off it: points for long ones to be drawn in several handstrokes. It comes back by a hair, for what
ends in a long stroke ends short of its end: pens lift on the fly."""


class StrokeSketcher:
    """Draws one gesture's lines with a stream of its own; a left-hander's starts and slopes are mirrored.

    Lines are sparse, for `trace(..., sparse=True)`: corners, and points along curves every `TURN_DEG`. Lengths are in
    page pixels; `scale` is H, the height of the type, where how carefully a hand draws goes by it.
    """

    def __init__(self, stream: Stream, left_handed: bool = False) -> None:
        self.stream = stream
        self.left_handed = left_handed
        self.side = -1.0 if left_handed else 1.0

    def normal(self, mean: float, sigma: float, low: float = -np.inf, high: float = np.inf) -> float:
        """A normal deviate within 2.5 sigma, held between low and high."""
        value = min(max(self.stream.normal(mean, sigma), mean - 2.5 * sigma), mean + 2.5 * sigma)
        return min(max(value, low), high)

    def uniform(self, low: float, high: float) -> float:
        return self.stream.uniform(low, high)

    def chance(self, probability: float) -> bool:
        return self.stream.chance(probability)

    def line(self, start: Place, end: Place, bow: float | None = None) -> Points:
        """A line with a slight bow (share of its length; drawn when None, mostly below 5 %, as in real lines)."""
        if bow is None:
            bow = self.normal(0.0, 0.022)
        (x0, y0), (x1, y1) = start, end
        off = _STEPS[:, 1] * bow
        return np.stack(
            (x0 + (x1 - x0) * _STEPS[:, 0] - (y1 - y0) * off, y0 + (y1 - y0) * _STEPS[:, 0] + (x1 - x0) * off), axis=1
        )

    def level(
        self, left: float, right: float, y: float, scale: float, slope_deg: tuple[float, float] = (0.4, 1.5)
    ) -> Points:
        """A line along the writing at the height `y` on the whole; right-handers' rise by a slope of mean, deviation.

        Long lines keep to the print: a hand looks where it goes.
        """
        width = max(right - left, 1.0)
        rise = width * math.tan(math.radians(self.side * self.normal(*slope_deg)))
        rise = math.copysign(min(abs(rise), 0.3 * scale), rise)
        bow = min(width * self.uniform(0.01, 0.03), 0.12 * scale) * (1.0 if self.chance(0.5) else -1.0)
        edge = y - bow * (2 / 3)  # a bow's mean is two thirds of its height
        ends = (left, edge + rise / 2), (right, edge - rise / 2)
        if self.left_handed and self.chance(0.5):
            return self.line(ends[1], ends[0], -bow / width)
        return self.line(*ends, bow / width)

    def ring(self, box: Box, scale: float | None = None) -> Points:
        """A closed loop around a box, with room of about a quarter of `scale` (the box's shorter side when None)."""
        room = scale or min(box.width, box.height)
        x = [self.normal(0.25, 0.15, 0.04) * room for _ in range(2)]
        y = [self.normal(0.22, 0.12, 0.04) * room for _ in range(2)]
        return self.loop(Box(box.left - x[0], box.top - y[0], box.right + x[1], box.bottom + y[1]))

    def loop(self, box: Box) -> Points:
        """A closed loop that fills a box: an ellipse, longer ones with flatter sides and round ends.

        Start, winding, closure and direction (83 % counter-clockwise, mirrored for left-handers) are those of real
        circles.
        """
        a, b = max(box.width / 2, 1.0), max(box.height / 2, 1.0)
        x0, y0 = box.centre
        small, slimness = min(a, b), max(a, b) / min(a, b)
        power = 2.0 if slimness < 2 else self.uniform(2.0, 3.2) if slimness < 5 else self.uniform(3.0, 4.5)
        start = math.radians(self.normal(60.0, 30.0))
        # What goes beyond a full turn would run along half of a long loop's flat side.
        over = self.normal(10.0, 8.0, -3.0, 28.0) * min(1.0, 2 / slimness)
        winding = math.radians(360.0 + over) * (1.0 if self.chance(0.83) else -1.0)
        tilt = math.radians(self.normal(0.0, 4.0)) * min(1.0, 3 / slimness)
        drift = self.normal(0.0, 0.07) * small, self.normal(0.0, 0.07) * small
        uneven, phase = self.normal(0.0, 0.04) * small, self.uniform(0.0, 6.28)
        share = np.linspace(0.0, 1.0, math.ceil(abs(winding) / math.radians(TURN_DEG)) + 1)
        angles = start + winding * share
        off = uneven * np.cos(2 * angles + phase)
        x, y = superellipse(a, b, power, angles)
        x += x * (off / a) + drift[0] * (share - 0.5)
        y += drift[1] * (share - 0.5) - y * (off / b)
        loop = np.stack((x0 + self.side * (x + tilt * y), y0 + y - tilt * min(b / a, 1.0) * x), axis=1)
        return stepwise(loop, 2.4 * small) if slimness > 3 else loop

    def outline(self, corners: Sequence[Place], scale: float, start: int = 0) -> Points:
        """A closed line of straight sides through corners (given counter-clockwise from the top left on the screen).

        It begins at the corner `start`, goes clockwise in two of five cases (left-handers' more often), and ends near
        its beginning, often a little beyond.
        """
        order = list(corners[start:]) + list(corners[:start])
        if self.chance(0.6 if self.left_handed else 0.4):
            order = order[:1] + order[:0:-1]
        around = [(x + self.normal(0, 0.06) * scale, y + self.normal(0, 0.05) * scale) for x, y in order]
        (x0, y0), (x1, y1) = around[0], around[-1]
        beyond = self.normal(0.0, 0.12) * scale / max(math.hypot(x0 - x1, y0 - y1), 1.0)
        sideways = self.normal(0.0, 0.06) * scale
        around.append((x0 + (x0 - x1) * beyond + sideways, y0 + (y0 - y1) * beyond + sideways))
        places = np.array(around)
        # Long sides are several handstrokes, short ones near the corners, where a hand slows down.
        sides = places[:-1, np.newaxis] + (places[1:] - places[:-1])[:, np.newaxis] * _SIDES
        return np.concatenate((sides.reshape(-1, 2), places[-1:]))

    def rounded(self, corners: Sequence[Place], scale: float) -> Points:
        """A closed loop through the places with their corners cut off twice, as a lasso runs around them.

        Chaikin, "An algorithm for high-speed curve generation", 1974, with cuts of a fixed length.
        """
        clockwise = self.left_handed != self.chance(0.17)
        line = np.array(corners[::-1] if clockwise else corners)
        for cut in (0.45 * scale, 0.16 * scale):
            way = np.roll(line, -1, axis=0) - line
            length = np.sqrt((way**2).sum(axis=1))[:, np.newaxis]
            step = way * np.minimum(cut / np.maximum(length, 1e-6), 0.34)
            line = np.stack((line + step, line + way - step), axis=1).reshape(-1, 2)
        first = int(self.uniform(0, len(line)))
        drift = np.array((self.normal(0, 0.1), self.normal(0, 0.1))) * scale
        line = np.concatenate((line[first:], line[: first + 2]))
        return stepwise(line + np.linspace(-0.5, 0.5, len(line))[:, np.newaxis] * drift, 1.8 * scale)

    def zigzag(self, left: float, right: float, y: float, swing: float, turns: int, scale: float) -> Points:
        """A line to and fro across `y`: `turns` reversals, `swing` from a bottom to the top after it."""
        step = (right - left) / (turns + 1)
        way = swing / 2 * (1.0 if self.chance(0.6) else -1.0)
        lean = self.side * self.normal(0.12, 0.12) * swing
        points = []
        for turn in range(turns + 2):
            off = way * self.normal(1.0, 0.12)
            x = left + step * (turn + self.normal(0.0, 0.12)) - lean * off / swing
            points.append((x, y + off + self.normal(0.0, 0.03) * scale))
            way = -way
        return np.array(points)

    def wave(self, left: float, right: float, y: float, height: float, period: float) -> Points:
        """A wavy line along `y`, `height` from bottom to top: its tops and bottoms, which the hand makes round."""
        turns = max(3, round(2 * (right - left) / period))
        step, way = (right - left) / turns, height / 2 * (1.0 if self.chance(0.5) else -1.0)
        points = [(left, y)]
        for turn in range(turns):
            x = left + step * (turn + 0.5 + self.normal(0.0, 0.08))
            points.append((x, y + way * self.normal(1.0, 0.15)))
            way = -way
        points.append((right, y))
        return np.array(points)

    def corner(self, at: Place, across: float, down: float) -> Points:
        """A corner mark: two arms of those lengths (negative: to the left, up), the inner angle 90 +- 7 degrees."""
        x, y = at
        lean, slope = (math.tan(math.radians(self.normal(0.0, 2.5))) for _ in range(2))
        arms = ((x + lean * down, y + down), (x, y), (x + across, y + slope * across))
        # The upright arm goes down and the level one to the right; right-handers start at the top or at the left.
        return np.array(arms if (down < 0) != (self.left_handed and self.chance(0.5)) else arms[::-1])

    def bracket(self, x: float, top: float, bottom: float, arm: float) -> Points:
        """A square bracket with arms to the right (negative: to the left), from the top down."""
        lean = self.side * self.normal(0.0, 0.03) * (bottom - top)
        upper, lower = arm * self.normal(1.0, 0.15), arm * self.normal(1.0, 0.15)
        slope = [self.normal(0.0, 0.08) * abs(arm) for _ in range(2)]
        places = ((x + lean + upper, top + slope[0]), (x + lean, top), (x - lean, bottom))
        return np.array((*places, (x - lean + lower, bottom + slope[1])))

    def wings(self, tip: Place, towards: Place, length: float) -> tuple[Place, Place]:
        """Both ends of an arrow's head at its tip; the shaft comes from `towards`. 20 to 40 degrees to each side."""
        along = math.atan2(towards[1] - tip[1], towards[0] - tip[0])
        places = []
        for side in (1, -1):
            angle = along + side * math.radians(self.uniform(20.0, 40.0))
            wing = length * self.normal(1.0, 0.12)
            places.append((tip[0] + wing * math.cos(angle), tip[1] + wing * math.sin(angle)))
        return places[0], places[1]

    def arrow(self, start: Place, tip: Place, scale: float, bow: float | None = None) -> list[Points]:
        """A shaft and a head of 0.3 to 0.6 `scale` at its tip: in one stroke, or the head in a second one."""
        shaft = self.line(start, tip, bow)
        length = min(self.uniform(0.3, 0.6) * scale, 0.4 * math.dist(start, tip))
        one, other = self.wings(tip, (float(shaft[4, 0]), float(shaft[4, 1])), length)
        if self.chance(0.4):
            return [np.concatenate((shaft[:-1], (one, tip, other)))]
        return [shaft, np.array((one, tip, other))]


def stepwise(line: Points, longest: float) -> Points:
    """The line with more points along its long sides, none of them longer than `longest` where `PIECES` suffice.

    A hand that draws a long side in one handstroke is out of the next turn before it slows.
    """
    sides = line[1:] - line[:-1]
    lengths = np.sqrt((sides**2).sum(axis=1))
    pieces = np.clip(np.ceil(np.round(lengths / longest, 6)), 1, PIECES).astype(np.intp)
    row = np.arange(len(sides)).repeat(pieces)
    share = (np.arange(len(row)) - (pieces.cumsum() - pieces)[row]) / pieces[row]
    return np.concatenate((line[row] + sides[row] * share[:, np.newaxis], line[-1:]))


def superellipse(a: float, b: float, power: float, angles: Values) -> tuple[Values, Values]:
    """The points x, y on |x / a|^power + |y / b|^power = 1, where the normal has these angles, so that even steps turn
    evenly.

    Radians, counter-clockwise on the screen, from the right.
    """
    u, v = a * np.cos(angles), -b * np.sin(angles)
    q = power / (power - 1)
    one, other = np.abs(u) ** q, np.abs(v) ** q
    both = one + other
    return a * np.copysign((one / both) ** (1 / power), u), b * np.copysign((other / both) ** (1 / power), v)
