"""`synthink evaluate`: rows are asked, answers judged, and one report says what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from synthink.errors import ConfigError, OutputError, did_you_mean
from synthink.evaluate.answerer import Answerer, Example
from synthink.evaluate.chance import chance_level, task_and_suffix
from synthink.evaluate.data.rows import Dataset, Row, Rows
from synthink.evaluate.report.curves import CurvePoint
from synthink.evaluate.report.report import Forgetting, ReportData, Shots, write_report
from synthink.evaluate.scoring import Judgement, judge, save_predictions
from synthink.evaluate.summary import Summary, summarise
from synthink.evaluate.verdict import THRESHOLD, Verdict, verdict
from synthink.files import write_whole
from synthink.progress import bar
from synthink.train.metrics import read
from synthink.train.run_folder import METRICS

CHUNK = 256  # rows asked at a time
TRAINING = 5000  # training answers among which the best guess is sought
SHEET = 12  # pictures of the data in the report
RESULT = "result.json"


@dataclass(frozen=True)
class Evaluation:
    """What is asked whom.

    datasets: the first one leads, the others stand beside it. metric: judges rows that no generator can. control: who
    is asked about the same rows without their signal (a model trained on such rows where `control_trained`); None:
    nobody. before: asked about the same rows, to see what was forgotten. score: of the judge's figures the one that the
    verdict goes by. run, control_run: folders whose curves are shown. facts, config, commands: for the report.
    """

    answerer: Answerer
    datasets: Sequence[Dataset]
    split: str = "test"
    rows: int | None = None
    metric: str | None = None
    control: Answerer | None = None
    control_trained: bool = False
    before: Answerer | None = None
    score: str = "correct"
    threshold: float = THRESHOLD
    run: Path | None = None
    control_run: Path | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    commands: Sequence[str] = ()
    shots: Sequence[Shots] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    """More for `result.json`."""


@dataclass(frozen=True)
class Result:
    """What came of it."""

    summaries: Mapping[str, Summary]
    verdict: Verdict
    score_name: str
    score: float
    report: Path


def evaluate(asked: Evaluation, output: Path, progress: bool = False) -> Result:
    """Ask, judge and report: `report.html`, `report.md`, `predictions-NAME.parquet` and `result.json` in `output`."""
    if output.exists() and not output.is_dir():
        raise OutputError(f"{output}: is not a folder")
    judged = {each.name: _judged(asked, asked.answerer, each, progress) for each in asked.datasets}
    for name, judgements in judged.items():
        save_predictions(output / f"predictions-{name}.parquet", judgements)
    summaries = {name: summarise(judgements) for name, judgements in judged.items()}
    for name, each in summaries.items():
        if asked.score not in each.scores:
            told = f"the answers about {name} have none; {did_you_mean(asked.score, each.scores)}"
            raise ConfigError("score", asked.score, told)
    first = asked.datasets[0]
    lead, rows = summaries[first.name], dataset_rows(first.rows(asked.split), asked.rows)
    out = _control(asked, first, progress)
    chance = chance_level(rows, _judge(asked, first), _training(first), asked.score)
    course = curve(asked.run)
    found = verdict(
        lead,
        out,
        chance.value,
        curve=course,
        control_trained=asked.control_trained,
        score=asked.score,
        threshold=asked.threshold,
    )
    data = ReportData(
        title=f"{asked.answerer.name} on {first.name}",
        summary=lead,
        verdict=found,
        facts=asked.facts,
        config=asked.config,
        commands=asked.commands,
        control=out,
        control_trained=asked.control_trained,
        chance=chance,
        score=asked.score,
        threshold=asked.threshold,
        curve=course,
        control_curve=curve(asked.control_run),
        forgetting=_forgetting(asked, summaries, progress),
        shots=asked.shots,
        judgements=judged[first.name],
        sheet=_sheet(first, rows),
    )
    report = write_report(output, data)
    write_whole(output / RESULT, _result(asked, summaries, found, out, chance.value))
    return Result(summaries, found, asked.score, lead.scores[asked.score].mean, report)


def _judge(asked: Evaluation, dataset: Dataset) -> Any:
    """Who judges answers about a dataset: the metric that was named, its generator, or equality."""
    return asked.metric or dataset.generator or "exact"


def _judged(asked: Evaluation, answerer: Answerer, dataset: Dataset, progress: bool) -> list[Judgement]:
    return judged_answers(answerer, dataset.rows(asked.split), _judge(asked, dataset), asked.rows, progress)


def _forgetting(asked: Evaluation, after: Mapping[str, Summary], progress: bool) -> list[Forgetting]:
    """The score on every dataset of who was asked before, beside that of who is asked now."""
    found = []
    for dataset in asked.datasets if asked.before is not None else ():
        assert asked.before is not None
        before = summarise(_judged(asked, asked.before, dataset, progress)).scores[asked.score]
        found.append(Forgetting(dataset.name, asked.score, before, after[dataset.name].scores[asked.score]))
    return found


def _control(asked: Evaluation, dataset: Dataset, progress: bool) -> Summary | None:
    """The score without the signal; None where nobody is to be asked, or nobody can draw it."""
    rows = dataset.control(asked.split)
    if asked.control is None or rows is None:
        return None
    return summarise(judged_answers(asked.control, rows, _judge(asked, dataset), asked.rows, progress))


def _result(
    asked: Evaluation, summaries: Mapping[str, Summary], found: Verdict, out: Summary | None, chance: float
) -> bytes:
    """`result.json`: the figures that tables of several runs are made of."""
    score = summaries[asked.datasets[0].name].scores[asked.score]
    told: dict[str, Any] = {"score": score.mean, "low": score.low, "high": score.high, "verdict": found.word}
    told |= {"control": out.scores[asked.score].mean if out else None, "chance": chance}
    told |= {"datasets": {name: each.scores[asked.score].mean for name, each in summaries.items()}, **asked.told}
    return (json.dumps(told, indent=1) + "\n").encode()


def dataset_rows(rows: Rows, count: int | None) -> list[Row]:
    """The first rows, or all."""
    return [rows.row(index) for index in range(len(rows) if count is None else min(count, len(rows)))]


def judged_answers(answerer: Answerer, rows: Rows, by: Any, count: int | None, progress: bool) -> list[Judgement]:
    """The judged answers to the first rows, or to all."""
    whole = dataset_rows(rows, count)
    return judge(whole, ask(answerer, whole, progress), by)


def ask(answerer: Answerer, rows: Sequence[Row], progress: bool) -> list[str]:
    """Answers in the rows' order; the answerer never sees the suffix."""
    answers: list[str] = []
    with bar(len(rows), "rows asked", progress) as advance:
        for start in range(0, len(rows), CHUNK):
            part = [Example(row["image"], row["prefix"], "", row["id"]) for row in rows[start : start + CHUNK]]
            answers += answerer.answers(part)
            advance(len(part))
    return answers


def _training(dataset: Dataset) -> list[tuple[str, str]]:
    if "train" not in dataset.splits:
        return []
    rows = dataset.rows("train")
    return [task_and_suffix(rows.row(index)) for index in islice(range(len(rows)), TRAINING)]


def _sheet(dataset: Dataset, rows: Sequence[Row]) -> bytes:
    """A contact sheet of the first rows, with boxes where it is known which columns are."""
    from synthink.preview.page import contact_sheet

    columns = dataset.generator.columns if dataset.generator else {}
    return contact_sheet(columns, rows[:SHEET])


def curve(run: Path | None) -> list[CurvePoint]:
    """Loss and validation score by step, from a run's metrics."""
    lines = read(run / METRICS) if run else []
    return [
        CurvePoint(line["step"], line.get("loss"), line.get("score"))
        for line in lines
        if "loss" in line or "score" in line
    ]
