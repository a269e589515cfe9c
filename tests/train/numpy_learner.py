"""A small but real learner: softmax regression from pixels to the answers, with momentum, in numpy.

It keeps the protocol of `synthink.train.learner`, and stands in for big_vision where the loop is tested.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import pixels
from synthink.files import write_whole
from synthink.train import run as running
from synthink.train import validate as validating
from synthink.train.backends import CHECKPOINT
from synthink.train.data.tokens import Tokens
from synthink.train.learner import Lengths, Step
from synthink.train.settings import Model, Trainer
from tests.train.patches import PLACES

Floats = npt.NDArray[np.float64]
STATE = "state.npz"
MOMENTUM = 0.9


class Batch(NamedTuple):
    """inputs: (B, F); truths: (B,) numbers of answers; tokens: of the answers, for the rates."""

    inputs: Floats
    truths: npt.NDArray[np.int64]
    tokens: int


class NumpyLearner:
    """weights: (F + 1, A), the last row a bias; velocity: the same shape."""

    name = "numpy"

    def __init__(self, model: Model, trainer: Trainer, tokenizer: Path, side: int, seed: int, answers: Sequence[str]):
        self.texts = Tokens(tokenizer, model.text_tokens)
        self.model, self.trainer, self.side, self.known = model, trainer, side, list(answers)
        shape = side * side * 3 + 1, len(self.known)
        self.weights: Floats = np.random.default_rng(seed).normal(0, 0.3, shape)
        self.velocity: Floats = np.zeros(shape)
        self.parameters = self.weights.size
        self.lengths = Lengths(0, 0, 0)

    def expect(self, lengths: Lengths) -> None:
        self.lengths = lengths

    def prepare(self, examples: Sequence[Example]) -> Batch:
        for example in examples:
            if example.suffix not in self.known:
                raise ModelError(f"{example.id}: {example.suffix!r} is no answer that is known")
        truths = [self.known.index(example.suffix) for example in examples]
        tokens = sum(self.texts.encoded(example.prefix, example.suffix).suffix for example in examples)
        return Batch(self._inputs(examples), np.asarray(truths), tokens)

    def _inputs(self, examples: Sequence[Example]) -> Floats:
        seen = [pixels(example.image, self.side, example.id).reshape(-1) / 255 - 0.5 for example in examples]
        return np.concatenate([np.stack(seen), np.ones((len(seen), 1))], axis=1)

    def _chances(self, inputs: Floats) -> Floats:
        levels = inputs @ self.weights
        powers = np.exp(levels - levels.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def step(self, batch: Batch, number: int) -> Step:
        count = len(batch.truths)
        loss = self.loss(batch)
        wrong = self._chances(batch.inputs)
        wrong[np.arange(count), batch.truths] -= 1
        gradient = batch.inputs.T @ wrong / count
        # A rate that depends on the step's number: a run that goes on at the wrong one ends elsewhere.
        rate = self.model.learning_rate * (1 + math.cos(math.pi * number / self.trainer.steps)) / 2
        self.velocity = MOMENTUM * self.velocity - rate * gradient
        self.weights = self.weights + self.velocity
        return Step(loss, float(np.linalg.norm(gradient)), rate, batch.tokens)

    def loss(self, batch: Batch) -> float:
        return float(-np.log(self._chances(batch.inputs)[np.arange(len(batch.truths)), batch.truths] + 1e-12).mean())

    def answers(self, examples: Sequence[Example]) -> list[str]:
        return [self.known[best] for best in self._chances(self._inputs(examples)).argmax(axis=1)]

    def save(self, folder: Path) -> None:
        write_whole(folder / STATE, packed(weights=self.weights, velocity=self.velocity))

    def restore(self, folder: Path) -> None:
        with np.load(folder / STATE) as found:
            self.weights, self.velocity = found["weights"], found["velocity"]

    def export(self, folder: Path) -> None:
        write_whole(folder / CHECKPOINT, packed(weights=self.weights))


def packed(**arrays: Floats) -> bytes:
    """The arrays as an npz file."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


Opened = Callable[[Model, Trainer, Path, int, int, Path | None], NumpyLearner]


def opener(answers: Sequence[str] = PLACES, kind: type[NumpyLearner] = NumpyLearner) -> Opened:
    """What takes the place of `open_learner`."""

    def opened(
        model: Model, trainer: Trainer, tokenizer: Path, side: int, seed: int, weights: Path | None
    ) -> NumpyLearner:
        learner = kind(model, trainer, tokenizer, side, seed, answers)
        if weights is not None:
            with np.load(weights) as found:
                learner.weights = found["weights"]
        return learner

    return opened


def use(patch: pytest.MonkeyPatch, opened: Opened | None = None) -> None:
    """Let runs of this process train and ask numpy learners, whatever trainer they name."""
    patch.setattr(running, "open_learner", opened or opener())
    patch.setattr(running, "check_backend", lambda trainer: None)
    patch.setattr(validating, "check_backend", lambda trainer: None)
