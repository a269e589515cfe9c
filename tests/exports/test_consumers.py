"""Every format is read back by whom it is meant for, and gives the rows of the dataset; wrong exports do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import synthink
from synthink import plugins
from synthink.build import manifest as manifests
from tests.exports import readers

DIGITS = {"display_box": "display", "place_boxes": "place_digits"}
FORMATS = [pytest.param(name, marks=pytest.mark.whole if name in readers.BY_DATASETS else ()) for name in readers.TURNS]


def test_every_format_has_a_reader_here() -> None:
    others = {"qwen", "florence2", "coco", "yolo", "pagexml", "alto", "inkml"}
    assert {*readers.TURNS, *others} == {
        name
        for name in plugins.names(plugins.EXPORTS)
        if plugins.package(plugins.EXPORTS, name).startswith("synthink ")
    }


@pytest.mark.parametrize("format", FORMATS)
def test_questions_and_answers_come_back(format: str, meters: Path, tmp_path: Path) -> None:
    outcome = synthink.export(meters, format, tmp_path / "out")
    assert outcome.rows == {"train": 18, "test": 6} and not outcome.left_out
    for split, count in outcome.rows.items():
        assert readers.check_turns(format, tmp_path / "out", meters, split) == count


@pytest.mark.parametrize("format", ["llava", pytest.param("messages", marks=pytest.mark.whole), "donut"])
def test_all_questions_about_a_picture_are_one_conversation(format: str, meters: Path, tmp_path: Path) -> None:
    """Shards end between the questions about a picture."""
    if format == "donut":
        synthink.export(meters, format, tmp_path, questions="all")
        lines = (tmp_path / "train/metadata.jsonl").read_text("utf-8").splitlines()
        turns = [len(json.loads(json.loads(line)["ground_truth"])["gt_parses"]) for line in lines]
    else:
        synthink.export(meters, format, tmp_path, questions="all")
        readers.check_turns(format, tmp_path, meters, "train")
        turns = (
            [len(item["conversations"]) // 2 for item in json.loads((tmp_path / "train.json").read_text("utf-8"))]
            if format == "llava"
            else [len(row["messages"]) // 2 for row in readers.loaded(tmp_path, "train")]
        )
    assert turns == [6, 6, 6]


def change_json(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (path,) = [path for path in (folder / "train.json", folder / "train.jsonl") if path.exists()]
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


def swap_pictures(folder: Path) -> None:
    one, *_, other = sorted((folder / "images").rglob("*.png"))
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


@pytest.mark.parametrize(
    ("format", "damage"),
    [
        ("llava", change_json("<loc0", "<loc1")),
        ("llava", change_json("extract meter", "Extract meter")),
        ("llava", swap_pictures),
        ("jsonl", change_json('"suffix": "', '"suffix": "1')),
        ("openrlhf", change_json('"label": "', '"label": "1')),
        ("docvqa", change_json('"answers": ["', '"answers": ["1')),
    ],
)
def test_the_check_finds_wrong_questions_and_answers(
    format: str, damage: Callable[[Path], None], meters: Path, tmp_path: Path
) -> None:
    synthink.export(meters, format, tmp_path)
    readers.check_turns(format, tmp_path, meters, "train")
    damage(tmp_path)
    with pytest.raises(AssertionError):
        readers.check_turns(format, tmp_path, meters, "train")


@pytest.mark.parametrize("format", ["coco", "yolo"])
def test_boxes_come_back_with_their_classes(format: str, meters: Path, tmp_path: Path) -> None:
    outcome = synthink.export(meters, format, tmp_path, boxes=DIGITS)
    read = {"coco": readers.coco, "yolo": readers.yolo}[format]
    assert outcome.rows == {"train": 18, "test": 6}
    for split in outcome.rows:
        readers.check_boxes(read(tmp_path, split), readers.true_boxes(meters, split, DIGITS))
    with pytest.raises(AssertionError):
        readers.check_boxes(read(tmp_path, "train"), readers.true_boxes(meters, "test", DIGITS))


@pytest.mark.parametrize(("place", "change"), [(0, 1), (1, 0.001), (4, -0.001)])
def test_the_check_finds_a_wrong_box_and_a_wrong_class(place: int, change: float, meters: Path, tmp_path: Path) -> None:
    synthink.export(meters, "yolo", tmp_path, boxes=DIGITS)
    path = sorted((tmp_path / "labels/train").rglob("*.txt"))[-1]
    first, *others = path.read_text("utf-8").splitlines()
    numbers = first.split()
    numbers[place] = f"{float(numbers[place]) + change:g}"
    path.write_text("\n".join([" ".join(numbers), *others]), "utf-8")
    with pytest.raises(AssertionError):
        readers.check_boxes(readers.yolo(tmp_path, "train"), readers.true_boxes(meters, "train", DIGITS))


def test_a_box_that_two_columns_have_is_one_object(ink: Path, tmp_path: Path) -> None:
    both = {"ink_box": "ink", "word_boxes": "ink"}
    assert any([row["ink_box"]] == row["word_boxes"] for row in readers.rows_of(ink, "train"))
    synthink.export(ink, "yolo", tmp_path, boxes=both)
    readers.check_boxes(readers.yolo(tmp_path, "train"), readers.true_boxes(ink, "train", both))


def check_lines(format: str, dataset: Path, folder: Path) -> None:
    outcome = synthink.export(dataset, format, folder)
    rows = readers.rows_of(dataset, "train")
    written = {readers.pixels(row["image"]): row for row in rows if row["text"]}
    pages = {"pagexml": readers.page_words, "alto": readers.alto_words}[format](folder, "train")
    assert pages.keys() == written.keys() and outcome.rows["train"] == len(written) < len(rows)
    assert outcome.left_out.counts.total() == len(rows) - len(written)
    for picture, lines in pages.items():
        row = written[picture]
        assert [[word for word, _ in line] for line in lines] == [line.split() for line in row["text"].split("\n")]
        boxes = [box for line in lines for _, box in line]
        inner = np.array(row["word_boxes"])
        grown = (inner - boxes) * (1, 1, -1, -1)
        assert (grown >= 0).all() and (grown < 1).all()  # whole pixels around the ink


def check_strokes(dataset: Path, folder: Path) -> None:
    for name, pressure in {"all": True, "simple": False}.items():
        synthink.export(dataset, "inkml", folder / name, pressure=pressure)
    inks, simple = readers.inks(folder / "all", "train"), readers.simple_inks(folder / "simple", "train")
    rows = readers.rows_of(dataset, "train")
    assert inks.keys() == simple.keys() == {row["id"] for row in rows}
    for row in rows:
        ink_read, strokes = inks[row["id"]], [np.array(stroke, np.float32) for stroke in row["strokes"]]
        label, simple_strokes = simple[row["id"]]
        assert ink_read.label == label == (row["text"] or row["shape"]) and ink_read.writer == row["writer"]
        assert ink_read.units == "px" and len(ink_read) == len(strokes)
        for read, short, stroke in zip(ink_read.strokes, simple_strokes, strokes, strict=True):
            assert np.array_equal(read, stroke, equal_nan=True)
            assert np.array_equal(short.astype(np.float32), stroke[:, :3])


@pytest.mark.parametrize("format", ["pagexml", "alto"])
def test_lines_and_words_of_handwriting_come_back(format: str, ink: Path, tmp_path: Path) -> None:
    check_lines(format, ink, tmp_path)


def test_strokes_come_back(ink: Path, tmp_path: Path) -> None:
    check_strokes(ink, tmp_path)


def test_a_reward_can_score_what_it_is_handed(meters: Path, tmp_path: Path) -> None:
    synthink.export(meters, "openrlhf", tmp_path / "lines")
    synthink.export(meters, "trl", tmp_path / "trl")
    generator = manifests.load(meters).plan().generator
    for line in (tmp_path / "lines/train.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        sample = synthink.Sample.from_row({**json.loads(row["row"]), "image": None})
        assert generator.score(sample, row["label"])["correct"] == 1
        assert generator.score(sample, "<none>")["correct"] == 0
    for row in pq.read_table(sorted((tmp_path / "trl/data").glob("train-*"))[0]).to_pylist():
        assert generator.score(synthink.Sample.from_row(row), row["suffix"])["correct"] == 1
