"""The sizes of the models that big_vision and Florence-2 have names for, and of small ones of their kinds."""

from __future__ import annotations

from typing import Any, NamedTuple

from synthink.errors import ConfigError, did_you_mean
from synthink.train.settings import Model


class Language(NamedTuple):
    """Gemma (`post_norms` False) or Gemma 2."""

    width: int
    depth: int
    mlp_dim: int
    heads: int
    kv_heads: int
    head_dim: int
    post_norms: bool
    query_scale: int | None = None
    """The number by whose root queries are divided; None: `head_dim`."""


class Vision(NamedTuple):
    """A ViT; for Florence-2 the last stage of a DaViT, with the depth of its third."""

    width: int
    depth: int
    mlp_dim: int
    heads: int


# https://arxiv.org/abs/2403.08295, https://arxiv.org/abs/2408.00118
GEMMAS = {
    "gemma_2b": Language(2048, 18, 16384, 8, 1, 256, False),
    "gemma_7b": Language(3072, 28, 24576, 16, 16, 256, False),
    "gemma2_2b": Language(2304, 26, 9216, 8, 4, 256, True),
    "gemma2_9b": Language(3584, 42, 14336, 16, 8, 256, True),
    "gemma2_27b": Language(4608, 46, 36864, 32, 16, 128, True, 144),
}
# https://arxiv.org/abs/2311.06242: encoder and decoder have `depth` layers each
BARTS = {
    "bart_base": Language(768, 6, 3072, 12, 12, 64, False),
    "bart_large": Language(1024, 12, 4096, 16, 16, 64, False),
}
# https://arxiv.org/abs/2106.04560, table 2; So400m: https://arxiv.org/abs/2305.13035
VITS = {
    "mu": Vision(32, 1, 128, 2),
    "Ti": Vision(192, 12, 768, 3),
    "S": Vision(384, 12, 1536, 6),
    "M": Vision(512, 12, 2048, 8),
    "B": Vision(768, 12, 3072, 12),
    "L": Vision(1024, 24, 4096, 16),
    "So400m": Vision(1152, 27, 4304, 16),
    "H": Vision(1280, 32, 5120, 16),
    "g": Vision(1408, 40, 6144, 16),
}
DAVITS = {"davit_base": Vision(1024, 9, 4096, 32), "davit_large": Vision(2048, 9, 8192, 64)}
DAVIT_STRIDE = 32


def language(model: Model) -> Language:
    """The language model's sizes: the variant's, but for those that `model` sets. `ConfigError` for an unknown one."""
    known = BARTS if model.kind == "florence2" else GEMMAS
    if model.language not in known:
        raise ConfigError("model.language", model.language, f"no such variant; {did_you_mean(model.language, known)}")
    usual = known[model.language]
    sizes: dict[str, Any] = {**model.language_sizes(usual.heads)}
    language = usual._replace(**sizes)
    return language._replace(query_scale=language.width // language.heads if usual.query_scale else None)


def vision(model: Model) -> tuple[Vision, int]:
    """The vision tower's sizes, and the side of its patches in pixels. `ConfigError` for an unknown variant."""
    known = DAVITS if model.kind == "florence2" else VITS
    name, _, side = model.vision.partition("/")
    if name not in known or not side.isdecimal() or int(side) < 1:
        example = f"{next(reversed(known))}/{DAVIT_STRIDE if known is DAVITS else 14}"
        raise ConfigError("model.vision", model.vision, f"must be a variant and the side of a patch, like {example}")
    return known[name]._replace(**model.vision_sizes()), int(side)
