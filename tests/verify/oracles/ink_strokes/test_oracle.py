"""The oracle of ink_strokes: silent on true rows, loud on every kind of fault that is put into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest

import synthink
from synthink.core.row_dataset import RowDataset
from synthink.verify.oracles.ink_strokes.oracle import InkStrokesOracle
from tests.verify.oracles.ink_strokes.faults import FAULTS
from tests.verify.oracles.judging import Row, verdicts, with_fault

pytestmark = pytest.mark.heavy

FEW = 12  # faulty rows of each kind in the everyday tests

IN_PHOTOGRAPHS = (
    *("blank", "picture of another row", "stroke missing in the column", "character boxes shifted", "other suffix"),
    *(
        "of another row",
        "other word",
        "swapped letters",
        "renamed",
        "scaled by 3 %",
        "shifted by 3 px",
        "widths doubled",
    ),
)

ALL = {"recognise": 2.0, "transcribe_lines": 1.0, "classify": 1.0, "derender": 1.0, "locate": 1.0}


def faulty(rows: RowDataset, fault: str, count: int, start: int = 0) -> Iterator[Row]:
    """`count` rows with the fault, from row `start` on."""
    return with_fault(FAULTS[fault], rows, count, start)


def judged(
    oracle: InkStrokesOracle, rows: Iterable[Row], drawn: RowDataset | None = None
) -> tuple[Counter[str], list[str]]:
    """How often each verdict fell, and the rows that were not found right; `drawn` gives the rows' controls."""
    return verdicts(oracle, rows, lambda row: repr(row["text"] or row["shape"]), drawn)


def ink_rows(size: int = 10_000, seed: int = 0, split: str = "train", **fields: Any) -> RowDataset:
    return synthink.dataset("ink_strokes", size=size, seed=seed, split=split, **{"tasks": ALL, **fields})


@cache
def of_task(fault: str) -> RowDataset:
    """Rows that have room for the fault."""
    tasks = {
        "other target": {"locate": 1.0},
        "mirrored": {"locate": 1.0, "derender": 1.0},
        "renamed": {"classify": 1.0},
        "other word": {"recognise": 1.0},
        "swapped letters": {"recognise": 1.0},
        "swapped words": {"recognise": 1.0},
    }
    return ink_rows(tasks=tasks.get(fault, ALL))


@pytest.fixture(scope="module")
def rows() -> RowDataset:
    return ink_rows()


@pytest.fixture(scope="module")
def oracle(rows: RowDataset) -> InkStrokesOracle:
    return InkStrokesOracle(rows.generator)


def test_default_rows_are_right(rows: RowDataset, oracle: InkStrokesOracle) -> None:
    counts, others = judged(oracle, (rows[index] for index in range(60)))
    assert counts["wrong"] == 0 and counts["unsure"] <= 3, others


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_found(oracle: InkStrokesOracle, fault: str) -> None:
    counts, _ = judged(oracle, faulty(of_task(fault), fault, FEW, start=500))
    assert counts.total() == FEW and counts["wrong"] >= FEW - 1, counts


@pytest.mark.parametrize(
    "fault", ["shifted by 3 px", "scaled by 3 %", "stroke missing in the column", "widths doubled"]
)
def test_pixels_alone_tell(oracle: InkStrokesOracle, fault: str) -> None:
    """Without any box or answer to compare with."""
    rows = ink_rows(tasks={"recognise": 1.0})
    labels = ("words", "word_boxes", "characters", "character_boxes", "ink_box", "hand")
    bare = [{key: row[key] for key in row if key not in labels} for row in faulty(rows, fault, FEW, start=900)]
    counts, _ = judged(oracle, bare)
    assert counts.total() == FEW and counts["wrong"] >= FEW - 1, counts


