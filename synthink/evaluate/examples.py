"""Examples for a prompt, chosen evenly over the classes of a training split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from synthink.core.sample import Sample
from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.rows import Rows
from synthink.streams import Stream, StreamKey

if TYPE_CHECKING:
    from synthink.core.generator import Generator

POOL = 2000  # rows among which examples are looked for; more would only take time


def pick_examples(
    rows: Rows, generator: Generator | None, count: int, seed: int, evaluated: Sequence[str] = ()
) -> list[Example]:
    """`count` examples of a training split, its classes in turn: the first n of them are those for n shots.

    generator: the one that drew the rows; its `answer_class` names a row's class, else suffix or task does. evaluated:
    names of the rows that will be asked about, which must not be these. Raises `ModelError` where rows are too few.
    """
    if rows.name in evaluated:
        raise ModelError(f"{rows.name}: examples must not come from the split that is evaluated")
    stream = StreamKey("few-shot", seed).stream(0, "examples")
    pool = stream.shuffled(range(len(rows)))[:POOL] if count else []
    classes = _classes({index: rows.row(index) for index in pool}, generator)
    chosen = list(islice(_in_turn(classes, stream), count))
    if len(chosen) < count:
        raise ModelError(f"{rows.name}: {count} examples asked for, {len(chosen)} rows have an answer")
    return [rows.example(index) for index in chosen]


def _classes(pool: Mapping[int, Mapping[str, Any]], generator: Generator | None) -> dict[str, list[int]]:
    """Class -> rows. Where a generator names none, the suffix is the class if it occurs again and again, else the task.

    Rows that answer nothing are left out: they would show nothing.
    """
    classes: dict[str, list[int]] = {}
    unnamed: dict[str, list[int]] = {}
    for index, row in pool.items():
        if row["suffix"].strip():
            named = generator.answer_class(Sample.from_row(row), row["suffix"]) if generator else None
            if named is None:
                unnamed.setdefault(row["task"], []).append(index)
            else:
                classes.setdefault(f"{row['task']} {named}", []).append(index)
    for task, indices in unnamed.items():
        by_suffix = 2 * len({pool[index]["suffix"] for index in indices}) <= len(indices)
        for index in indices:
            classes.setdefault(f"{task} {pool[index]['suffix']}" if by_suffix else task, []).append(index)
    return classes


def _in_turn(classes: Mapping[str, list[int]], stream: Stream) -> Iterator[int]:
    """Rows, one of each class in every round, as long as there are any; the order changes from round to round."""
    left = {name: list(indices) for name, indices in sorted(classes.items())}
    while left:
        for name in stream.shuffled(sorted(left)):
            yield left[name].pop(0)
        left = {name: indices for name, indices in left.items() if indices}
