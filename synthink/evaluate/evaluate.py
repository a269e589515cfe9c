"""`synthink evaluate`: a model is asked about rows, its answers are scored, and one report says what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from synthink.errors import ConfigError, SourceNotOpened, did_you_mean
from synthink.evaluate.answerer import Answerer, Example, RowAnswerer
from synthink.evaluate.chance import chance_level, task_and_suffix
from synthink.evaluate.data.pixels import is_blank, refuse_blanks
from synthink.evaluate.data.rows import Dataset, DrawnRows, Row, Rows
from synthink.evaluate.named_metrics import Scorer
from synthink.evaluate.report.data import Background, Forgetting, ReportData
from synthink.evaluate.report.report import reject_foreign_files, write_report
from synthink.evaluate.scoring import ScoredAnswer, save_predictions, score_answers
from synthink.evaluate.summary import Summary, summarise
from synthink.evaluate.verdict import LENIENT, THRESHOLD, Verdict, form_remark, verdict
from synthink.files import write_atomically
from synthink.previews.contact_sheet import contact_sheet
from synthink.progress import bar

CHUNK = 256  # rows asked at a time
TRAINING_ROWS = 5000  # training answers among which the best guess is sought
SHEET_ROWS = 12  # pictures of the data in the report
RESULT = "result.json"


@dataclass(frozen=True)
class Evaluation:
    """A request: the rows that a model is asked about, how its answers are scored, and what the report says besides."""

    datasets: Sequence[Dataset]
    """The first one leads: the verdict and the report are about it. Of the others the scores are shown beside it."""
    split: str = "test"
    rows: int | None = None
    """The number of rows that are asked about, from the first on; None: all of the split."""
    metric: str | None = None
    """The metric that scores the answers, by name; None: the generator that drew the rows, or else `exact`."""
    score: str = "correct"
    """The score that the verdict goes by."""
    threshold: float = THRESHOLD
    """The score from which on a skill counts as learned."""
    background: Background = field(default_factory=Background)
    """Facts about the model, for the report."""
    result: Mapping[str, Any] = field(default_factory=dict)
    """Further entries of `result.json`."""

    def scorer(self, dataset: Dataset) -> Scorer | str:
        """Who scores answers about a dataset: the metric that was named, the dataset's generator, or equality."""
        return self.metric or dataset.generator_of(self.split) or "exact"


class Answers(NamedTuple):
    """A model's answers about one dataset, scored one by one, and what they come to."""

    scored: list[ScoredAnswer]
    summary: Summary


@dataclass(frozen=True)
class Result:
    """The outcome of an evaluation: a summary of each dataset, and the verdict and the leading score of the first."""

    summaries: Mapping[str, Summary]
    verdict: Verdict
    score_name: str
    score: float
    report: Path
    go_on: str = ""
    """The command that goes on with the run, where more steps may change the verdict; else empty."""


def evaluate(
    request: Evaluation,
    answerer: Answerer,
    output: Path,
    *,
    control: Answerer | None = None,
    control_trained: bool = False,
    before: Answerer | None = None,
    progress: bool = False,
) -> Result:
    """Ask a model, score its answers and write the report.

    control: the model that is asked about the same rows without their signal; `control_trained` says that it learned
    from such rows, too. before: a model that is asked about all datasets to see what was forgotten since. `output`
    receives `report.html`, `report.md`, `predictions-NAME.parquet` for each dataset, and `result.json`.

    Raises `OutputError` where `output` is no folder or holds somebody else's report, `ConfigError` for a metric or a
    score that is not known, and `ModelError` for rows that cannot be asked about.
    """
    reject_foreign_files(output)
    answers = ask_and_score(request, answerer, output, progress)
    first = request.datasets[0]
    without_signal = _control_rows(first, request.split) if control is not None else None
    control_summary = None
    if control is not None and without_signal is not None:
        control_summary = summarise(_scored(request, control, first, without_signal, progress, "control: evaluating"))
    forgetting = []
    for dataset in request.datasets if before is not None else ():
        assert before is not None
        summary = summarise(_scored(request, before, dataset, dataset.rows(request.split), progress))
        after = answers[dataset.name].summary.scores[request.score]
        forgetting.append(Forgetting(dataset.name, request.score, summary.scores[request.score], after))
    return conclude(request, answerer.name, answers, output, control_summary, control_trained, forgetting)


