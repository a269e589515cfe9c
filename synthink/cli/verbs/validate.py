"""`synthink validate`: dataset, run, control and report in one folder: does the dataset teach?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from synthink import api
from synthink.cli.sweep_table import Job
from synthink.cli.verb import Call, Folder, VerbResult
from synthink.cli.verbs.evaluate import JudgingVerb, report_result
from synthink.cli.verbs.generate import DatasetVerb
from synthink.cli.verbs.train import RUNS, model_and_trainer
from synthink.core.own_splits import read_splits
from synthink.errors import ConfigError, shortened
from synthink.evaluate.data.rows import Dataset
from synthink.evaluate.report.sweep import sweep_summary
from synthink.files import user_path
from synthink.train.validate import DATA, validate


class Validate(JudgingVerb, DatasetVerb):
    """Generate a dataset, train on it, train a control without the signal, evaluate and report; with more steps or more
    time than before, the same runs go on."""

    name = "validate"
    summary = "generate, train, train a control without the signal, evaluate, report: does the dataset teach?"
    groups = ("generator", "format", "executor", "trainer", "model", "experiment")
    sweep_example = "trainer.learning_rate=1e-3,3e-4"

    output: Folder | None = None
    """The folder of dataset, runs and report; null: runs/GENERATOR."""

    def run(self, call: Call) -> VerbResult:
        model, trainer = model_and_trainer(call.groups)
        if trainer.stream:
            raise ConfigError("trainer.stream", True, "validate makes a dataset; train can draw rows while training")
        counts, _ = read_splits(self.splits.request())
        if counts.get(self.split, 0) == 0:
            reason = f"validate asks held-out rows of the split {shortened(self.split)}"
            raise ConfigError(f"splits.{shortened(self.split)}", 0, reason)
        output = self.output or RUNS / str(call.groups["generator"]["name"])
        config = {**self.plain(), **call.groups}
        result = validate(
            model,
            trainer,
            user_path(output),
            partial(api.generate, **self.dataset_arguments(call)),
            seed=self.seed,
            overwrite=self.overwrite,
            split=self.split,
            rows=self.rows,
            score=self.score,
            threshold=self.threshold,
            config={name: value for name, value in config.items() if value is not None},
            command=partial(self.command, call),
            overrides=dict(word.split("=", 1) for word in call.words if "=" in word),
            progress=True,
        )
        return report_result(result, Dataset(user_path(output) / DATA).assets)

    @classmethod
    def print_sweep(cls, root: Path, jobs: Sequence[Job]) -> None:
        print(sweep_summary(root, {job.name: (job.state, job.values) for job in jobs if job.state != "done"}))
