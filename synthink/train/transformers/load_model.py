"""A model ready to learn: from nothing, from big_vision's npz, from a folder or a name on the hub, or an adapter's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import torch

from synthink.errors import ConfigError, ModelError
from synthink.train.settings import Model
from synthink.train.transformers import model_config as measures
from synthink.train.transformers import variants, weights
from synthink.train.transformers.load_weights import class_of, first_line, fit_positions, load, quiet
from synthink.train.transformers.texts import (
    TOKENIZER,
    FlorenceTexts,
    HubPieces,
    PaliGemmaTexts,
    Pieces,
    RowTexts,
    SentencePieces,
)

ADAPTER = "adapter_config.json"
MERGED = "synthink_merged"
"""In the configuration of a model into which an adapter has been worked: what kind of adapter that was."""
LARGEST_BYTES = 1 << 20


class Opened(NamedTuple):
    """core: transformers' model, without adapters. base: where its weights are from. adapter: a folder to go on from.

    merged: the kind of adapter that the weights hold already.
    """

    core: Any
    texts: RowTexts
    base: str | None
    adapter: Path | None
    merged: str | None


def open_model(
    model: Model,
    tokenizer: Path | None,
    image_px: int,
    seed: int,
    source: Path | str | None,
    quantised: torch.dtype | None,
    device: str,
) -> Opened:
    """The model in float32; the language model's matrices in 4 bits, multiplied in `quantised`, where that is given.

    tokenizer: one that is not there counts as none: a folder or the hub have their own. source: None for a random
    start. Raises `ModelError` naming file and weight, `ConfigError` for measures.
    """
    tokenizer = tokenizer if tokenizer and tokenizer.is_file() else None
    base, adapter = (None if source is None else str(source)), None
    if base and (Path(base) / ADAPTER).is_file():
        base, adapter = _base_of(Path(base)), Path(base)
    from_file = base is not None and Path(base).suffix == ".npz"
    if base and Path(base).exists():
        base = str(Path(base).resolve())  # which an adapter's folder names, wherever it is opened
    if tokenizer is None and adapter and from_file and (adapter / TOKENIZER).is_file():
        tokenizer = adapter / TOKENIZER
    if tokenizer is None and (base is None or from_file):
        raise ModelError(f"model={model.name}: give its sentencepiece file: model.tokenizer=PATH")
    pieces: Pieces = SentencePieces(tokenizer) if tokenizer else HubPieces(str(adapter or base))
    with quiet():
        if base is None or from_file:
            config = _config(model, pieces, image_px)
            state = _state(model, config, base, seed)
            core = load(base or model.name, config, state, quantised, device)
        else:
            config = measures.without_chance(_read_config(model, base, pieces))
            if getattr(config, MERGED, None):  # what has been learned would be lost among 16 levels
                quantised = None
            core = load(base, config, None, quantised, device)
    core.name_or_path = base or ""  # which adapters note
    if model.kind == "paligemma":
        fit_positions(core, image_px)
    elif image_px > (most := core.config.vision_config.max_position_embeddings * variants.DAVIT_STRIDE):
        raise ConfigError("model.image_px", image_px, f"must be at most {most}: there are no positions beyond")
    texts = (PaliGemmaTexts if model.kind == "paligemma" else FlorenceTexts)(pieces, model.text_tokens)
    _decode_greedily(core, texts)
    return Opened(core, texts, base, adapter, getattr(config, MERGED, None))


def _base_of(adapter: Path) -> str:
    """The model that an adapter was learned on."""
    file = adapter / ADAPTER
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise ModelError(f"{file}: too large to be an adapter's configuration")
        base = json.loads(file.read_bytes())["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{file}: cannot be read: {error!r}") from None
    if not isinstance(base, str) or not base:
        raise ModelError(f"{file}: names no base_model_name_or_path")
    if (Path(base).is_absolute() or base.endswith(".npz")) and not Path(base).exists():
        raise ModelError(f"{file}: the model that it was learned on, {base}, is not there")
    return base


def _config(model: Model, pieces: Pieces, image_px: int) -> Any:
    """transformers' configuration for a model that has none with it."""
    image_id = pieces.size  # the first that no piece has
    if model.kind == "florence2":
        return measures.florence2(model, _vocabulary(model, pieces.size + 1), image_id, pieces.special)
    _, patch = variants.vision(model)
    if image_px % patch:
        raise ConfigError("model.image_px", image_px, f"must be a multiple of the patch, {patch} px")
    return measures.paligemma(model, image_px, _vocabulary(model, pieces.size), image_id, pieces.special)


def _vocabulary(model: Model, needed: int) -> int:
    size = model.vocab_size or needed
    if needed > size:
        raise ConfigError("model.vocab_size", size, f"is less than the {needed} pieces of the tokenizer")
    return size


def _state(model: Model, config: Any, base: str | None, seed: int) -> dict[str, torch.Tensor]:
    """Weights by transformers' names: read, or drawn on the processor, so that a seed is the same on every device."""
    if base is None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return dict(class_of(model.kind)(config).state_dict())
    if model.kind != "paligemma":
        raise ModelError(f"{base}: {model.kind} has no weights in npz; give a folder or a name on the hub")
    with torch.device("meta"):
        keys = class_of(model.kind)(config).state_dict()
    return weights.read(Path(base), weights.parts(config, keys), seed)


def _read_config(model: Model, base: str, pieces: Pieces) -> Any:
    """The configuration of a folder or of a name on the hub; `ModelError` when it is another model's."""
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(base, trust_remote_code=False)
    except Exception as error:  # noqa: BLE001 - a damaged config.json fails in every way there is
        raise ModelError(f"{base}: cannot be opened: {first_line(error)}") from None
    if config.model_type != model.kind:
        raise ModelError(f"{base}: config.json has model_type {config.model_type!r}, the model is {model.kind!r}")
    if config.model_type == "florence2" and not hasattr(config.vision_config, "depths"):
        raise ModelError(f"{base}: not in the form of florence-community/Florence-2-base")
    text, tower = variants.language(model), variants.vision(model)[0]
    for name, has, wants in (
        ("text_config.hidden_size", config.text_config.hidden_size, text.width),
        ("text_config.num_hidden_layers", config.text_config.num_hidden_layers, text.depth),
        ("vision_config.hidden_size", getattr(config.vision_config, "hidden_size", tower.width), tower.width),
    ):
        if has != wants:
            raise ModelError(f"{base}: config.json has {name} {has}, model={model.name} wants {wants}")
    rows = config.text_config.vocab_size
    # <image> need not have a row of its own.
    if pieces.size > rows + (config.model_type == "paligemma"):
        raise ModelError(f"{base}: has a vocabulary of {rows} pieces, the tokenizer one of {pieces.size}")
    return config


def _decode_greedily(core: Any, texts: RowTexts) -> None:
    """In place of what a checkpoint brings along: beams, forced and forbidden tokens."""
    from transformers import GenerationConfig

    start = core.config.text_config.decoder_start_token_id if core.config.is_encoder_decoder else None
    core.generation_config = GenerationConfig(
        do_sample=False, num_beams=1, decoder_start_token_id=start, **texts.pieces.special
    )
