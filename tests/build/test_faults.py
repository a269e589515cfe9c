"""Runs that are killed, stopped, starved of disk or doubled, in fresh processes: nothing lost, doubled or damaged.

Each trial falls at a random moment between the first finished shard and the end; where it fell is reported at the end.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pty
import random
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.build.faults.harness import COMMAND, Run, damaged, generate, journaled, stamps, tree, wait_for
from tests.support import environment

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at sessions and processes in Linux's way"),
]

ROWS, SHARD, SHARDS = 480, 40, 12
DOTS = (
    "generator=dots",
    f"splits.train={ROWS}",
    "splits.validation=0",
    "splits.test=0",
    f"shard_size={SHARD}",
    "pause_ms=1",
)
WORK_S = {1: 0.6, 2: 0.35}
"""About how long the shards of `DOTS` take, by workers."""
STOPS_S = 15
"""After this time a run that was told to stop has ended, on a busy machine too."""
TRIALS = [
    pytest.param(5, id="everyday"),
    pytest.param(
        int(os.environ.get("SYNTHINK_FAULTS", "200")), id="slow", marks=[pytest.mark.slow, pytest.mark.timeout(3600)]
    ),
]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset as a run without any fault makes it."""
    folder = tmp_path_factory.mktemp("clean") / "data"
    run = generate(*DOTS, f"output={folder}")
    assert run.process.returncode == 0, run.stderr
    return folder


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Iterator[Callable[[str, int], None]]:
    """Where the faults fell: called with the kind and the number of finished shards; told when the test ends."""
    fell: dict[str, list[int]] = {}
    yield lambda kind, shards: fell.setdefault(kind, []).append(shards)
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        for kind, shards in fell.items():
            between = sum(0 < count < SHARDS for count in shards)
            text = ", ".join(f"{count} {shards.count(count)}x" for count in sorted(set(shards)))
            reporter.write_line(f" {kind}: {len(shards)}, of them {between} between; shards done: {text}")


def interrupted(folder: Path, workers: int, chance: random.Random, *more: str) -> Run:
    """A run at a random moment after its first finished shard."""
    run = begun(folder, workers, *more)
    time.sleep(chance.uniform(0, WORK_S[workers]))
    return run


def begun(
    folder: Path, workers: int, *more: str, stage: Path | None = None, prepare: Callable[[], object] = lambda: None
) -> Run:
    """A run that has been seen with a finished shard on record, in its stage where it replaces another dataset.

    prepare: called before the run.
    """
    for _ in range(20):
        prepare()
        run = Run(*DOTS, *more, f"executor.workers={workers}", f"output={folder}")
        if wait_for(lambda: bool(journaled(stage or folder)), run):
            return run
        assert run.end() == 0, run.stderr
        shutil.rmtree(folder)  # on a busy machine all shards may be done before we look
    pytest.fail("20 runs were done before they could be seen at work")


@contextmanager
def held(folder: Path, workers: int) -> Iterator[Run]:
    """A run that stands still, with all its processes, at some moment between its first shard and its end."""
    for _ in range(20):
        run = begun(folder, workers)
        os.killpg(run.process.pid, signal.SIGSTOP)
        try:
            assert wait_for(run.stands_still, run)
            if journaled(folder) and (folder / ".synthink" / "lock").exists():
                yield run
                return
        finally:
            os.killpg(run.process.pid, signal.SIGCONT)
        assert run.end() == 0, run.stderr
        shutil.rmtree(folder)
    pytest.fail("20 runs were done before they could be held")


def finish(folder: Path, clean: Path, *more: str) -> Run:
    """Run the command again: it goes on from the shards on record and ends with the clean run's bytes."""
    kept = stamps(folder, journaled(folder))
    run = generate(*DOTS, *more, f"output={folder}")
    assert run.process.returncode == 0, run.stderr
    assert tree(folder) == tree(clean)
    assert stamps(folder, list(kept)) == kept, "a finished shard was made again"
    return run


