"""Real ink: every file of a folder that a reader knows, its writers kept apart by split."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

from synthink.core.assets import AssetSet, AssetSpec
from synthink.errors import ConfigError
from synthink.ink.model import Ink
from synthink.ink.reading import read_ink
from synthink.settings import Between
from synthink.streams import Stream

MOST_TRIES = 1000  # inks drawn before all are looked through


class Inks(AssetSpec["InkPool"]):
    """Real ink that is shown instead of synthetic handwriting."""

    shorthand = "source"

    source: str = ""
    """The file, folder or glob that `synthink.read_ink` reads. Empty stands for no real ink."""
    format: str = "auto"
    """The name of an ink format, or `auto` to recognise each file by its content."""
    strict: bool = True
    """Whether a damaged file is refused; otherwise what is damaged is left out and counted in the manifest."""
    most: Annotated[int, Between(1)] = 100_000
    """The most inks that are read, since all of them are held in memory."""

    @property
    def is_used(self) -> bool:
        """Whether there is real ink to open."""
        return bool(self.source)

    def outside(self) -> list[str]:
        return [self.source]

    def open(self) -> InkSet:
        """Read all of it. Raises `InkError` naming the file that cannot be read."""
        reader = read_ink(self.source, self.format, strict=self.strict)
        inks: list[Ink] = []
        dropped = Counter[str]()
        for ink in reader:
            label = "\n".join(line.strip() for line in (ink.label or "").strip().splitlines())
            if not label:
                dropped["no label"] += 1
            elif not label.replace("\n", "").isprintable():
                dropped["control characters in the label"] += 1
            elif len(ink.points) < 2:
                dropped["fewer than two points"] += 1
            else:
                inks.append(Ink.packed(ink.points, ink.starts, ink.spans, **{**ink.about, "label": label}))
                if len(inks) == self.most:
                    break
        dropped.update(reader.skipped)
        if not inks:
            counts = ", ".join(f"{count:,} with {reason}" for reason, count in dropped.items())
            raise ConfigError("source", self.source, f"holds no ink that has a label ({counts or 'no ink at all'})")
        return InkSet(self, inks, dropped)


class InkSet(AssetSet["InkPool"]):
    """The ink of all splits together."""

    kind: ClassVar[str] = "inks"

    def __init__(self, spec: Inks, inks: list[Ink], dropped: Counter[str]) -> None:
        self.spec, self.inks, self.dropped = spec, inks, dropped

    def groups(self) -> list[str] | None:
        """The writers; ink whose writer is not known is a group by form, or by itself."""
        return sorted({writer_of(ink) for ink in self.inks})

    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> InkPool:
        """The inks that one split draws from."""
        return InkPool(tuple(ink for ink in self.inks if groups is None or writer_of(ink) in groups))

    def record(self) -> dict[str, Any]:
        digest = hashlib.sha256()
        for ink in self.inks:
            digest.update(ink.points.tobytes() + ink.starts.astype("<i8").tobytes())
            digest.update(repr((ink.label, writer_of(ink), ink.spans)).encode("utf-8", "surrogatepass"))
        return {
            "fingerprint": digest.hexdigest(),
            "source": self.spec.source,
            "count": len(self.inks),
            "writers": len(self.groups() or ()),
            "dropped": dict(self.dropped),
            "licences": ["unknown"],
        }


class InkPool:
    """The ink of one split."""

    def __init__(self, inks: tuple[Ink, ...]) -> None:
        if not inks:
            raise ConfigError(
                "source", "", "this split owns no ink; give it a larger share, or set share_across_splits"
            )
        self.inks = inks

    def draw(self, stream: Stream, accept: Callable[[Ink], bool] | None = None) -> Ink:
        """One ink with a label, and one for which `accept` holds where that is given.

        Raises `ConfigError` when the split owns no such ink.
        """
        if accept is None:
            return stream.choice(self.inks)
        for _ in range(MOST_TRIES):
            ink = stream.choice(self.inks)
            if accept(ink):
                return ink
        accepted = [ink for ink in self.inks if accept(ink)]
        if not accepted:
            raise ConfigError("source", "", "this split owns no ink that can be used; give it a larger share")
        return stream.choice(accepted)


def writer_of(ink: Ink) -> str:
    """The writer of an ink, as far as the ink tells."""
    return ink.writer or str(ink.metadata.get("form") or ink.source or "unknown")
