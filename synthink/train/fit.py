"""The loop: batches in, a model that has learned out; killed at any step it goes on from its last checkpoint."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from synthink.errors import ModelError
from synthink.evaluate.data.rows import ENDLESS, Rows
from synthink.train.data.loading import Loader
from synthink.train.data.order import Order
from synthink.train.learner import Learner, Step
from synthink.train.metrics import Metrics
from synthink.train.run_folder import METRICS, RunFolder
from synthink.train.settings import Trainer

Score = Callable[[Learner], float]


@dataclass(frozen=True)
class TrainingData:
    """What is learned from, and how it is looked at on the way.

    rows, weights: datasets and their shares. look: the score on rows of the validation split; None where there are
    none. held_out: examples of that split, for their loss.
    """

    rows: Sequence[Rows]
    weights: Sequence[float]
    look: Score | None
    held_out: Sequence[Any]


def fit(
    learner: Learner, trainer: Trainer, material: TrainingData, side: int, seed: int, run: RunFolder, progress: bool
) -> dict[str, Any]:
    """Train until the steps are done, the time is up or the score is reached; what came of it as plain values.

    side: pixels of the pictures that the model sees. `ModelError` for a loss that is no number.
    """
    start = run.last()
    if start:
        learner.restore(run.checkpoint(start))
    board = run.path / "tensorboard" if trainer.tensorboard else None
    with closing(Metrics(run.path / METRICS, start, trainer.steps, board, progress)) as metrics:
        order = Order(
            [len(rows) for rows in material.rows],
            material.weights,
            seed,
            shuffled=all(len(rows) < ENDLESS for rows in material.rows),  # else they come once each, as they stand
        )
        with Loader(material.rows, order, learner.prepare, side, trainer.batch_size, trainer.threads) as loader:
            loop = Loop(learner, trainer, material, run, metrics)
            why, done = loop.run(start, loader.batches(start))
        learner.export(run.model)
        return {
            "steps": done,
            "stopped": why,
            "seconds": round(metrics.seconds, 3),
            "input_wait": round(loop.waited / max(loop.worked, 1e-9), 5),
            "score": metrics.curve[-1]["score"] if metrics.curve else None,
            "parameters": learner.parameters,
        }


class Loop:
    """Step after step, and what is due between them."""

    def __init__(
        self, learner: Learner, trainer: Trainer, material: TrainingData, run: RunFolder, metrics: Metrics
    ) -> None:
        self.learner, self.trainer, self.material = learner, trainer, material
        self.run_folder, self.metrics = run, metrics
        self.waited = self.worked = 0.0
        self._told: list[tuple[int, Step]] = []  # logged together, so that the device is seldom waited for
        self._since = self._saved_at = time.monotonic()
        self._rate = ""  # of tokens, for the bar
        points = trainer.curve_points if material.look else 0
        self._looks = {math.ceil(trainer.steps * point / points) for point in range(1, points + 1)}

    def run(self, start: int, batches: Iterator[Any]) -> tuple[str, int]:
        """(why it ended, steps done)."""
        steps, saved = self.trainer.steps, start
        pending: tuple[int, Step] | None = None
        for number in range(start, steps):
            before = time.monotonic()
            batch = next(batches)
            waited = time.monotonic() - before
            if number == start:
                self._first(batch)
            step = self.learner.step(batch, number)
            if pending:
                self._note(*pending)  # one step late: the device works on this one meanwhile
            pending = number + 1, step
            if number > start + 1:  # the first two steps wait for the compiler
                self.waited += waited
                self.worked += time.monotonic() - before
            due = self._due(number + 1, saved)
            if due:
                self._note(*pending)
                pending = None
                if "look" in due and self._reached(number + 1):
                    return "the score was reached", number + 1
                if "save" in due:
                    self._save(number + 1)
                    saved = number + 1
                if "time" in due:
                    return "the time was up", number + 1
        if pending:
            self._note(*pending)
        return "all steps were done", steps

    def _first(self, batch: Any) -> None:
        memory = getattr(self.learner, "memory", None)
        if memory is not None:
            self.metrics.write(self.run_folder.last(), {"memory": memory(batch)})
        self._since = time.monotonic()

    def _due(self, done: int, saved: int) -> set[str]:
        due = {"look"} if done in self._looks else set()
        waited = time.monotonic() - self._saved_at >= 60 * self.trainer.save_minutes
        if (waited or done - saved >= self.trainer.save_every) and done < self.trainer.steps:
            due.add("save")
        if self.trainer.seconds is not None and self.metrics.seconds >= self.trainer.seconds:
            due |= {"time", "look"} if self.material.look and done not in self._looks else {"time"}
        return due

    def _note(self, done: int, step: Step) -> None:
        loss, norm = float(step.loss), float(step.gradient_norm)
        if not (math.isfinite(loss) and math.isfinite(norm)):
            what = f"the loss is {loss}" if not math.isfinite(loss) else f"the gradient's norm is {norm}"
            kept = self.run_folder.last()
            after = f"the checkpoint after step {kept} is kept" if kept else "there was no checkpoint yet"
            raise ModelError(f"step {done}: {what}; {after}; try a lower trainer.learning_rate")
        self._told.append((done, step))
        self.metrics.advance({"loss": f"{loss:.4f}", **({"tokens/s": self._rate} if self._rate else {})})
        if done % self.trainer.log_every == 0 or done == self.trainer.steps:
            self._log(done)

    def _log(self, done: int) -> None:
        steps = [step for _, step in self._told]
        seconds = max(time.monotonic() - self._since, 1e-9)
        self.metrics.write(
            done,
            {
                "loss": round(sum(float(step.loss) for step in steps) / len(steps), 6),
                "gradient_norm": round(float(steps[-1].gradient_norm), 6),
                "learning_rate": steps[-1].learning_rate,
                "examples_per_s": round(len(steps) * self.trainer.batch_size / seconds, 2),
                "answer_tokens_per_s": round(sum(step.tokens for step in steps) / seconds, 2),
            },
        )
        self._rate = f"{sum(step.tokens for step in steps) / seconds:,.0f}"
        self._told, self._since = [], time.monotonic()

    def _reached(self, done: int) -> bool:
        """Look at the validation split; whether the score that was asked for is reached."""
        assert self.material.look is not None
        batch = self.trainer.batch_size
        held_out = self.material.held_out[: len(self.material.held_out) // batch * batch]
        losses = [
            self.learner.loss(self.learner.prepare(held_out[first : first + batch]))
            for first in range(0, len(held_out), batch)
        ]
        score = self.material.look(self.learner)
        values = {"score": round(score, 6)}
        if losses:
            values["validation_loss"] = round(sum(losses) / len(losses), 6)
        self.metrics.write(done, values)
        self._since = time.monotonic()
        return self.trainer.stop_at is not None and score >= self.trainer.stop_at

    def _save(self, done: int) -> None:
        if self._told:
            self._log(done)  # a run that goes on from here knows nothing of the steps before
        self.learner.save(self.run_folder.new_checkpoint(done))
        self.run_folder.keep(done, self.trainer.keep)
        self._since = self._saved_at = time.monotonic()
