"""Rows as tensors: what a model reads, where it has a loss, and how much that loss weighs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from synthink.train.transformers.texts import RowTexts

Tensors = dict[str, torch.Tensor]
IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Batch(NamedTuple):
    """A batch on the host, in the parts whose gradients are summed.

    Each part has `pixels` uint8 (B, H, W, 3), the model's inputs, and for each of M supervised tokens its `rows`,
    `places`, `targets` and `weights` (M,). The weights of all parts sum to 1.
    """

    parts: list[Tensors]
    examples: int
    tokens: int


class Layout:
    """The layout in which a family of models reads a picture, a question and an answer."""

    def __init__(self, texts: RowTexts, image_id: int, image_tokens: int) -> None:
        self.texts, self.image_id, self.image_tokens = texts, image_id, image_tokens

    def training_inputs(self, rows: Sequence[tuple[list[int], list[int]]], examples: int) -> Tensors:
        """The inputs and targets of (question, answer) rows, which are a part of a batch of `examples` rows."""
        raise NotImplementedError

    def question_inputs(self, questions: Sequence[list[int]]) -> Tensors:
        """The inputs of questions alone."""
        raise NotImplementedError

    def scaled(self, pixels: torch.Tensor) -> torch.Tensor:
        """Pixels as the vision tower takes them: uint8 (B, H, W, 3) to float32 (B, 3, H, W)."""
        raise NotImplementedError

    def states(self, core: Any, part: Tensors) -> torch.Tensor:
        """The language model's last hidden states (B, T, D), before the head."""
        raise NotImplementedError

    def answer_ids(self, sequences: torch.Tensor, inputs: Tensors) -> list[list[int]]:
        """The answers' tokens in what `generate` returns."""
        raise NotImplementedError

    def _pictured(self, question: list[int]) -> list[int]:
        return [self.image_id] * self.image_tokens + question


def _supervised(answers: Sequence[list[int]], starts: Sequence[int], examples: int) -> Tensors:
    """Where tokens have a loss. The mean loss of each answer counts the same, as in big_vision."""
    spans = [(row, start + at) for row, start in enumerate(starts) for at in range(len(answers[row]))]
    weights = [1 / len(answer) / examples for answer in answers for _ in answer]
    return {
        "rows": torch.tensor([row for row, _ in spans]),
        "places": torch.tensor([place for _, place in spans]),
        "targets": torch.tensor([token for answer in answers for token in answer]),
        "weights": torch.tensor(weights, dtype=torch.float32),
    }


def _padded(rows: Sequence[list[int]], fill: int, left: bool = False) -> torch.Tensor:
    width = max(map(len, rows))
    padded = np.full((len(rows), width), fill, np.int64)
    for number, row in enumerate(rows):
        start = width - len(row) if left else 0
        padded[number, start : start + len(row)] = row
    return torch.from_numpy(padded)


class PaliGemmaLayout(Layout):
    """One sequence: picture and question see each other, the answer is read from left to right."""

    def training_inputs(self, rows: Sequence[tuple[list[int], list[int]]], examples: int) -> Tensors:
        questions = [self._pictured(question) for question, _ in rows]
        # The last token of an answer is only ever a target.
        inputs = [question + answer[:-1] for question, (_, answer) in zip(questions, rows, strict=True)]
        kinds = [
            [0] * len(question) + [1] * (len(row) - len(question))
            for question, row in zip(questions, inputs, strict=True)
        ]
        starts = [len(question) - 1 for question in questions]
        return {
            "input_ids": _padded(inputs, self.texts.pad),
            "attention_mask": _padded([[1] * len(row) for row in inputs], 0),
            "token_type_ids": _padded(kinds, 1),
            **_supervised([answer for _, answer in rows], starts, examples),
        }

    def question_inputs(self, questions: Sequence[list[int]]) -> Tensors:
        rows = [self._pictured(question) for question in questions]
        ids = _padded(rows, self.texts.pad, left=True)
        mask = _padded([[1] * len(row) for row in rows], 0, left=True)
        return {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}

    def scaled(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels.permute(0, 3, 1, 2).float() / 127.5 - 1.0

    def states(self, core: Any, part: Tensors) -> torch.Tensor:
        names = ("input_ids", "attention_mask", "token_type_ids")
        inputs = {name: part[name] for name in names}
        output = core.model(pixel_values=self.scaled(part["pixels"]), use_cache=False, **inputs)
        return output.last_hidden_state

    def answer_ids(self, sequences: torch.Tensor, inputs: Tensors) -> list[list[int]]:
        return sequences[:, inputs["input_ids"].shape[1] :].tolist()  # type: ignore[no-any-return]


class FlorenceLayout(Layout):
    """An encoder reads picture and question, a decoder writes the answer."""

    def training_inputs(self, rows: Sequence[tuple[list[int], list[int]]], examples: int) -> Tensors:
        answers = [answer for _, answer in rows]
        return {
            **self.question_inputs([question for question, _ in rows]),
            "decoder_input_ids": _padded([[self.texts.eos, *answer[:-1]] for answer in answers], self.texts.pad),
            **_supervised(answers, [0] * len(answers), examples),
        }

    def question_inputs(self, questions: Sequence[list[int]]) -> Tensors:
        rows = [self._pictured(question) for question in questions]
        mask = _padded([[1] * len(row) for row in rows], 0)
        return {"input_ids": _padded(rows, self.texts.pad), "attention_mask": mask}

    def scaled(self, pixels: torch.Tensor) -> torch.Tensor:
        mean, spread = (torch.tensor(value, device=pixels.device).reshape(3, 1, 1) for value in IMAGENET)
        return (pixels.permute(0, 3, 1, 2).float() / 255 - mean) / spread

    def states(self, core: Any, part: Tensors) -> torch.Tensor:
        names = ("input_ids", "attention_mask", "decoder_input_ids")
        inputs = {name: part[name] for name in names}
        output = core.model(pixel_values=self.scaled(part["pixels"]), use_cache=False, **inputs)
        return output.last_hidden_state

    def answer_ids(self, sequences: torch.Tensor, inputs: Tensors) -> list[list[int]]:
        return sequences[:, 1:].tolist()  # type: ignore[no-any-return]
