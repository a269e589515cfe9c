"""What a run is asked to do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.build.manifest import MANIFEST
from synthink.core.registry import code_files
from synthink.evaluate.data.rows import Dataset
from synthink.train.settings import Model, Trainer

if TYPE_CHECKING:
    from synthink.core.row_dataset import RowDataset


USUAL_TRAIN, USUAL_VALIDATION = "train", "validation"
"""The splits that are learned from, and validated on, unless others are named."""
ALL_STEPS_DONE = "all steps were done"
SCORE_REACHED = "the score was reached"
TIME_WAS_UP = "the time was up"
"""Why runs end."""


@dataclass(frozen=True)
class Request:
    """A run of training.

    datasets: folders and their weights. stream: rows to draw in their place, by split. control: learn from the same
    rows without mark or ink, for the verdict. until: the number of steps after which the run ends, where these are
    fewer than the trainer's, by which the learning rate goes; so a control does as many as the run did.
    """

    model: Model
    trainer: Trainer
    output: Path
    datasets: Sequence[tuple[Dataset, float]] = ()
    stream: Mapping[str, RowDataset] = field(default_factory=dict)
    seed: int = 0
    control: bool = False
    overwrite: bool = False
    until: int | None = None
    train_split: str = USUAL_TRAIN
    """The split that is learned from."""
    validation_split: str = USUAL_VALIDATION
    """The split on which the run is validated; that of the usual name may be missing."""

    @property
    def label(self) -> str:
        """The words before the names of the run's stages, where progress is shown."""
        return "control: " if self.control else ""

    @property
    def last_step(self) -> int:
        """The number of steps after which the run ends in any case."""
        return min(self.trainer.steps, self.until or self.trainer.steps)

    def is_met_by(self, outcome: Mapping[str, Any]) -> bool:
        """Whether a finished run has nothing left to do: its steps are done, or it stopped for a reason that holds."""
        trainer = self.trainer
        if outcome["steps"] >= self.last_step:
            return True
        if outcome["stopped"] == TIME_WAS_UP:
            return trainer.seconds is not None and trainer.seconds <= outcome["seconds"]
        return trainer.stop_at is not None and (outcome["score"] or 0.0) >= trainer.stop_at

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
            "until": self.until,
            **({"train_split": self.train_split} if self.train_split != USUAL_TRAIN else {}),
            **({"validation_split": self.validation_split} if self.validation_split != USUAL_VALIDATION else {}),
        }


def _digest(file: Path) -> str | None:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None


def _drawn(rows: RowDataset) -> dict[str, Any]:
    source = rows.source
    named: dict[str, Any] = {
        "generator": source.generator.name,
        "version": source.generator.version,
        "seed": source.seed,
    }
    files = code_files(rows.generator).items()
    code = {name: " ".join([file.sha256, *file.helpers.values()]) for name, file in files}
    named |= {"code": code} if code else {}
    named |= {"like": source.content_of(rows.split)} if rows.split in source.own_splits else {}
    return {**named, "split_seed": source.split_seed, "fields": rows.generator.plain()}
