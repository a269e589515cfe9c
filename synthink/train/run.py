"""`synthink train`: from a request to a folder with a model, or on from where it was killed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from synthink.errors import ConfigError, ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.rows import ENDLESS, DrawnRows, Row, Rows
from synthink.evaluate.scoring import score_answers
from synthink.progress import bar
from synthink.train.backends import CHECKPOINT, check_backend, find_trainer, open_learner, own_tokenizer
from synthink.train.data.preflight import Seen, check_pictures, check_texts
from synthink.train.fit import TrainingData, fit
from synthink.train.learner import Learner, Lengths, Texts
from synthink.train.request import Prepared, Request, find_tokenizer, find_weights, picture_side, provide_tokenizer
from synthink.train.run_folder import RunFolder
from synthink.train.settings import Model, Trainer

HELD_OUT = "validation"
Place = tuple[Rows, Any]
"""Rows, and the generator that judges answers about them (None: exact match)."""


def train(request: Request, progress: bool = False) -> dict[str, Any]:
    """Train as asked, or go on; what came out is also in the folder's `finished.json`.

    Raises `ModelError`, `ConfigError`, `AssetError` or `OutputError`; checkpoints stay, and the same request goes on
    from the last.
    """
    check_backend(request.trainer)
    weights, run = find_weights(request.model), RunFolder(request.output)
    learned, held_out = _learned(request), _held_out(request)
    with run.held():
        run.begin(request.plain(), request.overwrite)
        if (done := run.finished()) is not None:
            return done
        side = picture_side(request.model, learned[0])
        tokenizer = None
        if not own_tokenizer(request.trainer, weights):
            tokenizer = provide_tokenizer(request.model, weights, run.tokenizer, learned)
        ready = Prepared(request, run, learned, held_out, side, tokenizer, weights)
        outcome = {**_fitted(ready, progress), "image_px": side}
        run.finish(outcome)
        return outcome


def _fitted(ready: Prepared, progress: bool) -> dict[str, Any]:
    """Open a model, check the rows, and run the loop."""
    request = ready.request
    learner = open_learner(request.model, request.trainer, ready.tokenizer, ready.side, request.seed, ready.weights)
    lengths = _checked(ready, learner.texts, progress)
    learner.expect(lengths)
    rows = _first_rows(ready.held_out, request.trainer.curve_rows)
    material = TrainingData(
        ready.learned,
        [weight for _, weight in request.datasets] or [1.0],
        (lambda model: score(model, rows)) if rows else None,
        [Example(row["image"], row["prefix"], row["suffix"], row["id"]) for row, _ in rows],
    )
    outcome = fit(learner, request.trainer, material, ready.side, request.seed, ready.run, progress)
    return {**outcome, "lengths": list(lengths)}


def _learned(request: Request) -> list[Rows]:
    """What is learned from, a set of rows a dataset."""
    if request.stream:
        source = request.stream["train"].source
        count = source.rows("train") or ENDLESS
        return [DrawnRows(source, "train", count, f"{source.generator.name}/train", control=request.control)]
    if not request.datasets:
        raise ConfigError("dataset", None, "name a dataset folder, or trainer.stream=true to draw rows while training")
    found: list[Rows] = []
    for dataset, _ in request.datasets:
        rows = dataset.control("train") if request.control else dataset.rows("train")
        if rows is None:
            raise ModelError(f"{dataset.path}: nobody can draw its control; it was not made by a generator of synthink")
        found.append(rows)
    return found


def _held_out(request: Request) -> list[Place]:
    """The validation splits, with what judges answers about them."""
    if request.stream:
        drawn = request.stream.get(HELD_OUT)
        if not drawn:
            return []
        return [(DrawnRows(drawn.source, HELD_OUT, len(drawn), HELD_OUT, not request.control), drawn.generator)]
    found: list[Place] = []
    for dataset, _ in request.datasets:
        if HELD_OUT in dataset.splits:
            rows = dataset.control(HELD_OUT) if request.control else dataset.rows(HELD_OUT)
            if rows is not None:
                found.append((rows, dataset.generator))
    return found


def _first_rows(held_out: Sequence[Place], count: int) -> list[tuple[Row, Any]]:
    """The first rows of all validation splits in turn, each with its judge."""
    each = [[(rows.row(i), generator) for i in range(min(len(rows), count))] for rows, generator in held_out]
    return [pair for together in zip_longest(*each) for pair in together if pair is not None][:count]


def score(learner: Learner, rows: Sequence[tuple[Row, Any]]) -> float:
    """The share of right answers, as the rows' own generators judge."""
    examples = [Example(row["image"], row["prefix"], "", row["id"]) for row, _ in rows]
    answers = learner.answers(examples)
    judged = [score_answers([row], [answer], by or "exact")[0] for (row, by), answer in zip(rows, answers, strict=True)]
    return float(sum(each.scores["correct"] for each in judged) / len(judged))


