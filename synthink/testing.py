"""The contract of generators: what every one must keep, ours and others'.

from synthink.testing import check_generator

def test_dots() -> None:
    check_generator(Dots, most=5)
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import subprocess
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.core.columns import check_columns, stored
from synthink.core.dataset import dataset, make_generator
from synthink.core.generator import Generator
from synthink.core.sample import RESERVED_COLUMNS, Sample
from synthink.core.source import Source
from synthink.draw.geometry import Box, InkPoint, Quad
from synthink.draw.picture import stored_checksum
from synthink.errors import quoted
from synthink.splits import SPLITS

Row = dict[str, Any]
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
MARKS = ("mark_box", "mark_boxes", "ink_box")
WRONG = ("", " ", "0x", "\0", "%%%")
GARBAGE = ("", "%%%", "<loc0000>" * 3, "x" * 100_000)
ENVIRONMENT = {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"}


def check_generator(
    generator: str | Generator | type[Generator],
    *,
    rows: int = 8,
    seed: int = 7,
    shares: Mapping[str, float] = SHARES,
    wrong_answers: Sequence[str] = WRONG,
    marks: Sequence[str] | None = None,
    margin_px: int | Callable[[Row], int] = 0,
    fresh_process: bool = True,
    **fields: Any,
) -> None:
    """Draw some rows of each split and raise an `AssertionError` that names the row and the promise that is broken.

    rows: of each split. shares: of the splits' content. wrong_answers: texts that must not score 1. marks: columns of
    boxes outside of which the control must not change a pixel; None: `mark_box`, `mark_boxes` and `ink_box` where the
    generator has them and no camera moves the pixels. A row whose `mark_boxes` is empty has no mark: its control is the
    same picture. margin_px: how far around these boxes pixels may change, where pictures are
    resampled, or a function that says so for a row. fresh_process: draw rows again in another process, under another
    hash seed, locale and time zone; it needs a class that can be imported. Keywords are the generator's fields.
    """
    contract = Contract(make_generator(generator, fields), rows, seed, shares)
    contract.check_columns()
    contract.check_rows()
    contract.check_repeats()
    contract.check_splits()
    contract.check_controls(marks, margin_px)
    contract.check_boxes()
    contract.check_answers(wrong_answers)
    contract.check_garbage()
    contract.check_fields()
    if fresh_process:
        contract.check_fresh_process()


class Contract:
    """One generator's rows, held against the promises; each method checks one of them."""

    def __init__(self, generator: Generator, rows: int, seed: int, shares: Mapping[str, float]) -> None:
        self.generator, self.seed, self.shares = generator, seed, dict(shares)
        self.splits = [split for split in SPLITS if self.shares.get(split)]
        self.source = self._source()
        counts = {split: self.source.rows(split) for split in self.splits}
        self.indices = {split: range(rows if count is None else min(rows, count)) for split, count in counts.items()}
        self.rows = {split: [self.source.row(split, i) for i in self.indices[split]] for split in self.splits}

    def _source(self) -> Source:
        return dataset(self.generator, size=0, seed=self.seed, split=self.splits[0], shares=self.shares).source

    def _all(self) -> list[tuple[str, Row]]:
        """Every row, and its name for errors."""
        return [(f"{self.generator.name} {row['id']}", row) for rows in self.rows.values() for row in rows]

    def check_columns(self) -> None:
        """Columns can be stored, and rows hold values of their types."""
        check_columns(self.generator.columns)
        for name, row in self._all():
            expect(list(row) == [*RESERVED_COLUMNS, *self.generator.columns], f"{name}: columns are {list(row)}")
            for column, kind in self.generator.columns.items():
                fits = (row[column] is None and kind != stored(kind)) or _fits(row[column], stored(kind))
                expect(fits, f"{name}: column {column} holds {quoted(row[column])}, which is no {kind}")

    def check_rows(self) -> None:
        """Rows have a picture that shows something, a question, an answer and an id of their own."""
        for name, row in self._all():
            pixels = row["image"].array()
            expect(pixels.dtype == np.uint8 and pixels.shape == (*row["image"].size_px[::-1], 3), f"{name}: bad pixels")
            expect(pixels.min() != pixels.max(), f"{name}: the picture is empty")
            same = stored_checksum(row["image"].encode()[0]) == row["image"].checksum()
            expect(same, f"{name}: the picture's file does not have the picture's checksum")
            expect(bool(row["prefix"].strip()), f"{name}: the question (prefix) is empty")
            expect(bool(row["suffix"].strip()), f"{name}: the answer (suffix) is empty")
            expect(row["task"].isidentifier(), f"{name}: task {quoted(row['task'])} is no identifier")
        ids = [row["id"] for _, row in self._all()]
        expect(len(set(ids)) == len(ids), f"{self.generator.name}: two rows have one id")

    def check_repeats(self) -> None:
        """A row depends on its index alone: in any order, again, from a pickle."""
        split = self.splits[0]
        digests = [digest(row) for row in self.rows[split]]
        backwards = self._source()
        for index in reversed(self.indices[split]):
            same = digest(backwards.row(split, index)) == digests[index]
            expect(same, f"{self.generator.name} row {index} of {split}: drawn after other rows, it is another row")
        again: Source = pickle.loads(pickle.dumps(self.source))  # noqa: S301 - our own
        for index in list(self.indices[split])[:3]:
            same = digest(again.row(split, index)) == digests[index] == digest(self.source.row(split, index))
            expect(same, f"{self.generator.name} row {index} of {split}: drawn again, it is another row")

    def check_splits(self) -> None:
        """No picture and no group of content stands in two splits, and rows do not repeat."""
        for (one, rows), (other, more) in combinations(self.rows.items(), 2):
            shared = {row["image"].checksum() for row in rows} & {row["image"].checksum() for row in more}
            expect(not shared, f"{self.generator.name}: splits {one} and {other} share {len(shared)} pictures")
            for field, column in self.generator.split_columns.items():
                if not getattr(self.generator, field).share_across_splits:
                    groups = _groups(rows, column) & _groups(more, column)
                    expect(not groups, f"{self.generator.name}: {column} {sorted(groups)[:1]} is in {one} and {other}")

    def check_controls(self, marks: Sequence[str] | None, margin_px: int | Callable[[Row], int]) -> None:
        """A control lacks the mark or ink: its pixels differ there, and nothing else does."""
        if marks is None:
            camera = getattr(self.generator, "camera", None)
            moved = camera is not None and not camera.is_off
            marks = [] if moved else [name for name in MARKS if name in self.generator.columns]
        for split, rows in self.rows.items():
            for index, row in zip(self.indices[split], rows, strict=True):
                name, control = f"{self.generator.name} {row['id']}", self.source.row(split, index, control=True)
                for column in row:
                    same = column == "image" or listed(control[column]) == listed(row[column])
                    expect(same, f"{name}: the control has another {column}")
                expect(control["image"].size_px == row["image"].size_px, f"{name}: the control has another size")
                changed = (control["image"].array() != row["image"].array()).any(axis=2)
                if row.get("mark_boxes") == []:
                    expect(not changed.any(), f"{name}: the control of a row without a mark is another picture")
                    continue
                expect(bool(changed.any()), f"{name}: the control shows the mark: no pixel differs")
                boxes = [box for mark in marks for box in self._boxes(row, mark)]
                margin = margin_px if isinstance(margin_px, int) else margin_px(row)
                rest = _outside(changed, boxes, margin) if boxes else 0
                expect(not rest, f"{name}: {rest} pixels of the control differ outside of {', '.join(marks)}")

    def _boxes(self, row: Row, column: str) -> list[Box]:
        """The boxes in a column of one box or of several."""
        boxes = row[column] if stored(self.generator.columns[column]) == list[Box] else [row[column]]
        return [Box(*box) for box in boxes or () if box is not None]

    def check_boxes(self) -> None:
        """Boxes lie in the picture, survive float32, and agree with the quad of the same name."""
        for name, row in self._all():
            width, height = row["image"].size_px
            for column, kind in self.generator.columns.items():
                if stored(kind) not in (Box, list[Box]) or row[column] is None:
                    continue
                boxes = [row[column]] if stored(kind) is Box else row[column]
                for left, top, right, bottom in boxes:
                    inside = 0 <= left < right <= width and 0 <= top < bottom <= height
                    expect(inside, f"{name}: {column} {(left, top, right, bottom)} is no box in {width} x {height} px")
                numbers = np.array(boxes, dtype=np.float64)
                expect((numbers.astype(np.float32) == numbers).all(), f"{name}: {column} does not survive float32")
                quads = row.get(_quads_of(column), None) if _quads_of(column) != column else None
                if quads is not None:
                    _check_quads(name, column, boxes, [quads] if stored(kind) is Box else quads)

    def check_answers(self, wrong_answers: Sequence[str]) -> None:
        """The truth scores 1, other answers less, and what else is said about answers agrees with that."""
        for name, row in self._all():
            sample = Sample.from_row(row)
            for truth in (row["suffix"], f" {row['suffix']}\n"):
                scores = self.generator.score(sample, truth)
                expect("correct" in scores, f"{name}: score has no figure `correct`")
                expect(set(scores.values()) == {1.0}, f"{name}: the truth {quoted(truth)} scores {scores}")
                expect(self.generator.in_domain(sample, truth), f"{name}: the truth is not in_domain")
                expect(not any(self.generator.errors(sample, truth).values()), f"{name}: the truth has errors")
                expect(self.generator.answer_class(sample, truth) != "<none>", f"{name}: the truth has no answer_class")
            for wrong in {*wrong_answers, row["suffix"] * 2, f"not {row['suffix']}"} - {row["suffix"]}:
                scores = self.generator.score(sample, wrong)
                expect(scores["correct"] < 1, f"{name}: {quoted(wrong)} scores as {quoted(row['suffix'])}")
                expect(all(0 <= figure <= 1 for figure in scores.values()), f"{name}: {quoted(wrong)} scores {scores}")
            expect(not self.generator.in_domain(sample, " "), f"{name}: an empty answer is in_domain")
            chance = self.generator.chance(sample)
            expect(chance is None or 0 < chance <= 1, f"{name}: chance is {chance}")

    def check_garbage(self) -> None:
        """Answers that say nothing have no class, point at nothing, and have the errors that others have, above 0."""
        for name, row in self._all():
            sample, (width, height) = Sample.from_row(row), row["image"].size_px
            kinds = self.generator.errors(sample, row["suffix"]).keys()
            for garbage in GARBAGE:
                answer_class = self.generator.answer_class(sample, garbage)
                expect(
                    answer_class in ("<none>", None), f"{name}: {quoted(garbage)} has the class {quoted(answer_class)}"
                )
                errors = self.generator.errors(sample, garbage)
                far = errors.keys() == kinds and all(0 < figure < np.inf for figure in errors.values())
                expect(far, f"{name}: {quoted(garbage)} has the errors {errors}, which would make a mean better")
                expect(
                    not self.generator.answer_shapes(sample, garbage), f"{name}: {quoted(garbage)} has answer_shapes"
                )
            for line in self.generator.answer_shapes(sample, row["suffix"]):
                inside = line.ndim == 2 and bool((line >= 0).all() and (line <= (width, height)).all())
                expect(inside, f"{name}: the answer_shapes of the truth leave the picture")

    def check_fields(self) -> None:
        """Plain fields, as the manifest keeps them, build the same generator."""
        plain = json.loads(json.dumps(self.generator.plain()))
        again = type(self.generator).build(plain)
        expect(again == self.generator, f"{self.generator.name}: the fields of its manifest build another generator")

    def check_fresh_process(self) -> None:
        """A process of its own draws the same rows, under another hash seed, locale and time zone."""
        split = self.splits[-1]
        request = pickle.dumps((self.source, split, self.indices[split])).hex()
        path = os.pathsep.join(filter(None, sys.path))
        command = [sys.executable, "-c", "from synthink.testing import _answer; _answer(" + repr(request) + ")"]
        env = {**os.environ, **ENVIRONMENT, "PYTHONPATH": path}
        answer = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        expect(answer.returncode == 0, f"{self.generator.name}: a fresh process fails:\n{answer.stderr}")
        digests = answer.stdout.split()[-len(self.indices[split]) :]
        for index, row, drawn in zip(self.indices[split], self.rows[split], digests, strict=True):
            same = drawn == digest(row)
            expect(same, f"{self.generator.name} row {index} of {split}: a fresh process draws another row")


