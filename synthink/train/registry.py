"""Trainers by name. Ours and others' come in by the same door: an entry point in `synthink.trainers`."""

from __future__ import annotations

from synthink import plugins
from synthink.errors import SynthinkError, quoted
from synthink.plugins import TRAINERS
from synthink.train.settings import Trainer


def find_trainer(name: str) -> type[Trainer]:
    """The class of `trainer=NAME`.

    Raises `ConfigError` with the nearest names when there is none, `SynthinkError` when it cannot be used.
    """
    cls = plugins.load(TRAINERS, name)
    if not (isinstance(cls, type) and issubclass(cls, Trainer) and cls.name == name):
        package = plugins.package(TRAINERS, name)
        raise SynthinkError(
            f"trainer {quoted(name)} of {package}: {quoted(cls)} is not a subclass of Trainer with this name"
        )
    return cls


def trainers() -> dict[str, type[Trainer]]:
    """The classes of all installed trainers by name. One that cannot be used is left out, and says why when chosen."""
    classes = {}
    for name in plugins.names(TRAINERS):
        try:
            classes[name] = find_trainer(name)
        except SynthinkError:
            continue
    return classes
