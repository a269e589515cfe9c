"""A configuration for big_vision's trainer: constants of this run, and below them text that is always the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthink.errors import ConfigError
from synthink.files import write_whole
from synthink.train.bigvision.optimiser import PARTS
from synthink.train.official.settings import BigVisionOfficial
from synthink.train.official.template import BODY, HEAD
from synthink.train.settings import Model

CONFIG = "config.py"
TOKENIZER = "tokenizer.model"
CACHED_BYTES = 2 << 30
"""Pictures of a split that are kept in memory after they were read once."""
OPTIMISERS = {"adam": "scale_by_adam", "sgd": "big_vision.sgd"}


def constants(
    model: Model,
    trainer: BigVisionOfficial,
    *,
    image_px: int,
    seed: int,
    vocab_size: int,
    answer_tokens: int,
    rows: int,
    image_bytes: int,
    weights: str | None,
) -> dict[str, Any]:
    """What the file says of this run, by the names it has there.

    rows, image_bytes: of the training split. answer_tokens: the most that an answer may take, its end included.
    weights: an npz, or big_vision's name for one; None: from scratch.
    """
    rate = trainer.learning_rate or model.learning_rate
    return {
        "STEPS": trainer.steps,
        "BATCH_SIZE": trainer.batch_size,
        "LEARNING_RATE": rate,
        "WARMUP": trainer.warmup,
        "WEIGHT_DECAY": trainer.weight_decay,
        "CLIP_NORM": trainer.clip_norm or None,
        "OPTIMISER": (OPTIMISERS[trainer.optimiser], {"b2": trainer.beta2} if trainer.optimiser == "adam" else {}),
        "LEARNS": learning_pattern(trainer.parts),
        "IMAGE_PX": image_px,
        "TEXT_TOKENS": model.text_tokens,
        "ANSWER_TOKENS": answer_tokens,
        "CURVE_POINTS": trainer.curve_points,
        "CURVE_ROWS": trainer.curve_rows,
        "LOG_EVERY": trainer.log_every,
        "SAVE_EVERY": trainer.save_every,
        "SHUFFLED_ROWS": min(rows, 10_000),
        "KEPT_IN_MEMORY": image_bytes <= CACHED_BYTES,
        "READING_THREADS": trainer.threads,
        "SEED": seed,
        "WEIGHTS": weights,
        "VOCABULARY": vocab_size,
        "GEMMA": model.language,
        "GEMMA_MEASURES": gemma_measures(model),
        "VISION": vision(model, scratch=weights is None),
        "REMAT": "nothing_saveable" if model.remat else "none",
    }


def gemma_measures(model: Model) -> dict[str, int]:
    """The language model's measures that are not its variant's own."""
    given = {
        "width": model.width,
        "depth": model.depth,
        "mlp_dim": model.mlp_dim,
        "num_heads": model.heads,
        "num_kv_heads": model.kv_heads,
        "head_dim": model.width // model.heads if model.width and model.heads else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def vision(model: Model, scratch: bool) -> dict[str, Any]:
    """The picture's tower: big_vision's variant, and measures that are not its own."""
    given = {
        "variant": model.vision,
        "width": model.vision_width,
        "depth": model.vision_depth,
        "mlp_dim": model.vision_mlp_dim,
        "num_heads": model.vision_heads,
        # A head that starts at zero gives a random model a gradient thousands of times too long.
        "head_zeroinit": False if scratch else None,
        "remat_policy": None if model.remat else "everything_saveable",
    }
    return {name: value for name, value in given.items() if value is not None}


def learning_pattern(parts: str) -> str:
    """`trainer.parts` as big_vision wants it: a regular expression that meets whole names of parameters."""
    pattern = PARTS.get(parts, parts)
    return f".*(?:{pattern}).*" if pattern else ".*"


def write_config(folder: Path, values: dict[str, Any]) -> Path:
    """Write `config.py`, which takes rows and tokenizer from its own folder. `ConfigError` for a folder whose name
    big_vision would read as something else."""
    if bad := [sign for sign in "|{}\n" if sign in str(folder.resolve())]:
        raise ConfigError("output", str(folder), f"big_vision cannot use a path with {bad[0]!r} in it")
    path = folder / CONFIG
    lines = [f"{name} = {value!r}" for name, value in values.items()]
    write_whole(path, (HEAD + "\n".join(lines) + "\n" + BODY).encode())
    return path
