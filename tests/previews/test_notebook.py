"""What a notebook shows: whole, of what was drawn, and nothing in it can run."""

from __future__ import annotations

import base64
import io
import re
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from PIL import Image

import synthink
from synthink.documents import Gesture, apply, draw_page, read_documents
from synthink.ink import Ink
from tests.page_makers import drawn_page

EVIL = "<script>alert(1)</script>"


class Shouting(synthink.Generator):
    """A generator whose question and answer are HTML."""

    columns: ClassVar[dict[str, Any]] = {"text": str}

    def draw(self, ctx: synthink.DrawContext) -> synthink.Sample:
        pixels = np.full((4, 6, 3), ctx.index, np.uint8)
        return synthink.Sample(pixels, EVIL, EVIL, {"text": EVIL})


def pictures(html: str) -> list[Image.Image]:
    files = re.findall(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=]+)", html)
    return [Image.open(io.BytesIO(base64.b64decode(file))) for file in files]


@pytest.mark.parametrize(
    ("shown", "numbers"),
    [
        (synthink.dataset(Shouting, size=30), list(range(8))),
        (synthink.dataset(Shouting, size=30)[5:7], [5, 6]),
        (synthink.dataset(Shouting)[3], [3]),
        (synthink.dataset(Shouting).source.draw("train", 4), [4]),
    ],
    ids=["rows", "slice", "row", "sample"],
)
def test_rows_and_samples_show_their_pictures_and_run_nothing(shown: Any, numbers: list[int]) -> None:
    html = shown._repr_html_()
    assert [picture.convert("RGB").getpixel((0, 0)) for picture in pictures(html)] == [(n, n, n) for n in numbers]
    assert "<script" not in html and "&lt;script&gt;" in html


def test_a_row_without_a_pillow_picture_is_shown_as_a_dict() -> None:
    assert synthink.dataset(Shouting, size=3).with_format("numpy")[0]._repr_html_() is None


def test_ink_shows_its_strokes() -> None:
    html = Ink([[(0, 0), (10, 5)], [(3, 3)]], label=EVIL)._repr_html_()
    svg = base64.b64decode(re.findall(r"svg\+xml;base64,([A-Za-z0-9+/=]+)", html)[0]).decode()
    assert re.findall(r'points="([^"]*)"', svg) == ["0,0 10,5", "3,3"]
    assert "<script" not in html
    assert "0 strokes" in Ink([])._repr_html_()


def test_a_page_shows_its_picture_and_text() -> None:
    for page in (drawn_page(), *islice(read_documents("synthetic"), 2)):  # most of those are grey
        html = page._repr_html_()
        assert pictures(html)[0].size == page.size_px and escape(page.words[0]) in html
    after = apply(page, Gesture("delete", tuple(page.word_boxes[0])))  # type: ignore[arg-type]
    [shown] = pictures(after._repr_html_())
    assert (np.asarray(shown) == draw_page(after)).all(), "an edited page shows its edit"


def test_preview_draws_labels_over_the_first_rows_and_saves_both_files(tmp_path: Path) -> None:
    rows = synthink.dataset("circled_letters", size=30, words="builtin")
    preview = synthink.preview(rows[10:], count=3)
    assert [row["id"][-7:] for row in preview.splits["train"]] == ["0000010", "0000011", "0000012"]
    assert preview.html.count("<figure>") == 3 and preview.html.count("<polygon") >= 3
    assert preview._repr_html_().startswith("<iframe srcdoc=") and "<figure>" not in preview._repr_html_()
    sheet, html = preview.save(tmp_path / "mine")
    assert preview.save(tmp_path / "mine.html") == (sheet, html)
    assert (sheet.name, html.name) == ("mine.png", "mine.html") and html.read_text() == preview.html
    with Image.open(sheet) as picture:
        assert picture.width > 400


@pytest.mark.parametrize("rows", [synthink.dataset(Shouting, size=0), "data/x"], ids=["no rows", "a folder"])
def test_what_cannot_be_previewed_is_one_line(rows: Any) -> None:
    with pytest.raises(synthink.ConfigError, match=r"^rows="):
        synthink.preview(rows)
