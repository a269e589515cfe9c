"""transformers' models from weights by name, in float32 or with the language model's matrices in 4 bits."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from logging import ERROR, getLogger
from typing import Any

import torch

from synthink.errors import ConfigError, ModelError
from synthink.train.transformers.weights import resampled

TOWER, PROJECTOR, LANGUAGE = "model.vision_tower.", "model.multi_modal_projector.", "model.language_model."


@contextmanager
def silenced() -> Iterator[None]:
    """Silence transformers' progress bars and reports: what they say is checked here, and raised."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    # peft imports bitsandbytes, whether 4 bits are wanted or not, and it then warns of packages that it lacks.
    bitsandbytes = getLogger("bitsandbytes")
    bitsandbytes_level = bitsandbytes.level
    bitsandbytes.setLevel(ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        bitsandbytes.setLevel(bitsandbytes_level)
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def class_of(kind: str) -> Any:
    """The class of transformers for `Model.kind`."""
    import transformers

    name = "PaliGemmaForConditionalGeneration" if kind == "paligemma" else "Florence2ForConditionalGeneration"
    return getattr(transformers, name)


def build_model(
    name: str, config: Any, state: Mapping[str, torch.Tensor] | None, quantised: torch.dtype | None, device: str
) -> Any:
    """A model from a state dict, or from the folder or hub name `name`. `ModelError` names weights that do not fit.

    quantised: the precision in which matrices, then kept in 4 bits, are multiplied; None: all stay in float32.
    """
    cls = class_of(config.model_type)
    options: dict[str, Any] = {"config": config, "dtype": torch.float32, "output_loading_info": True}
    options["ignore_mismatched_sizes"] = True  # they are reported, and refused below by name
    if quantised:
        options |= {"quantization_config": _four_bits(cls, config, quantised), "device_map": {"": device}}
    try:
        if state is not None:
            core, report = cls.from_pretrained(None, state_dict=dict(state), **options)
        else:
            # Safetensors alone: other files are unpickled.
            core, report = cls.from_pretrained(name, use_safetensors=True, trust_remote_code=False, **options)
    except Exception as error:  # files from outside fail in every way there is
        if isinstance(error, torch.OutOfMemoryError):
            raise
        raise ModelError(f"{name}: its weights cannot be loaded: {first_line(error)}") from None
    for problem, keys in (("missing", report["missing_keys"]), ("of another shape", report["mismatched_keys"])):
        if keys:
            first = sorted(key if isinstance(key, str) else key[0] for key in keys)[0]
            raise ModelError(f"{name}: {len(keys)} weights are {problem}, {first} among them")
    return core if quantised else core.to(device)


def _four_bits(cls: Any, config: Any, compute_dtype: torch.dtype) -> Any:
    """4 bits (nf4, with quantised scales) for the language model's matrices, and for nothing else."""
    from transformers import BitsAndBytesConfig

    with torch.device("meta"):
        skeleton = cls(config)
    linear = [name for name, module in skeleton.named_modules() if isinstance(module, torch.nn.Linear)]
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute_dtype,
        # Full names: a pattern like "vision_tower" is matched from the start of a name and would exclude nothing.
        llm_int8_skip_modules=[name for name in linear if not name.startswith(LANGUAGE)],
    )


def fit_positions(core: Any, image_px: int) -> None:
    """Resample the position embeddings for pictures of another size than the weights were trained on."""
    config = core.config.vision_config
    if config.image_size == image_px:
        return
    if image_px % config.patch_size:
        raise ConfigError("model.image_px", image_px, f"must be a multiple of the patch, {config.patch_size} px")
    tower = core.model.vision_tower
    tower = getattr(tower, "vision_model", tower).embeddings
    patches = (image_px // config.patch_size) ** 2
    old = tower.position_embedding.weight
    tower.position_embedding = torch.nn.Embedding.from_pretrained(resampled(old.data, patches), freeze=False)
    tower.position_ids = torch.arange(patches, device=old.device).expand((1, -1))
    tower.num_patches = tower.num_positions = patches
    tower.image_size = config.image_size = image_px
    core.config.text_config.num_image_tokens = patches


def first_line(error: BaseException) -> str:
    """An error in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
