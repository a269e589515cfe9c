"""PaliGemma from a `Model`: big_vision's modules, the shapes of their weights, and the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthink.errors import ModelError, quoted
from synthink.train.big_vision.importing import BigVisionModules
from synthink.train.settings import Model

BIG_VISION_NAMES = {"heads": "num_heads", "kv_heads": "num_kv_heads"}
LAYERS = {
    "img/Transformer/encoderblock/": "img/Transformer/encoderblock_{}/",
    "llm/layers/": "llm/layers/{}/",
}
"""How the names of weights begin that hold all layers of a tower, and how those of one layer do."""
_variants: dict[str, Any] = {}
"""Configurations of Gemma that big_vision has no name for: small ones, and other precisions."""


def build(bv: BigVisionModules, model: Model, vocab_size: int, dtype: str, scratch: bool) -> Any:
    """Build big_vision's PaliGemma as a flax module.

    dtype: the precision of the arithmetic, `float32` or `bfloat16`. scratch: no weights will be loaded into it; then
    the vision tower's head does not start at zero, since the norm of a sequence of zeros has a gradient that is
    thousands of times too large.
    """
    import ml_collections

    language = {
        "variant": _language(bv, model, dtype),
        "vocab_size": vocab_size,
        # big_vision trains without the cap on final logits, and decoding must then do without it too.
        "final_logits_softcap": 0.0,
        "remat_policy": "nothing_saveable",
        "cache_dtype": dtype,
    }
    vision: dict[str, Any] = {
        "variant": model.vision,
        "pool_type": "none",
        "scan": True,
        "remat_policy": "nothing_saveable",
        "dtype_mm": dtype,
        "head_zeroinit": not scratch,
    }
    vision |= {BIG_VISION_NAMES.get(name, name): size for name, size in model.vision_sizes().items()}
    return bv.paligemma.Model(**ml_collections.FrozenConfigDict({"llm": language, "img": vision}))


def _language(bv: BigVisionModules, model: Model, dtype: str) -> str:
    """The name of a variant of Gemma with the model's sizes and precision, which is added to those of big_vision."""
    usual = getattr(bv.gemma.get_config, "usual", bv.gemma.get_config)
    if usual is bv.gemma.get_config:

        def get_config(variant: str) -> Any:
            config = _variants.get(variant)
            return usual(variant) if config is None else config.copy_and_resolve_references()

        get_config.usual = usual  # type: ignore[attr-defined]
        bv.gemma.get_config = get_config
    try:
        config = usual(model.language)
    except ValueError:
        raise ModelError(f"model.language={quoted(model.language)}: big_vision has no such Gemma") from None
    sizes = model.language_sizes(config.num_heads)
    changes = {"embed_dtype": dtype} | {BIG_VISION_NAMES.get(name, name): size for name, size in sizes.items()}
    config.update(changes)
    name = f"{model.language}/" + ",".join(f"{key}={value}" for key, value in sorted(changes.items()))
    config.variant = name
    _variants[name] = config
    return name


def unrolled(module: Any) -> Any:
    """A module that computes what `module` does, with its layers one after the other and all activations kept.

    The loop over layers keeps their activations in arrays of all layers, and a processor that moves them there and back
    takes half as long again for a step. Weights are still stored as the loop has them; `loss` takes them apart.
    """
    from ml_collections import FrozenConfigDict

    vision, language = {**module.img, "scan": False}, {**module.llm, "scan": False, "remat_policy": "none"}
    return module.clone(img=FrozenConfigDict(vision), llm=FrozenConfigDict(language))


def by_layer(params: Mapping[str, Any]) -> dict[str, Any]:
    """The weights as an unrolled model names them: one entry for each layer."""
    apart: dict[str, Any] = {}
    for name, value in params.items():
        start = next((start for start in LAYERS if name.startswith(start)), None)
        if start is None:
            apart[name] = value
        else:
            rest = name.removeprefix(start)
            apart |= {LAYERS[start].format(layer) + rest: value[layer] for layer in range(len(value))}
    return apart


def shapes(module: Any, image_px: int) -> Any:
    """The parameters' shapes and types, as a tree; nothing is computed."""
    import jax

    return jax.eval_shape(lambda: _initial(module, image_px, jax.random.PRNGKey(0)))


def _initial(module: Any, image_px: int, key: Any) -> Any:
    import flax
    import jax.numpy as jnp

    picture, text = jnp.zeros((1, image_px, image_px, 3)), jnp.ones((1, 4), jnp.int32)
    return flax.core.unfreeze(module.init(key, picture, text, text)["params"])


def initialise(module: Any, image_px: int, seed: int) -> Any:
    """Random parameters in float32; the same seed gives the same."""
    import jax

    key = jax.random.PRNGKey(seed)
    lowered = jax.jit(lambda key: _initial(module, image_px, key)).lower(key)
    # It runs once, and takes a processor longer to optimise than to run.
    fast = {"xla_backend_optimization_level": 0} if jax.default_backend() == "cpu" else None
    return lowered.compile(compiler_options=fast)(key)


def loss(module: Any, params: Mapping[str, Any], batch: Any) -> Any:
    """Mean over examples of the mean cross entropy of an answer's tokens: big_vision's loss.

    module: as `build` or `unrolled` gives it. params: by name, as they are stored. batch: `image` uint8 (B, H, W, 3);
    `text`, `mask_ar`, `mask_loss` (B, T + 1); `places` (B, K), the positions after which an answer has a token, filled
    up with positions that have no loss. Logits are computed there and nowhere else: with 257,152 pieces the others
    would take more memory than the model.
    """
    import flax
    import jax
    import jax.numpy as jnp

    named = params if module.llm.get("scan", True) else by_layer(params)
    places = batch["places"]
    weights = jnp.take_along_axis(batch["mask_loss"][:, 1:], places, axis=1)
    targets = jnp.take_along_axis(batch["text"][:, 1:], places, axis=1)
    logits = module.apply(
        {"params": flax.traverse_util.unflatten_dict(dict(named), sep="/")},
        scaled(batch["image"]),
        batch["text"][:, :-1],
        batch["mask_ar"][:, :-1],
        places,
        method=_logits_at,
    ).astype(jnp.float32)
    chosen = jnp.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    losses = (jax.nn.logsumexp(logits, axis=-1) - chosen) * weights
    return jnp.mean(losses.sum(axis=-1) / jnp.maximum(weights.sum(axis=-1), 1.0))


def scaled(image: Any) -> Any:
    """The uint8 pixels as the model sees them, -1 to 1."""
    import jax.numpy as jnp

    return image.astype(jnp.float32) / 127.5 - 1.0


def _logits_at(module: Any, image: Any, text: Any, mask_ar: Any, places: Any) -> Any:
    """Logits after the text's tokens at `places` (B, K). A method of big_vision's module, called from outside."""
    import jax.numpy as jnp
    from big_vision.models.proj.paligemma.paligemma import make_attn_mask

    (embedded, present, causal), out = module.embed_image_and_text(image, text, mask_ar=mask_ar, train=True)
    _, hidden = module._llm(embedded, mask=make_attn_mask(present, causal), train=True)
    after = hidden["pre_logits"][:, out["img/zimg"].shape[1] :]
    after = jnp.take_along_axis(after, places[..., None], axis=1)
    return module._llm.compute_logits(after, train=True)
