"""Templates become Markdown: what they show is text on one line without markup, unless it is `Markdown` already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from synthink.pages.text import for_markdown

_CODE = re.compile(r"[\w .,:;/+=()\[\]{}-]+")


class Markdown(str):
    """Text that is Markdown already: a template shows it as it stands."""

    __slots__ = ()


def render_markdown(template: Path, **values: Any) -> str:
    """The Markdown that a template makes of values. A variable that is missing raises jinja2's UndefinedError."""
    return _environment(template.parent).get_template(template.name).render(values)


def code_span(text: str) -> Markdown:
    """A name as code, or as plain text where it could end the code."""
    return Markdown(f"`{text}`" if _CODE.fullmatch(text) else for_markdown(text))


def listed(items: Iterable[str], last: str = "and") -> Markdown:
    """Items in a sentence: `a, b and c`. They are Markdown."""
    *before, end = [*items] or [""]
    return Markdown(f"{', '.join(before)} {last} {end}" if before else end)


@cache
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # `finalize` escapes for Markdown
        undefined=StrictUndefined,
        finalize=_presentable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _presentable(value: Any) -> Any:
    return for_markdown(value) if isinstance(value, str) and not isinstance(value, Markdown) else value
