"""Rows and shards are the same as they were, and the checker that says so sees what is not."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from synthink.core.registry import installed
from synthink.gestures import kind_named
from tests.golden.__main__ import main
from tests.golden.cases import CASES, VARIANTS, GoldenCase
from tests.golden.files import (
    COMMAND,
    FOLDER,
    Difference,
    GoldenFile,
    advice,
    case_differences,
    file_differences,
    golden_path,
    golden_text,
    other_versions,
    read_golden,
    renewed,
)
from tests.golden.rows import (
    CELLS,
    CONTROL,
    SIZE,
    THUMBNAIL,
    TOLERANCE,
    DrawnCase,
    Record,
    Splits,
    changed_columns,
    draw_case,
    kept_value,
    levels_apart,
    thumbnail,
    thumbnail_cells,
)
from tests.golden.shards import (
    DATASETS,
    READERS,
    Shards,
    is_allowed,
    made_dataset,
    read_shards,
    rows_digest,
    shard_differences,
)

EVERY_CASE = [(generator, name) for generator, cases in CASES.items() for name in cases]


@cache
def golden(generator: str) -> GoldenFile:
    """A generator's file. Not to be changed: tests share it."""
    file = read_golden(FOLDER, generator)
    assert file is not None, f"there is no {golden_path(FOLDER, generator)}: run: {COMMAND}"
    return file


def report(differences: list[Difference], libraries: Mapping[str, str]) -> str:
    """What a failing test says."""
    return "\n".join([*map(str, differences), other_versions(libraries), advice(differences)])


# --- the rows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("generator", "name"), EVERY_CASE, ids=[f"{one}: {other}" for one, other in EVERY_CASE])
def test_rows_are_what_they_were(generator: str, name: str) -> None:
    file = golden(generator)
    differences = case_differences(file, generator, name, draw_case(generator, CASES[generator][name]))
    assert not differences, report(differences, file.libraries)


@pytest.mark.parametrize("generator", CASES)
def test_a_file_holds_the_cases_and_no_others(generator: str) -> None:
    assert golden(generator).generator == generator
    assert list(golden(generator).cases) == list(CASES[generator]), f"run: {COMMAND}"


@pytest.mark.parametrize("generator", CASES)
def test_a_file_is_written_as_the_command_writes_it(generator: str) -> None:
    text = golden_path(FOLDER, generator).read_text(encoding="utf-8")
    assert text == golden_text(golden(generator))


def test_every_generator_that_comes_with_synthink_has_cases() -> None:
    assert set(CASES) == {entry.name for entry in installed() if entry.package.startswith("synthink ")}


def test_every_variant_of_every_gesture_is_drawn() -> None:
    for gesture, variants in VARIANTS.items():
        assert set(variants) == set(kind_named(gesture).variants)
        rows = golden("gestures").cases[f"class: {gesture}"]["train"].values()
        assert {row["variant"] for row in rows} == set(variants), gesture


@pytest.mark.parametrize("generator", CASES)
def test_thumbnails_show_whether_there_is_ink(generator: str) -> None:
    """The tolerance would be too large if it hid the mark of any case."""
    for name, splits in golden(generator).cases.items():
        controls = [row for rows in splits.values() for row in rows.values() if CONTROL in row]
        assert len(controls) == 1, name
        assert levels_apart(controls[0][THUMBNAIL], controls[0][CONTROL]) > TOLERANCE, name


# --- the shards -------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
@pytest.mark.parametrize("generator", DATASETS)
@pytest.mark.parametrize("format", READERS)
def test_shards_are_what_they_were(format: str, generator: str, tmp_path: Path) -> None:
    """Byte for byte where the libraries are those that made the file; by pixels and columns in any case."""
    kept = golden_shards()
    differences = shard_differences(kept, format, generator, made_dataset(format, generator, tmp_path / "made"))
    hint = f"undo the change; where it comes with another version, run: {COMMAND}"
    assert not differences, "\n".join([*differences, other_versions(kept["libraries"]), hint])


