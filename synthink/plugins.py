"""Everything that can be plugged in, in one table. Our own parts come in by the same doors as others: entry points.

A part is one object (a class, for most groups) in a package of anybody's, and one line in that package's metadata::

    [project.entry-points."synthink.generators"]
    dots = "my_package.dots:Dots"
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from synthink.errors import ConfigError, SynthinkError, did_you_mean, quoted


@dataclass(frozen=True)
class PluginGroup:
    """A group of entry points, and the word that messages use for one of its parts."""

    name: str
    noun: str


GENERATORS = PluginGroup("synthink.generators", "generator")
ORACLES = PluginGroup("synthink.oracles", "oracle")
GESTURES = PluginGroup("synthink.gestures", "gesture")
EXECUTORS = PluginGroup("synthink.executors", "executor")
FORMATS = PluginGroup("synthink.formats", "format")
EXPORTS = PluginGroup("synthink.exports", "format")
INK_FILES = PluginGroup("synthink.ink_files", "ink format")
DOCUMENTS = PluginGroup("synthink.documents", "document source")
TRAINERS = PluginGroup("synthink.trainers", "trainer")
PREDICTORS = PluginGroup("synthink.predictors", "predictor")


@cache
def _entries() -> dict[PluginGroup, dict[str, EntryPoint]]:
    """The parts of every group by their names. The metadata of all packages is read once a process."""
    groups = GENERATORS, ORACLES, GESTURES, EXECUTORS, FORMATS, EXPORTS, INK_FILES, DOCUMENTS, TRAINERS, PREDICTORS
    installed = entry_points()
    in_order = {group: sorted(installed.select(group=group.name), key=lambda entry: entry.name) for group in groups}
    return {group: {entry.name: entry for entry in entries} for group, entries in in_order.items()}


def names(group: PluginGroup) -> list[str]:
    """The names of all installed parts of a group, sorted. Nothing is imported."""
    return list(_entries()[group])


def package(group: PluginGroup, name: str) -> str:
    """The package and version that brings a part along, as in `synthink 0.1`."""
    entry = _entries()[group][name]
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


def load(group: PluginGroup, name: str) -> Any:
    """Import the part of that name.

    Raises `ConfigError` with the nearest names when there is none, `SynthinkError` naming the package when its code
    cannot be imported.
    """
    if not isinstance(name, str) or name not in _entries()[group]:
        key = group.noun.replace(" ", "_")
        raise ConfigError(key, name, f"no such {group.noun}; {did_you_mean(str(name), names(group))}")
    try:
        return _entries()[group][name].load()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise SynthinkError(
            f"{group.noun} {quoted(name)} of {package(group, name)} cannot be loaded: {reason}"
        ) from error
