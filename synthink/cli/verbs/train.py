"""`synthink train`: a run's folder with a model, from dataset folders or from rows that are drawn meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from synthink.build.received import Code, Sources
from synthink.cli.verb import Call, Folder, FolderName, Verb, VerbResult, shell_word
from synthink.cli.verbs.generate import Splits
from synthink.core.dataset import dataset, make_generator
from synthink.core.own_splits import read_splits
from synthink.core.row_dataset import RowDataset
from synthink.core.source import asset_records
from synthink.errors import ConfigError
from synthink.evaluate.data.rows import asset_records_of, open_datasets
from synthink.files import user_path
from synthink.settings import Settings
from synthink.splits import SPLITS
from synthink.train.registry import find_trainer
from synthink.train.request import TIME_WAS_UP, Request
from synthink.train.run import train_model
from synthink.train.settings import Model, Trainer

RUNS = Path("runs")
"""The folder in which runs lie that are given no output."""


class Train(Verb):
    """Fine-tune a model, or go on with a run that was interrupted, or that is asked for more steps or more time."""

    name = "train"
    summary = "fine-tune a model on datasets, or go on with a run that was interrupted"
    positional = "dataset"
    groups = ("trainer", "model", "experiment", "generator")
    draws_if = "trainer.stream"

    dataset: Annotated[Any, FolderName()] = None
    """The dataset's folder, a list of several, or {FOLDER: WEIGHT, ...}; null with trainer.stream=true."""
    output: Folder | None = None
    """The run's folder; null: runs/DATASET."""
    seed: int = 0
    """The seed of weights, of the order of rows, and of rows that are drawn."""
    splits: Splits = Splits()
    """The number of rows of each split, when rows are drawn while training."""
    train_split: str = "train"
    """The split that is learned from."""
    validation_split: str = "validation"
    """The split on which the run is validated; `validation` may be missing."""
    overwrite: bool = False
    """Replace a run of another configuration."""
    control: bool = False
    """Learn from the same rows without their mark or ink."""
    sources: Sources = "refuse"
    """Whether files, folders and public addresses that a dataset's manifest names are opened, to draw rows again."""
    code: Code = "refuse"
    """Whether the Python file is run that a manifest names as the code of its generator, and whose digest it holds."""

    def run(self, call: Call) -> VerbResult:
        request = self._request(call)
        outcome = train_model(request, progress=True)
        score = "" if outcome["score"] is None else f", validation score {outcome['score']:.3f}"
        steps = f"{outcome['steps']:,} of {request.last_step:,} steps in {outcome['seconds']:.0f} s"
        headline = f"{outcome['parameters']:,} parameters, {steps} ({outcome['stopped']}){score}"
        first = f"{shell_word('dataset', request.datasets[0][0].path)} " if request.datasets else ""
        more = self.command(call, {"trainer.seconds": "null", "output": str(request.output)})
        assets = asset_records_of([dataset for dataset, _ in request.datasets])
        for rows in request.stream.values():
            assets |= asset_records(rows.source.assets)
        return VerbResult(
            score=None if outcome["score"] is None else float(outcome["score"]),
            assets=assets,
            lines=[
                f"{request.output}: {headline}",
                *([f"go on:   {more}"] if outcome["stopped"] == TIME_WAS_UP else []),
                f"ask it:  synthink evaluate {first}{shell_word('checkpoint', request.output)}",
            ],
            headline=headline,
        )

    def _request(self, call: Call) -> Request:
        model, trainer = model_and_trainer(call.groups)
        if trainer.stream and self.dataset is not None:
            raise ConfigError("dataset", self.dataset, "with trainer.stream=true rows are drawn, not read")
        if not trainer.stream and self.dataset is None:
            raise ConfigError("dataset", None, "name a dataset folder, or trainer.stream=true to draw rows meanwhile")
        datasets = [] if trainer.stream else open_datasets(self.dataset, self.sources, self.code)
        name = "+".join(dataset.name for dataset, _ in datasets) or str(call.groups["generator"]["name"])
        return Request(
            model,
            trainer,
            user_path(self.output or RUNS / name),
            datasets,
            stream=self._drawn_rows(call.groups["generator"]) if trainer.stream else {},
            seed=self.seed,
            control=self.control,
            overwrite=self.overwrite,
            train_split=self.train_split,
            validation_split=self.validation_split,
        )

    def _drawn_rows(self, fields: Mapping[str, Any]) -> dict[str, RowDataset]:
        """Split -> the rows that a generator with these fields draws in it; those that are learned from have no end."""
        fields, splits = dict(fields), self.splits
        generator = make_generator(fields.pop("name"), fields)
        counts, _ = read_splits(splits.request())
        counts = {split: counts.get(split, 0) for split in (*SPLITS, self.validation_split)}
        counts = {split: size for split, size in counts.items() if size != 0} | {self.train_split: 0}
        return {
            split: dataset(
                generator,
                size=size,
                split=split,
                seed=self.seed,
                shares=splits.shares,
                split_seed=splits.seed,
                splits=splits.request(),
            )
            for split, size in counts.items()
        }


def model_and_trainer(groups: Mapping[str, Any]) -> tuple[Model, Trainer]:
    """The settings that the groups `model` and `trainer` ask for."""
    fields = dict(groups["trainer"])
    trainer: Trainer = group_settings(find_trainer(fields.pop("name")), fields, "trainer")
    return group_settings(Model, groups["model"], "model"), trainer


def group_settings(cls: type[Settings], fields: Mapping[str, Any], group: str) -> Any:
    """Settings made of a group's fields; errors name the field with the group before it."""
    try:
        return cls.build(fields)
    except ConfigError as error:
        raise error.under(group) from None
