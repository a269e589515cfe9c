"""What the tables of a report hold: scores by group, classes that were mixed up, wrong answers, what was forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from synthink.evaluate.intervals import Interval
from synthink.evaluate.report.data import Forgetting
from synthink.evaluate.summary import Wrong
from synthink.labels.metrics import NONE

VALUES = 40  # of a column that are listed
TALL = 12  # values from which on a table is set in two columns
CLASSES = 30  # of a confusion matrix, before the rest is put together
OTHERS = "other classes"
ONCE = 6  # wrong answers that are listed where each was given once
MOST_ROWS = 200  # of any other table
LEADING = ("task", "class", "font", "font_family", "variant")  # groups that are shown first, and without a click

Groups = Mapping[str, Mapping[str, Interval]]
"""A column's value -> score -> mean."""


class GroupTable(NamedTuple):
    """The scores for each value of a column, the worst first, in one part or two that stand side by side."""

    column: str
    parts: list[list[tuple[str, Interval]]]
    size: int
    """The number of values, of which at most `VALUES` are in the parts."""

    @property
    def is_tall(self) -> bool:
        """Whether it is set in two columns."""
        return self.size > TALL


class Cell(NamedTuple):
    """The number of rows of a class that were answered with a class, and their share of the first one's rows."""

    truth: str
    answer: str
    rows: int
    share: float


def groups(by_column: Mapping[str, Groups]) -> Iterator[tuple[str, Groups]]:
    """The columns worth a table: with several values, and none that only repeats an earlier one under another name."""
    first = [name for name in LEADING if name in by_column]
    listed: list[list[Mapping[str, Interval]]] = []
    for column in dict.fromkeys([*first, *by_column]):
        parts = list(by_column[column].values())
        if len(parts) > 1 and parts not in listed:
            listed.append(parts)
            yield column, by_column[column]


def group_table(column: str, values: Groups, score: str) -> GroupTable:
    """A column's values by one score."""
    ranked = sorted(
        ((name, scores[score]) for name, scores in values.items() if score in scores), key=lambda pair: pair[1].mean
    )
    rows = ranked[:VALUES]
    size = len(rows) if len(ranked) <= TALL else -(-len(rows) // 2)
    parts = [rows[start : start + size] for start in range(0, len(rows), size or 1)]
    return GroupTable(column, parts, len(ranked))


def square(
    confusion: Mapping[str, Mapping[str, int]], most: int = CLASSES
) -> tuple[list[str], list[str], dict[tuple[str, str], int]]:
    """Classes down, classes across with `<none>` last, and the counts; the rarest are put together."""
    sizes = {truth: sum(row.values()) for truth, row in confusion.items()}
    for row in confusion.values():
        for answer in row:
            sizes.setdefault(answer, 0)
    ranked = sorted((name for name in sizes if name != NONE), key=lambda name: -sizes[name])
    listed = set(ranked[:most])
    cells: dict[tuple[str, str], int] = {}
    for truth, row in confusion.items():
        for answer, count in row.items():
            pair = (truth if truth in listed else OTHERS, answer if answer in listed or answer == NONE else OTHERS)
            cells[pair] = cells.get(pair, 0) + count
    across = [*sorted(listed), *([OTHERS] if len(ranked) > most else []), NONE]
    down = [name for name in across if any(pair[0] == name for pair in cells)]
    return down, across, cells


def matrix(confusion: Mapping[str, Mapping[str, int]]) -> tuple[list[str], list[tuple[str, list[Cell], int]]]:
    """The classes across, and for each class down its cells and its number of rows."""
    down, across, counts = square(confusion)
    rows = []
    for truth in down:
        total = sum(count for pair, count in counts.items() if pair[0] == truth)
        cells = [
            Cell(truth, answer, counts.get((truth, answer), 0), counts.get((truth, answer), 0) / total)
            for answer in across
        ]
        rows.append((truth, cells, total))
    return across, rows


def commonest(answers: Sequence[Wrong]) -> Sequence[Wrong]:
    """The commonest wrong answers; a few where each was given once, since they are only those that come first."""
    return answers if any(wrong.rows > 1 for wrong in answers) else answers[:ONCE]


def change(forgetting: Forgetting) -> str:
    """`good` or `bad` where a change is beyond both intervals, else nothing."""
    before, after = forgetting.before, forgetting.after
    return "bad" if after.high < before.low else "good" if after.low > before.high else ""
