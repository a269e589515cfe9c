"""The loop: what is learned, measured and kept, when it stops, and what stops it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink.errors import ModelError, OutputError
from synthink.evaluate.data.rows import Dataset
from synthink.train import metrics
from synthink.train.learner import Step
from synthink.train.request import Request
from synthink.train.run import train_model
from tests.train.killed import TIMES, TRAINER, lines, outcome, request, same
from tests.train.numpy_learner import Batch, NumpyLearner, NumpyTrainer, short
from tests.train.patches import DARK, MODEL, PLACES, make

pytestmark = pytest.mark.heavy


# --- learning ---------------------------------------------------------------------------------------------------------


def test_loss_falls_and_score_rises(clean: Path) -> None:
    found = lines(clean)
    losses = [line["loss"] for line in found if "loss" in line]
    scores = [line["score"] for line in found if "score" in line]
    assert losses[-1] < losses[0] / 3
    assert scores[0] < scores[-1] == 1.0
    assert outcome(clean) | {"lengths": 0} == {
        "steps": 37,
        "stopped": "all steps were done",
        "score": 1.0,
        "parameters": (12 * 12 * 3 + 1) * len(PLACES),
        "image_px": 12,
        "lengths": 0,
    }


def test_lines_say_what_happened_at_their_step(clean: Path) -> None:
    found = lines(clean)
    assert [line["step"] for line in found] == sorted(line["step"] for line in found)
    assert [line["step"] for line in found if "score" in line] == [10, 19, 28, 37], "evenly over the steps"
    assert {line["step"] for line in found if "loss" in line} == {*range(5, 37, 5), *range(7, 37, 7), 37}
    rates = {line["step"]: line["learning_rate"] for line in found if "loss" in line}
    assert rates[5] == pytest.approx(MODEL.learning_rate * (1 + np.cos(np.pi * 4 / 37)) / 2)
    told = json.loads((clean / "metrics.jsonl").read_text().splitlines()[0])
    assert told.keys() >= TIMES - {"input_wait"}


def noted(patch: pytest.MonkeyPatch) -> list[Any]:
    """The pictures that learners of the test learn from, as they come."""
    seen: list[Any] = []

    class Noting(NumpyLearner):
        def prepare(self, examples: Any) -> Batch:
            seen.extend(example.image for example in examples if not isinstance(example.image, bytes))
            return super().prepare(examples)

    patch.setattr(NumpyTrainer, "learner", Noting)
    return seen


def test_a_run_on_pictures_without_signal_learns_nothing(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = noted(monkeypatch)
    done = train_model(request(data, tmp_path / "run", control=True))
    assert done["score"] < 0.6
    assert max(picture.max() for picture in seen) <= DARK, "nor has it seen the light"
    assert done["lengths"] == train_model(request(data, tmp_path / "other"))["lengths"]
    assert max(picture.max() for picture in seen) > DARK


def test_seeds_differ_and_repeat(data: Path, tmp_path: Path, clean: Path) -> None:
    train_model(request(data, tmp_path / "again"))
    same(tmp_path / "again", clean)
    train_model(request(data, tmp_path / "other", seed=1))
    assert lines(tmp_path / "other") != lines(clean)


def test_workers_do_not_change_the_run(data: Path, tmp_path: Path, clean: Path) -> None:
    train_model(replace(request(data, tmp_path / "run"), trainer=replace(TRAINER, threads=5)))
    assert lines(tmp_path / "run") == lines(clean)


def test_two_datasets_are_mixed_and_both_looked_at(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make(tmp_path / "other", 20, 5, 0, seed=9)
    seen = noted(monkeypatch)
    sets = [(Dataset(data), 1.0), (Dataset(other), 3.0)]
    done = train_model(Request(MODEL, short(steps=20), tmp_path / "run", sets))
    assert done["score"] is not None
    counts = Counter(picture.tobytes() for picture in seen)
    assert len(counts) > 20
    assert len(seen) >= 160
    assert max(counts.values()) >= 5, "few rows with much weight come often"


# --- rows that are drawn while training -------------------------------------------------------------------------------


@pytest.mark.parametrize("control", [False, True])
def test_rows_are_drawn_while_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, control: bool) -> None:
    seen = noted(monkeypatch)
    stream = {
        "train": synthink.dataset("patches", size=0, seed=2),
        "validation": synthink.dataset("patches", size=30, split="validation", seed=2),
    }
    brief = short(steps=12, threads=1, curve_points=1)
    done = train_model(Request(MODEL, brief, tmp_path / "run", stream=stream, control=control))
    assert (done["score"] > 0.6) != control
    assert (max(picture.max() for picture in seen) > DARK) != control
    assert json.loads((tmp_path / "run" / "run.json").read_bytes())["stream"]["train"]["generator"] == "patches"
    source = stream["train"].source
    drawn = [source.draw("train", index, control).picture.array().tobytes() for index in range(12 * 8)]
    assert [picture.tobytes() for picture in seen[: 12 * 8]] == drawn, "each once, as they stand"


# --- when it stops ----------------------------------------------------------------------------------------------------


def run(data: Path, output: Path, **changed: Any) -> dict[str, Any]:
    return train_model(replace(request(data, output), trainer=replace(TRAINER, **changed)))


def test_it_stops_at_the_score_that_was_asked_for(data: Path, tmp_path: Path) -> None:
    done = run(data, tmp_path / "run", steps=400, curve_points=40, stop_at=0.95)
    scores = [line["score"] for line in lines(tmp_path / "run") if "score" in line]
    assert done["stopped"] == "the score was reached"
    assert done["steps"] == 10 * len(scores) < 400
    assert all(score < 0.95 for score in scores[:-1])
    assert scores[-1] == done["score"] >= 0.95
    assert (tmp_path / "run" / "model" / "checkpoint.npz").exists()


def test_it_stops_when_the_time_is_up(data: Path, tmp_path: Path) -> None:
    done = run(data, tmp_path / "run", seconds=0)
    assert (done["stopped"], done["steps"]) == ("the time was up", 1)
    assert done["score"] is not None, "it is looked at once more"
    assert (tmp_path / "run" / "model" / "checkpoint.npz").exists()


def test_without_looks_there_is_no_score(data: Path, tmp_path: Path) -> None:
    done = run(data, tmp_path / "run", curve_points=0)
    assert done["score"] is None
    assert not any("score" in line for line in lines(tmp_path / "run"))
    alone = make(tmp_path / "alone", 20, 0, 0)
    assert train_model(request(alone, tmp_path / "other"))["score"] is None


def test_more_looks_than_steps_and_few_rows(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", steps=3, curve_points=50, curve_rows=3)
    found = [line for line in lines(tmp_path / "run") if "score" in line]
    assert [line["step"] for line in found] == [1, 2, 3]
    assert not any("validation_loss" in line for line in found), "fewer rows than a batch have no loss"


@pytest.mark.parametrize(("every", "keep"), [(7, 2), (5, 1), (9, 100)])
def test_checkpoints_that_are_kept(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int, keep: int
) -> None:
    there: list[list[str]] = []

    class Listing(NumpyLearner):
        def step(self, batch: Batch, number: int) -> Step:
            folder = tmp_path / "run" / "steps"
            there.append(sorted(path.name for path in folder.iterdir()) if folder.exists() else [])
            return super().step(batch, number)

    monkeypatch.setattr(NumpyTrainer, "learner", Listing)
    run(data, tmp_path / "run", save_every=every, keep=keep)
    for number, names in enumerate(there):
        saved = [f"{step:07d}" for step in range(every, number + 1, every)]
        assert names == saved[-keep:]
    assert [path.name for path in (tmp_path / "run" / "steps").iterdir()] == ["0000037"], (
        "a finished run keeps the last"
    )


def test_checkpoints_come_by_time_too(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[str] = []

    class Saving(NumpyLearner):
        def save(self, folder: Path) -> None:
            saved.append(folder.name)
            super().save(folder)

    monkeypatch.setattr(NumpyTrainer, "learner", Saving)
    run(data, tmp_path / "run", steps=5, save_every=1000, save_minutes=0)
    assert saved == [f".{step:07d}.tmp" for step in range(1, 6)]


# --- what goes wrong --------------------------------------------------------------------------------------------------


class Failing(NumpyLearner):
    """The loss, or the gradient alone, is no number at a step."""

    at, what = 16, "loss"

    def step(self, batch: Batch, number: int) -> Step:
        step = super().step(batch, number)
        if number == self.at:
            self.weights = self.weights * np.nan
            return step._replace(loss=np.float32("nan")) if self.what == "loss" else step._replace(gradient_norm=np.inf)
        return step


@pytest.mark.parametrize(
    ("what", "at", "told"),
    [
        ("loss", 16, "step 17: the loss is nan; the checkpoint after step 14 is kept"),
        ("loss", 2, "step 3: the loss is nan; there was no checkpoint yet"),
        ("gradient", 13, "step 14: the gradient's norm is inf; the checkpoint after step 7 is kept"),
        ("loss", 36, "step 37: the loss is nan; the checkpoint after step 35 is kept"),
    ],
)
def test_a_loss_that_is_no_number_stops_the_run(
    data: Path, tmp_path: Path, clean: Path, what: str, at: int, told: str
) -> None:
    output = tmp_path / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NumpyTrainer, "learner", type("FailingThere", (Failing,), {"what": what, "at": at}))
        with pytest.raises(ModelError) as caught:
            train_model(request(data, output))
    assert str(caught.value).startswith(told)
    assert "trainer.learning_rate" in str(caught.value)
    assert not (output / "finished.json").exists()
    assert not (output / "model").exists()
    train_model(request(data, output))
    same(output, clean)


def interrupted(data: Path, output: Path) -> None:
    """A run that has failed at step 17."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NumpyTrainer, "learner", Failing)
        with pytest.raises(ModelError):
            train_model(request(data, output))


