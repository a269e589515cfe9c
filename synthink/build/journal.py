"""The finished shards of a run that has not ended: a line each, with a checksum, since a kill can tear any line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from synthink.build import results
from synthink.build.shard import ShardRecord
from synthink.confined import file_inside, open_inside
from synthink.errors import OutputError
from synthink.owned_folder import WORK

JOURNAL = "journal"
_NAME = f"{WORK}/{JOURNAL}"


def read(folder: Path) -> list[ShardRecord]:
    """The records of the whole lines of a folder's journal, and of what jobs have finished since; the shards of torn
    ones are made again."""
    records = list(results.records(folder))
    with suppress(FileNotFoundError), file_inside(folder, _NAME, OutputError) as file:
        while line := file.readline(results.LARGEST_RESULT):
            with suppress(ValueError, RecursionError):  # a line of somebody else
                records.append(ShardRecord.from_plain(results.unsealed(line.rstrip(b"\n"))))
    return records


@contextmanager
def appending(folder: Path) -> Iterator[Callable[[ShardRecord], None]]:
    """Yields the function that adds a record and returns when it is on the disk."""
    with os.fdopen(open_inside(folder, _NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OutputError), "ab") as file:

        def add(record: ShardRecord) -> None:
            file.write(b"\n" + results.sealed(record.plain()))  # a torn line before ends here
            file.flush()
            os.fsync(file.fileno())

        yield add
