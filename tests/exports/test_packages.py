"""Formats through the code of the packages that they are for; 100 rows of every generator before a release."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import synthink
from synthink.build import manifest as manifests
from synthink.core.columns import stored
from synthink.draw.geometry import Box
from tests.exports import packages, readers
from tests.exports.test_consumers import check_lines, check_strokes

DIGITS = {"display_box": "display", "place_boxes": "place_digits"}


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two meters with six questions each, in shards that end between two of them."""
    folder = tmp_path_factory.mktemp("small") / "data"
    fields: dict[str, Any] = {"questions_per_picture": "all", "picture_px": 140, "kinds": {"drum": 1, "lcd": 1}}
    synthink.generate("meters", splits={"train": 12, "test": 6}, output=folder, shard_size=7, workers=1, **fields)
    return folder


@pytest.mark.whole
@pytest.mark.parametrize("read", packages.TURNS)
def test_a_package_gives_back_questions_answers_and_pictures(
    read: Callable[..., Any], small: Path, tmp_path: Path
) -> None:
    conversations = {"questions": "all"} if packages.TURNS[read] == "messages" else {}
    synthink.export(small, packages.TURNS[read], tmp_path, **conversations)
    for split in ("train", "test"):
        assert [*read(tmp_path, split)] == readers.true_turns(small, split)


@pytest.mark.whole
@pytest.mark.parametrize("read", packages.BOXES)
def test_boxes_and_classes_come_back(read: Callable[..., Any], small: Path, tmp_path: Path) -> None:
    synthink.export(small, packages.BOXES[read], tmp_path / "out", boxes=DIGITS)
    for split in ("train", "test"):
        readers.check_boxes(read(tmp_path / "out", split), readers.true_boxes(small, split, DIGITS))


@pytest.mark.whole
def test_croissant_gives_back_all_columns(small: Path) -> None:
    assert packages.check_croissant(small, "train") == 12


@pytest.mark.whole
def test_datasets_reads_tar_files_whose_first_rows_have_nulls(ink: Path, tmp_path: Path) -> None:
    synthink.export(ink, "webdataset", tmp_path)
    assert [*packages.datasets_webdataset(tmp_path, "train")] == readers.true_turns(ink, "train")


GENERATORS: dict[str, dict[str, Any]] = {
    "circled_letters": {},
    "gestures": {"documents": {"count": 16}},
    "ink_strokes": {"tasks": {"recognise": 2, "transcribe_lines": 2, "classify": 1, "derender": 1, "locate": 1}},
    "meters": {"questions_per_picture": "all"},
    "mixture": {
        "parts": [
            {"generator": "circled_letters", "fields": {"picture_px": 224, "camera": "photo"}},
            {"generator": "ink_strokes", "fields": {"picture_px": 224}},
        ]
    },
}
READERS = [*((read, format) for format, read in readers.TURNS.items()), *packages.TURNS.items()]


@pytest.fixture(scope="module", params=GENERATORS)
def hundred(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred rows of a generator, in four shards."""
    name, folder = request.param, tmp_path_factory.mktemp("hundred") / request.param
    size = {} if name == "mixture" else {"picture_px": 224}
    synthink.generate(name, splits={"train": 100}, output=folder, shard_size=30, workers=1, **GENERATORS[name], **size)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("read", "format"), READERS, ids=lambda value: getattr(value, "__name__", value))
def test_a_hundred_rows_come_back(read: Callable[..., Any], format: str, hundred: Path, tmp_path: Path) -> None:
    synthink.export(hundred, format, tmp_path)
    assert [*read(tmp_path, "train")] == readers.true_turns(hundred, "train")


@pytest.mark.slow
@pytest.mark.parametrize("read", [readers.coco, readers.yolo, *packages.BOXES], ids=lambda read: str(read.__name__))
def test_boxes_of_a_hundred_rows_come_back(read: Callable[..., Any], hundred: Path, tmp_path: Path) -> None:
    columns = manifests.load(hundred).plan().generator.columns
    boxes = {name: "thing" for name, kind in columns.items() if stored(kind) in (Box, list[Box])}
    synthink.export(hundred, packages.BOXES.get(read, read.__name__), tmp_path / "out", boxes=boxes)
    readers.check_boxes(read(tmp_path / "out", "train"), readers.true_boxes(hundred, "train", boxes))


@pytest.mark.slow
def test_all_columns_of_a_hundred_rows_come_back(hundred: Path, tmp_path: Path) -> None:
    assert packages.check_croissant(hundred, "train") == 100
    if hundred.name == "ink_strokes":
        for format in ("pagexml", "alto"):
            check_lines(format, hundred, tmp_path / format)
        check_strokes(hundred, tmp_path / "ink")
