"""How much of a table from outside is read: bytes, columns, depth; and rows as Python's objects within that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from synthink.errors import AssetError

if TYPE_CHECKING:  # formats without it, and the command before it knows its verb, do without loading it
    import pyarrow as pa

LARGEST_VALUE = 64 * 2**20
"""Bytes of one value, picture, page, line or member."""
LARGEST_BATCH = 256 * 2**20
"""Bytes that are unpacked at once, in Arrow's form."""
LARGEST_NUMBERS = 64 * 2**20
"""Bytes of a batch without its pictures: as Python's objects they take ten times as many."""
LARGEST_TEXT = 2**20
"""Characters of a text in a row."""
MOST_GROWTH = 20
"""A file may become so many times larger when it is unpacked, or as large as a batch."""
MOST_COLUMNS = 1000
DEEPEST = 16
ROWS_AT_ONCE = 20


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Raise `AssetError` naming the file for whatever a reader of damaged bytes raises in the block."""
    try:
        yield
    except (AssetError, GeneratorExit):
        raise
    except Exception as error:  # noqa: BLE001 - readers of foreign bytes raise what they like
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise AssetError(f"{name}: cannot be read: {reason}") from None


def check_tree(children: Sequence[int], name: str) -> None:
    """Raises `AssetError` for a schema that is too deep or torn, before anything recurses into it.

    children: the number of children of each of its nodes, parents before their children; the first is the root.
    """
    left: list[int] = []
    for count in children:
        if count < 0 or (count == 0 and not left and len(children) > 1):
            raise AssetError(f"{name}: a damaged schema")
        if len(left) > 2 * DEEPEST:
            raise AssetError(f"{name}: columns nested more than {DEEPEST} deep")
        if count:
            left.append(count)
            continue
        while left:
            left[-1] -= 1
            if left[-1]:
                break
            left.pop()


def check_schema(schema: pa.Schema, name: str) -> None:
    """Raises `AssetError` for more or deeper columns than are read, and for types that no row of ours has: values
    that are shared or repeated take more memory than a file has bytes."""
    import pyarrow as pa

    leaves = 0
    waiting = [(field.type, field.name, 1) for field in schema]
    while waiting:
        kind, column, depth = waiting.pop()
        leaves += 1
        if leaves > MOST_COLUMNS or depth > DEEPEST:
            raise AssetError(f"{name}: more than {MOST_COLUMNS:,} columns, or nested more than {DEEPEST} deep")
        if isinstance(kind, pa.BaseExtensionType):
            kind = kind.storage_type
        if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
            waiting.append((kind.value_type, column, depth + 1))
        elif pa.types.is_struct(kind):
            waiting += [(field.type, f"{column}.{field.name}", depth + 1) for field in kind]
        elif not _is_plain(kind):
            raise AssetError(f"{name}: column {column} holds {str(kind)[:80]}, which is not read")


def _is_plain(kind: pa.DataType) -> bool:
    import pyarrow as pa

    kinds = "string large_string binary large_binary fixed_size_binary null primitive boolean decimal dictionary"
    return any(getattr(pa.types, f"is_{name}")(kind) for name in kinds.split())


def rows_of_batch(batch: pa.RecordBatch, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a batch as Python's objects, a few at once."""
    batch.validate(full=True)
    for start in range(0, len(batch), ROWS_AT_ONCE):
        rows = batch.slice(start, ROWS_AT_ONCE)
        columns = dict(zip(rows.schema.names, rows.columns, strict=True))
        others = sum(column.nbytes for column_name, column in columns.items() if column_name != "image")
        if rows.nbytes > LARGEST_BATCH or others > LARGEST_NUMBERS:
            parts = f"{len(rows)} rows of {rows.nbytes:,} bytes, {others:,} of them no pictures"
            raise AssetError(f"{name}: {parts}; at most {LARGEST_BATCH:,} and {LARGEST_NUMBERS:,} are read")
        yield from rows.to_pylist()
