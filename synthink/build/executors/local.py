"""Shards made by processes of this machine."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar

from synthink.build.blocks import balances, make_by_blocks
from synthink.build.executors.base import Executor, Item, Result
from synthink.build.plan import Shard
from synthink.build.shard import ShardResult, ShardTask
from synthink.processes import Send, WorkerDied, WorkerPool, cores
from synthink.settings import Between


class LocalExecutor(Executor):
    """Processes of this machine, a shard each at a time, or rows of one shard where there are too few shards; with one
    worker, this process itself."""

    name: ClassVar[str] = "local"

    workers: Annotated[int, Between(1)] | None = None
    """The number of processes; null: one for each core that this process may use. Never changes a byte."""

    def map(self, task: ShardTask, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        workers = min(self.workers or cores(), sum(shard.stop - shard.start for shard in shards))
        if workers <= 1 and not task.is_retry:
            yield from map(task, shards)
            return
        task.warm_up()  # here, once: forked workers share the memory
        if not balances(shards, workers):
            yield from make_by_blocks(task, shards, workers)
            return
        # What has killed a worker must not kill this process.
        results = WorkerPool(task.make, min(workers, len(shards)), never_here=task.is_retry).map(shards, task.report)
        try:
            for shard, result in results:
                yield task.lost(shard, str(result)) if isinstance(result, WorkerDied) else result
        finally:
            results.close()

    def call(
        self,
        function: Callable[[Item, Send], Result],
        items: Sequence[Item],
        on_report: Callable[[Item, int], None],
        file: Path,
    ) -> Generator[tuple[Item, Result | WorkerDied], None, None]:
        workers = min(self.workers or cores(), len(items))
        if workers <= 1:
            yield from ((item, function(item, partial(on_report, item))) for item in items)
        else:
            yield from WorkerPool(function, workers).map(items, on_report)
