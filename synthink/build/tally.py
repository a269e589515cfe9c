"""Counts of a dataset's rows for its card: tasks, classes, answers, how far a guess gets, and what makes rows hard; a
few hundred numbers a shard, however many rows it has."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from synthink.camera.camera import Camera
from synthink.core.columns import stored
from synthink.core.generator import Generator
from synthink.core.sample import Sample
from synthink.draw.geometry import Box
from synthink.errors import SynthinkError, shortened

MOST_VALUES = 100
"""The most different values of a column, or answers to a task, that are counted apart; with more, none are."""
LONGEST_VALUE = 40
MILLION = 1_000_000
TASK, PART, ANSWERS, CHANCE, SPREAD = "task", "part", "answers to ", "chance of ", "spread of "
"""The names of counts besides those of a generator's `balance_columns`."""
CAMERA, NO_CAMERA = "pictures by camera", "none"
"""The name of the counts of rows by the preset of their camera, and the value where there is none."""
ANSWER = "the answer"
"""The name of the spread of answers' lengths; others have those of columns."""
MOST_SIZES = 1000
"""The most different sizes of which a spread is counted; sizes are rounded to two digits."""


class Tally:
    """Counts of values by name. Adding up those of shards, in any order, gives the counts of all their rows."""

    def __init__(self, counts: Mapping[str, Mapping[str, int]] | None = None) -> None:
        self.counts: dict[str, Counter[str] | None] = {
            name: Counter(values) if values else None for name, values in (counts or {}).items()
        }
        """Name -> value -> number of rows; None where there are too many values. Under `CHANCE` and a task stands the
        sum of its rows' chances, in millionths, and the number of these rows."""

    def add(self, row: Mapping[str, Any], generator: Generator) -> None:
        """Count a row, drawn or read back, of a dataset that `generator` draws."""
        author = generator.drawn_by(row)
        task = str(row["task"])
        self._count(TASK, task)
        if author is not generator:
            self._count(PART, str(row.get("part")))
        for column in author.balance_columns:
            if column != TASK and row.get(column) is not None:
                self._count(column, str(row[column]))
        for column, value in ((ANSWER, row["suffix"]), *((name, row.get(name)) for name in author.difficulty_columns)):
            size = size_of(value, author.columns.get(column, str))
            if size is not None:
                self._count(f"{SPREAD}{column}", f"{size:.2g}")
        self._count(CAMERA, camera_name(getattr(author, "camera", None)))
        sample = Sample.from_row(row)
        try:
            answer = author.answer_class(sample, sample.suffix)
            chance = author.chance(sample)
        except (SynthinkError, LookupError, TypeError, ValueError):  # a format has no room for a column that it takes
            answer, chance = None, None
        self._count(f"{ANSWERS}{task}", str(row.get("answer") or row["suffix"]) if answer is None else answer)
        if chance is not None:
            values = self.counts.setdefault(f"{CHANCE}{task}", Counter())
            assert values is not None
            values["sum"] += round(chance * MILLION)
            values["rows"] += 1

    def _count(self, name: str, value: str, rows: int = 1) -> None:
        values = self.counts.setdefault(name, Counter())
        if values is None:
            return
        values[value] += rows
        most = MOST_SIZES if name.startswith(SPREAD) else MOST_VALUES
        if len(values) > most or len(value) > LONGEST_VALUE:
            self.counts[name] = None

    def merge(self, other: Tally) -> None:
        """Add the counts of other rows."""
        for name, values in other.counts.items():
            if values is None:
                self.counts[name] = None
            for value, rows in (values or {}).items():
                self._count(name, value, rows)

    def chance(self, task: str) -> float | None:
        """The share of a task's rows that the best guess without the signal gets right; None where it is not known."""
        values = self.counts.get(f"{CHANCE}{task}")
        return values["sum"] / values["rows"] / MILLION if values else None

    def spread(self, name: str) -> list[tuple[float, int]]:
        """Sizes of a column's values, or of `ANSWER`, in order, each with the number of its rows; none where they are
        not known."""
        values: Mapping[str, int] = self.counts.get(f"{SPREAD}{name}") or {}
        return sorted((float(size), rows) for size, rows in values.items())

    def text(self) -> str:
        """The counts as one text, the same whatever the order of the rows."""
        return json.dumps({name: self.counts[name] for name in sorted(self.counts)}, sort_keys=True, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Tally:
        """The counts that `text` gave. Raises `ValueError` for any other text."""
        counts = json.loads(text)
        columns = [values for values in counts.values() if values is not None] if isinstance(counts, dict) else [None]
        if not all(isinstance(values, dict) and values and _are_counts(values) for values in columns):
            raise ValueError(f"no counts: {shortened(text)}")
        tally = cls(counts)
        for name in counts:
            tally.spread(name.removeprefix(SPREAD))  # `float` raises ValueError
        return tally


def camera_name(camera: object) -> str:
    """The preset of a generator's camera; `NO_CAMERA` where it has none that changes pictures."""
    if not isinstance(camera, Camera) or camera.is_off:
        return NO_CAMERA
    return "of its own" if camera.preset == NO_CAMERA else camera.preset


def size_of(value: Any, kind: Any) -> float | None:
    """The size of a column's value: of boxes the shorter side of the smallest, of a number its distance from zero, of
    texts and other lists their length; None where there is none. kind: the column's type."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return abs(float(value))
    kind = stored(kind)
    if kind in (Box, list[Box]):
        boxes = [value] if kind is Box else value
        return min((min(box[2] - box[0], box[3] - box[1]) for box in boxes), default=None)
    return float(len(value)) if isinstance(value, str | list) else None


def _are_counts(values: Mapping[str, object]) -> bool:
    return all(type(rows) is int and rows >= 0 for rows in values.values())
