"""Arrow stream files from outside, as `datasets` saves them: mapped, never unpacked, and checked before use."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from synthink.errors import AssetError
from synthink.tables.bounds import check_schema, readable, rows_of_batch

MOST_ROWS = 10_000_000  # of a batch; `datasets` writes a thousand
_COMPRESSION = 3
"""The number of the field of a record batch that says how it is packed."""


class ArrowTable:
    """A stream file. Its methods raise `AssetError` naming it where it is damaged, packed or passes a bound."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        with readable(name):
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # closed with the last value that lies in it
            self._messages = pa.ipc.MessageReader.open_stream(pa.py_buffer(mapped))
            first = self._messages.read_next_message()
            if first.type != "schema":  # Arrow takes it for one, and reads where nothing is
                raise AssetError(f"{name}: begins with a message of type {first.type}, not with a schema")
            self.schema = pa.ipc.read_schema(first)
            check_schema(self.schema, name)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The record batches, once; their values lie in the file."""
        with readable(self.name):
            for message in self._messages:
                if message.type != "record batch" or _is_packed(message.metadata.to_pybytes()):
                    raise AssetError(f"{self.name}: holds a packed batch or a {message.type}, which are not read")
                batch = pa.ipc.read_record_batch(message, self.schema)
                if len(batch) > MOST_ROWS:
                    raise AssetError(f"{self.name}: a batch of {len(batch):,} rows; at most {MOST_ROWS:,} are read")
                batch.validate(full=True)
                yield batch

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as Python's objects."""
        with readable(self.name):
            for batch in self.batches():
                yield from rows_of_batch(batch, self.name)


def _is_packed(message: bytes) -> bool:
    """Whether the values of a record batch are compressed, by its metadata: a flatbuffer (tables of offsets)."""

    def field(table: int, number: int) -> int:
        """Where a table's field lies; 0 where the table does not have it."""
        slots = table - int(struct.unpack_from("<i", message, table)[0])
        if 4 + 2 * number >= struct.unpack_from("<H", message, slots)[0]:
            return 0
        offset = int(struct.unpack_from("<H", message, slots + 4 + 2 * number)[0])
        return table + offset if offset else 0

    def follow(place: int) -> int:
        return place + int(struct.unpack_from("<I", message, place)[0])

    header = field(follow(0), 2)
    return not header or field(follow(header), _COMPRESSION) != 0
