"""Rows to learn from and to ask about: of dataset folders, ours and others', or drawn by a generator on the way."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from synthink.build.received import Code, Sources
from synthink.confined import read_inside
from synthink.core.columns import with_other_columns
from synthink.draw.picture_file import MOST_BYTES, text_fault
from synthink.errors import (
    LONGEST_VALUE,
    AssetError,
    ModelError,
    SourceNotOpened,
    SynthinkError,
    quoted,
    shortened,
)
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.tables import from_pairs, open_tables
from synthink.files import user_path
from synthink.tables.bounds import LARGEST_TEXT, readable

if TYPE_CHECKING:
    from synthink.build.manifest import Manifest
    from synthink.core.generator import Generator
    from synthink.core.source import Source

Row = Mapping[str, Any]
"""All columns; `image` is the bytes of a picture file."""
ENDLESS = 1 << 62
NEEDED = ("image", "prefix", "suffix")


class Rows(Protocol):
    """Rows that are read, or drawn, by their number."""

    name: str

    def __len__(self) -> int: ...

    def example(self, index: int) -> Example:
        """Picture, question and answer of a row, and nothing else of it."""
        ...

    def row(self, index: int) -> Row:
        """The row with all its columns."""
        ...


class FolderRows:
    """A split of a dataset folder as `datasets` reads it: memory-mapped Arrow columns, whatever the size.

    source: what drew the rows. Annotations that the folder's format has no room for (points of strokes in `jsonl`) are
    drawn again when a whole row is asked for.
    """

    def __init__(self, path: Path, split: str, table: Any, source: Source | None = None) -> None:
        self.path, self.split, self.name = path, split, f"{path.name}/{split}"
        table = from_pairs(table)
        missing = [column for column in NEEDED if column not in table.column_names]
        if missing:
            there = quoted(table.column_names, LONGEST_VALUE)
            raise ModelError(f"{path}: no column {quoted(missing[0])} in split {split}; there are {there}")
        table = table.with_format("arrow")  # as stored: a feature that decodes would open whatever file a row names
        self._table = table
        named = "id" in table.column_names
        self._few = table.select_columns([*NEEDED, "id"] if named else list(NEEDED))
        self._source = source

    def __len__(self) -> int:
        return len(self._table)

    def example(self, index: int) -> Example:
        row = self._stored(self._few, index)
        name = str(row.get("id") or f"{self.name}[{index}]")
        prefix, suffix = (self._text(row, column, name) for column in ("prefix", "suffix"))
        return Example(self._bytes(row["image"], name), prefix, suffix, name)

    def row(self, index: int) -> Row:
        row = with_other_columns(self._stored(self._table, index))
        name = str(row.get("id") or f"{self.name}[{index}]")
        for column in ("prefix", "suffix"):
            self._text(row, column, name)
        if self._source is not None:
            row = {**self._source.row(self.split, index), **row}
        return {**row, "id": name, "task": row.get("task") or "", "image": self._bytes(row["image"], name)}

    def _stored(self, table: Any, index: int) -> dict[str, Any]:
        with readable(f"{self.name}[{index}]"):
            [row] = table[index].to_pylist()
        return dict(row)

    def _text(self, row: Row, column: str, name: str) -> str:
        if not isinstance(row[column], str):
            raise ModelError(f"{name}: {column} is {quoted(row[column])}, not text")
        if len(row[column]) > LARGEST_TEXT:
            raise ModelError(f"{name}: {column} has {len(row[column]):,} characters; at most {LARGEST_TEXT:,} are read")
        return str(row[column])

    def _bytes(self, image: Any, name: str) -> bytes:
        """The picture's file, stored in the row or named by it."""
        if isinstance(image, Mapping):
            image = image.get("bytes") or image.get("path")
        if isinstance(image, bytes):
            return image
        if not isinstance(image, str):
            raise ModelError(f"{name}: image holds no picture, it is {type(image).__name__}")
        if fault := text_fault(image):
            raise ModelError(f"{name}: image {fault}")
        # `datasets` makes paths absolute that are relative to a file of the folder.
        inner = image.removeprefix(f"{self.path}{os.sep}")
        try:
            return read_inside(self.path, inner, MOST_BYTES, ModelError)
        except ModelError as error:
            raise ModelError(f"{name}: image {quoted(image)}: {error}") from None
        except OSError as error:
            raise ModelError(f"{name}: image {quoted(image, 160)}: cannot be read: {error.strerror}") from None


class DrawnRows:
    """Rows that a generator draws when they are asked for; `control=True` leaves mark or ink out of the pictures."""

    def __init__(self, source: Source, split: str, count: int, name: str, control: bool = False) -> None:
        self.source, self.split, self.count, self.name, self.control = source, split, count, name, control

    def __len__(self) -> int:
        return self.count

    def example(self, index: int) -> Example:
        sample = self.source.draw(self.split, index, self.control)
        name = f"{self.source.generator.name}-{self.split}-{index:07d}"
        return Example(sample.picture.array(), sample.prefix, sample.suffix, name)

    def row(self, index: int) -> Row:
        row = self.source.row(self.split, index, self.control)
        return {**row, "image": row["image"].encode()[0]}


