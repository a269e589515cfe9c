"""Who answers: what every model has that can be asked about a picture, trained here or behind an API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Example(NamedTuple):
    """A picture and a question; the suffix is what the model must answer.

    image: the bytes of a picture file, or uint8 pixels (H, W, 3).
    """

    image: Any
    prefix: str
    suffix: str
    id: str = ""


class Answerer(Protocol):
    """Answers questions about pictures: a trained model, or one behind an API."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    def answers(self, examples: Sequence[Example]) -> list[str]:
        """The answer to each example's prefix, greedily decoded; suffixes are never looked at."""
        ...