@pytest.mark.parametrize("torn", [b'{"step": 17, "lo', b"\x00" * 30, b"\xff\xfe", b'{"step": 17}\n{"step": 20, "sco'])
def test_a_torn_line_of_metrics_is_dropped(data: Path, tmp_path: Path, clean: Path, torn: bytes) -> None:
    interrupted(data, tmp_path / "run")
    with (tmp_path / "run" / "metrics.jsonl").open("ab") as file:
        file.write(torn)
    assert metrics.read(tmp_path / "run" / "metrics.jsonl")[-1]["step"] in (15, 17)
    train_model(request(data, tmp_path / "run"))
    same(tmp_path / "run", clean)


def test_another_configuration_is_refused_with_the_difference(data: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    interrupted(data, output)
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    asked = replace(request(data, output, seed=3), trainer=replace(TRAINER, steps=38))
    with pytest.raises(OutputError) as caught:
        train_model(asked)
    assert "seed: 0 -> 3" in str(caught.value)
    assert "trainer.steps: 37 -> 38" in str(caught.value), "where more than its end differs, all is shown"
    assert "overwrite=true" in str(caught.value)
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before
    assert train_model(replace(asked, overwrite=True))["steps"] == 38
    assert lines(output)[0]["step"] == 5
    assert [path.name for path in (output / "steps").iterdir()] == ["0000038"]


def test_settings_of_no_matter_may_change_on_the_way(data: Path, tmp_path: Path, clean: Path) -> None:
    interrupted(data, tmp_path / "run")
    run(data, tmp_path / "run", threads=1, save_every=3, save_minutes=0, keep=1)
    weights = [(each / "model" / "checkpoint.npz").read_bytes() for each in (tmp_path / "run", clean)]
    assert weights[0] == weights[1]


def test_another_dataset_at_the_same_place_is_noticed(tmp_path: Path) -> None:
    data = make(tmp_path / "data", 20, 0, 0)
    train_model(request(data, tmp_path / "run"))
    shutil.rmtree(data)
    make(data, 20, 0, 0, seed=1)
    with pytest.raises(OutputError, match="datasets"):
        train_model(request(data, tmp_path / "run"))


def test_a_finished_run_returns_at_once(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = train_model(request(data, tmp_path / "run"))

    def never(*_: object) -> None:
        raise AssertionError("nothing is left to do")

    monkeypatch.setattr(NumpyTrainer, "open", never)
    (tmp_path / "run" / "steps" / "0000035").mkdir()  # of a run that was killed when it had just finished
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*") if path.is_file()}
    assert train_model(request(data, tmp_path / "run")) == json.loads(json.dumps(done))
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*") if path.is_file()} == times
    assert [path.name for path in (tmp_path / "run" / "steps").iterdir()] == ["0000037"]


def test_folders_of_something_else_are_left_alone(data: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    for overwrite in (False, True):
        with pytest.raises(OutputError, match="not empty, and not a run of synthink"):
            train_model(request(data, tmp_path / "mine", overwrite=overwrite))
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    for place in (tmp_path / "mine" / "thesis.txt", tmp_path / "mine" / "thesis.txt" / "run"):
        with pytest.raises(OutputError, match=r"thesis\.txt"):
            train_model(request(data, place))
