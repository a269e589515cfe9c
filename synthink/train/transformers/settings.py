"""The fields of `trainer=transformers`. Nothing heavy is imported with them."""

from __future__ import annotations

from typing import Literal

from synthink.train.settings import Count, Trainer


class TransformersSettings(Trainer):
    """The settings with which a model of transformers is trained."""

    name = "transformers"
    LESS_MEMORY = "trainer.adapter=qlora, or a smaller model"

    adapter: Literal["none", "lora", "qlora"] = "none"
    """The adapter that learns in the place of the weights. lora: small matrices next to frozen ones; qlora: the same,
    with the frozen ones in 4 bits (nf4)."""
    lora_rank: Count = 8
    """The rank of the adapter's matrices."""
    lora_alpha: Count = 8
    """The adapter's scale: its product is multiplied by lora_alpha / lora_rank."""
    freeze_vision: bool = False
    """Whether the vision tower and the projection into the language model stay as they are. Adapters never touch
    them."""
    schedule: Literal["cosine", "linear"] = "cosine"
    """The way in which the learning rate falls once it has risen."""
    merge: bool = False
    """Whether the exported model has its adapter merged into the weights; else the adapter is exported alone, where the
    model came from a checkpoint."""
    export_precision: Literal["float32", "bfloat16"] = "float32"
    """The precision of the exported weights."""
    device: str | None = None
    """The device by torch's name for it; None: the first accelerator, or else the processor."""
