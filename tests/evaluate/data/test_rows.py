"""Dataset folders, ours and others', as rows to learn from."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import synthink
from synthink.errors import AssetError, ModelError, SynthinkError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import pixels
from synthink.evaluate.data.rows import Dataset, DrawnRows, open_datasets
from synthink.evaluate.scoring import score_answers
from tests.train.patches import PLACES, PREFIX, SIDE, make

pytestmark = pytest.mark.heavy

FORMATS = ("parquet", "arrow", "webdataset", "jsonl", "imagefolder")
ROWS = {"train": 12, "validation": 4, "test": 5}
LETTERS = {"picture_px": 48, "words": "random"}


def png(grey: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (9, 7), (grey, 0, 0)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same rows in every format."""
    parent = tmp_path_factory.mktemp("folders")
    for name in FORMATS:
        synthink.generate("circled_letters", output=parent / name, splits=ROWS, format=name, **LETTERS)
    return parent


# --- our own ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_rows_that_were_drawn(folders: Path, name: str) -> None:
    dataset = Dataset(folders / name)
    assert sorted(dataset.splits) == sorted(ROWS)
    for split, size in ROWS.items():
        drawn = synthink.dataset("circled_letters", size=size, split=split, **LETTERS)
        rows = dataset.rows(split)
        assert len(rows) == size
        for index in range(size):
            example, truth = rows.example(index), drawn[index]
            assert example[1:] == (truth["prefix"], truth["suffix"], truth["id"])
            assert np.array_equal(pixels(example.image, 48), np.asarray(truth["image"]))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_scored_by_its_generator(folders: Path, name: str) -> None:
    """Annotations that a format has no room for are drawn again."""
    dataset = Dataset(folders / name)
    row = dataset.rows("test").row(2)
    expected = Dataset(folders / "parquet").rows("test").row(2)
    assert row.keys() == expected.keys()
    assert (row["id"], row["task"], row["letter_index"]) == (
        "circled_letters-test-0000002",
        "circled_letters",
        expected["letter_index"],
    )
    assert list(row["letter_box"]) == expected["letter_box"]
    assert isinstance(row["image"], bytes)
    assert dataset.generator is not None
    right, wrong = score_answers([row, row], [row["suffix"], "?"], dataset.generator)
    assert (right.scores["correct"], wrong.scores["correct"]) == (1.0, 0.0)
    assert len(right.truth_shapes) == 1


def test_the_control_asks_the_same_of_other_pictures(folders: Path) -> None:
    dataset = Dataset(folders / "parquet")
    rows, control = dataset.rows("test"), dataset.control("test")
    assert control is not None
    assert len(control) == len(rows)
    for index in range(len(rows)):
        one, other = rows.example(index), control.example(index)
        assert one[1:] == other[1:], "question, answer and id"
        differs = (pixels(one.image, 48) != pixels(other.image, 48)).any(axis=2)
        assert 0 < differs.sum() < differs.size / 2, "the mark, and nothing else"
        whole = control.row(index)
        assert np.array_equal(pixels(whole["image"], 48), pixels(other.image, 48))
        assert {name: whole[name] for name in ("id", "word", "letter_index")} == {
            name: rows.row(index)[name] for name in ("id", "word", "letter_index")
        }
    assert dataset.control("tset") is None


def test_rows_of_a_generator_are_those_of_its_dataset() -> None:
    drawn = synthink.dataset("patches", size=6, split="test", seed=4)
    rows = DrawnRows(drawn.source, "test", 6, "patches/test")
    assert len(rows) == 6
    assert rows.example(3)[1:] == (PREFIX, drawn[3]["suffix"], "patches-test-0000003")
    assert np.array_equal(rows.example(3).image, np.asarray(drawn[3]["image"]))
    assert rows.row(3)["place"] == drawn[3]["place"]


# --- others' ----------------------------------------------------------------------------------------------------------


def pairs(count: int) -> list[dict[str, Any]]:
    return [{"prefix": f"how grey? {index}", "suffix": str(index)} for index in range(count)]


