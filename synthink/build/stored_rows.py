"""Rows of a finished dataset folder, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from synthink.build.formats import Format, find_format
from synthink.build.manifest import Manifest
from synthink.build.shard import ShardRecord
from synthink.confined import kind_inside
from synthink.errors import AssetError
from synthink.tables.bounds import LARGEST_BATCH, LARGEST_TEXT, readable

Row = dict[str, Any]


def shard_rows(folder: Path, manifest: Manifest, shard: ShardRecord) -> Iterator[Row]:
    """The rows of one shard; `image` is the stored file's bytes. `AssetError` when the shard cannot be read."""
    return read_shard(folder, find_format(manifest.identity["format"]), shard.file)


def read_shard(folder: Path, form: Format, name: str) -> Iterator[Row]:
    """The rows of the shard of that name in a format, as `shard_rows` gives them."""
    path = folder / name
    with readable(str(path)):
        if kind_inside(folder, name) is None:
            raise AssetError(f"{path}: no such file")
        for number, row in enumerate(form.read(path)):
            for name, value in row.items():
                if isinstance(value, str) and len(value) > LARGEST_TEXT:
                    raise AssetError(
                        f"{path}: row {number}: {name} has {len(value):,} characters; at most {LARGEST_TEXT:,} are read"
                    )
            yield row


def in_row_order(tables: Any, manifest: Manifest) -> Any:
    """A dataset as `datasets` loaded it, split by split, with the rows in their order."""
    if find_format(manifest.identity["format"]).loader_keeps_order:
        return tables
    return type(tables)({split: _by_id(table) for split, table in tables.items()})


def _by_id(table: Any) -> Any:
    ids = table.select_columns(["id"])[:]["id"]
    return table.select(sorted(range(len(ids)), key=ids.__getitem__))


def rows_of(folder: Path, manifest: Manifest, split: str, count: int) -> list[Row]:
    """The first `count` rows of a split. Raises `AssetError` where their pictures take more than `LARGEST_BATCH`."""
    shards = (shard for shard in manifest.shards if shard.split == split)
    rows: list[Row] = []
    size = 0
    for row in islice((row for shard in shards for row in shard_rows(folder, manifest, shard)), count):
        size += len(row["image"]) if isinstance(row.get("image"), bytes) else 0
        if size > LARGEST_BATCH:
            raise AssetError(
                f"{folder}: the first {len(rows) + 1} rows of {split} have more than {LARGEST_BATCH:,} bytes"
            )
        rows.append(row)
    return rows
