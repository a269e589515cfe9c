"""Which parameters learn, and optax's update of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthink.errors import ConfigError
from synthink.train.optimisation import parts_pattern
from synthink.train.settings import Trainer

PARTS = {
    "all": "",
    "language": r"^llm/",
    "attention": r"^(llm/layers/attn|img/Transformer/.*MultiHeadDotProductAttention)",
}


def trainable_names(names: Mapping[str, Any], parts: str) -> set[str]:
    """The names of the parameters that learn. `ConfigError` for a pattern that is none, or that matches no name."""
    pattern = parts_pattern(parts, PARTS)
    matches = {name for name in names if pattern.search(name)}
    if not matches:
        some = ", ".join(sorted(names)[:3])
        raise ConfigError("trainer.parts", parts, f"no parameter has such a name; they are like {some}")
    return matches


def transform(trainer: Trainer) -> Any:
    """The update without the learning rate, which each step is given: optax's Adam, or plain gradient descent."""
    import optax

    parts = [optax.clip_by_global_norm(trainer.clip_norm)] if trainer.clip_norm else []
    if trainer.optimiser == "adam":
        parts.append(optax.scale_by_adam(b2=trainer.beta2))
    if trainer.weight_decay:
        # Only matrices decay, as in big_vision.
        parts.append(optax.add_decayed_weights(trainer.weight_decay, mask=_matrices))
    return optax.chain(*parts, optax.scale(-1.0))


def _matrices(params: Mapping[str, Any]) -> dict[str, bool]:
    return {name: name.endswith(("/kernel", "/w", "/linear", "/gating_einsum")) for name in params}
