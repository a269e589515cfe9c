"""A dataset as one HTML page: the pictures with their labels drawn over them, and all columns."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from markupsafe import Markup

from synthink.draw.picture import Pixels
from synthink.draw.picture_file import picture_format, picture_size
from synthink.pages import image_url, render
from synthink.previews.ink import ink_columns, svg
from synthink.previews.row import COLOURS, Row, box_columns, shape_columns, shapes

TEMPLATE = Path(__file__).with_name("templates") / "preview.html.jinja"
ILLUSTRATION_PX = 480


class Column(NamedTuple):
    """A column of boxes or quads, the colour in which it is drawn, and whether it is shown at first."""

    name: str
    colour: str
    is_shown: bool


class Figure(NamedTuple):
    """A row with its picture, ready for the template."""

    row: Row
    image: Markup
    size_px: tuple[int, int]
    outlines: list[tuple[str, Markup]]
    """Column name and points of each box and quad."""
    inks: list[Markup]
    """An SVG of each column of strokes."""
    illustrations: dict[str, Markup]
    """Pictures below the row's own, by name."""
    cells: dict[str, str]


def page(
    title: str,
    columns: Mapping[str, Any],
    splits: Mapping[str, Sequence[Row]],
    illustrations: Mapping[str, Mapping[str, Pixels]] = MappingProxyType({}),
) -> str:
    """One self-contained HTML page: pictures, boxes as overlays that can be switched off, all columns.

    splits: rows of each split, whose `image` is a file's bytes. illustrations: a row's id -> pictures to show with it,
    by name. Raises `PictureError` for what is no picture.
    """
    names, boxes = shape_columns(columns), box_columns(columns)
    return render(
        TEMPLATE,
        title=title,
        columns={
            name: Column(name, COLOURS[number % len(COLOURS)], name in boxes) for number, name in enumerate(names)
        },
        splits={
            split: [_figure(columns, row, illustrations.get(row["id"], {})) for row in rows]
            for split, rows in splits.items()
        },
    )


def _figure(columns: Mapping[str, Any], row: Row, illustrations: Mapping[str, Pixels]) -> Figure:
    kind, size_px = picture_format(row["image"]).lower(), picture_size(row["image"])
    outlines = [(name, Markup(" ".join(f"{x:g},{y:g}" for x, y in points))) for name, points in shapes(columns, row)]
    inks = [Markup(svg(row[name], size_px)) for name in ink_columns(columns) if row.get(name)]
    pictures = {name: _illustration(pixels) for name, pixels in illustrations.items()}
    cells = {name: str(row[name]) for name in ("id", "task", *columns) if name in row}
    return Figure(row, image_url(row["image"], kind), size_px, outlines, inks, pictures, cells)


def _illustration(pixels: Pixels) -> Markup:
    """A picture beside a row's own, reduced to `ILLUSTRATION_PX` of width."""
    from PIL import Image

    picture, file = Image.fromarray(pixels), io.BytesIO()
    picture.thumbnail((ILLUSTRATION_PX, 4 * ILLUSTRATION_PX))
    picture.save(file, "PNG", optimize=True)
    return image_url(file.getvalue())
