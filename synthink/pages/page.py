"""Templates become pages that need nothing else: no script or picture is fetched, and nothing shown can run."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from synthink.pages.text import LONG, visible

TEMPLATES = Path(__file__).with_name("templates")


def render(template: Path, **values: Any) -> str:
    """The page that a template makes of values.

    The template finds those beside it and those of this folder: `page.html.jinja`, which it extends, and `style.css`.
    A variable that is missing raises jinja2's UndefinedError.
    """
    return _environment(template.parent).get_template(template.name).render(values)


def cut(value: object, limit: int = LONG) -> Markup:
    """Text from outside for a page: at most `limit` characters, nothing in it that cannot be seen, escaped."""
    return escape(visible(str(value), limit))


def image_url(file: bytes, kind: str = "png") -> Markup:
    """A picture's file as an address that holds it."""
    return Markup(f"data:image/{kind};base64,{base64.b64encode(file).decode('ascii')}")


@cache
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_presentable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cut"] = cut
    return environment


def _presentable(value: Any) -> Any:
    """What a template shows: HTML of ours as it is, and any text cut, so that none can be forgotten."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
