"""A model of transformers that learns: steps over float32 weights, or over adapters, and greedy decoding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import pixels
from synthink.train.data.preflight import check_length
from synthink.train.learner import Lengths, Step
from synthink.train.settings import Model, Transformers
from synthink.train.transformers import adapters, device, memory, optimiser
from synthink.train.transformers import checkpointing as keeping
from synthink.train.transformers.batches import Batch, FlorenceLayout, Layout, PaliGemmaLayout, Tensors
from synthink.train.transformers.load_model import open_model
from synthink.train.transformers.model_config import image_tokens
from synthink.train.transformers.texts import RowTexts

ANSWERED = 64
"""Questions answered at once, at most: without gradients more fit than in a step's part, which may be 1."""


class TransformersLearner:
    """A `Learner` on one device, for PaliGemma, PaliGemma 2 and Florence-2.

    Nothing draws at random once it is made: a step depends on weights, optimiser and batch alone.
    """

    def __init__(
        self,
        model: Model,
        trainer: Transformers,
        tokenizer: Path | None,
        image_px: int,
        seed: int,
        weights: Path | str | None,
    ) -> None:
        """tokenizer: a sentencepiece file; None: the one beside the weights. weights: big_vision's npz, a folder of
        transformers or of peft, a name on the hub; None for a random start.

        Raises `ModelError` for what is missing or does not fit, `ConfigError` for settings.
        """
        adapters.check_installed(trainer.adapter)
        self.model, self.trainer, self.image_px, self.name = model, trainer, image_px, model.name
        self.device = device.choose(trainer.device)
        self.lengths = Lengths(model.text_tokens, model.text_tokens, model.text_tokens)
        with memory.out_of_memory(trainer):
            quantised = self._dtype() if trainer.adapter == "qlora" else None
            opened = open_model(model, tokenizer, image_px, seed, weights, quantised, str(self.device))
            self.core, self.texts, self.base = opened.core, opened.texts, opened.base
            self.parameters = int(self.core.num_parameters())
            self.merged, self.view = opened.merged, None
            if opened.adapter is not None:
                self.view = adapters.load(self.core, opened.adapter, str(opened.base))
                if trainer.adapter == "none":
                    self.core, self.view = self.view.merge_and_unload(), None
            elif trainer.adapter != "none":
                self.view = adapters.add(self.core, trainer, seed, self.base)
        self.layout = _layout(self.core.config, self.texts, image_px)
        self.learns = optimiser.choose(self.core, trainer)
        self.optimiser = optimiser.make(self.core, self.learns, trainer)
        if model.remat:
            device.recompute(self.core)

    def _dtype(self) -> torch.dtype:
        """Of the arithmetic; weights are float32."""
        auto = "float32" if self.device.type == "cpu" else "bfloat16"
        kind = auto if self.trainer.precision == "auto" else self.trainer.precision
        return torch.bfloat16 if kind == "bfloat16" else torch.float32

    # --- learning -----------------------------------------------------------------------------------------------------

    def expect(self, lengths: Lengths) -> None:
        """The most tokens that rows will have: answers stop there. Batches are as wide as their own longest row."""
        self.lengths = Lengths(*(min(self.model.text_tokens, length) for length in lengths))

    def prepare(self, examples: Sequence[Example]) -> Batch:
        count = len(examples)
        rows = []
        for example in examples:
            check_length(example, self.texts.encoded(example.prefix, example.suffix), self.texts.limit)
            rows.append((self.texts.question(example.prefix), self.texts.answer(example.suffix)))
        parts = []
        for chosen in np.array_split(np.arange(count), min(self.trainer.accumulate, count)):
            part = self.layout.part([rows[i] for i in chosen], count)
            part["pixels"] = self._pixels([examples[i] for i in chosen])
            parts.append({name: self._pinned(value) for name, value in part.items()})
        return Batch(parts, count, sum(len(answer) for _, answer in rows))

    def _pixels(self, examples: Sequence[Example]) -> torch.Tensor:
        return torch.from_numpy(np.stack([pixels(example.image, self.image_px, example.id) for example in examples]))

    def _pinned(self, value: torch.Tensor) -> torch.Tensor:
        return value.pin_memory() if self.device.type == "cuda" else value

    def step(self, batch: Batch, number: int) -> Step:
        now = optimiser.rate(self.trainer, self.trainer.learning_rate or self.model.learning_rate, number)
        for group in self.optimiser.param_groups:
            group["lr"] = now
        self.core.train()
        total = torch.zeros((), device=self.device)
        with memory.out_of_memory(self.trainer), device.repeatable():
            for part in batch.parts:
                loss = self._loss(part)
                loss.backward()
                total += loss.detach()
            norm = optimiser.shortened(self.learns, self.trainer.clip_norm)
            self.optimiser.step()
            self.optimiser.zero_grad(set_to_none=True)
        return Step(total, norm, now, batch.tokens)

    def loss(self, batch: Batch) -> float:
        self._rest()
        with torch.no_grad(), memory.out_of_memory(self.trainer), device.repeatable():
            return float(sum(self._loss(part) for part in batch.parts))

    def _loss(self, part: Tensors) -> torch.Tensor:
        """This part's share of the batch's loss: the head works at supervised tokens and nowhere else."""
        part = self._sent(part)
        with self._arithmetic():
            states = self.layout.states(self.core, part)[part["rows"], part["places"]]
            logits = self.core.lm_head(states)
        losses = torch.nn.functional.cross_entropy(logits.float(), part["targets"], reduction="none")
        return (losses * part["weights"]).sum()

    def _rest(self) -> None:
        """Nothing is to be learned now."""
        self.core.eval()
        if self.trainer.adapter == "qlora":
            for module in self.core.modules():
                # On processors bitsandbytes would else pack such weights anew, with coarser scales, and for good.
                if type(module).__name__ == "Linear4bit" and not hasattr(module, "base_layer"):
                    module.train()

    def _sent(self, part: Tensors) -> Tensors:
        return {name: value.to(self.device, non_blocking=True) for name, value in part.items()}

    def _arithmetic(self) -> Any:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self._dtype() is torch.bfloat16)

    def memory(self, batch: Batch) -> str:
        """What weights and optimiser take, in words. `ModelError` when that does not fit."""
        return memory.describe(self.core, self.learns, self.trainer, self.device)

    # --- answering ----------------------------------------------------------------------------------------------------

    def answers(self, examples: Sequence[Example]) -> list[str]:
        self._rest()
        size = min(ANSWERED, max(8, self.trainer.batch_size))
        found: list[str] = []
        with torch.no_grad(), memory.out_of_memory(self.trainer), device.repeatable():
            for start in range(0, len(examples), size):
                found += self._answered(examples[start : start + size])
        return found

    def _answered(self, examples: Sequence[Example]) -> list[str]:
        questions = [self.texts.question(example.prefix) for example in examples]
        for example, question in zip(examples, questions, strict=True):
            if len(question) > self.texts.limit:
                raise ModelError(f"{example.id}: a question of {len(question)} tokens is too long for the model")
        inputs = self._sent(self.layout.asked(questions))
        seen = self.layout.seen(self._pixels(examples).to(self.device))
        with self._arithmetic():
            sequences = self.core.generate(**inputs, pixel_values=seen, max_new_tokens=self.lengths.suffix)
        return [self.texts.text(ids) for ids in self.layout.written(sequences, inputs)]

    # --- files --------------------------------------------------------------------------------------------------------

    def _kept(self) -> dict[str, torch.Tensor]:
        """What a checkpoint holds: the adapter, or all weights."""
        return dict(self.learns) if self.view is not None else dict(self.core.named_parameters())

    def save(self, folder: Path) -> None:
        keeping.save(folder, self._kept(), self.optimiser)

    def restore(self, folder: Path) -> None:
        keeping.restore(folder, self._kept(), self.optimiser)

    def export(self, folder: Path) -> None:
        """A folder for `from_pretrained`, of transformers or, for an adapter alone, of peft."""
        if self.view is not None and self.base is not None and not self.trainer.merge:
            keeping.export_adapter(folder, self.view, self.core, self.texts.pieces)
            return
        dtype = getattr(torch, self.trainer.export_precision)
        state = adapters.whole(self.core) if self.view is not None else self.core.state_dict()
        merged = self.trainer.adapter if self.view is not None else self.merged
        keeping.export_model(folder, self.core, state, self.texts.pieces, dtype, merged)


def _layout(config: Any, texts: RowTexts, image_px: int) -> Layout:
    made = PaliGemmaLayout if config.model_type == "paligemma" else FlorenceLayout
    config.synthink_image_px = image_px
    return made(texts, int(config.image_token_id), image_tokens(config, image_px))
