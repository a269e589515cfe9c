"""A run of training that stops at a moment and waits there to be killed: `python -m tests.train.killed`.

A moment is a number: everything that the loop does to its learner and its folder counts them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from synthink.evaluate.answerer import Example
from synthink.evaluate.data.rows import Dataset
from synthink.train.learner import Step
from synthink.train.metrics import Metrics
from synthink.train.request import Request
from synthink.train.run import train_model
from synthink.train.run_folder import RunFolder
from tests.train.numpy_learner import CHECKPOINT, STATE, NumpyLearner, NumpyTrainer, short
from tests.train.patches import MODEL

Moment = Callable[[], None]
TRAINER = short(steps=37, save_every=7, log_every=5)
"""Checkpoints and logged steps do not fall together."""


def request(data: Path, output: Path, **changed: Any) -> Request:
    return Request(MODEL, TRAINER, output, [(Dataset(data), 1.0)], **changed)


class Watched(NumpyLearner):
    """Calls `moment` before and after whatever it does, and in the middle of writing."""

    moment: Moment

    def step(self, batch: Any, number: int) -> Step:
        self.moment()
        return super().step(batch, number)

    def answers(self, examples: Sequence[Example]) -> list[str]:
        self.moment()
        return super().answers(examples)

    def save(self, folder: Path) -> None:
        (folder / STATE).write_bytes(b"half a chec")
        self.moment()
        super().save(folder)
        self.moment()

    def export(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        (folder / CHECKPOINT).write_bytes(b"half a mod")
        self.moment()
        super().export(folder)
        self.moment()


def watch(patch: Callable[[Any, str, Any], None], moment: Moment) -> None:
    """Put the moments of learner, folder and metrics in place."""

    def around(owner: type[Any], name: str) -> None:
        done = getattr(owner, name)

        def called(*arguments: Any, **options: Any) -> Any:
            moment()
            found = done(*arguments, **options)
            moment()
            return found

        patch(owner, name, called)

    patch(NumpyTrainer, "learner", type("Watching", (Watched,), {"moment": staticmethod(moment)}))
    for owner, name in ((RunFolder, "keep"), (RunFolder, "begin"), (RunFolder, "finish"), (Metrics, "write")):
        around(owner, name)


class Stopping:
    """Counts moments; at the one that was named it says so and goes no further."""

    def __init__(self, stop: int | None = None) -> None:
        self.count, self.stop = 0, stop

    def __call__(self) -> None:
        self.count += 1
        if self.count == self.stop:
            print("here", flush=True)
            sys.stdin.read()


TIMES = {"seconds", "examples_per_s", "answer_tokens_per_s", "input_wait"}


def undisturbed(data: Path, output: Path) -> int:
    """A whole run; how many moments it had."""
    moments = Stopping()
    with pytest.MonkeyPatch.context() as patch:
        watch(patch.setattr, moments)
        train_model(request(data, output))
    return moments.count


def lines(output: Path) -> list[dict[str, Any]]:
    """What was measured, but for times; every line is whole."""
    text = (output / "metrics.jsonl").read_text(encoding="utf-8")
    assert text.endswith("\n")
    return [untimed(json.loads(line)) for line in text.splitlines()]


def untimed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in TIMES}


def outcome(output: Path) -> dict[str, Any]:
    return untimed(json.loads((output / "finished.json").read_bytes()))


def same(output: Path, other: Path) -> None:
    """Two finished runs are alike to the last bit."""
    for name in ("model/checkpoint.npz", f"steps/{outcome(other)['steps']:07d}/{STATE}"):
        assert (output / name).read_bytes() == (other / name).read_bytes()
    assert lines(output) == lines(other)
    assert outcome(output) == outcome(other)
    assert [sorted(path.name for path in each.iterdir()) for each in (output, other)] == [
        ["finished.json", "metrics.jsonl", "model", "run.json", "steps", "tokenizer.model"]
    ] * 2
    assert len(list((output / "steps").iterdir())) == 1, "of its checkpoints the last stays"


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    watch(partial(setattr), Stopping(asked["stop"]))
    train_model(request(Path(asked["data"]), Path(asked["output"])))
