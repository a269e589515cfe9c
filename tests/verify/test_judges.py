"""Judges hand each oracle the control that belongs to a row's place, and none where other pixels would come of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import synthink
from synthink.build.manifest import Manifest
from synthink.build.plan import Plan
from synthink.core.columns import stored
from synthink.core.row_dataset import RowDataset
from synthink.verify.judges import Judges
from synthink.verify.oracle import Control, Finding
from synthink.verify.redraw import open_redraw

CALLS: list[Control | None] = []


class Recorder:
    def __init__(self, generator: Any) -> None:
        pass

    def check(self, row: Mapping[str, Any], control: Control | None = None) -> Finding:
        CALLS.append(control)
        return Finding("right", "as labelled")


@pytest.fixture(scope="module")
def rows() -> RowDataset:
    return synthink.dataset("circled_letters_grid", size=20, seed=5, picture_px=64, shares={"train": 1.0})


@pytest.fixture(scope="module")
def identity(rows: RowDataset) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(Plan(rows.source, {"train": 20}).identity))
    return plain


def judges(identity: Mapping[str, Any]) -> Judges:
    return Judges(open_redraw(Manifest(identity, [], Path("synthink.json")), "allow"))


def control(monkeypatch: pytest.MonkeyPatch, rows: RowDataset, identity: Mapping[str, Any]) -> Control | None:
    """What the oracle is handed for a row at place 3 that says it is row 7."""
    monkeypatch.setattr("synthink.verify.judges.find_oracle", lambda name: Recorder)
    CALLS.clear()
    finding = judges(identity).judge(rows.generator, rows[7], "train", 3)
    assert finding == Finding("right", "as labelled")
    return CALLS.pop()


def test_the_control_goes_by_the_rows_place(
    monkeypatch: pytest.MonkeyPatch, rows: RowDataset, identity: dict[str, Any]
) -> None:
    drawn = control(monkeypatch, rows, identity)
    assert drawn is not None and drawn().tobytes() == rows.control(3)["image"].tobytes()


@pytest.mark.parametrize(
    "change",
    [
        {"generator_version": 0},
        {"versions": {"freetype": "0"}},
        {"assets": {}},
        {"fields": {"fonts": {"files": "/no/such/folder"}}},
    ],
    ids=str,
)
def test_where_other_pixels_would_come_of_it_there_is_no_control(
    monkeypatch: pytest.MonkeyPatch, rows: RowDataset, identity: dict[str, Any], change: dict[str, Any]
) -> None:
    assert control(monkeypatch, rows, {**identity, **change}) is None


def test_a_codec_changes_no_pixel(monkeypatch: pytest.MonkeyPatch, rows: RowDataset, identity: dict[str, Any]) -> None:
    versions = {**identity["versions"], "zlib-ng": "0", "pyarrow": "0"}
    assert control(monkeypatch, rows, {**identity, "versions": versions}) is not None


def test_a_generator_without_an_oracle_is_not_judged(
    monkeypatch: pytest.MonkeyPatch, rows: RowDataset, identity: dict[str, Any]
) -> None:
    monkeypatch.setattr("synthink.verify.judges.find_oracle", lambda name: None)
    assert judges(identity).judge(rows.generator, rows[0], "train", 0) is None


class Stumbling:
    def __init__(self, generator: Any) -> None:
        pass

    def check(self, row: Mapping[str, Any], control: Control | None = None) -> Finding:
        return Finding("right", str(row["answers"][3]))


def test_labels_on_which_an_oracle_stumbles_are_wrong(
    monkeypatch: pytest.MonkeyPatch, rows: RowDataset, identity: dict[str, Any]
) -> None:
    monkeypatch.setattr("synthink.verify.judges.find_oracle", lambda name: Stumbling)
    finding = judges(identity).judge(rows.generator, rows[0], "train", 0)
    assert finding == Finding("wrong", "labels that its oracle cannot read (KeyError)")


MARKS = "the format leaves out distractors, letter_indices, letter_boxes"
TEXTS = (str,)
"""The types of columns that a format of texts alone would keep."""
SINGLE = (str, int, float, bool, synthink.Box, synthink.Quad)
"""Those of a format without lists."""


def judged_as_stored(
    name: str, types: tuple[type, ...], row: dict[str, Any] | None = None, **fields: Any
) -> Finding | None:
    """The finding about the first row of a dataset that a format stores which keeps columns of those types. row:
    columns that are changed in it."""
    drawn = synthink.dataset(name, size=2, seed=5, shares={"train": 1.0}, **fields)
    plain = json.loads(json.dumps(Plan(drawn.source, {"train": 2}).identity))
    left_out = [column for column, kind in drawn.generator.columns.items() if stored(kind) not in types]
    row_as_stored = {column: value for column, value in {**drawn[0], **(row or {})}.items() if column not in left_out}
    ours = Judges(open_redraw(Manifest(plain, [], Path("synthink.json")), "allow"), left_out=left_out)
    return ours.judge(drawn.generator.drawn_by(row_as_stored), row_as_stored, "train", 0)


@pytest.mark.parametrize(
    ("name", "types", "fields", "reason"),
    [
        ("circled_letters", TEXTS, {"mark_count": (1, 3)}, MARKS),
        ("circled_letters", TEXTS, {"unmarked": 0.2}, MARKS),
        ("circled_letters", TEXTS, {"questions": {"position": 1.0}}, "the format leaves out letter_index, letter_box"),
        ("circled_letters", SINGLE, {"distractors": ("strike",)}, "the format leaves out distractors"),
        ("meters", TEXTS, {}, "the format leaves out interval, units, decimals, "),
        ("gestures", SINGLE, {}, "the format leaves out target_ends, target_words, "),
        ("mixture", SINGLE, {"parts": [{"generator": "meters"}]}, "the format leaves out interval, units, "),
    ],
)
def test_without_a_column_that_the_oracle_needs_a_row_is_unsure(
    name: str, types: tuple[type, ...], fields: dict[str, Any], reason: str
) -> None:
    finding = judged_as_stored(name, types, **fields)
    assert finding is not None and finding.verdict == "unsure" and finding.reason.startswith(reason), finding


@pytest.mark.parametrize("types", [TEXTS, SINGLE], ids=["texts", "single"])
def test_one_circled_letter_is_read_off_the_picture_in_every_format(types: tuple[type, ...]) -> None:
    assert judged_as_stored("circled_letters", types) == Finding("right", "as labelled")
    wrong = judged_as_stored("circled_letters", types, {"suffix": "?"})
    assert wrong is not None and wrong.verdict == "wrong"


def test_a_mixtures_row_needs_the_columns_of_its_part_alone() -> None:
    parts = [{"generator": "circled_letters"}, {"generator": "meters", "weight": 0.0}]
    assert judged_as_stored("mixture", SINGLE, parts=parts) == Finding("right", "as labelled")
