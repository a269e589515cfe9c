"""One file read by one format, without the search for its format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthink.ink.files.base import InkFileFormat, Limits, Reading
from synthink.ink.model import Ink


def read(
    format: type[InkFileFormat], path: Path, strict: bool = True, limits: Limits | None = None, **options: Any
) -> list[Ink]:
    """The inks of the file; `options` are the format's fields."""
    return list(format(**options).read(path, Reading(path.name, strict, limits or Limits())))
