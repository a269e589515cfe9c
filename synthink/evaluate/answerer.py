"""What every model has that answers questions about pictures, trained here or behind an API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Example(NamedTuple):
    """A picture, a question about it, and the answer that a model should give."""

    image: Any
    """The bytes of a picture file, or uint8 pixels (H, W, 3)."""
    prefix: str
    """The question that the model is asked."""
    suffix: str
    """The right answer to the question."""
    id: str = ""


class Answerer(Protocol):
    """Answers questions about pictures: a trained model, or one behind an API."""

    @property
    def name(self) -> str:
        """The model's name in reports."""
        ...

    def answers(self, examples: Sequence[Example]) -> list[str]:
        """The answer to each example's prefix, greedily decoded; suffixes are never looked at."""
        ...
