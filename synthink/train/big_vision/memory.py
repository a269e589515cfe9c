"""What a step needs of a device's memory, by the compiler's own figures, before the first one is done."""

from __future__ import annotations

import os
from typing import Any

from synthink.train.memory import memory_text


def device_bytes() -> int | None:
    """The memory that the first device lets us have; for a processor the machine's. None when nobody says."""
    import jax

    stats = jax.local_devices()[0].memory_stats()
    if stats and "bytes_limit" in stats:
        return int(stats["bytes_limit"])
    if jax.default_backend() == "cpu" and hasattr(os, "sysconf"):
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return None


def is_exhausted(error: Exception) -> bool:
    """Whether an error is the runtime's report of exhausted memory."""
    return "RESOURCE_EXHAUSTED" in str(error) or "out of memory" in str(error).lower()


def step_memory(compiled: Any, batch_size: int, accumulate: int, gradient_bytes: int) -> str:
    """The memory that a compiled step takes, in words. `ModelError` names the batch size that would fit."""
    analysis = compiled.memory_analysis()
    if analysis is None:
        return "the compiler does not tell how much memory a step takes"
    fixed = analysis.argument_size_in_bytes + analysis.output_size_in_bytes - analysis.alias_size_in_bytes
    temporary = analysis.temp_size_in_bytes

    def remedy(limit: int) -> str:
        """The batch size that would fit, supposing that all but weights and gradients grows with the batch."""
        at_once = batch_size // accumulate
        steady = min(gradient_bytes, temporary / 2)
        fits = int(at_once * (limit - fixed - steady) / max(temporary - steady, 1.0) * 0.95)
        if fits < 1:
            return "the weights alone do not fit: a smaller model, or fewer trainer.parts"
        while batch_size % fits:
            fits -= 1
        return f"trainer.batch_size={fits}, or trainer.accumulate={batch_size // fits}, would fit"

    return memory_text("a step takes", fixed + temporary, device_bytes(), remedy)
