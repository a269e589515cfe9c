"""What a run knows about the machine that it ran on is not published: of paths only the last part is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

_PATH = re.compile(r"(?<![\w./~-])(?!//)~?/(?:[^\s/'\",:;=\[\]{}()]*/)*([^\s/'\",:;=\[\]{}()]*)")
"""A path that begins at the root or at home, in the middle of a text; an address is none."""


def public(value: Any) -> Any:
    """A value of JSON types with the last part of each path in it in place of the path, of keys too."""
    if isinstance(value, str):
        return _without_path(value)
    if isinstance(value, Mapping):
        return {public(key): public(item) for key, item in value.items()}
    return [public(item) for item in value] if isinstance(value, list | tuple) else value


def public_command(command: str) -> str:
    """A command line with the last parts of the paths in it."""
    try:
        words = shlex.split(command)
    except ValueError:
        return str(public(command))
    parts = (word.partition("=") for word in words)
    return shlex.join(f"{_without_path(key)}{sign}{_without_path(value)}" for key, sign, value in parts)


def _without_path(text: str) -> str:
    if text.startswith(("/", "~")):
        return text.rstrip("/").rpartition("/")[2]
    return _PATH.sub(r"\1", text.replace("file:///", "/"))
