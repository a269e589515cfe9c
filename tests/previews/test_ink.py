"""Strokes are shown beside the picture, coloured by time."""

from __future__ import annotations

import io
import re

import numpy as np
from PIL import Image

from synthink import Box, InkPoint
from synthink.previews.contact_sheet import contact_sheet
from synthink.previews.ink import ink_columns, pieces, svg, tile
from synthink.previews.page import page

TIMED = [[[10, 10, 0, 0.5], [50, 10, 100, 0.5]], [[10, 40, 900, 0.5], [50, 40, 1000, 0.5]]]
UNTIMED = [[[10, 10, None, None]], [[10, 40, None, None], [50, 40, None, None]]]
COLUMNS = {"strokes": list[list[InkPoint]], "box": Box | None}


def row(strokes: list[list[list[float | None]]]) -> dict[str, object]:
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(data, "PNG")
    return {
        "id": "a",
        "task": "t",
        "image": data.getvalue(),
        "prefix": "q",
        "suffix": "a\nb",
        "strokes": strokes,
        "box": None,
    }


def hue(colour: str) -> float:
    red, _, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red - blue


def test_colours_follow_time() -> None:
    for strokes in (TIMED, UNTIMED):
        colours = [hue(colour) for colour, _ in pieces(strokes)]
        assert colours == sorted(colours) and colours[0] < 0 < colours[-1] - colours[0]
    assert ink_columns(COLUMNS) == ["strokes"]


def test_the_page_and_the_sheet_show_strokes() -> None:
    html = page("title", COLUMNS, {"train": [row(TIMED), row(UNTIMED), row([])]})
    assert html.count('<svg class="ink" viewBox="0 0 64 48">') == 2
    assert len(re.findall(r"<polyline", html)) == 4 and html.count("<circle") == 4
    assert "<script>" in html and svg(TIMED, (64, 48)) in html
    sheet = np.asarray(Image.open(io.BytesIO(contact_sheet(COLUMNS, [row(TIMED), row(UNTIMED)]))).convert("RGB"))
    blue = (sheet[..., 2].astype(int) - sheet[..., 0] > 100).sum()
    assert blue > 20
    alone = np.asarray(tile(TIMED, (64, 48), 224))
    _, xs = np.nonzero((alone < 200).any(axis=2))
    assert xs.min() > 224 * 8 / 64 and xs.max() < 224 * 52 / 64  # where the strokes are, scaled as the picture
