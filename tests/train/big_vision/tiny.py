"""A PaliGemma of the smallest measures, its tokenizer and its weights in PaliGemma's form, for tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.train.big_vision.trainer import BigVisionTrainer
from synthink.train.data.tokens import make_tokenizer
from synthink.train.learner import Lengths
from synthink.train.settings import Model

TEXTS = ["Which letter is circled?", "select <loc0001><loc0002><loc0003><loc0004> Word"]
MEASURES: dict[str, Any] = {
    "vision": "mu/8",
    "vocab_size": None,
    "width": 32,
    "depth": 2,
    "mlp_dim": 64,
    "heads": 4,
    "kv_heads": 2,
    "vision_width": 32,
    "vision_depth": 2,
    "vision_mlp_dim": 64,
    "vision_heads": 4,
    "text_tokens": 24,
    "learning_rate": 1e-2,
    "remat": False,
}
SIDE = 16


os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", tempfile.mkdtemp(prefix="synthink-jax-"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")


def needs_big_vision() -> None:
    """Skip, and say why, where big_vision cannot be imported."""
    from synthink.train.big_vision.importing import big_vision

    try:
        big_vision(None)
    except ModelError as error:
        pytest.skip(f"not run, for want of big_vision: {error}", allow_module_level=True)


def tiny(**changed: Any) -> Model:
    return Model(name="tiny", **{**MEASURES, **changed})


def trainer(**changed: Any) -> BigVisionTrainer:
    return BigVisionTrainer(**{"steps": 20, "batch_size": 8, "tensorboard": False, "threads": 1, **changed})


def tokenizer(folder: Path) -> Path:
    path = folder / "tokenizer.model"
    if not path.exists():
        make_tokenizer(path, TEXTS)
    return path


def learner(folder: Path, weights: Path | None = None, side: int = SIDE, seed: int = 0, **changed: Any) -> Any:
    """A learner; `changed` are fields of the model or of the trainer."""
    of_model = {name: value for name, value in changed.items() if name in MEASURES or name == "language"}
    others = {name: value for name, value in changed.items() if name not in of_model}
    made = trainer(**others).open(tiny(**of_model), tokenizer(folder), side, seed, weights)
    made.set_max_lengths(Lengths(8, 6, 16))
    return made


def examples(count: int = 8, side: int = SIDE) -> list[Example]:
    """Pictures in one of four colours; the answer names it by a letter."""
    made = []
    for number in range(count):
        colour = number % 4
        image = np.full((side, side, 3), 255, np.uint8)
        image[..., colour % 3] = 40 * colour
        image[number % side, :, :] = 0
        made.append(Example(image, "Which letter?", "ABCD"[colour], f"row {number}"))
    return made
