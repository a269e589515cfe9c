"""`croissant.json` by the validator and the reader of Croissant itself, which the extra `test-all` brings along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import Box, InkPoint

MISSING = "mlcroissant is not installed, so that croissant.json is not validated: pip install 'synthink[test-all]'"
mlcroissant = pytest.importorskip("mlcroissant", reason=MISSING)


class Everything(synthink.Generator):
    """Every type of column."""

    columns = {  # noqa: RUF012
        **{"text": str | None, "number": int, "share": float, "known": bool, "box": Box, "boxes": list[Box]},
        "strokes": list[list[InkPoint]],
    }
    column_meanings = {"number": "how many, of <all>"}  # noqa: RUF012

    def draw(self, ctx: synthink.DrawContext) -> synthink.Sample:
        values = {"text": None if ctx.index else "\u00e4", "number": ctx.index, "share": 0.5, "known": True}
        shapes = {"box": (0, 1, 2, 3), "boxes": [(0, 1, 2, 3)] * ctx.index, "strokes": [[(1, 2, 0, 0.5), (3, 4, 8, 1)]]}
        return synthink.Sample(np.zeros((8, 6, 3), np.uint8), "how many?", str(ctx.index), {**values, **shapes})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("croissant") / "data"
    splits: dict[str, Any] = {"train": 3, "test": 1, "test_late": {"rows": 2, "like": "test"}}
    synthink.generate(Everything(), splits=splits, output=folder, shard_size=2)
    return folder


def test_it_is_valid_and_gives_the_rows(folder: Path) -> None:
    dataset = mlcroissant.Dataset(str(folder / "croissant.json"))
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    # A dataset has no date of its own: its bytes are the same on any day.
    assert [line for line in issues.warnings if "datePublished" not in str(line)] == []
    assert dataset.metadata.data_limitations and dataset.metadata.machine_annotation_tools
    rows = {row["rows/id"].decode(): row for row in dataset.records("rows")}
    stored = synthink.load(folder)[0]
    assert len(rows) == sum(map(len, stored.values())) == 6
    for split, table in stored.items():
        for expected in table:
            row = rows[expected["id"]]
            assert row["rows/split"].decode() == split
            assert row["rows/image"].size == (6, 8)
            for name in ("number", "share", "known", "box", "boxes", "strokes"):
                assert row[f"rows/{name}"] == expected[name], name
            text = row["rows/text"]
            assert (None if text is None else text.decode()) == expected["text"]


@pytest.mark.parametrize("form", ["arrow", "webdataset", "jsonl", "imagefolder"])
def test_other_formats_say_which_files_they_have(tmp_path: Path, form: str) -> None:
    synthink.generate(Everything(), splits={"train": 2}, output=tmp_path / "data", format=form)
    dataset = mlcroissant.Dataset(str(tmp_path / "data" / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors and not dataset.metadata.record_sets
    assert [file_set.id for file_set in dataset.metadata.distribution] == ["files"]
