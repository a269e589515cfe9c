"""The fields of a configuration that are other than by default, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from synthink.core.generator import Generator
from synthink.errors import ConfigError
from synthink.settings import Settings, field_types


def changed_fields(generator: Generator) -> dict[str, str]:
    """Dotted name -> value, as in `camera.preset`: `photo`, of the fields that are other than the class has them by
    itself; all of them where the class cannot be made without."""
    try:
        defaults: Settings | None = type(generator)()
    except (ConfigError, TypeError):
        defaults = None
    return dict(_changes(generator, defaults, ""))


def _changes(settings: Settings, defaults: Settings | None, within: str) -> Iterator[tuple[str, str]]:
    for name in field_types(type(settings)):
        value, default = getattr(settings, name), getattr(defaults, name, None)
        if isinstance(value, Settings) and isinstance(default, type(value)):
            yield from _nested(value, default, f"{within}{name}.")
        elif defaults is None or value != default:
            yield f"{within}{name}", _as_typed(value)


def _nested(value: Settings, default: Settings, within: str) -> Iterator[tuple[str, str]]:
    """The changes inside settings. Where another value stands for all of them, such as a camera's preset, the rest is
    compared with what follows from it."""
    short = value.shorthand
    if short and getattr(value, short) != getattr(default, short):
        yield f"{within}{short}", _as_typed(getattr(value, short))
        default = type(value).build({short: getattr(value, short)})
    yield from ((name, text) for name, text in _changes(value, default, within) if name != f"{within}{short}")


def _as_typed(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=lambda part: part.plain())
