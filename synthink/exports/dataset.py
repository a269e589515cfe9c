"""The dataset that is exported: its rows, checked one by one, with those together that share a picture."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from synthink.build import manifest as manifests
from synthink.build.formats import find_format
from synthink.build.manifest import MANIFEST, Manifest
from synthink.build.received import Code
from synthink.build.shard import ShardRecord
from synthink.build.stored_rows import Row, shard_rows
from synthink.core.columns import stored
from synthink.core.generator import Generator
from synthink.draw.geometry import Box
from synthink.draw.picture_file import picture_format, picture_size
from synthink.draw.shown import PictureError
from synthink.errors import AssetError, ConfigError, quoted
from synthink.files import digest_inside
from synthink.verify.row_check import box_faults, column_faults

SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
"""Pillow's names of the formats of pictures, and how their files end."""
MOST_ROWS = 1000
"""The most rows that may share a picture."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,150}", re.ASCII)
"""A row's id that may be the name of a file."""


@dataclass
class PictureRows:
    """A picture and the rows that ask about it, which stand one after the other in a dataset.

    data: the picture's file as it is stored. first: the number of the first row in its split.
    """

    data: bytes
    suffix: str
    size_px: tuple[int, int]
    first: int
    rows: list[Row] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the picture's file: the id of the first row."""
        return f"{self.rows[0]['id']}.{self.suffix}"


class ExportedDataset:
    """A finished dataset folder.

    code: whether the file of a generator that is not installed is run.
    """

    def __init__(self, folder: Path, code: Code = "refuse") -> None:
        self.folder = folder
        self.manifest: Manifest = manifests.load(folder)
        self.digest = digest_inside(folder, MANIFEST)[0]
        self._source = self.manifest.plan("refuse", code).source
        self._left_out = find_format(self.manifest.identity["format"]).columns_left_out(self._source.generator.columns)

    @property
    def name(self) -> str:
        """The name of the generator."""
        return str(self.manifest.identity["generator"])

    @property
    def generator(self) -> Generator:
        """The generator, or the mixture, that the dataset was made by."""
        return self._source.generator

    @property
    def splits(self) -> list[str]:
        """The splits that have rows, in the order of the manifest."""
        return [split for split in self.manifest.identity["splits"] if self.shards(split)]

    @cached_property
    def columns(self) -> dict[str, Any]:
        """The generator's columns that the dataset holds, with their types."""
        columns = self._source.generator.columns
        return {name: kind for name, kind in columns.items() if name not in self._left_out}

    @property
    def rows(self) -> int:
        """The number of rows of all splits."""
        return sum(shard.rows for shard in self.manifest.shards)

    def shards(self, split: str) -> Sequence[ShardRecord]:
        """The shards of a split, in order."""
        return [shard for shard in self.manifest.shards if shard.split == split and shard.rows]

    def drawn_by(self, split: str, row: Row) -> Generator:
        """The generator that drew a row, in a mixture that of its part."""
        return self._source.generator_of(split).drawn_by(row)

    def pictures(self, split: str, number: int, before: str = "") -> Iterator[PictureRows]:
        """The pictures that begin in a shard of a split, with all their rows, also those that stand in the shards
        behind it. before: the digest of the last picture of the shards before, whose rows are left out.

        Raises `AssetError` for a row that is not as its generator makes it.
        """
        shards = self.shards(split)
        own = shards[number].rows
        first = sum(shard.rows for shard in shards[:number])
        rows = (row for shard in shards[number:] for row in shard_rows(self.folder, self.manifest, shard))
        group: PictureRows | None = None
        for place, row in enumerate(rows):
            if group is not None and row["image"] == group.data:
                self._check(row, group.size_px)
                group.rows.append(row)
                if len(group.rows) > MOST_ROWS:
                    raise AssetError(f"{self.folder}: more than {MOST_ROWS:,} rows share the picture {group.name}")
                continue
            if group is not None:
                yield group
                group = None
            if place >= own:
                return
            if before and picture_digest(row["image"]) == before:
                continue
            before = ""
            group = self._group(row, first + place)
        if group is not None:
            yield group

    def all_rows(self) -> Iterator[Row]:
        """All rows of the dataset, checked."""
        for split in self.splits:
            before = ""
            for number in range(len(self.shards(split))):
                for picture in self.pictures(split, number, before):
                    yield from picture.rows
                    before = picture_digest(picture.data)

    def need(self, format: str, columns: Mapping[str, Any]) -> None:
        """Raise `ConfigError` where the dataset lacks one of the columns, or has another type of it."""
        for column, kind in columns.items():
            if stored(self.columns.get(column)) != kind:
                raise ConfigError("format", format, f"needs the column {column}, which {self.folder} does not have")

    def _group(self, row: Row, first: int) -> PictureRows:
        row_id, data = row.get("id"), row.get("image")
        try:
            suffix, size = SUFFIXES[picture_format(data)], picture_size(data)  # type: ignore[arg-type]
        except PictureError as error:
            raise AssetError(f"{self.folder}: row {quoted(row_id)}: the picture {error}") from None
        self._check(row, size)
        return PictureRows(data, suffix, size, first, [row])  # type: ignore[arg-type]

    def _check(self, row: Row, size_px: tuple[int, int]) -> None:
        row_id, columns = row.get("id"), self._source.generator.columns
        if not isinstance(row_id, str) or not _NAME.fullmatch(row_id):
            raise AssetError(f"{self.folder}: row {quoted(row_id)}: its id is no name of a file")
        faults = [*column_faults(columns, row, self._left_out)] or box_faults(columns, row, size_px)[1]
        for fault in faults:
            remedy = f"`synthink verify {self.folder}` says more"
            raise AssetError(f"{self.folder}: row {quoted(row_id)}: {fault}; {remedy}")


def picture_digest(data: object) -> str:
    """The digest by which a picture is known again."""
    return hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else ""


def boxes_of(columns: Mapping[str, Any], row: Row) -> Iterator[tuple[str, int, Box]]:
    """Column, number in it and box of every box of a row."""
    for column, kind in columns.items():
        value, kind = row.get(column), stored(kind)
        if value is not None and kind in (Box, list[Box]):
            boxes = [value] if kind is Box else value
            yield from ((column, number, Box(*box)) for number, box in enumerate(boxes))
