"""The formats of ink files that are installed: ours and others', by the entry points `synthink.ink_files`."""

from __future__ import annotations

from functools import cache

from synthink import plugins
from synthink.errors import ConfigError, SynthinkError, did_you_mean, quoted
from synthink.ink.files.base import InkFileFormat
from synthink.plugins import INK_FILES


@cache
def formats() -> dict[str, InkFileFormat]:
    """Name -> format, in the order in which formats are asked whether a file is theirs.

    Raises `SynthinkError` for an entry point that cannot be loaded or is no format.
    """
    installed = {name: _format(name) for name in plugins.names(INK_FILES)}
    return dict(sorted(installed.items(), key=lambda item: (item[1].sniff_order, item[0])))


def find_format(name: str) -> InkFileFormat:
    """The format of that name. Raises `ConfigError` on the field `format` with the nearest names when there is none."""
    if name not in plugins.names(INK_FILES):
        names = ["auto", *plugins.names(INK_FILES)]
        raise ConfigError("format", name, f"is no format of ink; {did_you_mean(str(name), names)}")
    return formats()[name]


def _format(name: str) -> InkFileFormat:
    cls = plugins.load(INK_FILES, name)
    if not (isinstance(cls, type) and issubclass(cls, InkFileFormat)):
        package = plugins.package(INK_FILES, name)
        raise SynthinkError(f"ink format {quoted(name)} of {package}: {quoted(cls)} is no subclass of InkFileFormat")
    return cls()
