"""Which rows stand as examples in a prompt."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

import synthink
from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.rows import DrawnRows, Row
from synthink.evaluate.examples import pick_examples
from tests.evaluate.api_models.api_server import example
from tests.support import environment

pytestmark = pytest.mark.heavy


class Few:
    """Rows in memory: (suffix, task) pairs."""

    name = "few/train"

    def __init__(self, rows: list[tuple[str, str]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def example(self, index: int) -> Example:
        return example("red", index)._replace(suffix=self.rows[index][0])

    def row(self, index: int) -> Row:
        found = self.example(index)
        return {"image": found.image, "prefix": "?", "suffix": found.suffix, "task": self.rows[index][1]}


class Classes(synthink.Generator):
    """The part of a suffix before the colon is its class."""

    def answer_class(self, sample: synthink.Sample, answer: str) -> str | None:
        return answer.partition(":")[0]


def suffixes(rows: Few, count: int, seed: int = 0, generator: Any = None) -> list[str]:
    return [each.suffix for each in pick_examples(rows, generator, count, seed)]


def test_examples_take_turns_over_classes() -> None:
    rows = Few([("a", "")] * 90 + [("b", "")] * 8 + [("c", "")] * 2)
    found = suffixes(rows, 8)
    assert Counter(found) == {"a": 3, "b": 3, "c": 2}
    assert [len(set(found[i : i + 3])) for i in (0, 3)] == [3, 3]
    assert suffixes(rows, 2) == found[:2]
    assert suffixes(rows, 0) == []
    assert Counter(suffixes(rows, 100)) == {"a": 90, "b": 8, "c": 2}


def test_a_generators_classes_come_before_suffixes() -> None:
    rows = Few([(f"common:{i}", "") for i in range(95)] + [(f"rare:{i}", "") for i in range(5)])
    assert Counter(each.partition(":")[0] for each in suffixes(rows, 8, generator=Classes())) == {
        "common": 4,
        "rare": 4,
    }


def test_suffixes_that_never_come_again_are_no_classes() -> None:
    rows = Few([(str(i), "locate") for i in range(90)] + [("yes", "say"), ("no", "say")] * 5)
    found = suffixes(rows, 9)
    assert Counter(each if each in ("yes", "no") else "place" for each in found) == {"yes": 3, "no": 3, "place": 3}


def test_examples_depend_on_the_seed_alone() -> None:
    rows = Few([(str(i % 10), "") for i in range(5000)])
    ids = [each.id for each in pick_examples(rows, None, 8, 3)]
    assert ids == [each.id for each in pick_examples(rows, None, 8, 3)]
    assert ids != [each.id for each in pick_examples(rows, None, 8, 4)]
    assert len({*ids}) == 8
    assert len({tuple(suffixes(rows, 2, seed)) for seed in range(10)}) > 5  # no class is always the first


@pytest.mark.whole
def test_examples_of_a_fresh_process_are_the_same() -> None:
    code = (
        "from tests.evaluate.test_examples import *\n"
        "print([each.id for each in pick_examples(Few([(str(i % 7), '') for i in range(500)]), None, 8, 3)])"
    )
    command = [sys.executable, "-c", code]
    told = {
        subprocess.run(command, env=environment(PYTHONHASHSEED=seed), capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    }
    here = [each.id for each in pick_examples(Few([(str(i % 7), "") for i in range(500)]), None, 8, 3)]
    assert told == {f"{here}\n"}


def test_rows_that_answer_nothing_are_no_examples() -> None:
    rows = Few([("", "")] * 50 + [(" ", "")] * 5 + [("a", ""), ("b", "")])
    assert sorted(suffixes(rows, 2)) == ["a", "b"]
    with pytest.raises(ModelError, match="few/train: 3 examples asked for, 2 rows have an answer"):
        pick_examples(rows, None, 3, 0)


def test_examples_never_come_from_what_is_evaluated() -> None:
    with pytest.raises(ModelError, match="must not come from the split that is evaluated"):
        pick_examples(Few([("a", "")]), None, 1, 0, evaluated=["few/train"])


@pytest.mark.parametrize("name", ["circled_letters", "gestures"])
@pytest.mark.whole
def test_examples_of_our_generators(name: str) -> None:
    rows = DrawnRows(synthink.dataset(name, size=40).source, "train", 40, f"{name}/train")
    generator = rows.source.generator
    found = pick_examples(rows, generator, 6, 0, evaluated=[f"{name}/test"])
    samples = {row["id"]: synthink.Sample.from_row(row) for row in map(rows.row, range(40))}
    named = [generator.answer_class(samples[each.id], each.suffix) for each in found]
    classes = [each for each in named if each is not None]
    assert len(set(classes)) == len(classes) >= 5
