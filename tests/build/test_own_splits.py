"""Datasets with splits of one's own: made, read by `datasets` in each format, proved, grown and made again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest

import synthink
from synthink.build.formats import find_format
from synthink.build.manifest import load as load_manifest
from synthink.build.manifest import own_splits_of
from synthink.errors import AssetError
from synthink.verify.verify import verify
from tests.build.faults.harness import tree
from tests.build.folders import Specks

SPLITS: dict[str, Any] = {
    "train": 12,
    "test": 7,
    "test_bright": {"rows": 7, "like": "test", "grey": 100},
    "dev": {"rows": 4, "like": "validation"},
}


def make(output: Path, splits: dict[str, Any] | None = None, **options: Any) -> Path:
    synthink.generate(Specks(), splits=splits or SPLITS, output=output, **{"shard_size": 5, "seed": 15, **options})
    return output


@pytest.mark.heavy
@pytest.mark.parametrize("form", ["parquet", "arrow", "webdataset", "jsonl", "imagefolder"])
def test_every_format_gives_readers_the_splits_under_their_names(tmp_path: Path, form: str) -> None:
    folder = make(tmp_path / "data", format=form)
    load = getattr(datasets, find_format(form).loader)
    rows = load(str(folder)) if form == "arrow" else load(str(folder), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows[split]) for split in rows} == {"train": 12, "test": 7, "test_bright": 7, "dev": 4}
    ids = rows["test_bright"]["__key__" if form == "webdataset" else "id"]
    assert sorted(ids) == [f"specks-test_bright-{index:07d}" for index in range(7)]
    checks = {check.name: check for check in verify(folder).checks}
    faults = {name: check.faults for name, check in checks.items() if check.faults}
    assert not faults
    assert "test and test_bright: the same scenes, row for row, drawn with other fields" in checks["splits"].notes


def test_a_dataset_with_splits_of_ones_own_is_made_again_from_its_manifest(tmp_path: Path) -> None:
    folder = make(tmp_path / "data")
    synthink.generate(source=folder, output=tmp_path / "again")
    assert tree(tmp_path / "again") == tree(folder)
    greys = {
        split: [int(np.asarray(row["image"])[0, 0, 0]) for row in rows]
        for split, rows in synthink.load(folder)[0].items()
    }
    assert greys["test_bright"] == [grey + 100 for grey in greys["test"]]


def test_a_dataset_grows_by_a_split_of_ones_own(tmp_path: Path) -> None:
    few = {"train": 12, "test": 7, "dev": {"rows": 3, "like": "validation"}}
    make(tmp_path / "data", few)
    make(tmp_path / "data")
    assert tree(tmp_path / "data") == tree(make(tmp_path / "once"))
    other = {**SPLITS, "test_bright": {"rows": 7, "like": "test", "grey": 60}}
    with pytest.raises(synthink.OutputError, match=r"own_splits.test_bright.fields.grey: 100 -> 60"):
        make(tmp_path / "data", other)


def test_the_card_says_how_splits_differ(tmp_path: Path) -> None:
    text = (make(tmp_path / "data") / "README.md").read_text()
    assert "| test | 7 |  |" in text
    assert "| test_bright | 7 | the scenes of `test`, row for row, with `grey` of its own |" in text
    assert "| dev | 4 | rows of its own, with the content of `validation` |" in text
    assert "but for `test_bright` and `dev` as the table says" in text
    assert '"grey": 100' in text
    assert "| split | rows |\n" in (make(tmp_path / "plain", {"train": 3}) / "README.md").read_text()


def test_a_manifest_without_them_is_as_it_was(tmp_path: Path) -> None:
    assert "own_splits" not in json.loads((make(tmp_path / "data", {"train": 3}) / "synthink.json").read_bytes())


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("own_splits", [], r"own_splits=\[\]: must be a mapping"),
        ("own_splits", {"../x": {"like": "test", "fields": {}}}, r"a split's name has letters"),
        ("own_splits", {"dev": {"like": "validation"}}, r"has the keys like and fields"),
        ("own_splits", {"dev": {"like": "validation", "fields": {"like": "train"}}}, r"splits.test_bright=7: no such"),
        ("own_splits", {}, r"splits.test_bright=7: no such split"),
        ("splits", {"train": 12, "../x": 5}, r"splits.../x=5: no such split"),
    ],
)
def test_a_manifest_that_defines_them_otherwise_is_refused(tmp_path: Path, key: str, value: Any, message: str) -> None:
    file = make(tmp_path / "data") / "synthink.json"
    content = json.loads(file.read_bytes())
    file.write_text(json.dumps({**content, key: value}))
    with pytest.raises(AssetError, match=message) as error:
        load_manifest(file)
    assert str(error.value).startswith(f"{file}: damaged: ")


def test_a_field_that_a_manifest_gives_a_split_is_one_of_the_generator(tmp_path: Path) -> None:
    file = make(tmp_path / "data") / "synthink.json"
    content = json.loads(file.read_bytes())
    content["own_splits"]["dev"]["fields"] = {"like": "train"}
    assert own_splits_of(content)["dev"].like == "validation"
    file.write_text(json.dumps(content))
    with pytest.raises(synthink.ConfigError, match=r"splits.dev.like='train': no such field"):
        load_manifest(file).plan()


@pytest.mark.heavy
def test_photographs_of_the_test_split_are_judged_by_their_own_oracle(tmp_path: Path) -> None:
    synthink.generate(
        "circled_letters",
        splits={"test": 4, "test_photo": {"rows": 4, "like": "test", "camera": "photo", "picture_px": 224}},
        picture_px=160,
        words={"source": "random", "length": [3, 6]},
        output=tmp_path / "data",
    )
    checks = {check.name: check for check in verify(tmp_path / "data").checks}
    assert {name: check.faults for name, check in checks.items() if check.faults} == {}
    assert checks["labels"].summary.startswith("8 of 8 judged from their pixels: 8 right"), checks["labels"].summary
    rows = synthink.load(tmp_path / "data")[0]
    assert rows["test_photo"]["word"] == rows["test"]["word"]
    assert {row["image"].size for row in rows["test_photo"]} == {(224, 224)}