def imagefolder(folder: Path) -> None:
    (folder / "train").mkdir(parents=True)
    lines = []
    for index, row in enumerate(pairs(3)):
        (folder / "train" / f"{index}.png").write_bytes(png(index))
        lines.append(json.dumps({"file_name": f"{index}.png", **row}))
    (folder / "train" / "metadata.jsonl").write_text("\n".join(lines) + "\n")


def parquet_of_bytes(folder: Path) -> None:
    folder.mkdir()
    table = pa.Table.from_pylist([{"image": png(index), **row} for index, row in enumerate(pairs(3))])
    pq.write_table(table, folder / "train.parquet")


def parquet_of_structs(folder: Path) -> None:
    folder.mkdir()
    rows = [{"image": {"bytes": png(index), "path": None}, **row} for index, row in enumerate(pairs(3))]
    pq.write_table(pa.Table.from_pylist(rows), folder / "train-00000.parquet")


def parquet_of_paths(folder: Path) -> None:
    folder.mkdir()
    for index in range(3):
        (folder / f"{index}.png").write_bytes(png(index))
    rows = [{"image": f"{index}.png", **row} for index, row in enumerate(pairs(3))]
    pq.write_table(pa.Table.from_pylist(rows), folder / "train.parquet")


def saved(folder: Path) -> None:
    images = [Image.new("RGB", (9, 7), (index, 0, 0)) for index in range(3)]
    rows = {"image": images, **{key: [row[key] for row in pairs(3)] for key in ("prefix", "suffix")}}
    table = datasets.Dataset.from_dict(rows).cast_column("image", datasets.Image())
    datasets.DatasetDict({"train": table, "test": table.select([2])}).save_to_disk(str(folder))


def saved_alone(folder: Path) -> None:
    rows = {"image": [{"bytes": png(index), "path": None} for index in range(3)]}
    rows |= {key: [row[key] for row in pairs(3)] for key in ("prefix", "suffix")}
    datasets.Dataset.from_dict(rows).save_to_disk(str(folder))


OTHERS = [imagefolder, parquet_of_bytes, parquet_of_structs, parquet_of_paths, saved, saved_alone]


@pytest.mark.parametrize("write", OTHERS, ids=lambda write: write.__name__)
def test_folders_of_others(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "other")
    dataset = Dataset(tmp_path / "other")
    assert dataset.generator is None
    assert dataset.control("train") is None
    rows = dataset.rows("train")
    assert [rows.example(index)[1:] for index in range(3)] == [
        (row["prefix"], row["suffix"], f"other/train[{index}]") for index, row in enumerate(pairs(3))
    ]
    assert [int(pixels(rows.example(index).image, 8)[0, 0, 0]) for index in range(3)] == [0, 1, 2]
    assert rows.row(1)["id"] == "other/train[1]"
    assert score_answers([rows.row(1)], ["1"], "exact")[0].scores["correct"] == 1


# --- what is wrong with a folder --------------------------------------------------------------------------------------


def parquet(folder: Path, rows: list[dict[str, Any]], schema: pa.Schema | None = None) -> Dataset:
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "train.parquet")
    return Dataset(folder)


GOOD = {"image": png(), "prefix": "?", "suffix": "A", "id": "one"}


