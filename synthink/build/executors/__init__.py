"""Where shards are made. An executor is a function; a new one is a module here and an entry in `find_executor`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from synthink.build.plan import Plan, Shard
from synthink.build.shard import ShardRecord
from synthink.errors import ConfigError, did_you_mean
from synthink.settings import whole_number


class Executor(Protocol):
    """Makes shards, in any order, anywhere; tells of each as soon as it lies under its final name."""

    def __call__(
        self,
        plan: Plan,
        shards: Sequence[Shard],
        folder: Path,
        workers: int | None,
        on_rows: Callable[[int], None],
        on_shard: Callable[[Shard, ShardRecord], None],
    ) -> None: ...


def find_executor(name: str) -> Executor:
    """The executor of that name; `ConfigError` when there is none."""
    if name == "local":
        from synthink.build.executors.local import run

        return run
    raise ConfigError("executor", name, f"no such executor; {did_you_mean(str(name), ['local'])}")


def check_workers(workers: Any) -> None:
    """`ConfigError` unless `workers` is None or a whole number of 1 or more."""
    if workers is not None:
        whole_number("executor.workers", workers, 1)
