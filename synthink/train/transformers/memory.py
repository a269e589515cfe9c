"""What a step needs beside what the device has, and what to do when it runs out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from synthink.errors import ModelError
from synthink.train.settings import Transformers

GIB = 2**30


def describe(core: Any, learns: Mapping[str, torch.Tensor], trainer: Transformers, device: torch.device) -> str:
    """Weights, gradients and the optimiser's memory in words. `ModelError` when they alone do not fit."""
    held = sum(each.numel() * each.element_size() for each in core.parameters())
    learned = sum(each.numel() * each.element_size() for each in learns.values())
    needed = held + learned * (3 if trainer.optimiser == "adam" else 1)
    told = f"weights, gradients and optimiser take {needed / GIB:.2f} GiB"
    if device.type != "cuda":
        return told
    limit = torch.cuda.get_device_properties(device).total_memory
    told += f" of the device's {limit / GIB:.1f} GiB"
    if needed > limit:
        raise ModelError(f"{told}: trainer.adapter=lora or qlora, trainer.freeze_vision=true, or a smaller model")
    return told


@contextmanager
def out_of_memory(trainer: Transformers) -> Iterator[None]:
    """Turn torch's report of exhausted memory into one line that says what to try."""
    try:
        yield
    except torch.OutOfMemoryError:
        half = max(1, trainer.batch_size // trainer.accumulate // 2)
        while trainer.batch_size % half:
            half -= 1
        remedy = f"try trainer.accumulate={trainer.batch_size // half}, or trainer.batch_size={half}"
        if trainer.batch_size == trainer.accumulate:
            remedy = "try trainer.adapter=qlora, or a smaller model"
        raise ModelError(f"out of memory at trainer.batch_size={trainer.batch_size}: {remedy}") from None
