"""The files of golden rows: reading and writing them, and what differs between them and rows that are drawn now."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from tests.golden.rows import DrawnCase, Record, Splits, changed_columns

FOLDER = Path(__file__).parent
COMMAND = "python -m tests.golden"
ROW_LIBRARIES = (
    *("numpy", "pillow", "freetype-py", "svgpathtools"),
    *("pypdfium2", "reportlab", "pymupdf-fonts"),
)
"""What rows may depend on besides synthink: named when they differ, in case another release is the reason."""
LEVELS = 5
"""Dicts inside each other that stand on lines of their own: file, cases, case, split, row."""


@dataclass(frozen=True)
class GoldenFile:
    """The rows of one generator's cases."""

    generator: str
    versions: dict[str, int]
    """Of the generator and, of a mixture, of those that its parts name."""
    libraries: dict[str, str] = field(default_factory=dict)
    """With which all rows were last drawn or compared."""
    cases: dict[str, Splits] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """One thing in which a file differs from what is drawn now.

    kind: `changed` under the same version, which is a fault; `outdated` under another version; `new` rows that the file
    lacks; `left over` rows that are not drawn any more.
    """

    kind: Literal["changed", "outdated", "new", "left over"]
    generator: str
    case: str
    what: str
    split: str = ""
    index: str = ""
    column: str = ""

    def __str__(self) -> str:
        row = f", split {self.split}, row {self.index}" if self.split else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.generator}, case {self.case!r}{row}{column}: {self.what}"


def golden_path(folder: Path, generator: str) -> Path:
    """Where a generator's rows are kept."""
    return folder / f"{generator}.json"


def read_golden(folder: Path, generator: str) -> GoldenFile | None:
    """A generator's file, None where there is none yet."""
    path = golden_path(folder, generator)
    return GoldenFile(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def golden_text(golden: GoldenFile) -> str:
    """The text of a file, one line a value."""
    return json_lines(vars(golden), LEVELS)


def json_lines(value: Any, levels: int) -> str:
    """JSON in which the entries of the outer `levels` dicts stand on lines of their own."""
    return f"{_indented(value, levels, 1)}\n"


def _indented(value: Any, levels: int, indent: int) -> str:
    if not levels or not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    inner = (f"{_quoted(key)}: {_indented(item, levels - 1, indent + 1)}" for key, item in value.items())
    return "{\n" + ",\n".join(" " * indent + line for line in inner) + "\n" + " " * (indent - 1) + "}"


def _quoted(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def installed_versions(libraries: Iterable[str]) -> dict[str, str]:
    """Library -> the version that is installed, and the processor's architecture."""
    return {**{name: version(name) for name in libraries}, "machine": platform.machine()}


def other_versions(libraries: Mapping[str, str]) -> str:
    """Which of the libraries that a file was written with are other ones here; empty where none is."""
    here = installed_versions(name for name in libraries if name != "machine")
    others = [f"{name} {there} (here {here[name]})" for name, there in libraries.items() if here[name] != there]
    return f"the file was written with {', '.join(others)}" if others else ""


def case_differences(kept: GoldenFile | None, generator: str, case: str, drawn: DrawnCase) -> list[Difference]:
    """How a case that was drawn now differs from the file."""
    if kept is None or case not in kept.cases:
        return [Difference("new", generator, case, "is not in the file")]
    if raised := _raised(kept, drawn):
        return [Difference("outdated", generator, case, raised)]
    differences = []
    for split, index, old, new in _pairs(kept.cases[case], drawn.splits):
        if old is None or new is None:
            kind, what = ("new", "is not in the file") if old is None else ("left over", "is not drawn any more")
            differences.append(Difference(kind, generator, case, what, split, index))
        else:
            changes = changed_columns(old, new)
            differences += [
                Difference("changed", generator, case, what, split, index, column) for column, what in changes.items()
            ]
    return differences


def file_differences(kept: GoldenFile | None, generator: str, drawn: Mapping[str, DrawnCase]) -> list[Difference]:
    """How all cases of a generator differ from its file."""
    differences = [each for case in drawn for each in case_differences(kept, generator, case, drawn[case])]
    gone = [case for case in kept.cases if case not in drawn] if kept else []
    return differences + [Difference("left over", generator, case, "is no case any more") for case in gone]


def renewed(kept: GoldenFile | None, generator: str, drawn: Mapping[str, DrawnCase]) -> GoldenFile:
    """The file with all rows that were drawn. A row that is still the same stays as it is, so that thumbnails do not
    creep, each time by less than the tolerance."""
    cases: dict[str, Splits] = {}
    numbers: dict[str, int] = {}
    for name, case in drawn.items():
        numbers |= case.versions
        old = kept.cases.get(name, {}) if kept and not _raised(kept, case) else {}
        cases[name] = {
            split: {index: _same_or_new(old.get(split, {}).get(index), row) for index, row in rows.items()}
            for split, rows in case.splits.items()
        }
    return GoldenFile(generator, numbers, installed_versions(ROW_LIBRARIES), cases)


def advice(differences: Sequence[Difference]) -> str:
    """What to do about them."""
    if any(each.kind == "changed" for each in differences):
        return f"undo the change, or raise the generator's `version` and run: {COMMAND}"
    return f"run: {COMMAND}"


def _same_or_new(old: Record | None, new: Record) -> Record:
    return new if old is None or changed_columns(old, new) else old


def _raised(kept: GoldenFile, drawn: DrawnCase) -> str:
    """Which versions are other ones than the file's; empty where none is."""
    changes = [
        f"the version of {name} was {kept.versions.get(name)}, is {number}"
        for name, number in drawn.versions.items()
        if kept.versions.get(name) != number
    ]
    return "; ".join(changes)


def _pairs(old: Splits, new: Splits) -> list[tuple[str, str, Record | None, Record | None]]:
    """Split, index, and the row of either side, for all rows that one of them has."""
    pairs = []
    for split in [*old, *(split for split in new if split not in old)]:
        before, after = old.get(split, {}), new.get(split, {})
        indices = [*before, *(index for index in after if index not in before)]
        pairs += [(split, index, before.get(index), after.get(index)) for index in indices]
    return pairs
