"""Worker processes: results, reports and errors come back; a death is one item's; nothing outlives the parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

import psutil
import pytest

from synthink.errors import ConfigError, DrawError, SynthinkError, WorkerError
from synthink.processes import Send, Start, Worker, WorkerDied, WorkerPool, start_beside
from tests.support import environment

STARTS: list[Start] = ["fork", "spawn", "interpreter"]
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(sys.platform != "linux", reason="forks, and looks at processes in Linux's way"),
]


def work(item: Any, report: Send) -> Any:
    """Do what the item says, in a worker."""
    if item == "report":
        for number in range(3):
            report(number)
    elif item == "draw error":
        try:
            raise ValueError("no ink")
        except ValueError as error:
            raise DrawError("row 7: no ink") from error
    elif item == "config error":
        raise ConfigError("length", 3, "must be odd")
    elif item == "no such file":
        raise FileNotFoundError(2, "gone", "words.txt")
    elif item == "unexpected":
        raise EOFError("a file ended")
    elif item == "unpicklable":
        return lambda: None
    elif item == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif item == "hang":
        time.sleep(600)
    return item, os.getpid()


@pytest.mark.parametrize("start", STARTS)
def test_a_worker_returns_results_and_reports(start: Start) -> None:
    worker: Worker[Any, Any] = Worker(work, start)
    reports: list[int] = []
    try:
        first, second = worker.call("report", reports.append), worker.call(2)
    finally:
        worker.stop()
    assert reports == [0, 1, 2]
    assert first == ("report", worker.process_id) and second == (2, worker.process_id)
    assert worker.process_id != os.getpid()


@pytest.mark.parametrize("start", STARTS)
def test_errors_survive_the_pipe_and_the_worker_goes_on(start: Start) -> None:
    worker: Worker[Any, Any] = Worker(work, start)
    try:
        with pytest.raises(DrawError, match="row 7: no ink") as caught:
            worker.call("draw error")
        assert isinstance(caught.value.__cause__, WorkerError) and "ValueError: no ink" in str(caught.value.__cause__)
        with pytest.raises(SynthinkError, match="length=3: must be odd"):
            worker.call("config error")
        with pytest.raises(FileNotFoundError) as missing:
            worker.call("no such file")
        assert missing.value.filename == "words.txt"
        with pytest.raises(RuntimeError, match="EOFError: a file ended"):
            worker.call("unexpected")
        with pytest.raises(RuntimeError, match="pickle"):
            worker.call("unpicklable")
        assert worker.call(1) == (1, worker.process_id)
    finally:
        worker.stop()


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.whole
def test_a_worker_that_dies_or_hangs_is_told_apart(start: Start) -> None:
    worker: Worker[Any, Any] = Worker(work, start)
    with pytest.raises(WorkerDied, match="exit code -9"):
        worker.call("die")
    assert not worker.timed_out
    worker.stop()
    worker = Worker(work, start)
    with pytest.raises(WorkerDied):
        worker.call("hang", timeout_s=0.5)
    assert worker.timed_out
    worker.stop()


def _call_in_interpreter(pipe: Any) -> None:
    worker: Worker[Any, Any] = Worker(work, "interpreter")
    pipe.send(worker.call(1)[0])
    worker.stop()


def test_a_daemonic_process_can_start_an_interpreter() -> None:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_call_in_interpreter, args=(theirs,), daemon=True)
    process.start()
    assert ours.poll(60) and ours.recv() == 1
    process.join()


def test_a_pool_makes_every_item_once_and_replaces_the_dead() -> None:
    items = [1, "die", 2, "report", 3, "die", 4]
    reports: list[tuple[Any, Any]] = []
    pool: WorkerPool[Any, Any] = WorkerPool(work, 2)
    pairs = list(pool.map(items, lambda item, message: reports.append((item, message))))
    deaths = [item for item, result in pairs if isinstance(result, WorkerDied)]
    results = [result for _, result in pairs if not isinstance(result, WorkerDied)]
    assert deaths == ["die", "die"]
    assert sorted(map(str, (item for item, _ in results))) == ["1", "2", "3", "4", "report"]
    assert 2 <= len({process for _, process in results}) <= 4
    assert reports == [("report", 0), ("report", 1), ("report", 2)]


def test_a_pools_processes_end_with_its_iterator() -> None:
    pool: WorkerPool[Any, Any] = WorkerPool(work, 2)
    before = set(psutil.Process().children())
    pairs = pool.map([1, "hang", "hang"])
    assert next(pairs)[0] == 1
    children = set(psutil.Process().children()) - before
    assert len(children) == 2
    pairs.close()
    assert all(not child.is_running() or child.status() == psutil.STATUS_ZOMBIE for child in children)


def _pool_of_two(pipe: Any) -> None:
    pool: WorkerPool[Any, Any] = WorkerPool(work, 2)
    reports: list[Any] = []
    pairs = list(pool.map([1, "report"], lambda item, message: reports.append((item, message))))
    pipe.send((pairs, os.getpid(), reports))


def test_in_a_daemonic_process_a_pool_works_in_that_process() -> None:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_pool_of_two, args=(theirs,), daemon=True)
    process.start()
    assert ours.poll(60)
    pairs, number, reports = ours.recv()
    process.join()
    assert number == process.pid
    assert pairs == [(1, (1, number)), ("report", ("report", number))]
    assert reports == [("report", 0), ("report", 1), ("report", 2)]


def allow_forks(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let this process have `count` children, and refuse it more as a full system does."""
    fork, left = os.fork, [count]

    def limited() -> int:
        if not left[0]:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        left[0] -= 1
        return fork()

    monkeypatch.setattr(os, "fork", limited)


