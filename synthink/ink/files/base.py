"""What every reader of ink files is handed: the file's name, how strict to be, and the bounds that hold for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NoReturn

from synthink.ink.model import InkError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file; a reader raises `InkError` beyond them. `depth` is of XML elements and JSON."""

    bytes: int = 512 * 2**20
    unpacked_bytes: int = 2 * 2**30
    points: int = 50_000_000
    strokes: int = 5_000_000
    depth: int = 100


@dataclass(slots=True)
class Reading:
    """One file that is being read.

    skipped: reason -> number of strokes or inks that were left out because `strict` is False.
    """

    file: str
    strict: bool = True
    limits: Limits = Limits()
    skipped: Counter[str] = field(default_factory=Counter)

    def fail(self, reason: str, element: str = "", offset: int | None = None) -> NoReturn:
        """The file as a whole cannot be read."""
        raise InkError(reason, self.file, element, offset)

    def skip(self, reason: str, element: str = "", offset: int | None = None) -> None:
        """One stroke (or one ink of many) is bad: an error when strict, else counted; the caller leaves it out."""
        if self.strict:
            self.fail(reason, element, offset)
        self.skipped[reason] += 1
