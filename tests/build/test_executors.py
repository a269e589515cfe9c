"""The seam between a run and its executor: a stranger's comes in by an entry point; losses and errors are the run's."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

import synthink as package
from synthink.build import dataset_folder
from synthink.build.executors import Executor, find_executor, make_executor
from synthink.build.executors.local import LocalExecutor
from synthink.build.plan import Shard
from synthink.build.shard import ShardFailure, ShardRecord, ShardResult, ShardTask
from synthink.errors import ConfigError, DrawError, OutputError, WorkerError
from tests.build.faults.harness import tree
from tests.plugin import GOOD, THREADS, unpacked
from tests.support import Result

pytestmark = pytest.mark.heavy


class Greys(package.Generator):
    """One grey a row."""

    columns = {"number": int}  # noqa: RUF012
    fail_at: int = -1

    def draw(self, ctx: package.DrawContext) -> package.Sample:
        if ctx.index == self.fail_at:
            raise ValueError("no grey left")
        pixels = np.full((8, 8, 3), ctx.stream("grey").integers(0, 256), np.uint8)
        return package.Sample(pixels, "which?", str(ctx.index), {"number": ctx.index})


def build(output: Path, executor: Executor, fail_at: int = -1) -> int:
    """A dataset of 5 shards of 5 rows in `output`; the rows that progress has shown."""
    plan = package.api.make_plan(Greys(fail_at=fail_at), splits={"train": 25}, shard_size=5)
    advances: list[int] = []
    dataset_folder.build_dataset(plan, output, executor, False, advances.append)
    return sum(advances)


class Forgetful(Executor):
    """Loses some shards, some of them without a word."""

    losses: int = 1
    """How often each shard is lost."""

    def map(self, task: ShardTask, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        for shard in shards:
            LOST[shard] += 1
            if LOST[shard] > self.losses or shard.number == 0:
                yield task(shard)
            elif shard.number % 2:
                task.report(shard, 3)
                yield task.lost(shard, "exit code -9")


LOST = Counter[Shard]()


def test_a_strangers_executor_makes_the_same_bytes(tmp_path: Path, synthink: Callable[..., Result]) -> None:
    site = tmp_path / "site"
    unpacked(site, "threads", "synthink_threads", THREADS, "ThreadsExecutor", "synthink.executors")
    unpacked(site, "dots", "synthink_dots", GOOD, "Dots")
    env = {"PYTHONPATH": str(site)}
    rows = ("generator=dots", "splits.train=25", "splits.validation=0", "splits.test=4", "shard_size=5")
    for number, executor in enumerate((["executor=threads", "executor.threads=3"], ["executor.workers=1"])):
        result = synthink("generate", *rows, *executor, f"output=out{number}", env=env)
        assert result.returncode == 0, result.stderr
    assert tree(tmp_path / "out0") == tree(tmp_path / "out1")
    wrong = synthink("generate", *rows, "executor=threads", "executor.workers=3", "output=out2", env=env)
    assert wrong.returncode == 2 and "executor.workers" in wrong.stderr


@pytest.mark.parametrize("executor", [LocalExecutor(workers=1), LocalExecutor(workers=2)], ids=["one", "two"])
def test_progress_counts_every_row_once(tmp_path: Path, executor: Executor) -> None:
    assert build(tmp_path / "data", executor) == 25


def test_lost_shards_are_made_again_and_progress_takes_them_back(tmp_path: Path) -> None:
    build(tmp_path / "clean", LocalExecutor(workers=1))
    LOST.clear()
    assert build(tmp_path / "data", Forgetful(losses=2)) == 25
    assert max(LOST.values()) == 3
    assert tree(tmp_path / "data") == tree(tmp_path / "clean")


def test_a_shard_that_is_lost_three_times_is_named(tmp_path: Path) -> None:
    LOST.clear()
    with pytest.raises(OutputError, match=r"died 3 times on rows 5 to 9 of split train \(shard .*; exit code -9\)"):
        build(tmp_path / "data", Forgetful(losses=3))
    assert list((tmp_path / "data").glob("data/*")), "what was made is kept"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_rows_error_comes_through(tmp_path: Path, workers: int) -> None:
    with pytest.raises(DrawError, match=r"greys row 12 of split train.*no grey left") as caught:
        build(tmp_path / "data", LocalExecutor(workers=workers), fail_at=12)
    assert caught.value.__cause__ is not None


def test_tasks_and_failures_can_be_pickled(tmp_path: Path) -> None:
    plan = package.api.make_plan(Greys(fail_at=3), splits={"train": 25}, shard_size=5)
    (tmp_path / ".synthink" / "tmp").mkdir(parents=True)
    advances: list[int] = []
    task = pickle.loads(pickle.dumps(ShardTask(plan, tmp_path, advances.append)))
    failure = pickle.loads(pickle.dumps(task(plan.shards[0])))
    assert isinstance(failure, ShardFailure) and isinstance(failure.error, DrawError)
    assert isinstance(failure.error.__cause__, WorkerError) and "no grey left" in str(failure.error.__cause__)
    record = task(plan.shards[1])
    assert isinstance(record, ShardRecord) and (tmp_path / record.file).exists()
    assert advances == []


def test_an_executor_is_a_name_a_mapping_or_an_object() -> None:
    assert find_executor("local") is LocalExecutor
    assert make_executor("local") == LocalExecutor()
    assert make_executor("local", 3) == make_executor({"name": "local", "workers": 3}) == LocalExecutor(workers=3)
    assert make_executor(LocalExecutor(workers=2)) == LocalExecutor(workers=2)
    assert make_executor(LocalExecutor(workers=2), 4) == LocalExecutor(workers=4)
    assert make_executor({"workers": 2}) == LocalExecutor(workers=2)


@pytest.mark.parametrize(
    ("executor", "workers", "message"),
    [
        ("locl", None, "executor='locl': no such executor; did you mean local"),
        ("local", 0, "executor.workers=0: must be at least 1"),
        ("local", True, "executor.workers=True"),
        ({"name": "local", "wokers": 2}, None, "executor.wokers=2: no such field; did you mean workers"),
        (Forgetful(), 2, "executor.workers=2: no such field"),
        ({"name": "ray", "memory": "4 GB"}, None, "executor.memory='4 GB': must be a size such as 500M or 4G"),
    ],
    ids=str,
)
def test_what_is_no_executor_is_refused(executor: str, workers: int | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace(".", r"\.")):
        make_executor(executor, workers)


@pytest.mark.parametrize(("name", "needed"), [("ray", "ray"), ("slurm", "submitit")])
def test_an_executor_without_its_package_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, needed: str
) -> None:
    monkeypatch.setitem(sys.modules, needed, None)
    with pytest.raises(
        ConfigError, match=rf"executor='{name}': needs the package {needed}: pip install '.*\[{name}\]'"
    ):
        build(tmp_path / "data", make_executor(name))
    assert build(tmp_path / "data", LocalExecutor(workers=1)) == 25, "the folder is free"


class Deadly(Greys):
    """Its row 3 kills the worker process that draws it."""

    def draw(self, ctx: package.DrawContext) -> package.Sample:
        if ctx.index == 3 and multiprocessing.parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().draw(ctx)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")
def test_what_killed_a_worker_is_never_tried_in_this_process(tmp_path: Path) -> None:
    plan = package.api.make_plan(Deadly(), splits={"train": 10}, shard_size=5)
    with pytest.raises(OutputError, match=r"died 3 times on rows 0 to 4 of split train \(shard .*; exit code -9\)"):
        dataset_folder.build_dataset(plan, tmp_path / "data", LocalExecutor(workers=2), False, lambda rows: None)
