"""What a model needs before it can be opened: its weights, its tokenizer, and the size of the pictures it sees."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from synthink.errors import ModelError
from synthink.evaluate.data.pixels import picture
from synthink.evaluate.data.rows import Rows
from synthink.files import user_path, write_atomically
from synthink.train.data.tokens import make_tokenizer
from synthink.train.settings import Model

FOLDER_VARIABLE = "BV_GEMMA_DIR"
"""The environment variable that names the folder of checkpoints, for big_vision too."""
TOKENIZER_NAMES = ("paligemma_tokenizer.model", "tokenizer.model")
TEXT_ROWS = 4000
"""The rows whose texts make a tokenizer."""


def find_weights(model: Model) -> Path | str | None:
    """The checkpoint to start from: a file, a folder, a name on the hub, or None for random weights.

    A name without a slash is that of a file in the folder BV_GEMMA_DIR. `ModelError` says what to set.
    """
    if model.weights is None:
        return None
    path = user_path(model.weights)
    if path.exists():
        return path
    if path.suffix == ".npz" or model.weights.startswith((".", "/", "~")):
        raise ModelError(f"model.weights={model.weights}: no such file")
    if "/" in model.weights:
        return model.weights
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        remedy = f"set {FOLDER_VARIABLE} to the folder that holds {model.weights}.npz, or give model.weights=PATH"
        raise ModelError(f"model={model.name}: its weights are not here; {remedy}")
    for suffix in (".npz", ".f32.npz", ".bf16.npz", ".f16.npz"):
        file = user_path(folder) / f"{model.weights}{suffix}"
        if file.is_file():
            return file
    raise ModelError(f"{folder}: holds no {model.weights}.npz, nor .bf16.npz or .f16.npz; see {FOLDER_VARIABLE}")


def provide_tokenizer(model: Model, weights: Path | str | None, target: Path, rows: Sequence[Rows]) -> Path:
    """Copy the model's sentencepiece file to `target`, with which the run can be asked later.

    For random weights, unless `model.tokenizer` names a file, one is made from the rows' texts.
    """
    if not target.exists():
        if weights is None and model.tokenizer is None:
            make_tokenizer(target, _texts(rows))
        else:
            write_atomically(target, find_tokenizer(model, weights).read_bytes())
    return target


def find_tokenizer(model: Model, weights: Path | str | None) -> Path:
    """The sentencepiece file that goes with weights: `model.tokenizer`, or one next to them, or one in BV_GEMMA_DIR.

    `ModelError` says what to give.
    """
    if model.tokenizer is not None:
        file = user_path(model.tokenizer)
        if not file.is_file():
            raise ModelError(f"model.tokenizer={model.tokenizer}: no such file")
        return file
    assert weights is not None, "without weights a tokenizer is made"
    folders = [Path(weights).parent if Path(weights).is_file() else Path(weights)]
    if os.environ.get(FOLDER_VARIABLE):
        folders.append(Path(os.environ[FOLDER_VARIABLE]))
    for folder in folders:
        for name in TOKENIZER_NAMES:
            if (folder / name).is_file():
                return folder / name
    raise ModelError(f"model={model.name}: no {TOKENIZER_NAMES[0]} in {folders[0]}; give model.tokenizer=PATH")


def _texts(datasets: Sequence[Rows]) -> Iterable[str]:
    """Questions and answers of the first rows, as many of each dataset."""
    for rows in datasets:
        for index in islice(range(len(rows)), TEXT_ROWS // len(datasets)):
            example = rows.example(index)
            yield from (example.prefix, example.suffix)


def picture_side(model: Model, rows: Rows) -> int:
    """The side of the square that the model sees, in pixels: its own, or the pictures' rounded up to whole patches."""
    if model.image_px is not None:
        return model.image_px
    example, patch_px = rows.example(0), model.patch_px
    return -(-max(picture(example.image, example.id).size) // patch_px) * patch_px
