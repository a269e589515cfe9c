"""Nodes of a Ray cluster that all run on this machine, and what they do."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.build.executors.rows import ENDS_S

NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}


def added_node(cluster: Any, **options: Any) -> Any:
    """A node more; Ray gives it half a minute, which is too little on a busy machine, and then raises `Exception`."""
    for number in range(4):
        try:
            return cluster.add_node(**NODE, **options)
        except Exception as error:
            if number == 3 or "timed out during startup" not in str(error):
                raise
    raise AssertionError("unreachable")


@contextmanager
def odd_node(cluster: Any, setup: str) -> Iterator[None]:
    """One more node while the block runs, as quick as the two others together. setup: shell that sees its mounts alone,
    before Ray starts. Skips the test where nothing may be mounted."""
    ray = Path(sys.executable).with_name("ray")
    lines = f"{setup} && exec {ray} start --block --address={cluster.address} --num-cpus=2"
    lines += f" --object-store-memory={NODE['object_store_memory']}"
    count = len(living_nodes(cluster))
    alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]  # and all of it ends with it
    process = subprocess.Popen([*alone, "sh", "-c", lines], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + ENDS_S
        while len(living_nodes(cluster)) <= count:
            if process.poll() is not None:
                output = process.communicate()[0]
                assert b"permi" in output.lower(), output
                pytest.skip(f"may not mount: {output!r}")
            assert time.monotonic() < deadline
            time.sleep(0.5)
        yield
    finally:
        process.kill()
        process.wait(ENDS_S)


def living_nodes(cluster: Any) -> list[str]:
    """The nodes that the cluster believes to be alive."""
    return [node["NodeID"] for node in cluster.global_state.node_table() if node["Alive"]]


def working() -> list[psutil.Process]:
    """The processes of Ray that make or judge a shard at this moment."""
    running = []
    for process in psutil.process_iter(["cmdline"]):
        if (process.info["cmdline"] or [""])[0].startswith("ray::synthink"):
            running.append(process)
    return running
