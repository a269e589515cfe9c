"""What a dataset is: everything that its bytes depend on, and the shards that it is cut into."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from synthink.build.licence import Licence
from synthink.build.places import place_digests, places_of, public_names, texts_of, with_names
from synthink.core.dataset import row_count
from synthink.core.generator import Generator
from synthink.core.own_splits import in_order, unknown_split
from synthink.core.registry import code_files
from synthink.core.source import Source, asset_records
from synthink.errors import ConfigError
from synthink.settings import whole_number
from synthink.splits import SPLITS
from synthink.version import VERSION

FORMAT_VERSION = 2
LICENCE = "cc-by-4.0"
SHARD_SIZE = 1000
LONGEST_LICENCE = 200
"""The most characters of a licence's name."""
MOST_ROWS = 999_999_999
"""The most rows of a split."""
MOST_SHARDS = 99_999
"""The most shards of a dataset: their names number them with five digits, and a manifest has room for them all."""


def check_counts(splits: Mapping[str, int], shard_size: int, own_splits: Collection[str] = ()) -> None:
    """Raise `ConfigError` naming a split or a number of rows that a dataset cannot have. own_splits: the names of
    splits besides `SPLITS`."""
    whole_number("shard_size", shard_size, 1, "a whole number of rows")
    if shard_size > MOST_ROWS:
        raise ConfigError("shard_size", shard_size, f"must be at most {MOST_ROWS:,}")
    for split, rows in splits.items():
        name = f"splits.{split}"
        if split not in SPLITS and split not in own_splits:
            raise ConfigError(name, rows, unknown_split(split, rows))
        if whole_number(name, rows, 0, "a whole number of rows") > MOST_ROWS:
            raise ConfigError(name, rows, f"must be at most {MOST_ROWS:,}")
    if not any(splits.values()):
        raise ConfigError("splits", dict(splits), "no split has any rows")
    if sum(-(-rows // shard_size) for rows in splits.values()) > MOST_SHARDS:
        total, others = sum(splits.values()), sum(map(bool, splits.values())) - 1  # whose last shards may be small
        least = -(-total // (MOST_SHARDS - others))
        reason = f"cuts the {total:,} rows into more than {MOST_SHARDS:,} shards; make it {least:,}"
        raise ConfigError("shard_size", shard_size, reason)


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
    """The licence of the dataset: an SPDX name or expression, or an address."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Path -> the name in the manifest of what was found elsewhere than where that name leads."""

    def __post_init__(self) -> None:
        check_counts(self.splits, self.shard_size, self.source.own_splits)
        _check_rows_differ(self.source, self.sizes, self.source.scenes_of)
        licence = self.licence
        if not isinstance(licence, str):
            raise ConfigError("licence", licence, "must name a licence, as in cc-by-4.0")
        if not licence.isprintable() or set("<>") & set(licence) or len(licence) > LONGEST_LICENCE:
            raise ConfigError("licence", licence, f"must be plain text of at most {LONGEST_LICENCE} characters")
        if reason := Licence().refuse(licence):
            raise ConfigError("licence", licence, reason)

    @property
    def generator(self) -> Generator:
        """The generator that draws the rows, but for those of splits with fields of their own."""
        return self.source.generator

    @property
    def sizes(self) -> dict[str, int]:
        """The rows of each split that has any, in the order of `in_order`."""
        return {split: self.splits[split] for split in in_order(self.splits) if self.splits[split]}

    @cached_property
    def shards(self) -> tuple[Shard, ...]:
        """All shards, in order."""
        return tuple(shards_of(self.splits, self.shard_size))

    @cached_property
    def public_names(self) -> dict[str, str]:
        """Path -> name of the user's own files and folders: what is published does not say where they lie."""
        generators = self.source.generators
        code = (file.file for file in code_files(*generators).values())
        return {**public_names([*places_of(*generators), *code], texts_of(*generators)), **self.names}

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Everything that the dataset's bytes depend on, in JSON types: the manifest's first part."""
        identity: dict[str, Any] = with_names(self._identity(), self.public_names)
        return identity

    def _identity(self) -> dict[str, Any]:
        code = {name: file.plain() for name, file in code_files(*self.source.generators).items()}
        own_splits = self._own_splits()
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
            **({"own_splits": own_splits} if own_splits else {}),
            "format": self.format,
            "shard_size": self.shard_size,
            "licence": self.licence,
            "assets": self._asset_records(),
            "versions": library_versions(),
        }

    def _asset_records(self) -> dict[str, Any]:
        """Field -> record of its assets, with the digests of the user's files and folders."""
        specs, records = self.generator.asset_fields(), asset_records(self.source.assets)
        for name, record in records.items():
            if files := place_digests(specs[name].outside(), self.public_names):
                record["files"] = files
        return records

    def _own_splits(self) -> dict[str, Any]:
        """What a manifest says of the splits that have rows and a definition of their own."""
        own, plain = self.source.own_splits, {}
        for split in self.sizes:
            if split in own:
                values = self.source.generator_of(split).plain()
                plain[split] = replace(own[split], fields={name: values[name] for name in own[split].fields}).plain()
        return plain


def shards_of(splits: Mapping[str, int], shard_size: int) -> Iterator[Shard]:
    """The shards of splits with those numbers of rows, in order."""
    for split in in_order(splits):
        rows = splits[split]
        count = -(-rows // shard_size)
        for number in range(count):
            start = number * shard_size
            yield Shard(split, number, count, start, min(start + shard_size, rows))


def identity_digest(identity: Mapping[str, Any]) -> str:
    """The SHA-256 of everything that a dataset's bytes depend on, as `Plan.identity` or a manifest has it."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


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
    counts = {split: row_count(source, split, wanted[split]) for split in in_order(wanted) if wanted[split] != 0}
    sizes = {split: count for split, count in counts.items() if count}
    if any(source.rows(split) is not None for split in sizes):  # enumerated rows are those of their content
        _check_rows_differ(source, sizes, source.content_of)
    return sizes


def _check_rows_differ(source: Source, splits: Iterable[str], scenes_of: Callable[[str], str]) -> None:
    """`ConfigError` for two splits that would have the very same rows. scenes_of: the split whose scenes one draws."""
    splits_by_scenes: dict[str, list[str]] = {}
    for split in splits:
        others = splits_by_scenes.setdefault(scenes_of(split), [])
        for other in others:
            if source.generator_of(split) == source.generator_of(other):
                own = source.own_splits.get(split)
                reason = f"would have the very rows of {other}; give it fields of the generator with other values"
                raise ConfigError(f"splits.{split}", own.plain() if own else None, reason)
        others.append(split)
