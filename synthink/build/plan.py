"""What a dataset is: everything that its bytes depend on, and the shards that it is cut into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from synthink.core.dataset import row_count
from synthink.core.generator import Generator
from synthink.core.registry import code_files
from synthink.core.source import Source, asset_records
from synthink.errors import ConfigError, did_you_mean
from synthink.settings import whole_number
from synthink.splits import SPLITS
from synthink.version import VERSION

FORMAT_VERSION = 1
LICENCE = "cc-by-4.0"
SHARD_SIZE = 1000
LONGEST_LICENCE = 200
"""The most characters of a licence's name."""
MOST_ROWS = 999_999_999
"""The most rows of a split."""
MOST_SHARDS = 99_999
"""The most shards of a split: their names number them with five digits."""


def check_counts(splits: Mapping[str, int], shard_size: int) -> None:
    """Raise `ConfigError` naming a number of rows that a dataset cannot have."""
    whole_number("shard_size", shard_size, 1, "a whole number of rows")
    if shard_size > MOST_ROWS:
        raise ConfigError("shard_size", shard_size, f"must be at most {MOST_ROWS:,}")
    for split, rows in splits.items():
        name = f"splits.{split}"
        if split not in SPLITS:
            raise ConfigError(name, rows, did_you_mean(split, SPLITS))
        if whole_number(name, rows, 0, "a whole number of rows") > MOST_ROWS:
            raise ConfigError(name, rows, f"must be at most {MOST_ROWS:,}")
        if -(-rows // shard_size) > MOST_SHARDS:
            least = -(-rows // MOST_SHARDS)
            reason = f"cuts the {rows:,} rows of {split} into more than {MOST_SHARDS:,} shards; make it {least:,}"
            raise ConfigError("shard_size", shard_size, reason)
    if not any(splits.values()):
        raise ConfigError("splits", dict(splits), "no split has any rows")


@dataclass(frozen=True)
class Shard:
    """A fixed range of a split's rows. The number of workers, or which of them makes it, never changes its bytes."""

    split: str
    number: int
    count: int
    """The number of shards of the split."""
    start: int
    stop: int

    @property
    def stem(self) -> str:
        """`train-00000-of-00010`, as `datasets` names shards."""
        return f"{self.split}-{self.number:05d}-of-{self.count:05d}"


@dataclass(frozen=True)
class Plan:
    """A dataset to be made. The name of its format is checked by whoever makes a plan from a request."""

    source: Source
    """The rows: a generator, its seed, and the shares of its splits."""
    splits: Mapping[str, int]
    """The number of rows of each split that has any."""
    format: str = "parquet"
    """The name of the format in which rows are stored."""
    shard_size: int = SHARD_SIZE
    """The number of rows of a shard; the last shard of a split may have fewer."""
    licence: str = LICENCE
    """The licence of the dataset, as the hub names it."""

    def __post_init__(self) -> None:
        check_counts(self.splits, self.shard_size)
        licence = self.licence
        if not isinstance(licence, str) or not licence.strip():
            raise ConfigError("licence", licence, "must name a licence, as in cc-by-4.0")
        if not licence.isprintable() or set("<>") & set(licence) or len(licence) > LONGEST_LICENCE:
            raise ConfigError("licence", licence, f"must be plain text of at most {LONGEST_LICENCE} characters")

    @property
    def generator(self) -> Generator:
        """The generator that draws the rows."""
        return self.source.generator

    @property
    def sizes(self) -> dict[str, int]:
        """The rows of each split that has any, in the order of `SPLITS`."""
        return {split: self.splits[split] for split in SPLITS if self.splits.get(split)}

    @cached_property
    def shards(self) -> tuple[Shard, ...]:
        """All shards, in order."""
        return tuple(shards_of(self.splits, self.shard_size))

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Everything that the dataset's bytes depend on, in JSON types: the manifest's first part."""
        code = {name: file.plain() for name, file in code_files(self.generator).items()}
        return {
            "format_version": FORMAT_VERSION,
            "synthink": VERSION,
            "generator": self.generator.name,
            "generator_version": self.generator.version,
            **({"code": code} if code else {}),
            "fields": self.generator.plain(),
            "seed": self.source.seed,
            "split_seed": self.source.split_seed,
            "shares": self.source.shares.plain(),
            "splits": self.sizes,
            "format": self.format,
            "shard_size": self.shard_size,
            "licence": self.licence,
            "assets": asset_records(self.source.assets),
            "versions": library_versions(),
        }


def shards_of(splits: Mapping[str, int], shard_size: int) -> Iterator[Shard]:
    """The shards of splits with those numbers of rows, in order."""
    for split in SPLITS:
        rows = splits.get(split, 0)
        count = -(-rows // shard_size)
        for number in range(count):
            start = number * shard_size
            yield Shard(split, number, count, start, min(start + shard_size, rows))


def library_versions() -> dict[str, str]:
    """The libraries that pixels and bytes depend on; `codecs` are those that change bytes but no PNG's pixels."""
    from importlib.metadata import version

    import freetype
    from PIL import features

    def codec(name: str) -> str:
        return str(features.version(name) or "none")

    return {
        "numpy": version("numpy"),
        "freetype": ".".join(map(str, freetype.version())),
        "pillow": version("pillow"),
        "libjpeg": codec("libjpeg_turbo") if features.check("libjpeg_turbo") else codec("jpg"),
        "zlib-ng": version("zlib-ng"),
        "pyarrow": version("pyarrow"),
    }


CODECS = ("zlib-ng", "pyarrow")
"""Versions that change a file's bytes, but neither pixels nor labels."""


def resolve_splits(source: Source, wanted: Mapping[str, int | None]) -> dict[str, int]:
    """Rows of each split: None asks for all rows of an enumerated one; splits of 0 rows are left out."""
    if not isinstance(wanted, Mapping):
        raise ConfigError("splits", wanted, "says nothing by itself; give a mapping, as in {'train': 100}")
    for split in wanted:
        if split not in SPLITS:
            raise ConfigError(f"splits.{split}", wanted[split], did_you_mean(split, SPLITS))
    counts = {split: row_count(source, split, wanted[split]) for split in SPLITS if wanted.get(split, 0) != 0}
    return {split: count for split, count in counts.items() if count}
