"""What a backend is: a model on a device that learns from batches and answers questions about pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from synthink.evaluate.answerer import Answerer, Example


class Encoded(NamedTuple):
    """How many tokens a row takes, for the checks before the first step."""

    prefix: int
    suffix: int


class Lengths(NamedTuple):
    """The most tokens that a question, an answer, and both together take."""

    prefix: int
    suffix: int
    total: int


class Texts(Protocol):
    """A backend's tokenizer as the checks before training see it."""

    limit: int
    """Most tokens of a row, everything but the picture's included."""

    def encoded(self, prefix: str, suffix: str) -> Encoded:
        """Tokens of the question (with what stands before and behind it) and of the answer (with its end)."""
        ...

    def is_single(self, piece: str) -> bool:
        """Whether a text is one token, as location tokens must be."""
        ...

    def returned(self, text: str) -> str:
        """The text after encoding and decoding: the same when nothing is lost, its case above all."""
        ...


class Step(NamedTuple):
    """What a step leaves behind. Scalars may still be on their way from the device: `float()` waits for them."""

    loss: Any
    gradient_norm: Any
    learning_rate: float
    tokens: int


class Learner(Answerer, Protocol):
    """A model being trained. Everything that makes the next step what it is lies in `save`'s folder."""

    parameters: int
    lengths: Lengths
    """What `expect` was told last; answers stop at its `suffix`."""

    @property
    def texts(self) -> Texts:
        """The tokenizer."""
        ...

    def expect(self, lengths: Lengths) -> None:
        """The most tokens that rows will have: batches are padded to them, and answers stop there."""
        ...

    def prepare(self, examples: Sequence[Example]) -> Any:
        """A batch on the host, ready to be sent to the device. Called by several threads at once."""
        ...

    def step(self, batch: Any, number: int) -> Step:
        """One optimiser step, the `number`-th (from 0), on a prepared batch of `batch_size` examples."""
        ...

    def loss(self, batch: Any) -> float:
        """The mean loss of a prepared batch, without learning from it."""
        ...

    def save(self, folder: Path) -> None:
        """Write parameters and optimiser state into a new folder; returns when they lie there."""
        ...

    def restore(self, folder: Path) -> None:
        """Go on from what `save` wrote, bit for bit."""
        ...

    def export(self, folder: Path) -> None:
        """Write the model for others to load: `checkpoint.npz`, or the backend's usual form."""
        ...
