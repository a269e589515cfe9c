"""Text from models and datasets made fit to be shown: cut, and without characters that cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

LONG = 300  # characters of a text that are shown
_INVISIBLE = {"Cc", "Cs", "Cn", "Co"}
_DIRECTION_MARKS = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200e", "\u200f", "\u061c"}
"""Marks that change the writing direction of what follows: an answer must not reorder the page around it."""


_MARKDOWN = re.compile(r"[\\`*\[\]<>|~&$@]|(?<!\w)_|_(?!\w)|:(?=//)|(?<=www)\.|^[-+#=]|(?<=^\d)[.)]", re.IGNORECASE)
"""What Markdown gives a meaning: an underscore inside a word has none, a colon and a dot have one in addresses."""


def visible(text: str, limit: int = LONG) -> str:
    """The text cut to `limit` characters, with characters that cannot be seen as escapes; line breaks stay."""
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return "".join(_visible(char) for char in cut)


def _visible(char: str) -> str:
    if char == "\n" or (char not in _DIRECTION_MARKS and unicodedata.category(char) not in _INVISIBLE):
        return char
    return char.encode("unicode_escape", "backslashreplace").decode()


def for_markdown(text: object, limit: int = LONG) -> str:
    """The text for a Markdown list or table, on one line, with what Markdown or HTML would read as entities."""
    return _MARKDOWN.sub(lambda match: f"&#{ord(match[0])};", " ".join(visible(str(text), limit).split()))


def code_block(text: str, language: str) -> str:
    """A block of code for Markdown, with a fence that its text does not hold."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def as_yaml(values: Mapping[str, Any], limit: int = 20_000) -> str:
    """A nested configuration as text, cut where it is very long."""
    import yaml

    text = yaml.safe_dump(_plain(values), sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)
    return visible(str(text), limit)


def _plain(value: Any) -> Any:
    """What YAML can say, with everything else as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
