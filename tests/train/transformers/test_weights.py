"""big_vision's npz and transformers' weights: the same bits there and back, and clear words for what does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.heavy

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from synthink.errors import ConfigError, ModelError  # noqa: E402
from synthink.train.big_vision import weights as npz  # noqa: E402
from synthink.train.transformers import model_config, weights  # noqa: E402
from tests.train.transformers.tiny import examples, tiny_learner, tiny_model  # noqa: E402

GEMMAS = ("gemma2_2b", "gemma_2b")


def written(folder: Path, learner: Any, **changes: Any) -> Path:
    """A learner's weights as npz; None leaves one out, an array replaces it."""
    table = weights.parts(learner.core.config, learner.core.state_dict())
    arrays: dict[str, Any] = weights.arrays(learner.core.state_dict(), table)
    for name, value in changes.items():
        found = next(each for each in arrays if each.endswith(name.replace("__", "/")))
        arrays[found] = value
    path = folder / "weights.npz"
    with path.open("wb") as file:
        np.savez(file, **{f"params/{name}": value for name, value in arrays.items() if value is not None})
    return path


@pytest.mark.parametrize("language", GEMMAS)
def test_there_and_back_is_the_same_bits(language: str, tmp_path: Path) -> None:
    model = tiny_model(language)
    learner = tiny_learner(tmp_path, model)
    path = written(tmp_path, learner)
    again = tiny_learner(tmp_path, model, weights=path, seed=1)
    state = again.core.state_dict()
    for name, value in learner.core.state_dict().items():
        assert torch.equal(value, state[name]), name
    table = weights.parts(again.core.config, state)
    with np.load(path) as before:
        after = weights.arrays(state, table)
        assert {f"params/{name}" for name in after} == set(before.files)
        for name, value in after.items():
            assert np.array_equal(before[f"params/{name}"], value), name


def test_as_many_keys_as_queries_are_one_array(tmp_path: Path) -> None:
    model = tiny_model(kv_heads=4)
    learner = tiny_learner(tmp_path, model)
    path = written(tmp_path, learner)
    assert "llm/layers/attn/qkv_einsum/w" in npz.headers(path)
    assert torch.equal(
        tiny_learner(tmp_path, model, weights=path, seed=1).core.model.language_model.layers[1].self_attn.v_proj.weight,
        learner.core.model.language_model.layers[1].self_attn.v_proj.weight,
    )


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_half_precision_becomes_float32(kind: str, tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path)
    table = weights.parts(learner.core.config, learner.core.state_dict())
    arrays = weights.arrays(learner.core.state_dict(), table)
    dtype = getattr(torch, kind)
    halves = {name: torch.from_numpy(value.copy()).to(dtype) for name, value in arrays.items()}
    stored = {
        name: value.numpy() if kind == "float16" else value.view(torch.int16).numpy().view("V2")
        for name, value in halves.items()
    }
    path = tmp_path / "half.npz"
    with path.open("wb") as file:
        np.savez(file, **stored)
    found = tiny_learner(tmp_path, weights=path).core.state_dict()
    assert {value.dtype for value in found.values()} == {torch.float32}
    again = weights.arrays(found, table)
    assert all(np.array_equal(again[name], halves[name].float().numpy()) for name in again)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"q_einsum__w": None}, "llm/layers/attn/q_einsum/w"),
        ({"img__head__kernel": np.zeros((32, 60), np.float32)}, r"img/head/kernel has the shape \(32, 60\)"),
        ({"final_norm__scale": np.zeros(64, np.int32)}, "llm/final_norm/scale has type <i4"),
        ({"final_norm__scale": np.array([{}] * 64)}, "llm/final_norm/scale has pickled objects"),
        ({"input_embedding": np.zeros((9000, 64), np.float32)}, "a vocabulary of 9000 pieces"),
    ],
)
def test_wrong_weights_are_named(changes: dict[str, Any], told: str, tmp_path: Path) -> None:
    path = written(tmp_path, tiny_learner(tmp_path), **changes)
    with pytest.raises(ModelError, match=told) as caught:
        tiny_learner(tmp_path, weights=path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_npz(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    path.write_bytes(b"not a zip file")
    with pytest.raises(ModelError, match=r"weights\.npz"):
        tiny_learner(tmp_path, weights=path)


def test_weights_of_another_family(tmp_path: Path) -> None:
    path = written(tmp_path, tiny_learner(tmp_path))
    with pytest.raises(ModelError, match="qkv_einsum/w among them: is it a checkpoint of another model"):
        tiny_learner(tmp_path, tiny_model("gemma2_2b", heads=2), weights=path)
    with pytest.raises(ModelError, match="no weights in npz"):
        tiny_learner(tmp_path, tiny_model("bart_base"), weights=path)


def test_missing_rows_of_the_vocabulary_are_drawn(tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path)
    rows = learner.core.config.text_config.vocab_size
    path = written(tmp_path, learner)
    more = tiny_learner(tmp_path, tiny_model(vocab_size=rows + 7), weights=path)
    table = more.core.model.language_model.embed_tokens.weight
    assert len(table) == rows + 7
    assert torch.equal(table[:rows], learner.core.model.language_model.embed_tokens.weight)
    assert 0.0 < float(table[rows:].detach().abs().max()) < 0.1
    with pytest.raises(ConfigError, match="vocab_size"):
        tiny_learner(tmp_path, tiny_model(vocab_size=rows - 1), weights=path)


def test_pictures_of_another_size(tmp_path: Path) -> None:
    small = tiny_learner(tmp_path)
    positions = torch.randn(16, 5)
    assert torch.equal(weights.resampled(positions, 16), positions)
    wider = weights.resampled(positions, 64).reshape(8, 8, 5)
    assert torch.allclose(wider[0, 0], positions[0]) and torch.allclose(wider[-1, -1], positions[-1])
    small.export(tmp_path / "model")
    from synthink.train.transformers.learner import TransformersLearner

    for source in (written(tmp_path, small), tmp_path / "model"):
        larger = TransformersLearner(tiny_model(), small.trainer, tmp_path / "tokenizer.model", 64, 0, source)
        assert larger.layout.image_tokens == 64
        assert np.isfinite(larger.loss(larger.prepare(examples(4, 64))))
        larger.export(tmp_path / "larger")
        again = TransformersLearner(tiny_model(), small.trainer, None, 64, 0, tmp_path / "larger")
        assert again.loss(again.prepare(examples(4, 64))) == larger.loss(larger.prepare(examples(4, 64)))


@pytest.mark.parametrize(
    ("name", "language", "billions"),
    [("paligemma", "gemma_2b", 2.92), ("paligemma2", "gemma2_2b", 3.03), ("paligemma2 10b", "gemma2_9b", 9.66)],
)
def test_the_real_models_have_their_size(name: str, language: str, billions: float) -> None:
    from synthink.train.settings import Model
    from synthink.train.transformers.load_model import class_of

    special = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 1}
    config = model_config.paligemma(Model(name=name, language=language), 224, 257_152, 257_152, special)
    assert model_config.image_tokens(config, 224) == 256
    with torch.device("meta"):
        count = class_of("paligemma")(config).num_parameters()
    assert count / 1e9 == pytest.approx(billions, abs=0.01)
