"""How well somebody does who cannot see the signal: a held-out score has to be clearly above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from synthink.core.sample import Sample
from synthink.evaluate.named_metrics import Scorer, metric_named
from synthink.evaluate.scoring import Row

CANDIDATES = 100  # training answers tried as the answer to everything
TRIED_ROWS = 400  # held-out rows of a task on which they are tried


@dataclass(frozen=True)
class Chance:
    """The score 0..1 of somebody who guesses, and a phrase that says where it comes from."""

    value: float
    source: str

    def plain(self) -> dict[str, Any]:
        """The chance as JSON types."""
        return asdict(self)


def chance_level(
    rows: Iterable[Row], by: Scorer | str, training: Iterable[tuple[str, str]] = (), score: str = "correct"
) -> Chance:
    """The chance of a score on held-out rows.

    training: task and suffix of training rows. A task whose generator knows the chance of every row has their mean;
    of the others it is the score of the best training answer given to every row: chosen on one half of the rows and
    scored on the other, both ways, so that luck in the choice does not count. 0 where neither is known.
    """
    tasks: dict[str, list[Row]] = {}
    for row in rows:
        tasks.setdefault(row.get("task") or "", []).append({**row, "task": row.get("task") or ""})
    if not tasks:
        raise ValueError("no rows to find the chance of")
    suffixes: dict[str, Counter[str]] = {}
    for task, suffix in training:
        suffixes.setdefault(task, Counter())[suffix] += 1
    every_suffix = [row["suffix"] for task_rows in tasks.values() for row in task_rows]
    scorer = metric_named(by, every_suffix) if isinstance(by, str) else by
    total, sources = 0.0, set()
    for task, task_rows in tasks.items():
        chances = [scorer.chance(Sample.from_row(row)) for row in task_rows] if score == "correct" else [None]
        if None not in chances:
            total += sum(chance for chance in chances if chance is not None)
            sources.add("the best guess without the signal, by the generator")
        elif task in suffixes:
            total += len(task_rows) * _best_constant(task_rows, scorer, suffixes[task], score)
            sources.add("the best training answer given to every row")
        else:
            sources.add("nothing known about guessing")
    return Chance(total / len(every_suffix), "; ".join(sorted(sources)))


def _best_constant(rows: Sequence[Row], scorer: Scorer, suffixes: Counter[str], score: str) -> float:
    """The score of the best answer that is given to every row."""
    samples = [Sample.from_row(row) for row in rows[:: -(-len(rows) // TRIED_ROWS)]]
    candidates = _candidates(samples[0], scorer, suffixes)
    # Where a score is missing, the answer has none of it.
    table = [[scorer.score(sample, answer).get(score, 0.0) for sample in samples] for answer in candidates]
    halves = [[(sum(row[half::2]), len(row[half::2])) for row in table] for half in (0, 1)]
    if not halves[1][0][1]:
        return max(total for total, _ in halves[0])
    best = [max(range(len(table)), key=lambda i: halves[half][i][0]) for half in (0, 1)]
    return (halves[1][best[0]][0] + halves[0][best[1]][0]) / len(samples)


def _candidates(sample: Sample, scorer: Scorer, suffixes: Counter[str]) -> list[str]:
    """The commonest training answers, one of each class among them."""
    first: dict[str, str] = {}
    ranked = sorted(suffixes, key=lambda suffix: (-suffixes[suffix], suffix))
    for suffix in ranked[: 20 * CANDIDATES]:
        answer_class = scorer.answer_class(sample, suffix)
        if answer_class is not None:
            first.setdefault(answer_class, suffix)
    return list(dict.fromkeys([*first.values(), *ranked]))[:CANDIDATES]


def task_and_suffix(row: Mapping[str, Any]) -> tuple[str, str]:
    """Task and suffix of a training row, as `chance_level` takes them."""
    return row.get("task") or "", row["suffix"]
