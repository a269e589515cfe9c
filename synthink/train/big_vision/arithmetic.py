"""What a step computes: loss, gradients, the update. Learners of one process that compute the same compile it once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, Literal

from synthink.train.big_vision import network
from synthink.train.big_vision.optimiser import transform
from synthink.train.settings import Trainer

Batch = dict[str, Any]


@dataclass(frozen=True)
class Arithmetic:
    """Everything on which the computation of a step depends, besides its arguments and their shapes."""

    module: Any
    """big_vision's module, or the unrolled one."""
    dtype: str
    """The precision of the arithmetic, `float32` or `bfloat16`."""
    accumulate: int
    """The number of parts into which a batch is split."""
    optimiser: tuple[Literal["adam", "sgd"], float, float, float]
    """Its name, beta2, weight decay and the largest norm of a gradient."""

    @classmethod
    def of(cls, module: Any, dtype: str, trainer: Trainer) -> Arithmetic:
        """The arithmetic of a model with the settings of a trainer."""
        optimiser = trainer.optimiser, trainer.beta2, trainer.weight_decay, trainer.clip_norm
        return cls(module, dtype, trainer.accumulate, optimiser)

    def transform(self) -> Any:
        """The optimiser, as optax has it."""
        name, beta2, decay, norm = self.optimiser
        return transform(replace(Trainer(), optimiser=name, beta2=beta2, weight_decay=decay, clip_norm=norm))

    def update(self, trainable: Any, state: Any, frozen: Any, batch: Batch, rate: Any) -> Any:
        """Weights and state after a step with the learning rate `rate`, its loss, and the gradient's norm."""
        import jax
        import optax

        value = jax.value_and_grad(partial(self.loss, frozen=frozen))
        if self.accumulate == 1:
            loss, gradients = value(trainable, batch)
        else:
            # Every device keeps its own examples: a part has some of each device's.
            parts = self.accumulate
            split = jax.tree.map(lambda array: array.reshape(-1, parts, *array.shape[1:]).swapaxes(0, 1), batch)
            zero = 0.0, jax.tree.map(lambda array: 0.0 * array, trainable)

            def add(total: Any, part: Batch) -> Any:
                return jax.tree.map(lambda a, b: a + b / parts, total, value(trainable, part)), None

            (loss, gradients), _ = jax.lax.scan(add, zero, split)
        updates, state = self.transform().update(gradients, state, trainable)
        updates = jax.tree.map(lambda array: rate * array, updates)
        norm = sum((gradient**2).sum() for gradient in gradients.values()) ** 0.5
        return optax.apply_updates(trainable, updates), state, loss, norm

    def loss(self, trainable: Any, batch: Batch, frozen: Any) -> Any:
        """The mean loss of a batch."""
        return network.loss(self.module, cast({**frozen, **trainable}, self.dtype), batch)


def cast(params: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """The weights as the arithmetic takes them; gradients come back in float32."""
    return {name: value.astype(dtype) for name, value in params.items()}


@lru_cache(maxsize=2)
def compiled_steps(arithmetic: Arithmetic) -> dict[Any, Any]:
    """The steps that were compiled for an arithmetic, by what else they depend on. The last two of them are kept."""
    return {}


@lru_cache(maxsize=2)
def compiled_loss(arithmetic: Arithmetic) -> Any:
    """The loss, compiled for each shape of its arguments."""
    import jax

    return jax.jit(arithmetic.loss)
