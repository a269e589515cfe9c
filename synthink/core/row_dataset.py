"""Rows by index, without files: what training pipelines import."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from synthink.core.columns import features, table
from synthink.core.generator import Generator
from synthink.core.row_buffer import RowBuffer
from synthink.core.row_format import AS_DRAWN, Row, RowFormat, check_columns_named, column_of
from synthink.core.sample import RESERVED_COLUMNS, Sample
from synthink.core.source import Source
from synthink.errors import ConfigError, check_kind, quoted
from synthink.settings import coerce
from synthink.streams import StreamKey

if TYPE_CHECKING:
    import datasets

ENDLESS = sys.maxsize
"""The length of the range of indices of a dataset that has no end."""
Batch = dict[str, list[Any]]


@dataclass(frozen=True, eq=False, repr=False)
class RowDataset:
    """Rows of one split, drawn when they are asked for; any index, any order, any process: the same row.

    A torch map-style dataset and a grain `RandomAccessDataSource` as it is. Rows are dicts of the dataset's columns;
    `image` is a Pillow picture in mode RGB, or what `with_format` says. Methods return other views of the same rows
    and draw nothing, but for `filter`.

    indices: the numbers of the rows in their split. is_control: whether marks and ink are left out. form: how rows are
    given out. functions: what `map` applies to each row, in order. transform: what `with_transform` applies to batches.
    """

    source: Source
    split: str
    indices: range | npt.NDArray[np.int64]
    is_control: bool = False
    form: RowFormat = AS_DRAWN
    functions: tuple[Callable[[Row], Mapping[str, Any]], ...] = ()
    transform: Callable[[Batch], Mapping[str, Sequence[Any]]] | None = None

    @property
    def generator(self) -> Generator:
        """The generator that draws the rows."""
        return self.source.generator_of(self.split)

    @property
    def column_names(self) -> list[str]:
        """The columns of the rows as they are drawn."""
        return [*RESERVED_COLUMNS, *self.generator.columns]

    @property
    def features(self) -> datasets.Features:
        """The types of the columns, as `datasets` describes them."""
        import datasets

        return datasets.Features.from_dict(features(self.generator.columns))

    @property
    def is_endless(self) -> bool:
        """Whether there is no last row."""
        return len(self.indices) >= ENDLESS // 2**20

    def __len__(self) -> int:
        if self.is_endless:
            raise TypeError(
                f"{quoted(self)} has no end: give dataset(..., size=...), or take a part, such as rows[:1000]"
            )
        return len(self.indices)

    def __bool__(self) -> bool:
        return len(self.indices) > 0

    def __repr__(self) -> str:
        size = "rows without end" if self.is_endless else f"{len(self)} rows"
        control = " without their marks" if self.is_control else ""
        return f"<{self.generator.name} split {self.split}: {size}{control}, seed {self.source.seed}>"

    def _repr_html_(self) -> str:
        """The first rows with their questions and answers, for notebooks."""
        from synthink.pages.notebook import MOST_FIGURES, Figure, figures_html

        samples = [self.source.draw(self.split, int(number), self.is_control) for number in self.indices[:MOST_FIGURES]]
        figures = [Figure(*sample.picture.encode(), (sample.prefix, sample.suffix)) for sample in samples]
        return figures_html(repr(self).strip("<>"), figures)

    @overload
    def __getitem__(self, index: slice) -> RowDataset: ...
    @overload
    def __getitem__(self, index: Sequence[int]) -> list[Row]: ...
    @overload
    def __getitem__(self, index: int) -> Row: ...
    def __getitem__(self, index: Any) -> Any:
        """A row by number, rows by a list of numbers, or part of the dataset by a slice."""
        if isinstance(index, slice):
            return replace(self, indices=self.indices[index])
        several = isinstance(index, Iterable) and not isinstance(index, str | bytes | Mapping)
        if several and getattr(index, "ndim", 1) > 0:  # an array of no dimension is a number
            return self.__getitems__(index)
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Iterable[int]) -> list[Any]:
        """Several rows at once, as torch's DataLoader asks."""
        if self.transform is None:
            return [self.form.apply(self._row(index), self.generator.columns) for index in indices]
        rows = [self.form.apply(self._row(index), {}) for index in indices]
        batch = self.transform({name: [row[name] for row in rows] for name in (rows[0] if rows else ())})
        what = f"a mapping of columns with a value for each row, which {quoted(self.transform)} has to return"
        check_kind("transform", batch, Mapping, what)
        if any(len(values) != len(rows) for values in batch.values()):
            raise ConfigError("transform", {name: len(values) for name, values in batch.items()}, f"must be {what}")
        return [{name: values[place] for name, values in batch.items()} for place in range(len(rows))]

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in (count() if self.is_endless else range(len(self))))

    def _row(self, index: int) -> dict[str, Any]:
        """The row with what `map` made of it; its picture is a `Picture` unless a function has seen the row."""
        row = self.source.row(self.split, self._number(index), self.is_control)
        for function in self.functions:
            columns = function(AS_DRAWN.apply(row, {}))
            check_kind("function", columns, Mapping, f"a mapping of columns, which {quoted(function)} has to return")
            row = {**row, **columns}
        return row

    def _number(self, index: int) -> int:
        try:
            return int(self.indices[operator.index(index)])
        except IndexError:
            raise IndexError(f"row {quoted(index)} of {quoted(self)}") from None
        except TypeError:
            reason = f"rows are asked for by number, not by {quoted(index)}; a column is rows[number][column]"
            raise TypeError(reason) from None

    def arrays(self, index: int, columns: Sequence[str] | None = None) -> tuple[Any, ...]:
        """Image (uint8, H x W x 3, yours to write to), prefix, suffix of a row, and with `columns` a dict of these
        annotations; no file is encoded on the way."""
        sample = self.source.draw(self.split, self._number(index), self.is_control)
        row = (np.array(sample.picture.array()), sample.prefix, sample.suffix)
        if columns is None:
            return row
        names = check_columns_named(columns, list(self.generator.columns))
        annotations = RowFormat("numpy", names).apply(sample.annotations, self.generator.columns)
        return (*row, dict(annotations))

    def score(self, row: int | Mapping[str, Any], answer: str) -> dict[str, float]:
        """The scores of an answer to one of the rows, named by its number or given with its columns; `correct` is the
        one that reports lead with."""
        if isinstance(row, Mapping):
            return self.generator.score(Sample.from_row(row), answer)
        return self.generator.score(self.source.draw(self.split, self._number(row), self.is_control), answer)

    @overload
    def control(self) -> RowDataset: ...
    @overload
    def control(self, index: int) -> Row: ...
    def control(self, index: int | None = None) -> Any:
        """These rows without their marks or ink, everything else unchanged; with an index, that row alone."""
        rows = replace(self, is_control=True)
        return rows if index is None else rows[index]

    def shard(self, rank: int, world: int) -> RowDataset:
        """Every `world`-th row from `rank` on: one process's part."""
        world, rank = at_least_one("world", world), coerce(int, rank, "rank")
        if not 0 <= rank < world:
            raise ConfigError("rank", rank, f"must be between 0 and {world - 1}")
        return self[rank::world]

    def select(self, indices: Iterable[int]) -> RowDataset:
        """The rows of these numbers, in this order; IndexError when there is no such row."""
        check_kind("indices", indices, Iterable, "numbers of rows, as in [1, 5, 9]")
        return replace(self, indices=np.fromiter((self._number(index) for index in indices), np.int64))

    def shuffle(self, seed: int = 0) -> RowDataset:
        """The rows in an order that depends on the seed and their number alone."""
        words = StreamKey("shuffle").stream(coerce(int, seed, "seed"), self.split).raw(len(self))
        return replace(self, indices=np.asarray(self.indices, dtype=np.int64)[np.argsort(words, kind="stable")])

    def map(self, function: Callable[[Row], Mapping[str, Any]]) -> RowDataset:
        """The rows with what `function(row)` returns added to them or put in place of their columns; called when a row
        is asked for, where it is asked for."""
        check_kind("function", function, Callable, "a function of a row")
        return replace(self, functions=(*self.functions, function))

    def filter(self, function: Callable[..., bool], input_columns: Sequence[str] | None = None) -> RowDataset:
        """The rows of which `function(row)` is true, or `function(value, ...)` of the input columns, as in `datasets`.

        Every row is drawn once to find out.
        """
        check_kind("function", function, Callable, "a function of a row, or of the named columns")
        names = None if input_columns is None else self._named(input_columns, "input_columns")
        numbers = []
        for place in range(len(self)):
            row = self._row(place)
            if (
                function(AS_DRAWN.apply(row, {}))
                if names is None
                else function(*(column_of(row, name) for name in names))
            ):
                numbers.append(self._number(place))
        return replace(self, indices=np.array(numbers, dtype=np.int64))

    def with_format(self, name: str | None = None, columns: Sequence[str] | None = None) -> RowDataset:
        """The dataset with pictures and numbers as `pil`, `numpy`, `torch` or `jax` (see `RowFormat`), and with these
        columns alone, also those that `map` adds; None for `pil`, and for all columns."""
        names = () if columns is None else self._named(columns)
        return replace(self, form=RowFormat("pil" if name is None else name, names), transform=None)

    def with_transform(
        self, transform: Callable[[Batch], Mapping[str, Sequence[Any]]], columns: Sequence[str] | None = None
    ) -> RowDataset:
        """The dataset with `transform(batch)` in place of its rows, as in `datasets`: a batch is a dict of lists.

        Called when rows are asked for, in the process that asks: a row by number is a batch of one.
        """
        check_kind("transform", transform, Callable, "a function of a batch")
        return replace(self.with_format(None, columns), transform=transform)

    def to_hf(self) -> datasets.Dataset:
        """A `datasets.Dataset` of all rows as they are drawn, in memory. Raises `ConfigError` after `map` and
        `with_transform`, which what it returns has as well."""
        import datasets

        self._check_as_drawn("to_hf")

        buffer = RowBuffer(self.generator.columns)
        for place in range(len(self)):
            buffer.add(self.source.row(self.split, self._number(place), self.is_control))
        return datasets.Dataset(table(self.generator.columns, buffer.take()), split=self.split)

    def to_iterable(self, num_shards: int = 1) -> datasets.IterableDataset:
        """A `datasets.IterableDataset` of the rows as they are drawn, whose `state_dict` resumes exactly; give at
        least as many shards as workers. Raises `ConfigError` after `map` and `with_transform`, as `to_hf` does."""
        import datasets

        self._check_as_drawn("to_iterable")

        num_shards = at_least_one("num_shards", num_shards)
        if self.is_endless:
            parts = [self[number::num_shards] for number in range(num_shards)]
        else:
            size = len(self)
            parts = [self[size * i // num_shards : size * (i + 1) // num_shards] for i in range(num_shards)]
        return datasets.IterableDataset.from_generator(
            _encoded, features=self.features, gen_kwargs={"parts": parts}, split=datasets.NamedSplit(self.split)
        )

    def _named(self, columns: Sequence[str], argument: str = "columns") -> tuple[str, ...]:
        """The columns of those names. What functions add to the rows is known when a row is asked for."""
        return check_columns_named(columns, None if self.functions else self.column_names, argument)

    def _check_as_drawn(self, method: str) -> None:
        """Raise `ConfigError` where rows are no longer given out as they are drawn."""
        lost = "map" if self.functions else "with_transform" if self.transform else ""
        if lost:
            raise ConfigError(method, lost, f"gives rows as they are drawn: call {lost} on what it returns")


def at_least_one(name: str, value: Any) -> int:
    """A whole number of at least 1; `ConfigError` naming it for anything else."""
    number: int = coerce(int, value, name)
    if number < 1:
        raise ConfigError(name, value, "must be at least 1")
    return number


def _encoded(parts: list[RowDataset]) -> Iterator[dict[str, Any]]:
    """The rows of all parts, with their pictures as files."""
    for part in parts:
        for number in part.indices:
            row = part.source.row(part.split, int(number), part.is_control)
            encoded, suffix = row["image"].encode()
            yield {**row, "image": {"bytes": encoded, "path": f"{row['id']}.{suffix}"}}
