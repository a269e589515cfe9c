"""One shard made by several processes at once, as when two machines are given the same one."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from synthink.api import make_plan
from synthink.build.shard import TEMPORARY, ShardRecord, make_shard
from synthink.owned_folder import WORK
from tests.build.faults.harness import tree
from tests.build.test_executors import Greys

pytestmark = pytest.mark.heavy
ROOM = f"{WORK}/{TEMPORARY}"
PROCESSES, TIMES = 3, 4


def make_times(form: str, folder: Path, times: int) -> list[ShardRecord]:
    """Make the one shard of a dataset several times."""
    plan = make_plan(Greys(), splits={"train": 3}, format=form)
    return [make_shard(plan, plan.shards[0], folder, ROOM, lambda rows: None) for _ in range(times)]


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_processes_that_make_the_same_shard_do_not_meet(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthink.build.shard._has_folder", lambda *place: False)  # each has looked before the others
    alone, together = tmp_path / "alone", tmp_path / "together"
    for folder in (alone, together):
        (folder / ROOM).mkdir(parents=True)
    record = make_times(form, alone, 1)[0]
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        records = pool.starmap(make_times, [(form, together, TIMES)] * PROCESSES, chunksize=1)
    assert [made for several in records for made in several] == [record] * PROCESSES * TIMES
    assert tree(together) == tree(alone), "nothing else is left"
