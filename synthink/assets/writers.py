"""Who writes: writers drawn once, each in one split, with a hand, a slant, a tempo and a pen of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar

from synthink.core.assets import AssetSet, AssetSpec
from synthink.errors import ConfigError, did_you_mean, quoted
from synthink.ink.handwriting.letters import repertoire
from synthink.ink.handwriting.pen_font import pen_font, pen_font_names
from synthink.ink.handwriting.writer import WRITER_MODEL, Writer
from synthink.settings import Between
from synthink.streams import Stream


class Writers(AssetSpec["WriterPool"]):
    """The writers who write a dataset's texts.

    A writer's name (`w00042`) and the pen fonts to choose from decide how the writer writes.
    """

    shorthand = "count"

    count: Annotated[int, Between(1, 99_999)] = 1000
    """The number of writers of all splits together."""
    hands: tuple[str, ...] = ()
    """The names of the pen fonts that a writer's hand is chosen from; an empty list allows all of synthink's."""

    def check(self) -> None:
        for i, name in enumerate(self.hands):
            if name not in pen_font_names():
                raise ConfigError(f"hands[{i}]", name, f"is no hand; {did_you_mean(name, pen_font_names())}")

    def outside(self) -> list[str]:
        return []

    def open(self) -> WriterSet:
        """The writers' names; each is drawn when it is first asked for."""
        return WriterSet(self.count, self.hands or pen_font_names())


class WriterSet(AssetSet["WriterPool"]):
    """The writers of all splits together."""

    kind: ClassVar[str] = "writers"

    def __init__(self, count: int, hands: tuple[str, ...]) -> None:
        self.count, self.hands = count, hands

    def groups(self) -> list[str] | None:
        """The names of all writers."""
        return [f"w{number:05}" for number in range(self.count)]

    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> WriterPool:
        """The writers of one split."""
        return WriterPool(tuple(sorted(groups if groups is not None else self.groups() or ())), self.hands)

    def warm_up(self) -> None:
        for hand in self.hands:
            repertoire(pen_font(hand))

    def record(self) -> dict[str, Any]:
        parts = [str(WRITER_MODEL), str(self.count), *(f"{name} {_digest(name)}" for name in self.hands)]
        return {
            "fingerprint": hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest(),
            "source": "synthetic",
            "count": self.count,
            "hands": list(self.hands),
            "licences": ["Apache-2.0"],
        }


class WriterPool:
    """The writers of one split."""

    def __init__(self, names: tuple[str, ...], hands: tuple[str, ...]) -> None:
        if not names:
            raise ConfigError(
                "count", 0, "this split owns no writers; give it a larger share, or set share_across_splits"
            )
        self.names, self.hands = names, hands

    @property
    def characters(self) -> frozenset[str]:
        """The characters that every hand can write."""
        return frozenset.intersection(*(pen_font(name).characters for name in self.hands))

    def check_characters(self, field: str, characters: frozenset[str]) -> None:
        """Raise `ConfigError` naming the field whose texts hold characters that no hand writes."""
        missing = characters - self.characters
        if missing:
            listed = ", ".join(f"{quoted(char)} (U+{ord(char):04X})" for char in sorted(missing)[:10])
            raise ConfigError(field, None, f"no hand writes {listed}")

    def draw(self, stream: Stream) -> Writer:
        """One of the writers."""
        return _writer(stream.choice(self.names), self.hands)


@lru_cache(maxsize=20_000)
def _writer(name: str, hands: tuple[str, ...]) -> Writer:
    """A writer is the same in every dataset, whatever its seed."""
    return Writer.named(name, hands)


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((files("synthink.fonts") / f"{name}.svg").read_bytes()).hexdigest()
