"""`format=imagefolder`: read by `datasets` with the folder's name alone, whatever columns a generator has."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest

import synthink
from synthink import Box, ConfigError, DrawContext, Quad
from synthink.evaluate.data.rows import Dataset
from synthink.verify.verify import verify
from tests.verify.folders import bring_in_line

SPLITS = {"train": 7, "validation": 2, "test": 3}
OTHERS = ("size", "mark_box", "names", "boxes")
"""Columns that are no fields of a line by themselves."""


class Boxed(synthink.Generator):
    """Columns of every kind, of which some rows lack some."""

    columns = {  # noqa: RUF012
        **{"whole": int, "share": float, "is_dark": bool, "name": str, "box": Box, "quad": Quad},
        **{"note": str | None, "size": int | None, "mark_box": Box | None, "names": list[str], "boxes": list[Box]},
    }

    def draw(self, ctx: DrawContext) -> synthink.Sample:
        grey, has = ctx.stream("grey").integers(1, 250), ctx.split.name == "train" and ctx.index == 5
        box = (1, 2, 6.5, 7)
        notes = {"whole": ctx.index, "share": 1, "is_dark": grey < 128, "name": "Größe", "box": box, "quad": 2 * box}
        lists = {"names": ["a"] if has else [], "boxes": [box] if has else []}
        gaps = {"note": "here" if has else None, "size": 3 if has else None, "mark_box": box if has else None}
        return synthink.Sample(np.full((8, 8, 3), grey, np.uint8), "what?", str(grey), {**notes, **gaps, **lists})


def make(folder: Path, **options: Any) -> Path:
    synthink.generate(Boxed(), splits=SPLITS, format="imagefolder", output=folder, **{"shard_size": 3, **options})
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("imagefolder") / "data")


@pytest.mark.heavy
@pytest.mark.parametrize("by_name", [True, False])
def test_datasets_reads_it_by_its_folder_and_by_its_card(made: Path, tmp_path: Path, by_name: bool) -> None:
    where: dict[str, Any] = {"path": "imagefolder", "data_dir": str(made)} if by_name else {"path": str(made)}
    loaded = datasets.load_dataset(**where, cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in loaded.items()} == SPLITS
    for split, rows in loaded.items():
        drawn = synthink.dataset(Boxed(), size=len(rows), split=split)
        for row, expected in zip(sorted(rows, key=lambda row: row["id"]), drawn, strict=True):
            assert (np.asarray(row.pop("image").convert("RGB")) == np.asarray(expected["image"])).all()
            assert row.pop("note") == (expected["note"] or "")
            others = json.loads(row.pop("other_columns"))
            assert others == json.loads(json.dumps({name: expected[name] for name in OTHERS}))
            assert row == {name: list(value) if name in ("box", "quad") else value for name, value in expected.items()
                           if name in row}  # fmt: skip
    assert loaded["train"].features["share"] == datasets.Value("float64")
    assert loaded["train"].features["box"].feature == datasets.Value("float64")
    assert not {*OTHERS} & {*loaded["train"].column_names}


def test_synthink_gives_the_rows_in_their_order(tmp_path: Path) -> None:
    folder = make(tmp_path / "data", shard_size=1)
    ids = [f"boxed-train-{index:07d}" for index in range(7)]
    assert synthink.load(folder)[0]["train"]["id"][:] == ids
    rows = Dataset(folder).rows("train")
    assert [rows.example(index).id for index in range(7)] == ids
    assert (rows.row(5)["size"], rows.row(4)["size"]) == (3, None)


@pytest.mark.heavy
def test_pictures_lie_beside_their_lines_and_lists_and_gaps_are_one_text(made: Path) -> None:
    files = sorted(path.relative_to(made).as_posix() for path in (made / "train").rglob("*") if path.is_file())
    shards = [("00000-of-00003", (0, 1, 2)), ("00001-of-00003", (3, 4, 5)), ("00002-of-00003", (6,))]
    expected = [f"train/{shard}/boxed-train-{i:07d}.png" for shard, numbers in shards for i in numbers]
    assert files == sorted([*expected, *(f"train/{shard}/metadata.jsonl" for shard, _ in shards)])
    line = json.loads((made / "train" / "00002-of-00003" / "metadata.jsonl").read_text("utf-8"))
    assert (line["file_name"], line["share"], line["name"]) == ("boxed-train-0000006.png", 1.0, "Größe")
    assert line["other_columns"] == '{"size": null, "mark_box": null, "names": [], "boxes": []}'
    assert "columns_left_out" not in json.loads((made / "synthink.json").read_bytes())
    assert "| `other_columns` | string | the other columns as JSON |" in (made / "README.md").read_text("utf-8")


def test_a_folder_never_has_more_than_ten_thousand_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"shard_size=10000: must be at most 9,999 for the format imagefolder"):
        make(tmp_path / "data", shard_size=10_000)
    assert not (tmp_path / "data").exists()


def first_shard(folder: Path) -> Path:
    return folder / "train" / "00000-of-00003"


def relined(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        file = first_shard(folder) / "metadata.jsonl"
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        change(rows[1])
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        bring_in_line(folder)

    return tamper


TAMPERED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "another answer": (relined(lambda row: row.update(suffix="7")), "made again", "suffix differs"),
    "another box": (relined(lambda row: row.update(box=[0.0, 0.0, 99.0, 9.0])), "boxes", "outside the picture"),
    "a number as text": (relined(lambda row: row.update(whole="1")), "shards", "whole of another type"),
    "a column less": (relined(lambda row: row.pop("share")), "shards", "no column share"),
    "a column more": (relined(lambda row: row.update(boxes=[])), "shards", "field 'boxes'"),
    "other columns less": (relined(lambda row: row.pop("other_columns")), "shards", "no column size"),
    "an other column more": (relined(lambda row: row.update(other_columns='{"x": 1}')), "shards", "field 'x'"),
    "other columns twice": (
        relined(lambda row: row.update(other_columns=row["other_columns"][:-1] + ', "size": null}')),
        "shards",
        "JSON in another form",
    ),
    "other columns as a list": (relined(lambda row: row.update(other_columns=[1])), "shards", "no JSON object"),
    "another picture": (relined(lambda row: row.update(file_name="boxed-train-0000000.png")), "shards", "no row names"),
    "a picture elsewhere": (relined(lambda row: row.update(file_name="../../preview.png")), "shards", "unreadable"),
    "a stranger's picture": (lambda folder: (first_shard(folder) / "x.png").write_bytes(b""), "shards", "no row names"),
    "a file beside": (
        lambda folder: (folder / "train" / "metadata.jsonl").write_text("{}\n"),
        "files",
        "not the dataset",
    ),
    "a link": (lambda folder: (folder / "train" / "x").symlink_to("/etc"), "files", "link"),
}


@pytest.mark.heavy
@pytest.mark.parametrize("name", TAMPERED)
def test_verify_finds_what_somebody_changed(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path / "data")
    tamper, check, fault = TAMPERED[name]
    tamper(folder)
    faults = {check.name: " ".join(check.faults) for check in verify(folder).checks if check.faults}
    assert fault in faults.get(check, ""), faults


@pytest.mark.heavy
def test_verify_finds_nothing_in_one_as_it_was_made(made: Path) -> None:
    assert {check.name: check.faults for check in verify(made).checks if check.faults} == {}


@pytest.mark.heavy
def test_a_card_that_somebody_wrote_may_name_the_same_files_otherwise(tmp_path: Path) -> None:
    folder = make(tmp_path / "data")
    card = folder / "README.md"
    good = card.read_text("utf-8")
    for pattern, is_right in (("train/*/*", True), ("test/**", False)):
        card.write_text(good.replace("path: train/**", f"path: {pattern}"), "utf-8")
        files = next(check for check in verify(folder).checks if check.name == "files")
        assert (files.faults == []) == is_right, files.faults
