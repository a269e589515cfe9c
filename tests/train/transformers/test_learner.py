"""Small models of transformers learn rows by heart, and where they should: adapters, parts, what is not frozen."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.heavy

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from synthink.errors import ConfigError, ModelError  # noqa: E402
from synthink.train.optimisation import learning_rate  # noqa: E402
from synthink.train.transformers.device import out_of_memory  # noqa: E402
from synthink.train.transformers.learner import TransformersLearner  # noqa: E402
from synthink.train.transformers.trainer import TransformersTrainer  # noqa: E402
from tests.train.transformers.tiny import examples, learn, tiny_learner, tiny_model, tokenizer_at  # noqa: E402

LANGUAGE = "model.language_model."
VISION = ("model.vision_tower.", "model.multi_modal_projector.")


def weights(learner: Any) -> dict[str, Any]:
    return {name: value.detach().clone() for name, value in learner.core.state_dict().items()}


def changed(before: dict[str, Any], learner: Any) -> set[str]:
    return {name for name, value in learner.core.state_dict().items() if not torch.equal(value, before[name])}


@pytest.mark.parametrize(("language", "steps"), [("gemma2_2b", 40), ("gemma_2b", 40), ("bart_base", 40)])
def test_rows_are_learned_by_heart(language: str, steps: int, tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path, tiny_model(language), steps=steps)
    losses = learn(learner, steps)
    assert losses[0] > 5.0
    assert losses[-1] < 0.1
    found = examples(8, learner.image_px)
    assert learner.answers(found) == [row.suffix for row in found]
    assert learner.loss(learner.prepare(found)) == pytest.approx(losses[-1], rel=0.2)


def test_the_question_matters(tmp_path: Path) -> None:
    """Suffixes are not looked at when rows are answered, and the same picture is answered by its question."""
    learner = tiny_learner(tmp_path)
    one = examples(1, learner.image_px)[0]
    rows = [one._replace(prefix="which letter?", suffix="A"), one._replace(prefix="answer", suffix="B")]
    batch = learner.prepare(rows)
    for number in range(40):
        learner.step(batch, number)
    assert learner.answers([row._replace(suffix="C") for row in rows]) == ["A", "B"]


@pytest.mark.parametrize("language", ["gemma2_2b", "bart_base"])
def test_a_seed_is_a_model(language: str, tmp_path: Path) -> None:
    torch.manual_seed(1)
    first = tiny_learner(tmp_path, tiny_model(language))
    after = torch.rand(())
    torch.manual_seed(1)
    assert torch.equal(torch.rand(()), after)  # nobody else's numbers are drawn
    second, third = tiny_learner(tmp_path, tiny_model(language)), tiny_learner(tmp_path, tiny_model(language), seed=1)
    assert not changed(weights(first), second)
    assert changed(weights(first), third)
    assert learn(first, 3) == learn(second, 3)


def test_parts_of_a_batch_make_the_same_step(tmp_path: Path) -> None:
    whole, parts = tiny_learner(tmp_path), tiny_learner(tmp_path, accumulate=4)
    assert learn(whole, 3) == pytest.approx(learn(parts, 3), rel=1e-4)


def test_activations_are_computed_again_to_the_same_numbers(tmp_path: Path) -> None:
    for language in ("gemma2_2b", "bart_base"):
        plain = tiny_learner(tmp_path, tiny_model(language))
        again = tiny_learner(tmp_path, tiny_model(language, remat=True))
        layers = [module for module in again.core.modules() if getattr(module, "gradient_checkpointing", False)]
        assert layers
        assert learn(plain, 2) == pytest.approx(learn(again, 2), rel=1e-5)


@pytest.mark.parametrize("adapter", ["lora", "qlora"])
@pytest.mark.parametrize("language", ["gemma2_2b", "bart_base"])
def test_adapters_learn_and_nothing_else(adapter: str, language: str, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    if adapter == "qlora":
        pytest.importorskip("bitsandbytes")
        pytest.importorskip("accelerate")
    learner = tiny_learner(tmp_path, tiny_model(language), adapter=adapter, learning_rate=2e-2)
    before = weights(learner)
    adapted = {name.split(".lora_")[0] for name in learner.trainable}
    assert all(name.startswith(LANGUAGE) for name in learner.trainable)
    kinds = {name.rpartition(".")[2] for name in adapted}
    gemma = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}
    assert kinds == ({"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"} if language == "bart_base" else gemma)
    losses = learn(learner, 6 if adapter == "qlora" else 12)
    assert losses[-1] < losses[0] - 1.0
    assert changed(before, learner) == set(learner.trainable)
    in_four_bits = {name for name, value in learner.core.named_parameters() if value.dtype == torch.uint8}
    if adapter == "qlora":
        assert in_four_bits == {f"{name}.base_layer.weight" for name in adapted}
        assert all(name.startswith(LANGUAGE) for name in in_four_bits)
    else:
        assert not in_four_bits


def test_adapters_of_the_real_model_have_their_size() -> None:
    """r (inputs + outputs) for each of 7 matrices in 26 layers."""
    peft = pytest.importorskip("peft")
    from synthink.train.settings import Model
    from synthink.train.transformers import adapters, model_config
    from synthink.train.transformers.load_model import class_of

    special = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 1}
    config = model_config.paligemma(Model(name="paligemma2"), 224, 257_152, 257_152, special)
    with torch.device("meta"):
        core = class_of("paligemma")(config)
        view = peft.get_peft_model(core, peft.LoraConfig(r=8, target_modules=adapters.ADAPTED))
    count = sum(value.numel() for name, value in view.named_parameters() if ".lora_" in name)
    assert count == 26 * 8 * (2 * (2304 + 2048) + 2 * (2304 + 1024) + 3 * (2304 + 9216))


@pytest.mark.parametrize("language", ["gemma2_2b", "bart_base"])
def test_a_frozen_tower_stays_as_it_is(language: str, tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path, tiny_model(language), freeze_vision=True, weight_decay=0.1)
    before = weights(learner)
    learn(learner, 3)
    moved = changed(before, learner)
    assert moved and not any(name.startswith(VISION) for name in moved)
    assert {name for name in before if name.startswith(LANGUAGE) and "k_proj.bias" not in name} <= moved


@pytest.mark.parametrize(
    ("parts", "told"), [("language", LANGUAGE), ("attention", "self_attn"), (r"layers\.1\.mlp", "layers.1.mlp")]
)
def test_parts_learn_by_name(parts: str, told: str, tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path, parts=parts)
    before = weights(learner)
    learn(learner, 2)
    moved = changed(before, learner) - {"lm_head.weight"}  # the same tensor as the table of the tokens
    assert moved and all(told in name for name in moved)


def test_sgd_learns(tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path, optimiser="sgd", learning_rate=0.1)
    losses = learn(learner, 8)
    assert losses[-1] < losses[0] - 1.0


def test_gradients_are_cut(tmp_path: Path) -> None:
    """With plain descent the update is as long as the rate says, once the gradient is cut to 1."""
    learner = tiny_learner(tmp_path, optimiser="sgd", learning_rate=0.5, warmup=0.0, clip_norm=1.0)
    before = weights(learner)
    step = learner.step(learner.prepare(examples(8, learner.image_px)), 0)
    assert float(step.gradient_norm) > 1.0
    moved = [learner.core.state_dict()[name] - value for name, value in before.items() if name != "lm_head.weight"]
    assert float(torch.stack([each.norm() for each in moved]).norm()) == pytest.approx(step.learning_rate, rel=1e-3)


@pytest.mark.parametrize("warmup", [0.0, 0.1, 1.0])
def test_rates(warmup: float) -> None:
    trainer = TransformersTrainer(steps=20, warmup=warmup)
    rise = max(1, round(20 * warmup))
    rising = [(number + 1) / rise for number in range(rise)]
    cosine = [learning_rate(trainer, 1.0, number) for number in range(20)]
    assert cosine[:rise] == pytest.approx(rising)
    assert cosine[rise:] == sorted(cosine[rise:], reverse=True)
    line = [learning_rate(trainer, 1.0, number, "linear") for number in range(20)]
    assert line[:rise] == pytest.approx(rising)
    assert line[rise:] == pytest.approx([1 - number / max(1, 20 - rise) for number in range(20 - rise)])


@pytest.mark.parametrize(
    ("trainer", "told"),
    [
        ({"parts": "["}, r"trainer\.parts"),
        ({"parts": "no such weight"}, r"trainer\.parts.*like model\."),
        ({"adapter": "lora", "parts": "attention"}, r"trainer\.parts"),
        ({"device": "abacus"}, r"trainer\.device"),
    ],
)
def test_settings_that_do_not_go_are_named(trainer: dict[str, Any], told: str, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    with pytest.raises(ConfigError, match=told):
        tiny_learner(tmp_path, **trainer)


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ({"language": "gemma9"}, r"model\.language"),
        ({"vision": "So400m"}, r"model\.vision"),
        ({"heads": 3}, r"model\.width"),
        ({"vision": "mu/7"}, r"model\.image_px"),
    ],
)
def test_measures_that_do_not_go_are_named(model: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=told):
        tiny_learner(tmp_path, dataclasses.replace(tiny_model(), **model))


def test_florence_has_positions_for_1600_px(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"model\.image_px=1632: must be at most 1600"):
        TransformersLearner(tiny_model("bart_base"), TransformersTrainer(), tokenizer_at(tmp_path), 1632, 0, None)


def test_what_to_do_when_memory_runs_out() -> None:
    for batch_size, accumulate, told in ((8, 2, "accumulate=4"), (48, 16, "accumulate=48"), (4, 4, "qlora")):
        trainer = TransformersTrainer(batch_size=batch_size, accumulate=accumulate)
        with pytest.raises(ModelError, match=told), out_of_memory(trainer, batch_size):
            raise torch.OutOfMemoryError("CUDA out of memory")


def test_bfloat16_keeps_weights_in_float32(tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path, precision="bfloat16")
    exact = tiny_learner(tmp_path)
    batch = learner.prepare(examples(8, learner.image_px))
    assert 0.0 < abs(learner.loss(batch) - exact.loss(batch)) < 0.1
    losses = learn(learner, 10)
    assert losses[-1] < losses[0] - 1.0
    assert {value.dtype for value in learner.core.state_dict().values()} == {torch.float32}
