"""What a backend implements: a model on a device that learns from batches and answers questions about pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from synthink.evaluate.answerer import Answerer, Example


class Encoded(NamedTuple):
    """The numbers of tokens of a row: of the question with what stands around it, and of the answer with its end."""

    prefix: int
    suffix: int


class Lengths(NamedTuple):
    """The largest numbers of tokens that a question, an answer, and both together take."""

    prefix: int
    suffix: int
    total: int


class TextCodec(Protocol):
    """A backend's tokenizer, as the checks before training see it."""

    limit: int
    """The largest number of tokens that a question and its answer may take together."""

    def encoded(self, prefix: str, suffix: str) -> Encoded:
        """The numbers of tokens of a row."""
        ...

    def is_single(self, piece: str) -> bool:
        """Whether a text is one token, as location tokens must be."""
        ...

    def decoded(self, text: str) -> str:
        """The text after encoding and decoding: the same when nothing is lost, its case above all."""
        ...


class Step(NamedTuple):
    """The outcome of a step. Scalars may still be on their way from the device: `float()` waits for them."""

    loss: Any
    gradient_norm: Any
    learning_rate: float
    tokens: int


class Learner(Answerer, Protocol):
    """A model being trained. What `save` writes is all on which the next step depends, besides its batch.

    A learner may also have `memory(batch) -> str`: what a step takes of the device's memory, in words, or `ModelError`
    when it does not fit. It is called before the first step.
    """

    parameters: int
    """The number of the model's parameters."""
    lengths: Lengths
    """The lengths that were set last; answers stop at `lengths.suffix`."""

    @property
    def texts(self) -> TextCodec:
        """The tokenizer of the model."""
        ...

    def set_max_lengths(self, lengths: Lengths) -> None:
        """Set the largest lengths that rows will have: batches may be padded to them, and answers stop there."""
        ...

    def prepare(self, examples: Sequence[Example]) -> Any:
        """A batch on the host, ready to be sent to the device. Several threads call it at once."""
        ...

    def step(self, batch: Any, number: int) -> Step:
        """Do the `number`-th optimiser step, counted from 0, on a prepared batch of `batch_size` examples."""
        ...

    def loss(self, batch: Any) -> float:
        """The mean loss of a prepared batch, without learning from it."""
        ...

    def save(self, folder: Path) -> None:
        """Write parameters and optimiser state into a new folder; they lie there when it returns."""
        ...

    def restore(self, folder: Path) -> None:
        """Go on from what `save` wrote, bit for bit."""
        ...

    def export(self, folder: Path) -> None:
        """Write the model in the form in which others load it; the trainer's `open` must take the folder as weights."""
        ...