def expect(holds: bool | np.bool_, message: str) -> None:
    """Raise `AssertionError` with the message where something does not hold, also under `python -O`."""
    if not holds:
        raise AssertionError(message)


def digest(row: Mapping[str, Any]) -> str:
    """SHA-256 of everything in a row: all columns, the encoded file, the pixels."""
    rest = {name: listed(value) for name, value in row.items() if name != "image"}
    sha = hashlib.sha256(json.dumps(rest, sort_keys=True).encode())
    data, suffix = row["image"].encode()
    sha.update(suffix.encode() + data + np.ascontiguousarray(row["image"].array()).tobytes())
    return sha.hexdigest()


def listed(value: Any) -> Any:
    """Tuples as lists, at any depth."""
    return [listed(item) for item in value] if isinstance(value, list | tuple) else value


def _answer(request: str) -> None:
    """Print the digests of the rows that a fresh process is asked for."""
    source, split, indices = pickle.loads(bytes.fromhex(request))  # noqa: S301 - our own
    print(*(digest(source.row(split, index)) for index in indices))


def _fits(value: Any, kind: Any) -> bool:
    if typing.get_origin(kind) is list:
        return isinstance(value, list) and all(_fits(item, typing.get_args(kind)[0]) for item in value)
    if kind is InkPoint:
        return len(value) == 4 and all(type(number) is float or number is None for number in value)
    if kind in (Box, Quad):
        return len(value) == len(kind._fields) and all(type(number) is float for number in value)
    return type(value) is kind


