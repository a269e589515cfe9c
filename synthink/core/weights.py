"""Choices by weight, as settings: the tasks of a generator, the kinds of what it draws."""

from __future__ import annotations

from typing import Annotated, ClassVar

from synthink.errors import ConfigError
from synthink.settings import Between, Settings

Weight = Annotated[float, Between(0)]
"""The type of a weight: of several choices each is taken as often as its share of all weights."""


class Weights(Settings):
    """Weights of choices: subclass it with a field for each choice, `choice: Weight`. One must be above 0."""

    noun: ClassVar[str] = "task"
    """The word for a choice in messages."""

    def check(self) -> None:
        weights = self.plain()
        if not any(weights.values()):
            raise ConfigError(next(iter(weights)), 0.0, f"at least one {self.noun} needs a weight above 0")
