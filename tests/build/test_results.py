"""Results that are left in a folder while nobody waits for them: read back, or counted as none."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

import synthink
from synthink.build import journal, results
from synthink.build.plan import Plan
from synthink.build.results import Room
from synthink.build.shard import ShardFailure, ShardRecord, ShardResult
from synthink.errors import DrawError, WorkerError


@pytest.fixture
def plan() -> Plan:
    return synthink.api.make_plan("circled_letters", splits={"train": 25}, shard_size=5)


@pytest.fixture
def room(tmp_path: Path, plan: Plan) -> Room:
    room = Room.of(tmp_path, plan)
    room.make()
    return room


def fault(error: Exception) -> Exception:
    error.__cause__ = ValueError("no grey left")
    return error


def taken(room: Room, plan: Plan) -> list[ShardResult]:
    return [result for _, result in room.take({shard.stem: shard for shard in plan.shards})]


def test_records_are_part_of_the_journal(room: Room, plan: Plan) -> None:
    record = ShardRecord("data/a", "train", 5, 1, "0" * 64, "1" * 64, {"too small": 2})
    room.put(plan.shards[1], record)
    (room.folder / "data").mkdir()
    (room.folder / "data" / "a").write_text("a")
    assert taken(room, plan) == [record] and room.has(plan.shards[1]) and not room.has(plan.shards[0])
    assert journal.read(room.folder) == [record]


def test_a_record_without_its_file_is_a_shard_that_was_lost(room: Room, plan: Plan) -> None:
    room.put(plan.shards[1], ShardRecord("data/a", "train", 5, 1, "0" * 64, "1" * 64))
    (failure,) = taken(room, plan)
    assert isinstance(failure, ShardFailure) and failure.error is None and "data/a is not in" in failure.reason
    assert not room.has(plan.shards[1])


def test_errors_come_back_once_with_what_was_behind_them(room: Room, plan: Plan) -> None:
    room.put(plan.shards[0], ShardFailure(plan.shards[0], fault(DrawError("row 3"))))
    room.put(plan.shards[1], ShardFailure(plan.shards[1], OSError(errno.ENOSPC, "full", "x/y")))
    drawn, full = taken(room, plan)
    assert isinstance(drawn, ShardFailure) and isinstance(drawn.error, DrawError) and str(drawn.error) == "row 3"
    assert isinstance(drawn.error.__cause__, WorkerError) and "no grey left" in str(drawn.error.__cause__)
    assert isinstance(full, ShardFailure) and isinstance(full.error, OSError)
    assert (full.error.errno, full.error.filename) == (errno.ENOSPC, "x/y")
    assert taken(room, plan) == []


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: b"", lambda content: b"\x80" * 9])
def test_a_torn_result_is_none(room: Room, plan: Plan, damage: Callable[[bytes], bytes]) -> None:
    room.put(plan.shards[0], ShardFailure(plan.shards[0], None, "exit code -9"))
    file = room.folder / room.name / "done" / plan.shards[0].stem
    file.write_bytes(damage(file.read_bytes()))
    assert taken(room, plan) == [] and list(results.records(room.folder)) == []


def test_what_still_runs_cannot_write_into_a_room_that_was_withdrawn(room: Room, plan: Plan) -> None:
    from synthink.build.dataset_folder import DatasetFolder

    DatasetFolder(room.folder).withdraw_rooms()
    with pytest.raises(FileNotFoundError):
        room.put(plan.shards[0], ShardFailure(plan.shards[0], None, ""))
    assert list(room.folder.rglob("*")) == [room.folder / ".synthink"]
    Room.of(room.folder, synthink.api.make_plan("circled_letters", splits={"train": 25}, seed=1)).make()
    with pytest.raises(FileNotFoundError):
        room.put(plan.shards[0], ShardFailure(plan.shards[0], None, ""))
