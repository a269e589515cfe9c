"""A mixture: whose rows it draws, how often, and that its parts do not feel one another."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import synthink as package
from synthink import ConfigError, Mixture, Part, RowDataset, Sample, dataset
from synthink.core.registry import find_generator
from tests.support import Result

pytestmark = pytest.mark.heavy

WORDS = {"source": "random", "length": [3, 6]}
SMALL = {"picture_px": 64, "words": WORDS}
GRID = {"picture_px": 64, "words": {"source": "builtin", "length": [4, 6]}, "words_per_split": 4}


def mixture(*parts: dict[str, Any], size: int = 200, **options: Any) -> RowDataset:
    return dataset("mixture", size=size, parts=list(parts), **options)


def part(generator: str = "circled_letters", weight: float = 1.0, **fields: Any) -> dict[str, Any]:
    return {"generator": generator, "weight": weight, "fields": fields}


def test_columns_are_the_union_and_other_parts_columns_are_empty() -> None:
    rows = mixture(part(**SMALL), part("circled_letters_grid", **GRID), size=30)
    columns = rows.generator.columns
    assert columns["part"] is int
    assert set(columns) == {"part", *rows.generator.generators[0].columns, "padding"}
    for row in rows:
        assert (row["padding"] is None) == (row["part"] == 0)
        assert row["task"] == ("circled_letters", "circled_letters_grid")[row["part"]]
        assert row["id"].startswith("mixture-train-")


def test_a_part_sees_the_same_split_in_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = mixture(part("circled_letters_grid", **GRID), part(**SMALL), size=20)
    grid = type(rows.generator.drawn_by({"part": 0}))
    splits = []
    draw = grid.draw
    monkeypatch.setattr(grid, "draw", lambda self, ctx: splits.append(ctx.split) or draw(self, ctx))
    assert Counter(row["part"] for row in rows)[0] == len(splits) > 3
    assert all(split is splits[0] for split in splits)


@pytest.mark.parametrize(
    ("schedule", "weights"),
    [
        ([], {0: 2.5, 900: 2.5}),
        ([[100, 3.0]], {0: 3.0, 100: 3.0, 900: 3.0}),
        ([[100, 1.0], [300, 0.0], [400, 4.0]], {0: 1.0, 100: 1.0, 150: 0.75, 300: 0.0, 350: 2.0, 400: 4.0, 9999: 4.0}),
    ],
)
def test_a_schedule_is_linear_between_its_rows(schedule: list[Any], weights: dict[int, float]) -> None:
    one = Part.build({"generator": "circled_letters", "weight": 2.5, "schedule": schedule})
    assert {index: one.weight_at(index) for index in weights} == weights


def test_a_schedule_moves_rows_from_one_part_to_another() -> None:
    first = {**part(**SMALL), "schedule": [[0, 1.0], [400, 0.0]]}
    second = {**part(**SMALL), "schedule": [[0, 0.0], [400, 1.0]]}
    rows = mixture(first, second, size=400)
    parts = [rows.source.draw("train", index).annotations["part"] for index in range(400)]
    quarters = [sum(parts[start : start + 100]) / 100 for start in range(0, 400, 100)]
    assert quarters == pytest.approx([0.125, 0.375, 0.625, 0.875], abs=0.12)


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ([[5, 1.0], [5, 2.0]], r"parts\[0\]\.schedule=.*must rise"),
        ([[-1, 1.0]], r"parts\[0\]\.schedule=.*from 0 or above"),
        ([[0, 1.0], [9, -1.0]], r"parts\[0\]\.schedule"),
        ([[0, 1.0], [9, 0.0]], r"parts=\[0\.0\].*weights of row 9"),
    ],
)
def test_a_schedule_that_cannot_hold_is_one_line(schedule: list[Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        mixture({**part(**SMALL), "schedule": schedule})


def test_weights_are_kept() -> None:
    rows = mixture(part(weight=3, **SMALL), part(weight=0, **SMALL), part(weight=1, **SMALL), size=400)
    counts = Counter(rows.source.draw("train", index).annotations["part"] for index in range(400))
    assert counts[1] == 0
    assert counts[0] == pytest.approx(300, abs=45)


def test_a_part_draws_the_same_whatever_its_sibling_is() -> None:
    first = mixture(part(**SMALL), part(**{**SMALL, "mark_shapes": ["loop"]}), size=40)
    second = mixture(part(**SMALL), part("circled_letters_grid", **GRID), size=40)
    same = 0
    for one, other in zip(first, second, strict=True):
        assert one["part"] == other["part"]
        if one["part"] == 0:
            same += 1
            assert one["image"].tobytes() == other["image"].tobytes()
            assert (one["word"], one["mark_box"]) == (other["word"], other["mark_box"])
    assert same > 10


def test_equal_parts_draw_different_rows() -> None:
    """Two parts of one configuration differ by their place in the mixture."""
    alone = [mixture(*parts, size=30) for parts in ((part(**SMALL), part(weight=0)), (part(weight=0), part(**SMALL)))]
    pictures = [{row["image"].tobytes() for row in rows} for rows in alone]
    pictures.append({row["image"].tobytes() for row in dataset("circled_letters", size=30, **SMALL)})
    assert len(set().union(*pictures)) == 90


def test_the_score_and_the_oracle_go_by_the_part_that_drew_the_row() -> None:
    rows = mixture(part(**SMALL), part("circled_letters_grid", **GRID), size=10)
    for row in rows:
        assert rows.generator.score(Sample.from_row(row), row["suffix"])["correct"] == 1
        assert rows.generator.drawn_by(row).name == row["task"]


def test_the_control_is_the_parts() -> None:
    rows = mixture(part(**SMALL), part("circled_letters_grid", **GRID), size=10)
    for index in range(10):
        row, control = rows[index], rows.control(index)
        assert {k: v for k, v in row.items() if k != "image"} == {k: v for k, v in control.items() if k != "image"}
        assert row["image"].tobytes() != control["image"].tobytes()


def test_mixtures_may_be_nested_and_made_from_generators() -> None:
    grid = find_generator("circled_letters_grid").build(GRID)
    inner = Mixture(parts=(Part.of(find_generator("circled_letters").build(SMALL)), Part.of(grid)))
    outer = Mixture(parts=(Part.of(inner, 2.0), Part.of(find_generator("circled_letters").build(SMALL))))
    rows = dataset(outer, size=24)
    assert {row["part"] for row in rows} == {0, 1, 2}
    for row in rows:
        author = outer.drawn_by(row)
        assert (row["padding"] is not None) == (author == grid) == (row["part"] == 1), row["part"]
        assert outer.score(Sample.from_row(row), row["suffix"])["correct"] == 1
    assert Mixture.build(json.loads(json.dumps(outer.plain()))) == outer
    named = Mixture.build({"parts": [grid, "circled_letters_grid"]})
    assert named == Mixture(parts=(Part.of(grid), Part(generator="circled_letters_grid")))


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([], "parts="),
        ([part(weight=0)], "at least one weight"),
        ([part(weight=-1)], "parts[0].weight=-1.0"),
        ([part("circled_leters")], "did you mean circled_letters"),
        ([part(), part(picture_px=3)], "parts[1].fields.picture_px=3"),
        ([part(pictur_px=3)], "did you mean picture_px"),
        ([{"generater": "circled_letters"}], "parts[0].generater"),
        ([{}], "parts[0]"),
        ([part(words=["a", "b"])], "parts[0].fields.words"),
        ([part(mark_scale=[4, 4])], "parts[0].fields.mark_scale"),
    ],
    ids=str,
)
def test_a_refusal_names_the_part(parts: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        mixture(*parts)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_columns_of_one_name_and_two_types_are_refused() -> None:
    class Clash(package.Generator):
        """A column of another type."""

        columns = {"word": int}  # noqa: RUF012

    with pytest.raises(ConfigError, match="column 'word' has another type"):
        Mixture(parts=(part(), part("clash")))  # type: ignore[arg-type]


@pytest.mark.whole
def test_the_command_makes_a_mixture_and_makes_it_again(command: Callable[..., Result], tmp_path: Path) -> None:
    parts = (
        "generator.parts=[{generator: circled_letters, weight: 2, fields: {picture_px: 64, words: random}},"
        "{generator: circled_letters_grid, fields: {picture_px: 64, words_per_split: 2, words: {length: [4, 6]}}}]"
    )
    made = command(
        "generate", "generator=mixture", parts, "splits.train=20", "splits.validation=0", "splits.test=4", "output=m"
    )
    assert made.returncode == 0, made.stderr
    read = pq.read_table(tmp_path / "m" / "data" / "train-00000-of-00001.parquet")
    assert set(read["task"].to_pylist()) == {"circled_letters", "circled_letters_grid"}
    assert set(read["part"].to_pylist()) == {0, 1}
    assert {value is None for value in read["padding"].to_pylist()} == {True, False}
    again = command("generate", "from=m", "output=again")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again" / "synthink.json").read_bytes() == (tmp_path / "m" / "synthink.json").read_bytes()
