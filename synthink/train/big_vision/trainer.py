"""`trainer=big_vision`: the settings and the door of this backend. Nothing heavy is imported with it."""

from __future__ import annotations

from pathlib import Path

from synthink.train.big_vision.weights import CHECKPOINT
from synthink.train.learner import Learner
from synthink.train.settings import Model, Trainer


class BigVisionTrainer(Trainer):
    """PaliGemma and PaliGemma 2 by big_vision, in this process and without TensorFlow."""

    name = "big_vision"
    RUNTIME_FIELDS = Trainer.RUNTIME_FIELDS | {"big_vision"}

    big_vision: str | None = None
    """The folder of a checkout of github.com/google-research/big_vision; None: the one on PYTHONPATH."""

    def check_installed(self) -> None:
        from synthink.train.big_vision.importing import big_vision

        big_vision(self.big_vision)

    def open(
        self, model: Model, tokenizer: Path | None, image_px: int, seed: int, weights: Path | str | None
    ) -> Learner:
        from synthink.train.big_vision.importing import big_vision
        from synthink.train.big_vision.learner import BigVisionLearner

        assert tokenizer is not None, "weights in npz bring none along"
        file = Path(weights) if weights is not None else None
        if file is not None and file.is_dir():
            file /= CHECKPOINT
        return BigVisionLearner(big_vision(self.big_vision), model, self, tokenizer, image_px, seed, file)
