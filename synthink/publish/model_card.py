"""The card of a model: what it is, what it scored and how that was measured, and how it is used and made again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthink.build.licence import card_fields
from synthink.evaluate.report.data import ReportData
from synthink.pages.text import as_yaml, code_block, for_markdown
from synthink.publish.reports import PublishedReport
from synthink.version import VERSION

TASK = "image-text-to-text"
METRICS = {"correct": "accuracy"}
"""Score -> its name among the hub's metrics, where it has one."""


@dataclass(frozen=True)
class ModelFacts:
    """The facts that a card states besides the reports.

    request, outcome: what the run was asked, and what became of it. datasets: repository -> tag. loader: the function
    that loads the model; load_line: the whole line.
    """

    repo: str
    request: Mapping[str, Any]
    outcome: Mapping[str, Any]
    datasets: Mapping[str, str]
    loader: str
    load_line: str
    licence: str | None = None

    @property
    def model(self) -> str:
        """The name of the model's settings."""
        return str(self.request["model"].get("name", "model"))

    @property
    def base_model(self) -> str | None:
        """The model on the hub that the run started from, where it is there."""
        weights = str(self.request["model"].get("weights") or "")
        is_name = weights.count("/") == 1 and not weights.endswith(".npz") and not weights.startswith(".")
        return weights if is_name else None

    @property
    def library(self) -> str:
        """The library that loads the model; where it is no other, that of the trainer."""
        package = self.loader.partition(".")[0]
        return package if package != "huggingface_hub" else str(self.request["trainer"].get("name", "synthink"))


def model_card(facts: ModelFacts, reports: Sequence[PublishedReport]) -> str:
    """The whole text of the card."""
    return f"---\n{front_matter(facts, reports)}\n---\n\n" + "\n\n".join(_parts(facts, reports)) + "\n"


def front_matter(facts: ModelFacts, reports: Sequence[PublishedReport]) -> str:
    """The card's data for the hub as YAML; scores stand in it as `model-index`."""
    from huggingface_hub import ModelCardData

    results = [result for report in reports for result in _results(facts, report)]
    data = ModelCardData(
        pipeline_tag=TASK,
        library_name=facts.library,
        base_model=facts.base_model,
        datasets=list(facts.datasets) or None,
        tags=["synthink", facts.model],
        model_name=facts.repo.rpartition("/")[2] if results else None,
        eval_results=results or None,
        **(card_fields(facts.licence) if facts.licence else {}),
    )
    return str(data.to_yaml())


def _results(facts: ModelFacts, report: PublishedReport) -> Iterator[Any]:
    """The scores of a report as the hub takes them, the leading one first."""
    from huggingface_hub import EvalResult

    data, repo = report.data, next(iter(facts.datasets), None) if len(facts.datasets) == 1 else None
    scores = sorted(data.summary.scores.items(), key=lambda score: score[0] != data.score)
    for name, score in [*scores, *data.summary.errors.items()]:
        yield EvalResult(
            task_type=TASK,
            dataset_type=repo or report.dataset,
            dataset_name=report.dataset,
            dataset_split=report.split,
            dataset_revision=(facts.datasets[repo] or None) if repo else None,
            metric_type=METRICS.get(name, name),
            metric_name=f"{name}, {score.rows} rows, 95 % interval {score.low:.4g} to {score.high:.4g}",
            metric_value=round(score.mean, 6),
        )


def _parts(facts: ModelFacts, reports: Sequence[PublishedReport]) -> Iterator[str]:
    yield f"# {for_markdown(facts.repo.rpartition('/')[2])}"
    yield _summary(facts)
    for report in reports:
        yield f"{for_markdown(report.data.title)}: {_verdict(report.data)}"
    yield "## Use it"
    module = facts.loader.partition(".")[0]
    yield code_block(f"import {module}\n\nmodel = {facts.load_line}", "python")
    yield "The repository is a folder of `synthink train`, which `synthink evaluate` and `synthink canvas` open:"
    yield code_block(
        f"hf download {facts.repo} --local-dir model\nsynthink evaluate dataset=FOLDER checkpoint=model", "sh"
    )
    for report in reports:
        yield report.section().rstrip()
    yield "## Training"
    yield _training(facts)
    yield "<details><summary>Configuration</summary>"
    yield code_block(as_yaml(facts.request).rstrip(), "yaml")
    yield "</details>"
    yield "## Licence"
    yield f"The weights: {for_markdown(facts.licence or 'none was named; ask who published them')}."


def _summary(facts: ModelFacts) -> str:
    start = f", from the weights `{facts.base_model}`" if facts.base_model else ""
    links = [_link(name, tag) for name, tag in facts.datasets.items()]
    on = f" on {' and '.join(links)}" if links else ""
    control = " Its pictures had no mark or ink: it is a control." if facts.request.get("control") else ""
    return (
        f"A vision-language model that learned to read ink: `{facts.model}`, {facts.outcome['parameters']:,} "
        f"parameters, trained by synthink {VERSION}{on}{start}.{control}"
    )


def _link(name: str, tag: str) -> str:
    from huggingface_hub import constants

    return f"[{name}]({constants.ENDPOINT}/datasets/{name}{f'/tree/{tag}' if tag else ''})"


def _verdict(data: ReportData) -> str:
    score = data.summary.scores[data.score]
    word = f"**{data.verdict.word}**, " if data.verdict else ""
    return f"{word}{for_markdown(data.score)} {score} on {score.rows:,} rows"


def _training(facts: ModelFacts) -> str:
    trainer, outcome = facts.request["trainer"], facts.outcome
    rows = {
        "trainer": trainer.get("name", ""),
        "steps": f"{outcome['steps']:,} of {trainer.get('batch_size', '?')} rows in {outcome['seconds']:,.0f} s",
        "ended because": outcome["stopped"],
        "validation score": outcome["score"],
        "picture": f"{outcome['image_px']} x {outcome['image_px']} px",
        "seed": facts.request.get("seed"),
    }
    for dataset in facts.request.get("datasets", []):
        rows[f"dataset {dataset['path']}"] = (
            f"weight {dataset['weight']}, SHA-256 of its manifest {dataset['manifest']}"
        )
    lines = [f"| {for_markdown(name)} | {for_markdown(value)} |" for name, value in rows.items() if value is not None]
    return "\n".join(["| | |", "|---|---|", *lines])
