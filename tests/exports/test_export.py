"""The frame of exports: what is refused, what goes on, and what is said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import synthink
from synthink.errors import AssetError, ConfigError, OutputError
from synthink.exports import export as exporting
from synthink.exports.base import Part
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.exports.formats.conversations import LlavaExport
from synthink.files import digest
from tests.support import Result


def tree(folder: Path) -> dict[str, bytes]:
    """Every file's path and content, those of unfinished work too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class StopsAtTheSecondShard(LlavaExport):
    """Interrupted in the middle of a shard, with pictures and lines written."""

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        super().write(dataset, pictures, part)
        if part.stem.startswith("00001"):
            raise KeyboardInterrupt


def test_an_interrupted_export_goes_on(meters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clean, folder = tmp_path / "clean", tmp_path / "out"
    synthink.export(meters, "llava", clean, questions="all")
    with monkeypatch.context() as patched:
        patched.setattr(exporting, "find_export", lambda name: StopsAtTheSecondShard)
        with pytest.raises(KeyboardInterrupt):
            synthink.export(meters, "llava", folder, questions="all")
    half = {name for name in tree(folder) if not name.startswith(".synthink/")}
    assert half and half < tree(clean).keys() and all(name.startswith("images/") for name in half)
    first = folder / "images/train/00000-of-00003"
    written = {path: path.stat().st_ino for path in first.iterdir()}
    outcome = synthink.export(meters, "llava", folder, questions="all")
    assert tree(folder) == tree(clean) and not outcome.was_there
    assert written == {path: path.stat().st_ino for path in first.iterdir()}, "a finished shard was written again"
    again = synthink.export(meters, "llava", folder, questions="all")
    assert again.was_there and again.rows == outcome.rows and tree(folder) == tree(clean)


def test_the_record_says_what_was_exported(meters: Path, tmp_path: Path) -> None:
    outcome = synthink.export(meters, "coco", tmp_path)
    record = json.loads((tmp_path / "export.json").read_text("utf-8"))
    assert record["manifest"] == digest(meters / "synthink.json")[0]
    assert record["format"] == "coco" and record["settings"] == {"boxes": {}} and record["splits"] == outcome.rows
    skipped = outcome.left_out.counts.total()  # of displays that have places of wheels, which not every row has
    assert record.get("skipped", {}) == ({"boxes of place_boxes without a class": skipped} if skipped else {})
    content = json.loads((tmp_path / "annotations/instances_train.json").read_text("utf-8"))
    figures = [category["name"] for category in content["categories"] if category["name"].isdigit()]
    assert figures == list("0123456789")


def test_pictures_are_the_datasets_own_bytes_once_each(meters: Path, tmp_path: Path) -> None:
    synthink.export(meters, "llava", tmp_path)
    stored = [image["bytes"] for path in meters.glob("data/*") for image in pq.read_table(path)["image"].to_pylist()]
    exported = [path.read_bytes() for path in (tmp_path / "images").rglob("*.png")]
    assert sorted(exported) == sorted(set(stored)) and len(exported) == 4


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"format": "lava"}, "format"),
        ({"format": None}, "format"),
        ({"questions": "some"}, "questions"),
        ({"label_format": "quen"}, "label_format"),
        ({"questoins": "all"}, "questoins"),
        ({"format": "pagexml"}, "format"),
        ({"format": "inkml"}, "format"),
        ({"format": "yolo", "boxes": {"displaybox": "x"}}, "boxes.displaybox"),
        ({"format": "coco", "boxes": {"display_box": "reading"}, "questions": "one"}, "questions"),
        ({"output": ""}, "output"),
        ({"output": None}, "output"),
        ({"code": "maybe"}, "code"),
    ],
)
def test_bad_settings_are_refused_and_nothing_is_written(
    arguments: dict[str, Any], field: str, meters: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as refused:
        synthink.export(**{"dataset": meters, "format": "llava", "output": tmp_path / "a/b", **arguments})
    assert refused.value.field == field
    assert list(tmp_path.iterdir()) == []


def test_an_export_does_not_go_into_its_dataset(meters: Path) -> None:
    before = tree(meters)
    for output in (meters, meters / "export"):
        with pytest.raises(ConfigError, match="lies in the dataset's folder"):
            synthink.export(meters, "llava", output)
    assert tree(meters) == before


def test_another_export_and_strangers_files_stay(meters: Path, ink: Path, tmp_path: Path) -> None:
    synthink.export(meters, "jsonl", tmp_path / "out")
    before = tree(tmp_path)
    for dataset, format, settings in (
        (meters, "llava", {}),
        (ink, "jsonl", {}),
        (meters, "jsonl", {"label_format": "qwen"}),
    ):
        with pytest.raises(OutputError, match="holds another export"):
            synthink.export(dataset, format, tmp_path / "out", **settings)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="not a data export of synthink"):
        synthink.export(meters, "jsonl", tmp_path / "mine")
    (tmp_path / "mine/notes.txt").unlink()
    (tmp_path / "mine").rmdir()
    assert tree(tmp_path) == before


