"""The loop: batches in, a model that has learned out. Killed at any step, it goes on from its last checkpoint."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from synthink.errors import ModelError
from synthink.evaluate.answerer import Answerer, Example
from synthink.evaluate.data.rows import Row
from synthink.evaluate.named_metrics import Scorer
from synthink.evaluate.scoring import score_answers
from synthink.progress import Progress
from synthink.train.data.loading import Loader
from synthink.train.data.order import Order
from synthink.train.data.training_data import TrainingData
from synthink.train.learner import Learner, Step
from synthink.train.metrics import Metrics
from synthink.train.request import ALL_STEPS_DONE, SCORE_REACHED, TIME_WAS_UP, Request
from synthink.train.run_folder import METRICS, TENSORBOARD, RunFolder


def fit(
    learner: Learner, request: Request, data: TrainingData, image_px: int, run: RunFolder, show: Progress
) -> dict[str, Any]:
    """Train until the steps are done, the time is up or the score is reached; the outcome as plain values.

    image_px: the side of the pictures that the model sees. `ModelError` for a loss that is not a finite number.
    """
    trainer = request.trainer
    with show.busy(f"{request.label}reading the checkpoint"):
        start = run.resume(learner.restore)
    run.go_on(request.plain(), start)
    board = run.path / TENSORBOARD if trainer.tensorboard else None
    order = Order([len(rows) for rows in data.rows], data.weights, request.seed, data.shuffled)
    with (
        closing(Metrics(run.path / METRICS, start, board)) as metrics,
        Loader(data.rows, order, learner.prepare, image_px, trainer.batch_size, trainer.threads) as loader,
    ):
        loop = Loop(learner, request, data, run, metrics, show)
        reason, steps = loop.run(start, loader.batches(start))
        if trainer.keep_last and run.last() != steps:
            loop.save(steps)
    learner.export(run.new_model())
    return {
        "steps": steps,
        "stopped": reason,
        "seconds": round(metrics.seconds, 3),
        "input_wait": round(loop.seconds_waited / max(loop.seconds_in_steps, 1e-9), 5),
        "score": metrics.curve[-1]["score"] if metrics.curve else None,
        "parameters": learner.parameters,
    }


class Loop:
    """Step after step, and what is due between them: log lines, validations, checkpoints.

    seconds_in_steps: the time that steps took, without the first two, which wait for a compiler. seconds_waited: the
    part of it in which the next batch was not ready.
    """

    def __init__(
        self,
        learner: Learner,
        request: Request,
        data: TrainingData,
        run: RunFolder,
        metrics: Metrics,
        show: Progress,
    ) -> None:
        self.learner, self.trainer, self.run_folder, self.metrics = learner, request.trainer, run, metrics
        self.last_step, self.label, self.show = request.last_step, request.label, show
        self.seconds_waited = self.seconds_in_steps = 0.0
        self._unlogged: list[Step] = []  # logged together, so that the device is seldom waited for
        self._logged_at = self._saved_at = time.monotonic()
        self._tokens_per_s = ""
        self._validation = data.validation_rows(self.trainer.curve_rows)
        points = self.trainer.curve_points if self._validation else 0
        self._validation_steps = {math.ceil(self.trainer.steps * point / points) for point in range(1, points + 1)}
        self._validation_steps |= {self.last_step} if points else set()

    def run(self, start: int, batches: Iterator[Any]) -> tuple[str, int]:
        """Train from step `start` on; why it ended, and the number of steps done."""
        saved = self._start = start
        pending: tuple[int, Step] | None = None
        if self.metrics.curve and self.metrics.curve[-1]["step"] == start and self._reached(self.metrics.curve[-1]):
            return SCORE_REACHED, start  # the run was killed right after it
        for number in range(start, self.last_step):
            started = time.monotonic()
            batch = next(batches)
            waited = time.monotonic() - started
            if number == start:
                self._first(batch)
            step = self.learner.step(batch, number)
            if pending:
                self._note(*pending)  # one step late: the device works on this one meanwhile
            pending = number + 1, step
            if number > start + 1:
                self.seconds_waited += waited
                self.seconds_in_steps += time.monotonic() - started
            due = self._due(number + 1, saved)
            if due:
                self._note(*pending)
                pending = None
                if "validate" in due and self._validate(number + 1):
                    return SCORE_REACHED, number + 1
                if "save" in due:
                    self.save(number + 1)
                    saved = number + 1
                if "time" in due:
                    return TIME_WAS_UP, number + 1
        if pending:
            self._note(*pending)
        return ALL_STEPS_DONE, max(start, self.last_step)

    def _first(self, batch: Any) -> None:
        """Measure the memory that a step takes, which compiles it, and start the clock after that."""
        memory = getattr(self.learner, "memory", None)
        if memory is not None:
            with self.show.busy(f"{self.label}compiling"):
                needed = memory(batch)
            self.metrics.write(self.run_folder.last(), {"memory": needed})
        self._logged_at = time.monotonic()

    def _due(self, done: int, saved: int) -> set[str]:
        """What is to be done after a step; `saved` is the step of the last checkpoint."""
        due = {"validate"} if done in self._validation_steps else set()
        late = time.monotonic() - self._saved_at >= 60 * self.trainer.save_minutes
        if (late or done - saved >= self.trainer.save_every) and done < self.last_step:
            due.add("save")
        if self.trainer.seconds is not None and self.metrics.seconds >= self.trainer.seconds:
            due |= {"time", "validate"} if self._validation else {"time"}
        return due

    def _note(self, done: int, step: Step) -> None:
        """Take up the outcome of a step, for which the device may have to be waited for."""
        loss, norm = float(step.loss), float(step.gradient_norm)
        if not (math.isfinite(loss) and math.isfinite(norm)):
            problem = f"the loss is {loss}" if not math.isfinite(loss) else f"the gradient's norm is {norm}"
            last = self.run_folder.last()
            checkpoint = f"the checkpoint after step {last} is kept" if last else "there was no checkpoint yet"
            raise ModelError(f"step {done}: {problem}; {checkpoint}; try a lower trainer.learning_rate")
        self._unlogged.append(step)
        rate = f", {self._tokens_per_s} tokens/s" if self._tokens_per_s else ""
        self.show(f"{self.label}training", 1, self.last_step, self._start, f"loss {loss:.4f}{rate}")
        if done % self.trainer.log_every == 0 or done == self.last_step:
            self._log(done)

    def _log(self, done: int) -> None:
        """Write one line about the steps since the last one."""
        steps, seconds = self._unlogged, max(time.monotonic() - self._logged_at, 1e-9)
        tokens_per_s = sum(step.tokens for step in steps) / seconds
        self.metrics.write(
            done,
            {
                "loss": round(sum(float(step.loss) for step in steps) / len(steps), 6),
                "gradient_norm": round(float(steps[-1].gradient_norm), 6),
                "learning_rate": steps[-1].learning_rate,
                "examples_per_s": round(len(steps) * self.trainer.batch_size / seconds, 2),
                "answer_tokens_per_s": round(tokens_per_s, 2),
            },
        )
        self._tokens_per_s = f"{tokens_per_s:,.0f}"
        self._unlogged, self._logged_at = [], time.monotonic()

    def _validate(self, done: int) -> bool:
        """Answer the validation rows and measure their loss; whether `stop_at` is reached."""
        with self.show.busy(f"{self.label}validating"):
            values = {"score": round(validation_score(self.learner, self._validation), 6)}
            if losses := self._validation_losses():
                values["validation_loss"] = round(sum(losses) / len(losses), 6)
        self.metrics.write(done, values)
        self._logged_at = time.monotonic()
        return self._reached(values)

    def _reached(self, validation: Mapping[str, float]) -> bool:
        return self.trainer.stop_at is not None and validation["score"] >= self.trainer.stop_at

    def _validation_losses(self) -> list[float]:
        """The loss of each whole batch of validation rows."""
        examples = [Example(row["image"], row["prefix"], row["suffix"], row["id"]) for row, _ in self._validation]
        size = self.trainer.batch_size
        starts = range(0, len(examples) // size * size, size)
        return [self.learner.loss(self.learner.prepare(examples[start : start + size])) for start in starts]

    def save(self, done: int) -> None:
        """Write a checkpoint."""
        if self._unlogged:
            self._log(done)  # a run that goes on from here knows nothing of the steps before
        self.learner.save(self.run_folder.new_checkpoint(done))
        self.run_folder.keep(done, self.trainer.keep)
        self._logged_at = self._saved_at = time.monotonic()


def validation_score(answerer: Answerer, rows: Sequence[tuple[Row, Scorer | str]]) -> float:
    """The share of right answers, each judged by its row's own scorer."""
    answers = answerer.answers([Example(row["image"], row["prefix"], "", row["id"]) for row, _ in rows])
    judgements = [
        score_answers([row], [answer], scorer)[0] for (row, scorer), answer in zip(rows, answers, strict=True)
    ]
    return float(sum(judgement.scores["correct"] for judgement in judgements) / len(judgements))
