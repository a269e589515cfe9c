"""Runs that are killed at any moment, in processes of their own: they end as if nothing had been."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from synthink.errors import OutputError
from synthink.train.run import train_model
from tests.support import environment
from tests.train.killed import TRAINER, request, same

pytestmark = pytest.mark.heavy

TRIALS = 5


@contextmanager
def stopped(data: Path, output: Path, stop: int) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own that has come to a moment and waits there; killed in the end."""
    asked = json.dumps({"data": str(data), "output": str(output), "stop": stop})
    command = [sys.executable, "-m", "tests.train.killed", asked]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "here\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("trial", range(TRIALS))
@pytest.mark.slow
def test_a_killed_run_ends_as_if_nothing_had_been(
    data: Path, tmp_path: Path, clean: Path, moments: int, trial: int
) -> None:
    stop = random.Random(trial).randrange(trial * moments // TRIALS, (trial + 1) * moments // TRIALS) + 1
    with stopped(data, tmp_path / "run", stop) as process:
        process.kill()
        assert process.wait() == -9
    train_model(request(data, tmp_path / "run"))
    same(tmp_path / "run", clean)


@pytest.mark.slow
def test_two_runs_at_once_into_one_folder(data: Path, tmp_path: Path, moments: int) -> None:
    with stopped(data, tmp_path / "run", moments // 2) as process:
        before = {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()}
        with pytest.raises(OutputError, match=f"another run is writing here .process {process.pid} "):
            train_model(request(data, tmp_path / "run"))
        assert {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_every_moment_of_beginning_again_may_be_the_last(data: Path, tmp_path: Path, clean: Path, moments: int) -> None:
    """Killed twice: on the way, and while the metrics of the first try are taken up."""
    for stop in (moments // 2, 3):
        with stopped(data, tmp_path / "run", stop) as process:
            process.kill()
            process.wait()
    train_model(request(data, tmp_path / "run"))
    same(tmp_path / "run", clean)


@pytest.mark.slow
def test_a_run_that_has_learned_nothing_may_be_asked_for_something_else(data: Path, tmp_path: Path) -> None:
    with stopped(data, tmp_path / "run", 2) as process:  # it has just noted what it was asked for
        process.kill()
        process.wait()
    assert (tmp_path / "run" / "run.json").exists()
    assert train_model(replace(request(data, tmp_path / "run"), trainer=replace(TRAINER, steps=3)))["steps"] == 3
