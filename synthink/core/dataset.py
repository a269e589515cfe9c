"""A dataset without files from a generator and its fields, and the checks of what such a request says."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from synthink.core.generator import Generator
from synthink.core.mixture import Mixture, named_parts
from synthink.core.own_splits import SplitRequest, read_splits
from synthink.core.registry import typed_generator
from synthink.core.row_dataset import ENDLESS, RowDataset
from synthink.core.source import Source
from synthink.errors import ConfigError, check_kind
from synthink.splits import Shares


def dataset(
    generator: str | Generator | type[Generator],
    *,
    size: int | None = None,
    seed: int = 0,
    split: str = "train",
    shares: Mapping[str, float] | Shares | None = None,
    split_seed: int = 0,
    splits: Mapping[str, SplitRequest] | None = None,
    **fields: Any,
) -> RowDataset:
    """`size` rows of a split of a generator, drawn on demand; keywords are the generator's fields.

    size: rows; None for all rows of an enumerated generator, and for rows without end of any other. splits: those of
    your own, as `generate` takes them, of which `split` may name one; their `rows` say nothing here. Raises
    `ConfigError` for a field or value that cannot be used.
    """
    check_kind("split", split, str, "the name of a split")
    own_splits = read_splits({} if splits is None else splits)[1]
    source = Source(make_generator(generator, fields), seed, as_shares(shares), split_seed, own_splits)
    is_endless = size is None and source.rows(split) is None
    return RowDataset(source, split, range(ENDLESS if is_endless else row_count(source, split, size)))


def make_generator(generator: str | Generator | type[Generator], fields: Mapping[str, Any]) -> Generator:
    """A generator from its name, file (`my_file.py:MyTask`) or class and fields; an instance stands for itself."""
    if isinstance(generator, Generator):
        if fields:
            raise ConfigError(next(iter(fields)), next(iter(fields.values())), "give fields to the generator itself")
        return generator
    cls = typed_generator(generator) if isinstance(generator, str) else generator
    if not (isinstance(cls, type) and issubclass(cls, Generator)):
        reason = "must be a generator, its name, its class, or a class in a file, as in my_file.py:MyTask"
        raise ConfigError("generator", generator, reason)
    return cls.build(named_parts(fields) if issubclass(cls, Mixture) else fields)


def as_shares(shares: Mapping[str, float] | Shares | None) -> Shares:
    """Shares from a mapping; missing splits of a mapping own nothing."""
    if shares is None or isinstance(shares, Shares):
        return shares if shares is not None else Shares()
    check_kind("shares", shares, Mapping, "a mapping of splits, as in {'train': 0.9, 'test': 0.1}")
    return Shares.build({"train": 0.0, "validation": 0.0, "test": 0.0, **shares})


def row_count(source: Source, split: str, size: int | None) -> int:
    """The number of rows to draw; `ConfigError` when an enumerated split has fewer, or an endless one no size."""
    rows = source.rows(split)
    if size is None:
        if rows is None:
            raise ConfigError(f"splits.{split}", None, f"{source.generator.name} has no end: say how many rows")
        return rows
    if isinstance(size, bool) or not hasattr(size, "__index__") or operator.index(size) < 0:
        raise ConfigError(f"splits.{split}", size, "must be a whole number of rows, 0 or more")
    if rows is not None and size > rows:
        raise ConfigError(f"splits.{split}", size, f"{source.generator.name} enumerates {rows} rows in this split")
    return operator.index(size)
