"""The rows that clusters make in the tests, as a run on this machine makes them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.build.faults.harness import Run, damaged, journaled, stamps, tree

SHARDS = 12
ENDS_S = 300
"""After this time a run has ended, on a busy machine too."""
DOTS = ("generator=dots", "splits.train=240", "splits.validation=0", "splits.test=0", "shard_size=20", "pause_ms=40")
"""Twelve shards that take most of a second each."""


def made_here(folder: Path, *more: str) -> dict[str, str]:
    """The files of the dataset as processes of this machine make it, by their digests."""
    end_well(Run(*DOTS, *more, f"output={folder}"))
    return tree(folder)


def ended(*arguments: str) -> Run:
    """A run that has ended."""
    run = Run(*arguments)
    run.end(ENDS_S)
    return run


def end_well(run: Run, seconds: float = ENDS_S) -> None:
    """Wait for a run that does what it was asked for."""
    assert run.end(seconds) == 0, run.stderr


def wait_for(condition: Callable[[], bool], run: Run, seconds: float = ENDS_S) -> None:
    """Wait until a condition holds while the run goes on."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert run.process.poll() is None, run.process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def go_on(folder: Path, clean: dict[str, str], start: Callable[[], Run]) -> Run:
    """Run the command again after a fault: nothing that is finished is made again, and the dataset is the same."""
    assert damaged(folder, clean) == []
    kept = stamps(folder, [name for name in journaled(folder) if (folder / name).exists()])
    run = start()
    end_well(run)
    assert tree(folder) == clean
    assert stamps(folder, list(kept)) == kept, "a finished shard was made again"
    shutil.rmtree(folder)
    return run
