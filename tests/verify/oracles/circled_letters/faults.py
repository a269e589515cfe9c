"""Faults that are put into rows of circled letters, and the verdicts on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from PIL import Image

import synthink
from synthink.core.dataset import RowDataset
from synthink.verify.oracles.circled_letters.oracle import CircledLettersOracle
from tests.verify.oracles.judging import Fault, Row, verdicts, with_fault


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


def swapped(rows: RowDataset, index: int, row: Row) -> Row:
    """The picture of the next row."""
    return {**row, "image": rows[(index + 1) % len(rows)]["image"]}


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
    "swapped": swapped,
}
SEEN_ALONE = sorted(FAULTS.keys() - {"swapped"})
"""Those that a picture shows by itself, without its control."""


def faulty(rows: RowDataset, fault: str, count: int, start: int = 0) -> Iterator[Row]:
    """`count` rows with the fault, from row `start` on."""
    return with_fault(FAULTS[fault], rows, count, start)


def judged(
    oracle: CircledLettersOracle, rows: Iterable[Row], drawn: RowDataset | None = None
) -> tuple[Counter[str], list[str]]:
    """How often each verdict fell, and the rows that were not found right; `drawn` lends their controls."""
    return verdicts(oracle, rows, lambda row: f"{row['word']} {row['font']}", drawn)


def made(size: int = 10_000, seed: int = 0, split: str = "train", **fields: Any) -> RowDataset:
    return synthink.dataset("circled_letters", size=size, seed=seed, split=split, **fields)
