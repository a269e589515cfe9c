"""LoRA by peft: small matrices next to the language model's frozen ones, which may be in 4 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from synthink.errors import ModelError
from synthink.train.transformers.load_weights import first_line, silenced
from synthink.train.transformers.settings import TransformersSettings

WEIGHTS = "adapter_model.safetensors"
ADAPTED = r".*\blanguage_model\..*\.([qkvo]_proj|gate_proj|up_proj|down_proj|out_proj|fc1|fc2)"
"""The language model's matrices, by Gemma's names and by BART's. The vision tower has some of the same names."""


def add_adapter(core: Any, trainer: TransformersSettings, seed: int, base: str | None) -> Any:
    """Put a new adapter into `core`, which changes nothing yet; peft's view of the model.

    base: the name or place of the weights, which an exported adapter names.
    """
    with silenced(), torch.random.fork_rng(devices=[]):
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


def load_adapter(core: Any, folder: Path, base: str) -> Any:
    """Put an exported adapter into `core`, ready to learn on; peft's view. `ModelError` names file and weight."""
    with silenced():
        from peft import PeftConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    file = folder / WEIGHTS
    try:
        config = PeftConfig.from_pretrained(str(folder))
        config.inference_mode, config.base_model_name_or_path = False, base
        with silenced():
            view = get_peft_model(core, config)
        weights = load_file(str(file))
    except (OSError, SafetensorError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{file}: no adapter that fits: {first_line(error)}") from None
    wanted = get_peft_model_state_dict(view)
    for name, value in wanted.items():
        if name not in weights:
            raise ModelError(f"{file}: {name} is missing")
        if weights[name].shape != value.shape:
            shapes = f"the shape {tuple(weights[name].shape)}, the model {tuple(value.shape)}"
            raise ModelError(f"{file}: {name} has {shapes}")
    set_peft_model_state_dict(view, weights)
    return view


def merged_weights(core: Any) -> dict[str, torch.Tensor]:
    """The model's weights by their plain names, with the adapter added and 4 bits made float32 again."""
    from peft.tuners.lora import LoraLayer

    state: dict[str, torch.Tensor] = {}
    for name, module in core.named_modules():
        if isinstance(module, LoraLayer):
            weight = _float32(module.get_base_layer().weight)
            state[f"{name}.weight"] = weight + module.get_delta_weight("default").to(weight)
            bias = getattr(module.get_base_layer(), "bias", None)
            if bias is not None:
                state[f"{name}.bias"] = bias.data
    for name, value in core.state_dict().items():
        if ".lora_" not in name and ".base_layer." not in name:
            state[name] = value
    return state


def _float32(weight: Any) -> torch.Tensor:
    """A matrix in float32, in whatever form it is stored."""
    if getattr(weight, "quant_state", None) is None:
        return weight.data
    from bitsandbytes.functional import dequantize_4bit

    return dequantize_4bit(weight.data, weight.quant_state).float()
