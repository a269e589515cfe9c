"""PaliGemma from a `Model`: big_vision's modules, their weights' shapes, and the loss."""

from __future__ import annotations

from typing import Any

from synthink.errors import ModelError
from synthink.train.big_vision.importing import BigVisionModules
from synthink.train.settings import Model

_variants: dict[str, Any] = {}
"""Configurations of Gemma that big_vision has no name for: small ones, and other precisions."""


def build(bv: BigVisionModules, model: Model, vocab_size: int, dtype: str, scratch: bool) -> Any:
    """big_vision's PaliGemma as a flax module.

    dtype: of the arithmetic, `float32` or `bfloat16`. scratch: nothing will be loaded into it; then the picture's head
    does not start at zero, since a sequence of zeros has a norm whose gradient is thousands of times too large.
    """
    import ml_collections

    # "everything" is what checkpointing keeps where it is to save nothing: memory for speed.
    policy = "nothing_saveable" if model.remat else "everything_saveable"
    language = {
        "variant": _language(bv, model, dtype),
        "vocab_size": vocab_size,
        # Fine-tuning does without the cap, and decoding must then do without it too.
        "final_logits_softcap": 0.0,
        "remat_policy": policy if model.remat else "none",
        "cache_dtype": dtype,
    }
    vision: dict[str, Any] = {
        "variant": model.vision,
        "pool_type": "none",
        "scan": True,
        "remat_policy": policy,
        "dtype_mm": dtype,
        "head_zeroinit": not scratch,
    }
    measures = {"width": model.vision_width, "depth": model.vision_depth}
    measures |= {"mlp_dim": model.vision_mlp_dim, "num_heads": model.vision_heads}
    vision |= {name: value for name, value in measures.items() if value is not None}
    return bv.paligemma.Model(**ml_collections.FrozenConfigDict({"llm": language, "img": vision}))


def _language(bv: BigVisionModules, model: Model, dtype: str) -> str:
    """The name of a variant of Gemma with the model's measures and precision, which big_vision is taught."""
    usual = getattr(bv.gemma.get_config, "usual", bv.gemma.get_config)
    if usual is bv.gemma.get_config:

        def get_config(variant: str) -> Any:
            found = _variants.get(variant)
            return usual(variant) if found is None else found.copy_and_resolve_references()

        get_config.usual = usual  # type: ignore[attr-defined]
        bv.gemma.get_config = get_config
    try:
        config = usual(model.language)
    except ValueError:
        raise ModelError(f"model.language={model.language!r}: big_vision has no such Gemma") from None
    heads = model.heads or config.num_heads
    given = {
        "width": model.width,
        "depth": model.depth,
        "mlp_dim": model.mlp_dim,
        "num_heads": model.heads,
        "num_kv_heads": model.kv_heads,
        "head_dim": model.width // heads if model.width else None,
        "embed_dtype": dtype,
    }
    config.update({name: value for name, value in given.items() if value is not None})
    name = f"{model.language}/" + ",".join(f"{key}={value}" for key, value in sorted(given.items()))
    config.variant = name
    _variants[name] = config
    return name


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

    return jax.jit(lambda key: _initial(module, image_px, key))(jax.random.PRNGKey(seed))


def loss(module: Any, params: Any, batch: Any) -> Any:
    """Mean over examples of the mean cross entropy of an answer's tokens: big_vision's loss.

    batch: `image` uint8 (B, H, W, 3); `text`, `mask_ar`, `mask_loss` (B, T + 1); `places` (B, K) after which an answer
    has a token, the rest anywhere without a loss. Logits are computed there and nowhere else: with 257,152 pieces the
    others would take more memory than the model.
    """
    import jax
    import jax.numpy as jnp

    places = batch["places"]
    weights = jnp.take_along_axis(batch["mask_loss"][:, 1:], places, axis=1)
    targets = jnp.take_along_axis(batch["text"][:, 1:], places, axis=1)
    logits = module.apply(
        {"params": params},
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
    """uint8 pixels as the model sees them, -1 to 1."""
    import jax.numpy as jnp

    return image.astype(jnp.float32) / 127.5 - 1.0


def _logits_at(module: Any, image: Any, text: Any, mask_ar: Any, places: Any) -> Any:
    """Logits after the text's tokens at `places` (B, K). A method of big_vision's module, called from outside."""
    import jax.numpy as jnp
    from big_vision.models.proj.paligemma.paligemma import make_attn_mask

    (embedded, present, causal), out = module.embed_image_and_text(image, text, mask_ar=mask_ar, train=True)
    _, seen = module._llm(embedded, mask=make_attn_mask(present, causal), train=True)
    after = seen["pre_logits"][:, out["img/zimg"].shape[1] :]
    after = jnp.take_along_axis(after, places[..., None], axis=1)
    return module._llm.compute_logits(after, train=True)
