"""PaliGemma's weights between big_vision's npz and transformers' state dict.

big_vision stacks the layers of a tower along a first axis and keeps heads as axes of their own; a matrix of torch has
outputs before inputs. Every weight of the one is a weight, or a stack of weights, of the other: nothing is computed, so
that there and back again is the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from synthink.errors import ModelError
from synthink.train.big_vision import weights as npz

TEXT = "model.language_model."
PROJECTOR = "model.multi_modal_projector.linear."


class NpzArray(NamedTuple):
    """One array of the npz and the weights that it becomes.

    into: their names in transformers, with `{layer}` where there are layers. shape: that of one weight in one layer, as
    big_vision has it. order: its axes in the order that torch has them. flat: its shape there.
    """

    name: str
    into: tuple[str, ...]
    shape: tuple[int, ...]
    order: tuple[int, ...]
    flat: tuple[int, ...]
    layers: int | None = None

    @property
    def stacked(self) -> tuple[int, ...]:
        """The array's shape in the npz."""
        several = (len(self.into),) if len(self.into) > 1 else ()
        return (*((self.layers,) if self.layers else ()), *several, *self.shape)


def parts(config: Any, keys: Mapping[str, Any]) -> list[NpzArray]:
    """The arrays of a PaliGemma's npz. keys: the model's state dict, which tells the names of its tower."""
    inner = "vision_model." if any(key.startswith("model.vision_tower.vision_model.") for key in keys) else ""
    return [*_language(config.text_config), *_vision(config, f"model.vision_tower.{inner}")]


def _language(text: Any) -> Iterator[NpzArray]:
    width, hidden, heads, size = text.hidden_size, text.intermediate_size, text.num_attention_heads, text.head_dim
    kv_heads, depth = text.num_key_value_heads, text.num_hidden_layers
    layer = f"{TEXT}layers.{{layer}}."
    q, k, v, o = (f"{layer}self_attn.{letter}_proj.weight" for letter in "qkvo")

    def inward(name: str, into: tuple[str, ...], count: int) -> NpzArray:
        return NpzArray(
            f"llm/layers/attn/{name}/w", into, (count, width, size), (0, 2, 1), (count * size, width), depth
        )

    yield NpzArray("llm/embedder/input_embedding", (f"{TEXT}embed_tokens.weight",), *_same(text.vocab_size, width))
    yield NpzArray("llm/final_norm/scale", (f"{TEXT}norm.weight",), *_same(width))
    if heads == kv_heads:
        yield inward("qkv_einsum", (q, k, v), heads)
    else:
        yield inward("q_einsum", (q,), heads)
        yield inward("kv_einsum", (k, v), kv_heads)
    yield NpzArray(
        "llm/layers/attn/attn_vec_einsum/w", (o,), (heads, size, width), (2, 0, 1), (width, heads * size), depth
    )
    gate, up, down = (f"{layer}mlp.{name}_proj.weight" for name in ("gate", "up", "down"))
    yield NpzArray("llm/layers/mlp/gating_einsum", (gate, up), (width, hidden), (1, 0), (hidden, width), depth)
    yield NpzArray("llm/layers/mlp/linear", (down,), (hidden, width), (1, 0), (width, hidden), depth)
    for name, other in _norms(text.model_type == "gemma2").items():
        yield NpzArray(f"llm/layers/{name}/scale", (f"{layer}{other}.weight",), *_same(width), depth)


def _norms(post_norms: bool) -> dict[str, str]:
    if not post_norms:
        # In transformers' Gemma the norm before the feed-forward layer is named after what it follows.
        return {"pre_attention_norm": "input_layernorm", "pre_ffw_norm": "post_attention_layernorm"}
    return {
        "pre_attention_norm": "input_layernorm",
        "post_attention_norm": "post_attention_layernorm",
        "pre_ffw_norm": "pre_feedforward_layernorm",
        "post_ffw_norm": "post_feedforward_layernorm",
    }


