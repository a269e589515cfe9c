"""`executor=ray` on a cluster of two nodes: the bytes of this machine, whatever is killed meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.build.executors.rows import DOTS, ENDS_S, SHARDS, end_well, ended, go_on, made_here, wait_for
from tests.build.faults.harness import Run, damaged, journaled, tree
from tests.support import environment

pytestmark = pytest.mark.heavy
NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
KILLS = [pytest.param(2, id="few"), pytest.param(int(os.environ.get("SYNTHINK_FAULTS", "60")), id="slow")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes on this machine, each with a core."""
    pytest.importorskip("ray", reason="needs Ray: pip install 'synthink[ray]'")
    from ray.cluster_utils import Cluster

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    nodes = Cluster()
    added_node(nodes, include_dashboard=False)
    added_node(nodes)
    try:
        yield nodes
    finally:
        nodes.shutdown()


def added_node(cluster: Any, **options: Any) -> Any:
    """A node more; Ray gives it half a minute, which is too little on a busy machine, and then raises `Exception`."""
    for number in range(4):
        try:
            return cluster.add_node(**NODE, **options)
        except Exception as error:
            if number == 3 or "timed out during startup" not in str(error):
                raise
    raise AssertionError("unreachable")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of the dataset as this machine makes them."""
    return made_here(tmp_path_factory.mktemp("clean") / "data")


def words(cluster: Any, folder: Path, *more: str) -> tuple[str, ...]:
    return (*DOTS, "executor=ray", f"executor.address={cluster.address}", *more, f"output={folder}")


def workers() -> list[psutil.Process]:
    """The processes of Ray that make a shard at this moment."""
    running = []
    for process in psutil.process_iter(["cmdline"]):
        if (process.info["cmdline"] or [""])[0].startswith("ray::synthink"):
            running.append(process)
    return running


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
@pytest.mark.parametrize("kills", KILLS)
def test_kill_of_workers_that_judge(letters: Path, cluster: Any, kills: int) -> None:
    here, chance = verified(letters), random.Random(3)
    report = here.communicate(timeout=ENDS_S)[0]
    for _ in range(kills):
        process = verified(letters, "executor=ray", f"executor.address={cluster.address}")
        while process.poll() is None and not (victims := workers()):
            time.sleep(0.02)
        for victim in chance.sample(victims, min(1, len(victims))):
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        assert (process.communicate(timeout=ENDS_S)[0], process.returncode) == (report, 1)


@pytest.mark.slow
def test_ctrl_c_ends_a_check_and_its_tasks(letters: Path, cluster: Any) -> None:
    process = verified(letters, "executor=ray", f"executor.address={cluster.address}")
    while process.poll() is None and not workers():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=ENDS_S)
    assert process.returncode == 130
    deadline = time.monotonic() + ENDS_S
    while workers():
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


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kills", KILLS)
def test_kill_of_workers(tmp_path: Path, cluster: Any, clean: dict[str, str], kills: int) -> None:
    chance, done = random.Random(1), 0
    while done < kills:
        folder = tmp_path / str(done)
        run = Run(*words(cluster, folder))
        for _ in range(2):
            wait_for(lambda: bool(workers()), run)
            for process in chance.sample(victims := workers(), min(1, len(victims))):
                process.kill()
                done += 1
        end_well(run)
        assert tree(folder) == clean


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kills", KILLS)
def test_kill_of_the_run(tmp_path: Path, cluster: Any, clean: dict[str, str], kills: int) -> None:
    chance = random.Random(2)
    for trial in range(kills):
        folder = tmp_path / str(trial)
        run = Run(*words(cluster, folder))
        count = chance.randrange(1, SHARDS - 1)
        wait_for(lambda folder=folder, count=count: len(journaled(folder)) >= count, run)  # type: ignore[misc]
        number = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[trial % 3]
        run.process.send_signal(number)
        assert run.end(ENDS_S) == (-number if number == signal.SIGKILL else 128 + number)
        go_on(folder, clean, lambda folder=folder: Run(*words(cluster, folder)))  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kills", KILLS)
def test_loss_of_a_node(tmp_path: Path, cluster: Any, clean: dict[str, str], kills: int) -> None:
    for trial in range(max(kills // 10, 1)):
        folder, node = tmp_path / str(trial), added_node(cluster)
        run = Run(*words(cluster, folder))
        wait_for(lambda folder=folder: len(journaled(folder)) >= 2, run)  # type: ignore[misc]
        cluster.remove_node(node, allow_graceful=False)
        end_well(run)
        assert tree(folder) == clean


@contextmanager
def node_that_cannot_write(cluster: Any, place: Path) -> Iterator[None]:
    """One more node, as quick as all others together, that sees `place` read-only."""
    ray = Path(sys.executable).with_name("ray")
    lines = f"mount --bind {place} {place} && mount -o remount,bind,ro {place} && exec {ray} start --block"
    lines += f" --address={cluster.address} --num-cpus=2 --object-store-memory={80 * 2**20}"
    count = len(list_nodes(cluster))
    process = subprocess.Popen(["unshare", "-m", "sh", "-c", lines], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + ENDS_S
        while len(list_nodes(cluster)) <= count:
            if process.poll() is not None and b"ermi" in (output := process.stdout.read()):  # type: ignore[union-attr]
                pytest.skip(f"may not mount: {output!r}")
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.5)
        yield
    finally:
        process.terminate()
        process.wait(ENDS_S)


def list_nodes(cluster: Any) -> list[str]:
    """The nodes that the cluster believes to be alive."""
    return [node["NodeID"] for node in cluster.global_state.node_table() if node["Alive"]]


@pytest.mark.slow
def test_a_machine_that_cannot_write_gets_no_more_shards(tmp_path: Path, cluster: Any, clean: dict[str, str]) -> None:
    with node_that_cannot_write(cluster, tmp_path):
        run = ended(*words(cluster, tmp_path / "data"))
        alone = ended(*words(cluster, tmp_path / "large", "executor.num_cpus=2"))  # the others have no room for it
    assert alone.process.returncode == 2 and "Read-only file system" in alone.stderr, alone.stderr
    assert run.process.returncode == 0, run.stderr
    assert tree(tmp_path / "data") == clean
    assert "Read-only file system" in run.stderr and "its shards go to other machines" in run.stderr
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
    wait_for(lambda: bool(workers()), run)
    slow = workers()[0]
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
