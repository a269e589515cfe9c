"""Parquet with the features in its metadata: what the hub shows and `load_dataset` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from synthink.build.formats.base import (
    GROUP_BYTES,
    GROUP_ROWS,
    Format,
    Row,
    picture_faults,
    row_groups,
    schema_faults,
    with_picture_bytes,
)
from synthink.confined import file_inside
from synthink.core.columns import schema
from synthink.progress import size_text
from synthink.tables.parquet import ParquetTable

if TYPE_CHECKING:
    from synthink.build.plan import Shard


class ParquetFormat(Format):
    """One file a shard. Pictures are compressed already, so their column is stored plain."""

    name = "parquet"
    media_type = "application/x-parquet"
    most_shard_rows = 100_000
    about = (
        f"Row groups have at most {GROUP_ROWS:,} rows, about {size_text(GROUP_BYTES)} of pictures, and a page index: "
        "some rows can be read without the rest. A text that repeats, as a page's does, is stored once in a group."
    )

    def shard_name(self, shard: Shard) -> str:
        return f"data/{shard.stem}.parquet"

    def write(self, path: Path, columns: Mapping[str, Any], rows: Iterable[Row]) -> None:
        layout = schema(columns)
        kinds = dict(leaf for field in layout for leaf in _leaves(field))
        leaves = list(kinds)
        pictures = {"image.bytes", "image.path"}
        # Strokes and boxes: their values hardly repeat, and bytes of the same rank compress better side by side.
        geometry = [leaf for leaf in leaves if leaf.count(".list.") > 1 and pa.types.is_floating(kinds[leaf])]
        with (
            path.open("wb") as sink,
            pq.ParquetWriter(
                sink,
                layout,
                compression={leaf: "none" if leaf in pictures else "zstd" for leaf in leaves},
                use_dictionary=[leaf for leaf in leaves if leaf not in {*pictures, "id", *geometry}],
                column_encoding=dict.fromkeys(geometry, "BYTE_STREAM_SPLIT"),
                write_statistics=[leaf for leaf in leaves if leaf not in {"image.bytes", *geometry}],
                write_page_index=True,
            ) as writer,
        ):
            for group in row_groups(columns, rows):
                writer.write_table(group)

    def read(self, path: Path) -> Iterator[dict[str, Any]]:
        with file_inside(path.parent, path.name) as file:
            yield from map(with_picture_bytes, ParquetTable(file, str(path)).rows())

    def layout_faults(self, path: Path, columns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        with file_inside(path.parent, path.name) as file:
            table = ParquetTable(file, str(path))
            faults = list(schema_faults(columns, table.schema))
            yield from ((fault, path.name) for fault in faults)
            if not faults:
                for batch in table.batches(["id", "image"]):
                    yield from picture_faults(batch)

    def data_files(self, split: str) -> str:
        return f"data/{split}-*.parquet"


def _leaves(field: Any) -> Iterator[tuple[str, Any]]:
    """Parquet's names of a field's columns and their types: `a.list.element` for a list, `a.b` for a struct's field."""

    def below(kind: Any, path: str) -> Iterator[tuple[str, Any]]:
        if pa.types.is_struct(kind):
            for inner in kind:
                yield from below(inner.type, f"{path}.{inner.name}")
        elif pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
            yield from below(kind.value_type, f"{path}.list.element")
        else:
            yield path, kind

    return below(field.type, field.name)