def _checked(ready: Prepared, texts: Texts, progress: bool) -> Lengths:
    """The checks before the first step; the most tokens that rows take."""
    request = ready.request
    pictures = sum(len(rows) for dataset, _ in request.datasets for rows in map(dataset.rows, dataset.splits))
    seen: Seen = {}
    with bar(pictures, "pictures checked", progress) as advance:
        for dataset, _ in request.datasets:
            check_pictures({split: dataset.rows(split) for split in dataset.splits}, advance, seen)
    # The control asks and answers the same as the rows themselves, which need not be drawn for it.
    told: list[Rows] = [*ready.learned, *(rows for rows, _ in ready.held_out)]
    if request.control and request.datasets:
        told = [dataset.rows(split) for dataset, _ in request.datasets for split in dataset.splits if split != "test"]
    with bar(0, "texts checked", progress) as advance:
        lengths = check_texts(texts, told, advance)
    if request.stream:  # rows that were not looked at may be a little longer
        lengths = Lengths(*(min(texts.limit, length + length // 4 + 2) for length in lengths))
    return lengths


def open_run(path: Path, changed: Mapping[str, Any] | None = None) -> Learner:
    """The model of a finished run, ready to answer; `changed` fields of its trainer are taken from here.

    `AssetError` for a folder that holds none, `ModelError` for a run that is not finished.
    """
    run = RunFolder(path)
    asked, done = run.request(), run.finished()
    if done is None:
        raise ModelError(f"{path}: the run is not finished; the same command goes on with it")
    fields = dict(asked["trainer"])
    trainer = find_trainer(fields.pop("name")).build({**fields, **(changed or {})})
    weights = run.model / CHECKPOINT if (run.model / CHECKPOINT).exists() else run.model
    learner = open_learner(
        Model.build(asked["model"]), trainer, run.tokenizer, done["image_px"], asked["seed"], weights
    )
    learner.expect(Lengths(*done["lengths"]))
    return learner


def make_room(learner: Learner, asked: Sequence[Rows], count: int | None = None) -> None:
    """Let answers be as long as the longest right one of the first `count` rows of each set, or of all: the model may
    have learned from shorter ones."""
    examples = (rows.example(i) for rows in asked for i in range(min(len(rows), count or len(rows))))
    longest = max((learner.texts.encoded("", example.suffix).suffix for example in examples), default=0)
    learner.expect(learner.lengths._replace(suffix=max(longest, learner.lengths.suffix)))


def open_weights(model: Model, trainer: Trainer) -> Learner:
    """A model that was not trained here, ready to answer: weights and tokenizer as `model` names them."""
    if model.image_px is None:
        raise ConfigError("model.image_px", None, "weights alone do not tell the size of pictures")
    weights = find_weights(model)
    assert weights is not None, "the caller names them"
    tokenizer = None if own_tokenizer(trainer, weights) else find_tokenizer(model, weights)
    return open_learner(model, trainer, tokenizer, model.image_px, 0, weights)
