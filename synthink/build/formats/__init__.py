"""How rows are stored. Formats come in by the entry points `synthink.formats`."""

from __future__ import annotations

from synthink import plugins
from synthink.build.formats.base import Format
from synthink.errors import SynthinkError, quoted
from synthink.plugins import FORMATS

__all__ = ["Format", "find_format", "format_names"]


def format_names() -> list[str]:
    """The names of all installed formats, sorted."""
    return plugins.names(FORMATS)


def find_format(name: str) -> Format:
    """The format of that name; `ConfigError` with the nearest names when there is none."""
    cls = plugins.load(FORMATS, name)
    if not (isinstance(cls, type) and issubclass(cls, Format)):
        raise SynthinkError(f"format {quoted(name)}: {quoted(cls)} is not a subclass of synthink.build.formats.Format")
    return cls()