def _vision(config: Any, tower: str) -> Iterator[NpzArray]:
    vision = config.vision_config
    width, hidden, heads, depth = (
        vision.hidden_size,
        vision.intermediate_size,
        vision.num_attention_heads,
        vision.num_hidden_layers,
    )
    size, patch, patches = width // heads, vision.patch_size, (vision.image_size // vision.patch_size) ** 2
    yield NpzArray(
        "img/embedding/kernel",
        (f"{tower}embeddings.patch_embedding.weight",),
        (patch, patch, 3, width),
        (3, 2, 0, 1),
        (width, 3, patch, patch),
    )
    yield NpzArray("img/embedding/bias", (f"{tower}embeddings.patch_embedding.bias",), *_same(width))
    positions = f"{tower}embeddings.position_embedding.weight"
    yield NpzArray(npz.POSITIONS, (positions,), (1, patches, width), (0, 1, 2), (patches, width))
    block, layer = "img/Transformer/encoderblock/", f"{tower}encoder.layers.{{layer}}."
    for number in (0, 1):
        for name, other in (("scale", "weight"), ("bias", "bias")):
            into = f"{layer}layer_norm{number + 1}.{other}"
            yield NpzArray(f"{block}LayerNorm_{number}/{name}", (into,), *_same(width), depth)
    attention = f"{block}MultiHeadDotProductAttention_0/"
    for name, letter in (("query", "q"), ("key", "k"), ("value", "v")):
        into = f"{layer}self_attn.{letter}_proj."
        yield NpzArray(
            f"{attention}{name}/kernel", (f"{into}weight",), (width, heads, size), (1, 2, 0), (width, width), depth
        )
        yield NpzArray(f"{attention}{name}/bias", (f"{into}bias",), (heads, size), (0, 1), (width,), depth)
    into = f"{layer}self_attn.out_proj."
    yield NpzArray(f"{attention}out/kernel", (f"{into}weight",), (heads, size, width), (2, 0, 1), (width, width), depth)
    yield NpzArray(f"{attention}out/bias", (f"{into}bias",), *_same(width), depth)
    for number, (inputs, outputs) in enumerate(((width, hidden), (hidden, width))):
        into, name = f"{layer}mlp.fc{number + 1}.", f"{block}MlpBlock_0/Dense_{number}"
        yield NpzArray(f"{name}/kernel", (f"{into}weight",), (inputs, outputs), (1, 0), (outputs, inputs), depth)
        yield NpzArray(f"{name}/bias", (f"{into}bias",), *_same(outputs), depth)
    for name, other in (("scale", "weight"), ("bias", "bias")):
        yield NpzArray(f"img/Transformer/encoder_norm/{name}", (f"{tower}post_layernorm.{other}",), *_same(width))
    to = config.text_config.hidden_size
    yield NpzArray("img/head/kernel", (f"{PROJECTOR}weight",), (width, to), (1, 0), (to, width))
    yield NpzArray("img/head/bias", (f"{PROJECTOR}bias",), *_same(to))


def _same(*shape: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    return shape, tuple(range(len(shape))), shape


def read(path: Path, table: list[NpzArray], seed: int) -> dict[str, torch.Tensor]:
    """The npz as transformers' state dict in float32, positions resampled and missing rows of the vocabulary drawn.

    `ModelError` names file and weight. Nothing is unpickled.
    """
    npz.check(path, {part.name: part.stacked for part in table})
    state: dict[str, torch.Tensor] = {}
    with np.load(path, allow_pickle=False) as file:
        prefix = npz.PREFIX if any(name.startswith(npz.PREFIX) for name in file.files) else ""
        for part in table:
            try:
                array = _tensor(file[prefix + part.name])
            except (ValueError, OSError, KeyError, EOFError) as error:
                raise ModelError(f"{path}: {part.name} cannot be read: {error}") from None
            if part.name == npz.EMBEDDING:
                array = _more_rows(array, part.shape[0], seed)
            if part.name == npz.POSITIONS:
                array = resampled(array[0].float(), part.shape[1])[None]
            state |= _unstacked(part, array.float())
    return state


def _unstacked(part: NpzArray, array: torch.Tensor) -> dict[str, torch.Tensor]:
    """The weights that one array holds."""
    weights = {}
    for layer in range(part.layers or 1):
        stack = array[layer] if part.layers else array
        for number, name in enumerate(part.into):
            one = stack[number] if len(part.into) > 1 else stack
            weights[name.format(layer=layer)] = one.permute(part.order).reshape(part.flat).contiguous()
    return weights


def arrays(state: Mapping[str, torch.Tensor], table: list[NpzArray]) -> dict[str, np.ndarray[Any, Any]]:
    """The other way: transformers' state dict as big_vision's arrays by name; `weights.save` of big_vision's backend
    writes them."""
    stacked = {}
    for part in table:
        turned = tuple(part.shape[axis] for axis in part.order)
        back = tuple(int(axis) for axis in np.argsort(part.order))
        weights = [
            state[name.format(layer=layer)].reshape(turned).permute(back)
            for layer in range(part.layers or 1)
            for name in part.into
        ]
        stacked[part.name] = torch.stack(weights).reshape(part.stacked).cpu().numpy()
    return stacked


def _tensor(array: np.ndarray[Any, Any]) -> torch.Tensor:
    if array.dtype.kind == "V":  # numpy has no bfloat16 and stores it as two bytes of anything
        return torch.from_numpy(np.ascontiguousarray(array).view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(np.ascontiguousarray(array))


def _more_rows(embedding: torch.Tensor, rows: int, seed: int) -> torch.Tensor:
    """Rows for tokens that the checkpoint lacks, as big_vision draws them."""
    missing = rows - len(embedding)
    drawn = np.random.RandomState(seed).randn(missing, embedding.shape[1]) * 0.02
    return torch.cat([embedding, torch.from_numpy(drawn).to(embedding.dtype)]) if missing else embedding


def resampled(positions: torch.Tensor, patches: int) -> torch.Tensor:
    """Position embeddings (patches, width) for another grid, interpolated bilinearly from corner to corner."""
    old, new = round(len(positions) ** 0.5), round(patches**0.5)
    if old == new:
        return positions
    grid = positions.reshape(1, old, old, -1).permute(0, 3, 1, 2)
    grid = torch.nn.functional.interpolate(grid, (new, new), mode="bilinear", align_corners=True)
    return grid.permute(0, 2, 3, 1).reshape(patches, -1).contiguous()
