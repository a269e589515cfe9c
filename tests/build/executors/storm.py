"""Kills at random, one after the other, on runs of a command that goes on after each until its dataset is made."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.build.executors.rows import ENDS_S
from tests.build.faults.harness import Run, damaged, journaled, stamps, tree

SHARDS = 40
ROWS = ("generator=dots", "splits.train=200", "splits.validation=0", "splits.test=0", "shard_size=5", "pause_ms=100")
"""Forty shards that take half a second each, and next to nothing of a processor."""
MOST_LOST = 12
"""The most shards that are killed under one run, and none of the last ones, which may be lost already: one that is lost
three times would end it."""
LOOK_S = 0.1

Fault = Callable[[Run], int]
"""Does something to a run, or to what works for it, and says how many shards that may cost; 0: it could not."""


class Storm:
    """Faults on datasets in `root`, each made by `start(folder)` as often as it takes.

    faults: with their names; one that stands there several times falls more often. clean: the files of the dataset as
    this machine makes them. fell: how often each has fallen. tend: called once a second while a run is at work.
    """

    def __init__(
        self, root: Path, start: Callable[[Path], Run], faults: Sequence[tuple[str, Fault]], clean: dict[str, str]
    ) -> None:
        self.root, self.start, self.faults, self.clean = root, start, faults, clean
        self.fell, self.datasets = Counter[str](), 0
        self.chance, self.tend = random.Random(20), _nothing

    def blow(self, count: int) -> None:
        """Let that many faults fall; every dataset is whole in the end, and the same."""
        while self.fell.total() < count:
            self.make(self.root / f"{self.datasets}", count)
            self.datasets += 1
        print(f"{self.fell.total()} faults on {self.datasets} datasets of {SHARDS} shards: {dict(self.fell)}")

    def make(self, folder: Path, count: int) -> None:
        """Make one dataset."""
        kept: dict[str, tuple[int, int]] = {}
        while True:
            run, lost = self.start(folder), 0
            deadline, tended = time.monotonic() + ENDS_S, 0.0
            reached = len(journaled(folder)) if folder.exists() else 0
            while run.process.poll() is None:
                assert time.monotonic() < deadline, f"the run does not go on after {self.fell}"
                if time.monotonic() > tended + 1:
                    self.tend()
                    tended = time.monotonic()
                time.sleep(LOOK_S * self.chance.random())
                if len(done := journaled(folder)) <= reached or self.fell.total() >= count:
                    continue
                name, fault = self.chance.choice(self.faults)
                if lost < (MOST_LOST if len(done) < SHARDS - MOST_LOST else 1) and (cost := fault(run)):
                    self.fell[name] += 1
                    lost, reached, deadline = lost + cost, len(done), time.monotonic() + ENDS_S
            status = run.end(ENDS_S)
            if status == 0:
                break
            assert status < 0 or status > 128, run.stderr  # it was killed, or told to stop
            assert damaged(folder, self.clean) == []
            kept = stamps(folder, [file for file in journaled(folder) if (folder / file).exists()])
        assert tree(folder) == self.clean
        assert stamps(folder, list(kept)) == kept, "a finished shard was made again"
        shutil.rmtree(folder)


def _nothing() -> None:
    """What a run needs that goes on by itself."""


def signalled(number: int) -> Fault:
    """The fault of a signal to the run's first process alone."""

    def fall(run: Run) -> int:
        run.process.send_signal(number)
        run.process.wait(ENDS_S)
        return 1

    return fall
