"""Generators by name. Ours and others' come in by the same door: an entry point in `synthink.generators`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from synthink import plugins
from synthink.core.generator import Generator
from synthink.errors import ConfigError, SynthinkError, did_you_mean
from synthink.plugins import GENERATORS, ORACLES


@dataclass(frozen=True)
class Entry:
    """One line of `synthink list`."""

    name: str
    package: str
    summary: str


def generator_names() -> list[str]:
    """All installed generators and those defined in this process."""
    return sorted({*plugins.names(GENERATORS), *_defined()})


def find_generator(name: str) -> type[Generator]:
    """The class behind a name; `ConfigError` with the nearest names when there is none."""
    if name in plugins.names(GENERATORS):
        cls = plugins.load(GENERATORS, name)
        if not (isinstance(cls, type) and issubclass(cls, Generator)):
            raise SynthinkError(f"generator {name!r}: {cls!r} is not a subclass of synthink.Generator")
        return cls
    if name in _defined():
        return _defined()[name]
    raise ConfigError("generator", name, f"no such generator; {did_you_mean(name, generator_names())}")


def find_oracle(name: str) -> Any | None:
    """The oracle that checks labels of a generator's datasets, or None when it has none."""
    return plugins.load(ORACLES, name) if name in plugins.names(ORACLES) else None


def installed() -> list[Entry]:
    """Every generator with where it comes from and its one line."""
    entries = []
    for name in generator_names():
        try:
            cls = find_generator(name)
            summary = cls.summary()
        except SynthinkError as error:
            summary = f"unusable: {error}"
        package = plugins.package(GENERATORS, name) if name in plugins.names(GENERATORS) else "this process"
        entries.append(Entry(name, package, summary))
    return entries


def _defined() -> dict[str, type[Generator]]:
    """Generators that a script defines without installing them; the last of a name counts."""
    classes: dict[str, type[Generator]] = {}
    waiting: list[type[Generator]] = Generator.__subclasses__()
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if not cls.__name__.startswith("_") and not cls.__module__.startswith("synthink."):
            classes[cls.name] = cls
    return classes
