"""Boxes in answers: what the generator itself writes in the other format is the truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import synthink
from synthink import Box
from synthink.exports.answers import rewritten
from synthink.labels import LABEL_FORMATS, format_box, format_label
from synthink.labels.formats import Label
from tests.exports.readers import rows_of

SIZE = (320, 240)
COLUMNS: dict[str, Any] = {"box": Box, "boxes": list[Box], "ends": list[Box]}
ROW = {
    "box": [10.26, 20.5, 100.75, 200.125],
    "boxes": [[1.0, 2.0, 3.0, 4.0], [300.0, 200.0, 319.0, 239.0]],
    "ends": [[0.0, 0.0, 20.0, 10.0], [100.0, 100.0, 140.0, 120.0]],
}
MIDDLES = (10.0, 5.0, 120.0, 110.0)


def written(form: str) -> list[str]:
    """The same answers in one format."""
    box, (one, other) = Box(*ROW["box"]), (Box(*box) for box in ROW["boxes"])
    return [
        format_box(box, SIZE, form),
        f"{format_box(one, SIZE, form)} 7 ; {format_box(other, SIZE, form)} 3",
        format_label(Label("select", box, "Room 12 14 15 16"), SIZE, form),
        format_label(Label("move", MIDDLES), SIZE, form),
        "no box at all",
    ]


@pytest.mark.parametrize("target", LABEL_FORMATS)
@pytest.mark.parametrize("source", LABEL_FORMATS)
def test_answers_are_written_as_in_the_other_format(source: str, target: str) -> None:
    read = [rewritten(answer, ROW, COLUMNS, SIZE, source, target) for answer in written(source)]
    assert read == written(target)


@pytest.mark.parametrize(
    "answer",
    ["<loc0001><loc0002>", "<loc0500><loc0500><loc0600><loc0600>", f"{'<loc0001>' * 8} <loc0003><loc0004>"],
)
def test_places_that_are_no_boxes_of_the_row_have_no_other_form(answer: str) -> None:
    assert rewritten(answer, ROW, COLUMNS, SIZE, "paligemma", "qwen") is None
    assert rewritten(answer, ROW, COLUMNS, SIZE, "paligemma", "paligemma") == answer


def test_numbers_that_are_no_box_stay() -> None:
    assert rewritten("Room 12 14 15 16", ROW, COLUMNS, SIZE, "plain", "qwen") == "Room 12 14 15 16"


def answers(folder: Path) -> list[str]:
    return [item["conversations"][1]["value"] for item in json.loads((folder / "train.json").read_text("utf-8"))]


@pytest.mark.whole
@pytest.mark.parametrize("generator", ["meters", "gestures"])
def test_qwen_is_what_the_generator_writes_for_qwen(generator: str, tmp_path: Path) -> None:
    fields: dict[str, Any] = {
        "meters": {"tasks": {"digits": 1, "detect": 1}, "kinds": {"drum": 1}},
        "gestures": {"documents": {"count": 16}},
    }
    splits, size = {"train": 12}, {"picture_px": 128, "workers": 1}
    for form in ("paligemma", "qwen"):
        data = tmp_path / form
        synthink.generate(generator, splits=splits, output=data, label_format=form, **size, **fields[generator])
    synthink.export(tmp_path / "paligemma", "qwen", tmp_path / "rewritten")
    synthink.export(tmp_path / "qwen", "llava", tmp_path / "own")
    assert answers(tmp_path / "rewritten") == answers(tmp_path / "own")
    assert sum("bbox_2d" in answer for answer in answers(tmp_path / "own")) == 12


def test_strokes_as_tokens_are_left_out_and_counted(ink: Path, tmp_path: Path) -> None:
    outcome = synthink.export(ink, "florence2", tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "train/annotations.jsonl").read_text("utf-8").splitlines()]
    rows = {row["id"]: row for row in rows_of(ink, "train")}
    strokes = sum(row["task"] == "derender" for row in rows.values())
    assert outcome.left_out.counts.total() == strokes > 0 and outcome.rows["train"] == len(rows) - strokes
    for line in lines:
        row = rows[line["id"]]
        if row["task"] == "locate":
            assert line["suffix"] == format_box(Box(*row["target_box"]), (128, 128), "florence2")
        else:
            assert line["suffix"] == row["suffix"]
