"""`synthink train`: from a request to a folder with a trained model, or on from where the run was killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthink.train.data.preflight import check_rows
from synthink.train.data.training_data import TrainingData, training_data
from synthink.train.learner import Learner
from synthink.train.loop import fit
from synthink.train.model_files import find_weights, picture_side, provide_tokenizer
from synthink.train.request import Request
from synthink.train.run_folder import RunFolder


def train_model(request: Request, progress: bool = False) -> dict[str, Any]:
    """Train a model, or go on with a run that was killed; the outcome is also in the folder's `finished.json`.

    Raises `ModelError`, `ConfigError`, `AssetError` or `OutputError`. Checkpoints stay: the same request goes on from
    the last one.
    """
    request.trainer.check_installed()
    weights, data, run = find_weights(request.model), training_data(request), RunFolder(request.output)
    with run.held():
        run.begin(request.plain(), request.overwrite, request.trainer.RUNTIME_FIELDS)
        if (outcome := run.finished()) is not None:
            return outcome
        image_px = picture_side(request.model, data.rows[0])
        learner = _open(request, data, image_px, weights, run)
        lengths = check_rows(request, data, learner.texts, progress)
        learner.set_max_lengths(lengths)
        outcome = fit(learner, request, data, image_px, run, progress)
        outcome |= {"lengths": list(lengths), "image_px": image_px}
        run.finish(outcome)
        return outcome


def _open(request: Request, data: TrainingData, image_px: int, weights: Path | str | None, run: RunFolder) -> Learner:
    model, trainer = request.model, request.trainer
    tokenizer = None
    if not trainer.brings_own_tokenizer(weights):
        tokenizer = provide_tokenizer(model, weights, run.tokenizer, data.rows)
    return trainer.open(model, tokenizer, image_px, request.seed, weights)
