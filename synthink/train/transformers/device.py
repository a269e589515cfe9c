"""The device on which a model lies: which one, what memory it has, and how it is made to repeat its bits."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch

from synthink.errors import ConfigError
from synthink.train import memory
from synthink.train.transformers.settings import TransformersSettings


def find_device(name: str | None) -> torch.device:
    """The device of that name; None: the first accelerator, or else the processor. `ConfigError` for one that is not
    there."""
    if name is None:
        accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        return accelerator or torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise ConfigError("trainer.device", name, f"cannot be used: {reason}") from None
    return device


@contextmanager
def repeatable() -> Iterator[None]:
    """Make the same batch give the same bits while the block runs: accelerators add up in any order otherwise."""
    deterministic = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    filled = torch.utils.deterministic.fill_uninitialized_memory
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        torch.utils.deterministic.fill_uninitialized_memory = filled


def recompute_activations(core: Any) -> None:
    """Keep no activations between layers. The method's name differs among releases of transformers 5."""
    options = {"use_reentrant": False}
    if hasattr(core, "activation_checkpointing_enable"):
        core.activation_checkpointing_enable(activation_checkpointing_kwargs=options)
    else:
        core.gradient_checkpointing_enable(gradient_checkpointing_kwargs=options)
    core.config.text_config.use_cache = False  # the two exclude each other; `generate` has a cache of its own


def model_memory(
    core: Any, trainable: Mapping[str, torch.Tensor], trainer: TransformersSettings, device: torch.device
) -> str:
    """The memory that weights, gradients and optimiser take, in words. `ModelError` when they alone do not fit."""
    weights = sum(value.numel() * value.element_size() for value in core.parameters())
    gradients = sum(value.numel() * value.element_size() for value in trainable.values())
    needed = weights + gradients * (3 if trainer.optimiser == "adam" else 1)
    limit = torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else None
    remedy = "trainer.adapter=lora or qlora, trainer.freeze_vision=true, or a smaller model"
    return memory.memory_text("weights, gradients and optimiser take", needed, limit, lambda _: remedy)


def out_of_memory(trainer: TransformersSettings, batch_size: int | None) -> AbstractContextManager[None]:
    """Turn torch's report of exhausted memory into one line that says what to try."""
    return memory.out_of_memory(trainer, lambda error: isinstance(error, torch.OutOfMemoryError), batch_size)