def _groups(rows: Sequence[Row], column: str) -> set[str]:
    return {row[column].casefold() for row in rows if row[column]}


def _outside(mask: npt.NDArray[np.bool_], boxes: Sequence[Box], margin: int) -> int:
    """How many pixels of the mask lie in none of the boxes, nor within a margin around them."""
    rest = mask.copy()
    for left, top, right, bottom in boxes:
        x, y = max(0, int(left) - margin), max(0, int(top) - margin)
        rest[y : int(np.ceil(bottom)) + margin, x : int(np.ceil(right)) + margin] = False
    return int(rest.sum())


def _quads_of(column: str) -> str:
    """The column of the quads that belong to one of boxes: `x_box` and `x_quad`, `x_boxes` and `x_quads`."""
    for boxes, quads in (("_boxes", "_quads"), ("_box", "_quad")):
        if column.endswith(boxes):
            return column.removesuffix(boxes) + quads
    return column


def _check_quads(name: str, column: str, boxes: Sequence[Any], quads: Sequence[Any]) -> None:
    expect(len(boxes) == len(quads), f"{name}: {len(boxes)} {column}, but {len(quads)} {_quads_of(column)}")
    for box, quad in zip((Box(*box) for box in boxes), quads, strict=True):
        away = np.abs(np.reshape(quad, (4, 2)).mean(axis=0) - box.centre).max()
        near = 0.15 * max(box.width, box.height) + 1
        expect(away <= near, f"{name}: the middle of {_quads_of(column)} lies {away:.1f} px away from that of {column}")
