"""What the readers of files without XML share: whole files, JSON and ink, within bounds, each error with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from synthink.errors import shown
from synthink.ink.files.base import Reading
from synthink.ink.model import Ink, InkError, Span

# Possessive, and an open string ends with the text: nothing is ever looked at twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))


def whole(path: Path, reading: Reading) -> bytes:
    """The bytes of a file; fails beyond `limits.bytes`, and for an empty file."""
    try:
        with path.open("rb") as file:
            data = file.read(reading.limits.bytes + 1)
    except OSError as error:
        reading.fail(f"cannot be read: {error.strerror or error}")
    if len(data) > reading.limits.bytes:
        reading.fail(f"has more than {reading.limits.bytes} bytes")
    if not data.strip():
        reading.fail("is empty")
    return data


def parsed(data: bytes, reading: Reading, element: str = "", offset: int = 0) -> Any:
    """The JSON text `data`, of which NaN, Infinity and nesting beyond `limits.depth` are no part.

    Raises `InkError` with the offset in the file, where `data` begins at `offset`.
    """
    brackets = np.frombuffer(_STRING.sub(b"", data).translate(None, _NO_BRACKET), np.uint8)
    # In ASCII an opening bracket is `[` 91 or `{` 123, a closing one is two more.
    levels = np.cumsum(np.where((brackets == 91) | (brackets == 123), 1, -1))
    if len(levels) and levels.max() > reading.limits.depth:
        raise InkError(f"is nested more than {reading.limits.depth} deep", reading.file, element, offset)
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise InkError(f"is no JSON: {error.msg}", reading.file, element, offset + error.pos) from None
    except UnicodeDecodeError as error:
        raise InkError("is not UTF-8", reading.file, element, offset + error.start) from None
    except (ValueError, RecursionError) as error:  # integers of thousands of digits, NaN
        raise InkError(f"is no JSON: {error}", reading.file, element, offset) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def numbers(values: Any, what: str) -> npt.NDArray[np.float64]:
    """A JSON list of numbers as (N,) floats; raises `InkError` that says what `what` is instead."""
    if not isinstance(values, list):
        raise InkError(f"{what} is no list: {shown(values)}")
    if not values:
        return np.zeros(0)
    try:
        array = np.asarray(values)
    except (ValueError, OverflowError):
        raise InkError(f"{what} is no list of numbers: {shown(values)}") from None
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise InkError(f"{what} is no list of numbers: {shown(values)}")
    return array.astype(np.float64)


def columns(rows: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Rows of x, y (and t) of one length as points (N, 2 or 3); raises `InkError` when their lengths differ."""
    if len({len(row) for row in rows}) > 1:
        raise InkError(f"x, y and t have {', '.join(str(len(row)) for row in rows)} values")
    return np.stack(rows, axis=1)


def assembled(
    reading: Reading,
    element: str,
    strokes: Sequence[npt.NDArray[Any]],
    spans: Sequence[Span] = (),
    offset: int | None = None,
    **about: Any,
) -> Ink | None:
    """Ink of the strokes that have points.

    Bad strokes go through `reading.skip`; None when none is left of them, or when the ink has spans, which would no
    longer say what they said.
    """
    try:
        return Ink([stroke for stroke in strokes if len(stroke)], spans, **about)
    except InkError as error:
        reason = error.reason
    good = []
    bad = False
    for index, stroke in enumerate(strokes):
        try:
            if len(stroke):
                Ink([stroke])
                good.append(stroke)
        except InkError as error:
            reading.skip(error.reason, f"{element}, stroke {index}" if element else f"stroke {index}", offset)
            bad = True
    if not bad:
        reading.skip(reason, element, offset)
    return Ink(good, **about) if bad and good and not spans else None


def limited(inks: Iterable[Ink], reading: Reading) -> Iterator[Ink]:
    """The inks of one file; fails beyond `limits.points` and `limits.strokes`."""
    points = strokes = 0
    for ink in inks:
        points += len(ink.points)
        strokes += len(ink)
        if points > reading.limits.points or strokes > reading.limits.strokes:
            limits = reading.limits
            reading.fail(f"has more than {limits.points} points or {limits.strokes} strokes", ink.source or "")
        yield ink


def relative(
    strokes: Sequence[npt.NDArray[np.float64]], start: float | None = None
) -> tuple[list[npt.NDArray[np.float64]], float]:
    """Strokes (N, 2 to 4) with times counted from `start`, else from the first time there is; and that time (0 where
    there is none)."""
    times = np.concatenate([stroke[:, 2] for stroke in strokes if stroke.shape[1] > 2] or [np.zeros(0)])
    known = times[np.isfinite(times)]
    if start is None or not abs(start) <= 1e18:  # some 30 million years; an int may be too large for a float
        start = float(known[0]) if len(known) else 0.0
    if start == 0:
        return list(strokes), 0.0
    first = np.array([0, 0, start, 0])
    return [stroke - first[: stroke.shape[1]] for stroke in strokes], float(start)
