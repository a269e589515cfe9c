"""What every generator must keep, ours and others': parametrised over the registry."""

from __future__ import annotations

import io
import json
import pickle
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import pytest

from synthink import Box, InkPoint, Quad, RowDataset, Sample
from synthink.core.columns import check_columns, stored, table
from synthink.core.registry import find_generator
from synthink.core.row_buffer import RowBuffer
from synthink.core.sample import RESERVED_COLUMNS
from tests.cases import CASES, NAMES, SPLITS, Case, digest, digests
from tests.support import environment, python

INDICES = [0, 1, 5, 11]
ROWS = 10

every_case = pytest.mark.parametrize("case", CASES, ids=str)


@cache
def dataset_of(case_name: str, split: str = "", seed: int = 42) -> RowDataset:
    """Kept for tests that only look at rows; those that ask whether rows repeat make their own."""
    return named(case_name).rows(split, ROWS, seed=seed)


@cache
def rows_of(case_name: str, split: str = "", seed: int = 42) -> list[dict[str, Any]]:
    rows = dataset_of(case_name, split, seed)
    return [rows.source.row(rows.split, index) for index in rows.indices]


def named(name: str) -> Case:
    return next(case for case in CASES if str(case) == name)


def test_every_generator_has_a_case() -> None:
    assert {case.generator for case in CASES} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_generator_says_what_it_is(name: str) -> None:
    cls = find_generator(name)
    assert cls.name == name
    assert isinstance(cls.version, int)
    assert cls.summary().endswith((".", "?", "!"))
    assert len(cls.summary()) <= 120


@every_case
def test_columns_can_be_stored_and_are_what_rows_hold(case: Case) -> None:
    generator = dataset_of(str(case)).generator
    check_columns(generator.columns)
    for row in rows_of(str(case)):
        assert list(row) == [*RESERVED_COLUMNS, *generator.columns]
        for column, kind in generator.columns.items():
            optional = kind != stored(kind)
            assert (row[column] is None and optional) or fits(row[column], stored(kind)), column


def fits(value: Any, kind: Any) -> bool:
    if hasattr(kind, "__args__"):
        return isinstance(value, list) and all(fits(item, kind.__args__[0]) for item in value)
    if kind is InkPoint:
        return len(value) == 4 and all(type(number) is float or number is None for number in value)
    if kind in (Box, Quad):
        return len(value) == len(kind._fields) and all(type(number) is float for number in value)
    return type(value) is kind


@every_case
def test_a_row_has_its_picture_question_and_answer(case: Case) -> None:
    ids = set()
    for row in rows_of(str(case)):
        pixels = row["image"].array()
        assert pixels.dtype == np.uint8
        assert pixels.shape == (*row["image"].size_px[::-1], 3)
        assert pixels.std() > 1, "an empty picture"
        assert row["prefix"].strip()
        assert row["suffix"].strip()
        assert row["task"].isidentifier()
        ids.add(row["id"])
    assert len(ids) == len(rows_of(str(case)))


# --- the same row, always ---------------------------------------------------------------------------------------------


@every_case
def test_rows_do_not_depend_on_order_or_on_others(case: Case) -> None:
    in_order = digests(case, case.splits[0], INDICES)
    assert digests(case, case.splits[0], INDICES[::-1])[::-1] == in_order
    rows = case.rows(seed=7)
    for index in (11, 0, 11):
        assert digest(rows.source.row(rows.split, index)) == in_order[INDICES.index(index)]


@every_case
def test_a_pickled_dataset_draws_the_same_rows(case: Case) -> None:
    rows = case.rows(seed=7)
    fresh = pickle.dumps(rows)
    first = digest(rows.source.row(rows.split, 2))
    for data in (fresh, pickle.dumps(rows)):
        assert len(data) < 20_000, "assets must not travel"
        again: RowDataset = pickle.loads(data)
        assert digest(again.source.row(again.split, 2)) == first


