"""What a run is asked to do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.build.manifest import MANIFEST
from synthink.evaluate.data.rows import Dataset
from synthink.train.settings import Model, Trainer

if TYPE_CHECKING:
    from synthink.core.row_dataset import RowDataset


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
        """The request as `run.json` stores it: everything on which the model depends."""
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


def _digest(file: Path) -> str | None:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None


def _drawn(rows: RowDataset) -> dict[str, Any]:
    source = rows.source
    named = {"generator": source.generator.name, "version": source.generator.version, "seed": source.seed}
    return {**named, "split_seed": source.split_seed, "fields": source.generator.plain()}
