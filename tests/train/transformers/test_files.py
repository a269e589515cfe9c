"""Checkpoints give the same next step, and exports the same answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from synthink.errors import ModelError  # noqa: E402
from synthink.train.settings import Model  # noqa: E402
from synthink.train.transformers.learner import TransformersLearner  # noqa: E402
from synthink.train.transformers.trainer import TransformersTrainer  # noqa: E402
from tests.train.transformers.tiny import SIDES, examples, learn, tiny_learner, tiny_model, tokenizer_at  # noqa: E402

ADAPTERS = ("none", "lora", "qlora")


def needs(adapter: str) -> None:
    if adapter != "none":
        pytest.importorskip("peft")
    if adapter == "qlora":
        pytest.importorskip("bitsandbytes")
        pytest.importorskip("accelerate")


def opened(model: Model, folder: Path, **trainer: Any) -> TransformersLearner:
    """An export, with nothing but what lies in its folder."""
    settings = TransformersTrainer.build({"device": "cpu", "batch_size": 8, **trainer})
    made = TransformersLearner(model, settings, None, SIDES[model.language], 5, folder)
    made.set_max_lengths(made.lengths._replace(suffix=6))
    return made


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_a_run_goes_on_as_if_nothing_had_happened(adapter: str, optimiser: str, tmp_path: Path) -> None:
    needs(adapter)
    options = {"adapter": adapter, "optimiser": optimiser, "learning_rate": 1e-2, "weight_decay": 0.01}
    first = tiny_learner(tmp_path, **options)
    learn(first, 3)
    first.answers(examples(2, first.image_px))  # a look on the way changes nothing
    first.save(tmp_path / "kept")
    first.loss(first.prepare(examples(2, first.image_px)))
    wanted = learn(first, 3, start=3)
    second = tiny_learner(tmp_path, **options)
    learn(second, 1)  # what it has learned is replaced
    torch.rand(7)
    second.restore(tmp_path / "kept")
    assert learn(second, 3, start=3) == wanted
    for name, value in first.core.state_dict().items():
        assert torch.equal(value, second.core.state_dict()[name]), name


def test_florence_goes_on_too(tmp_path: Path) -> None:
    first = tiny_learner(tmp_path, tiny_model("bart_base"), freeze_vision=True)
    learn(first, 2)
    first.save(tmp_path / "kept")
    second = tiny_learner(tmp_path, tiny_model("bart_base"), freeze_vision=True)
    second.restore(tmp_path / "kept")
    assert learn(second, 2, start=2) == learn(first, 2, start=2)


def test_checkpoints_of_others_are_refused(tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path)
    learn(learner, 1)
    learner.save(tmp_path / "kept")
    with pytest.raises(ModelError, match=r"parameters\.safetensors: model\..*another run"):
        tiny_learner(tmp_path, tiny_model(mlp_dim=80)).restore(tmp_path / "kept")
    with pytest.raises(ModelError, match=r"optimiser\.safetensors: model\.\S+ does not learn here"):
        tiny_learner(tmp_path, parts="attention").restore(tmp_path / "kept")
    (tmp_path / "kept" / "parameters.safetensors").write_bytes(b"{}")
    with pytest.raises(ModelError, match=r"parameters\.safetensors"):
        learner.restore(tmp_path / "kept")
    with pytest.raises(ModelError, match="the run cannot be resumed from it"):
        learner.restore(tmp_path / "nowhere")


@pytest.mark.parametrize("language", ["gemma2_2b", "gemma_2b", "bart_base"])
def test_an_export_answers_the_same(language: str, tmp_path: Path) -> None:
    model = tiny_model(language)
    learner = tiny_learner(tmp_path, model)
    losses = learn(learner, 25)
    learner.export(tmp_path / "model")
    learner.export(tmp_path / "model")  # over the one before
    again = opened(model, tmp_path / "model")
    found = examples(10, learner.image_px)
    assert again.answers(found) == learner.answers(found)
    batch = learner.prepare(found)
    assert again.loss(batch) == learner.loss(batch) < losses[0]
    assert again.core.config.text_config.use_cache is not None
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_an_export_is_read_by_transformers_alone(tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path)
    learn(learner, 25)
    learner.export(tmp_path / "model")
    row = examples(1, 32)[0]
    processor = transformers.AutoProcessor.from_pretrained(str(tmp_path / "model"))
    core = transformers.PaliGemmaForConditionalGeneration.from_pretrained(str(tmp_path / "model"))
    inputs = processor(images=[row.image], text=[f"<image>{row.prefix}"], return_tensors="pt")
    inputs.pop("labels", None)
    ids = core.generate(**inputs, max_new_tokens=6)[0, inputs["input_ids"].shape[1] :]
    assert processor.tokenizer.decode(ids, skip_special_tokens=True) == learner.answers([row])[0]


def test_an_export_in_bfloat16_is_half_as_large(tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path)
    learner.export(tmp_path / "whole")
    half = tiny_learner(tmp_path, export_precision="bfloat16")
    half.export(tmp_path / "half")
    sizes = [(tmp_path / name / "model.safetensors").stat().st_size for name in ("whole", "half")]
    assert sizes[1] < 0.55 * sizes[0]
    table = opened(tiny_model(), tmp_path / "half").core.model.language_model.embed_tokens.weight
    assert torch.equal(table, learner.core.model.language_model.embed_tokens.weight.bfloat16().float())


@pytest.mark.parametrize("adapter", ["lora", "qlora"])
@pytest.mark.parametrize("base", ["nothing", "npz", "folder", "merged"])
def test_an_adapter_answers_the_same_after_export(adapter: str, base: str, tmp_path: Path) -> None:
    needs(adapter)
    from synthink.train.big_vision import weights as npz
    from synthink.train.transformers import weights

    model, source = tiny_model(), None
    start = tiny_learner(tmp_path, model)
    if base == "npz":
        source = tmp_path / "base.npz"
        table = weights.parts(start.core.config, start.core.state_dict())
        npz.save(source, weights.arrays(start.core.state_dict(), table))
    elif base != "nothing":
        source = tmp_path / "base"
        start.export(source)
    options = {"adapter": adapter, "learning_rate": 3e-2, "merge": base == "merged"}
    learner = tiny_learner(tmp_path, model, weights=source, **options)
    learn(learner, 6)
    found = examples(8, learner.image_px)
    wanted, loss = learner.answers(found), learner.loss(learner.prepare(found))
    learner.export(tmp_path / "model")
    alone = base in ("npz", "folder")
    assert (tmp_path / "model" / "adapter_config.json").exists() == alone
    assert (tmp_path / "model" / "model.safetensors").exists() != alone
    for kind in (adapter, "none") if not (alone and adapter == "qlora") else (adapter,):
        again = opened(model, tmp_path / "model", adapter=kind)
        assert again.loss(learner.prepare(found)) == pytest.approx(loss, abs=2e-2 if adapter == "qlora" else 1e-4)
        if kind == adapter == "lora":
            assert again.answers(found) == wanted
        assert again.trainable


def test_an_adapter_is_read_by_peft_alone_and_goes_on(tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    model = tiny_model()
    tiny_learner(tmp_path, model).export(tmp_path / "base")
    learner = tiny_learner(tmp_path, model, weights=tmp_path / "base", adapter="lora", learning_rate=1e-2)
    learn(learner, 6)
    learner.export(tmp_path / "model")
    core = transformers.PaliGemmaForConditionalGeneration.from_pretrained(str(tmp_path / "base"))
    view = peft.PeftModel.from_pretrained(core, str(tmp_path / "model"))
    found = {name: value for name, value in view.get_base_model().named_parameters() if ".lora_" in name}
    assert found.keys() == learner.trainable.keys()
    assert all(torch.equal(value, learner.trainable[name]) for name, value in found.items())
    again = opened(model, tmp_path / "model", adapter="lora", learning_rate=1e-2)
    assert learn(again, 3)[-1] < learner.loss(learner.prepare(examples(8, 32)))


def damaged(folder: Path, file: str, **changes: Any) -> None:
    path = folder / file
    content = json.loads(path.read_text())
    for name, value in changes.items():
        *places, last = name.split("__")
        inner = content
        for place in places:
            inner = inner[place]
        inner[last] = value
    path.write_text(json.dumps(content))


def test_folders_that_do_not_fit_are_named(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "model"
    tiny_learner(tmp_path).export(folder)
    with pytest.raises(ModelError, match="hidden_size 64, model=tiny wants 80"):
        opened(tiny_model(width=80), folder)
    with pytest.raises(ModelError, match="model_type 'paligemma', the model is 'florence2'"):
        opened(tiny_model("bart_base"), folder)
    with pytest.raises(ModelError, match="the tokenizer one of 1"):
        damaged(folder, "config.json", text_config__vocab_size=900)
        opened(tiny_model(), folder)
    tiny_learner(tmp_path).export(folder)
    state = load_file(str(folder / "model.safetensors"))
    name = next(each for each in state if each.endswith("layers.1.mlp.up_proj.weight"))
    for wrong, told in ((None, "missing"), (torch.zeros(3, 3), "shape|size")):
        kept = {key: value for key, value in state.items() if key != name}
        save_file(kept if wrong is None else {**kept, name: wrong}, str(folder / "model.safetensors"), {"format": "pt"})
        with pytest.raises(ModelError, match=told) as caught:
            opened(tiny_model(), folder)
        assert str(folder) in str(caught.value) and "up_proj" in str(caught.value)
    (folder / "model.safetensors").unlink()
    torch.save(state, folder / "pytorch_model.bin")  # pickled: never read
    with pytest.raises(ModelError, match="model"):
        opened(tiny_model(), folder)
    with pytest.raises(ModelError, match="nobody/nothing"):
        TransformersLearner(
            tiny_model(), TransformersTrainer(device="cpu"), tokenizer_at(tmp_path), 32, 0, "nobody/nothing"
        )


def test_adapters_that_do_not_fit_are_named(tmp_path: Path) -> None:
    pytest.importorskip("peft")
    from safetensors.torch import load_file, save_file

    model, folder = tiny_model(), tmp_path / "model"
    tiny_learner(tmp_path, model).export(tmp_path / "base")
    learner = tiny_learner(tmp_path, model, weights=tmp_path / "base", adapter="lora")
    learner.export(folder)
    state = load_file(str(folder / "adapter_model.safetensors"))
    name = sorted(state)[0]
    for value in (None, torch.zeros(2, 2)):
        kept = {key: each for key, each in state.items() if key != name}
        save_file(kept if value is None else {**kept, name: value}, str(folder / "adapter_model.safetensors"))
        with pytest.raises(ModelError, match=r"adapter_model\.safetensors: .*lora"):
            opened(model, folder, adapter="lora")
    damaged(folder, "adapter_config.json", base_model_name_or_path=str(tmp_path / "gone"))
    with pytest.raises(ModelError, match="gone, on which it was trained, does not exist"):
        opened(model, folder, adapter="lora")
    (folder / "adapter_config.json").write_text("[]")
    with pytest.raises(ModelError, match=r"adapter_config\.json"):
        opened(model, folder, adapter="lora")


def test_a_folder_with_the_names_of_older_releases(tmp_path: Path) -> None:
    """As the checkpoints of PaliGemma on the hub have them."""
    from safetensors.torch import load_file, save_file

    learner, folder = tiny_learner(tmp_path), tmp_path / "model"
    learner.export(folder)
    renamed = {}
    for name, value in load_file(str(folder / "model.safetensors")).items():
        name = name.replace("model.language_model.", "language_model.model.")
        name = name.replace("model.vision_tower.", "vision_tower.vision_model.")
        renamed[name.replace("model.multi_modal_projector.", "multi_modal_projector.")] = value
    assert not any(name.startswith("model.") for name in renamed)
    save_file(renamed, str(folder / "model.safetensors"), {"format": "pt"})
    again = opened(tiny_model(), folder)
    assert all(torch.equal(value, again.core.state_dict()[name]) for name, value in learner.core.state_dict().items())


def test_a_run_on_another_picture_size_starts_from_a_folder(tmp_path: Path) -> None:
    tiny_learner(tmp_path).export(tmp_path / "model")
    larger = TransformersLearner(tiny_model(), TransformersTrainer(device="cpu"), None, 48, 0, tmp_path / "model")
    assert np.isfinite(larger.loss(larger.prepare(examples(2, 48))))
    with pytest.raises(Exception, match="multiple of the patch"):
        TransformersLearner(tiny_model(), TransformersTrainer(device="cpu"), None, 50, 0, tmp_path / "model")
