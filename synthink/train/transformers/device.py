"""Where a model lies, and how its arithmetic is done there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from synthink.errors import ConfigError


def choose(name: str | None) -> torch.device:
    """The device of that name; None: the first accelerator, or the processor. `ConfigError` when it is not there."""
    if name is None:
        found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        return found or torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        told = str(error).partition("\n")[0]
        raise ConfigError("trainer.device", name, f"cannot be used: {told}") from None
    return device


@contextmanager
def repeatable() -> Iterator[None]:
    """The same bits from the same batch: on accelerators sums are otherwise in any order."""
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    filled = torch.utils.deterministic.fill_uninitialized_memory
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])
        torch.utils.deterministic.fill_uninitialized_memory = filled


def recompute(core: Any) -> None:
    """Keep no activations between layers. Its name has changed among releases of transformers 5."""
    options = {"use_reentrant": False}
    if hasattr(core, "activation_checkpointing_enable"):
        core.activation_checkpointing_enable(activation_checkpointing_kwargs=options)
    else:
        core.gradient_checkpointing_enable(gradient_checkpointing_kwargs=options)
    core.config.text_config.use_cache = False  # which goes with it; `generate` has its own
