"""How fast a model trains, of what the device can do, and whether it waits for its rows.

    python -m benchmarks.trainer paligemma2_3b_224 --batch 32 --steps 40
    python -m benchmarks.trainer small --batch 128 --steps 200

Random weights, real rows (`circled_letters` at the model's size, from Parquet). Share of peak: the model's own
arithmetic (three times the forward pass; what is computed again does not count) over the rate of a large bfloat16
matrix product on the same device, measured just before.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from pathlib import Path

import jax
import jax.numpy as jnp

import synthink
from synthink.cli.compose import compose
from synthink.cli.verbs.train import Train, model_and_trainer
from synthink.evaluate.data.rows import open_datasets
from synthink.train.open_model import open_run
from synthink.train.request import Request
from synthink.train.run import train_model


def peak_flops(size: int) -> float:
    """Operations a second of a square matrix product in bfloat16, the best of ten."""
    one = jnp.ones((size, size), jnp.bfloat16)
    product = jax.jit(lambda a, b: a @ b)
    product(one, one).block_until_ready()
    best = math.inf
    for _ in range(10):
        started = time.perf_counter()
        product(one, one).block_until_ready()
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


def flops_per_example(shapes: dict[str, tuple[int, ...]], image_tokens: int, text: int, supervised: int) -> float:
    """Of forward and backward pass: two for each weight and token, the attention's own products, the logits."""
    matrices = {name: math.prod(shape) for name, shape in shapes.items() if len(shape) > 1}
    vision = sum(size for name, size in matrices.items() if name.startswith("img/") and "pos_embedding" not in name)
    language = sum(size for name, size in matrices.items() if name.startswith("llm/layers"))
    tokens = image_tokens + text
    depth, heads, _, head = shapes["llm/layers/attn/q_einsum/w"]
    vision_depth, width = shapes["img/Transformer/encoderblock/LayerNorm_0/bias"]
    vocabulary, embedded = shapes["llm/embedder/input_embedding"]
    forward = 2 * vision * image_tokens + 4 * image_tokens**2 * width * vision_depth
    forward += 2 * language * tokens + 4 * tokens**2 * heads * head * depth + 2 * vocabulary * embedded * supervised
    return 3.0 * forward


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--side", type=int, default=224, help="pixels, for models that take pictures as they come")
    parser.add_argument("--matrix", type=int, default=8192)
    parser.add_argument("override", nargs="*", help="trainer.threads=8 ...")
    arguments = parser.parse_args()
    steps = [f"trainer.steps={arguments.steps}", f"trainer.batch_size={arguments.batch}", "trainer.curve_points=0"]
    overrides = [f"model={arguments.model}", "model.weights=null", *steps, "trainer.log_every=5", *arguments.override]
    model, trainer = model_and_trainer(compose(Train, ["dataset=x", *overrides]))
    trainer.check_installed()  # which sets jax up
    peak = peak_flops(arguments.matrix)
    with tempfile.TemporaryDirectory() as folder:
        data, run = Path(folder) / "data", Path(folder) / "run"
        side = model.image_px or arguments.side
        splits = {"train": arguments.rows, "validation": 0, "test": 0}
        synthink.generate("circled_letters", output=data, splits=splits, picture_px=side, workers=None)
        outcome = train_model(Request(model, trainer, run, open_datasets(str(data))))
        lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        rates = [line["examples_per_s"] for line in lines if "loss" in line][2:]  # the first ones hold the compiler
        stats = jax.local_devices()[0].memory_stats() or {}
        learner = open_run(run)
        shapes = {name: value.shape for name, value in learner.params.items()}  # type: ignore[attr-defined]
    _, supervised, total = learner.lengths
    work = flops_per_example(shapes, (side // model.patch_px) ** 2, total, supervised)
    rate = sorted(rates)[len(rates) // 2]
    print(f"device              {jax.devices()[0].device_kind}, bf16 matrix product {peak / 1e12:.1f} T/s")
    print(f"model               {model.name}, {outcome['parameters']:,} parameters, {side} px, batch {arguments.batch}")
    print(f"examples a second   {rate:.2f}")
    print(f"share of peak       {100 * rate * work / peak:.1f} % ({work / 1e12:.3f} T an example)")
    print(f"input wait          {100 * outcome['input_wait']:.2f} %")
    print(f"memory              {stats.get('peak_bytes_in_use', 0) / 2**30:.2f} GiB at most; {lines[0].get('memory')}")


if __name__ == "__main__":
    main()
