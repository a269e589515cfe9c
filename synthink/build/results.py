"""What became of shards that other machines make while nobody waits for them: a file for each shard, in a room.

A room is a folder `.synthink/jobs/KEY` of the dataset, made by a run for a plan; KEY is a digest of the plan. Whoever
makes shards there writes into it, and never makes it: when it is withdrawn, what still runs can neither name a shard
nor leave a result. The next run of the same plan finds the shards that were finished meanwhile.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from synthink import errors
from synthink.build.plan import Plan, Shard, identity_digest
from synthink.build.shard import ShardFailure, ShardRecord, ShardResult
from synthink.confined import kind_inside, make_folder_inside, names_inside, read_inside, remove_inside
from synthink.errors import OutputError, SynthinkError, WorkerError, portable
from synthink.files import write_inside
from synthink.owned_folder import WORK

JOBS = "jobs"
"""The folder of rooms in the work folder."""
OLD_JOBS = "jobs.old"
"""The name of that folder while it is removed."""
LARGEST_RESULT = 2**24
_ERRORS = {name: getattr(errors, name) for name in ("DrawError", "AssetError", "OutputError", "ModelError")}


class Room:
    """The room of a plan in a dataset's folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name

    @classmethod
    def of(cls, folder: Path, plan: Plan) -> Room:
        """The room of that plan, which need not be there yet."""
        return cls(folder, f"{WORK}/{JOBS}/{identity_digest(plan.identity)[:12]}")

    @property
    def key(self) -> str:
        """The digest that names the room."""
        return self.name.rpartition("/")[2]

    @property
    def temporary(self) -> str:
        """The folder below the dataset's in which shards are written before they get their names."""
        return f"{self.name}/tmp"

    def make(self) -> None:
        """Make the room where it is missing. Only the run that waits for results does."""
        for part in ("tmp", "done"):
            make_folder_inside(self.folder, f"{self.name}/{part}", OutputError)

    def write(self, name: str, content: bytes) -> None:
        """Write a file of the room. Raises `FileNotFoundError` when the room is gone."""
        by = f"{self.temporary}/{name.replace('/', '.')}.{os.urandom(6).hex()}"
        write_inside(self.folder, f"{self.name}/{name}", content, by, make_parent=False)

    def remove(self, name: str) -> None:
        """Remove a file of the room, and the room with its last submission."""
        remove_inside(self.folder, f"{self.name}/{name}", OutputError)
        if not any(other.endswith(".shards") for other in names_inside(self.folder, self.name, OutputError)):
            remove_inside(self.folder, f"{WORK}/{JOBS}", OutputError)

    def put(self, shard: Shard, result: ShardResult) -> None:
        """Leave the result of a shard."""
        self.write(f"done/{shard.stem}", sealed(_plain(result)))

    def take(self, shards: Mapping[str, Shard]) -> Iterator[tuple[str, ShardResult]]:
        """Stem and result of those shards, given by their stems, that have one; failures are taken away."""
        for stem in self._done(shards):
            values = self._values(stem)
            if values is None:
                continue
            result = _result(shards[stem], values)
            if isinstance(result, ShardFailure):
                remove_inside(self.folder, f"{self.name}/done/{stem}", OutputError)
            elif kind_inside(self.folder, result.file, OutputError) is None:
                result = ShardFailure(shards[stem], None, f"{result.file} is not in {self.folder} any more")
                remove_inside(self.folder, f"{self.name}/done/{stem}", OutputError)
            yield stem, result

    def records(self) -> Iterator[ShardRecord]:
        """The records of all shards that are finished."""
        for stem in self._done(None):
            values = self._values(stem)
            if values is not None and "record" in values:
                with suppress(ValueError, RecursionError):
                    yield ShardRecord.from_plain(values["record"])

    def has(self, shard: Shard) -> bool:
        """Whether there is a result of the shard."""
        return kind_inside(self.folder, f"{self.name}/done/{shard.stem}", OutputError) is not None

    def _done(self, wanted: Collection[str] | None) -> list[str]:
        with suppress(FileNotFoundError):
            names = names_inside(self.folder, f"{self.name}/done", OutputError)
            return [name for name in names if wanted is None or name in wanted]
        return []

    def _values(self, stem: str) -> dict[str, Any] | None:
        """What a result's file holds; None where it is none of ours, or torn."""
        with suppress(FileNotFoundError):
            values = unsealed(read_inside(self.folder, f"{self.name}/done/{stem}", LARGEST_RESULT, OutputError))
            return values if isinstance(values, dict) else None
        return None


def records(folder: Path) -> Iterator[ShardRecord]:
    """The records of shards that were finished while nobody waited for them, of whatever plan."""
    with suppress(FileNotFoundError):
        for name in names_inside(folder, f"{WORK}/{JOBS}", OutputError):
            yield from Room(folder, f"{WORK}/{JOBS}/{name}").records()


def _plain(result: ShardResult) -> dict[str, Any]:
    if isinstance(result, ShardRecord):
        return {"record": result.plain()}
    if result.error is None:
        return {"lost": result.reason}
    error, trace = portable(result.error)
    kind = next((name for name, cls in _ERRORS.items() if isinstance(error, cls)), "SynthinkError")
    number = error.errno if isinstance(error, OSError) else None
    place = str(error.filename) if isinstance(error, OSError) else None
    return {"error": [kind, str(error), trace, number, place]}


def _result(shard: Shard, values: dict[str, Any]) -> ShardResult:
    """The result that `_plain` gave; a failure for anything else."""
    try:
        if "record" in values:
            return ShardRecord.from_plain(values["record"])
        if "lost" in values:
            return ShardFailure(shard, None, str(values["lost"])[:1000])
        kind, text, trace, number, place = values["error"]
        error: Exception = _ERRORS.get(kind, SynthinkError)(str(text))
        if isinstance(number, int):
            error = OSError(number, os.strerror(number), place)
        error.__cause__ = WorkerError(str(trace)) if trace else None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return ShardFailure(shard, None, "its result cannot be read")
    return ShardFailure(shard, error)


def sealed(values: Any) -> bytes:
    """Values in JSON types as one line with a checksum, since a kill can tear whatever is written."""
    content = json.dumps(values).encode()
    return _checksum(content) + b" " + content


def unsealed(line: bytes) -> Any:
    """The values that `sealed` was given; None for a line that is torn or somebody else's."""
    checksum, _, content = line.partition(b" ")
    with suppress(ValueError, RecursionError):
        return json.loads(content) if checksum == _checksum(content) else None
    return None


def _checksum(content: bytes) -> bytes:
    return b"%08x" % zlib.crc32(content)