class Dataset:
    """A dataset folder: its splits, and, where synthink made it, the generator that drew it.

    sources: whether rows are drawn again from files and addresses that its manifest names. code: whether the file of
    its generator is run that the manifest names.
    """

    def __init__(self, path: Path, sources: Sources = "refuse", code: Code = "refuse") -> None:
        self.sources, self.code = sources, code
        self.path = Path(os.path.realpath(user_path(path)))
        if not self.path.is_dir():
            raise AssetError(f"{path}: no such folder")
        self.name = self.path.name

    @cached_property
    def _manifest(self) -> Manifest | None:
        from synthink.build import manifest

        return manifest.load(self.path) if (self.path / manifest.MANIFEST).exists() else None

    @property
    def _lacks_columns(self) -> bool:
        """Whether the folder's format has no room for some of the generator's columns."""
        from synthink.build.formats import find_format

        if self._manifest is None or self.generator is None:
            return False
        return bool(find_format(self._manifest.identity["format"]).columns_left_out(self.generator.columns))

    @cached_property
    def source(self) -> Source | None:
        """The source that drew the rows; None for a dataset that synthink did not make."""
        return self._manifest.plan(self.sources, self.code).source if self._manifest else None

    @property
    def assets(self) -> Mapping[str, Any]:
        """The records of what the rows were drawn from, by field, as its manifest has them; none where it has none."""
        return self._manifest.identity["assets"] if self._manifest else {}

    @property
    def generator(self) -> Generator | None:
        """The generator that drew the rows, but for those of splits with fields of their own."""
        return self.source.generator if self.source else None

    def generator_of(self, split: str) -> Generator | None:
        """The generator that drew the rows of a split."""
        return self.source.generator_of(split) if self.source else None

    def content_of(self, split: str) -> str:
        """The split whose content a split has: another one's where its manifest says so, else its own."""
        return self.source.content_of(split) if self.source else split

    @cached_property
    def _tables(self) -> Mapping[str, Any]:
        from synthink.build.stored_rows import in_row_order

        tables = open_tables(self.path)
        return in_row_order(tables, self._manifest) if self._manifest is not None else tables

    @property
    def splits(self) -> list[str]:
        return list(self._tables)

    def rows(self, split: str) -> FolderRows:
        """A split's rows; `ModelError` when it is missing or empty."""
        if split not in self._tables:
            raise ModelError(f"{self.path}: no split {quoted(split)}; there are {shortened(', '.join(self.splits))}")
        rows = FolderRows(self.path, split, self._tables[split], self.source if self._lacks_columns else None)
        if not len(rows):
            raise ModelError(f"{self.path}: split {quoted(split)} is empty")
        return rows

    def control(self, split: str) -> DrawnRows | None:
        """The split's rows without their mark or ink; None where no generator can draw them.

        Raises `SourceNotOpened` where the manifest names what may not be opened.
        """
        if self.source is None or split not in self._tables:
            return None
        if self.source.not_opened:
            raise SourceNotOpened(self.source.not_opened)
        return DrawnRows(self.source, split, len(self._tables[split]), f"{self.name}/{split} (control)", control=True)


def open_datasets(folders: Any, sources: Sources = "refuse", code: Code = "refuse") -> list[tuple[Dataset, float]]:
    """Datasets and weights from a folder, a list of folders, or a mapping folder -> weight.

    sources, code: as in `Dataset`. Folders of one name are told apart by the names above them.
    """
    if isinstance(folders, str | Path):
        folders = [folders]
    if isinstance(folders, Mapping):
        folders = [{"path": path, "weight": weight} for path, weight in folders.items()]
    if not isinstance(folders, Sequence) or not folders:
        raise SynthinkError("dataset: name a folder, a list of folders, or {folder: weight, ...}")
    pairs: list[tuple[Dataset, float]] = []
    for entry in folders:
        path, weight = (entry.get("path"), entry.get("weight", 1.0)) if isinstance(entry, Mapping) else (entry, 1.0)
        if not isinstance(path, str | Path | int) or not str(path):
            raise SynthinkError(f"dataset={quoted(path)}: name a folder, a list of folders, or {{folder: weight, ...}}")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
            raise SynthinkError(
                f"dataset={shortened(str(path))}: its weight, {quoted(weight)}, must be a number above 0"
            )
        dataset = Dataset(Path(str(path)), sources, code)
        if any(other.path == dataset.path for other, _ in pairs):
            raise SynthinkError(f"dataset={shortened(str(path))}: is named twice; give it a weight instead")
        pairs.append((dataset, float(weight)))
    _make_names_differ([dataset for dataset, _ in pairs])
    return pairs


def asset_records_of(datasets: Sequence[Dataset]) -> dict[str, Any]:
    """The records of what datasets were drawn from, by field; of several behind the name of each."""
    several = len(datasets) > 1
    return {
        f"{dataset.name}/{field}" if several else field: record
        for dataset in datasets
        for field, record in dataset.assets.items()
    }


def _make_names_differ(datasets: Sequence[Dataset]) -> None:
    """Give datasets of one name others: `a/data` and `b/data` become `a-data` and `b-data`."""
    counts = Counter(dataset.name for dataset in datasets)
    length = 1
    while len(counts) < len(datasets):
        length += 1
        for dataset in datasets:
            if counts[dataset.name] > 1:
                dataset.name = "-".join(dataset.path.parts[1:][-length:])
        counts = Counter(dataset.name for dataset in datasets)
