"""The backends by name: what `trainer=...` trains with, and what opens a finished run's model."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from synthink.errors import ConfigError, ModelError, did_you_mean
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


def own_tokenizer(trainer: Trainer, weights: Path | str | None) -> bool:
    """Whether the weights bring their tokenizer along: a folder of transformers, or a name on the hub."""
    return isinstance(trainer, Transformers) and weights is not None and not Path(weights).is_file()


def check_backend(trainer: Trainer) -> None:
    """`ModelError` when a package is missing that the backend needs, before anything is written."""
    if isinstance(trainer, BigVision):
        from synthink.train.big_vision.importing import big_vision

        big_vision(trainer.big_vision)
    elif isinstance(trainer, Transformers):
        for package in ("torch", "transformers", *_adapting(trainer)):
            if find_spec(package) is None:
                told = "pip install 'synthink[transformers]'"
                raise ModelError(f"trainer=transformers needs the package {package}: {told}")


def _adapting(trainer: Transformers) -> list[str]:
    """The packages that adapters need."""
    return {"none": [], "lora": ["peft"], "qlora": ["peft", "bitsandbytes", "accelerate"]}[trainer.adapter]


def open_learner(
    model: Model, trainer: Trainer, tokenizer: Path | None, image_px: int, seed: int, weights: Path | str | None
) -> Learner:
    """A model that is ready to learn and to answer. Raises `ModelError` for what is missing or does not fit."""
    if isinstance(trainer, BigVision):
        from synthink.train.big_vision.learner import BigVisionLearner

        assert tokenizer is not None
        return BigVisionLearner(model, trainer, tokenizer, image_px, seed, Path(weights) if weights else None)
    if isinstance(trainer, Transformers):
        from synthink.train.transformers.learner import TransformersLearner

        return TransformersLearner(model, trainer, tokenizer, image_px, seed, weights)
    raise ConfigError("trainer", trainer.name, "cannot be opened in this process")
