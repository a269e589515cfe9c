"""`trainer=transformers`: the door of this backend. Nothing heavy is imported with it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from synthink.errors import ModelError
from synthink.train.learner import Learner
from synthink.train.settings import Model
from synthink.train.transformers.settings import TransformersSettings

PACKAGES = {
    "none": ("torch", "transformers"),
    "lora": ("torch", "transformers", "peft"),
    "qlora": ("torch", "transformers", "peft", "bitsandbytes", "accelerate"),
}
"""The packages that each adapter needs."""


class TransformersTrainer(TransformersSettings):
    """PaliGemma, PaliGemma 2 and Florence-2 by transformers, with LoRA and QLoRA by peft."""

    def check_installed(self) -> None:
        for package in PACKAGES[self.adapter]:
            if find_spec(package) is None:
                raise ModelError(
                    f"trainer=transformers needs the package {package}: pip install 'synthink[transformers]'"
                )

    def brings_own_tokenizer(self, weights: Path | str | None) -> bool:
        return weights is not None and not Path(weights).is_file()

    def open(
        self, model: Model, tokenizer: Path | None, image_px: int, seed: int, weights: Path | str | None
    ) -> Learner:
        from synthink.train.transformers.learner import TransformersLearner

        return TransformersLearner(model, self, tokenizer, image_px, seed, weights)