@pytest.mark.parametrize("column", ["image", "prefix", "suffix"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    rest = {name: value for name, value in GOOD.items() if name != column}
    with pytest.raises(ModelError, match=f"no column '{column}' in split train; there are"):
        parquet(tmp_path / "data", [rest]).rows("train")


def test_a_missing_split_and_an_empty_one(tmp_path: Path) -> None:
    dataset = parquet(tmp_path / "data", [GOOD])
    with pytest.raises(ModelError, match="no split 'test'; there are train"):
        dataset.rows("test")
    table = pq.read_table(tmp_path / "data" / "train.parquet")
    pq.write_table(table.slice(0, 0), tmp_path / "data" / "test.parquet")
    with pytest.raises(AssetError, match="BatchSize must be greater than 0"):  # the cause, of `datasets` itself
        Dataset(tmp_path / "data").rows("test")
    vars(dataset)["_tables"] = {"train": datasets.Dataset.from_list([GOOD]).select([])}
    with pytest.raises(ModelError, match="split 'train' is empty"):
        dataset.rows("train")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"suffix": 7}, "suffix is 7, not text"),
        ({"prefix": None}, "prefix is None, not text"),
        ({"prefix": "a" * (2**20 + 1)}, "prefix has 1,048,577 characters; at most 1,048,576 are read"),
        ({"image": [1, 2]}, "image holds no picture, it is list"),
        ({"image": None}, "image holds no picture, it is NoneType"),
        ({"image": "../outside.png"}, "image '../outside.png': "),
        ({"image": "/etc/passwd"}, "image '/etc/passwd': "),
        ({"image": "/dev/zero"}, "image '/dev/zero': "),
        ({"image": "iVBORw0KGgo" + "AAAA" * 9000}, "image is a picture's file in base64 ('iVBORw0KGgoAAAA"),
        ({"image": {"bytes": "iVBORw0KGgo" + "AAAA" * 900}}, "image is a picture's file in base64 ('iVBORw0KGgoAAAA"),
        ({"image": "name" * 2000}, "image is a text of 8,000 characters ('namename"),
        ({"image": "n" * 300}, "nnn…: cannot be read: File name too long"),
        ({"image": {"bytes": None, "path": "/etc/passwd"}}, "image '/etc/passwd': "),
        ({"image": "nowhere.png"}, "nowhere.png': cannot be read"),
        ({"image": {"bytes": None, "path": "nowhere.png"}}, "nowhere.png': cannot be read"),
    ],
    ids=str,
)
@pytest.mark.parametrize("named", [True, False], ids=["with id", "without id"])
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, changed: dict[str, Any], told: str, named: bool) -> None:
    (tmp_path / "outside.png").write_bytes(png())
    row = {**GOOD, **changed, "id": "bad"}
    good = {**GOOD, **{name: value for name, value in row.items() if type(value) is not type(GOOD[name])}}
    rows = [good, row] if not named else [{**good, "id": "other"}, row]
    if not named:
        rows = [{name: value for name, value in each.items() if name != "id"} for each in rows]
    found = parquet(tmp_path / "data", rows).rows("train")
    for ask in (found.example, found.row):
        with pytest.raises(ModelError) as caught:
            ask(1)
        assert told in str(caught.value)
        assert str(caught.value).startswith("bad: " if named else "data/train[1]: ")


def test_text_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    parquet(tmp_path / "data", [{**GOOD, "suffix": "ABCDEFGH"}])
    file = tmp_path / "data" / "train.parquet"
    file.write_bytes(file.read_bytes().replace(b"ABCDEFGH", b"ABCD\xffFGH"))
    rows = Dataset(tmp_path / "data").rows("train")
    for ask in (rows.example, rows.row):
        with pytest.raises(AssetError, match=r"data/train\[0\]: cannot be read: 'utf-8' codec"):
            ask(0)


def test_a_picture_that_cannot_be_decoded_is_named(tmp_path: Path) -> None:
    rows = parquet(tmp_path / "data", [{**GOOD, "image": png()[:48]}, {**GOOD, "image": b"text"}]).rows("train")
    for index, reason in enumerate(("cannot be decoded", "is in no format that is read")):
        example = rows.example(index)
        with pytest.raises(ModelError, match=f"one: the picture {reason}"):
            pixels(example.image, 8, example.id)


def test_a_picture_that_is_far_too_large_is_refused() -> None:
    file = io.BytesIO()
    Image.new("1", (6000, 6000)).save(file, "PNG")
    with pytest.raises(ModelError, match="row: the picture is 6,000 x 6,000 px; at most 25,000,000 pixels are decoded"):
        pixels(file.getvalue(), 8, "row")


