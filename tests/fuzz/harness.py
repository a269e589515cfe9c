"""Many damaged files, read one after the other in a process that may die, hang or swell: what came of each."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from synthink.errors import SynthinkError
from synthink.processes import Send, Worker, WorkerDied
from tests.fuzz.mutator import mutant
from tests.fuzz.targets import TARGETS
from tests.support import peak_memory_kb

MOST_S = 5.0
"""Of the processor's time, for one file; a process that says nothing for `SILENT_S` is killed."""
SILENT_S = 60.0
MOST_MB = 1000
ADDRESSES = 6 << 30
"""Bytes of addresses that the process may have: a guard for the machine, not the bound that is tested."""

Item = tuple[str, str, bytes]
"""Target, name of the good file that was damaged, and the damaged one."""


@dataclass
class Outcome:
    """What came of all mutants of one target: counts, and those that must not be."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    most_mb: int = 0
    slowest_s: float = 0.0


def limit() -> None:
    """Called in the process before anything is read."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["HF_HUB_OFFLINE"] = "1"


def attempt(files: Mapping[str, Mapping[str, bytes]], item: Item, report: Send) -> tuple[str, int, float]:
    """Read a damaged file. `read`, `refused`, or the traceback of an error that no reader should let out; the memory in
    MB that this process, or one that it started, has taken at most; and the processor's time in seconds that it took.

    files: those beside the damaged one, by target.
    """
    target, name, data = item
    started = time.process_time()
    folder = Path(tempfile.mkdtemp(prefix="synthink-fuzz-"))
    try:
        TARGETS[target].read(folder, {**files[target], name: data}, name)
        result = "read"
    except SynthinkError as error:
        result = "refused" if "\n" not in str(error) else f"an error of many lines: {error}"
    except BaseException:  # noqa: BLE001 - whatever comes out is what is looked for
        result = traceback.format_exc()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return result, peak_memory_kb() // 1024, time.process_time() - started


def mutants(target: str, count: int, first: int = 0) -> Iterator[tuple[int, str, bytes]]:
    """Seed, name of the good file, and damaged copy, the good files in turn."""
    goods = list(TARGETS[target].goods().items())
    for seed in range(first, first + count):
        name, data = goods[seed % len(goods)]
        yield seed, name, mutant(data, seed)


class Fuzzer:
    """One process that reads damaged files of all targets; another one takes its place when it is lost."""

    def __init__(self) -> None:
        self._worker: Worker[Item, tuple[str, int, float]] | None = None

    def run(self, target: str, count: int, first: int = 0) -> Outcome:
        """Read `count` mutants."""
        outcome = Outcome()
        for seed, name, data in mutants(target, count, first):
            worker = self._worker = self._worker or self._start()
            try:
                result, memory_mb, took_s = worker.call((target, name, data), timeout_s=SILENT_S)
            except WorkerDied as death:
                result, memory_mb, took_s = "hang" if worker.timed_out else f"crash ({death})", 0, 0.0
            outcome.slowest_s = max(outcome.slowest_s, took_s)
            outcome.most_mb = max(outcome.most_mb, memory_mb)
            if memory_mb > MOST_MB:
                result = f"{memory_mb} MB"
            elif took_s > MOST_S and result in ("read", "refused"):
                result = f"{took_s:.1f} s"
            if result not in ("read", "refused"):
                outcome.faults.append(f"{target}: mutant {seed} of {name}: {result}")
                self.stop()
            outcome.counts[result.strip().splitlines()[-1][:120]] += 1
        return outcome

    def _start(self) -> Worker[Item, tuple[str, int, float]]:
        files = {name: dict(target.files()) for name, target in TARGETS.items()}
        return Worker(partial(attempt, files), "interpreter", limit)

    def stop(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
