"""Runs of each executor whose workers, machines, jobs and first process are killed at random, again and again: one
digest, nothing lost, doubled or half-written.

    SYNTHINK_FAULTS=70 pytest -n0 -s -m slow tests/build/executors/test_storms.py     # so many of each executor
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.build.executors.ray_nodes import added_node, working
from tests.build.executors.rows import end_well
from tests.build.executors.slurm_cluster import SlurmCluster
from tests.build.executors.storm import ROWS, Fault, Storm, signalled
from tests.build.faults.harness import Run, tree

pytestmark = [pytest.mark.heavy, pytest.mark.slow, pytest.mark.timeout(3600)]
KILLS = int(os.environ.get("SYNTHINK_FAULTS", "60"))
STOPS = [(number.name, signalled(number)) for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of the dataset as this machine makes them."""
    folder = tmp_path_factory.mktemp("clean") / "data"
    end_well(Run(*ROWS, f"output={folder}"))
    return tree(folder)


def killed(pids: list[int], chance: random.Random, cost: int = 1) -> int:
    """Kill one of the processes, which may cost so many shards; 0 where there is none."""
    try:
        psutil.Process(chance.choice(pids)).kill()
    except (psutil.NoSuchProcess, IndexError):
        return 0
    return cost


def lost(lose: Callable[[], None]) -> int:
    """Lose a machine, which may cost a shard."""
    lose()
    return 1


def test_local(tmp_path: Path, clean: dict[str, str]) -> None:
    chance = random.Random(1)
    faults: list[tuple[str, Fault]] = [*[("worker", lambda run: killed(run.workers(), chance))] * 3, *STOPS]
    start = (*ROWS, "executor.workers=2")
    Storm(tmp_path, lambda folder: Run(*start, f"output={folder}"), faults, clean).blow(KILLS)


def test_ray(tmp_path: Path, clean: dict[str, str], cluster: Any) -> None:
    def lose_node() -> None:
        cluster.remove_node(nodes.pop(), allow_graceful=False)
        nodes.append(added_node(cluster))

    chance, nodes = random.Random(2), [added_node(cluster)]
    work: Fault = lambda run: killed([process.pid for process in working()], chance)  # noqa: E731
    faults: list[tuple[str, Fault]] = [*[("worker", work)] * 8, *[("node", lambda run: lost(lose_node))] * 2, *STOPS]
    start = (*ROWS, "executor=ray", f"executor.address={cluster.address}")
    Storm(tmp_path, lambda folder: Run(*start, f"output={folder}"), faults, clean).blow(KILLS)
    cluster.remove_node(nodes.pop())


def test_slurm(tmp_path: Path, clean: dict[str, str], slurm: SlurmCluster) -> None:
    def told(*command: str) -> int:
        running = slurm.jobs("RUNNING")
        if running:
            slurm.run(*command, chance.choice(running))
        return len(running)

    chance = random.Random(3)
    faults: list[tuple[str, Fault]] = [
        *[("worker", lambda run: killed(slurm.working(is_job=False), chance))] * 5,
        *[("job", lambda run: killed(slurm.working(is_job=True), chance, cost=6))] * 2,
        ("time is up", lambda run: told("scancel", "--signal=USR2")),
        ("queued again", lambda run: told("scontrol", "requeue")),
        ("node", lambda run: lost(slurm.lose_node)),
        ("controller", lambda run: lost(slurm.lose_controller)),
        *STOPS,
    ]
    start = (*ROWS, "executor=slurm", "executor.jobs=2")
    storm = Storm(tmp_path, lambda folder: Run(*start, f"output={folder}", env=slurm.env), faults, clean)
    storm.tend = slurm.start_requeued
    storm.blow(KILLS)