def test_folders_that_are_none(tmp_path: Path, folders: Path) -> None:
    with pytest.raises(AssetError, match="no such folder"):
        Dataset(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssetError, match="`datasets` cannot read it"):
        Dataset(tmp_path / "empty").rows("train")
    shutil.copytree(folders / "parquet", tmp_path / "torn")
    next((tmp_path / "torn" / "data").glob("train-*")).write_bytes(b"PAR1 no more")
    with pytest.raises(AssetError, match=r"train-00000-of-00001\.parquet: no Parquet file, or cut short"):
        Dataset(tmp_path / "torn").rows("train")
    saved(tmp_path / "saved")
    (tmp_path / "saved" / "train" / "state.json").write_text("{")
    with pytest.raises(AssetError, match=r"saved/train/state\.json: is not as `datasets` writes it"):
        Dataset(tmp_path / "saved").rows("train")


# --- several ----------------------------------------------------------------------------------------------------------


def test_folders_and_weights(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()

    def opened(asked: Any) -> list[tuple[str, float]]:
        return [(dataset.name, weight) for dataset, weight in open_datasets(asked)]

    assert opened(str(one)) == opened(one) == [("one", 1.0)]
    assert opened([str(other), str(one)]) == [("other", 1.0), ("one", 1.0)]
    assert opened({str(one): 3, str(other): 0.5}) == [("one", 3.0), ("other", 0.5)]
    assert opened([{"path": str(one), "weight": 3}, str(other)]) == [("one", 3.0), ("other", 1.0)]


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    paths = ["v1/run/data", "v2/run/data", "v1/more", "run-data"]
    for path in paths:
        (tmp_path / path).mkdir(parents=True)
    names = [dataset.name for dataset, _ in open_datasets([str(tmp_path / path) for path in paths])]
    assert names[:3] == ["v1-run-data", "v2-run-data", "more"]
    assert len(set(names)) == 4, "nor do they meet a name that was there"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (None, "name a folder"),
        ("", "name a folder"),
        ([], "name a folder"),
        ({}, "name a folder"),
        ([{"pth": "here"}], "name a folder"),
        (True, "name a folder"),
        ({"here": 0}, "dataset=here: its weight, 0, must be a number above 0"),
        ({"here": -1.0}, "dataset=here: its weight, -1.0,"),
        ({"here": "half"}, "dataset=here: its weight, 'half',"),
        ({"here": True}, "dataset=here: its weight, True,"),
        ({"here": float("inf")}, "dataset=here: its weight, inf,"),
        ({"here": float("nan")}, "dataset=here: its weight, nan,"),
        (["here", "nowhere"], "nowhere: no such folder"),
        (["here", "./here"], "is named twice"),
    ],
    ids=str,
)
def test_what_names_no_datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Any, told: str) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SynthinkError) as caught:
        open_datasets(asked)
    assert told in str(caught.value)


def test_pixels_are_reduced_without_keeping_the_aspect() -> None:
    wide = np.zeros((20, 40, 3), np.uint8)
    wide[:, 20:] = 200
    found = pixels(wide, SIDE)
    assert found.shape == (SIDE, SIDE, 3)
    assert found[:, : SIDE // 2 - 1].max() == 0
    assert found[:, SIDE // 2 + 1 :].min() == 200
    assert pixels(np.ascontiguousarray(wide[:, :20]), 20).shape == (20, 20, 3)


def test_grey_and_transparent_pictures_become_colours() -> None:
    for mode, colour in (("L", 90), ("RGBA", (90, 90, 90, 255)), ("1", 1), ("I;16", 60000), ("CMYK", (0, 0, 0, 0))):
        file = io.BytesIO()
        Image.new(mode, (5, 5), colour).save(file, "JPEG" if mode == "CMYK" else "PNG")
        assert pixels(file.getvalue(), 5).shape == (5, 5, 3)


def test_patches_are_as_their_answers_say(tmp_path: Path) -> None:
    rows = Dataset(make(tmp_path / "patches", 20, 0, 0)).rows("train")
    for index in range(20):
        example: Example = rows.example(index)
        quarters = pixels(example.image, SIDE).reshape(2, SIDE // 2, 2, -1).mean(axis=(1, 3)).reshape(-1)
        assert PLACES[int(quarters.argmax())] == example.suffix
