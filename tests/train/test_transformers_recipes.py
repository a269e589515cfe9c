"""The seeds' settings, ready for datasets of their shape. Needs neither torch nor transformers."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
import yaml

from synthink.train.settings import Model, Transformers
from synthink.train.transformers import variants

RECIPES = ("finetune_paligemma2", "meter_paligemma", "meter_florence2")


def opened(path: str) -> dict[str, Any]:
    text = files("synthink.conf").joinpath(path).read_text()
    # Hydra reads 5e-5 as a number, as YAML 1.2 does.
    return {key: _numbers(value) for key, value in yaml.safe_load(text).items()}


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def built(name: str) -> tuple[Model, Transformers]:
    recipe = opened(f"recipe/{name}.yaml")
    chosen = {group.split("/")[1]: option for each in recipe["defaults"] for group, option in each.items()}
    assert chosen["trainer"] == "transformers"
    model = opened(f"model/{chosen['model']}.yaml")
    model.pop("defaults")
    return Model.build({**model, **recipe["model"]}), Transformers.build(recipe["trainer"])


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
