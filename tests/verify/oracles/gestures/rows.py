"""Rows of gestures for the oracle's tests, true ones and such with faults, and how it judges them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

import synthink
from synthink.core.row_dataset import RowDataset
from synthink.verify.oracles.gestures.oracle import GesturesOracle
from tests.verify.oracles.gestures.faults import FAULTS
from tests.verify.oracles.judging import Row, verdicts, with_fault

COUNT = 24  # documents, so that few pages are set in the everyday tests

TASKS = {"recognise_gesture": 5.0, "detect_text": 1.0, "transcribe": 1.0, "edited_text": 1.0}


def faulty(rows: RowDataset, fault: str, count: int, start: int = 0) -> Iterator[Row]:
    """`count` rows with the fault, from row `start` on."""
    return with_fault(FAULTS[fault], rows, count, start)


def judged(
    oracle: GesturesOracle, rows: Iterable[Row], drawn: RowDataset | None = None
) -> tuple[Counter[str], list[str]]:
    """How often each verdict fell, and the rows that were not found right; `drawn` gives the rows' controls."""
    return verdicts(oracle, rows, lambda row: f"{row['task']} {row['gesture']}.{row['variant']} {row['text']!r}", drawn)


class CachedRows(RowDataset):
    """Rows of which the latest are drawn once only."""

    @lru_cache(maxsize=400)  # noqa: B019
    def __getitem__(self, index: int) -> Row:  # type: ignore[override]
        return super().__getitem__(index)


def gesture_rows(
    size: int = 10_000, seed: int = 0, tasks: dict[str, float] = TASKS, documents: int = COUNT, **fields: Any
) -> RowDataset:
    weights = {**dict.fromkeys(TASKS, 0.0), **tasks}
    return synthink.dataset("gestures", size=size, seed=seed, tasks=weights, documents={"count": documents}, **fields)


@cache
def rows_of(tasks: tuple[str, ...], classes: tuple[str, ...], documents: int = COUNT) -> RowDataset:
    """Rows of some of the tasks and classes."""
    shares = {task: TASKS[task] for task in tasks or TASKS}
    rows = gesture_rows(size=40_000, tasks=shares, gestures=dict.fromkeys(classes, 1.0), documents=documents)
    return CachedRows(rows.source, rows.split, rows.indices)


def with_room_for(fault: str, documents: int = COUNT) -> RowDataset:
    """Rows of which many have room for the fault."""
    return rows_of(*ROOM.get(fault, ((), ())), documents)


_WRITING = ("insert", "question", "instruct_text", "instruct_image")

_OF_WORDS = ("select", "underline", "question", "instruct_text")

ROOM: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "another class of words": (("recognise_gesture",), _OF_WORDS[:2]),
    "target a word on": (("recognise_gesture",), _OF_WORDS),
    "target with one word more": (("recognise_gesture",), _OF_WORDS),
    "target on another line": (("recognise_gesture",), _OF_WORDS),
    "another gap": (("recognise_gesture",), ("insert",)),
    "longer or shorter text": (("recognise_gesture",), _WRITING),
    "text of about its length": (("recognise_gesture",), _WRITING),
    "another end": (("recognise_gesture",), ("point",)),
    "another crop": (("recognise_gesture",), ("crop",)),
    "other words asked for": (("detect_text",), ()),
    "another paragraph": (("edited_text",), ()),
}
