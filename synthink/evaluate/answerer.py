"""What every model has that answers questions about pictures, trained here or behind an API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable


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


@runtime_checkable
class RowAnswerer(Protocol):
    """Answers questions about what pictures were drawn from: it is given columns of rows instead of pictures."""

    @property
    def name(self) -> str:
        """The name in reports."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it is given besides `id` and `prefix`."""
        ...

    def row_answers(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """The answer to each row, of which it is given no other columns; None stands for those that a row lacks."""
        ...