@pytest.mark.parametrize(
    "fields",
    [
        {"picture_px": 224, "tasks": {"classify": 1.0, "recognise": 1.0}},
        {"picture_px": (640, 480), "papers": ("squared",)},
        # Plain, for the rules of paper are as bright as this ink: what they hide is rightly unsure.
        {"paper_colours": ("black", "#202030"), "ink_colours": ("white", "yellow"), "papers": ("plain",)},
        {"line_width": (0.3, 0.4)},
        {"ink_mode": "time", "tasks": {"recognise": 1.0}},
        {"rotation_deg": (-30, 30), "tasks": {"recognise": 1.0}},
        {"pens": ("pencil",), "ink_colours": ("black",), "rule_colours": ("#c3c7cc",), "papers": ("squared",)},
    ],
    ids=str,
)
def test_other_settings_are_right(fields: dict[str, Any]) -> None:
    other = ink_rows(seed=1, **fields)
    counts, others = judged(InkStrokesOracle(other.generator), (other[index] for index in range(6)))
    assert counts["wrong"] == 0 and counts["unsure"] <= 1, others


@pytest.mark.parametrize("camera", ["scan", "photo"])
def test_photographs_are_judged_by_their_controls(camera: str) -> None:
    other = ink_rows(seed=1, camera=camera)
    counts, others = judged(InkStrokesOracle(other.generator), (other[index] for index in range(6)), other)
    assert counts["wrong"] == 0 and counts["right"] >= 5, others


@pytest.mark.parametrize("fault", IN_PHOTOGRAPHS)
def test_faults_are_found_in_photographs(fault: str) -> None:
    other = ink_rows(seed=1, camera="photo", tasks={"classify": 1.0} if fault == "renamed" else {"recognise": 1.0})
    counts, others = judged(InkStrokesOracle(other.generator), faulty(other, fault, 2), other)
    assert counts == {"wrong": 2}, others


def test_photographs_without_controls() -> None:
    other = ink_rows(seed=1, camera="photo")
    judge = InkStrokesOracle(other.generator)
    counts, others = judged(judge, (other[index] for index in range(6)))
    assert counts["wrong"] == 0 and counts["right"] >= 5, others
    for fault in ("blank", "other suffix"):
        found, _ = judged(judge, faulty(other, fault, 2))
        assert found == {"wrong": 2}, fault


def test_other_modes_of_ink_are_looked_at() -> None:
    other = ink_rows(seed=2, ink_mode="speed")
    judge = InkStrokesOracle(other.generator)
    for fault in ("blank", "shifted by 3 px", "stroke missing in the column"):
        counts, _ = judged(judge, faulty(other, fault, 4))
        assert counts == {"wrong": 4}, fault


def test_labels_that_cannot_be(rows: RowDataset, oracle: InkStrokesOracle) -> None:
    row = next(row for row in rows if row["task"] == "recognise")
    wrong: list[Row] = [
        {**row, "hand": "no such hand"},
        {**row, "strokes": []},
        {**row, "strokes": [[[float("nan")] * 4 for _ in stroke] for stroke in row["strokes"]]},
        {**row, "stroke_widths_px": row["stroke_widths_px"][:-1]},
        {**row, "words": row["words"][:-1]},
        {**row, "prefix": "What?"},
    ]
    assert [oracle.check(each).verdict for each in wrong] == ["wrong"] * len(wrong)


def test_rows_read_back_from_text_alone(rows: RowDataset, oracle: InkStrokesOracle) -> None:
    """Formats without lists keep the answers at least."""
    row = next(row for row in rows if row["task"] == "recognise")
    flat = {key: row[key] for key in ("image", "task", "prefix", "suffix", "text", "hand")}
    assert oracle.check(flat).verdict == "unsure"
    assert oracle.check({**flat, "suffix": "x"}).verdict == "wrong"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_rows(rows: RowDataset, oracle: InkStrokesOracle) -> None:
    counts, others = judged(oracle, rows)
    assert counts["wrong"] == 0 and counts["unsure"] <= 200, others


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_thousand_of_each_fault(oracle: InkStrokesOracle, fault: str) -> None:
    counts, _ = judged(oracle, faulty(of_task(fault), fault, 1000, start=2000))
    assert counts["wrong"] >= 990, counts
