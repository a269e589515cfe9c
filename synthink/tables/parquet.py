"""Parquet files from outside, measured before anything is unpacked.

A small file can become any number of bytes: pages are compressed, and a dictionary stands for a long text with a few
bits. What a footer says of that is not believed: the head of each page, by which memory is taken, and the texts of each
dictionary are looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from synthink.errors import AssetError
from synthink.tables.bounds import (
    LARGEST_BATCH,
    LARGEST_VALUE,
    MOST_GROWTH,
    ROWS_AT_ONCE,
    check_schema,
    check_tree,
    readable,
    rows_of_batch,
)
from synthink.tables.thrift import ThriftReader

LARGEST_FOOTER = 16 * 2**20
LARGEST_HEAD = 2**20
MOST_PAGES = 200_000
_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 12, "FLOAT": 4, "DOUBLE": 8}
_DICTIONARY, _PREFIXES = (2, 8), 7
"""Encodings of values: by their numbers in a dictionary; by what they share with the value before."""


@dataclass(frozen=True)
class _Page:
    """A page by its head. values: 0 for a dictionary."""

    start: int
    stored: int
    unpacked: int
    values: int
    encoding: int
    is_dictionary: bool


class ParquetTable:
    """A Parquet file, measured. Its methods raise `AssetError` naming it where it is damaged or passes a bound."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        with readable(name):
            self._parquet, self._rows_at_once = _opened(file, name)
            self.schema = self._parquet.schema_arrow

    def batches(self, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
        """A few rows at a time."""
        with readable(self.name):
            yield from self._parquet.iter_batches(self._rows_at_once, columns=columns)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as Python's objects."""
        with readable(self.name):
            for batch in self.batches():
                yield from rows_of_batch(batch, self.name)


def _opened(file: BinaryIO, name: str) -> tuple[pq.ParquetFile, int]:
    """The file, and how many rows may be read at once."""
    size = os.fstat(file.fileno()).st_size
    _check_footer(file, size, name)
    parquet = pq.ParquetFile(file, buffer_size=2**20)
    check_schema(parquet.schema_arrow, name)
    metadata, pages, unpacked, largest_row = parquet.metadata, 0, 0, 1
    for group_number in range(metadata.num_row_groups):
        group = metadata.row_group(group_number)
        row, held = 1, 0
        for number in range(group.num_columns):
            column = group.column(number)
            place = f"{name}: row group {group_number}, column {column.path_in_schema}"
            heads = list(_pages(file, column, size, place))
            pages += len(heads)
            if pages > MOST_PAGES:
                raise AssetError(f"{name}: has more than {MOST_PAGES:,} pages")
            width = _WIDTHS.get(column.physical_type, metadata.schema.column(number).length)
            sizes = list(_value_sizes(file, column, heads, width, place))
            column_bytes = sum(bytes_ for bytes_, _ in sizes)
            unpacked += column_bytes
            held += max((page.unpacked for page in heads), default=0)
            is_repeated = metadata.schema.column(number).max_repetition_level > 0
            row += column_bytes if is_repeated else max((value for _, value in sizes), default=0)
        if max(held, row) > LARGEST_BATCH:
            becomes = f"would become up to {max(held, row):,} bytes at once; at most {LARGEST_BATCH:,} are unpacked"
            raise AssetError(f"{name}: a row of row group {group_number} {becomes}")
        largest_row = max(largest_row, row)
    most = max(LARGEST_BATCH, MOST_GROWTH * size)
    if unpacked > most:
        unpacked = _measured(parquet, largest_row, most)
    if unpacked > most:
        raise AssetError(
            f"{name}: has {size:,} bytes and would become {unpacked:,} or more; at most {most:,} are unpacked"
        )
    return parquet, max(1, min(ROWS_AT_ONCE, LARGEST_BATCH // largest_row))


def _measured(parquet: pq.ParquetFile, row_bytes: int, most: int) -> int:
    """The bytes of a file's values, unpacked a few rows at once; counting ends when there are more than `most`."""
    total = 0
    rows_at_once = max(1, min(10_000, LARGEST_BATCH // 8 // row_bytes))
    for batch in parquet.iter_batches(rows_at_once):
        total += batch.nbytes
        if total > most:
            break
    return total


def _check_footer(file: BinaryIO, size: int, name: str) -> None:
    """Raises `AssetError` for a footer that is too large, or whose schema cannot be opened."""
    if size < 12:
        raise AssetError(f"{name}: no Parquet file, it has {size} bytes")
    file.seek(size - 8)
    tail = file.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != b"PAR1" or length > size - 8:
        raise AssetError(f"{name}: no Parquet file, or cut short")
    if length > LARGEST_FOOTER:
        raise AssetError(f"{name}: a footer of {length:,} bytes; at most {LARGEST_FOOTER:,} are read")
    file.seek(size - 8 - length)
    schema = ThriftReader(file.read(length)).struct(last=2).get(2)
    if not isinstance(schema, list):
        raise AssetError(f"{name}: no Parquet file: its footer has no schema")
    check_tree([element.get(5, 0) for element in schema], name)


def _pages(file: BinaryIO, column: Any, size: int, place: str) -> Iterator[_Page]:
    """The pages of a column in a row group, found as Arrow finds them."""
    if column.num_values == 0:
        return
    at = column.data_page_offset
    if column.has_dictionary_page and 0 < (column.dictionary_page_offset or 0) < at:
        at = column.dictionary_page_offset
    end = at + column.total_compressed_size
    if not 0 < at <= end <= size:
        raise AssetError(f"{place}: lies outside the file")
    while at < end:
        length, head = _page_head(file, at, min(LARGEST_HEAD, end - at))
        kind, unpacked, stored = head[1], head[2], head[3]
        at += length
        if not 0 <= stored <= end - at or unpacked < 0:
            raise AssetError(f"{place}: a page lies outside the column")
        most = LARGEST_BATCH if unpacked <= 2 * stored else LARGEST_VALUE  # pages of photographs do not grow
        if unpacked > most:
            raise AssetError(
                f"{place}: a page of {unpacked:,} bytes; at most {most:,} are unpacked; write row groups of fewer rows"
            )
        details = head.get({0: 5, 2: 7, 3: 8}.get(kind, 0), {})
        encoding = details.get(4 if kind == 3 else 2, 0)
        values = 0 if kind == 2 else details.get(1, 0)
        if values < 0:
            raise AssetError(f"{place}: a page of {values} values")
        yield _Page(at, stored, unpacked, values, encoding, kind == 2)
        at += stored


def _page_head(file: BinaryIO, at: int, limit: int) -> tuple[int, dict[int, Any]]:
    """A page's head and its length in bytes."""
    for count in (512, limit):
        file.seek(at)
        reader = ThriftReader(file.read(min(count, limit)))
        try:
            head = reader.struct()
        except IndexError:
            continue
        return reader.at, head
    raise ValueError("the head of a page has no end")


def _value_sizes(file: BinaryIO, column: Any, pages: list[_Page], width: int, place: str) -> Iterator[tuple[int, int]]:
    """Of each page the most bytes that its values can take in all, and one of them."""
    longest = LARGEST_VALUE
    for page in pages:
        if column.physical_type != "BYTE_ARRAY":
            yield page.values * width, width
        elif page.is_dictionary:
            longest = _longest_text(file, column.compression, page, place)
        elif page.encoding in _DICTIONARY:
            yield page.values * (longest + 4), longest
        elif page.encoding == _PREFIXES:
            yield page.values * (page.unpacked + 4), page.unpacked
        else:
            yield page.unpacked + 4 * page.values, page.unpacked


def _longest_text(file: BinaryIO, compression: str, page: _Page, place: str) -> int:
    """The bytes of the longest text in a dictionary: each stands behind its length, four bytes."""
    file.seek(page.start)
    data: bytes = file.read(page.stored)
    if compression != "UNCOMPRESSED":
        codec = "lz4_raw" if compression == "LZ4" else compression.lower()
        data = pa.decompress(data, page.unpacked, codec=codec, asbytes=True)
    at = longest = 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at : at + 4], "little")
        longest = max(longest, length)
        at += 4 + length
    if at != len(data):
        raise AssetError(f"{place}: a damaged dictionary")
    return longest
