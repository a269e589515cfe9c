"""A run of big_vision's own trainer as `synthink train` knows runs: its metrics, its scores, its weights."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.errors import ConfigError
from synthink.train.learner import Example
from synthink.train.metrics import Metrics
from synthink.train.official.launch import run_official
from synthink.train.official.settings import BigVisionOfficial
from synthink.train.rows import Row, Rows
from synthink.train.runfolder import METRICS

if TYPE_CHECKING:
    from synthink.train.asking import Prepared

FOLDER = "official"


def train_officially(ready: Prepared, held_out: Sequence[tuple[Row, Any]], progress: bool) -> dict[str, Any]:
    """Start it, wait, and read back what it left; several datasets are taken together, so their weights must be alike.

    held_out: the rows that are asked on the way, with what judges the answers.
    """
    from synthink.train.running import share_right

    request, run, trainer = ready.request, ready.run, ready.request.trainer
    assert isinstance(trainer, BigVisionOfficial)
    assert ready.tokenizer is not None, "PaliGemma has one"
    if len({weight for _, weight in request.datasets}) > 1:
        raise ConfigError("dataset", None, "big_vision's own trainer takes rows as they are, without weights")
    if not held_out:
        raise ConfigError("dataset", None, "big_vision's own trainer wants a validation split")
    started = time.monotonic()
    found = run_official(
        run.path / FOLDER,
        _examples(ready.learned),
        (Example(row["image"], row["prefix"], row["suffix"], row["id"]) for row, _ in held_out),
        model=request.model,
        trainer=trainer,
        tokenizer=ready.tokenizer,
        image_px=ready.side,
        seed=request.seed,
        weights_file=Path(ready.weights) if ready.weights else None,
        progress=_tell if progress and sys.stderr.isatty() else None,
    )
    metrics = Metrics(run.path / METRICS, 0, trainer.steps, None, False)
    for line in found.metrics:
        values = {name: value for name, value in line.items() if name not in ("step", "seconds")}
        metrics.write(int(line["step"]), values)
    for step, answers in sorted(found.curve.items()):
        metrics.write(step, {"score": share_right(held_out, [answers.get(row["id"], "") for row, _ in held_out])})
    metrics.close()
    run.model.mkdir(exist_ok=True)
    found.checkpoint.replace(run.model / "checkpoint.npz")
    return {
        "steps": trainer.steps,
        "stopped": "all steps were done",
        "seconds": round(time.monotonic() - started, 3),
        "score": metrics.curve[-1]["score"] if metrics.curve else None,
        "parameters": _parameters(run.model / "checkpoint.npz"),
    }


def _examples(learned: Sequence[Rows]) -> Iterator[Example]:
    return chain.from_iterable((rows.example(index) for index in range(len(rows))) for rows in learned)


def _tell(line: dict[str, Any]) -> None:
    print(f"\rstep {line.get('step')}: loss {line.get('loss')}", end="", file=sys.stderr, flush=True)


def _parameters(file: Path) -> int:
    from math import prod

    from synthink.train.bigvision.weights import headers

    return sum(prod(shape) for shape, _ in headers(file).values())
