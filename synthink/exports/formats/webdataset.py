"""Tar files of pictures and their rows, for sequential readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from synthink.build.formats.webdataset import WebDatasetFormat
from synthink.exports.base import Export, Part
from synthink.exports.dataset import ExportedDataset, PictureRows


@dataclass(frozen=True)
class StoredPicture:
    """A picture that is a file already, as formats of datasets take it."""

    data: bytes
    suffix: str

    def encode(self) -> tuple[bytes, str]:
        """The file's bytes and its suffix."""
        return self.data, self.suffix


class WebDatasetExport(Export):
    """`data/SPLIT-SHARD.tar` with two members a row: its picture, and its columns as JSON."""

    name = "webdataset"
    reader = "webdataset, and datasets.load_dataset"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        def rows() -> Iterator[dict[str, Any]]:
            for picture in pictures:
                for row in picture.rows:
                    part.rows += 1
                    yield {**row, "image": StoredPicture(picture.data, picture.suffix)}

        path = part.new_file(f"data/{part.split}-{part.stem}.tar")
        WebDatasetFormat().write(path, dataset.columns, rows())
