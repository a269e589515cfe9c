"""Shards whose rows several processes draw: for datasets of fewer shards than would keep all cores busy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from synthink.build.plan import Plan, Shard
from synthink.build.shard import ShardResult, ShardTask, drawn_rows
from synthink.processes import Send, WorkerDied, WorkerPool

BLOCK_ROWS = 20
"""The number of rows that a process draws at a time."""

Block = Shard
"""A part of a shard: the shard with another `start` and `stop`."""
Drawn = tuple[list[dict[str, Any]], Counter[str]]
"""A block's rows, and what was drawn for them and thrown away."""


class EncodedPicture(NamedTuple):
    """A picture as its file: as much of a `Picture` as a format needs."""

    data: bytes
    suffix: str
    pixels: int

    def encode(self) -> tuple[bytes, str]:
        """The file's bytes and its suffix."""
        return self.data, self.suffix

    def checksum(self) -> int:
        """The checksum of the picture before the codec."""
        return self.pixels


def balances(shards: Sequence[Shard], workers: int) -> bool:
    """Whether the shards, each made by one process, would leave workers idle for a third of the time or more."""
    sizes = [shard.stop - shard.start for shard in shards]
    return max(sizes) * workers <= 1.5 * sum(sizes)


def make_by_blocks(task: ShardTask, shards: Sequence[Shard], workers: int) -> Iterator[ShardResult]:
    """Make the shards one after the other in this process, of rows that `workers` processes draw."""
    blocks = [block for shard in shards for block in blocks_of(shard)]
    pool = WorkerPool(partial(_draw, task.plan), min(workers, len(blocks)), never_here=task.is_retry)
    results = pool.map(blocks)
    early: dict[Block, Drawn | WorkerDied] = {}

    def rows(plan: Plan, shard: Shard, refused: Counter[str]) -> Iterator[dict[str, Any]]:
        for block in blocks_of(shard):
            drawn = early.pop(block, None) or _wait_for(block, results, early)
            if isinstance(drawn, WorkerDied):
                raise drawn
            refused.update(drawn[1])
            yield from drawn[0]

    try:
        for shard in shards:
            yield task.make(shard, partial(task.report, shard), rows)
    finally:
        results.close()


def blocks_of(shard: Shard) -> Iterator[Block]:
    """The blocks of a shard, in order."""
    for start in range(shard.start, shard.stop, BLOCK_ROWS):
        yield replace(shard, start=start, stop=min(start + BLOCK_ROWS, shard.stop))


def _wait_for(
    wanted: Block,
    results: Generator[tuple[Block, Drawn | WorkerDied], None, None],
    early: dict[Block, Drawn | WorkerDied],
) -> Drawn | WorkerDied:
    """The result of a block; results that come before it are kept in `early`."""
    for block, result in results:
        if block == wanted:
            return result
        early[block] = result
    raise AssertionError(f"no result of {wanted}")


def _draw(plan: Plan, block: Block, report: Send) -> Drawn:
    refused = Counter[str]()
    rows = []
    for row in drawn_rows(plan, block, refused):
        data, suffix = row["image"].encode()
        rows.append({**row, "image": EncodedPicture(data, suffix, row["image"].checksum())})
    return rows, refused
