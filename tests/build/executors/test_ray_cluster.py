"""`executor=ray` on a cluster of two nodes: the bytes of this machine, whatever is killed meanwhile."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.build.executors.rows import DOTS, ENDS_S, SHARDS, end_well, ended, go_on, made_here, wait_for
from tests.build.faults.harness import Run, damaged, journaled, tree

pytestmark = pytest.mark.heavy
NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
KILLS = [pytest.param(2, id="few"), pytest.param(int(os.environ.get("SYNTHINK_FAULTS", "60")), id="slow")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes on this machine, each with a core."""
    pytest.importorskip("ray", reason="needs Ray: pip install 'synthink[ray]'")
    from ray.cluster_utils import Cluster

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    nodes = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    nodes.add_node(**NODE)
    try:
        yield nodes
    finally:
        nodes.shutdown()


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
        folder, node = tmp_path / str(trial), cluster.add_node(**NODE)
        run = Run(*words(cluster, folder))
        wait_for(lambda folder=folder: len(journaled(folder)) >= 2, run)  # type: ignore[misc]
        cluster.remove_node(node, allow_graceful=False)
        end_well(run)
        assert tree(folder) == clean


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
