"""`synthink evaluate`: a report with a verdict on a model of one's own, or on one behind an API."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from synthink import plugins
from synthink.build.received import Code, Sources
from synthink.cli.verb import Call, Folder, FolderName, Verb, VerbResult
from synthink.cli.verbs.train import RUNS, group_settings, model_and_trainer
from synthink.errors import AssetError, ConfigError, OutputError
from synthink.evaluate.data.rows import Dataset, asset_records_of, open_datasets
from synthink.evaluate.evaluate import Evaluation, Result, evaluate
from synthink.evaluate.named_metrics import metric_named
from synthink.evaluate.predictor import Predictor, evaluate_predictor
from synthink.evaluate.report.data import Background
from synthink.evaluate.summary import Summary
from synthink.evaluate.verdict import LENIENT, THRESHOLD
from synthink.files import user_path
from synthink.plugins import PREDICTORS
from synthink.settings import Between
from synthink.train.learner import Learner
from synthink.train.metrics import read_curve
from synthink.train.open_model import allow_long_answers, open_run, open_weights
from synthink.train.run_folder import EVALUATION, METRICS, RUN, RunFolder
from synthink.train.validate import RUN as VALIDATED


class JudgingVerb(Verb):
    """The keys of a verb that ends in a report."""

    split: str = "test"
    """The split whose rows the model is asked about."""
    rows: Annotated[int, Between(1)] | None = None
    """The number of rows of each dataset that the model is asked about; null: all."""
    score: str = "correct"
    """The figure that the verdict goes by: correct, gesture, overlap, character_accuracy, ..."""
    threshold: Annotated[float, Between(0, 1)] = THRESHOLD
    """The score from which on a dataset counts as learned."""


class Evaluate(JudgingVerb):
    """Ask a model about the rows of datasets, and write a report with a verdict."""

    name = "evaluate"
    summary = "ask a model, or one behind an API, and write a report with a verdict"
    positional = "dataset"
    groups = ("predictor", "trainer", "model")

    dataset: Annotated[Any, FolderName()] = None
    """The dataset's folder, or a list of several."""
    checkpoint: Folder | None = None
    """A run's folder, or weights of `model`; not needed with `predictor`."""
    before: Folder | None = None
    """Another checkpoint, with which the first is compared."""
    metric: str | None = None
    """The metric for datasets that no generator judges: exact, cer, overlap, ..."""
    output: Folder | None = None
    """The report's folder; null: evaluation/DATASET in the checkpoint's."""
    seed: int = 0
    """The seed by which examples for a prompt are picked."""
    sources: Sources = "refuse"
    """Whether files, folders and public addresses that a dataset's manifest names are opened, to draw its control."""
    code: Code = "refuse"
    """Whether the Python file is run that a manifest names as the code of its generator, and whose digest it holds."""

    def check(self) -> None:
        if self.metric is not None:
            metric_named(self.metric, [])

    def run(self, call: Call) -> VerbResult:
        with_predictor = call.groups.get("predictor") is not None
        datasets = [dataset for dataset, _ in open_datasets(self.dataset, self.sources, self.code)]
        ask = self._ask_predictor if with_predictor else self._ask_checkpoint
        return report_result(ask(call, datasets), asset_records_of(datasets))

    def _request(self, datasets: Sequence[Dataset], background: Background) -> Evaluation:
        """Which rows are asked about, and how answers are scored."""
        return Evaluation(
            datasets,
            split=self.split,
            rows=self.rows,
            metric=self.metric,
            score=self.score,
            threshold=self.threshold,
            background=background,
        )

    def _ask_predictor(self, call: Call, datasets: Sequence[Dataset]) -> Result:
        """Ask a model that was not trained here."""
        fields = dict(call.groups["predictor"])
        predictor: Predictor = group_settings(plugins.load(PREDICTORS, fields.pop("name")), fields, "predictor")
        request = self._request(datasets, Background(commands=[self.command(call)]))
        output = self.output or RUNS / f"{predictor.name}-{request.datasets[0].name}"
        return evaluate_predictor(request, predictor, user_path(output), self.seed)

    def _ask_checkpoint(self, call: Call, datasets: Sequence[Dataset]) -> Result:
        """Ask the model of a run's folder, or weights of `model`."""
        if not self.checkpoint:
            reason = "name a run's folder, or weights of model=..., or a predictor=..."
            raise ConfigError("checkpoint", self.checkpoint, reason)
        rows = [dataset.rows(self.split) for dataset in datasets]  # refused before a model is opened
        checkpoint = existing_checkpoint("checkpoint", self.checkpoint)
        earlier = existing_checkpoint("before", self.before) if self.before is not None else None
        model = open_model(checkpoint, call.groups)
        earlier_model = open_model(earlier, call.groups) if earlier is not None else None
        for answerer in (model, earlier_model):
            if answerer is not None:
                allow_long_answers(answerer, rows, self.rows)
        background = replace(_background(checkpoint, model, self.split), commands=[self.command(call)])
        output = self.output or report_folder(checkpoint if checkpoint.is_dir() else RUNS, datasets[0].name)
        return evaluate(
            self._request(datasets, background),
            model,
            user_path(output),
            control=model,
            before=earlier_model,
            progress=True,
        )


