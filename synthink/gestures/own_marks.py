"""Own ink as marks of gestures: every file of a folder that a reader knows, its writers kept apart by split.

The label of an ink, or else the name of the folder in which its file lies, is the class of gestures that it stands for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar

import numpy as np

from synthink.assets.inks import pieces_left_out, writer_of
from synthink.core.assets import AssetSet, AssetSpec
from synthink.core.left_out import LeftOut
from synthink.errors import ConfigError, did_you_mean, quoted
from synthink.gestures.fit_mark import OwnMarks
from synthink.gestures.kind import KINDS, load_kinds
from synthink.ink.model import Ink
from synthink.ink.reading import read_ink
from synthink.settings import Between

MOST_STROKES = 12  # of a mark
MOST_POINTS = 20_000  # of a mark
ARROWS = {"\\leftrightarrow": "point", "\\Leftrightarrow": "point"}
"""The labels of mathematical ink that stand for a class without being named: arrows with a head at both ends."""


class Marks(AssetSpec["MarkPool"]):
    """Own ink that is drawn as marks instead of the variants' sketches."""

    shorthand = "source"

    source: str = ""
    """The file, folder or glob that `synthink.read_ink` reads. Empty stands for no own ink."""
    format: str = "auto"
    """The name of an ink format, or `auto` to recognise each file by its content."""
    share: Annotated[float, Between(0, 1)] = 1.0
    """The share of gestures with own marks, in the classes that a split has some of; sketches are drawn for the others.
    What is written beside a mark is always drawn by one of `writers`."""
    classes: dict[str, str] = field(default_factory=dict)
    """Label of an ink, or name of its folder -> the class that it is a mark of, where that is not its name already.
    Both may name a variant, too: `underline.wavy` is an underline."""
    strict: bool = True
    """Whether a damaged file is refused; otherwise what is damaged is left out and counted in the manifest."""
    most: Annotated[int, Between(1)] = 100_000
    """The most marks that are read, since all of them are held in memory."""

    def check(self) -> None:
        if self.classes:
            load_kinds()
        for label, name in self.classes.items():
            if name not in KINDS:
                raise ConfigError(f"classes.{label}", name, f"is no gesture; {did_you_mean(name, KINDS)}")

    @property
    def is_used(self) -> bool:
        """Whether there is own ink to open."""
        return bool(self.source)

    def outside(self) -> list[str]:
        return [self.source]

    def open(self) -> MarkSet:
        """Read all of it. Raises `InkError` naming the file that cannot be read, `ConfigError` where none is a mark."""
        load_kinds()
        reader = read_ink(self.source, self.format, strict=self.strict)
        marks: list[tuple[str, Ink]] = []
        left_out = LeftOut()
        for ink in reader:
            name = self._class_of(ink, reader.file)
            if reason := _fault(ink, name):
                left_out.note(reason)
                continue
            marks.append((name, Ink.packed(ink.points, ink.starts, (), **{**ink.about, "metadata": _origin(ink)})))
            if len(marks) == self.most:
                break
        left_out += pieces_left_out(reader)
        if not marks:
            reason = (
                f"holds no mark of a gesture ({left_out if left_out else 'no ink at all'}); name its labels in classes"
            )
            raise ConfigError("source", self.source, reason)
        return MarkSet(self, marks, left_out)

    def _class_of(self, ink: Ink, file: str) -> str:
        """The class that an ink is a mark of; empty where neither its label nor its folder tells."""
        for text in (ink.label or "", PurePosixPath(file).parent.name):
            name = self.classes.get(text) or ARROWS.get(text) or _as_class(text)
            if name in KINDS:
                return name
        return ""


def _as_class(text: str) -> str:
    """A label as the name of a class: in lower case, with underscores, without a variant."""
    return re.sub(r"[\s-]+", "_", text.strip().casefold()).partition(".")[0]


def _fault(ink: Ink, name: str) -> str:
    """The reason why an ink is left out; empty for one that can be drawn."""
    if not name:
        return "inks whose labels name no class of gestures"
    if ink.metadata.get("skipped_strokes"):
        return "inks with strokes that cannot be read"
    if len(ink) > MOST_STROKES or len(ink.points) > MOST_POINTS:
        return f"inks of more than {MOST_STROKES} strokes or {MOST_POINTS:,} points"
    if len(ink.points) < 2 or not np.ptp(ink.points[:, :2], axis=0).any():
        return "inks that are a single point"
    return ""


def _origin(ink: Ink) -> dict[str, Any]:
    """What tells the writer of an ink whose writer is not known."""
    return {"form": ink.metadata["form"]} if ink.metadata.get("form") else {}


class MarkSet(AssetSet["MarkPool"]):
    """The own marks of all splits together."""

    kind: ClassVar[str] = "marks"

    def __init__(self, spec: Marks, marks: list[tuple[str, Ink]], left_out: LeftOut) -> None:
        self.spec, self.marks, self._left_out = spec, marks, left_out

    @property
    def left_out(self) -> LeftOut:
        return self._left_out

    def groups(self) -> list[str] | None:
        """The writers; ink whose writer is not known is a group by form, or by itself."""
        return sorted({writer_of(ink) for _, ink in self.marks})

    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> MarkPool:
        """The marks that one split draws from."""
        own = [(name, ink) for name, ink in self.marks if groups is None or writer_of(ink) in groups]
        names = dict.fromkeys(name for name, _ in own)
        return MarkPool({name: tuple(ink for other, ink in own if other == name) for name in names})

    def record(self) -> dict[str, Any]:
        digest = hashlib.sha256()
        for name, ink in self.marks:
            digest.update(ink.points.tobytes() + ink.starts.astype("<i8").tobytes())
            digest.update(repr((name, writer_of(ink))).encode("utf-8", "surrogatepass"))
        names = [name for name, _ in self.marks]
        return {
            "fingerprint": digest.hexdigest(),
            "source": self.spec.source,
            "count": len(self.marks),
            "writers": len(self.groups() or ()),
            "classes": {name: names.count(name) for name in sorted(set(names))},
            "licences": ["unknown"],
        }


class MarkPool:
    """The own marks of one split, by class."""

    def __init__(self, marks: Mapping[str, tuple[Ink, ...]]) -> None:
        self._marks = {name: OwnMarks(inks) for name, inks in marks.items()}

    def of(self, name: str) -> OwnMarks | None:
        """The marks of a class; None where the split has none."""
        return self._marks.get(name)

    def check_classes(self, names: list[str]) -> None:
        """Raise `ConfigError` where there is no mark of any of these classes."""
        if not any(name in self._marks for name in names):
            of = ", ".join(map(quoted, self._marks)) or "nothing"
            reason = f"this split owns marks of {of}, and draws {', '.join(names)}; give it a larger share, or set"
            raise ConfigError("source", "", f"{reason} share_across_splits")
