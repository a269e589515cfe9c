"""Real ink: every file of a folder that a reader knows, its writers kept apart by split."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from synthink.core.assets import AssetSet, AssetSpec
from synthink.core.clean_text import LOST, clean_text
from synthink.core.left_out import LeftOut
from synthink.errors import ConfigError
from synthink.ink.model import Ink
from synthink.ink.reading import InkReader, read_ink
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
        left_out = LeftOut()
        for ink in reader:
            label = "\n".join(clean_text(line).strip() for line in (ink.label or "").strip().splitlines())
            if not label:
                left_out.note("inks without a label")
            elif not label.replace("\n", "").isprintable():
                left_out.note("inks with control characters in the label")
            elif LOST in label:
                left_out.note("inks with letters in the label that are lost (U+FFFD)")
            elif len(ink.points) < 2:
                left_out.note("inks of fewer than two points")
            elif ink.metadata.get("skipped_strokes"):
                left_out.note("inks with strokes that cannot be read")  # their labels say more than they show
            else:
                spans = tuple(replace(span, label=clean_text(span.label)) for span in ink.spans)
                inks.append(Ink.packed(ink.points, ink.starts, spans, **{**ink.about, "label": label}))
                if len(inks) == self.most:
                    break
        left_out += pieces_left_out(reader)
        if not inks:
            reason = f"holds no ink that has a label ({left_out if left_out else 'no ink at all'})"
            raise ConfigError("source", self.source, reason)
        return InkSet(self, inks, left_out)


def pieces_left_out(reader: InkReader) -> LeftOut:
    """The pieces of ink that a reader has left out, by reason, and the files, by name, once it has been read."""
    pieces = {f"pieces of ink: {reason}": count for reason, count in reader.skipped.items()}
    return LeftOut(pieces, {name: f"pieces of ink: {reason}" for name, reason in reader.refused.items()})


class InkSet(AssetSet["InkPool"]):
    """The ink of all splits together."""

    kind: ClassVar[str] = "inks"

    def __init__(self, spec: Inks, inks: list[Ink], left_out: LeftOut) -> None:
        self.spec, self.inks, self._left_out = spec, inks, left_out

    @property
    def left_out(self) -> LeftOut:
        return self._left_out

    def groups(self) -> list[str] | None:
        """The writers; ink whose writer is not known is a group by form, or by itself."""
        return sorted({writer_of(ink) for ink in self.inks})

    @property
    def languages(self) -> frozenset[str] | None:
        return None

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
