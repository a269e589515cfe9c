"""Choices by weight, as settings: the tasks of a generator, the kinds of what it draws."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from numbers import Real
from typing import Annotated, Any, ClassVar, Self

from synthink.errors import ConfigError
from synthink.settings import Between, Settings, field_types

Weight = Annotated[float, Between(0)]
"""The type of a weight: of several choices each is taken as often as its share of all weights."""


class Weights(Settings):
    """Weights of choices: subclass it with a field for each choice, `choice: Weight`. One must be above 0. The name of
    a choice, or a list of them, stands for equal weights of these alone.

    The weights that are given are all there are: choices that are not named then have the weight 0. Where only zeros
    are given, or nothing, the others keep their defaults.
    """

    noun: ClassVar[str] = "task"
    """The word for a choice in messages."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        make = cls.__init__

        @wraps(make)
        def make_of_given(self: Any, **weights: Any) -> None:
            others = () if _are_zeros(weights) else field_types(type(self))
            make(self, **{**dict.fromkeys(others, 0.0), **weights})

        cls.__init__ = make_of_given  # type: ignore[method-assign]

    def check(self) -> None:
        weights = self.plain()
        if not any(weights.values()):
            raise ConfigError(next(iter(weights)), 0.0, f"at least one {self.noun} needs a weight above 0")

    @classmethod
    def standing_for(cls, value: Any) -> Mapping[str, Any] | None:
        names = [value] if isinstance(value, str) else value
        is_list = isinstance(names, list | tuple) and names and all(isinstance(name, str) for name in names)
        return dict.fromkeys(names, 1.0) if is_list else None

    def changed(self, weights: Mapping[str, Any]) -> Self:
        """These weights in place of one's own, which the others keep where only zeros are given."""
        return type(self).build({**self.plain(), **weights} if _are_zeros(weights) else weights)


def _are_zeros(weights: Mapping[str, Any]) -> bool:
    return all(isinstance(weight, Real) and weight == 0 for weight in weights.values())
