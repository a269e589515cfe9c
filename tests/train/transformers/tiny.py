"""Models of transformers that are small enough for tests, and rows that they can learn by heart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from synthink.evaluate.answerer import Example
from synthink.train.data.tokens import make_tokenizer
from synthink.train.learner import Lengths
from synthink.train.settings import Model
from synthink.train.transformers.learner import TransformersLearner
from synthink.train.transformers.trainer import TransformersTrainer

torch.set_num_threads(1)

PREFIX = "which letter is circled?"
SIDES = {"gemma2_2b": 32, "gemma_2b": 32, "bart_base": 64}


def tiny_model(language: str = "gemma2_2b", **changes: Any) -> Model:
    """PaliGemma 2, PaliGemma (`gemma_2b`) or Florence-2 (`bart_base`)."""
    common = {"name": "tiny", "language": language, "vocab_size": None, "text_tokens": 32, "remat": False}
    common |= {"width": 64, "depth": 2, "mlp_dim": 96, "heads": 4}
    if language == "bart_base":
        tower = {"kind": "florence2", "vision": "davit_base/32", "vision_width": 64, "vision_depth": 1}
        return Model.build({**common, **tower, "vision_mlp_dim": 64, "vision_heads": 8, **changes})
    tower = {"vision": "mu/8", "vision_width": 32, "vision_depth": 2, "vision_mlp_dim": 48, "vision_heads": 2}
    return Model.build({**common, **tower, "kv_heads": 1 if language == "gemma_2b" else 2, **changes})


def tokenizer_at(folder: Path) -> Path:
    """A small tokenizer in PaliGemma's form."""
    path = folder / "tokenizer.model"
    if not path.exists():
        make_tokenizer(path, [PREFIX, "A B C <loc0001>"])
    return path


def examples(count: int, side: int, first: int = 0) -> list[Example]:
    """Noise, each picture with a letter of its own; every second answer has a location, too."""
    rows = []
    for number in range(first, first + count):
        picture = np.random.RandomState(number).randint(0, 256, (side, side, 3)).astype(np.uint8)
        answer = "ABCDEFGHIJKLMNOP"[number % 16] + f"<loc{number:04d}>" * (number % 2)
        rows.append(Example(picture, PREFIX, answer, f"row-{number}"))
    return rows


def tiny_learner(
    folder: Path, model: Model | None = None, weights: Path | None = None, seed: int = 0, **trainer: Any
) -> TransformersLearner:
    """A learner of 8 rows a step. Its tokenizer lies in `folder`."""
    model = model or tiny_model()
    settings = TransformersTrainer.build(
        {"steps": 40, "batch_size": 8, "learning_rate": 3e-3, "device": "cpu", **trainer}
    )
    side = SIDES.get(model.language, 32)
    made = TransformersLearner(model, settings, tokenizer_at(folder), side, seed, weights)
    made.set_max_lengths(Lengths(16, 6, 22))
    return made


def learn(learner: TransformersLearner, steps: int, start: int = 0) -> list[float]:
    """Losses of steps on the same 8 rows."""
    batch = learner.prepare(examples(8, learner.image_px))
    return [float(learner.step(batch, number).loss) for number in range(start, start + steps)]
