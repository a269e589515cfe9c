"""The fields of a configuration that are other than by default, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from synthink.build.places import with_names
from synthink.core.generator import Generator
from synthink.errors import ConfigError
from synthink.settings import Settings, field_types


def changed_fields(generator: Generator, names: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Dotted name -> value, as in `camera.preset`: `photo`, of the fields that are other than the class has them by
    itself; all of them where the class cannot be made without. names: what stands in place of paths."""
    try:
        defaults: Settings | None = type(generator)()
    except (ConfigError, TypeError):
        defaults = None
    return {name: _as_typed(with_names(_plain(value), names)) for name, value in _changes(generator, defaults, "")}


def _changes(settings: Settings, defaults: Settings | None, within: str) -> Iterator[tuple[str, Any]]:
    for name in field_types(type(settings)):
        value, default = getattr(settings, name), getattr(defaults, name, None)
        if isinstance(value, Settings) and isinstance(default, type(value)):
            yield from _nested(value, default, f"{within}{name}.")
        elif defaults is None or value != default:
            yield f"{within}{name}", value


def _nested(value: Settings, default: Settings, within: str) -> Iterator[tuple[str, Any]]:
    """The changes inside settings. Where another value stands for all of them, such as a camera's preset, the rest is
    compared with what follows from it."""
    short = value.shorthand
    if short and getattr(value, short) != getattr(default, short):
        yield f"{within}{short}", getattr(value, short)
        default = type(value).build({short: getattr(value, short)})
    yield from ((name, item) for name, item in _changes(value, default, within) if name != f"{within}{short}")


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda settings: settings.plain()))


def _as_typed(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
