"""A row as previews show it: the picture's file, and the boxes and quads that lie on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthink.core.columns import stored
from synthink.draw.geometry import Box, Quad

Row = Mapping[str, Any]
"""A row whose `image` is the stored file's bytes."""
COLOURS = ("#0a7d4f", "#d02090", "#1f6feb", "#c46a00", "#7a3fd1")
_SHAPES = (Box, Quad, list[Box], list[Quad])


def row_for_preview(row: Row) -> dict[str, Any]:
    """A row of `Source.row` with its picture encoded, as a reader of the folder would get it."""
    return {**row, "image": row["image"].encode()[0]}


def shape_columns(columns: Mapping[str, Any]) -> list[str]:
    """The columns that hold boxes or quads."""
    return [name for name, kind in columns.items() if stored(kind) in _SHAPES]


def box_columns(columns: Mapping[str, Any]) -> list[str]:
    """The columns that hold a single box: those that a small picture has room for."""
    return [name for name, kind in columns.items() if stored(kind) is Box]


def shapes(columns: Mapping[str, Any], row: Row) -> list[tuple[str, list[tuple[float, float]]]]:
    """Column name and corner points of every box and quad of a row that was stored with its geometry."""
    outlines = []
    for name in shape_columns(columns):
        if row.get(name) is None:
            continue
        for values in [row[name]] if stored(columns[name]) in (Box, Quad) else row[name]:
            if len(values) == 4:
                left, top, right, bottom = values
                outlines.append((name, [(left, top), (right, top), (right, bottom), (left, bottom)]))
            else:
                outlines.append((name, list(zip(values[::2], values[1::2], strict=True))))
    return outlines
