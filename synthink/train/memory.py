"""What all backends say about a device's memory: how much a step takes, and what to try when there is not enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from synthink.errors import ModelError
from synthink.train.settings import Trainer

GIB = 2**30


def memory_text(what: str, needed: float, limit: int | None, remedy: Callable[[int], str]) -> str:
    """One line such as `a step takes 3.20 GiB of the device's 15.0 GiB`.

    needed, limit: bytes; None: the device does not tell. `ModelError` with the `remedy` where the limit is exceeded.
    """
    text = f"{what} {needed / GIB:.2f} GiB"
    if limit is None:
        return text
    text += f" of the device's {limit / GIB:.1f} GiB"
    if needed > limit:
        raise ModelError(f"{text}: {remedy(limit)}")
    return text


@contextmanager
def out_of_memory(trainer: Trainer, exhausted: Callable[[Exception], bool], batch_size: int | None) -> Iterator[None]:
    """Turn a backend's report of exhausted memory into one line that says what to try.

    exhausted: whether an exception is such a report. batch_size: None while the weights are loaded.
    """
    try:
        yield
    except Exception as error:
        if not exhausted(error):
            raise
        if batch_size is None:
            raise ModelError(f"out of memory: the weights alone do not fit; try {trainer.LESS_MEMORY}") from None
        raise ModelError(f"out of memory at trainer.batch_size={batch_size}: {_remedy(trainer, batch_size)}") from None


def _remedy(trainer: Trainer, batch_size: int) -> str:
    at_once = batch_size // trainer.accumulate
    if at_once <= 1:
        return f"try {trainer.LESS_MEMORY}"
    half = at_once // 2
    while batch_size % half:
        half -= 1
    return f"try trainer.accumulate={batch_size // half}, or trainer.batch_size={half}"
