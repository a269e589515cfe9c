"""`executor=ray` on a cluster of two nodes: the bytes of this machine, and machines that are slow, full or shut."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.build.executors.ray_nodes import odd_node, working
from tests.build.executors.rows import DOTS, ENDS_S, end_well, ended, made_here, wait_for
from tests.build.faults.harness import Run, damaged, journaled, tree
from tests.support import environment

pytestmark = pytest.mark.heavy
KILLS = int(os.environ.get("SYNTHINK_FAULTS", "6"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of the dataset as this machine makes them."""
    return made_here(tmp_path_factory.mktemp("clean") / "data")


def words(cluster: Any, folder: Path, *more: str) -> tuple[str, ...]:
    return (*DOTS, "executor=ray", f"executor.address={cluster.address}", *more, f"output={folder}")


@pytest.mark.whole
def test_a_cluster_makes_the_same_bytes(tmp_path: Path, cluster: Any, clean: dict[str, str]) -> None:
    run = ended(*words(cluster, tmp_path / "data", "executor.memory=50M"))
    assert run.process.returncode == 0, run.stderr
    assert tree(tmp_path / "data") == clean
    assert run.stderr == ""


def verified(folder: Path, *more: str) -> subprocess.Popen[str]:
    """`synthink verify` of a folder, at work."""
    command = [sys.executable, "-m", "synthink", "verify", str(folder), "rows=all", *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of six shards, one of which is torn."""
    folder = tmp_path_factory.mktemp("letters") / "data"
    rows = ("generator=circled_letters", "picture_px=64", "splits.train=60", "splits.test=0", "shard_size=10")
    end_well(Run(*rows, f"output={folder}"))
    (folder / "data/train-00002-of-00006.parquet").write_bytes(b"torn")
    return folder


@pytest.mark.whole
def test_a_cluster_verifies_as_this_machine_does(letters: Path, cluster: Any) -> None:
    reports = []
    for where in ([], ["executor=ray", f"executor.address={cluster.address}"]):
        process = verified(letters, *where)
        reports.append((process.communicate(timeout=ENDS_S)[0], process.returncode))
    assert reports[0] == reports[1]
    assert reports[0][1] == 1 and "train-00002-of-00006" in reports[0][0]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_kill_of_workers_that_judge(letters: Path, cluster: Any) -> None:
    here, chance, killed = verified(letters), random.Random(3), 0
    report = here.communicate(timeout=ENDS_S)[0]
    while killed < KILLS:
        process = verified(letters, "executor=ray", f"executor.address={cluster.address}")
        for _ in range(2):  # of the three that one item takes
            while process.poll() is None and not (victims := working()):
                time.sleep(0.02)
            for victim in chance.sample(victims, min(1, len(victims))):
                with suppress(psutil.NoSuchProcess):
                    victim.kill()
                    victim.wait(ENDS_S)
                    killed += 1
        assert (process.communicate(timeout=ENDS_S)[0], process.returncode) == (report, 1)


@pytest.mark.slow
def test_ctrl_c_ends_a_check_and_its_tasks(letters: Path, cluster: Any) -> None:
    process = verified(letters, "executor=ray", f"executor.address={cluster.address}")
    while process.poll() is None and not working():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=ENDS_S)
    assert process.returncode == 130
    deadline = time.monotonic() + ENDS_S
    while working():
        assert time.monotonic() < deadline, "tasks go on"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_row_that_raises_is_named(tmp_path: Path, cluster: Any) -> None:
    run = ended(*words(cluster, tmp_path / "data", "fault=raise", "at=130"))
    assert run.process.returncode == 1
    assert run.stderr.startswith("synthink: dots row 130 of split train (seed 0): ValueError: no dots today"), (
        run.stderr
    )
    assert run.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_row_that_kills_its_worker_is_named(tmp_path: Path, cluster: Any) -> None:
    run = ended(*words(cluster, tmp_path / "data", "fault=kill", "at=130"))
    assert run.process.returncode == 2
    assert "a worker died 3 times on rows 120 to 139 of split train (shard train-00006-of-00012" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_file_with_a_generator_is_run_by_the_workers(tmp_path: Path, cluster: Any) -> None:
    (tmp_path / "helper.py").write_text("LEVEL = 7\n")
    (tmp_path / "mine.py").write_text(
        "import numpy as np\nimport synthink\nimport helper\n\n\nclass Mine(synthink.Generator):\n"
        "    def draw(self, ctx):\n"
        "        return synthink.Sample(np.full((8, 8, 3), helper.LEVEL, np.uint8), 'which?', str(ctx.index))\n"
    )
    rows = (f"generator={tmp_path}/mine.py:Mine", *DOTS[1:5])
    for name, more in (("here", []), ("there", ["executor=ray", f"executor.address={cluster.address}"])):
        run = ended(*rows, *more, f"output={tmp_path / name}")
        assert run.process.returncode == 0, run.stderr
    assert tree(tmp_path / "here") == tree(tmp_path / "there")


READ_ONLY = "mount --bind {place} {place} && mount -o remount,bind,ro {place}"
FULL = (
    "mount -t tmpfs -o size=4k none {own} && mkdir {own}/up {own}/work && "
    "mount -t overlay none -o lowerdir={place},upperdir={own}/up,workdir={own}/work {place}"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setup", "error"), [(READ_ONLY, "Read-only file system"), (FULL, "No space left on device")], ids=["shut", "full"]
)
def test_a_machine_that_cannot_write_gets_no_more_shards(
    tmp_path: Path, cluster: Any, clean: dict[str, str], setup: str, error: str
) -> None:
    place, own = tmp_path / "place", tmp_path / "own"
    place.mkdir()
    own.mkdir()
    with odd_node(cluster, setup.format(place=place, own=own)):
        run = ended(*words(cluster, place / "data"))
        alone = ended(*words(cluster, place / "large", "executor.num_cpus=2"))  # the others have no room for it
    assert alone.process.returncode == 2 and error in alone.stderr, alone.stderr
    assert run.process.returncode == 0, run.stderr
    assert tree(place / "data") == clean
    assert error in run.stderr and "its shards go to other machines" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_full_disk_of_all_machines(tmp_path: Path, cluster: Any) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], check=False).returncode:
        pytest.skip("may not mount")
    try:
        large = ("picture_px=48", "noise=true")  # 7 kB a row
        run = ended(*words(cluster, disk / "data", *large))
        assert run.process.returncode == 2
        assert "No space left on device: finished shards are kept" in run.stderr
        clean = made_here(tmp_path / "clean", *large)
        assert damaged(disk / "data", clean) == []
        subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
        end_well(Run(*words(cluster, disk / "data", *large)))
        assert tree(disk / "data") == clean
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.slow
def test_a_slow_machine(tmp_path: Path, cluster: Any, clean: dict[str, str]) -> None:
    run = Run(*words(cluster, tmp_path / "data"))
    wait_for(lambda: bool(working()), run)
    slow = working()[0]
    for _ in range(5):
        with suppress(psutil.NoSuchProcess):
            slow.suspend()
            time.sleep(1)
            slow.resume()
            time.sleep(0.1)
    end_well(run)
    assert tree(tmp_path / "data") == clean


@pytest.mark.slow
def test_another_run_takes_the_folder_from_workers_of_a_killed_one(tmp_path: Path, cluster: Any) -> None:
    other = made_here(tmp_path / "other", "seed=1")
    run = Run(*words(cluster, tmp_path / "data"))
    wait_for(lambda: len(journaled(tmp_path / "data")) >= 2, run)
    run.kill()
    run = ended(*DOTS, "seed=1", "overwrite=true", f"output={tmp_path / 'data'}")
    assert run.process.returncode == 0, run.stderr
    assert tree(tmp_path / "data") == other


@pytest.mark.slow
def test_no_cluster_at_the_address_is_said(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs Ray: pip install 'synthink[ray]'")
    run = ended(*DOTS, "executor=ray", "executor.address=127.0.0.1:1", f"output={tmp_path / 'data'}")
    assert run.process.returncode == 2
    assert "executor.address='127.0.0.1:1': no cluster of Ray can be reached" in run.stderr
    assert damaged(tmp_path / "data", {}) == []
