"""The backends by name: what `trainer=...` trains with, and what opens a finished run's model."""

from __future__ import annotations

from pathlib import Path

from synthink.errors import ConfigError, did_you_mean
from synthink.train.learner import Learner
from synthink.train.settings import BigVision, Model, Trainer, Transformers

TRAINERS: dict[str, type[Trainer]] = {cls.name: cls for cls in (BigVision, Transformers)}


CHECKPOINT = "checkpoint.npz"
"""The weights in the folder of a finished run's model, where the backend writes big_vision's form."""


def find_trainer(name: str) -> type[Trainer]:
    """The settings of a backend."""
    if name not in TRAINERS:
        raise ConfigError("trainer", name, f"no such trainer; {did_you_mean(name, TRAINERS)}")
    return TRAINERS[name]


def check_backend(trainer: Trainer) -> None:
    """`TrainError` when a package is missing that the backend needs, before anything is written."""
    if isinstance(trainer, BigVision):
        from synthink.train.bigvision.importing import big_vision

        big_vision(trainer.big_vision)


def open_learner(
    model: Model, trainer: Trainer, tokenizer: Path | None, image_px: int, seed: int, weights: Path | str | None
) -> Learner:
    """A model that is ready to learn and to answer. Raises `TrainError` for what is missing or does not fit."""
    if isinstance(trainer, BigVision):
        from synthink.train.bigvision.learner import BigVisionLearner

        assert tokenizer is not None
        return BigVisionLearner(model, trainer, tokenizer, image_px, seed, Path(weights) if weights else None)
    raise ConfigError("trainer", trainer.name, "cannot be opened in this process")
