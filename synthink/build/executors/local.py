"""Processes of this machine. Each is handed one shard at a time; a dead one's shard is made again."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from synthink.build.plan import Plan, Shard
from synthink.build.shard import ShardRecord, make_shard
from synthink.errors import AssetError, DrawError, OutputError, SynthinkError, unexpected, with_notes

ATTEMPTS = 3  # times a shard is tried when its worker dies
_REPORT_ROWS = 20  # rows between two messages of a worker


def run(
    plan: Plan,
    shards: Sequence[Shard],
    folder: Path,
    workers: int | None,
    on_rows: Callable[[int], None],
    on_shard: Callable[[Shard, ShardRecord], None],
) -> None:
    """Make all shards. workers: processes; None for one a core; with one, the work is done in this process."""
    count = min(workers or cores(), len(shards))
    if count <= 1:
        for shard in shards:
            on_shard(shard, make_shard(plan, shard, folder, on_rows))
        return
    _Crew(plan, folder, count).work(list(shards), on_rows, on_shard)


def cores() -> int:
    """Cores that this process may use: a container often has fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Worker:
    """A process and the pipe to it."""

    def __init__(self, crew: _Crew) -> None:
        context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self.pipe, theirs = context.Pipe()
        # A forked child holds copies of its siblings' pipes; it must close them, or a dead sibling is never noticed.
        others = [worker.pipe for worker in crew.workers] + [self.pipe] if sys.platform == "linux" else []
        self.process = context.Process(
            target=_serve,
            args=(crew.plan, crew.folder, theirs, others, os.getpid()),
            daemon=True,
            name="synthink worker",
        )
        with _interrupts_held():
            self.process.start()
        theirs.close()
        self.shard: Shard | None = None
        self.rows = 0
        """Rows of the shard that were reported."""

    def give(self, shard: Shard) -> None:
        self.shard, self.rows = shard, 0
        with suppress(OSError):  # a worker that died is noticed by its silence
            self.pipe.send(shard)


class _Crew:
    def __init__(self, plan: Plan, folder: Path, count: int) -> None:
        self.plan, self.folder, self.count = plan, folder, count
        self.workers: list[_Worker] = []
        plan.source.assets  # noqa: B018 - opened once here; forked workers share the memory
        if "pyarrow" in sys.modules:
            sys.modules["pyarrow"].array([])  # imports pandas, which takes longer than a small shard

    def work(
        self,
        waiting: list[Shard],
        on_rows: Callable[[int], None],
        on_shard: Callable[[Shard, ShardRecord], None],
    ) -> None:
        attempts: dict[Shard, int] = {}
        waiting.reverse()
        try:
            while waiting or any(worker.shard for worker in self.workers):
                self._employ(waiting)
                for worker in list(self.workers):
                    if worker.shard is None and waiting:
                        worker.give(waiting.pop())
                for ready in wait([worker.pipe for worker in self.workers]):
                    worker = next(worker for worker in self.workers if worker.pipe is ready)
                    try:
                        kind, content = worker.pipe.recv()
                    except (EOFError, OSError):
                        on_rows(-worker.rows)
                        self._bury(worker, waiting, attempts)
                        continue
                    if kind == "rows":
                        worker.rows += content
                        on_rows(content)
                    elif kind == "error":
                        error, trace = content
                        raise error from (WorkerError(trace) if trace else None)
                    else:
                        shard, worker.shard = worker.shard, None
                        assert shard is not None
                        on_shard(shard, content)
        finally:
            self._dismiss()

    def _employ(self, waiting: list[Shard]) -> None:
        busy = sum(worker.shard is not None for worker in self.workers)
        while len(self.workers) < min(self.count, busy + len(waiting)):
            self.workers.append(_Worker(self))

    def _bury(self, worker: _Worker, waiting: list[Shard], attempts: dict[Shard, int]) -> None:
        """A worker died: put its shard back, unless that killed workers before."""
        self.workers.remove(worker)
        worker.process.join()
        worker.pipe.close()
        if worker.shard is None:
            return
        shard = worker.shard
        attempts[shard] = attempts.get(shard, 0) + 1
        if attempts[shard] >= ATTEMPTS:
            raise OutputError(
                f"a worker died {ATTEMPTS} times on rows {shard.start} to {shard.stop - 1} of split {shard.split} "
                f"(shard {shard.stem}; last exit {worker.process.exitcode}): out of memory, or a crash in a library?"
            )
        waiting.append(shard)

    def _dismiss(self) -> None:
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.pipe.close()
        self.workers.clear()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C away from a child until it ignores it: it would print a traceback of its own."""
    if os.name != "posix":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(plan: Plan, folder: Path, pipe: Connection, others: list[Connection], parent: int) -> None:
    """A worker's life: shard in, record out, until the pipe closes or the parent dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if os.name == "posix":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    _die_with(parent)
    for other in others:
        other.close()
    pending = 0

    def progress(rows: int) -> None:
        nonlocal pending
        pending += rows
        if pending >= _REPORT_ROWS:
            pipe.send(("rows", pending))
            pending = 0

    try:
        while True:
            shard = pipe.recv()
            record = make_shard(plan, shard, folder, progress)
            if pending:
                pipe.send(("rows", pending))
                pending = 0
            pipe.send(("done", record))
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:  # noqa: BLE001 - it is raised again in the parent
        with suppress(OSError):
            pipe.send(("error", _portable(error)))


class WorkerError(Exception):
    """Stands for what went wrong in a worker, whose traceback it tells as text."""


def _portable(error: Exception) -> tuple[Exception, str]:
    """The error as something that survives a pipe, and the traceback that goes with it."""
    if isinstance(error, OSError) and error.errno is not None:
        return OSError(error.errno, os.strerror(error.errno), error.filename), ""
    if isinstance(error, SynthinkError):
        kinds: list[type[Any]] = [DrawError, AssetError, OutputError]
        kind = next((kind for kind in kinds if isinstance(error, kind)), SynthinkError)
        return kind(with_notes(error)), unexpected(error)
    return RuntimeError(f"{type(error).__name__}: {with_notes(error)}"), "".join(traceback.format_exception(error))


def _die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies (prctl(2), PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
