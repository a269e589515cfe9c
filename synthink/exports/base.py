"""What an export must do, and what it is handed: one shard's pictures, and a place for what becomes of them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from synthink.core.left_out import LeftOut
from synthink.errors import AssetError, quoted
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.settings import Settings


class Part:
    """The files and lines that one shard of a split becomes. Nothing has its name before all is written.

    split: the split's name. stem: the shard's, such as `00000-of-00010`. folder: where files are written until then.
    """

    def __init__(self, split: str, stem: str, folder: Path) -> None:
        self.split, self.stem = split, stem
        self.left_out = LeftOut()
        self.rows = 0
        """The rows that are exported, which `Export.write` counts: a part without rows has no files."""
        self.places: dict[str, Path] = {}
        """Path below the export's folder -> file or folder that gets this name when all is written."""
        self.lines: dict[str, Path] = {}
        """Name of a list of lines -> its file."""
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}

    def new_folder(self, place: str) -> Path:
        """A folder that will lie at `place` below the export's folder, and hold files alone; the same one each time."""
        if place not in self.places:
            self.places[place] = self._folder / place.replace("/", ".")
            self.places[place].mkdir()
        return self.places[place]

    def new_file(self, place: str) -> Path:
        """The path of a file that is written now, and will lie at `place` below the export's folder."""
        self.places[place] = self._folder / place.replace("/", ".")
        return self.places[place]

    def write(self, place: str, name: str, data: bytes) -> str:
        """Write a file into a folder of `new_folder`, and return its path below the export's folder.

        Raises `AssetError` for the second file of a name.
        """
        try:
            with (self.new_folder(place) / name).open("xb") as file:
                file.write(data)
        except FileExistsError:
            raise AssetError(f"two rows of a shard have the id {quoted(name.rpartition('.')[0])}") from None
        return f"{place}/{name}"

    def picture(self, picture: PictureRows, folder: str | None = None) -> str:
        """Store a picture's own bytes; its path below the export's folder. folder: of the split's pictures, which is
        `images/SPLIT` where it is not named."""
        return self.write(f"{folder or f'images/{self.split}'}/{self.stem}", picture.name, picture.data)

    def add(self, lines: str, content: Any) -> None:
        """Add a line of JSON to a list of lines of the split, which `Export.files` is handed when all shards are
        done."""
        if lines not in self._open:
            self.lines[lines] = self._folder / f"{lines}.jsonl"
            self._open[lines] = self.lines[lines].open("xb")
        self._open[lines].write(json.dumps(content, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")

    def close(self) -> None:
        """Close the lists of lines."""
        for file in self._open.values():
            file.close()


class Lines:
    """The lines of a split, of all its shards in order."""

    def __init__(self, files: Mapping[str, Iterable[Path]]) -> None:
        self._files = files

    def of(self, name: str) -> Iterator[bytes]:
        """Each line of a list, without its end."""
        for path in self._files.get(name, ()):
            with path.open("rb") as file:
                yield from (line.removesuffix(b"\n") for line in file)


class Export(Settings, ABC):
    """A format for somebody else's trainer or loader. Subclass it, and name the class in the entry points
    `synthink.exports`; its fields are its settings."""

    name: ClassVar[str]
    reader: ClassVar[str]
    """Who reads the format, for messages."""

    def prepare(self, dataset: ExportedDataset) -> None:
        """Look at a dataset before its rows are written. Raises `ConfigError` where it lacks what the format needs."""
        del dataset

    @abstractmethod
    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        """Write the pictures of one shard and their rows: the same pictures must give the same bytes."""

    def files(self, dataset: ExportedDataset, split: str, lines: Lines) -> Mapping[str, Iterable[bytes]]:
        """The files of a split that are about all its shards: path below the export's folder -> content in pieces."""
        return {}

    def common_files(self, dataset: ExportedDataset) -> Mapping[str, Iterable[bytes]]:
        """The files that are about all splits: path below the export's folder -> content in pieces."""
        return {}


def json_list(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A JSON list of lines that are JSON, in pieces."""
    between = b"[\n"
    for line in lines:
        yield between + line
        between = b",\n"
    yield b"[]\n" if between == b"[\n" else b"\n]\n"


def json_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines of JSON, in pieces."""
    yield from (line + b"\n" for line in lines)


def json_file(content: Any) -> list[bytes]:
    """A small JSON file."""
    return [(json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace")]
