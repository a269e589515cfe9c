"""The part of `executor=slurm` that runs in a job: the shards of one element of a job array.

The room (`../results.py`) holds, for each submission, the task and the shards of each element; results go there, too.
"""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthink.build.executors.local import LocalExecutor
from synthink.build.executors.remote import RemoteTask
from synthink.build.plan import Shard
from synthink.build.results import Room
from synthink.build.shard import ShardFailure
from synthink.confined import names_inside, read_inside
from synthink.errors import OutputError

LARGEST_SUBMISSION = 64 * 2**20
STARTS = 3
"""Times that an element starts and is stopped again before it has made a shard, until it gives up."""


class JobShards:
    """The work of one element of a job array; submitit calls it, and `checkpoint` when its job is stopped early.

    submission, element: their numbers. fruitless: how often it was stopped in a row without having made a shard.
    """

    def __init__(self, room: Room, submission: int, element: int, cpus: int, fruitless: int = 0) -> None:
        self.room, self.submission, self.element = room, submission, element
        self.cpus, self.fruitless = cpus, fruitless
        self.finished = 0

    def __call__(self) -> int:
        """Make those shards that have no result yet, each in a process of its own; the number of them."""
        shards = self._missing()
        if not shards:
            return 0
        try:
            remote: RemoteTask = pickle.loads(  # noqa: S301 - of the run that submitted this job
                read_inside(self.room.folder, f"{self.room.name}/{self.submission}.task", LARGEST_SUBMISSION)
            )
            task = remote.open()
        except Exception as error:  # noqa: BLE001 - the run raises it again
            self.room.put(shards[0], ShardFailure(shards[0], error))
            return 0
        task.is_retry = True  # never in this process, which has to leave when it is told to
        for result in LocalExecutor(workers=self.cpus).map(task, shards):
            shard = result.shard if isinstance(result, ShardFailure) else _named(task, shards, result.file)
            self.room.put(shard, result)
            self.finished += 1
            if isinstance(result, ShardFailure) and result.error is not None:
                break
        return self.finished

    def checkpoint(self) -> Any:
        """The work that is left for when the job starts again; None, which ends it, when it is stopped again and again
        before it has made anything."""
        from submitit.helpers import DelayedSubmission

        fruitless = 0 if self.finished else self.fruitless + 1
        if fruitless < STARTS:
            return DelayedSubmission(JobShards(self.room, self.submission, self.element, self.cpus, fruitless))
        reason = f"its job was stopped {STARTS} times before a shard was made: raise executor.time_min"

        for shard in self._missing():
            self.room.put(shard, ShardFailure(shard, None, reason))
        return None

    def _missing(self) -> list[Shard]:
        shards = read_submission(self.room, self.submission)[self.element]
        return [shard for shard in shards if not self.room.has(shard)]


def _named(task: Any, shards: Sequence[Shard], file: str) -> Shard:
    from synthink.build.formats import find_format

    form = find_format(task.plan.format)
    return next(shard for shard in shards if form.shard_name(shard) == file)


def write_submission(room: Room, number: int, elements: Sequence[Sequence[Shard]], remote: RemoteTask) -> None:
    """Leave the task and the shards of each element of a job array in the room, before the array is submitted."""
    plain = [[[s.split, s.number, s.count, s.start, s.stop] for s in shards] for shards in elements]
    room.write(f"{number}.task", pickle.dumps(remote))
    room.write(f"{number}.shards", json.dumps(plain).encode())


def read_submission(room: Room, number: int) -> list[list[Shard]]:
    """The shards of each element of a submission. `OutputError` when its file is damaged."""
    name = f"{room.name}/{number}.shards"
    try:
        plain = json.loads(read_inside(room.folder, name, LARGEST_SUBMISSION, OutputError))
        return [[Shard(str(split), *map(int, rest)) for split, *rest in shards] for shards in plain]
    except (ValueError, TypeError, RecursionError):
        raise OutputError(f"{Path(room.folder, name)}: damaged; remove it and run the same command again") from None


def first_number() -> int:
    """The number after which those of a room's submissions come, at random: SLURM remembers jobs by their names, and
    would take those of the same plan in another folder, or in one that was removed, for these."""
    return int.from_bytes(os.urandom(4), "big")


def submissions(room: Room) -> list[int]:
    """The numbers of the submissions of a room, in order."""
    names = names_inside(room.folder, room.name, OutputError)
    return sorted(int(name.removesuffix(".shards")) for name in names if name.removesuffix(".shards").isdecimal())