@pytest.mark.parametrize("processes_left", [0, 1])
def test_a_pool_makes_do_with_the_processes_that_it_gets(monkeypatch: pytest.MonkeyPatch, processes_left: int) -> None:
    allow_forks(monkeypatch, processes_left)
    pool: WorkerPool[Any, Any] = WorkerPool(work, 3)
    results = dict(pair for _, pair in pool.map([1, 2, 3, 4]))
    assert sorted(results) == [1, 2, 3, 4]
    assert len(set(results.values())) == 1 and (os.getpid() in results.values()) == (not processes_left)
    if processes_left == 0:
        careful: WorkerPool[Any, Any] = WorkerPool(work, 3, never_here=True)
        with pytest.raises(SynthinkError, match="no second process can be started"):
            list(careful.map([1, 2]))


def test_when_the_last_process_dies_and_there_is_no_other_the_rest_is_done_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow_forks(monkeypatch, 1)
    pool: WorkerPool[Any, Any] = WorkerPool(work, 2)
    results = dict(pool.map(["die", 1, 2]))
    assert isinstance(results["die"], WorkerDied)
    assert results[1] == (1, os.getpid()) and results[2] == (2, os.getpid())


@pytest.mark.parametrize(
    ("libraries", "function", "start"),
    [
        (["numpy", "torch"], work, "fork"),
        (["numpy", "jax"], work, "interpreter"),
        (["tensorflow"], work, "interpreter"),
        (["jaxtyping", "jax.numpy"], work, "fork"),
        (["jax"], lambda item, report: item, None),
    ],
    ids=["torch", "jax", "tensorflow", "names alike", "a function that cannot travel"],
)
def test_nothing_is_forked_beside_a_library_with_threads(libraries: list[str], function: Any, start: str) -> None:
    assert start_beside(libraries, function) == start


BESIDE_JAX = """
import os
import jax
from synthink.processes import WorkerPool
from tests.test_processes import work

def own(item, report):
    return item, os.getpid()

def forked():
    raise SystemExit("forked")

os.register_at_fork(before=forked)
pairs = list(WorkerPool(FUNCTION, 2).map([1, 2, 3]))
print(sorted(item for item, _ in pairs), os.getpid() in [result[1] for _, result in pairs])
"""


@pytest.mark.parametrize("function", ["work", "own"])
@pytest.mark.slow
def test_beside_jax_workers_are_fresh_or_there_are_none(tmp_path: Any, function: str) -> None:
    """A script that does not ask for `__main__`, as most do not."""
    (tmp_path / "jax.py").touch()  # its name decides
    (tmp_path / "script.py").write_text(BESIDE_JAX.replace("FUNCTION", function))
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")], capture_output=True, text=True, env=environment(), check=False
    )
    assert (done.returncode, done.stdout) == (0, f"[1, 2, 3] {function == 'own'}\n"), done.stderr
    assert ("this process works alone" in done.stderr) == (function == "own")


SCRIPT = """
import sys
from synthink.processes import Worker
from tests.test_processes import work

if __name__ == "__main__":
    workers = []
    for start in ("fork", "spawn", "interpreter"):
        workers.append(Worker(work, start, siblings=workers))
        workers[-1].call(1)
        workers[-1].send("hang")
    print(*(worker.process_id for worker in workers), flush=True)
    sys.stdin.read()
"""


@pytest.mark.whole
def test_workers_die_with_a_parent_that_is_killed(tmp_path: Any) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "script.py")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    ) as parent:
        assert parent.stdout is not None
        workers = [psutil.Process(int(process_id)) for process_id in parent.stdout.readline().split()]
        assert len(workers) == 3
        parent.kill()
    for worker in workers:
        with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
            worker.wait(10)
        assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
