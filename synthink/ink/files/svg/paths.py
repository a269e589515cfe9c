"""Path data of SVG as polylines (SVG 1.1, sections 8.3 and F.6).

What a path costs is known before its points are made: coordinates are looked at as they are read, and points are
counted before there is memory for them.
"""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.files.svg.transforms import NUMBER, Matrix, Polyline, numbers, placed
from synthink.ink.model import FARTHEST

Curve = tuple[complex, ...]
"""The 2, 3 or 4 control points of a Bezier curve."""

TOLERANCE = 0.25  # px between a curve and its polyline
LONGEST = 20_000_000  # characters of path data: some million points
_FARTHEST = 1e18  # of a transform's numbers: what remains after it must be within `FARTHEST`
_MOST_STEPS = 10_000  # to one curve: at the tolerance, of a length of 10 m on the screen
_COMMAND = re.compile("([MmZzLlHhVvCcSsQqTtAa])([^MmZzLlHhVvCcSsQqTtAa]*)")
_GAP = r"[ \t\n\r\f,]*"
_ARC = re.compile(_GAP + _GAP.join([f"({NUMBER})"] * 3 + ["([01])"] * 2 + [f"({NUMBER})"] * 2) + _GAP, re.ASCII)
_ARGUMENTS = {"Z": 0, "M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2}


@dataclass(frozen=True, slots=True)
class _Arc:
    """A piece of an ellipse. turn: the direction of its first axis. angle: where it begins, in radians on the ellipse.
    sweep: how far it goes."""

    start: complex
    end: complex
    center: complex
    radii: tuple[float, float]
    turn: complex
    angle: float
    sweep: float

    def points(self, count: int) -> npt.NDArray[np.complex128]:
        """(count,) points along the arc without its first."""
        angles = self.angle + self.sweep * np.arange(1, count + 1) / count
        ellipse = self.radii[0] * np.cos(angles) + 1j * self.radii[1] * np.sin(angles)
        return np.asarray(self.center + self.turn * ellipse)


@dataclass(slots=True)
class _Subpath:
    start: complex
    segments: list[Curve | _Arc] = field(default_factory=list)
    closed: bool = False


def _end(segment: Curve | _Arc) -> complex:
    return segment.end if isinstance(segment, _Arc) else segment[-1]


class _Bounds:
    """Refuses what surely lies beyond all bounds once a matrix has moved it."""

    def __init__(self, matrix: Matrix) -> None:
        self.greatest, self.least = np.linalg.svd(matrix[:2, :2], compute_uv=False).tolist()
        self.shift = math.hypot(matrix[0, 2], matrix[1, 2])
        self.farthest = math.sqrt(2) * FARTHEST

    def check(self, number: int, segment: Curve | _Arc) -> None:
        """Raise `ValueError` for a segment whose end, or whose far side, is too far away."""
        end = _end(segment)
        if not abs(end) * self.least - self.shift <= self.farthest:
            x_y = [end.real, end.imag]
            raise ValueError(f"x, y of point {number} must be finite and within {FARTHEST:g}, is {x_y}")
        if isinstance(segment, _Arc) and abs(segment.sweep) > math.pi:
            reach = 2 * min(segment.radii) * self.least - abs(segment.start) * self.greatest - self.shift
            if not reach <= self.farthest:
                raise ValueError(f"the arc to point {number} goes beyond {FARTHEST:g}")


def polylines(data: str, matrix: Matrix, most: int) -> Iterator[Polyline]:
    """Each subpath of path data under a matrix, curves within `TOLERANCE`; a lone M draws nothing and is left out.

    most: points of all subpaths together. Raises `ValueError` for data that cannot be read, is longer than `LONGEST`,
    or draws more points or farther ones than it may.
    """
    if len(data) > LONGEST:
        raise ValueError(f"has {len(data)} characters of path data, more than {LONGEST}")
    if not re.match(r"\s*[Mm]", data):
        raise ValueError(f"path {quoted(data, 40)} does not begin with M")
    if not (np.abs(matrix) < _FARTHEST).all():
        raise ValueError("has a transform beyond all bounds")
    bounds = _Bounds(matrix)
    tolerance = TOLERANCE / bounds.greatest if bounds.greatest else math.inf
    try:
        for subpath in _subpaths(data, bounds):
            if not subpath.segments and not subpath.closed:
                continue
            points = _flattened(subpath, tolerance, most)
            most -= len(points)
            yield placed(points.view(np.float64).reshape(-1, 2), matrix)
    except ArithmeticError:
        raise ValueError(f"path {quoted(data, 40)} goes beyond all bounds") from None


def _subpaths(data: str, bounds: _Bounds) -> Iterator[_Subpath]:
    """The subpaths of path data."""
    at, subpath = 0j, _Subpath(0j)
    last, handle = "", 0j  # the command before, and the last control point of its curve
    for match in _COMMAND.finditer(data):
        command = match[1].upper()
        try:
            arguments = _arcs(match[2]) if command == "A" else _groups(command, match[2])
        except ValueError as error:
            raise ValueError(f"path {quoted(data, 40)} cannot be read at {quoted(match[0], 20)}: {error}") from None
        if command == "Z":
            if at != subpath.start:
                subpath.segments.append((at, subpath.start))
            subpath.closed = True
            yield subpath
            at, subpath = subpath.start, _Subpath(subpath.start)
        for place, values in enumerate(arguments):
            origin = at if match[1].islower() else 0j
            if command == "M" and place == 0:  # further pairs are lines
                yield subpath
                at = origin + complex(*values)
                subpath = _Subpath(at)
                bounds.check(0, (at,))
                continue
            segment = _arc(at, values, origin) if command == "A" else _curve(command, at, values, origin, last, handle)
            if segment is None:
                continue
            bounds.check(len(subpath.segments) + 1, segment)
            subpath.segments.append(segment)
            last = command
            at = _end(segment)
            if not isinstance(segment, _Arc):
                handle = segment[-2]
        last = command
    yield subpath


def _groups(command: str, text: str) -> list[list[float]]:
    """The numbers of a command in groups of so many as it takes at a time."""
    size, values = _ARGUMENTS[command], numbers(text)
    if (not values and size) or (values and (not size or len(values) % size)):
        raise ValueError(f"{len(values)} numbers where {command} takes {size}")
    return [values[start : start + size] for start in range(0, len(values), max(size, 1))]


def _arcs(text: str) -> list[list[float]]:
    """The numbers of arcs, whose two flags need nothing between them and the next number."""
    groups: list[list[float]] = []
    at = 0
    while at < len(text) or not groups:
        match = _ARC.match(text, at)
        if match is None:
            raise ValueError("no numbers and flags of an arc")
        groups.append([float(word) for word in match.groups()])
        at = match.end()
    return groups


def _curve(command: str, at: complex, values: list[float], origin: complex, last: str, handle: complex) -> Curve:
    """The curve or line of a command from a point. A smooth one continues the one before: it mirrors its handle."""
    if command == "H":
        return at, complex(origin.real + values[0], at.imag)
    if command == "V":
        return at, complex(at.real, origin.imag + values[0])
    points = [origin + complex(x, y) for x, y in zip(values[::2], values[1::2], strict=True)]
    if command in "ST":
        mirrored = last and last in ("CS" if command == "S" else "QT")
        points.insert(0, 2 * at - handle if mirrored else at)
    return (at, *points)


def _arc(at: complex, values: list[float], origin: complex) -> Curve | _Arc | None:
    """The arc from a point (F.6.5), its radii large enough (F.6.6); a line for one without radius, None where it ends
    where it begins."""
    radius_x, radius_y, degrees, is_large, is_clockwise, x, y = values
    end, radius_x, radius_y = origin + complex(x, y), abs(radius_x), abs(radius_y)
    if end == at:
        return None
    if not (radius_x and radius_y):
        return at, end
    turn = cmath.rect(1, math.radians(degrees % 360))
    half = (at - end) / 2 / turn
    # On the circle that the ellipse is a picture of: half the chord, and from its middle to the center.
    across = complex(half.real / radius_x, half.imag / radius_y)
    size = abs(across)
    if size > 1:
        radius_x, radius_y, across, size = radius_x * size, radius_y * size, across / size, 1.0
    side = 1j if is_large == is_clockwise else -1j
    if not size:
        return at, end  # a chord of no length at this radius
    middle = side * across / size * math.sqrt(1 - size * size)
    sweep = 2 * math.asin(size)
    sweep = math.copysign(math.tau - sweep if is_large else sweep, 1 if is_clockwise else -1)
    center = (at + end) / 2 + turn * complex(middle.real * radius_x, middle.imag * radius_y)
    return _Arc(at, end, center, (radius_x, radius_y), turn, cmath.phase(across - middle), sweep)


def _flattened(subpath: _Subpath, tolerance: float, most: int) -> npt.NDArray[np.complex128]:
    """The points of a subpath; `ValueError` for more than so many."""
    segments = subpath.segments
    if all(not isinstance(segment, _Arc) and len(segment) == 2 for segment in segments):
        counts, count = None, 1 + len(segments)
    else:
        counts = _steps(segments, tolerance)
        count = 1 + int(counts.sum())
    if count > most:
        raise ValueError("draws too many points")
    if counts is None:
        return np.array([subpath.start, *(_end(segment) for segment in segments)])
    return np.concatenate(([subpath.start], _points(segments, counts)))


def _steps(segments: list[Curve | _Arc], tolerance: float) -> npt.NDArray[np.int64]:
    """(S,) the chords of each segment: as many as keep within the tolerance."""
    wanted = np.zeros(len(segments))
    for number, segment in enumerate(segments):
        if isinstance(segment, _Arc):
            wanted[number] = abs(segment.sweep) * math.sqrt(max(segment.radii) / tolerance / 8)
        elif len(segment) > 2:
            # A Bezier curve stays within d (d-1) / 8 n^2 times its greatest second difference of n chords.
            degree = len(segment) - 1
            seconds = (abs(a - 2 * b + c) for a, b, c in zip(segment, segment[1:], segment[2:], strict=False))
            wanted[number] = math.sqrt(max(seconds) * degree * (degree - 1) / 8 / tolerance)
    if not np.isfinite(wanted).all():
        raise ValueError("a curve is beyond all bounds")
    return np.clip(np.ceil(wanted), 1, _MOST_STEPS).astype(np.int64)


def _points(segments: list[Curve | _Arc], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.complex128]:
    """The points of segments without the first, of each so many as counts says; ends of segments are exact."""
    starts = np.cumsum(counts) - counts
    points = np.empty(int(counts.sum()), dtype=np.complex128)
    curves: dict[int, list[int]] = {}
    for number, segment in enumerate(segments):
        if isinstance(segment, _Arc):
            count = int(counts[number])
            points[starts[number] : starts[number] + count] = segment.points(count)
            points[starts[number] + count - 1] = segment.end
        else:
            curves.setdefault(len(segment), []).append(number)
    for members in curves.values():
        controls = np.array([segments[number] for number in members])
        own, first = counts[members], starts[members]
        curve = np.repeat(np.arange(len(members)), own)
        step = 1 + np.arange(len(curve)) - np.repeat(np.cumsum(own) - own, own)
        shares, along = (step / own[curve])[:, np.newaxis], controls[curve]
        while along.shape[1] > 1:  # de Casteljau
            along = along[:, :-1] * (1 - shares) + along[:, 1:] * shares
        points[first[curve] + step - 1] = along[:, 0]
        points[first + own - 1] = controls[:, -1]
    return points
