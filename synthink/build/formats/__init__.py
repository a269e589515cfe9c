"""How rows are stored. A format writes one shard at a time, and what ties the shards together at the end."""

from __future__ import annotations

from synthink.build.formats.base import Format
from synthink.errors import ConfigError, did_you_mean

NAMES = ("parquet", "arrow", "webdataset", "jsonl")


def find_format(name: str) -> Format:
    """The format of that name; `ConfigError` when there is none."""
    if name == "parquet":
        from synthink.build.formats.parquet import Parquet

        return Parquet()
    if name == "arrow":
        from synthink.build.formats.arrow import Arrow

        return Arrow()
    if name == "webdataset":
        from synthink.build.formats.webdataset import WebDataset

        return WebDataset()
    if name == "jsonl":
        from synthink.build.formats.jsonl import JsonLines

        return JsonLines()
    raise ConfigError("format", name, f"no such format; {did_you_mean(str(name), NAMES)}")