def test_a_failed_export_of_which_nothing_is_done_leaves_nothing(meters: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(meters, tmp_path / "data"))
    (broken / "data/test-00000-of-00001.parquet").write_bytes(b"PAR1 torn")
    for path in broken.glob("data/train-00000-*"):
        path.write_bytes(b"PAR1 torn")
    with pytest.raises(AssetError):
        synthink.export(broken, "jsonl", tmp_path / "new/out")
    assert not (tmp_path / "new").exists()


def rewrite(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows)
    pq.write_table(table.from_pylist(rows, table.schema), path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[3].update(id="../../x"), "no name of a file"),
        (lambda rows: rows[0].update(id=None), "no name of a file"),
        (lambda rows: rows[6].update(id=rows[0]["id"]), "two rows of a shard have the id"),
        (lambda rows: rows[2].update(suffix=None), "suffix is empty"),
        (lambda rows: rows[0].update(image={"bytes": b"GIF89a", "path": "x.png"}), "the picture"),
        (lambda rows: rows[0].update(image=None), "the picture"),
        (lambda rows: rows[1].update(display_box=[0.0, 0.0, 1e9, 5.0]), "display_box empty or outside"),
    ],
)
def test_rows_that_are_not_as_their_generator_makes_them_are_refused(
    change: Callable[[list[dict[str, Any]]], None], message: str, meters: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(meters, tmp_path / "data"))
    rewrite(data / "data/train-00000-of-00003.parquet", change)
    with pytest.raises(AssetError, match=message):
        synthink.export(data, "jsonl", tmp_path / "out")
    assert not (tmp_path / "out").exists() and not (tmp_path / "x").exists()


def test_a_question_that_holds_the_mark_of_a_picture_is_left_out(meters: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(meters, tmp_path / "data"))
    rewrite(data / "data/train-00000-of-00003.parquet", lambda rows: rows[0].update(prefix="<image> of what?"))
    for format, count in {"llava": 17, "verl": 17, "jsonl": 18}.items():
        outcome = synthink.export(data, format, tmp_path / format)
        assert outcome.rows["train"] == count and outcome.left_out.counts.total() == 18 - count


def test_the_command_says_what_came_of_it(command: Callable[..., Result], ink: Path, tmp_path: Path) -> None:
    result = command("export", str(ink), "format=qwen", "questions=all", f"output={tmp_path}/out")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"{tmp_path}/out: ") and "left out of qwen: " in result.stdout
    result = command(
        "export", str(ink), "format=coco", "settings={boxes: {word_boxes: word}}", f"output={tmp_path}/coco"
    )
    assert result.returncode == 0, result.stderr
    content = json.loads((tmp_path / "coco/annotations/instances_train.json").read_text("utf-8"))
    assert [category["name"] for category in content["categories"]] == ["word"]
    assert all(annotation["text"] for annotation in content["annotations"])
    result = command("export", str(ink), "format=coko", f"output={tmp_path}/x")
    assert result.returncode == 2 and "did you mean coco" in result.stderr


def test_classes_come_from_a_column_of_texts(ink: Path, tmp_path: Path) -> None:
    synthink.export(ink, "yolo", tmp_path, boxes={"ink_box": "pen", "word_boxes": "word"})
    lines = (tmp_path / "data.yaml").read_text("utf-8").splitlines()
    names = [line.split(": ")[1].strip('"') for line in lines[lines.index("names:") + 1 :]]
    assert names[0] == "word" and names[1:] == sorted(names[1:]) and "felt_tip" in names
