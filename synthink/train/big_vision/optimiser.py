"""Which parameters learn, and how fast."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from synthink.errors import ConfigError
from synthink.train.settings import Trainer

PARTS = {
    "all": "",
    "language": r"^llm/",
    "attention": r"^(llm/layers/attn|img/Transformer/.*MultiHeadDotProductAttention)",
}


def learning(names: Mapping[str, Any], parts: str) -> set[str]:
    """The names of the parameters that learn. `ConfigError` for a pattern that is none, or that no name meets."""
    try:
        pattern = re.compile(PARTS.get(parts, parts))
    except re.error as error:
        raise ConfigError("trainer.parts", parts, f"is no regular expression: {error}") from None
    found = {name for name in names if pattern.search(name)}
    if not found:
        some = ", ".join(sorted(names)[:3])
        raise ConfigError("trainer.parts", parts, f"no parameter has such a name; they are like {some}")
    return found


def rate(trainer: Trainer, highest: float, number: int) -> float:
    """The learning rate of the `number`-th step, from 0: a straight rise, then half a cosine down to 0."""
    rise = max(1, round(trainer.warmup * trainer.steps))
    if number < rise:
        return highest * (number + 1) / rise
    progress = (number - rise) / max(1, trainer.steps - rise)
    return highest * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def transform(trainer: Trainer) -> Any:
    """The update but for the learning rate, which each step is given: optax's Adam or plain gradient descent."""
    import optax

    parts = [optax.clip_by_global_norm(trainer.clip_norm)] if trainer.clip_norm else []
    if trainer.optimiser == "adam":
        parts.append(optax.scale_by_adam(b2=trainer.beta2))
    if trainer.weight_decay:
        # Of matrices alone, as big_vision does.
        parts.append(optax.add_decayed_weights(trainer.weight_decay, mask=_matrices))
    return optax.chain(*parts, optax.scale(-1.0))


def _matrices(params: Mapping[str, Any]) -> dict[str, bool]:
    return {name: name.endswith(("/kernel", "/w", "/linear", "/gating_einsum")) for name in params}
