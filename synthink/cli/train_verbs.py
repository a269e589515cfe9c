"""The verbs train, evaluate and validate, once their config is composed."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from synthink.cli.train_config import (
    check_values,
    evaluate_checkpoint,
    evaluate_with_predictor,
    folder,
    model_and_trainer,
    train_request,
)
from synthink.errors import ConfigError
from synthink.evaluate.evaluate import Result


def train_from(config: Mapping[str, Any]) -> float | None:
    """Train as a plain config asks, and say what came out. The validation score, for sweepers."""
    from synthink.train.run import train

    check_values(config)
    asked = train_request(config)
    outcome = train(asked, progress=True)
    score = "" if outcome["score"] is None else f", validation score {outcome['score']:.3f}"
    steps = f"{outcome['steps']:,} steps in {outcome['seconds']:.0f} s ({outcome['stopped']})"
    print(f"{asked.output}: {outcome['parameters']:,} parameters, {steps}{score}")
    first = f"dataset={asked.datasets[0][0].path} " if asked.datasets else ""
    print(f"ask it:  synthink evaluate {first}checkpoint={asked.output}")
    return None if outcome["score"] is None else float(outcome["score"])


def evaluate_from(config: Mapping[str, Any]) -> float | None:
    """Evaluate as a plain config asks. The score of the first dataset."""
    check_values(config)
    ask = evaluate_checkpoint if config.get("predictor") is None else evaluate_with_predictor
    return _told(ask(config, [_command("evaluate", config)]))


def validate_from(config: Mapping[str, Any]) -> float | None:
    """Generate, train, train a control, evaluate, report. The held-out score."""
    from synthink.cli.overrides import request
    from synthink.train.validate import validate

    check_values(config)
    model, trainer = model_and_trainer(config)
    if trainer.stream:
        raise ConfigError("trainer.stream", True, "validate makes a dataset; train can draw rows while training")
    output = folder(config["output"] or Path("runs") / config["generator"]["name"])
    asked = request(config)
    if asked["splits"].get("test", 0) == 0:
        raise ConfigError("splits.test", asked["splits"].get("test"), "validate asks held-out rows of the split test")
    generate = {name: value for name, value in asked.items() if name not in ("output", "overwrite")}
    result = validate(
        model,
        trainer,
        output,
        generate,
        seed=config["seed"],
        overwrite=config["overwrite"],
        rows=config["rows"],
        score=config["score"],
        threshold=config["threshold"],
        config=_shown(config),
        commands=[_command("validate", config)],
        overrides=_changed(config),
        progress=True,
    )
    return _told(result)


def _told(result: Result) -> float:
    for name, summary in result.summaries.items():
        print(f"{name}: {result.score_name} {summary.scores[result.score_name]}, of {summary.rows:,} rows")
    print(f"{result.verdict.word}: {' '.join(result.verdict.reasons)}")
    print(result.report)
    return result.score


def _shown(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a config that says what was done."""
    return {name: value for name, value in config.items() if value is not None and name not in ("hydra", "overrides")}


def _changed(config: Mapping[str, Any]) -> dict[str, str]:
    """The overrides of a job of a sweep."""
    return dict(override.split("=", 1) for override in config.get("overrides", ()) if "=" in override)


def _command(verb: str, config: Mapping[str, Any]) -> str:
    return shlex.join(["synthink", verb, *config.get("overrides", ())])


RUN: Mapping[str, Callable[[Mapping[str, Any]], float | None]] = {
    "train": train_from,
    "evaluate": evaluate_from,
    "validate": validate_from,
}
