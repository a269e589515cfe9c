"""A model ready to learn, from each of the places where its weights may be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import torch

from synthink.errors import ConfigError, ModelError, quoted
from synthink.train.settings import Model
from synthink.train.transformers import model_config, variants, weights
from synthink.train.transformers.load_weights import build_model, class_of, first_line, fit_positions, silenced
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
"""The key, in a model's configuration, of the kind of adapter that is merged into its weights."""
LARGEST_BYTES = 1 << 20


class WeightSource(NamedTuple):
    """The place that weights come from.

    base: an npz of big_vision, a folder of transformers, or a name on the hub; None: random weights. adapter: a folder
    of peft, learned on that base.
    """

    base: str | None
    adapter: Path | None

    @property
    def is_npz(self) -> bool:
        return self.base is not None and self.base.endswith(".npz")


class LoadedModel(NamedTuple):
    """A model with its tokenizer. core: transformers' model, without adapters. merged: the kind of adapter that its
    weights hold already."""

    core: Any
    texts: RowTexts
    source: WeightSource
    merged: str | None


def load_model(
    model: Model,
    tokenizer: Path | None,
    image_px: int,
    seed: int,
    place: Path | str | None,
    quantised: torch.dtype | None,
    device: str,
) -> LoadedModel:
    """The model in float32.

    tokenizer: a sentencepiece file; one that does not exist counts as None: folders and the hub have their own. place:
    where the weights are; None: random weights. quantised: the precision in which the language model's matrices, then
    kept in 4 bits, are multiplied; None: they stay in float32. Raises `ModelError` naming file and weight,
    `ConfigError` for sizes that do not go together.
    """
    source = find_source(place)
    pieces = _pieces(model, source, tokenizer)
    with silenced():
        if source.base is None:
            core = _random(model, pieces, image_px, seed, quantised, device)
        elif source.is_npz:
            core = _from_npz(model, source.base, pieces, image_px, seed, quantised, device)
        else:
            core = _from_folder(model, source.base, pieces, quantised, device)
    core.name_or_path = source.base or ""  # which adapters note
    if model.kind == "paligemma":
        fit_positions(core, image_px)
        texts: RowTexts = PaliGemmaTexts(pieces, model.text_tokens)
    else:
        most = core.config.vision_config.max_position_embeddings * variants.DAVIT_STRIDE
        if image_px > most:
            raise ConfigError("model.image_px", image_px, f"must be at most {most}, the model's last position")
        texts = FlorenceTexts(pieces, model.text_tokens)
    _decode_greedily(core, texts)
    return LoadedModel(core, texts, source, getattr(core.config, MERGED, None))


def find_source(place: Path | str | None) -> WeightSource:
    """The place of the weights, with an adapter's folder told apart from the model that it was learned on."""
    if place is None:
        return WeightSource(None, None)
    base, adapter = str(place), None
    if (Path(base) / ADAPTER).is_file():
        base, adapter = _base_of(Path(base)), Path(base)
    if Path(base).exists():
        base = str(Path(base).resolve())  # an adapter that is learned now names it, wherever it is opened
    return WeightSource(base, adapter)


def _base_of(adapter: Path) -> str:
    """The model that an adapter was learned on."""
    file = adapter / ADAPTER
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise ModelError(f"{file}: too large to be an adapter's configuration")
        base = json.loads(file.read_bytes())["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{file}: cannot be read: {quoted(error)}") from None
    if not isinstance(base, str) or not base:
        raise ModelError(f"{file}: names no base_model_name_or_path")
    if (Path(base).is_absolute() or base.endswith(".npz")) and not Path(base).exists():
        raise ModelError(f"{file}: the base model {base}, on which it was trained, does not exist")
    return base


def _pieces(model: Model, source: WeightSource, tokenizer: Path | None) -> Pieces:
    """The vocabulary: of the sentencepiece file, or of the folder or the name on the hub."""
    if tokenizer is not None and tokenizer.is_file():
        return SentencePieces(tokenizer)
    if source.is_npz and source.adapter is not None and (source.adapter / TOKENIZER).is_file():
        return SentencePieces(source.adapter / TOKENIZER)
    if source.base is None or source.is_npz:
        raise ModelError(f"model={model.name}: give its sentencepiece file: model.tokenizer=PATH")
    return HubPieces(str(source.adapter or source.base))


def _random(model: Model, pieces: Pieces, image_px: int, seed: int, quantised: torch.dtype | None, device: str) -> Any:
    """Random weights, drawn on the processor, so that a seed gives the same ones for every device."""
    config = _new_config(model, pieces, image_px)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        state = dict(class_of(model.kind)(config).state_dict())
    return build_model(model.name, config, state, quantised, device)


def _from_npz(
    model: Model, file: str, pieces: Pieces, image_px: int, seed: int, quantised: torch.dtype | None, device: str
) -> Any:
    """The weights that big_vision publishes; `seed` draws what a smaller vocabulary lacks."""
    config = _new_config(model, pieces, image_px)
    if model.kind != "paligemma":
        raise ModelError(f"{file}: {model.kind} has no weights in npz; give a folder or a name on the hub")
    with torch.device("meta"):
        names = class_of(model.kind)(config).state_dict()
    state = weights.read(Path(file), weights.parts(config, names), seed)
    return build_model(file, config, state, quantised, device)


def _from_folder(model: Model, base: str, pieces: Pieces, quantised: torch.dtype | None, device: str) -> Any:
    """The weights of a folder that transformers wrote, or of a name on the hub."""
    config = model_config.without_randomness(_read_config(model, base, pieces))
    if getattr(config, MERGED, None):  # what was learned would be lost among the 16 levels of 4 bits
        quantised = None
    return build_model(base, config, None, quantised, device)


def _new_config(model: Model, pieces: Pieces, image_px: int) -> Any:
    """transformers' configuration of a model that brings none along."""
    image_id = pieces.size  # the first id that no piece has
    if model.kind == "florence2":
        return model_config.florence2(model, model.check_vocabulary(pieces.size + 1), image_id, pieces.special)
    model.check_image_px(image_px)
    return model_config.paligemma(model, image_px, model.check_vocabulary(pieces.size), image_id, pieces.special)


def _read_config(model: Model, base: str, pieces: Pieces) -> Any:
    """The configuration of a folder or of a name on the hub; `ModelError` when it is another model's."""
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(base, trust_remote_code=False)
    except Exception as error:  # noqa: BLE001 - a damaged config.json fails in every way there is
        raise ModelError(f"{base}: cannot be opened: {first_line(error)}") from None
    if config.model_type != model.kind:
        raise ModelError(
            f"{base}: config.json has model_type {quoted(config.model_type)}, the model is {quoted(model.kind)}"
        )
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
    if pieces.size > rows + (config.model_type == "paligemma"):  # <image> needs no row of its own
        raise ModelError(f"{base}: has a vocabulary of {rows} pieces, the tokenizer one of {pieces.size}")
    return config


def _decode_greedily(core: Any, texts: RowTexts) -> None:
    """Replace what a checkpoint brings along: beams, forced and forbidden tokens."""
    from transformers import GenerationConfig

    start = core.config.text_config.decoder_start_token_id if core.config.is_encoder_decoder else None
    core.generation_config = GenerationConfig(
        do_sample=False, num_beams=1, decoder_start_token_id=start, **texts.pieces.special
    )
