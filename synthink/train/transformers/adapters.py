"""LoRA by peft: small matrices beside the language model's frozen ones, which may be in 4 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from synthink.errors import ModelError
from synthink.train.settings import Transformers
from synthink.train.transformers.load_weights import first_line, quiet

WEIGHTS = "adapter_model.safetensors"
ADAPTED = r".*\blanguage_model\..*\.([qkvo]_proj|gate_proj|up_proj|down_proj|out_proj|fc1|fc2)"
"""The language model's matrices, by Gemma's names and by BART's; the picture's tower has some of the same names."""


def check_installed(adapter: str) -> None:
    """`ModelError` says what to type when a package is missing."""
    from importlib.util import find_spec

    for package in ("peft", "bitsandbytes", "accelerate")[: {"none": 0, "lora": 1, "qlora": 3}[adapter]]:
        if find_spec(package) is None:
            raise ModelError(f"trainer.adapter={adapter} needs the package {package}: pip install {package}")


def add(core: Any, trainer: Transformers, seed: int, base: str | None) -> Any:
    """A new adapter, which changes nothing yet. `core` has it inside; what is returned is peft's view of it."""
    with quiet(), torch.random.fork_rng(devices=[]):
        from peft import LoraConfig, get_peft_model

        config = LoraConfig(
            r=trainer.lora_rank,
            lora_alpha=trainer.lora_alpha,
            lora_dropout=0.0,
            target_modules=ADAPTED,
            base_model_name_or_path=base,
        )
        torch.manual_seed(seed)
        return get_peft_model(core, config)


def load(core: Any, folder: Path, base: str) -> Any:
    """An adapter that was exported, ready to learn on. `ModelError` names file and weight."""
    with quiet():
        from peft import PeftConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    file = folder / WEIGHTS
    try:
        config = PeftConfig.from_pretrained(str(folder))
        config.inference_mode, config.base_model_name_or_path = False, base
        with quiet():
            view = get_peft_model(core, config)
        found = load_file(str(file))
    except (OSError, SafetensorError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{file}: no adapter that fits: {first_line(error)}") from None
    wanted = get_peft_model_state_dict(view)
    for name, value in wanted.items():
        if name not in found:
            raise ModelError(f"{file}: {name} is missing")
        if found[name].shape != value.shape:
            raise ModelError(f"{file}: {name} has the shape {tuple(found[name].shape)}, the model {tuple(value.shape)}")
    set_peft_model_state_dict(view, found)
    return view


def whole(core: Any) -> dict[str, torch.Tensor]:
    """The model's weights by their plain names, adapters worked in and 4 bits made numbers again."""
    from peft.tuners.lora import LoraLayer

    state: dict[str, torch.Tensor] = {}
    for name, module in core.named_modules():
        if isinstance(module, LoraLayer):
            weight = _numbers(module.get_base_layer().weight)
            state[f"{name}.weight"] = weight + module.get_delta_weight("default").to(weight)
            bias = getattr(module.get_base_layer(), "bias", None)
            if bias is not None:
                state[f"{name}.bias"] = bias.data
    for name, value in core.state_dict().items():
        if ".lora_" not in name and ".base_layer." not in name:
            state[name] = value
    return state


def _numbers(weight: Any) -> torch.Tensor:
    """A matrix in float32, whatever it is kept in."""
    if getattr(weight, "quant_state", None) is None:
        return weight.data
    from bitsandbytes.functional import dequantize_4bit

    return dequantize_4bit(weight.data, weight.quant_state).float()
