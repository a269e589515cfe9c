"""What a run is asked to do, and what it needs from files: weights, tokenizer, the pictures' size."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.build.manifest import MANIFEST
from synthink.errors import ConfigError, ModelError
from synthink.evaluate.data.pixels import picture
from synthink.evaluate.data.rows import Dataset, Rows
from synthink.files import write_whole
from synthink.train.data.tokens import make_tokenizer
from synthink.train.run_folder import RunFolder
from synthink.train.settings import Model, Trainer

if TYPE_CHECKING:
    from synthink.core.dataset import RowDataset

FOLDER_VARIABLE = "BV_GEMMA_DIR"
"""The environment variable by which big_vision, too, is told where checkpoints lie."""
TOKENIZER_NAMES = ("paligemma_tokenizer.model", "tokenizer.model")
TEXTS = 4000  # rows whose texts make a tokenizer


@dataclass(frozen=True)
class Request:
    """A run of training.

    datasets: folders and their weights. stream: rows to draw in their place, by split. control: learn from the same
    rows without mark or ink, for the verdict.
    """

    model: Model
    trainer: Trainer
    output: Path
    datasets: Sequence[tuple[Dataset, float]] = ()
    stream: Mapping[str, RowDataset] = field(default_factory=dict)
    seed: int = 0
    control: bool = False
    overwrite: bool = False

    def plain(self) -> dict[str, Any]:
        """For `run.json`: everything on which the model depends."""
        return {
            "model": self.model.plain(),
            "trainer": {"name": self.trainer.name, **self.trainer.plain()},
            "datasets": [
                {"path": str(dataset.path), "weight": weight, "manifest": _digest(dataset.path / MANIFEST)}
                for dataset, weight in self.datasets
            ],
            "stream": {split: _drawn(rows) for split, rows in self.stream.items()},
            "seed": self.seed,
            "control": self.control,
        }


@dataclass(frozen=True)
class Prepared:
    """A request with what was found for it. held_out: rows with what judges answers about them (None: equality).
    side: pixels of the square that the model sees. tokenizer: None where the weights bring their own."""

    request: Request
    run: RunFolder
    learned: Sequence[Rows]
    held_out: Sequence[tuple[Rows, Any]]
    side: int
    tokenizer: Path | None
    weights: Path | str | None


def _digest(file: Path) -> str | None:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None


def _drawn(rows: RowDataset) -> dict[str, Any]:
    source = rows.source
    named = {"generator": source.generator.name, "version": source.generator.version, "seed": source.seed}
    return {**named, "split_seed": source.split_seed, "fields": source.generator.plain()}


def find_weights(model: Model) -> Path | str | None:
    """The checkpoint to start from: a file, a folder, a name on the hub, or None for a random start.

    A name without a slash is a file of the folder that BV_GEMMA_DIR names. `ModelError` says what to set.
    """
    if model.weights is None:
        return None
    path = Path(model.weights).expanduser()
    if path.exists():
        return path
    if path.suffix == ".npz" or model.weights.startswith((".", "/", "~")):
        raise ModelError(f"model.weights={model.weights}: no such file")
    if "/" in model.weights:
        return model.weights
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        told = f"set {FOLDER_VARIABLE} to the folder that holds {model.weights}.npz, or give model.weights=PATH"
        raise ModelError(f"model={model.name}: its weights are not here; {told}")
    for suffix in (".npz", ".f32.npz", ".bf16.npz", ".f16.npz"):
        file = Path(folder).expanduser() / f"{model.weights}{suffix}"
        if file.is_file():
            return file
    raise ModelError(f"{folder}: holds no {model.weights}.npz, nor .bf16.npz or .f16.npz; see {FOLDER_VARIABLE}")


def provide_tokenizer(model: Model, weights: Path | str | None, target: Path, rows: Sequence[Rows]) -> Path:
    """The sentencepiece file to use, copied to `target` so that the run can be asked later.

    From `model.tokenizer`, beside the weights, or in BV_GEMMA_DIR; for a random start one is made from the rows' texts.
    """
    if not target.exists():
        if weights is None and model.tokenizer is None:
            make_tokenizer(target, _texts(rows))
        else:
            write_whole(target, find_tokenizer(model, weights).read_bytes())
    return target


def find_tokenizer(model: Model, weights: Path | str | None) -> Path:
    """The sentencepiece file that goes with weights. `ModelError` says what to give."""
    if model.tokenizer is not None:
        found = Path(model.tokenizer).expanduser()
        if not found.is_file():
            raise ModelError(f"model.tokenizer={model.tokenizer}: no such file")
        return found
    assert weights is not None, "without weights a tokenizer is made"
    return _beside(model, weights)


def _beside(model: Model, weights: Path | str) -> Path:
    near = Path(weights).parent if Path(weights).is_file() else Path(weights)
    folders = [near, *([Path(os.environ[FOLDER_VARIABLE])] if os.environ.get(FOLDER_VARIABLE) else [])]
    for folder in folders:
        for name in TOKENIZER_NAMES:
            if (folder / name).is_file():
                return folder / name
    raise ModelError(f"model={model.name}: no {TOKENIZER_NAMES[0]} in {folders[0]}; give model.tokenizer=PATH")


def _texts(rows: Sequence[Rows]) -> Iterable[str]:
    for each in rows:
        for index in islice(range(len(each)), TEXTS // len(rows)):
            example = each.example(index)
            yield from (example.prefix, example.suffix)


def picture_side(model: Model, rows: Rows) -> int:
    """Pixels of the square that the model sees: its own, or the pictures' rounded up to whole patches."""
    if model.image_px is not None:
        return model.image_px
    example = rows.example(0)
    try:
        patch = int(model.vision.rpartition("/")[2])
    except ValueError:
        raise ConfigError("model.vision", model.vision, "must end in the side of a patch: mu/8") from None
    return -(-max(picture(example.image, example.id).size) // patch) * patch
