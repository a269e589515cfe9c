"""Splits under names of one's own: whose content they have, which rows, and what cannot be one."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import Box, Camera, ConfigError, DrawContext, Generator, Mixture, Part, Sample, Words
from synthink.core.own_splits import read_splits
from synthink.core.source import Source
from synthink.generators.circled_letters import CircledLetters
from synthink.settings import Settings

TREES = Words(source=("ash", "elm", "fir", "oak", "yew", "bay", "box", "may", "fig"))


class Light(Settings):
    """How light falls."""

    shorthand = "grey"
    grey: int = 100
    haze: int = 0


class Trees(Generator):
    """Which tree is it?"""

    columns = {"tree": str, "sway": float, "box": Box}  # noqa: RUF012
    split_columns = {"words": "tree"}  # noqa: RUF012
    words: Words = TREES
    light: Light = Light()
    sizes_px: tuple[int, ...] = (8,)

    def draw(self, ctx: DrawContext) -> Sample:
        tree = ctx.pool(self.words).draw(ctx.stream("tree"))
        sway = ctx.stream("sway").uniform()
        size = self.sizes_px[0]
        grey = self.light.grey + self.light.haze + int(20 * sway)
        notes = {"tree": tree, "sway": sway, "box": (0.0, 0.0, float(size), float(size))}
        return Sample(np.full((size, size, 3), grey, np.uint8), "which?", tree, notes)


def source(**splits: Any) -> Source:
    return Source(Trees(), 3, own_splits=read_splits(splits)[1])


def drawn(rows: Source, split: str, count: int = 12) -> list[tuple[str, float]]:
    return [(row["tree"], row["sway"]) for row in (rows.row(split, index) for index in range(count))]


def test_a_split_with_fields_of_its_own_draws_the_scenes_of_the_one_that_it_is_like() -> None:
    rows = source(test_dark={"rows": 9, "like": "test", "light": 50})
    assert drawn(rows, "test_dark") == drawn(rows, "test")
    one, other = rows.row("test", 4), rows.row("test_dark", 4)
    assert (one["id"], other["id"]) == ("trees-test-0000004", "trees-test_dark-0000004")
    assert int(one["image"].array()[0, 0, 0]) - int(other["image"].array()[0, 0, 0]) == 50


def test_a_split_without_fields_of_its_own_has_rows_of_its_own_with_the_content_of_another() -> None:
    rows = source(dev={"rows": 9, "like": "validation"})
    dev, validation = drawn(rows, "dev", 60), drawn(rows, "validation", 60)
    assert {sway for _, sway in dev}.isdisjoint(sway for _, sway in validation)
    assert {tree for tree, _ in dev} == {tree for tree, _ in validation}
    assert {tree for tree, _ in dev}.isdisjoint(tree for tree, _ in drawn(rows, "train", 60))


def test_the_other_splits_stay_what_they_are_without_it() -> None:
    rows = source(test_dark={"like": "test", "light": 50}, validation={"rows": 3, "light": {"haze": 9}})
    for split in ("train", "test"):
        assert drawn(rows, split) == drawn(Source(Trees(), 3), split)
    assert drawn(rows, "validation") == drawn(Source(Trees(), 3), "validation"), "its scenes are its own"
    assert rows.generator_of("validation") == Trees(light=Light(haze=9))


def test_a_mapping_changes_only_what_it_names_of_nested_settings() -> None:
    rows = Source(Trees(light=Light(grey=70)), own_splits=read_splits({"t": {"like": "test", "light": {"haze": 5}}})[1])
    assert rows.generator_of("t") == Trees(light=Light(grey=70, haze=5))
    photo = {"like": "test", "camera": {"preset": "photo", "noise": 3}}
    letters = Source(CircledLetters(camera="scan"), own_splits=read_splits({"t": photo})[1])  # type: ignore[arg-type]
    assert letters.generator_of("t") == CircledLetters(camera=Camera(preset="photo", noise=(3, 3)))


def test_another_process_draws_the_same_rows() -> None:
    rows = source(dev={"like": "validation"}, test_dark={"like": "test", "light": 50})
    again = pickle.loads(pickle.dumps(rows))
    for split in ("dev", "test_dark"):
        assert drawn(again, split) == drawn(rows, split)


def test_a_dataset_in_memory_has_the_rows_of_a_split_of_ones_own() -> None:
    own = {"test_dark": {"rows": 9, "like": "test", "light": 50}}
    rows = synthink.dataset(Trees(), size=4, split="test_dark", seed=3, splits=own)
    assert [row["tree"] for row in rows] == [tree for tree, _ in drawn(source(**own), "test_dark", 4)]
    assert rows.generator == Trees(light=Light(grey=50))
    with pytest.raises(ConfigError, match=r"split='test_drk': no such split; did you mean test_dark or test\?"):
        synthink.dataset(Trees(), size=4, split="test_drk", splits=own)


def test_the_parts_of_a_mixture_can_be_drawn_otherwise_as_long_as_their_content_stays() -> None:
    mixture = Mixture(
        parts=(Part.of(Trees()), Part.of(Trees(words=("rose", "tulip", "lily", "iris", "poppy", "aster"))))
    )
    dark = [part.plain() for part in mixture.parts]
    for part in dark:
        part["fields"]["light"] = {"grey": 50}
    rows = Source(mixture, own_splits=read_splits({"dark": {"like": "test", "parts": dark}})[1])
    assert [rows.row("dark", i)["tree"] for i in range(9)] == [rows.row("test", i)["tree"] for i in range(9)]
    dark[0]["fields"]["words"] = {"source": ["ash", "elm"]}
    with pytest.raises(ConfigError, match=r"splits.dark.parts=.*parts\[0\].fields.words is divided between the splits"):
        Source(mixture, own_splits=read_splits({"dark": {"like": "test", "parts": dark}})[1])


BAD: list[tuple[dict[str, Any], str]] = [
    ({"dev": 5}, r"splits.dev=5: no such split; .*'splits.dev=\{rows: 5, like: test\}'"),
    ({"tset": 5}, r"splits.tset=5: no such split; did you mean test\?"),
    ({"dev": {"rows": 5}}, r"splits.dev.like=None: must say whose words"),
    ({"dev": {"rows": 5, "like": "dev"}}, r"splits.dev.like='dev': must say whose words"),
    ({"a": {"like": "test"}, "b": {"like": "a"}}, r"splits.b.like='a': must say"),
    ({"test": {"rows": 5, "like": "train"}}, r"splits.test.like='train': the split test has its own content"),
    ({"all": {"like": "test"}}, r"splits.all=.*: the name is taken"),
    ({"seed": {"like": "test"}}, r"splits.seed=.*: the name is taken"),
    ({"my-dev": {"like": "test"}}, r"splits.my-dev=.*: a split's name has letters, digits and _"),
    ({"../up": {"like": "test"}}, r"splits.../up=.*: a split's name has letters"),
    ({"a" * 41: {"like": "test"}}, r"a split's name has letters, digits and _, at most 40"),
    ({3: {"like": "test"}}, r"splits.3=.*: a split's name has letters"),
    ({"Dev": {"like": "test"}, "dev": {"like": "test"}}, r"splits.dev=.*: differs from Dev in its case alone"),
    ({f"s{i}": {"like": "test"} for i in range(200)}, r"are at most 100"),
    ({"dev": {"like": "test", "ligt": 3}}, r"splits.dev.ligt=3: no such field; did you mean light\?"),
    ({"dev": {"like": "test", "light": {"fog": 3}}}, r"splits.dev.*fog=3: no such field"),
    ({"dev": {"like": "test", "light": "dim"}}, r"splits.dev.light.grey='dim': must be a whole number"),
    ({"dev": {"like": "test", "words": ["rose"]}}, r"splits.dev.words=\['rose'\]: words is divided between the splits"),
    (
        {"dev": {"like": "test", "words": {"share_across_splits": True}}},
        r"splits.dev.words=.*: words is divided between the splits",
    ),
]


@pytest.mark.parametrize(("splits", "message"), BAD)
def test_what_cannot_be_a_split_is_one_error(splits: dict[Any, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        Source(Trees(), own_splits=read_splits(splits)[1])
    assert len(str(error.value)) < 500


def test_fields_may_not_change_the_columns() -> None:
    class Counted(Generator):
        deep: bool = False

        def __post_init__(self) -> None:
            super().__post_init__()
            object.__setattr__(self, "columns", {"depth": int} if self.deep else {})

        def draw(self, ctx: DrawContext) -> Sample:
            raise AssertionError

    with pytest.raises(ConfigError, match=r"splits.dev=.*: gives the rows other columns \(depth\)"):
        Source(Counted(), own_splits=read_splits({"dev": {"like": "test", "deep": True}})[1])


def test_two_splits_never_have_the_very_same_rows(tmp_path: Any) -> None:
    same = {"rows": 3, "like": "test", "light": 50}
    for splits, message in (
        ({"test": 3, "dark": {"rows": 3, "like": "test", "light": 100}}, r"splits.dark=.* the very rows of test"),
        ({"dark": same, "dim": same}, r"splits.dim=.* the very rows of dark"),
    ):
        with pytest.raises(ConfigError, match=message):
            synthink.generate(Trees(), splits=splits, output=tmp_path / "data")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"splits.dev=.* the very rows of validation"):
        synthink.generate(
            Listed(), splits={"validation": 3, "dev": {"rows": 3, "like": "validation"}}, output=tmp_path / "data"
        )
    assert not (tmp_path / "data").exists()


class Listed(Generator):
    """Rows that are enumerated: a split's rows go by its content and the number alone."""

    def rows(self, split: synthink.Split) -> int:
        return 9

    def draw(self, ctx: DrawContext) -> Sample:
        return Sample(np.full((8, 8, 3), ctx.index, np.uint8), "which?", str(ctx.index))
