"""`synthink evaluate predictor=...`: a model behind an API, asked with more and more examples in its prompt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthink.errors import ConfigError
from synthink.evaluate.api_models.answerer import answerers
from synthink.evaluate.api_models.prompt import pick_shots
from synthink.evaluate.api_models.settings import API_MODELS
from synthink.evaluate.data.rows import open_datasets
from synthink.evaluate.evaluate import Evaluation, Result, dataset_rows, evaluate, judged_answers
from synthink.evaluate.intervals import interval
from synthink.evaluate.report.plots import Shots
from synthink.progress import bar

ANSWERS = "answers.jsonl"


def evaluate_api(config: Mapping[str, Any], runs: Path, command: str) -> Result:
    """Ask as a plain config says; the report leads with the largest number of examples and plots all of them.

    runs: the folder in which an output lies that the config does not name.
    """
    fields = dict(config["predictor"])
    try:
        settings = API_MODELS[fields.pop("name")].build(fields)
    except ConfigError as error:
        raise error.under("predictor") from None
    (dataset, _), *others = open_datasets(config["dataset"])
    if others:
        raise ConfigError("dataset", config["dataset"], "a predictor is asked about one dataset at a time")
    output = Path(config["output"] or runs / f"{settings.name}-{dataset.name}").expanduser()
    rows, by = dataset.rows(config["split"]), config["metric"] or dataset.generator or "exact"
    names = [row["id"] for row in dataset_rows(rows, config["rows"])]
    examples = pick_shots(dataset.rows("train"), dataset.generator, max(settings.shots), config["seed"], names)
    output.mkdir(parents=True, exist_ok=True)
    shots: list[Shots] = []
    usage: dict[str, Any] = {}
    with bar(len(names) * len(settings.shots), "rows asked", True) as advance:
        asked = answerers(settings, examples, output / ANSWERS, advance)
        for count, answerer in zip(settings.shots, asked, strict=True):
            judged = judged_answers(answerer, rows, by, config["rows"], False)
            for metric in judged[0].scores:
                found = interval([each.scores[metric] for each in judged if metric in each.scores])
                shots.append(Shots(settings.model, count, metric, found.mean, found.low, found.high))
            usage[f"{count} examples"] = answerer.usage.told()
            print(f"{answerer.name}: {usage[f'{count} examples']}")
    evaluation = Evaluation(
        asked[-1],
        [dataset],
        split=config["split"],
        rows=config["rows"],
        metric=config["metric"],
        score=config["score"],
        threshold=config["threshold"],
        facts={"model": settings.model, "split": config["split"], **usage},
        config={"predictor": settings.plain()},
        commands=[command],
        shots=shots,
    )
    return evaluate(evaluation, output)
