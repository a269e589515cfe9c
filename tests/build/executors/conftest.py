"""Clusters that all tests of executors share: two nodes of Ray, one node of SLURM."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.build.executors import slurm_cluster
from tests.build.executors.ray_nodes import added_node
from tests.build.executors.slurm_cluster import SlurmCluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Two nodes of Ray on this machine, each with a core."""
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


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlurmCluster]:
    """SLURM with this machine as its node."""
    pytest.importorskip("submitit", reason="needs submitit: pip install 'synthink[slurm]'")
    if reason := slurm_cluster.missing():
        pytest.skip(f"needs SLURM: {reason}")
    cluster = SlurmCluster(tmp_path_factory.mktemp("slurm") / "cluster")
    yield cluster
    cluster.stop()
