"""Tar files of pictures and their rows, for sequential readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from synthink.build.card.front_matter import yaml_text
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
    """`data/SPLIT-SHARD.tar` with two members a row: its picture, and its columns as JSON; and a `README.md` with the
    types of the columns, which `datasets` cannot tell from first rows whose values are null."""

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

    def common_files(self, dataset: ExportedDataset) -> Mapping[str, Iterable[bytes]]:
        form = WebDatasetFormat()
        files = [{"split": split, "path": form.data_files(split)} for split in dataset.splits]
        configs = [{"config_name": "default", "data_files": files}]
        front = {"configs": configs, "dataset_info": {"features": form.card_features(dataset.columns)}}
        return {"README.md": [f"---\n{yaml_text(front)}---\n".encode()]}
