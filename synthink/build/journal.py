"""The finished shards of a run that has not ended: a line each, with a checksum, since a kill can tear any line."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from synthink.build.shard import ShardRecord


def read(path: Path) -> list[ShardRecord]:
    """The records of a journal's whole lines; the shards of torn ones are made again."""
    records = []
    for line in path.read_bytes().split(b"\n") if path.exists() else []:
        checksum, _, content = line.partition(b" ")
        if content and checksum == _checksum(content):
            records.append(ShardRecord(**json.loads(content)))
    return records


@contextmanager
def appending(path: Path) -> Iterator[Callable[[ShardRecord], None]]:
    """Yields the function that adds a record and returns when it is on the disk."""
    with path.open("ab") as file:

        def add(record: ShardRecord) -> None:
            content = json.dumps(record.plain()).encode()
            file.write(b"\n" + _checksum(content) + b" " + content)  # a torn line before ends here
            file.flush()
            os.fsync(file.fileno())

        yield add


def _checksum(content: bytes) -> bytes:
    return b"%08x" % zlib.crc32(content)
