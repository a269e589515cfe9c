"""What notebooks show of rows, ink and pages: pictures side by side, with a few lines of text below each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from synthink.pages.page import image_url, render

TEMPLATE = Path(__file__).with_name("templates") / "figures.html.jinja"
MOST_FIGURES = 8
"""The most rows that a notebook shows of a dataset."""


class Figure(NamedTuple):
    """A picture and the lines of text below it.

    file: the picture's file. suffix: its kind as an ending, such as `png`. lines: text from anywhere; it is cut and
    escaped.
    """

    file: bytes
    suffix: str
    lines: Sequence[str]


def figures_html(title: str, figures: Sequence[Figure]) -> str:
    """A piece of HTML that holds the pictures, for the method `_repr_html_` of what they show."""
    kinds = {"jpg": "jpeg", "svg": "svg+xml"}
    urls = [image_url(figure.file, kinds.get(figure.suffix, figure.suffix)) for figure in figures]
    return render(TEMPLATE, title=title, figures=list(zip(urls, figures, strict=True)))
