"""From a composed config to the requests of train, evaluate and validate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthink import plugins
from synthink.errors import AssetError, ConfigError
from synthink.evaluate.data.rows import open_datasets
from synthink.evaluate.evaluate import Evaluation, Result, evaluate
from synthink.evaluate.named_metrics import metric_named
from synthink.evaluate.predictor import Predictor, evaluate_predictor
from synthink.evaluate.report.data import Background
from synthink.settings import Settings, whole_number
from synthink.train.backends import find_trainer
from synthink.train.learner import Learner
from synthink.train.metrics import read_curve
from synthink.train.request import Request
from synthink.train.run import make_room, open_run, open_weights
from synthink.train.run_folder import METRICS, RUN, RunFolder
from synthink.train.settings import Model, Trainer
from synthink.train.validate import RUN as VALIDATED

RUNS = Path("runs")


def model_and_trainer(config: Mapping[str, Any]) -> tuple[Model, Trainer]:
    """The settings that a config's groups `model` and `trainer` ask for."""
    fields = dict(config["trainer"])
    return _built(Model, config["model"], "model"), _built(find_trainer(fields.pop("name")), fields, "trainer")


def _built(cls: Any, fields: Mapping[str, Any], group: str) -> Any:
    try:
        made: Settings = cls.build(fields)
    except ConfigError as error:
        raise error.under(group) from None
    return made


def check_values(config: Mapping[str, Any]) -> None:
    """The keys that config.yaml leaves untyped; `ConfigError` before anything is opened, made or asked."""
    whole_number("seed", config["seed"])
    for name in ("overwrite", "control"):
        if not isinstance(config[name], bool):
            raise ConfigError(name, config[name], "must be true or false")
    if config["rows"] is not None:
        whole_number("rows", config["rows"], 1)
    threshold = config["threshold"]
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise ConfigError("threshold", threshold, "must be a score, 0 to 1")
    if config["metric"] is not None:
        metric_named(config["metric"], [])


def train_request(config: Mapping[str, Any]) -> Request:
    """What `synthink train` is asked to do."""
    model, trainer = model_and_trainer(config)
    if trainer.stream:
        if config["dataset"] is not None:
            raise ConfigError("dataset", config["dataset"], "with trainer.stream=true rows are drawn, not read")
        stream = drawn(config)
        output = config["output"] or RUNS / f"{config['generator']['name']}"
        return Request(
            model, trainer, folder(output), (), stream, config["seed"], config["control"], config["overwrite"]
        )
    if config["dataset"] is None:
        raise ConfigError("dataset", None, "name a dataset folder, or trainer.stream=true to draw rows while training")
    datasets = open_datasets(config["dataset"])
    output = config["output"] or RUNS / "+".join(dataset.name for dataset, _ in datasets)
    return Request(
        model,
        trainer,
        folder(output),
        datasets,
        seed=config["seed"],
        control=config["control"],
        overwrite=config["overwrite"],
    )


def drawn(config: Mapping[str, Any]) -> dict[str, Any]:
    """Split -> the rows that a config's generator draws in it."""
    from synthink.core.dataset import dataset

    generator = dict(config["generator"])
    splits = dict(config["splits"])
    options = {"seed": config["seed"], "shares": splits.pop("shares"), "split_seed": splits.pop("seed")}
    name = generator.pop("name")
    made = dataset(name, size=0, split="train", **options, **generator)
    found = {"train": made}
    for split, size in splits.items():
        if split != "train" and size != 0:
            found[split] = dataset(made.generator, size=size, split=split, **options)
    return found


def evaluation(config: Mapping[str, Any], commands: Sequence[str], background: Background) -> Evaluation:
    """The request of `synthink evaluate`: which rows, and how answers are scored."""
    return Evaluation(
        [dataset for dataset, _ in open_datasets(config["dataset"])],
        split=config["split"],
        rows=config["rows"],
        metric=config["metric"],
        score=config["score"],
        threshold=config["threshold"],
        background=replace(background, commands=commands),
    )


def evaluate_with_predictor(config: Mapping[str, Any], commands: Sequence[str]) -> Result:
    """Ask a model that was not trained here."""
    fields = dict(config["predictor"])
    cls: type[Predictor] = plugins.load(plugins.PREDICTORS, fields.pop("name"))
    predictor = _built(cls, fields, "predictor")
    request = evaluation(config, commands, Background())
    output = config["output"] or RUNS / f"{predictor.name}-{request.datasets[0].name}"
    return evaluate_predictor(request, predictor, folder(output), config["seed"])


def evaluate_checkpoint(config: Mapping[str, Any], commands: Sequence[str]) -> Result:
    """Ask a model of a run's folder, or weights of `model`."""
    if config["checkpoint"] in (None, ""):
        raise ConfigError(
            "checkpoint", config["checkpoint"], "name a run's folder, or weights of model=..., or a predictor=..."
        )
    datasets = [dataset for dataset, _ in open_datasets(config["dataset"])]
    asked_rows = [dataset.rows(config["split"]) for dataset in datasets]  # refused before a model is opened
    place = _place(config, "checkpoint")
    if config["before"] is not None:
        _place(config, "before")
    output = config["output"] or (place if place.is_dir() else RUNS) / "evaluation" / datasets[0].name
    answerer, run = opened(config, "checkpoint"), RunFolder(place)
    before = opened(config, "before") if config["before"] is not None else None
    for each in (answerer, before):
        if each is not None:
            make_room(each, asked_rows, config["rows"])
    facts: dict[str, Any] = {"model": answerer.name, "checkpoint": place.name, "split": config["split"]}
    shown: dict[str, Any] = {}
    if place.is_dir() and (done := run.finished()):
        shown = run.asked()
        facts["trained"] = f"{done['steps']:,} steps in {done['seconds']:.0f} s"
    curve = read_curve(place / METRICS) if shown else []
    request = evaluation(config, commands, Background(facts=facts, config=shown, curve=curve))
    return evaluate(request, answerer, folder(output), control=answerer, before=before, progress=True)


def opened(config: Mapping[str, Any], key: str) -> Learner:
    """The model of a run's folder, or weights in a file for `model=...`."""
    place = _place(config, key)
    if place.is_dir() and ((place / RUN).exists() or not _holds_weights(place)):
        trainer = config["trainer"] if config["trainer"]["name"] == "big_vision" else {}
        return open_run(place, {"big_vision": path} if (path := trainer.get("big_vision")) else {})
    model, trainer = model_and_trainer(config)
    return open_weights(replace(model, weights=str(place)), trainer)


def _place(config: Mapping[str, Any], key: str) -> Path:
    """The file or folder that a key names."""
    place = Path(str(config[key])).expanduser()
    if not place.exists():
        raise AssetError(f"{key}={config[key]}: no such file or folder")
    if (place / VALIDATED / RUN).exists() and not (place / RUN).exists():
        raise AssetError(f"{key}={place}: is a folder of `synthink validate`; its model is {place / VALIDATED}")
    return place


def _holds_weights(place: Path) -> bool:
    """Whether a folder looks like one that transformers wrote."""
    return any((place / name).exists() for name in ("config.json", "adapter_config.json"))


def folder(output: Any) -> Path:
    """`output` as a path."""
    if not isinstance(output, str | Path) or not str(output):
        raise ConfigError("output", output, "must name a folder (one that is a number: ./7)")
    return Path(output).expanduser()
