"""What a step needs beside what the device has, before the first one, and what to do when it runs out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from synthink.errors import ModelError

GIB = 2**30


def device_bytes() -> int | None:
    """Memory that the first device lets us have; of the machine where it is a processor. None when nobody says."""
    import os

    import jax

    stats = jax.local_devices()[0].memory_stats()
    if stats and "bytes_limit" in stats:
        return int(stats["bytes_limit"])
    if jax.default_backend() == "cpu" and hasattr(os, "sysconf"):
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return None


def describe(learner: Any, compiled: Any, batch_size: int) -> str:
    """The compiler's own figure for a step. `ModelError` names the batch size that would fit."""
    limit = device_bytes()
    analysis = compiled.memory_analysis()
    if analysis is None:
        return "the compiler does not tell how much memory a step takes"
    fixed = analysis.argument_size_in_bytes + analysis.output_size_in_bytes - analysis.alias_size_in_bytes
    needed = fixed + analysis.temp_size_in_bytes
    told = f"a step takes {needed / GIB:.2f} GiB"
    if limit is None:
        return told
    told += f" of the device's {limit / GIB:.1f} GiB"
    if needed > limit:
        raise ModelError(f"{told}: {_remedy(learner, fixed, analysis.temp_size_in_bytes, limit, batch_size)}")
    return told


def _remedy(learner: Any, fixed: float, moving: float, limit: float, batch_size: int) -> str:
    """What would fit, supposing that what is neither weights nor gradients grows with the batch."""
    parts = learner.trainer.accumulate
    at_once = batch_size // parts
    steady = min(learner.gradient_bytes, moving / 2)
    fits = int(at_once * (limit - fixed - steady) / max(moving - steady, 1.0) * 0.95)
    if fits < 1:
        return "the weights alone do not fit: a smaller model, or fewer trainer.parts"
    while batch_size % fits:
        fits -= 1
    return f"trainer.batch_size={fits}, or trainer.accumulate={batch_size // fits}, would fit"


@contextmanager
def out_of_memory(learner: Any, batch_size: int | None) -> Iterator[None]:
    """Turn the runtime's report of exhausted memory into one line that says what to try.

    batch_size: None where no batch is there yet.
    """
    try:
        yield
    except Exception as error:
        if "RESOURCE_EXHAUSTED" not in str(error) and "out of memory" not in str(error).lower():
            raise
        if batch_size is None:
            raise ModelError("out of memory: the weights alone do not fit; a smaller model") from None
        half = max(1, batch_size // learner.trainer.accumulate // 2)
        while batch_size % half:
            half -= 1
        remedy = f"try trainer.accumulate={max(2, batch_size // half)}, or trainer.batch_size={half}"
        raise ModelError(f"out of memory at trainer.batch_size={batch_size}: {remedy}") from None
