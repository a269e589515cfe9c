"""The oracle of circled letters: silent on true rows, loud on every kind of fault that is put into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

import synthink
from synthink.dataset import RowDataset
from synthink.verify.circled_letters import CircledLettersOracle

Row = dict[str, Any]
Fault = Callable[[RowDataset, int, Row], "Row | None"]
"""A faulty copy of a row, or None where the row has no room for the fault."""


def side(index: int) -> int:
    return 1 if index % 2 else -1


def neighbour(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The letter beside the marked one, where it is another letter."""
    other = row["letter_index"] + side(index)
    if not 0 <= other < len(row["word"]):
        other = row["letter_index"] - side(index)
    if not 0 <= other < len(row["word"]) or row["word"][other] == row["suffix"]:
        return None
    return {**row, "letter_index": other, "suffix": row["word"][other]}


def twin(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The same letter at another place of the word: only the index is wrong."""
    places = [k for k, char in enumerate(row["word"]) if char == row["suffix"] and k != row["letter_index"]]
    return {**row, "letter_index": places[0]} if places else None


def shifted(column: str, share: float) -> Fault:
    """A box moved along the line by a share of its own width."""

    def fault(rows: RowDataset, index: int, row: Row) -> Row:
        left, top, right, bottom = row[column]
        step = side(index) * share * (right - left)
        return {**row, column: (left + step, top, right + step, bottom)}

    return fault


def other_word(rows: RowDataset, index: int, row: Row) -> Row | None:
    """Another word of the same length; the answer agrees with it."""
    for step in range(1, 60):
        word = rows[(index + step) % len(rows)]["word"]
        if len(word) == len(row["word"]) and word != row["word"]:
            return {**row, "word": word, "suffix": word[row["letter_index"]]}
    return None


def shuffled(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The answer of the next row."""
    suffix = rows[(index + 1) % len(rows)]["suffix"]
    return {**row, "suffix": suffix} if suffix != row["suffix"] else None


def blank(rows: RowDataset, index: int, row: Row) -> Row:
    return {**row, "image": Image.new("RGB", row["image"].size, row["image"].getpixel((0, 0)))}


def unmarked(rows: RowDataset, index: int, row: Row) -> Row:
    return {**row, "image": rows.control(index)["image"]}


def moved(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The mark's pixels half a letter to one side; the labels stay."""
    bare, drawn = np.array(rows.control(index)["image"]), np.array(row["image"])
    ys, xs = np.nonzero((bare != drawn).any(axis=2))
    step = max(1, round((row["letter_box"][2] - row["letter_box"][0]) / 2)) * side(index)
    if xs.min() + step < 0 or xs.max() + step >= drawn.shape[1]:
        step = -step
    if xs.min() + step < 0 or xs.max() + step >= drawn.shape[1]:
        return None
    bare[ys, xs + step] = drawn[ys, xs]
    return {**row, "image": Image.fromarray(bare)}


FAULTS: dict[str, Fault] = {
    "neighbour": neighbour,
    "twin": twin,
    "letter_box by half": shifted("letter_box", 0.5),
    "letter_box by a quarter": shifted("letter_box", 0.25),
    "mark_box by half": shifted("mark_box", 0.5),
    "mark_box by a tenth": shifted("mark_box", 0.1),
    "other word": other_word,
    "shuffled": shuffled,
    "blank": blank,
    "unmarked": unmarked,
    "moved": moved,
}


def faulty(rows: RowDataset, fault: str, count: int, start: int = 0) -> Iterator[Row]:
    """`count` rows with the fault, from row `start` on."""
    made = 0
    for index in range(start, len(rows)):
        row = FAULTS[fault](rows, index, rows[index])
        if row is not None:
            yield row
            made += 1
            if made == count:
                return


def verdicts(oracle: CircledLettersOracle, rows: Iterator[Row]) -> tuple[Counter[str], list[str]]:
    """How often each verdict fell, and why it was not the commonest one."""
    findings = [(oracle.check(row), row) for row in rows]
    counts = Counter(finding.verdict for finding, _ in findings)
    odd = [f"{row['id']} {finding}" for finding, row in findings if finding.verdict != counts.most_common(1)[0][0]]
    return counts, odd
