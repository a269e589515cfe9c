"""Rows and a model for the tests of big_vision's own trainer: a square that is red or blue, in a few pixels."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from synthink.train.learner import Example
from synthink.train.official.settings import BigVisionOfficial
from synthink.train.settings import Model

COLOURS = {"red": (220, 30, 30), "blue": (30, 30, 220)}
QUESTION = "which colour?\nanswer"
SIDE = 16


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


def examples(split: str, count: int) -> list[Example]:
    """Squares at different places, so that no two pictures are the same."""
    made = []
    for number in range(count):
        name, colour = list(COLOURS.items())[number % 2]
        pixels = np.full((SIDE, SIDE, 3), 255 - number, np.uint8)
        pixels[2 + number % 5 : 10, 3:13] = colour
        made.append(Example(encoded(Image.fromarray(pixels)), QUESTION, name, f"{split}-{number:03d}"))
    return made


def tiny(**given: Any) -> Model:
    fields: dict[str, Any] = {
        "name": "smallest",
        "image_px": SIDE,
        "vision": "mu/8",
        "vocab_size": None,
        "width": 32,
        "depth": 2,
        "mlp_dim": 64,
        "heads": 2,
        "kv_heads": 1,
        "vision_depth": 2,
        "text_tokens": 48,
        "learning_rate": 3e-3,
        "remat": False,
    }
    return Model(**{**fields, **given})


def trainer(**given: Any) -> BigVisionOfficial:
    fields: dict[str, Any] = {"steps": 10, "batch_size": 8, "log_every": 1, "save_every": 10, "curve_points": 2}
    return BigVisionOfficial(**{**fields, "curve_rows": 4, **given})


def tokenizer(folder: Path) -> Path:
    """A small tokenizer in PaliGemma's form."""
    from synthink.train.tokens import make_tokenizer

    path = folder / "small.model"
    if not path.exists():
        make_tokenizer(path, [QUESTION, *COLOURS])
    return path
