"""Rows of a finished dataset folder, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from synthink.build.formats import find_format
from synthink.build.manifest import Manifest
from synthink.build.shard import ShardRecord
from synthink.confined import kind_inside
from synthink.errors import AssetError
from synthink.tables.bounds import readable

Row = dict[str, Any]


def shard_rows(folder: Path, manifest: Manifest, shard: ShardRecord) -> Iterator[Row]:
    """The rows of one shard; `image` is the stored file's bytes. `AssetError` when the shard cannot be read."""
    path = folder / shard.file
    with readable(str(path)):
        if kind_inside(folder, shard.file) is None:
            raise AssetError(f"{path}: no such file")
        yield from find_format(manifest.identity["format"]).read(path)


def rows_of(folder: Path, manifest: Manifest, split: str, count: int) -> list[Row]:
    """The first `count` rows of a split."""
    shards = (shard for shard in manifest.shards if shard.split == split)
    return list(islice((row for shard in shards for row in shard_rows(folder, manifest, shard)), count))
