"""`synthink train`: from a request to a folder with a trained model, or on from where the run was killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthink.progress import stages
from synthink.train.data.preflight import check_rows
from synthink.train.data.training_data import TrainingData, training_data
from synthink.train.learner import Learner
from synthink.train.loop import fit
from synthink.train.model_files import find_weights, picture_side, provide_tokenizer
from synthink.train.request import Request
from synthink.train.run_folder import RunFolder


def train_model(request: Request, progress: bool = False) -> dict[str, Any]:
    """Train a model, or go on with a run that was killed, or that is asked for more steps or more time than before; the
    outcome is also in the folder's `finished.json`.

    Raises `ModelError`, `ConfigError`, `AssetError` or `OutputError`. Checkpoints stay: the same request goes on from
    the last one.
    """
    request.trainer.check_installed()
    weights, data, run = find_weights(request.model), training_data(request), RunFolder(request.output)
    with run.held():
        trainer = request.trainer
        run.begin(request.plain(), request.overwrite, trainer.RUNTIME_FIELDS, trainer.END_FIELDS, request.last_step)
        if (outcome := run.finished()) is not None:
            if request.is_met_by(outcome):
                return outcome
            run.reject_without_checkpoint()
        image_px = picture_side(request.model, data.rows[0])
        with stages("rows", progress) as show:
            with show.busy(f"{request.label}opening the model"):
                learner = _open(request, data, image_px, weights, run)
            lengths = check_rows(request, data, learner.texts, show)
        learner.set_max_lengths(lengths)
        with stages("steps", progress) as show:
            outcome = fit(learner, request, data, image_px, run, show)
        outcome |= {"lengths": list(lengths), "image_px": image_px}
        run.finish(outcome, trainer.keep_last)
        return outcome


def _open(request: Request, data: TrainingData, image_px: int, weights: Path | str | None, run: RunFolder) -> Learner:
    model, trainer = request.model, request.trainer
    tokenizer = None
    if not trainer.brings_own_tokenizer(weights):
        tokenizer = provide_tokenizer(model, weights, run.tokenizer, data.rows)
    return trainer.open(model, tokenizer, image_px, request.seed, weights)
