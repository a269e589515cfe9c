"""A model of transformers that learns: steps over float32 weights or over adapters, and greedy decoding."""

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
from synthink.train.optimisation import highest_rate, learning_rate
from synthink.train.settings import Model
from synthink.train.transformers import adapters, checkpointing
from synthink.train.transformers.batches import Batch, FlorenceLayout, Layout, PaliGemmaLayout, Tensors
from synthink.train.transformers.device import (
    find_device,
    model_memory,
    out_of_memory,
    recompute_activations,
    repeatable,
)
from synthink.train.transformers.load_model import load_model
from synthink.train.transformers.model_config import image_tokens
from synthink.train.transformers.optimiser import choose_trainable, clip_gradients, make_optimiser
from synthink.train.transformers.settings import TransformersSettings
from synthink.train.transformers.texts import RowTexts

ANSWER_BATCH = 64
"""The largest number of questions that are answered at once: without gradients more fit than in a part of a step."""


class TransformersLearner:
    """A `Learner` on one device, for PaliGemma, PaliGemma 2 and Florence-2.

    Nothing draws at random once it is made: a step depends on weights, optimiser and batch alone.
    """

    def __init__(
        self,
        model: Model,
        trainer: TransformersSettings,
        tokenizer: Path | None,
        image_px: int,
        seed: int,
        weights: Path | str | None,
    ) -> None:
        """Open a model.

        tokenizer: a sentencepiece file; None: the one next to the weights. weights: big_vision's npz, a folder of
        transformers or of peft, a name on the hub; None: random weights. Raises `ModelError` for what is missing or
        does not fit, `ConfigError` for settings that do not go together.
        """
        self.model, self.trainer, self.image_px, self.name = model, trainer, image_px, model.name
        self.device = find_device(trainer.device)
        self.lengths = Lengths(model.text_tokens, model.text_tokens, model.text_tokens)
        with out_of_memory(trainer, None):
            quantised = self._dtype() if trainer.adapter == "qlora" else None
            loaded = load_model(model, tokenizer, image_px, seed, weights, quantised, str(self.device))
            self.core, self.texts, self.base = loaded.core, loaded.texts, loaded.source.base
            self.parameters = int(self.core.num_parameters())
            self.merged, self.view = loaded.merged, None
            if loaded.source.adapter is not None:
                self.view = adapters.load_adapter(self.core, loaded.source.adapter, str(self.base))
                if trainer.adapter == "none":
                    self.core, self.view = self.view.merge_and_unload(), None
            elif trainer.adapter != "none":
                self.view = adapters.add_adapter(self.core, trainer, seed, self.base)
        self.layout = _layout(self.core.config, self.texts, image_px)
        self.trainable = choose_trainable(self.core, trainer)
        self.optimiser = make_optimiser(self.core, self.trainable, trainer)
        if model.remat:
            recompute_activations(self.core)

    def _dtype(self) -> torch.dtype:
        """The precision of the arithmetic; weights are float32."""
        auto = "float32" if self.device.type == "cpu" else "bfloat16"
        precision = auto if self.trainer.precision == "auto" else self.trainer.precision
        return torch.bfloat16 if precision == "bfloat16" else torch.float32

    # --- learning -----------------------------------------------------------------------------------------------------

    def set_max_lengths(self, lengths: Lengths) -> None:
        """Set the length at which answers stop. Batches are as wide as their own longest row."""
        self.lengths = Lengths(*(min(self.model.text_tokens, length) for length in lengths))

    def prepare(self, examples: Sequence[Example]) -> Batch:
        count = len(examples)
        rows = []
        for example in examples:
            check_length(example, self.texts.encoded(example.prefix, example.suffix), self.texts.limit)
            rows.append((self.texts.question(example.prefix), self.texts.answer(example.suffix)))
        parts = []
        for indices in np.array_split(np.arange(count), min(self.trainer.accumulate, count)):
            part = self.layout.training_inputs([rows[i] for i in indices], count)
            part["pixels"] = self._pixels([examples[i] for i in indices])
            parts.append({name: self._pinned(value) for name, value in part.items()})
        return Batch(parts, count, sum(len(answer) for _, answer in rows))

    def _pixels(self, examples: Sequence[Example]) -> torch.Tensor:
        return torch.from_numpy(np.stack([pixels(example.image, self.image_px, example.id) for example in examples]))

    def _pinned(self, value: torch.Tensor) -> torch.Tensor:
        return value.pin_memory() if self.device.type == "cuda" else value

    def step(self, batch: Batch, number: int) -> Step:
        highest = highest_rate(self.model, self.trainer)
        rate = learning_rate(self.trainer, highest, number, self.trainer.schedule)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.core.train()
        total = torch.zeros((), device=self.device)
        with out_of_memory(self.trainer, batch.examples), repeatable():
            for part in batch.parts:
                loss = self._loss(part)
                loss.backward()
                total += loss.detach()
            norm = clip_gradients(self.trainable, self.trainer.clip_norm)
            self.optimiser.step()
            self.optimiser.zero_grad(set_to_none=True)
        return Step(total, norm, rate, batch.tokens)

    def loss(self, batch: Batch) -> float:
        self._set_to_answer()
        with torch.no_grad(), out_of_memory(self.trainer, batch.examples), repeatable():
            return float(sum(self._loss(part) for part in batch.parts))

    def _loss(self, part: Tensors) -> torch.Tensor:
        """This part's share of the batch's loss: the head works at supervised tokens and nowhere else."""
        part = self._to_device(part)
        with self._autocast():
            states = self.layout.states(self.core, part)[part["rows"], part["places"]]
            logits = self.core.lm_head(states)
        losses = torch.nn.functional.cross_entropy(logits.float(), part["targets"], reduction="none")
        return (losses * part["weights"]).sum()

    def _set_to_answer(self) -> None:
        """Switch the modules from learning to answering; `step` switches them back."""
        self.core.eval()
        if self.trainer.adapter == "qlora":
            for module in self.core.modules():
                # On processors bitsandbytes would otherwise pack these weights again, with coarser scales, for good.
                if type(module).__name__ == "Linear4bit" and not hasattr(module, "base_layer"):
                    module.train()

    def _to_device(self, part: Tensors) -> Tensors:
        return {name: value.to(self.device, non_blocking=True) for name, value in part.items()}

    def _autocast(self) -> Any:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self._dtype() is torch.bfloat16)

    def memory(self, batch: Batch) -> str:
        """The memory that weights and optimiser take, in words. `ModelError` when that does not fit."""
        return model_memory(self.core, self.trainable, self.trainer, self.device)

    # --- answering ----------------------------------------------------------------------------------------------------

    def answers(self, examples: Sequence[Example]) -> list[str]:
        self._set_to_answer()
        size = min(ANSWER_BATCH, max(8, self.trainer.batch_size))
        answers: list[str] = []
        with torch.no_grad(), out_of_memory(self.trainer, self.trainer.batch_size), repeatable():
            for start in range(0, len(examples), size):
                answers += self._answer_batch(examples[start : start + size])
        return answers

    def _answer_batch(self, examples: Sequence[Example]) -> list[str]:
        questions = [self.texts.question(example.prefix) for example in examples]
        for example, question in zip(examples, questions, strict=True):
            if len(question) > self.texts.limit:
                raise ModelError(f"{example.id}: a question of {len(question)} tokens is too long for the model")
        inputs = self._to_device(self.layout.question_inputs(questions))
        pictures = self.layout.scaled(self._pixels(examples).to(self.device))
        with self._autocast():
            sequences = self.core.generate(**inputs, pixel_values=pictures, max_new_tokens=self.lengths.suffix)
        return [self.texts.text(ids) for ids in self.layout.answer_ids(sequences, inputs)]

    # --- files --------------------------------------------------------------------------------------------------------

    def _checkpoint_parameters(self) -> dict[str, torch.Tensor]:
        """The adapter's parameters, or all."""
        return dict(self.trainable) if self.view is not None else dict(self.core.named_parameters())

    def save(self, folder: Path) -> None:
        checkpointing.save(folder, self._checkpoint_parameters(), self.optimiser)

    def restore(self, folder: Path) -> None:
        checkpointing.restore(folder, self._checkpoint_parameters(), self.optimiser)

    def export(self, folder: Path) -> None:
        """Write a folder for `from_pretrained`: of transformers, or of peft where the adapter is exported alone."""
        if self.view is not None and self.base is not None and not self.trainer.merge:
            checkpointing.export_adapter(folder, self.view, self.core, self.texts.pieces)
            return
        dtype = getattr(torch, self.trainer.export_precision)
        state = adapters.merged_weights(self.core) if self.view is not None else self.core.state_dict()
        merged = self.trainer.adapter if self.view is not None else self.merged
        checkpointing.export_model(folder, self.core, state, self.texts.pieces, dtype, merged)


def _layout(config: Any, texts: RowTexts, image_px: int) -> Layout:
    layout = PaliGemmaLayout if config.model_type == "paligemma" else FlorenceLayout
    config.synthink_image_px = image_px
    return layout(texts, int(config.image_token_id), image_tokens(config, image_px))