@cache
def golden_shards() -> Shards:
    """The file of shards. Not to be changed: tests share it."""
    shards = read_shards(FOLDER)
    assert shards is not None, f"there is no file of golden shards: run: {COMMAND}"
    return shards


def test_formats_that_keep_all_columns_hold_the_same_rows() -> None:
    for generator in DATASETS:
        digests = {golden_shards()["formats"][format][generator]["rows"] for format in READERS if format != "jsonl"}
        assert len(digests) == 1


@pytest.mark.parametrize("libraries", ["the same", "others"])
def test_changed_shards_are_seen(libraries: str) -> None:
    kept = copy.deepcopy(golden_shards())
    old = kept["formats"]["parquet"]["gestures"]
    made = copy.deepcopy(old)
    first = next(iter(made["shards"]))
    made["shards"][first] = "0" * 64
    kept["libraries"]["pyarrow"] = "0.1" if libraries == "others" else kept["libraries"]["pyarrow"]
    if other_versions(kept["libraries"]):
        assert shard_differences(kept, "parquet", "gestures", made) == []
    else:
        assert first in shard_differences(kept, "parquet", "gestures", made)[0]
        assert not is_allowed(kept, "parquet", "gestures", made)
    rows = {**old, "rows": "0" * 64}
    assert "rows that are read back" in shard_differences(kept, "parquet", "gestures", rows)[0]
    assert not is_allowed(kept, "parquet", "gestures", rows)
    fewer = {**old, "shards": {first: old["shards"][first]}}
    assert "names of the shards" in shard_differences(kept, "parquet", "gestures", fewer)[0]
    raised = {**rows, "versions": {**old["versions"], "generator_version": 1000}}
    assert "1000" in shard_differences(kept, "parquet", "gestures", raised)[0]
    assert is_allowed(kept, "parquet", "gestures", raised)


def test_the_digest_of_rows_sees_a_pixel_and_a_column(tmp_path: Path) -> None:
    shard = tmp_path / "train-00000-of-00001"
    shard.mkdir()

    def digest(level: int, word: str) -> str:
        Image.new("RGB", (3, 2), (level, 255, 255)).save(shard / "a.png")
        (shard / "rows.jsonl").write_text(json.dumps({"id": "a", "image": "a.png", "word": word}) + "\n")
        return rows_digest("jsonl", [shard])

    assert digest(255, "ink") == digest(255, "ink")
    assert len({digest(255, "ink"), digest(254, "ink"), digest(255, "Ink")}) == 3


# --- the checker ------------------------------------------------------------------------------------------------------


def kept_row() -> Record:
    """A copy of one kept row, with a control."""
    return copy.deepcopy(golden("circled_letters").cases["defaults"]["train"]["0"])


def with_level(text: str, level: int) -> str:
    """A thumbnail in which the green of one cell has that level."""
    cells = thumbnail_cells(text).copy()
    cells[4, 7, 1] = level
    return base64.b64encode(cells.tobytes()).decode("ascii")


def test_a_row_is_the_same_as_itself() -> None:
    assert changed_columns(kept_row(), kept_row()) == {}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("suffix", "?"),
        ("prefix", "Which letter is it?"),
        ("task", "other"),
        ("id", "circled_letters-train-0000001"),
        ("letter_index", 1000),
        ("distractors", ["red circle"]),
        ("look_alikes", None),
        (SIZE, [448, 447]),
    ],
)
def test_a_changed_label_is_seen(column: str, value: Any) -> None:
    row = kept_row()
    row[column] = value
    assert list(changed_columns(kept_row(), row)) == [column]


def test_a_coordinate_that_moved_by_a_64th_is_seen() -> None:
    row = kept_row()
    row["letter_box"][2] += 1 / 64
    assert list(changed_columns(kept_row(), row)) == ["letter_box"]


