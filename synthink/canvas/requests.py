"""What a request may hold: JSON of bounded size and depth, strokes of bounded number, texts of bounded length.

Everything here raises `BadRequest` with the place, the value and what would do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from synthink.errors import SynthinkError, quoted
from synthink.ink.model import Ink, InkError

MOST_BYTES = 16 << 20
"""The largest body that is read; 100,000 points take about 4 MB."""
DEEPEST = 8
"""The deepest nesting of JSON that is read; strokes take four levels."""
MOST_STROKES, MOST_POINTS = 2_000, 100_000
"""The most strokes, and points of them all, of one request."""
MOST_LISTS = MOST_POINTS + MOST_STROKES + 100
FARTHEST = 1e6
"""Pixels from the page's corner beyond which nothing is drawn on it."""
LATEST = 1e14
"""Milliseconds: no clock of a browser says more."""
LONGEST_TEXT = 2_000

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


class BadRequest(SynthinkError):
    """A request that cannot be answered. status: of HTTP."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


def read_json(body: bytes) -> Mapping[str, Any]:
    """The object in the body of a request. How much it holds is counted before it is made."""
    lists = body.count(b"[")
    if lists > MOST_LISTS:
        raise BadRequest(f"{lists:,} lists; at most {MOST_POINTS:,} points are taken at a time", 413)
    bare = np.frombuffer(_STRING.sub(b"", body), dtype=np.uint8)
    opening, closing = (bare == ord("[")) | (bare == ord("{")), (bare == ord("]")) | (bare == ord("}"))
    steps = np.where(opening, 1, -1)[opening | closing]
    depth = int(np.cumsum(steps).max(initial=0))
    if depth > DEEPEST:
        raise BadRequest(f"the JSON is nested {depth:,} deep; at most {DEEPEST} levels are read")
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadRequest(f"the body is {type(value).__name__}, not an object")
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def text_of(request: Mapping[str, Any], key: str, longest: int = LONGEST_TEXT, default: str | None = None) -> str:
    """A text of the request, without blanks around it; `default` where it has none."""
    value = request.get(key, default)
    if not isinstance(value, str):
        raise BadRequest(f"{key}: {quoted(value)} is no text")
    if len(value) > longest:
        raise BadRequest(f"{key}: has {len(value):,} characters; at most {longest:,} are taken")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRequest(f"{key}: {quoted(value)} holds half of a character") from None
    return value.strip()


def number_of(request: Mapping[str, Any], key: str) -> int:
    """A whole number of the request that is not negative."""
    value = request.get(key)
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise BadRequest(f"{key}: {quoted(value)} is no whole number from 0 on")
    return value


def ink_of(request: Mapping[str, Any], key: str = "strokes") -> Ink:
    """The strokes of a request as ink in page pixels; times count from its first point.

    Each stroke is a list of points [x, y, milliseconds, pressure]; the last two may be null, or not be there.
    """
    strokes = request.get(key)
    if not isinstance(strokes, list):
        raise BadRequest(f"{key}: {type(strokes).__name__} is no list of strokes")
    if len(strokes) > MOST_STROKES:
        raise BadRequest(f"{key}: {len(strokes):,} strokes; at most {MOST_STROKES:,} are taken", 413)
    count = sum(len(stroke) for stroke in strokes if isinstance(stroke, list))
    if count > MOST_POINTS:
        raise BadRequest(f"{key}: {count:,} points; at most {MOST_POINTS:,} are taken", 413)
    arrays = [_points(stroke, f"{key}[{number}]") for number, stroke in enumerate(strokes)]
    begin = min((float(np.nanmin(points[:, 2])) for points in arrays if not np.isnan(points[:, 2]).all()), default=0.0)
    try:
        return Ink([points - (0.0, 0.0, begin, 0.0) for points in arrays], source="canvas", units="px")
    except InkError as error:
        raise BadRequest(f"{key}: {error}") from None


def _points(stroke: object, place: str) -> Any:
    """(N, 4) the points of one stroke."""
    if not isinstance(stroke, list) or not stroke:
        raise BadRequest(f"{place}: a stroke is a list of points, and has at least one")
    wrong = next((n for n, point in enumerate(stroke) if type(point) is not list or not 2 <= len(point) <= 4), None)
    values = [] if wrong is not None else [value for point in stroke for value in (*point, None, None)[:4]]
    if not {*map(type, values)} <= {int, float, type(None)}:
        wrong = next(n for n, value in enumerate(values) if type(value) not in (int, float, type(None))) // 4
    if wrong is not None:
        raise BadRequest(f"{place}[{wrong}]: {quoted(stroke[wrong])} is no point [x, y, milliseconds, pressure]")
    try:
        points = np.array(values, dtype=np.float64).reshape(-1, 4)
    except OverflowError:
        raise BadRequest(f"{place}: has a number that no point has") from None
    with np.errstate(invalid="ignore"):
        far = ~(np.abs(points[:, :2]) <= FARTHEST).all(axis=1) | (np.abs(points[:, 2]) > LATEST)
        far |= (points[:, 3] < 0) | (points[:, 3] > 1)
    if far.any():
        number = int(far.argmax())
        reason = f"x and y must be within {FARTHEST:g} px, the time within {LATEST:g} ms, the pressure 0 to 1"
        raise BadRequest(f"{place}[{number}]: {quoted(stroke[number])}: {reason}")
    return points
