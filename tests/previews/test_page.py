"""The page of a dataset: whole, and whatever stands in its rows is shown and not run."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
from PIL import Image

from synthink.draw.geometry import Box, Quad
from synthink.previews.page import page
from synthink.previews.row import shapes

EVIL = "<script>alert(1)</script>\"'\u202e"
COLUMNS = {"letter_box": Box, "quads": list[Quad], "text": str, 'odd"name': Box | None}


def row(number: int, kind: str = "PNG", **more: Any) -> dict[str, Any]:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, kind)
    return {
        "id": f"train-{number}",
        "image": file.getvalue(),
        "prefix": EVIL,
        "suffix": f"{EVIL}\nsecond line",
        "letter_box": (1.0, 2.0, 11.0, 12.5),
        "quads": [(0, 0, 5, 0, 5, 5, 0, 5)],
        "text": EVIL * 100,
        'odd"name': None,
        **more,
    }


def test_shapes_are_the_corners_of_boxes_and_quads() -> None:
    assert shapes(COLUMNS, row(0)) == [
        ("letter_box", [(1.0, 2.0), (11.0, 2.0), (11.0, 12.5), (1.0, 12.5)]),
        ("quads", [(0, 0), (5, 0), (5, 5), (0, 5)]),
    ]


def test_what_stands_in_rows_is_shown_and_not_run() -> None:
    html = page(EVIL, COLUMNS, {EVIL: [row(0), row(1, "JPEG", **{'odd"name': (0, 0, 1, 1)})]})
    assert html.count("<script") == 1, "the page's own"
    assert "\u202e" not in html and "\\u202e" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;\\u202e\nsecond line" in html
    assert 'data-column="odd&#34;name"' in html
    assert len(html) < 30_000, "long values are cut"
    assert re.findall(r'points="([^"]*)"', html)[0] == "1,2 11,2 11,12.5 1,12.5"
    assert re.findall(r"data:image/(\w+);base64", html) == ["png", "jpeg"]
    assert not re.search(r'(?:src|href)="(?!data:)', html)


def test_boxes_are_shown_at_first_and_lists_are_not() -> None:
    html = page("title", COLUMNS, {"train": [row(0)]})
    checked = dict(re.findall(r'data-column="([^"]*)"( checked)?>', html))
    assert checked == {"letter_box": " checked", "quads": "", "odd&#34;name": " checked"}


def test_illustrations_stand_below_their_row() -> None:
    pixels = np.full((2000, 1000, 3), 255, np.uint8)
    html = page("title", COLUMNS, {"train": [row(0), row(1)]}, {"train-1": {"page <after>": pixels}})
    assert html.count('class="illustration"') == 1
    assert "page &lt;after&gt;<img" in html
    assert html.index("page &lt;after&gt;") > html.index("train-0")
