"""Small datasets for tests of folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import api
from synthink.build import dataset_folder as run
from synthink.build import journal
from synthink.build.executors import Executor

SPLITS = {"train": 25, "validation": 7, "test": 3}


class Specks(synthink.Generator):
    """Noise, quickly made; one row of split train can fail."""

    columns = {"number": int, "box": synthink.Box}  # noqa: RUF012
    grey: int = 0
    fail_at: int = -1

    def draw(self, ctx: synthink.DrawContext) -> synthink.Sample:
        if ctx.index == self.fail_at and ctx.split.name == "train":
            raise ValueError("asked to fail")
        pixels = np.full((8, 8, 3), ctx.stream("colour").integers(0, 100) + self.grey, np.uint8)
        notes = {"number": ctx.index, "box": (0.0, 0.0, 1.5, 2.25)}
        return synthink.Sample(pixels, "how many?", str(ctx.index), notes)


def make(output: Path, splits: dict[str, int] | None = None, **options: Any) -> Any:
    fields = options.pop("fields", {})
    return synthink.generate(Specks(**fields), splits=splits or SPLITS, output=output, **{"shard_size": 5, **options})


class TwoShards(Executor):
    """Interrupted after two shards."""

    def map(self, task: Any, shards: Sequence[Any]) -> Iterator[Any]:
        yield from map(task, shards[:2])
        raise KeyboardInterrupt


def unfinished(output: Path, **options: Any) -> list[str]:
    """A folder with two finished shards of seven; their names."""
    wanted = api.make_plan(Specks(), splits=SPLITS, **{"shard_size": 5, **options})

    with pytest.raises(KeyboardInterrupt):
        run.build_dataset(wanted, output, TwoShards(), False, lambda rows: None)
    return [record.file for record in journal.read(output)]