def test_a_coordinate_in_a_long_column_is_seen() -> None:
    strokes = [[[float(x), x / 64, 8.0 * x, None] for x in range(40)]]
    moved = copy.deepcopy(strokes)
    moved[0][17][1] += 1 / 64
    one, other = kept_value(strokes), kept_value(moved)
    assert set(one) == {"sha256", "characters"}
    assert list(changed_columns({"strokes": one}, {"strokes": other})) == ["strokes"]


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0, False), (None, ""), ("1", 1), ([], None)])
def test_equal_values_of_other_types_are_told_apart(one: Any, other: Any) -> None:
    assert changed_columns({"value": kept_value(one)}, {"value": kept_value(other)})


def test_columns_that_come_and_go_are_seen() -> None:
    fewer = {column: value for column, value in kept_row().items() if column != "word"}
    assert changed_columns(kept_row(), fewer) == {"word": "is gone"}
    assert changed_columns(fewer, kept_row()) == {"word": "is new"}


@pytest.mark.parametrize("column", [THUMBNAIL, CONTROL])
@pytest.mark.parametrize("levels", [-TOLERANCE - 1, -TOLERANCE, 0, TOLERANCE, TOLERANCE + 1])
def test_a_thumbnail_may_differ_within_the_tolerance(column: str, levels: int) -> None:
    before, after = kept_row(), kept_row()
    before[column] = with_level(before[column], 128)
    after[column] = with_level(after[column], 128 + levels)
    assert list(changed_columns(before, after)) == ([column] if abs(levels) > TOLERANCE else [])


