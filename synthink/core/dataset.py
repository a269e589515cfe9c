"""Rows by index, without files: what training pipelines import."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from synthink.core.columns import features, table
from synthink.core.generator import Generator
from synthink.core.registry import find_generator
from synthink.core.row_buffer import RowBuffer
from synthink.core.source import Source
from synthink.errors import ConfigError
from synthink.splits import Shares

if TYPE_CHECKING:
    import datasets
    import numpy as np
    import numpy.typing as npt

Row = dict[str, Any]


class RowDataset:
    """`size` rows of one split, drawn when they are asked for; any index, any order, any process: the same row.

    A torch map-style dataset and a grain `RandomAccessDataSource` as it is. Rows are dicts of the dataset's columns;
    `image` is a Pillow picture in mode RGB, or what `with_format` says.
    """

    def __init__(self, source: Source, split: str, indices: range, image_format: str = "pil") -> None:
        self.source = source
        self.split = split
        self.indices = indices
        self.image_format = image_format

    @property
    def generator(self) -> Generator:
        """The generator that draws the rows."""
        return self.source.generator

    def __len__(self) -> int:
        return len(self.indices)

    def __repr__(self) -> str:
        return f"<{self.generator.name} split {self.split}: {len(self)} rows, seed {self.source.seed}>"

    @overload
    def __getitem__(self, index: slice) -> RowDataset: ...
    @overload
    def __getitem__(self, index: Sequence[int]) -> list[Row]: ...
    @overload
    def __getitem__(self, index: int) -> Row: ...
    def __getitem__(self, index: Any) -> Any:
        """A row by number, rows by a list of numbers, or part of the dataset by a slice."""
        if isinstance(index, slice):
            return RowDataset(self.source, self.split, self.indices[index], self.image_format)
        several = isinstance(index, Iterable) and not isinstance(index, str | bytes | Mapping)
        if several and getattr(index, "ndim", 1) > 0:  # an array of no dimension is a number
            return [self[item] for item in index]
        return self._finished(self.source.row(self.split, self.indices[operator.index(index)]))

    def _finished(self, row: Row) -> Row:
        """The row with its picture in the format asked for."""
        picture = row["image"]
        row["image"] = picture.pil() if self.image_format == "pil" else picture.array()
        return _torch_row(row) if self.image_format == "torch" else row

    def __getitems__(self, indices: Sequence[int]) -> list[Row]:
        """Several rows at once, as torch's DataLoader asks."""
        return [self[index] for index in indices]

    def __iter__(self) -> Iterator[Row]:
        return (self[index] for index in range(len(self)))

    def arrays(self, index: int) -> tuple[npt.NDArray[np.uint8], str, str]:
        """Image (uint8, H x W x 3), prefix, suffix of a row; no file is encoded on the way."""
        sample = self.source.draw(self.split, self.indices[operator.index(index)])
        return sample.picture.array(), sample.prefix, sample.suffix

    def control(self, index: int) -> Row:
        """The row without its mark or ink, everything else unchanged."""
        return self._finished(self.source.row(self.split, self.indices[operator.index(index)], control=True))

    def shard(self, rank: int, world: int) -> RowDataset:
        """Every `world`-th row from `rank` on: one process's part."""
        if not 0 <= rank < world:
            raise ConfigError("rank", rank, f"must be between 0 and {world - 1}")
        return self[rank::world]

    def with_format(self, image_format: str) -> RowDataset:
        """The dataset with images as `pil`, `numpy` (uint8, H x W x 3) or `torch` (uint8 tensors, 3 x H x W)."""
        if image_format not in ("pil", "numpy", "torch"):
            raise ConfigError("format", image_format, "must be pil, numpy or torch")
        return RowDataset(self.source, self.split, self.indices, image_format)

    def to_hf(self) -> datasets.Dataset:
        """A `datasets.Dataset` of all rows, in memory."""
        import datasets

        buffer = RowBuffer(self.generator.columns)
        for index in self.indices:
            buffer.add(self.source.row(self.split, index))
        return datasets.Dataset(table(self.generator.columns, buffer.take()), split=self.split)

    def to_iterable(self, num_shards: int = 1) -> datasets.IterableDataset:
        """A `datasets.IterableDataset` whose `state_dict` resumes exactly; give at least as many shards as workers."""
        import datasets

        if num_shards < 1:
            raise ConfigError("num_shards", num_shards, "must be at least 1")
        size = len(self)
        bounds = [(size * i // num_shards, size * (i + 1) // num_shards) for i in range(num_shards)]
        form = datasets.Features.from_dict(features(self.generator.columns))
        rows = self.with_format("pil")
        return datasets.IterableDataset.from_generator(
            _ranges, features=form, gen_kwargs={"rows": rows, "ranges": bounds}, split=datasets.NamedSplit(self.split)
        )


def _ranges(rows: RowDataset, ranges: list[tuple[int, int]]) -> Iterator[Row]:
    for start, stop in ranges:
        for index in range(start, stop):
            data, suffix = (row := rows.source.row(rows.split, rows.indices[index]))["image"].encode()
            yield {**row, "image": {"bytes": data, "path": f"{row['id']}.{suffix}"}}


def _torch_row(row: Row) -> Row:
    import torch

    return {**row, "image": torch.from_numpy(row["image"].copy()).permute(2, 0, 1)}


def dataset(
    generator: str | Generator | type[Generator],
    *,
    size: int | None = None,
    seed: int = 0,
    split: str = "train",
    shares: Mapping[str, float] | Shares | None = None,
    split_seed: int = 0,
    **fields: Any,
) -> RowDataset:
    """`size` rows of a split of a generator, drawn on demand; keywords are the generator's fields.

    size: rows; None for all rows of an enumerated generator. Raises `ConfigError` for a field or value that cannot be
    used.
    """
    source = Source(make_generator(generator, fields), seed, as_shares(shares), split_seed)
    return RowDataset(source, split, range(row_count(source, split, size)))


def make_generator(generator: str | Generator | type[Generator], fields: Mapping[str, Any]) -> Generator:
    """A generator from its name or class and fields; an instance stands for itself."""
    if isinstance(generator, Generator):
        if fields:
            raise ConfigError(next(iter(fields)), next(iter(fields.values())), "give fields to the generator itself")
        return generator
    cls = find_generator(generator) if isinstance(generator, str) else generator
    return cls.build(fields)


def as_shares(shares: Mapping[str, float] | Shares | None) -> Shares:
    """Shares from a mapping; missing splits of a mapping own nothing."""
    if shares is None or isinstance(shares, Shares):
        return shares if shares is not None else Shares()
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
