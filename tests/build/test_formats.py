"""Each format, made for real and read by the libraries that people read it with."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image

import synthink
from synthink import ConfigError, RowDataset
from synthink.build.formats import find_format, format_names
from synthink.build.manifest import load as load_manifest
from synthink.draw.picture_file import decode
from synthink.draw.shown import PictureError
from synthink.errors import MissingColumn, SynthinkError

WORDS = {"source": "random", "length": [3, 8]}  # opened in no time
FIELDS: dict[str, Any] = {"picture_px": 96, "distractors": ["underline", "circle"], "words": WORDS}
SPLITS = {"train": 23, "validation": 0, "test": 7}
SHARD = 10


def generate(output: Path, form: str, **options: Any) -> Path:
    synthink.generate(
        "circled_letters", output=output, splits=SPLITS, seed=5, format=form, shard_size=SHARD, **{**FIELDS, **options}
    )
    return output


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {form: generate(tmp_path_factory.mktemp(form) / "data", form) for form in format_names()}


@pytest.fixture(scope="module")
def drawn() -> dict[str, RowDataset]:
    return {
        split: synthink.dataset("circled_letters", size=size, split=split, seed=5, **FIELDS)
        for split, size in SPLITS.items()
        if size
    }


def listed(value: Any) -> Any:
    return [listed(item) for item in value] if isinstance(value, list | tuple) else value


def without_image(row: dict[str, Any]) -> dict[str, Any]:
    return {name: listed(value) for name, value in row.items() if name != "image"}


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


# --- what all have in common ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", format_names())
def test_the_same_command_makes_the_same_bytes(form: str, folders: dict[str, Path], tmp_path: Path) -> None:
    again = generate(tmp_path / "again", form, workers=2)
    first, second = files_of(folders[form]), files_of(again)
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.parametrize("form", format_names())
def test_a_manifest_makes_the_same_bytes_again(form: str, folders: dict[str, Path], tmp_path: Path) -> None:
    synthink.generate(source=folders[form], output=tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(folders[form])


@pytest.mark.parametrize("form", format_names())
def test_the_format_reads_its_own_shards(form: str, folders: dict[str, Path], drawn: dict[str, RowDataset]) -> None:
    found = load_manifest(folders[form])
    plan = found.plan()
    assert plan.format == form
    assert find_format(form).columns_left_out(plan.generator.columns) == []
    for shard, record in zip(plan.shards, found.shards, strict=True):
        rows = list(find_format(form).read(folders[form] / record.file))
        assert len(rows) == record.rows == shard.stop - shard.start
        for index, row in zip(range(shard.start, shard.stop), rows, strict=True):
            expected = drawn[shard.split].source.row(shard.split, index)
            assert row["image"] == expected["image"].encode()[0]
            assert without_image(row) == without_image(expected)


@pytest.mark.parametrize("form", format_names())
def test_the_manifest_knows_every_file(form: str, folders: dict[str, Path]) -> None:
    folder = folders[form]
    found = load_manifest(folder)
    files = files_of(folder)
    for record in found.shards:
        if (folder / record.file).is_file():
            assert hashlib.sha256(files[record.file]).hexdigest() == record.sha256
            assert len(files[record.file]) == record.bytes
    assert {"README.md", "preview.png", "synthink.json"} <= set(files)
    assert not [name for name in files if name.startswith(".")]
    assert "validation" not in found.identity["splits"], "a split of 0 rows is left out"


@pytest.mark.parametrize("form", format_names())
def test_synthink_loads_it_with_its_generator(form: str, folders: dict[str, Path]) -> None:
    rows, generator = synthink.load(folders[form])
    assert {split: len(part) for split, part in rows.items()} == {"train": 23, "test": 7}
    assert generator == synthink.dataset("circled_letters", size=0, **FIELDS).generator


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean parquet"):
        generate(tmp_path / "data", "parqet")
    assert not (tmp_path / "data").exists()


# --- datasets ---------------------------------------------------------------------------------------------------------


def check_features(form: datasets.Features) -> None:
    assert isinstance(form["image"], datasets.Image)
    assert form["word"] == datasets.Value("string")
    assert form["letter_index"] == datasets.Value("int64")
    assert form["letter_box"] in (
        datasets.List(datasets.Value("float32"), 4),
        datasets.Sequence(datasets.Value("float32"), 4),
    )
    assert form["glyph_boxes"].feature == form["letter_box"]


def check_rows(rows: Iterator[dict[str, Any]], made: RowDataset) -> None:
    count = 0
    for index, row in enumerate(rows):
        expected = made[index]
        assert row["image"].mode == "RGB"
        assert (np.asarray(row["image"]) == np.asarray(expected["image"])).all()
        assert without_image(row) == without_image(expected)
        count += 1
    assert count == len(made)


@pytest.mark.parametrize("streaming", [False, True])
def test_datasets_loads_parquet(
    streaming: bool, folders: dict[str, Path], drawn: dict[str, RowDataset], tmp_path: Path
) -> None:
    loaded = datasets.load_dataset(str(folders["parquet"]), streaming=streaming, cache_dir=str(tmp_path))
    assert set(loaded) == {"train", "test"}
    for split, part in loaded.items():
        check_features(part.features)
        check_rows(iter(part), drawn[split])


def test_datasets_loads_arrow_from_disk(folders: dict[str, Path], drawn: dict[str, RowDataset]) -> None:
    loaded = datasets.load_from_disk(str(folders["arrow"]))
    assert list(loaded) == ["train", "test"]
    for split, part in loaded.items():
        check_features(part.features)
        check_rows(iter(part), drawn[split])
    assert datasets.load_from_disk(str(folders["arrow"] / "test"))[3]["id"] == "circled_letters-test-0000003"


@pytest.mark.parametrize("streaming", [False, True])
def test_datasets_loads_webdataset(
    streaming: bool, folders: dict[str, Path], drawn: dict[str, RowDataset], tmp_path: Path
) -> None:
    loaded = datasets.load_dataset(str(folders["webdataset"]), streaming=streaming, cache_dir=str(tmp_path))
    for split, part in loaded.items():
        count = 0
        for index, row in enumerate(part):
            expected = drawn[split][index]
            assert (np.asarray(row["png"].convert("RGB")) == np.asarray(expected["image"])).all()
            assert row["__key__"] == row["json"]["id"] == expected["id"]
            assert row["json"]["suffix"] == expected["suffix"]
            count += 1
        assert count == SPLITS[split]


@pytest.mark.parametrize("streaming", [False, True])
def test_datasets_loads_jsonl(
    streaming: bool, folders: dict[str, Path], drawn: dict[str, RowDataset], tmp_path: Path
) -> None:
    loaded = datasets.load_dataset(str(folders["jsonl"]), streaming=streaming, cache_dir=str(tmp_path))
    for split, part in loaded.items():
        assert [row["suffix"] for row in part] == [row["suffix"] for row in drawn[split]]


SEVERAL: dict[str, dict[str, Any]] = {
    "circled_letters": {"mark_count": (1, 3), "unmarked": 0.2, "answers": ["{answer}!"], **FIELDS},
    "meters": {"picture_px": 224},
    "gestures": {"picture_px": 224},
    "ink_strokes": {"tasks": {"derender": 1, "locate": 1, "recognise": 1}},
}


@pytest.mark.heavy
@pytest.mark.parametrize("form", format_names())
@pytest.mark.parametrize("generator", SEVERAL)
def test_a_card_is_right_about_what_load_dataset_gives(generator: str, form: str, tmp_path: Path) -> None:
    """Splits, rows, columns and their types; and the generator scores the rows as they come."""
    folder, like = tmp_path / "made", {"rows": 2, "like": "test", "camera": "photo"}
    splits = {"train": 4, "test": 2, "test_photo": like}
    synthink.generate(
        generator, splits=splits, output=folder, format=form, shard_size=3, workers=1, **SEVERAL[generator]
    )
    _, front, body = (folder / "README.md").read_text("utf-8").split("---\n", 2)
    info = yaml.safe_load(front)["dataset_info"]
    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 4, "test": 2, "test_photo": 2}
    assert {split["name"]: split["num_examples"] for split in info["splits"]} == loaded.num_rows
    for rows in loaded.values():
        assert rows.features == datasets.Features._from_yaml_list(info["features"])
    names = [name for name, kind in loaded["train"].features.items() if not isinstance(kind, dict)]
    names += [f"json.{name}" for name in loaded["train"].features.get("json", ())]
    columns = body.partition("\n## Columns\n")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `([\w.]+)` \| ", columns, re.MULTILINE)) == sorted(names)
    tables, maker = synthink.load(folder)
    for row in (row for rows in tables.values() for row in rows):
        sample = synthink.Sample.from_row(row)
        assert maker.score(sample, sample.suffix)["correct"] == 1
        maker.chance(sample), maker.answer_shapes(sample, sample.suffix), maker.errors(sample, sample.suffix)


def test_a_column_that_a_row_lacks_is_named_when_an_answer_is_scored() -> None:
    rows = synthink.dataset("meters", size=1, tasks={"read": 1}).with_format(columns=["image", "prefix", "suffix"])
    with pytest.raises(
        SynthinkError, match=r"^column 'task': this row lacks it, and has image, prefix, suffix; format"
    ):
        synthink.Sample.from_row(rows[0])
    whole = next(row for row in synthink.dataset("meters", size=50) if row["task"] == "read")
    sample = synthink.Sample.from_row({name: whole[name] for name in whole if name != "interval"})
    with pytest.raises(MissingColumn, match=r"^column 'interval': this row lacks it, and has .*format=parquet"):
        rows.generator.score(sample, "7")


# --- each by itself ---------------------------------------------------------------------------------------------------


def test_parquet_files_have_small_row_groups_and_a_page_index(folders: dict[str, Path]) -> None:
    shards = sorted((folders["parquet"] / "data").iterdir())
    assert [path.name for path in shards] == [
        "test-00000-of-00001.parquet",
        *(f"train-{number:05d}-of-00003.parquet" for number in range(3)),
    ]
    for path in shards:
        meta = pq.ParquetFile(path).metadata
        for number in range(meta.num_row_groups):
            group = meta.row_group(number)
            assert group.total_byte_size < 100e6
            for column in range(group.num_columns):
                name = group.column(column).path_in_schema
                plain = name == "image.bytes" or name.count(".list.") > 1  # pictures and geometry: nobody searches them
                assert group.column(column).has_column_index != plain
                assert group.column(column).has_offset_index
        read = pq.read_table(path)
        assert read.column_names[:5] == ["id", "task", "image", "prefix", "suffix"]
        pictures = [Image.open(io.BytesIO(row["bytes"])) for row in read["image"].to_pylist()]
        assert {picture.size for picture in pictures} == {(96, 96)}


def test_arrow_streams_are_readable_by_pyarrow(folders: dict[str, Path]) -> None:
    files = sorted((folders["arrow"] / "train").glob("*.arrow"))
    assert len(files) == 3
    rows = 0
    for path in files:
        with pa.memory_map(str(path)) as source:
            rows += pa.ipc.open_stream(source).read_all().num_rows
    assert rows == 23


def test_webdataset_tars_hold_pairs_without_owner_or_time(
    folders: dict[str, Path], drawn: dict[str, RowDataset]
) -> None:
    with tarfile.open(folders["webdataset"] / "data" / "test-00000-of-00001.tar") as tar:
        members = tar.getmembers()
        assert [member.name for member in members[:2]] == [
            f"circled_letters-test-0000000.{end}" for end in ("png", "json")
        ]
        assert len(members) == 14
        for member in members:
            assert (member.mtime, member.uid, member.gid, member.uname, member.gname) == (0, 0, 0, "", "")
        for index in range(7):
            stem = f"circled_letters-test-{index:07d}"
            picture = Image.open(tar.extractfile(f"{stem}.png")).convert("RGB")  # type: ignore[arg-type]
            row = json.load(tar.extractfile(f"{stem}.json"))  # type: ignore[arg-type]
            assert (np.asarray(picture) == np.asarray(drawn["test"][index]["image"])).all()
            assert row == without_image(drawn["test"][index])


@pytest.mark.parametrize("generator", ["gestures", "ink_strokes"])
def test_datasets_loads_webdataset_with_columns_that_may_be_null_and_pictures_of_two_kinds(
    generator: str, tmp_path: Path
) -> None:
    splits = {"train": 6, "test": {"rows": 2, "camera": "photo"}}
    synthink.generate(generator, splits=splits, output=tmp_path / "made", format="webdataset", workers=1)
    loaded = datasets.load_dataset(str(tmp_path / "made"), cache_dir=str(tmp_path / "cache"))
    rows = synthink.dataset(generator, size=6)
    for row, own in zip(loaded["train"], rows, strict=True):
        assert row["json"]["suffix"] == own["suffix"] and row["json"].keys() == own.keys() - {"image"}
        assert np.array_equal(np.asarray(row["png"].convert("RGB")), np.asarray(own["image"]))
    assert all(row["jpg"] is not None and row["png"] is None for row in loaded["test"])


def test_webdatasets_own_library_reads_it(folders: dict[str, Path]) -> None:
    webdataset = pytest.importorskip("webdataset")
    url = str(folders["webdataset"] / "data" / "train-{00000..00002}-of-00003.tar")
    rows = list(webdataset.WebDataset(url, shardshuffle=False).decode("pil").to_tuple("png", "json", "__key__"))
    assert [key for _, _, key in rows] == [f"circled_letters-train-{index:07d}" for index in range(23)]
    assert all(picture.size == (96, 96) and row["suffix"] in row["word"] for picture, row, _ in rows)


def test_jsonl_lines_are_flat_strings_with_pictures_beside_them(
    folders: dict[str, Path], drawn: dict[str, RowDataset]
) -> None:
    """big_vision takes the fields' types from the first line and wants the same in all lines."""
    folder = folders["jsonl"]
    for split, made in drawn.items():
        lines = [json.loads(line) for line in (folder / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]
        assert len(lines) == len(made)
        assert {tuple(line) for line in lines} == {tuple(lines[0])}
        assert {"image", "prefix", "suffix"} <= set(lines[0])
        for index, line in enumerate(lines):
            assert all(type(value) is str for value in line.values())
            assert not Path(line["image"]).is_absolute()
            picture = Image.open(folder / line["image"]).convert("RGB")
            assert (np.asarray(picture) == np.asarray(made[index]["image"])).all()
            assert (line["prefix"], line["suffix"]) == (made[index]["prefix"], made[index]["suffix"])


@pytest.mark.parametrize("form", format_names())
def test_camera_pictures_are_stored_as_the_jpegs_that_they_are(form: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    synthink.generate("circled_letters", output=folder, splits={"test": 3}, format=form, camera="photo", picture_px=96)
    record = load_manifest(folder).shards[0]
    rows = list(find_format(form).read(folder / record.file))
    assert [Image.open(io.BytesIO(row["image"])).format for row in rows] == ["JPEG"] * 3
    names = [path for path in files_of(folder) if path.endswith(".jpg")]
    assert len(names) == (3 if form in ("jsonl", "imagefolder") else 0)


def test_the_card_says_what_is_inside(folders: dict[str, Path]) -> None:
    text = (folders["parquet"] / "README.md").read_text(encoding="utf-8")
    front = yaml.safe_load(text.split("---")[1])
    info = front["dataset_info"]
    info = info[0] if isinstance(info, list) else info
    assert front["license"] == "cc-by-4.0"
    assert {part["name"]: part["num_examples"] for part in info["splits"]} == {"train": 23, "test": 7}
    assert info["features"][0] == {"name": "id", "dtype": "string"}
    assert "preview.png" in text
    Image.open(folders["parquet"] / "preview.png").verify()


@pytest.mark.parametrize("image", [7, None, ["a.png"], {"bytes": ""}, True], ids=str)
def test_a_line_that_names_no_picture_is_a_fault_and_no_crash(tmp_path: Path, image: object) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"id": "a", "image": image}) + "\n")
    form = find_format("jsonl")
    assert ("image that names no file", "a") in list(form.layout_faults(tmp_path, {}))
    [row] = form.read(tmp_path)
    with pytest.raises(PictureError, match="holds no picture"):
        decode(row["image"])