def test_a_thumbnail_has_the_mean_colours_of_its_cells() -> None:
    pixels = np.full((37, 53, 3), 255, np.uint8)
    pixels[:3, :5] = (10, 20, 30)  # the first cell is 3 pixels high and 5 wide
    pixels[-1, -1] = (0, 0, 0)  # the last one is 4 high and 6 wide
    cells = thumbnail_cells(thumbnail(Image.fromarray(pixels)))
    assert cells.shape == (CELLS, CELLS, 3)
    assert cells[0, 0].tolist() == [10, 20, 30]
    assert cells[-1, -1].tolist() == [244, 244, 244]  # 255 * 23 / 24, to the nearest level
    assert (cells.reshape(-1, 3)[1:-1] == 255).all()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_cannot_be_kept(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        kept_value([value])


# --- files and the command --------------------------------------------------------------------------------------------


def drawn(name: str = "defaults", version: int | None = None, **changes: Any) -> dict[str, DrawnCase]:
    """A kept case as if it had been drawn just now, with changes to row 0 of the split train."""
    file = golden("circled_letters")
    splits: Splits = copy.deepcopy(file.cases[name])
    splits["train"]["0"] |= changes
    return {name: DrawnCase(file.versions if version is None else {"circled_letters": version}, splits)}


def test_a_difference_names_its_place() -> None:
    (difference,) = file_differences(only("defaults"), "circled_letters", drawn(suffix="?"))
    assert difference.kind == "changed"
    assert str(difference).startswith("circled_letters, case 'defaults', split train, row 0, column suffix: was ")
    assert "raise the generator's `version`" in advice([difference])
    assert COMMAND in advice([difference])


def only(*names: str) -> GoldenFile:
    """The file with some of its cases."""
    file = golden("circled_letters")
    return GoldenFile(file.generator, file.versions, file.libraries, {name: file.cases[name] for name in names})


def test_an_old_file_of_another_version_names_the_command() -> None:
    (difference,) = file_differences(only("defaults"), "circled_letters", drawn(version=1000, suffix="?"))
    assert difference.kind == "outdated"
    assert "1000" in str(difference)
    assert advice([difference]) == f"run: {COMMAND}"


def test_cases_and_rows_may_come_and_go() -> None:
    new = drawn("distractors") | drawn()
    del new["defaults"].splits["test"]["0"]
    new["defaults"].splits["train"]["8"] = kept_row()
    differences = file_differences(only("defaults", "photo"), "circled_letters", new)
    assert sorted((each.kind, each.case, each.split, each.index) for each in differences) == [
        ("left over", "defaults", "test", "0"),
        ("left over", "photo", "", ""),
        ("new", "defaults", "train", "8"),
        ("new", "distractors", "", ""),
    ]
    file = renewed(only("defaults", "photo"), "circled_letters", new)
    assert list(file.cases) == ["distractors", "defaults"]
    assert file_differences(file, "circled_letters", new) == []


def test_thumbnails_do_not_creep() -> None:
    kept = only("defaults")
    thumbnail_now = kept.cases["defaults"]["train"]["0"][THUMBNAIL]
    level = int(thumbnail_cells(thumbnail_now)[4, 7, 1])
    near = with_level(thumbnail_now, level - 1 if level else 1)
    new = drawn(**{THUMBNAIL: near})
    assert renewed(kept, "circled_letters", new).cases == kept.cases
    raised = drawn(version=1000, **{THUMBNAIL: near})
    assert renewed(kept, "circled_letters", raised).cases["defaults"]["train"]["0"][THUMBNAIL] == near


BLACK = thumbnail(Image.new("RGB", (20, 20)))
SMALL = {"grid": GoldenCase({"picture_px": 64, "words": ["Ink", "quill"]}, {"test": 1.0})}


def run(folder: Path, *arguments: str, cases: Mapping[str, GoldenCase] = SMALL) -> int:
    """The command, with a folder and cases of its own."""
    return main(["circled_letters_grid", *arguments], folder, {"circled_letters_grid": cases})


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A golden file of one small case."""
    assert run(tmp_path) == 0
    return golden_path(tmp_path, "circled_letters_grid")


def edit(path: Path, column: str, value: Any) -> str:
    """Change the first row in a file; the file's text."""
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cases"]["grid"]["test"]["0"][column] = value
    path.write_text(golden_text(GoldenFile(**content)), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_the_command_writes_the_same_file_again(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    assert run(written.parent) == 0
    assert run(written.parent, "--check") == 0
    assert written.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("column", "value"), [("suffix", "?"), ("letter_box", [0.0, 0.0, 1.0, 1.0]), (THUMBNAIL, BLACK)]
)
def test_the_command_refuses_a_row_that_changed(
    written: Path, column: str, value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    text = edit(written, column, value)
    for arguments in ((), ("--check",)):
        assert run(written.parent, *arguments) == 1
        output = capsys.readouterr().out
        assert f"circled_letters_grid, case 'grid', split test, row 0, column {column}" in output
        assert "`version`" in output
        assert written.read_text(encoding="utf-8") == text


def test_the_command_replaces_rows_of_another_version(written: Path) -> None:
    good = written.read_text(encoding="utf-8")
    edit(written, "suffix", "?")
    content = json.loads(written.read_text(encoding="utf-8"))
    content["versions"]["circled_letters_grid"] = 1
    written.write_text(json.dumps(content), encoding="utf-8")
    assert run(written.parent, "--check") == 1
    assert run(written.parent) == 0
    assert written.read_text(encoding="utf-8") == good


def test_the_command_adds_and_drops_cases(written: Path) -> None:
    more = {**SMALL, "wide": GoldenCase({"picture_px": [96, 48], "words": ["Ink", "quill"]}, {"test": 1.0})}
    assert run(written.parent, "--check", cases=more) == 1
    assert run(written.parent, cases=more) == 0
    assert list(json.loads(written.read_text(encoding="utf-8"))["cases"]) == ["grid", "wide"]
    assert run(written.parent, "--check") == 1
    assert run(written.parent) == 0
    assert list(json.loads(written.read_text(encoding="utf-8"))["cases"]) == ["grid"]


def test_the_command_knows_its_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["circles"], tmp_path)
    assert "circled_letters_grid" in capsys.readouterr().err
