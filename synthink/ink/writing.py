"""`write_ink`: ink as a file that `read_ink` gives back."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable
from pathlib import Path

from synthink.errors import ConfigError, OutputError, did_you_mean
from synthink.ink.model import Ink

WRITERS = {"inkml": "inkml.writer", "svg": "svg.writer", "ndjson": "quickdraw", "npz": "npz.reader"}
"""Format, which is the file's suffix, too -> its module in `synthink.ink.files`."""


def write_ink(path: str | os.PathLike[str], inks: Ink | Iterable[Ink], format: str = "auto") -> None:
    """Write one ink or several; the file appears whole or not at all.

    format: one of `WRITERS`, or `auto` to go by the suffix of the file. InkML and npz keep all that ink has, ndjson
    (as Quick, Draw! has it) no pressures and no spans, SVG the geometry alone. InkML and SVG hold one ink. Raises
    `ConfigError` for a format or suffix that is unknown, `InkError` for ink that the format cannot hold, `OutputError`
    when the file cannot be written.
    """
    place = Path(path)
    chosen = place.suffix.lower().removeprefix(".") if format == "auto" else format
    chosen = "ndjson" if chosen == "quickdraw" else chosen  # the reader's name for it
    if chosen not in WRITERS:
        field, value = ("path", str(path)) if format == "auto" else ("format", format)
        raise ConfigError(field, value, f"tells no format that can be written; {did_you_mean(chosen, WRITERS)}")
    given = [inks] if isinstance(inks, Ink) else list(inks)
    for each in given:
        if not isinstance(each, Ink):
            raise ConfigError("inks", each, "must be Ink")
    try:
        importlib.import_module(f"synthink.ink.files.{WRITERS[chosen]}").write(place, given)
    except OSError as error:
        raise OutputError(f"{place}: cannot be written: {error.strerror or error}") from None