@pytest.mark.parametrize("trials", TRIALS)
def test_kill_of_the_run(tmp_path: Path, clean: Path, told: Callable[[str, int], None], trials: int) -> None:
    chance = random.Random(1)
    for trial in range(trials):
        workers = 1 if trial % 3 == 2 else 2
        folder = tmp_path / str(trial)
        run = interrupted(folder, workers, chance)
        if trial % 4 == 1 and (some := run.workers()):
            os.kill(chance.choice(some), signal.SIGSTOP)  # an orphan that would wake up when the next run is done
        run.kill()
        told(f"kill -9, {workers} workers", len(journaled(folder)))
        if trial % 2 == 0:
            run.wait_gone()
            assert damaged(folder, tree(clean)) == []
        finish(folder, clean)
        run.wait_gone()
        assert tree(folder) == tree(clean)
        run.end()
        shutil.rmtree(folder)


def test_kill_of_circled_letters(tmp_path: Path) -> None:
    """The same with the real generator, killed again and again until it is done."""
    command = ["splits.train=640", "splits.validation=40", "splits.test=40", "shard_size=40", "picture_px=96"]
    assert generate(*command, f"output={tmp_path / 'clean'}").process.returncode == 0
    folder, kept, kills = tmp_path / "data", 0, 0
    while True:
        run = Run(*command, "executor.workers=2", f"output={folder}")
        if not wait_for(lambda kept=kept: len(journaled(folder)) > kept + 4, run):  # type: ignore[misc]
            break
        run.kill()
        kills += 1
        kept = len(journaled(folder)) or kept
    assert run.end() == 0, run.stderr
    assert kills >= 1
    assert tree(folder) == tree(tmp_path / "clean")


@pytest.mark.parametrize("trials", TRIALS)
def test_kill_of_a_worker(tmp_path: Path, clean: Path, told: Callable[[str, int], None], trials: int) -> None:
    chance = random.Random(3)
    for trial in range(trials):
        folder = tmp_path / str(trial)
        run = interrupted(folder, 2, chance)
        told("kill -9 of a worker", len(journaled(folder)) or SHARDS)
        for pid in run.workers()[:1]:
            os.kill(pid, signal.SIGKILL)
        assert run.end() == 0, run.stderr
        assert tree(folder) == tree(clean)
        shutil.rmtree(folder)


@pytest.mark.parametrize("fault", ["kill", "segfault"])
def test_a_row_that_kills_its_worker_is_named(tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "data"
    started = time.monotonic()
    run = generate(*DOTS, f"fault={fault}", "at=130", "executor.workers=2", f"output={folder}")
    assert run.process.returncode == 2
    assert time.monotonic() - started < 30
    assert "a worker died 3 times on rows 120 to 159 of split train (shard train-00003-of-00012" in run.stderr
    assert run.stderr.count("\n") == 1
    run.wait_gone()
    assert "data/train-00000-of-00012.parquet" in journaled(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("trials", TRIALS)
def test_stop(
    tmp_path: Path, clean: Path, told: Callable[[str, int], None], trials: int, number: signal.Signals
) -> None:
    chance = random.Random(int(number))
    stopped = 0
    for trial in range(4 * trials):
        if trial >= trials and stopped > trials / 2:
            break
        folder = tmp_path / str(trial)
        run = interrupted(folder, 1 + trial % 2, chance)
        if number == signal.SIGTERM and trial % 3:
            run.process.terminate()  # a scheduler may know the first process only
        else:
            for pause_s in (chance.uniform(0, 0.1), 0):
                os.killpg(run.process.pid, number)
                time.sleep(pause_s)
                if run.process.poll() is not None:
                    break
        status = run.end(STOPS_S)
        told(number.name, len(journaled(folder)) or SHARDS)
        if status != 0:  # else it was done before the signal came
            stopped += 1
            assert status == 128 + number, run.stderr
            assert run.stderr.startswith("synthink: interrupted") and run.stderr.count("\n") == 1, run.stderr
        run.wait_gone()
        assert damaged(folder, tree(clean)) == []
        finish(folder, clean)
        shutil.rmtree(folder)
    assert stopped > trials / 2


def test_stop_at_a_terminal(tmp_path: Path) -> None:
    """Ctrl-C is typed twice while a progress bar is shown."""
    folder = tmp_path / "data"
    screen, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, "generate", *DOTS[:-1], "pause_ms=10", f"output={folder}"],
        env=environment(),
        stdin=side,
        stdout=side,
        stderr=side,
        start_new_session=True,
        preexec_fn=lambda: (fcntl.ioctl(0, termios.TIOCSCTTY, 0), signal.signal(signal.SIGINT, signal.SIG_DFL)),
    )
    os.close(side)
    shown = b""
    try:
        while data := os.read(screen, 4096):
            shown += data
            if b"rows/s]" in shown and journaled(folder) and b"^C" not in shown:
                os.write(screen, b"\x03\x03")
    except OSError:
        pass  # the other side is closed
    os.close(screen)
    assert process.wait(STOPS_S) == 130
    assert shown.decode().split("\r")[-2].strip("^C ") == "synthink: interrupted; the same command goes on from here"
    assert b"Traceback" not in shown