@pytest.mark.parametrize("what", ["hash seed, locale, time zone", "processor"])
def test_a_fresh_process_draws_the_same_rows(what: str, tmp_path: Path) -> None:
    if what == "processor":
        features = dispatched_features()
        if not features:
            pytest.skip("numpy has no code for this processor's extras that could be left out")
        env = {"NPY_DISABLE_CPU_FEATURES": " ".join(features)}
    else:
        env = {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"}
    asked = [(str(case), case.splits[-1], INDICES) for case in CASES]
    answer = python(
        *("-W", "error::UserWarning", "-m", "tests.cases", json.dumps(asked)), env=environment(**env), cwd=tmp_path
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {str(case): here(str(case)) for case in CASES}


@cache
def here(case_name: str) -> list[str]:
    case = named(case_name)
    return digests(case, case.splits[-1], INDICES)


def dispatched_features() -> list[str]:
    """Processor features for which numpy has code of its own here, beyond what it was built for."""
    from numpy._core import _multiarray_umath as umath

    return [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__.get(name)]


def test_a_processors_features_can_be_left_out() -> None:
    """The test above would be empty if the variable had no effect."""
    features = dispatched_features()
    if not features:
        pytest.skip("nothing to leave out")
    code = "from numpy._core import _multiarray_umath as u; print([u.__cpu_features__[n] for n in u.__cpu_dispatch__])"
    answer = python("-c", code, env={"NPY_DISABLE_CPU_FEATURES": " ".join(features)})
    assert "True" not in answer.stdout
    assert "False" in answer.stdout


@every_case
def test_other_seeds_and_splits_give_other_pictures(case: Case) -> None:
    drawn = [(split, 42) for split in case.splits]
    if dataset_of(str(case)).source.rows(case.splits[0]) is None:
        drawn.append((case.splits[0], 43))
    pictures = {key: {row["image"].checksum() for row in rows_of(str(case), *key)} for key in drawn}
    assert all(len(found) == ROWS for found in pictures.values()), "rows repeat"
    for (one, found), (other, also) in combinations(pictures.items(), 2):
        assert not found & also, f"{one} and {other} share pictures"


@every_case
def test_no_group_is_in_two_splits(case: Case) -> None:
    generator = dataset_of(str(case)).generator
    for field, column in generator.split_columns.items():
        if getattr(generator, field).share_across_splits or len(case.splits) == 1:
            continue
        seen = [{row[column].casefold() for row in rows_of(str(case), split) if row[column]} for split in case.splits]
        assert len(set().union(*seen)) == sum(map(len, seen)), f"{column} is shared"


# --- the control ------------------------------------------------------------------------------------------------------


@every_case
def test_the_control_changes_only_pixels(case: Case) -> None:
    rows = dataset_of(str(case))
    for index, row in enumerate(rows_of(str(case))):
        control = rows.source.row(rows.split, index, control=True)
        assert {name: value for name, value in control.items() if name != "image"} == {
            name: value for name, value in row.items() if name != "image"
        }
        assert control["image"].size_px == row["image"].size_px
        difference = changed(row["image"].array(), control["image"].array())
        assert difference.any(), "the control shows the mark"
        if case.exact and "mark_box" in row:
            assert inside(difference, row["mark_box"], 0), f"row {index}: pixels change outside the mark"


def changed(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    difference: npt.NDArray[np.bool_] = (one != other).any(axis=2)
    return difference


def inside(mask: npt.NDArray[np.bool_], box: Box, margin: int) -> bool:
    left, top, right, bottom = box
    rest = mask.copy()
    x, y = max(0, int(left) - margin), max(0, int(top) - margin)
    rest[y : int(np.ceil(bottom)) + margin, x : int(np.ceil(right)) + margin] = False
    return not rest.any()


# --- boxes ------------------------------------------------------------------------------------------------------------


@every_case
def test_boxes_lie_inside_the_picture_and_in_float32(case: Case) -> None:
    generator = dataset_of(str(case)).generator
    for row in rows_of(str(case)):
        width, height = row["image"].size_px
        for column, kind in generator.columns.items():
            if row[column] is None:
                continue
            boxes = row[column] if kind == list[Box] else [row[column]] if kind is Box else []
            for left, top, right, bottom in boxes:
                assert 0 <= left < right <= width, column
                assert 0 <= top < bottom <= height, column
            if kind in (Box, Quad, list[Box], list[Quad]):
                numbers = np.array(row[column], dtype=np.float64)
                assert (numbers.astype(np.float32) == numbers).all(), f"{column} does not survive float32"
                assert (numbers * 64 == np.rint(numbers * 64)).all(), f"{column} is off the 1/64 px grid"


@every_case
def test_quads_lie_around_the_centres_of_their_boxes(case: Case) -> None:
    for row in rows_of(str(case)):
        for name in ("letter", "mark"):
            if f"{name}_quad" in row:
                quad = np.array(row[f"{name}_quad"]).reshape(4, 2)
                box = Box(*row[f"{name}_box"])
                assert quad.mean(axis=0) == pytest.approx(box.centre, abs=0.15 * max(box.width, box.height) + 1)


# --- answers ----------------------------------------------------------------------------------------------------------


@every_case
def test_the_truth_scores_one_and_wrong_answers_less(case: Case) -> None:
    generator = dataset_of(str(case)).generator
    for row in rows_of(str(case)):
        sample = Sample.from_row(row)
        for truth in (row["suffix"], f" {row['suffix']}\n"):
            score = generator.score(sample, truth)
            assert score["correct"] == 1
            assert set(score.values()) == {1.0}
        others = set(row.get("word") or "") | {"", " ", row["suffix"] * 2, f"not {row['suffix']}", "0x", "\0"}
        for wrong in others - {row["suffix"]}:
            score = generator.score(sample, wrong)
            assert score["correct"] < 1, f"{wrong!r} for {row['suffix']!r}"
            assert all(0 <= figure <= 1 for figure in score.values())


@every_case
def test_what_is_said_about_answers_agrees_with_the_truth(case: Case) -> None:
    generator = dataset_of(str(case)).generator
    for row in rows_of(str(case)):
        sample = Sample.from_row(row)
        width, height = row["image"].size_px
        for truth in (row["suffix"], f" {row['suffix']}\n"):
            assert generator.in_domain(sample, truth)
            assert not any(generator.errors(sample, truth).values())
            assert generator.answer_class(sample, truth) != "<none>"
        for garbage in ("%%%", "", "<loc0000>" * 3, "x" * 100_000):
            assert generator.answer_class(sample, garbage) in ("<none>", None)
            figures = generator.errors(sample, garbage)
            assert all(0 < figure < np.inf for figure in figures.values())
            assert figures.keys() == generator.errors(sample, row["suffix"]).keys(), "a mean would leave this row out"
            assert generator.answer_shapes(sample, garbage) == []
        assert not generator.in_domain(sample, " ")
        chance = generator.chance(sample)
        assert chance is None or 0 < chance <= 1
        for line in generator.answer_shapes(sample, row["suffix"]):
            assert line.ndim == 2 and line.shape[1] == 2
            assert (line >= 0).all() and (line <= (width, height)).all()


# --- storage ----------------------------------------------------------------------------------------------------------


def listed(value: Any) -> Any:
    return [listed(item) for item in value] if isinstance(value, list | tuple) else value


@every_case
def test_rows_survive_json_and_parquet(case: Case) -> None:
    generator = dataset_of(str(case)).generator
    rows = rows_of(str(case))
    buffer = RowBuffer(generator.columns)
    for row in rows:
        buffer.add(row)
    file = io.BytesIO()
    pq.write_table(table(generator.columns, buffer.take()), file)
    for row, back in zip(rows, pq.read_table(file).to_pylist(), strict=True):
        rest = {name: listed(value) for name, value in row.items() if name != "image"}
        assert json.loads(json.dumps(rest)) == rest
        data, suffix = row["image"].encode()
        assert back.pop("image") == {"bytes": data, "path": f"{row['id']}.{suffix}"}
        assert back == rest
        assert generator.score(Sample.from_row({**back, "image": data}), row["suffix"])["correct"] == 1


@every_case
def test_plain_fields_build_the_same_generator(case: Case) -> None:
    generator = dataset_of(str(case)).generator
    again = type(generator).build(json.loads(json.dumps(generator.plain())))
    assert again == generator
    assert again.plain() == generator.plain()


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_that_owns_nothing_is_named(split: str) -> None:
    from synthink import ConfigError

    case = CASES[0]
    others = {name: 0.5 for name in SPLITS if name != split}
    with pytest.raises(ConfigError, match=split):
        case.rows(split, shares=others)
