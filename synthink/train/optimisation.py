"""What all backends decide alike about a step: its learning rate, and which parameters learn."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from synthink.errors import ConfigError
from synthink.train.settings import Model, Trainer


def highest_rate(model: Model, trainer: Trainer) -> float:
    """The highest learning rate of a run: the trainer's, or else the model's."""
    return model.learning_rate if trainer.learning_rate is None else trainer.learning_rate


def learning_rate(trainer: Trainer, highest: float, number: int, schedule: str = "cosine") -> float:
    """The learning rate of the `number`-th step, from 0: a straight rise, then half a cosine (or a line) down to 0."""
    rise = max(1, round(trainer.warmup * trainer.steps))
    if number < rise:
        return highest * (number + 1) / rise
    progress = (number - rise) / max(1, trainer.steps - rise)
    if schedule == "linear":
        return highest * max(0.0, 1 - progress)
    return highest * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def parts_pattern(parts: str, named: Mapping[str, str]) -> re.Pattern[str]:
    """`trainer.parts` as a regular expression: one of the `named` ones, or one of the user's own."""
    try:
        return re.compile(named.get(parts, parts))
    except re.error as error:
        raise ConfigError("trainer.parts", parts, f"is no regular expression: {error}") from None