def ask_and_score(
    request: Evaluation, answerer: Answerer | RowAnswerer, output: Path, progress: bool = False
) -> dict[str, Answers]:
    """Dataset's name -> the scored answers of a model, which are also saved as `predictions-NAME.parquet`.

    Raises `ConfigError` where the answers about a dataset have no score of the name that the verdict goes by.
    """
    scored = {
        dataset.name: _scored(request, answerer, dataset, dataset.rows(request.split), progress)
        for dataset in request.datasets
    }
    for name, answers in scored.items():
        save_predictions(output / f"predictions-{name}.parquet", answers)
    summaries = {name: summarise(answers) for name, answers in scored.items()}
    for name, summary in summaries.items():
        if request.score not in summary.scores:
            reason = f"the answers about {name} have no such score; {did_you_mean(request.score, summary.scores)}"
            raise ConfigError("score", request.score, reason)
    return {name: Answers(scored[name], summary) for name, summary in summaries.items()}


def conclude(
    request: Evaluation,
    name: str,
    answers: Mapping[str, Answers],
    output: Path,
    control: Summary | None = None,
    control_trained: bool = False,
    forgetting: Sequence[Forgetting] = (),
) -> Result:
    """The verdict on answers that are there, and the report about them in `output`. name: what the model is called."""
    dataset = request.datasets[0]
    leading = answers[dataset.name]
    rows = first_rows(dataset.rows(request.split), request.rows)
    chance = chance_level(rows, request.scorer(dataset), _training_answers(dataset), request.score)
    judgement = verdict(
        leading.summary,
        control,
        chance.value,
        curve=request.background.curve,
        control_trained=control_trained,
        score=request.score,
        threshold=request.threshold,
    )
    remarks = (form_remark(leading.summary, request.score), request.background.stopped)
    judgement = replace(judgement, reasons=(*judgement.reasons, *filter(None, remarks)))
    columns = dataset.generator.columns if dataset.generator else {}
    data = ReportData(
        title=f"{name} on {dataset.name}",
        summary=leading.summary,
        background=request.background,
        verdict=judgement,
        control=control,
        control_trained=control_trained,
        chance=chance,
        score=request.score,
        threshold=request.threshold,
        forgetting=forgetting,
        answers=leading.scored,
        sheet=contact_sheet(columns, rows[:SHEET_ROWS]),
    )
    report = write_report(output, data)
    summaries = {dataset_name: scored.summary for dataset_name, scored in answers.items()}
    score = leading.summary.scores[request.score]
    entries = {
        "score": score.mean,
        "low": score.low,
        "high": score.high,
        "lenient": lenient.mean if (lenient := leading.summary.scores.get(LENIENT)) else None,
        "verdict": judgement.word,
        "control": control.scores[request.score].mean if control else None,
        "chance": chance.value,
        "datasets": {name: summary.scores[request.score].mean for name, summary in summaries.items()},
        **request.result,
    }
    write_atomically(output / RESULT, (json.dumps(entries, indent=1) + "\n").encode())
    return Result(summaries, judgement, request.score, score.mean, report, data.go_on)


def _control_rows(dataset: Dataset, split: str) -> DrawnRows | None:
    """The split's rows without their signal; None, and a line on stderr that says why, where they may not be drawn."""
    try:
        return dataset.control(split)
    except SourceNotOpened as error:
        print(f"no control: {error}", file=sys.stderr)
        return None


def first_rows(rows: Rows, count: int | None) -> list[Row]:
    """The first `count` rows; None: all of them."""
    return [rows.row(index) for index in range(len(rows) if count is None else min(count, len(rows)))]


def ask(answerer: Answerer | RowAnswerer, rows: Sequence[Row], progress: bool, stage: str = "evaluating") -> list[str]:
    """The answers in the rows' order. The answerer never sees a suffix. stage: what progress calls it."""
    answers: list[str] = []
    with bar(len(rows), "rows", progress, stage) as advance:
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            if isinstance(answerer, RowAnswerer):
                names = ("id", "prefix", *answerer.reads)
                answers += answerer.row_answers([{name: row.get(name) for name in names} for row in part])
            else:
                answers += answerer.answers([Example(row["image"], row["prefix"], "", row["id"]) for row in part])
            advance(len(part))
    return answers


def _scored(
    request: Evaluation,
    answerer: Answerer | RowAnswerer,
    dataset: Dataset,
    rows: Rows,
    progress: bool,
    stage: str = "evaluating",
) -> list[ScoredAnswer]:
    """The scored answers to a dataset's rows, or to its control's. `ModelError` where pictures show nothing at all."""
    asked_rows = first_rows(rows, request.rows)
    if not isinstance(rows, DrawnRows):  # a control may be blank
        refuse_blanks([row["id"] for row in asked_rows if is_blank(row["image"], row["id"])], len(asked_rows))
    return score_answers(asked_rows, ask(answerer, asked_rows, progress, stage), request.scorer(dataset))


def _training_answers(dataset: Dataset) -> list[tuple[str, str]]:
    """Task and suffix of the first rows that can be learned from."""
    if "train" not in dataset.splits:
        return []
    rows = dataset.rows("train")
    return [task_and_suffix(rows.row(index)) for index in islice(range(len(rows)), TRAINING_ROWS)]
