"""A `Model` as transformers' configuration."""

from __future__ import annotations

from typing import Any

from synthink.errors import ConfigError
from synthink.train.settings import Model
from synthink.train.transformers.variants import DAVIT_STRIDE, language, vision

NORM_EPSILON = 1e-6
DROPOUTS = ("dropout", "attention_dropout", "activation_dropout", "encoder_layerdrop", "decoder_layerdrop")


def paligemma(model: Model, image_px: int, vocab_size: int, image_id: int, special: dict[str, int]) -> Any:
    """A `PaliGemmaConfig`. image_id: the token that stands for a patch; it may lie beyond the vocabulary.

    special: `pad_token_id`, `bos_token_id`, `eos_token_id`. Without the cap on final logits, as big_vision fine-tunes.
    """
    from transformers import PaliGemmaConfig

    text, (picture, patch) = language(model), vision(model)
    common: dict[str, Any] = {
        "vocab_size": vocab_size,
        "hidden_size": text.width,
        "intermediate_size": text.mlp_dim,
        "num_hidden_layers": text.depth,
        "num_attention_heads": text.heads,
        "num_key_value_heads": text.kv_heads,
        "head_dim": text.head_dim,
        "rms_norm_eps": NORM_EPSILON,
        "initializer_range": text.width**-0.5,  # as Gemma's own initialisers have it
        "model_type": "gemma2" if text.post_norms else "gemma",
        **special,
    }
    if text.post_norms:
        common |= {"query_pre_attn_scalar": text.query_scale or text.head_dim, "final_logit_softcapping": None}
        common |= {"layer_types": ["full_attention"] * text.depth}
    tower = {
        "model_type": "siglip_vision_model",
        "vision_use_head": False,
        "image_size": image_px,
        "patch_size": patch,
        "hidden_size": picture.width,
        "intermediate_size": picture.mlp_dim,
        "num_hidden_layers": picture.depth,
        "num_attention_heads": picture.heads,
        "layer_norm_eps": NORM_EPSILON,
    }
    return PaliGemmaConfig(
        vision_config=tower,
        text_config=common,
        image_token_index=image_id,
        vocab_size=vocab_size,
        projection_dim=text.width,
        hidden_size=text.width,
        **special,
    )


def florence2(model: Model, vocab_size: int, image_id: int, special: dict[str, int]) -> Any:
    """A `Florence2Config` without dropout. `vocab_size` counts the token that stands for the picture."""
    from transformers import Florence2Config

    text, (last, stride) = language(model), vision(model)
    if stride != DAVIT_STRIDE or last.width % 8 or last.heads % 8 or last.width % last.heads:
        raise ConfigError("model.vision", model.vision, "DaViT has patches of 32 px; width and heads in eighths")
    tower = {
        "depths": [1, 1, last.depth, 1],
        "embed_dim": [last.width >> halvings for halvings in (3, 2, 1, 0)],
        "num_heads": [last.heads >> halvings for halvings in (3, 2, 1, 0)],
        "num_groups": [last.heads >> halvings for halvings in (3, 2, 1, 0)],
        "mlp_ratio": last.mlp_dim / last.width,
        "projection_dim": text.width,
        "drop_path_rate": 0.0,
    }
    bart = {
        "model_type": "bart",
        "vocab_size": vocab_size,
        "d_model": text.width,
        "encoder_layers": text.depth,
        "decoder_layers": text.depth,
        "encoder_attention_heads": text.heads,
        "decoder_attention_heads": text.heads,
        "encoder_ffn_dim": text.mlp_dim,
        "decoder_ffn_dim": text.mlp_dim,
        "max_position_embeddings": 4096,
        "init_std": text.width**-0.5,
        "decoder_start_token_id": special["eos_token_id"],
        "forced_eos_token_id": None,
        **dict.fromkeys(DROPOUTS, 0.0),
        **special,
    }
    return Florence2Config(vision_config=tower, text_config=bart, image_token_id=image_id, **special)


def without_randomness(config: Any) -> Any:
    """The configuration without dropout, so that a step depends on weights and batch alone, and as big_vision trains.

    The cap on final logits goes, and Gemma 2's sliding window of 4,096 tokens: PaliGemma 2 was trained without it.
    """
    text = config.text_config
    for name in DROPOUTS:
        if hasattr(text, name):
            setattr(text, name, 0.0)
    if hasattr(config.vision_config, "drop_path_rate"):
        config.vision_config.drop_path_rate = 0.0
    if hasattr(text, "final_logit_softcapping"):
        text.final_logit_softcapping = None
    if getattr(text, "layer_types", None):
        text.layer_types = ["full_attention"] * len(text.layer_types)
    return config


def image_tokens(config: Any, image_px: int) -> int:
    """The number of tokens that stand for a picture."""
    vision_config = config.vision_config
    if config.model_type == "paligemma":
        return int((image_px // vision_config.patch_size) ** 2)
    side = image_px
    for size, stride, padding in zip(
        vision_config.patch_size, vision_config.patch_stride, vision_config.patch_padding, strict=True
    ):
        side = (side + 2 * padding - size) // stride + 1
    return side * side + 1  # and one for the whole picture
