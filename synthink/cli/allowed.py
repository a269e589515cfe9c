"""The values that a key takes, in words for `--help` and one by one for completion, read off its type."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from synthink.plugins import PluginGroup, names
from synthink.settings import Between, Settings, field_types

_WORDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false", type(None): "null"}


def allowed(hint: Any) -> str:
    """The values of a type in words: `a number, 1 to 4, or [low,high]`; empty where anything goes."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        if groups := [group for group in arguments[1:] if isinstance(group, PluginGroup)]:
            return ", ".join(names(groups[0]))
        bounds = [bounds_text(limit) for limit in arguments[1:] if isinstance(limit, Between)]
        return _with_bounds(arguments[0], "".join(f", {text}" for text in bounds if text))
    if origin is Literal:
        return " or ".join(map(str, arguments)) if len(arguments) < 3 else ", ".join(map(str, arguments))
    if origin in (typing.Union, types.UnionType):
        words = list(dict.fromkeys(filter(None, map(allowed, arguments))))
        return "; ".join(text for text in words if not any(other.startswith(f"{text}, or ") for other in words))
    if origin is tuple:
        return _with_bounds(hint, "")
    if origin is dict:
        return "a mapping"
    return _WORDS.get(hint, "")


def _with_bounds(hint: Any, bounds: str) -> str:
    """A type and its bounds in words; a list's follow the words for its items."""
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is not tuple:
        words = allowed(hint)
        return f"{words}{bounds}" if words else bounds.removeprefix(", ")
    item = allowed(arguments[0])
    if arguments[-1] is Ellipsis:
        return f"a list of: {item}{bounds}" if item else "a list"
    if len(arguments) != 2 or arguments[0] != arguments[1]:
        return "a list"
    return f"{item}{bounds}, or {'[low,high]' if bounds else 'two of them'}"


def bounds_text(limit: Between) -> str:
    """Bounds of a number in words; empty where there are none."""
    if math.isinf(limit.low) and math.isinf(limit.high):
        return ""
    if math.isinf(limit.high):
        return f"{limit.low:g} or more"
    return f"{limit.high:g} or less" if math.isinf(limit.low) else f"{limit.low:g} to {limit.high:g}"


def choices(hint: Any) -> Iterator[str]:
    """The values that can be told one by one; those of nested settings are the ones that may stand in their place."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, type) and issubclass(hint, Settings):
        if hint.shorthand is not None:
            yield from choices(field_types(hint)[hint.shorthand])
    elif origin is Literal:
        yield from map(str, arguments)
    elif origin is Annotated:
        yield from choices(arguments[0])
        yield from (name for group in arguments[1:] if isinstance(group, PluginGroup) for name in names(group))
    elif origin in (typing.Union, types.UnionType):
        yield from (choice for option in arguments for choice in choices(option))
    elif origin is tuple and arguments[-1] is Ellipsis:
        yield from choices(arguments[0])
    elif hint is bool:
        yield from ("true", "false")
