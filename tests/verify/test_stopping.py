"""`synthink verify` can be stopped at any time, and nothing of it is left.

All signals: pytest -m slow tests/verify/test_stopping.py
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import synthink
from tests.support import environment

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in Linux's way"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shards that take long enough to be judged."""
    output = tmp_path_factory.mktemp("stopping") / "letters"
    synthink.generate("circled_letters", splits={"train": 400}, output=output, shard_size=200)
    return output


def stop(folder: Path, number: int, wait_s: float) -> tuple[int, float, str]:
    """Start `verify`, wait until it has workers and then a while, and send it a signal: its exit status, the seconds
    that it took to end, and what it said. Fails when a worker outlives it."""
    command = [sys.executable, "-m", "synthink", "verify", f"dataset={folder}", "rows=all"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), start_new_session=True
    ) as process:
        parent = psutil.Process(process.pid)
        while len(workers := parent.children(recursive=True)) < 2:
            assert process.poll() is None, "it ended before it had workers"
            time.sleep(0.02)
        time.sleep(wait_s)
        started = time.monotonic()
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as Ctrl-C does
        else:
            process.send_signal(number)
        _, told = process.communicate(timeout=20)
        seconds = time.monotonic() - started
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert not alive
    return process.returncode, seconds, told


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: no workers")
@pytest.mark.whole
def test_ctrl_c_ends_it_within_two_seconds(folder: Path) -> None:
    status, seconds, told = stop(folder, signal.SIGINT, 0.3)
    assert status == 130 and seconds < 2
    assert told.startswith("synthink: interrupted") and len(told.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: no workers")
@pytest.mark.parametrize("wait_s", [0.0, 0.1, 1.0])
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_no_signal_leaves_a_worker(folder: Path, number: int, status: int, wait_s: float) -> None:
    ended, seconds, _ = stop(folder, number, wait_s)
    assert ended == status and seconds < 2


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts, which only root may")
def test_it_runs_without_shared_memory(folder: Path) -> None:
    inner = f"mount -t tmpfs -o ro none /dev/shm && exec {sys.executable} -m synthink verify dataset={folder} rows=20"
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", inner], capture_output=True, text=True, env=environment(), check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
