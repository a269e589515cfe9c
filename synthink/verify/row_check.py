"""One row's columns, apart from what its picture shows: each is there and of its type, its boxes lie in the picture."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from synthink.core.columns import stored
from synthink.draw.geometry import Box, InkPoint, Quad

Columns = Mapping[str, Any]
ALWAYS: Columns = {"id": str, "task": str, "prefix": str, "suffix": str}
"""The columns of every row besides its picture."""
LARGEST = 1e300


def column_faults(columns: Columns, row: Mapping[str, Any], left_out: Collection[str]) -> Iterator[str]:
    """The columns that a row lacks, that are empty where none may be, or of another type. left_out: those that its
    format has no room for."""
    for column, kind in {**ALWAYS, **columns}.items():
        if column not in row:
            if column not in left_out:
                yield f"no column {column}"
        elif row[column] is None:
            if stored(kind) is kind:
                yield f"{column} is empty"
        elif not _is(stored(kind), row[column]):
            yield f"{column} of another type"


def box_faults(columns: Columns, row: Mapping[str, Any], size: tuple[int, int]) -> tuple[int, list[str]]:
    """The number of boxes of a row, and the columns of those that are empty or not in a picture of this size."""
    width, height = size
    count, faults = 0, []
    for column, kind in columns.items():
        value, kind = row.get(column), stored(kind)
        if value is None or kind not in (Box, list[Box]):
            continue
        boxes = [value] if kind is Box else value
        count += len(boxes)
        if any(not (0 <= left < right <= width and 0 <= top < bottom <= height) for left, top, right, bottom in boxes):
            faults.append(f"{column} empty or outside the picture")
    return count, faults


def own_columns(columns: Columns, own: Columns, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A mixture's row without the columns of the parts that did not draw it, and those of them that are not empty.

    columns: the mixture's. own: those of the part that drew the row. An oracle is given what its part would have made.
    """
    others = {name for name in columns if name not in own and name not in ALWAYS and name != "part"}
    filled = [name for name in row if name in others and row[name] is not None]
    return {name: value for name, value in row.items() if name not in others}, filled


def same(one: Any, other: Any) -> bool:
    """Whether two column values are equal once both went through JSON; what JSON does not have equals nothing."""
    return bool(json.loads(json.dumps(one, default=repr)) == json.loads(json.dumps(other)))


def _is(kind: Any, value: Any) -> bool:
    """Whether a value that was read back is of a column's type."""
    if kind in (Box, Quad):
        size = 4 if kind is Box else 8
        return isinstance(value, list) and len(value) == size and all(map(_is_finite, value))
    if kind is InkPoint:
        known = [*value[:2], *(number for number in value[2:] if number is not None)] if isinstance(value, list) else []
        return len(known) >= 2 and len(value) == 4 and all(map(_is_finite, known))
    if kind is float:
        return _is_finite(value)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind in (bool, str):
        return isinstance(value, kind)
    inner = kind.__args__[0]
    return isinstance(value, list) and all(_is(inner, item) for item in value)


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST < value < LARGEST  # no NaN