@pytest.mark.parametrize("trials", TRIALS)
def test_two_runs_at_once(tmp_path: Path, clean: Path, trials: int) -> None:
    """Both start together: how far apart they come to the folder is up to the machine."""
    for trial in range(trials):
        folder = tmp_path / str(trial)
        runs = [Run(*DOTS, "executor.workers=2", f"output={folder}") for _ in range(2)]
        one, other = sorted(runs, key=Run.end)
        assert one.process.returncode == 0, one.stderr
        if other.process.returncode == 0:  # it came when the first was done already
            assert sum("all there already" in run.stdout for run in runs) == 1
        else:
            assert_refused(other, folder, one)
        assert tree(folder) == tree(clean)


@pytest.mark.parametrize("trials", TRIALS)
def test_a_run_while_another_writes(tmp_path: Path, clean: Path, trials: int) -> None:
    """The first stands still between its first shard and its last while the second comes."""
    for trial in range(trials):
        folder = tmp_path / str(trial)
        with held(folder, 1 + trial % 2) as first:
            before = tree(folder)
            second = generate(*DOTS, f"executor.workers={1 + trial // 2 % 2}", f"output={folder}")
            assert_refused(second, folder, first)
            assert tree(folder) == before, "the refused run changed something"
        assert first.end() == 0, first.stderr
        assert tree(folder) == tree(clean)


