"""`write_ink`: ink as a file that `read_ink` gives back."""

from __future__ import annotations

import os
from collections.abc import Iterable

from synthink.errors import ConfigError, OutputError, check_kind, did_you_mean
from synthink.files import user_path
from synthink.ink.files.base import WritableInkFormat
from synthink.ink.files.registry import formats
from synthink.ink.model import Ink


def writable_formats() -> dict[str, WritableInkFormat]:
    """The formats that ink can be written in, by the suffix of their files without the dot: `inkml`, `ndjson`."""
    writable = [format for format in formats().values() if isinstance(format, WritableInkFormat)]
    # Of two formats with one suffix the first counts.
    return {format.suffixes[0].removeprefix("."): format for format in reversed(writable)}


def write_ink(path: str | os.PathLike[str], inks: Ink | Iterable[Ink], format: str = "auto") -> None:
    """Write one ink or several into a file, which appears whole or not at all.

    format: the name of a format, or the suffix of its files without the dot, or `auto` to go by the suffix of `path`.
    InkML and npz keep all that ink has, ndjson (as Quick, Draw! has it) no pressures and no spans, SVG the geometry
    alone. InkML and SVG hold one ink. Raises `ConfigError` for a format or suffix that is unknown, `InkError` for ink
    that the format cannot hold, `OutputError` when the file cannot be written.
    """
    check_kind("path", path, str | os.PathLike, "the path of a file, as in write_ink(path, inks)")
    check_kind("inks", inks, Ink | Iterable, "Ink, or several")
    place = user_path(path, OutputError)
    name = place.suffix.lower().removeprefix(".") if format == "auto" else format
    by_suffix = writable_formats()
    chosen = by_suffix.get(name) or (formats().get(name) if format != "auto" else None)
    if not isinstance(chosen, WritableInkFormat):
        field, value = ("path", str(path)) if format == "auto" else ("format", format)
        raise ConfigError(field, value, f"names no format that can be written; {did_you_mean(str(name), by_suffix)}")
    ink_list = [inks] if isinstance(inks, Ink) else list(inks)
    for ink in ink_list:
        if not isinstance(ink, Ink):
            raise ConfigError("inks", ink, "must be Ink")
    try:
        chosen.write(place, ink_list)
    except OSError as error:
        raise OutputError(f"{place}: cannot be written: {error.strerror or error}") from None
