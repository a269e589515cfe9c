"""Rows a second of whole commands: cold and warm, on one worker and two, by each executor, beside the floor program.

    python -m benchmarks.scaling                 # 1,000 rows of the default gestures, 448 px
    python -m benchmarks.scaling 10000 local     # other rows, some executors only

Cold: the cache of pages is empty. Warm: the same command once more. Ray is a cluster of as many nodes of one core as
there are workers; SLURM is one node with as many jobs, and needs root and Debian's packages (tests/README.md). Both run
before a command starts, and wall time counts from there. The floor draws such pictures in as many processes, in turns
with each command; machines are shared and noisy, so look at the ratios. `benchmarks.other_generators` has the programs
of others.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from benchmarks import floor

SIDE = 448
EXECUTORS = ("local", "ray", "slurm")
WORKERS = (1, 2)
FLOOR = "import sys; from benchmarks.scaling import floor_rows; floor_rows(*map(int, sys.argv[1:3]), sys.argv[3])"
HEAD = "| executor | workers | cold, rows/s | of the floor | warm, rows/s | of the floor |\n|---|---|---|---|---|---|"


def floor_rows(first: int, last: int, folder: str) -> None:
    """Draw the floor's pictures of those numbers, and write them to a folder."""
    page = floor.printed_page()
    for number in range(first, last):
        (Path(folder) / f"{number}.png").write_bytes(floor.png(floor.inked_page(number, SIDE, page)))


def seconds_of(*commands: list[str], env: Mapping[str, str]) -> float:
    """Wall time until all of some commands that begin together have ended. Raises `CalledProcessError`."""
    start = time.perf_counter()
    null = subprocess.DEVNULL
    processes = [subprocess.Popen(command, env={**os.environ, **env}, stdout=null, stderr=null) for command in commands]
    for process in processes:
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, process.args)
    return time.perf_counter() - start


def floor_seconds(rows: int, workers: int, folder: Path) -> float:
    """Wall time of the floor in so many processes."""
    folder.mkdir()
    cuts = [rows * number // workers for number in range(workers + 1)]
    parts = [[sys.executable, "-c", FLOOR, str(a), str(b), str(folder)] for a, b in pairwise(cuts)]
    seconds = seconds_of(*parts, env={})
    shutil.rmtree(folder)
    return seconds


def command(rows: int, executor: list[str], output: Path) -> list[str]:
    """`synthink generate` of those rows."""
    words = ["generator=gestures", f"splits.train={rows}", "splits.validation=0", "splits.test=0"]
    words += [f"shard_size={max(rows // 10, 1)}", f"output={output}", *executor]
    return [sys.executable, "-m", "synthink", "generate", *words]


@contextmanager
def cluster(name: str, workers: int, scratch: Path) -> Iterator[tuple[list[str], dict[str, str]]]:
    """The words that choose an executor, and the variables by which it finds its cluster while the block runs."""
    if name == "ray":
        from ray.cluster_utils import Cluster

        nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        for _ in range(workers - 1):
            nodes.add_node(num_cpus=1)
        try:
            yield ["executor=ray", f"executor.address={nodes.address}"], {}
        finally:
            nodes.shutdown()
    elif name == "slurm":
        from tests.build.executors.slurm_cluster import SlurmCluster

        slurm = SlurmCluster(scratch / f"slurm-{workers}")
        try:
            yield ["executor=slurm", f"executor.jobs={workers}"], slurm.env
        finally:
            slurm.stop()
    else:
        yield [f"executor.workers={workers}"], {}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    scratch = Path(tempfile.mkdtemp(prefix="synthink-benchmark-"))
    print(f"{rows:,} rows of gestures, {SIDE} px, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n\n{HEAD}")
    try:
        for name in sys.argv[2:] or EXECUTORS:
            for workers in WORKERS:
                place, cells = scratch / f"{name}-{workers}", []
                os.environ["SYNTHINK_CACHE"] = str(place / "cache")  # before the cluster's nodes begin
                with cluster(name, workers, scratch) as (words, env):
                    for turn in ("cold", "warm"):
                        base = floor_seconds(rows, workers, scratch / "floor")
                        ours = seconds_of(command(rows, words, place / turn), env=env)
                        cells += [f"{rows / ours:,.1f}", f"{base / ours:.2f}"]
                print(f"| {name} | {workers} | {' | '.join(cells)} |", flush=True)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
