"""Which parameters learn, and how."""

from __future__ import annotations

import re
from typing import Any

import torch

from synthink.errors import ConfigError
from synthink.train.big_vision.optimiser import rate as cosine
from synthink.train.settings import Transformers
from synthink.train.transformers.load_weights import PROJECTOR, TOWER

PARTS = {
    "all": "",
    "language": r"^model\.language_model\.",
    "attention": r"\.(self_attn|encoder_attn|window_attn|channel_attn)\.",
}


def choose(core: Any, trainer: Transformers) -> dict[str, torch.nn.Parameter]:
    """The parameters that learn, by name; all others are frozen. `ConfigError` where there would be none."""
    adapted = trainer.adapter != "none"
    if adapted and trainer.parts != "all":
        raise ConfigError("trainer.parts", trainer.parts, f"nothing but adapters learns with adapter={trainer.adapter}")
    try:
        pattern = re.compile(r"\.lora_[AB]\." if adapted else PARTS.get(trainer.parts, trainer.parts))
    except re.error as error:
        raise ConfigError("trainer.parts", trainer.parts, f"is no regular expression: {error}") from None
    learns = {}
    for name, parameter in core.named_parameters():
        frozen = trainer.freeze_vision and name.startswith((TOWER, PROJECTOR))
        if parameter.is_floating_point():
            parameter.requires_grad_(bool(pattern.search(name)) and not frozen)
        if parameter.requires_grad:
            learns[name] = parameter
    if not learns:
        some = ", ".join(sorted(name for name, _ in core.named_parameters())[:2])
        raise ConfigError(
            "trainer.parts", trainer.parts, f"no parameter that learns has such a name; they are like {some}"
        )
    return learns


def make(core: Any, learns: dict[str, torch.nn.Parameter], trainer: Transformers) -> torch.optim.Optimizer:
    """AdamW, or plain gradient descent. Matrices alone decay, as with big_vision."""
    tables = {id(module.weight) for module in core.modules() if isinstance(module, torch.nn.Embedding)}
    matrices = [each for each in learns.values() if each.ndim > 1 and id(each) not in tables]
    others = [each for each in learns.values() if each.ndim <= 1 or id(each) in tables]
    groups = [
        {"params": matrices, "weight_decay": trainer.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if trainer.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=0.0)
    fused = next(iter(learns.values())).is_cuda
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, trainer.beta2), eps=1e-8, fused=fused)


def rate(trainer: Transformers, highest: float, number: int) -> float:
    """The learning rate of the `number`-th step, from 0: a straight rise, then a cosine or a line down to 0."""
    rise = max(1, round(trainer.warmup * trainer.steps))
    if trainer.schedule == "cosine" or number < rise:
        return cosine(trainer, highest, number)
    return highest * max(0.0, 1 - (number - rise) / max(1, trainer.steps - rise))


def shortened(learns: dict[str, torch.nn.Parameter], longest: float) -> torch.Tensor:
    """The length of the gradient, which is cut to `longest` (0: left as it is)."""
    gradients = [each for each in learns.values() if each.grad is not None]
    if longest:
        return torch.nn.utils.clip_grad_norm_(gradients, longest)
    return torch.nn.utils.get_total_norm([each.grad for each in gradients if each.grad is not None])
