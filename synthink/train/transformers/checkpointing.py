"""Checkpoints to go on from, and the exported model, which others load."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from synthink.errors import ModelError
from synthink.files import remove, sync_tree
from synthink.train.transformers.batches import IMAGENET
from synthink.train.transformers.load_model import MERGED
from synthink.train.transformers.load_weights import class_of, silenced
from synthink.train.transformers.model_config import image_tokens
from synthink.train.transformers.texts import TOKENIZER, Pieces, SentencePieces

PARAMETERS, STATE = "parameters.safetensors", "optimiser.safetensors"
SEPARATOR = "/"
"""The separator between a parameter's name and the name of a part of its optimiser state."""


def save(folder: Path, named: Mapping[str, torch.Tensor], optimiser: torch.optim.Optimizer) -> None:
    """Write parameters and optimiser state into a folder; both lie there when it returns."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    names = {id(parameter): name for name, parameter in named.items()}
    state = {
        f"{names[id(parameter)]}{SEPARATOR}{key}": value.detach().cpu().contiguous()
        for parameter, parts in optimiser.state.items()
        for key, value in parts.items()
    }
    save_file({name: value.detach().cpu().contiguous() for name, value in named.items()}, str(folder / PARAMETERS))
    save_file(state, str(folder / STATE))
    sync_tree(folder)


def restore(folder: Path, named: Mapping[str, torch.Tensor], optimiser: torch.optim.Optimizer) -> None:
    """Take parameters and optimiser state from `save`'s folder. `ModelError` names a parameter that does not fit."""
    parameters, stored_state = _read(folder / PARAMETERS), _read(folder / STATE)
    for name in sorted({*named, *parameters}):
        has, wants = (tuple(values[name].shape) if name in values else None for values in (parameters, named))
        if has != wants:
            fault = "is missing" if has is None else f"has the shape {has}, the model wants {wants or 'no such weight'}"
            raise ModelError(f"{folder / PARAMETERS}: {name} {fault}: is it a checkpoint of another run?")
    with torch.no_grad():
        for name, value in named.items():
            value.copy_(parameters[name])
    names = {id(parameter): name for name, parameter in named.items()}
    order = [names[id(parameter)] for group in optimiser.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in stored_state.items():
        name, _, part = key.rpartition(SEPARATOR)
        if name not in order:
            raise ModelError(f"{folder / STATE}: {name} does not learn here: is it a checkpoint of another run?")
        state.setdefault(order.index(name), {})[part] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def _read(file: Path) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return dict(load_file(str(file)))
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{file}: the run cannot be resumed from it: {str(error).splitlines()[0]}") from None


def export_model(
    folder: Path, core: Any, state: Mapping[str, torch.Tensor], pieces: Pieces, dtype: torch.dtype, merged: str | None
) -> None:
    """Write a folder that `from_pretrained` reads: weights in `dtype`, configuration, processor, tokenizer.

    merged: the kind of adapter that is merged into `state`.
    """
    config = type(core.config).from_dict(core.config.to_dict())
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    config.text_config.use_cache = True
    if merged:
        setattr(config, MERGED, merged)
    with torch.device("meta"):
        plain = class_of(config.model_type)(config)
    weights = {name: value.detach().to("cpu", dtype, copy=False) for name, value in state.items()}
    plain.load_state_dict(weights, assign=True, strict=False)
    plain.tie_weights()
    plain.generation_config = core.generation_config
    unset = [name for name, value in plain.named_parameters() if value.is_meta]
    assert not unset, unset

    def write(to: Path) -> None:
        plain.save_pretrained(str(to))
        _processor(core.config, pieces).save_pretrained(str(to))

    _write_folder(folder, write, pieces)


def export_adapter(folder: Path, view: Any, core: Any, pieces: Pieces) -> None:
    """Write the adapter as peft reads it, and the processor next to it."""

    def write(to: Path) -> None:
        view.save_pretrained(str(to), save_embedding_layers=False)
        _processor(core.config, pieces).save_pretrained(str(to))

    _write_folder(folder, write, pieces)


def _write_folder(folder: Path, write: Callable[[Path], None], pieces: Pieces) -> None:
    """Write a folder under a temporary name, then rename it, so that it is never half-written."""
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    remove(temporary)
    temporary.mkdir(parents=True)
    try:
        with silenced():
            write(temporary)
        if isinstance(pieces, SentencePieces):
            (temporary / TOKENIZER).write_bytes(pieces.path.read_bytes())
        sync_tree(temporary)
        remove(folder)
        temporary.rename(folder)
    finally:
        remove(temporary)


def _processor(config: Any, pieces: Pieces) -> Any:
    """transformers' processor: the same pixels and tokens as here, for pictures that are squares already."""
    import transformers

    image_px = config.vision_config.image_size if config.model_type == "paligemma" else config.synthink_image_px
    options: dict[str, Any] = {"size": {"height": image_px, "width": image_px}, "resample": 2}  # bilinear
    options["image_seq_length"] = image_tokens(config, image_px)
    with silenced():
        tokenizer = pieces.for_hub()
        if config.model_type == "paligemma":
            return transformers.PaliGemmaProcessor(transformers.SiglipImageProcessor(**options), tokenizer)
        mean, spread = IMAGENET
        images = transformers.CLIPImageProcessor(
            image_mean=list(mean), image_std=list(spread), do_center_crop=False, **options
        )
        return transformers.Florence2Processor(images, tokenizer)
