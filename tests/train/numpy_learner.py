"""A small but real learner: softmax regression from pixels to the answers, with momentum, in numpy.

It is a stranger's trainer: one class with the protocol of `synthink.train.learner`, one with the settings, and an entry
point. The loop, which knows nothing of it, is tested with it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import pixels
from synthink.files import write_atomically
from synthink.train.data.tokens import Tokens
from synthink.train.learner import Learner, Lengths, Step
from synthink.train.settings import Model, Trainer
from tests.plugin import importable
from tests.train.patches import PLACES

Floats = npt.NDArray[np.float64]
STATE, CHECKPOINT = "state.npz", "checkpoint.npz"
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

    def set_max_lengths(self, lengths: Lengths) -> None:
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
        write_atomically(folder / STATE, packed(weights=self.weights, velocity=self.velocity))

    def restore(self, folder: Path) -> None:
        with np.load(folder / STATE) as state:
            self.weights, self.velocity = state["weights"], state["velocity"]

    def export(self, folder: Path) -> None:
        write_atomically(folder / CHECKPOINT, packed(weights=self.weights))


def packed(**arrays: Floats) -> bytes:
    """The arrays as an npz file."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


class NumpyTrainer(Trainer):
    """`trainer=numpy`: softmax regression."""

    name = "numpy"
    learner: ClassVar[type[NumpyLearner]] = NumpyLearner
    """What `open` opens; tests put learners of their own in its place."""

    def open(
        self, model: Model, tokenizer: Path | None, image_px: int, seed: int, weights: Path | str | None
    ) -> Learner:
        assert tokenizer is not None
        learner = self.learner(model, self, tokenizer, image_px, seed, PLACES)
        if weights is not None:
            with np.load(Path(weights) / CHECKPOINT) as arrays:
                learner.weights = arrays["weights"]
        return learner


short = partial(NumpyTrainer, batch_size=8, threads=2, curve_points=4, curve_rows=40, log_every=5, tensorboard=False)
"""Settings for short runs; keywords change them."""


def install(folder: Path) -> Path:
    """Install a package with the trainer and the generator `patches` in a folder; what goes on the search path."""
    info = folder / "site" / "synthink_numpy-1.2.3.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: synthink-numpy\nVersion: 1.2.3\n")
    (info / "entry_points.txt").write_text(
        "[synthink.trainers]\nnumpy = tests.train.numpy_learner:NumpyTrainer\n"
        "[synthink.generators]\npatches = tests.train.patches:Patches\n"
    )
    return info.parent


def installed(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Install the package for this process, until `patch` is undone."""
    importable(install(folder), patch)
