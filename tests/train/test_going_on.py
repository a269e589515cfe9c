"""A finished run goes on when more is asked of it, from its last checkpoint; nothing else changes its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthink.errors import ModelError, OutputError
from synthink.train.learner import Step
from synthink.train.request import ALL_STEPS_DONE, SCORE_REACHED, TIME_WAS_UP
from synthink.train.run import train_model
from tests.build.test_foreign_names import snapshot
from tests.train.killed import TRAINER, lines, request
from tests.train.numpy_learner import CHECKPOINT, STATE, Batch, NumpyLearner, NumpyTrainer

pytestmark = [pytest.mark.heavy, pytest.mark.whole]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The numbers of the steps that learners do, and -1 for each learner that is opened."""
    numbers: list[int] = []

    class Noting(NumpyLearner):
        def __init__(self, *arguments: Any) -> None:
            numbers.append(-1)
            super().__init__(*arguments)

        def step(self, batch: Batch, number: int) -> Step:
            numbers.append(number)
            return super().step(batch, number)

    monkeypatch.setattr(NumpyTrainer, "learner", Noting)
    yield numbers


def run(data: Path, output: Path, until: int | None = None, **changed: Any) -> dict[str, Any]:
    return train_model(replace(request(data, output, until=until), trainer=replace(TRAINER, **changed)))


def weights(output: Path) -> bytes:
    return (output / "model" / CHECKPOINT).read_bytes()


ENDS: list[tuple[dict[str, Any], str]] = [
    ({"seconds": 0}, TIME_WAS_UP),
    ({"stop_at": 0.3}, SCORE_REACHED),
    ({"until": 10}, ALL_STEPS_DONE),
]


@pytest.mark.parametrize(("end", "reason"), ENDS, ids=str)
def test_a_run_that_stopped_early_goes_on_as_if_it_had_not(
    data: Path, tmp_path: Path, clean: Path, steps: list[int], end: dict[str, Any], reason: str
) -> None:
    stopped = run(data, tmp_path / "run", **end)
    done = stopped["steps"]
    assert stopped["stopped"] == reason and 1 <= done < 37
    assert run(data, tmp_path / "run", **end) == json.loads(json.dumps(stopped)), "the same command has nothing to do"
    assert steps == [-1, *range(done)]
    outcome = run(data, tmp_path / "run")
    assert (outcome["steps"], outcome["stopped"]) == (37, ALL_STEPS_DONE)
    assert steps == [-1, *range(done), -1, *range(done, 37)]
    assert weights(tmp_path / "run") == weights(clean)
    assert "earlier" not in json.loads((tmp_path / "run" / "run.json").read_bytes()), "the same schedule all along"


def test_more_steps_go_on_and_the_folder_says_so(data: Path, tmp_path: Path, steps: list[int]) -> None:
    run(data, tmp_path / "run")
    first, before = lines(tmp_path / "run"), weights(tmp_path / "run")
    outcome = run(data, tmp_path / "run", steps=60)
    assert outcome["steps"] == 60
    assert steps == [-1, *range(37), -1, *range(37, 60)]
    assert lines(tmp_path / "run")[: len(first)] == first
    assert [line["step"] for line in lines(tmp_path / "run") if "score" in line] == [10, 19, 28, 37, 45, 60]
    assert weights(tmp_path / "run") != before
    run(data, tmp_path / "run", steps=80)
    asked = json.loads((tmp_path / "run" / "run.json").read_bytes())
    assert asked["trainer"]["steps"] == 80
    assert asked["earlier"] == [{"steps": 37, "done": 37}, {"steps": 60, "done": 60}]
    assert [path.name for path in (tmp_path / "run" / "steps").iterdir()] == ["0000080"]


def test_a_run_that_is_killed_while_it_goes_on_goes_on(data: Path, tmp_path: Path, steps: list[int]) -> None:
    run(data, tmp_path / "clean")
    run(data, tmp_path / "clean", steps=60)
    run(data, tmp_path / "run")

    class Interrupted(NumpyLearner):
        def step(self, batch: Batch, number: int) -> Step:
            if number == 50:
                raise KeyboardInterrupt
            return super().step(batch, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NumpyTrainer, "learner", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(data, tmp_path / "run", steps=60)
    steps.clear()
    run(data, tmp_path / "run", steps=60)
    assert steps == [-1, *range(44, 60)], "from the checkpoint after step 44"
    assert weights(tmp_path / "run") == weights(tmp_path / "clean")
    assert lines(tmp_path / "run") == lines(tmp_path / "clean")


def test_a_run_that_was_killed_may_be_given_another_end(data: Path, tmp_path: Path, steps: list[int]) -> None:
    class Interrupted(NumpyLearner):
        def step(self, batch: Batch, number: int) -> Step:
            if number == 25:
                raise KeyboardInterrupt
            return super().step(batch, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NumpyTrainer, "learner", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(data, tmp_path / "run")
    assert run(data, tmp_path / "run", steps=30)["steps"] == 30
    assert steps == [-1, *range(21, 30)]


REFUSALS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"steps": 20}, r"trainer\.steps: 37 -> 20.*overwrite=true"),
    ({}, {"until": 20}, "until: None -> 20"),
    ({}, {"steps": 60, "batch_size": 4}, "batch_size: 8 -> 4"),
    ({"keep_last": False}, {"steps": 60}, r"no checkpoint was kept to go on from; with trainer\.keep_last"),
]


@pytest.mark.parametrize(("first", "then", "message"), REFUSALS, ids=str)
def test_what_does_not_go_on_is_refused_and_nothing_is_lost(
    data: Path, tmp_path: Path, first: dict[str, Any], then: dict[str, Any], message: str
) -> None:
    run(data, tmp_path / "run", **first)
    assert (tmp_path / "run" / "steps").exists() == ("keep_last" not in first)
    before = snapshot(tmp_path / "run")
    for _ in range(2):
        with pytest.raises(OutputError, match=message):
            run(data, tmp_path / "run", **then)
        assert snapshot(tmp_path / "run") == before
    assert run(data, tmp_path / "run", **first)["steps"] == 37


def test_less_time_than_it_took_changes_nothing(data: Path, tmp_path: Path, steps: list[int]) -> None:
    run(data, tmp_path / "run")
    assert run(data, tmp_path / "run", seconds=0)["steps"] == 37
    assert run(data, tmp_path / "run", stop_at=0.5)["steps"] == 37
    assert steps == [-1, *range(37)]


def test_a_run_whose_last_checkpoint_is_damaged_stays_finished(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run")
    (tmp_path / "run" / "steps" / "0000037" / STATE).write_bytes(b"torn")
    before = snapshot(tmp_path / "run")
    with pytest.raises(ModelError, match="no whole checkpoint is left"):
        run(data, tmp_path / "run", steps=60)
    assert snapshot(tmp_path / "run") == before, "the finished run stays as it was"
