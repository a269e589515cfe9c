"""Ways to tamper with a dataset folder, each with the check of `verify` that must find it.

Whoever does this knows how `verify` works: unless a case is about checksums, they are brought in line afterwards, the
manifest's digest of pictures included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.verify.folders import edit_rows
from tests.verify.tampering.inside import tables, texts
from tests.verify.tampering.rows import rows
from tests.verify.tampering.whole import FORMATS, REFUSED, cards, manifests, shards, strays

__all__ = ["FORMATS", "REFUSED", "Tampering", "every"]


@dataclass(frozen=True)
class Tampering:
    """What is done to a folder of one format, and the name of the check that must not pass, or `REFUSED`."""

    name: str
    form: str
    change: Callable[[Path], Any]
    check: str

    def __str__(self) -> str:
        return f"{self.form}: {self.name}"


def every() -> Iterator[Tampering]:
    """All cases: more than a hundred ways, those that fit a format for each format."""
    for name, change, check, *forms in [*shards(), *strays(), *cards(), *manifests(), *tables(), *texts()]:
        for form in forms or FORMATS:
            yield Tampering(name, form, change, check)
    for name, row_change, check, *forms in rows():
        for form in forms or FORMATS:
            yield Tampering(name, form, lambda folder, change=row_change: edit_rows(folder, change), check)