def report_folder(folder: Path, name: str) -> Path:
    """The folder for a report within a run's folder; `OutputError` where a link leads out of it."""
    output = folder / EVALUATION / name
    if not Path(os.path.realpath(output)).is_relative_to(os.path.realpath(folder)):
        raise OutputError(f"{output}: leads out of {folder} by a link; choose another output")
    return output


def _background(checkpoint: Path, model: Learner, split: str) -> Background:
    """What the run's folder says about a model, for the report."""
    facts: dict[str, Any] = {"model": model.name, "checkpoint": checkpoint.name, "split": split}
    run = RunFolder(checkpoint)
    outcome = run.finished() if checkpoint.is_dir() else None
    if not outcome:
        return Background(facts=facts)
    facts["trained"] = f"{outcome['steps']:,} steps in {outcome['seconds']:.0f} s ({outcome['stopped']})"
    return Background(facts=facts, config=run.request(), curve=read_curve(checkpoint / METRICS))


def open_model(checkpoint: Path, groups: Mapping[str, Any]) -> Learner:
    """The model of a run's folder, or weights in a file or folder for `model=...`."""
    if checkpoint.is_dir() and ((checkpoint / RUN).exists() or not _holds_weights(checkpoint)):
        return open_run(checkpoint, runtime=model_and_trainer(groups)[1])
    model, trainer = model_and_trainer(groups)
    return open_weights(replace(model, weights=str(checkpoint)), trainer)


def existing_checkpoint(key: str, path: str) -> Path:
    """The file or folder that a key names."""
    place = user_path(path)
    if not place.exists():
        raise AssetError(f"{key}={path}: no such file or folder")
    if (place / VALIDATED / RUN).exists() and not (place / RUN).exists():
        raise AssetError(f"{key}={place}: is a folder of `synthink validate`; its model is {place / VALIDATED}")
    return place


def _holds_weights(folder: Path) -> bool:
    """Whether a folder looks like one that transformers wrote."""
    return any((folder / name).exists() for name in ("config.json", "adapter_config.json"))


def report_result(result: Result, assets: Mapping[str, Any]) -> VerbResult:
    """The result that a report came to: scores, the verdict with its reasons, and the report's file.

    assets: the records of what the rows were drawn from.
    """
    scores = [
        f"{name}: {result.score_name} {summary.scores[result.score_name]}{_lenient(summary)}, of {summary.rows:,} rows"
        for name, summary in result.summaries.items()
    ]
    verdict = f"{result.verdict.word}: {' '.join(result.verdict.reasons)}"
    go_on = [f"go on:  {result.go_on}"] if result.go_on else []
    lines = [*scores, verdict, str(result.report), *go_on]
    headline = f"{result.verdict.word}; {'; '.join(scores)}"
    return VerbResult(score=result.score, assets=assets, lines=lines, headline=headline)


def _lenient(summary: Summary) -> str:
    """The score of answers in whatever sentence, where it is another than that of answers in the form asked for."""
    lenient = summary.scores.get(LENIENT)
    return f" (read leniently {lenient})" if lenient and lenient.mean > summary.scores["correct"].mean else ""