def assert_refused(run: Run, folder: Path, other: Run) -> None:
    assert run.process.returncode == 2
    assert f"{folder}: another run is writing here (process {other.process.pid} on " in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean dataset of another seed."""
    folder = tmp_path_factory.mktemp("other") / "data"
    assert generate(*DOTS, "seed=1", f"output={folder}").process.returncode == 0
    return folder


@pytest.mark.parametrize("trials", TRIALS)
def test_kill_while_overwriting(
    tmp_path: Path, clean: Path, other: Path, told: Callable[[str, int], None], trials: int
) -> None:
    chance = random.Random(16)
    for trial in range(trials):
        folder, stage = tmp_path / f"{trial}" / "data", tmp_path / f"{trial}" / ".data.synthink-new"
        copy = partial(shutil.copytree, other, folder)
        run = begun(folder, 2, "overwrite=true", stage=stage, prepare=copy)
        time.sleep(chance.uniform(0, WORK_S[2] + 0.15))
        run.kill()
        told("kill -9 while overwriting", len(journaled(stage)) or SHARDS)
        run.wait_gone()
        assert tree(folder, without=[".synthink"]) in (tree(other), tree(clean)), "a mixture"
        again = generate(*DOTS, "overwrite=true", f"output={folder}")
        assert again.process.returncode == 0, again.stderr
        assert tree(folder) == tree(clean)
        assert [path.name for path in folder.parent.iterdir()] == ["data"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], capture_output=True, check=False
    ).returncode:
        pytest.skip("may not mount")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.parametrize(("workers", "form"), [(2, "parquet"), (1, "jsonl")])
def test_full_disk(tmp_path: Path, small_disk: Path, workers: int, form: str) -> None:
    command = [*DOTS[:-1], "picture_px=48", "noise=true", f"format={form}", f"executor.workers={workers}"]  # 7 kB a row
    assert generate(*command, f"output={tmp_path / 'clean'}").process.returncode == 0
    run = generate(*command, f"output={small_disk / 'data'}")
    assert run.process.returncode == 2
    assert "No space left on device: finished shards are kept" in run.stderr and run.stderr.count("\n") == 1
    done = journaled(small_disk / "data")
    assert 0 < len(done) < SHARDS
    assert damaged(small_disk / "data", tree(tmp_path / "clean")) == []
    kept = stamps(small_disk / "data", done)
    subprocess.run(["mount", "-o", "remount,size=50m", small_disk], check=True)
    again = generate(*command, f"output={small_disk / 'data'}")
    assert again.process.returncode == 0, again.stderr
    assert tree(small_disk / "data") == tree(tmp_path / "clean")
    assert stamps(small_disk / "data", done) == kept


def test_a_limit_on_file_size_reads_like_a_full_disk(tmp_path: Path) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    run = generate(*DOTS, "picture_px=48", "noise=true", f"output={tmp_path / 'data'}", before=limit)
    assert run.process.returncode == 2
    assert "File too large: finished shards are kept" in run.stderr and run.stderr.count("\n") == 1
    assert damaged(tmp_path / "data", {"data": "/"}) == []


def test_read_only_disk(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    run = generate(*DOTS, f"output={small_disk / 'data'}")
    assert run.process.returncode == 2
    assert f"{small_disk / 'data'}: cannot be written: Read-only file system" in run.stderr
    assert run.stderr.count("\n") == 1
    assert list(small_disk.iterdir()) == []


def _like_anyone() -> None:
    """Give up root's way past permissions (prctl(2): PR_CAPBSET_DROP of CAP_DAC_OVERRIDE)."""
    if os.getuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def test_folder_without_permission(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir()
    shut.chmod(0o555)
    run = generate(*DOTS, f"output={shut / 'data'}", before=_like_anyone)
    assert run.process.returncode == 2, run.stderr
    assert f"{shut / 'data'}: cannot be written: Permission denied" in run.stderr and run.stderr.count("\n") == 1
    assert list(shut.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("fault", "at"), [("raise", 1), ("raise", ROWS - 1), ("exit", 250), ("unpicklable", 250), ("hog", 9)]
)
def test_a_row_that_raises_is_named(tmp_path: Path, workers: int, at: int, fault: str) -> None:
    folder = tmp_path / "data"
    run = generate(*DOTS[:-1], f"fault={fault}", f"at={at}", f"executor.workers={workers}", f"output={folder}")
    assert run.process.returncode == 1, run.stderr
    error = {
        "raise": "ValueError: no dots today",
        "exit": "SystemExit: 0",
        "unpicklable": "Unpicklable",
        "hog": "Memory",
    }
    assert run.stderr.startswith(f"synthink: dots row {at} of split train (seed 0): {error[fault]}"), run.stderr
    assert run.stderr.count("\n") == 1 and "SYNTHINK_DEBUG=1 shows where" in run.stderr
    run.wait_gone()
    done = journaled(folder)
    assert len(done) == at // SHARD if workers == 1 else len(done) >= at // SHARD - 1
    assert all((folder / name).exists() for name in done)


@pytest.mark.parametrize("fault", ["raise", "exit"])
def test_a_first_row_that_raises_leaves_nothing(tmp_path: Path, fault: str) -> None:
    run = generate(*DOTS, f"fault={fault}", f"output={tmp_path / 'data'}")
    assert run.process.returncode == 1
    assert "dots row 0 of split train (seed 0)" in run.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("workers", "fault"), [(1, "late"), (2, "type")])
def test_a_row_that_cannot_be_stored_is_near_the_rows_named(tmp_path: Path, workers: int, fault: str) -> None:
    folder = tmp_path / "data"
    run = generate(*DOTS[:-1], f"fault={fault}", "at=90", f"executor.workers={workers}", f"output={folder}")
    assert run.process.returncode == 1, run.stderr
    assert run.stderr.startswith("synthink: dots rows 80 to 119 of split train (seed 0): "), run.stderr
    assert all((folder / name).exists() for name in journaled(folder))
    assert not (folder / "data" / "train-00002-of-00012.parquet").exists()
