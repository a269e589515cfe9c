"""What an executor is: settings, and one method that has shards made somewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

from synthink.build.plan import Shard
from synthink.build.shard import ShardResult, ShardTask
from synthink.errors import ConfigError
from synthink.processes import Send, WorkerDied
from synthink.settings import Settings

Item = TypeVar("Item")
Result = TypeVar("Result")


class Executor(Settings, ABC):
    """Has shards made: in this process, in others, on other machines.

    Its fields are the keys `executor.x=...`. Which shards are missing, what is tried again, errors, progress and the
    journal are not its business (`synthink.build.build`).
    """

    name: ClassVar[str] = ""
    """The name of its entry point: `executor=NAME`."""

    @abstractmethod
    def map(self, task: ShardTask, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        """Call `task(shard)` for each shard, anywhere and in any order, and yield what it returns as soon as it does.

        `task` can be pickled and raises nothing: a failure is a result, too. It writes into the dataset's folder, so
        other machines must see that folder under the same path. Where a process died, yield
        `task.lost(shard, reason)`, or leave the shard out: it is made again, three times in all. The iterator is closed
        when a run is interrupted; nothing may go on writing then, but for jobs that leave their results in a room
        (`synthink.build.results`), where the next run finds them.
        """

    def call(
        self,
        function: Callable[[Item, Send], Result],
        items: Sequence[Item],
        on_report: Callable[[Item, int], None],
        file: Path,
    ) -> Generator[tuple[Item, Result | WorkerDied], None, None]:
        """Call `function(item, report)` for each item, anywhere and in any order, and yield each with its result: for
        work that reads a dataset and writes nothing.

        function: can be pickled; its errors are raised here. on_report: called with an item and the numbers that the
        function reports, where those come back. file: a file of the dataset, which every machine must see under the
        same path. Where a process died, `WorkerDied` stands for the result. `ConfigError` from an executor that only
        makes datasets.
        """
        raise ConfigError("executor", self.name, "only makes datasets; local and ray also check them")
