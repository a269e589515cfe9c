"""Shards of rows that several processes draw: the bytes, errors, losses and progress of shards made by one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import synthink as package
from synthink.build import dataset_folder
from synthink.build.blocks import BLOCK_ROWS, balances, blocks_of
from synthink.build.executors.local import LocalExecutor
from synthink.build.plan import Shard, shards_of
from synthink.errors import DrawError, OutputError
from tests.build.faults.harness import tree

pytestmark = pytest.mark.heavy


class Grey(package.Generator):
    """One grey a row, odd ones with something that was thrown away."""

    columns = {"number": int, "strokes": list[list[float]]}  # noqa: RUF012
    fail_at: int = -1
    die_at: int = -1
    mark: str = ""
    """A file that is made by the process that dies, which dies once; empty: it dies each time."""

    def draw(self, ctx: package.DrawContext) -> package.Sample:
        if ctx.index == self.fail_at:
            raise ValueError("no grey left")
        if ctx.index == self.die_at and not (self.mark and Path(self.mark).exists()):
            if self.mark:
                Path(self.mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        grey = ctx.stream("grey").integers(0, 256)
        columns = {"number": ctx.index, "strokes": [[0.5, ctx.index], []]}
        pixels = np.full((8, 8, 3), grey, np.uint8)
        return package.Sample(pixels, "which?", str(grey), columns, refusals={"odd": grey % 2} if grey % 2 else {})


def build(output: Path, workers: int, **fields: object) -> int:
    """A dataset of three shards, one of them far larger than the others; the rows that progress has shown."""
    plan = package.api.make_plan(Grey(**fields), splits={"train": 110, "validation": 3, "test": 1})
    advances: list[int] = []
    dataset_folder.build_dataset(plan, output, LocalExecutor(workers=workers), False, advances.append)
    return sum(advances)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("clean") / "data"
    build(folder, workers=1)
    yield folder


def test_the_same_bytes_and_progress(tmp_path: Path, clean: Path) -> None:
    assert build(tmp_path / "data", workers=3) == 114
    assert tree(tmp_path / "data") == tree(clean)


def test_an_error_names_its_row_and_keeps_what_is_finished(tmp_path: Path) -> None:
    with pytest.raises(DrawError, match=r"grey row 104 of split train.*no grey left") as caught:
        build(tmp_path / "data", workers=3, fail_at=104)
    assert caught.value.__cause__ is not None
    assert not list((tmp_path / "data").glob("data/train*")) and not (tmp_path / "data" / "synthink.json").exists()


def test_a_process_that_dies_costs_its_shard_a_second_try(tmp_path: Path, clean: Path) -> None:
    assert build(tmp_path / "data", workers=3, die_at=50, mark=str(tmp_path / "mark")) == 114
    shards = sorted((clean / "data").iterdir())
    assert [(tmp_path / "data" / "data" / shard.name).read_bytes() for shard in shards] == [
        shard.read_bytes() for shard in shards
    ]


def test_a_row_that_kills_each_time_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"died 3 times on rows 0 to 109 of split train .*exit code -9"):
        build(tmp_path / "data", workers=2, die_at=50)
    assert len(list((tmp_path / "data").glob("data/*"))) == 2, "the other shards are kept"


def test_blocks_are_the_rows_of_their_shard() -> None:
    shard = Shard("train", 1, 3, 100, 100 + 2 * BLOCK_ROWS + 1)
    assert [row for block in blocks_of(shard) for row in range(block.start, block.stop)] == list(range(100, shard.stop))
    assert {block.stem for block in blocks_of(shard)} == {shard.stem}


def test_blocks_are_for_few_shards_alone() -> None:
    few = list(shards_of({"train": 1000, "validation": 100, "test": 100}, 1000))
    many = list(shards_of({"train": 20_000, "test": 500}, 1000))
    assert [balances(few, workers) for workers in (1, 2, 16)] == [True, False, False]
    assert [balances(many, workers) for workers in (1, 2, 16, 64)] == [True, True, True, False]
