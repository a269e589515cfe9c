"""The seeds' settings, ready for datasets of their shape. Needs neither torch nor transformers."""

from __future__ import annotations

import pytest

from synthink.cli.compose import compose
from synthink.cli.verbs.train import Train, model_and_trainer
from synthink.train.settings import Model
from synthink.train.transformers import variants
from synthink.train.transformers.trainer import TransformersTrainer

RECIPES = ("finetune_paligemma2", "meter_paligemma", "meter_florence2")


def built(name: str) -> tuple[Model, TransformersTrainer]:
    model, trainer = model_and_trainer(compose(Train, [f"experiment={name}", "dataset=data"]))
    assert isinstance(trainer, TransformersTrainer)
    return model, trainer


@pytest.mark.parametrize(
    ("name", "rows", "epochs", "warm"),
    [("finetune_paligemma2", 2256, 3, 2), ("meter_paligemma", 136, 2, 2), ("meter_florence2", 138, 2, 0)],
)
def test_steps_follow_from_epochs(name: str, rows: int, epochs: int, warm: int) -> None:
    _, trainer = built(name)
    assert trainer.steps * trainer.batch_size == rows * epochs
    assert round(trainer.warmup * trainer.steps) == warm
    assert trainer.steps % trainer.save_every == 0


@pytest.mark.parametrize("name", RECIPES)
def test_models_have_their_measures(name: str) -> None:
    model, trainer = built(name)
    width = {"finetune_paligemma2": 2304, "meter_paligemma": 2048, "meter_florence2": 768}[name]
    assert variants.language(model).width == width
    assert variants.vision(model)[1] == (32 if model.kind == "florence2" else 14)
    assert (trainer.adapter == "qlora") == (model.kind == "paligemma")
    assert model.weights is not None and "/" in model.weights
