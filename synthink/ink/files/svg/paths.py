"""Geometry of SVG: transforms, viewports, and path data as polylines (SVG 1.1, sections 7 and 8)."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.bezier import bezier_points

Matrix = npt.NDArray[np.float64]
"""(3, 3), for columns (x, y, 1)."""
Polyline = npt.NDArray[np.float64]
"""(N, 2)."""

TOLERANCE = 0.25  # px between a curve and its polyline
LONGEST = 20_000_000  # characters of path data: some million points
_FARTHEST = 1e18  # of a transform's numbers: what remains after it must be within 1e9
_MOST_STEPS = 10_000  # to one curve: at the tolerance, of a length of 10 m on the screen
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NUMBERS = re.compile(_NUMBER, re.ASCII)
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*(px|in|cm|mm|pt|pc)?\s*", re.ASCII)
_PX = {None: 1.0, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72, "pc": 16.0}
_TRANSFORM = re.compile(r"\s*,?\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)\s*", re.ASCII)


def numbers(text: str) -> list[float]:
    """The numbers of a list such as `points`; raises `ValueError` for anything else in it."""
    rest = _NUMBERS.sub(" ", text)
    if not set(rest) <= set(" ,\t\n\r\f"):
        raise ValueError(f"{quoted(text, 40)} is no list of numbers")
    return [float(word) for word in _NUMBERS.findall(text)]


def transform(text: str) -> Matrix:
    """The matrix of a chain of transforms; raises `ValueError`."""
    product = np.eye(3)
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TRANSFORM.match(text, at)
        if match is None:
            raise ValueError(f"transform {quoted(text, 40)} cannot be read")
        with np.errstate(all="ignore"):
            product = product @ _matrix(match[1], numbers(match[2]))
        at = match.end()
    return product


def _matrix(name: str, values: list[float]) -> Matrix:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            return np.array(((a, c, e), (b, d, f), (0, 0, 1)))
        case "translate", [x, *rest] if len(rest) < 2:
            return np.array(((1, 0, x), (0, 1, rest[0] if rest else 0), (0, 0, 1)))
        case "scale", [x, *rest] if len(rest) < 2:
            return np.diag((x, rest[0] if rest else x, 1.0))
        case "rotate", [angle, *rest] if len(rest) in (0, 2):
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            x, y = rest or (0.0, 0.0)
            return np.array(((cos, -sin, x - cos * x + sin * y), (sin, cos, y - sin * x - cos * y), (0, 0, 1)))
        case "skewX", [angle]:
            return np.array(((1, math.tan(math.radians(angle)), 0), (0, 1, 0), (0, 0, 1)))
        case "skewY", [angle]:
            return np.array(((1, 0, 0), (math.tan(math.radians(angle)), 1, 0), (0, 0, 1)))
    raise ValueError(f"transform {name} takes no {len(values)} numbers")


def viewport(attributes: Mapping[str, str]) -> Matrix:
    """The transform from an svg element's user space to its parent's: its place, viewBox, size and
    preserveAspectRatio."""
    x, y = length(attributes.get("x")) or 0.0, length(attributes.get("y")) or 0.0
    width, height = length(attributes.get("width")), length(attributes.get("height"))
    box = numbers(attributes.get("viewBox", ""))
    if not box:
        return _matrix("translate", [x, y])
    if len(box) != 4 or not (box[2] > 0 and box[3] > 0):
        raise ValueError(f"viewBox {quoted(attributes['viewBox'])} is no box")
    scale_x, scale_y = (width / box[2] if width else None), (height / box[3] if height else None)
    scale_x, scale_y = scale_x or scale_y or 1.0, scale_y or scale_x or 1.0
    fit = attributes.get("preserveAspectRatio", "xMidYMid meet")
    spare_x = spare_y = 0.0
    if not fit.startswith("none"):
        scale = max(scale_x, scale_y) if "slice" in fit else min(scale_x, scale_y)
        share_x, share_y = (0 if f"{axis}Min" in fit else 1 if f"{axis}Max" in fit else 0.5 for axis in "xY")
        spare_x, spare_y = share_x * box[2] * (scale_x - scale), share_y * box[3] * (scale_y - scale)
        scale_x = scale_y = scale
    return np.array(
        ((scale_x, 0, x + spare_x - scale_x * box[0]), (0, scale_y, y + spare_y - scale_y * box[1]), (0, 0, 1))
    )


def length(text: str | None) -> float | None:
    """A length in px; None for one that depends on something else (%, em) or is missing."""
    match = _LENGTH.fullmatch(text or "")
    return float(match[1]) * _PX[match[2]] if match else None


def placed(points: npt.NDArray[np.float64], matrix: Matrix) -> Polyline:
    """The points under a matrix; exactly the same ones under the identity."""
    if np.array_equal(matrix, np.eye(3)):
        return points
    with np.errstate(all="ignore"):  # what is not finite is refused with the stroke
        return points @ matrix[:2, :2].T + matrix[:2, 2]


def polylines(data: str, matrix: Matrix) -> Iterator[Polyline]:
    """Each subpath of path data under a matrix, curves within `TOLERANCE`; a lone M draws nothing and is left out.

    Raises `ValueError` for data that cannot be read or is longer than `LONGEST`.
    """
    if len(data) > LONGEST:
        raise ValueError(f"has {len(data)} characters of path data, more than {LONGEST}")
    pieces = re.split("(?=[Mm])", data)
    if not pieces or pieces[0].strip() or len(pieces) < 2:
        raise ValueError(f"path {quoted(data, 40)} does not begin with M")
    if not (np.abs(matrix) < _FARTHEST).all():
        raise ValueError("has a transform beyond all bounds")
    scale = float(np.linalg.norm(matrix[:2, :2], 2))
    at = 0j
    for piece in pieces[1:]:
        closed = piece.rstrip()[-1] in "Zz"
        points = _corners(piece, closed)
        if points is None:
            points = _flattened(piece, at, TOLERANCE / scale if scale else math.inf)
        at = complex(*points[0 if closed else -1])
        if len(points) > 1 or closed:
            yield placed(points, matrix)


def _corners(piece: str, closed: bool) -> Polyline | None:
    """The points of a subpath of absolute M, L and Z alone, None for any other."""
    parts = piece.rstrip(" \t\n\rZz" if closed else None)[1:].split("L")
    try:
        pairs = [numbers(part) for part in parts] if piece[0] == "M" else []
    except ValueError:
        return None
    if not pairs or not all(pair and len(pair) % 2 == 0 for pair in pairs):
        return None
    points = np.array([value for pair in pairs for value in pair]).reshape(-1, 2)
    return np.concatenate((points, points[:1])) if closed and (points[0] != points[-1]).any() else points


def _flattened(piece: str, at: complex, tolerance: float) -> Polyline:
    """The points of any subpath that begins at or relative to a point."""
    from svgpathtools import parse_path  # type: ignore[import-untyped]  # 0.4 s, and it brings scipy

    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # arcs without a radius become lines, as they should
            segments = list(parse_path(piece, current_pos=at))
            points = [_start(piece, at), *(point for segment in segments for point in _steps(segment, tolerance))]
    except (ValueError, IndexError, KeyError, AssertionError, ArithmeticError, AttributeError) as error:
        raise ValueError(f"path {quoted(piece, 40)} cannot be read: {quoted(str(error), 60)}") from None
    row = np.array(points)
    return np.stack((row.real, row.imag), axis=1)


def _start(piece: str, at: complex) -> complex:
    first = [float(match[0]) for match, _ in zip(_NUMBERS.finditer(piece), range(2), strict=False)]
    return complex(*first) + (at if piece[0] == "m" else 0)


def _steps(segment: Any, tolerance: float) -> list[complex]:
    """Points along a line, Bezier curve or arc of svgpathtools without its first."""
    if hasattr(segment, "delta"):
        return _arc(segment, tolerance)
    controls = np.array(segment.bpoints())
    degree = len(controls) - 1
    if degree == 1:
        return [segment.end]
    # A Bezier curve stays within d (d-1) / 8 n^2 times its greatest second difference of n chords.
    bend = float(np.abs(np.diff(controls, 2)).max()) * degree * (degree - 1) / 8
    steps = _count(math.sqrt(bend / tolerance))
    points: list[complex] = bezier_points(controls, np.arange(1, steps) / steps).tolist()
    return [*points, segment.end]


def _arc(arc: Any, tolerance: float) -> list[complex]:
    radius = max(arc.radius.real, arc.radius.imag)
    steps = _count(abs(math.radians(arc.delta)) * math.sqrt(radius / tolerance / 8))
    angles = np.radians(arc.theta + arc.delta * np.arange(1, steps) / steps)
    ellipse = arc.radius.real * np.cos(angles) + 1j * arc.radius.imag * np.sin(angles)
    points: list[complex] = (arc.center + arc.rot_matrix * ellipse).tolist()
    return [*points, arc.end]


def _count(steps: float) -> int:
    if not math.isfinite(steps):
        raise ValueError("a curve is beyond all bounds")
    return max(1, min(math.ceil(steps), _MOST_STEPS))
