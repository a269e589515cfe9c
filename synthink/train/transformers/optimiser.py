"""Which parameters learn, and torch's optimiser of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from synthink.errors import ConfigError
from synthink.train.optimisation import parts_pattern
from synthink.train.transformers.load_weights import PROJECTOR, TOWER
from synthink.train.transformers.settings import TransformersSettings

PARTS = {
    "all": "",
    "language": r"^model\.language_model\.",
    "attention": r"\.(self_attn|encoder_attn|window_attn|channel_attn)\.",
    "adapter": r"\.lora_[AB]\.",
}


def choose_trainable(core: Any, trainer: TransformersSettings) -> dict[str, torch.nn.Parameter]:
    """The parameters that learn, by name; all others are frozen. `ConfigError` where there would be none."""
    adapted = trainer.adapter != "none"
    if adapted and trainer.parts != "all":
        raise ConfigError("trainer.parts", trainer.parts, f"nothing but adapters learns with adapter={trainer.adapter}")
    pattern = parts_pattern("adapter" if adapted else trainer.parts, PARTS)
    trainable = {}
    for name, parameter in core.named_parameters():
        frozen = trainer.freeze_vision and name.startswith((TOWER, PROJECTOR))
        if parameter.is_floating_point():
            parameter.requires_grad_(bool(pattern.search(name)) and not frozen)
        if parameter.requires_grad:
            trainable[name] = parameter
    if not trainable:
        some = ", ".join(sorted(name for name, _ in core.named_parameters())[:2])
        raise ConfigError(
            "trainer.parts", trainer.parts, f"no parameter that learns has such a name; they are like {some}"
        )
    return trainable


def make_optimiser(
    core: Any, trainable: Mapping[str, torch.nn.Parameter], trainer: TransformersSettings
) -> torch.optim.Optimizer:
    """AdamW, or plain gradient descent. Only matrices decay, as in big_vision."""
    embeddings = {id(module.weight) for module in core.modules() if isinstance(module, torch.nn.Embedding)}
    matrices = [value for value in trainable.values() if value.ndim > 1 and id(value) not in embeddings]
    others = [value for value in trainable.values() if value.ndim <= 1 or id(value) in embeddings]
    groups = [
        {"params": matrices, "weight_decay": trainer.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if trainer.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=0.0)
    fused = next(iter(trainable.values())).is_cuda
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, trainer.beta2), eps=1e-8, fused=fused)


def clip_gradients(trainable: Mapping[str, torch.nn.Parameter], longest: float) -> torch.Tensor:
    """Cut the gradient to the norm `longest` (0: leave it as it is); the norm that it had."""
    parameters = [value for value in trainable.values() if value.grad is not None]
    if longest:
        return torch.nn.utils.clip_grad_norm_(parameters, longest)
    return torch.nn.utils.get_total_norm([value.grad for value in parameters if value.grad is not None])
