"""Places that documents are read from: paths, addresses, folders of files; and how surely one belongs to a source."""

from __future__ import annotations

import os
from enum import IntEnum
from pathlib import Path

from synthink.documents.page.model import DocumentError
from synthink.errors import ConfigError
from synthink.files import user_path

SYNTHETIC = "synthetic"
"""The place that stands for documents that synthink makes."""
DATASET = "dataset:"
"""What the path or name of a Hugging Face dataset begins with, where it is a place of documents."""
WEB = ("http://", "https://")
AUTO, OFF = "auto", "off"
"""What stands for the user's cache folder, and for none, where a folder for synthetic pages is named."""


class Match(IntEnum):
    """A degree of how surely a place belongs to a source; the source with the highest match reads it."""

    NO = 0
    """The place is not one of this source's."""
    HOLDS_FILES = 1
    """The place is a folder in which such files lie, perhaps among others."""
    YES = 2
    """The place itself says so: by its name, its suffix, or a file that marks such folders."""


def is_web(place: str) -> bool:
    """Whether a place is an address."""
    return place.lower().startswith(WEB)


def is_folder(place: str) -> bool:
    """Whether a place is a folder; False for what no file system takes for a name, too."""
    return os.path.isdir(local_path(place))  # noqa: PTH112 - pathlib's own raises for some names


def local_path(place: str) -> Path:
    """The path that a place means on this machine; `~` is the home directory."""
    return user_path(place, DocumentError)


def root_of(place: str) -> str:
    """The text with which the names of a place's files begin: a web address as it stands, or the path."""
    return place if is_web(place) else os.fspath(local_path(place.removeprefix(DATASET)))


def public_name(place: str) -> str:
    """The name of a place that may be published: of a path on somebody's machine only its last part."""
    prefix = DATASET if place.startswith(DATASET) else ""
    path = Path(place.removeprefix(prefix))
    return prefix + path.name if path.is_absolute() or place.removeprefix(prefix).startswith("~") else place


def match_by_suffix(place: str, suffixes: tuple[str, ...]) -> Match:
    """The match of a source whose documents are files with one of these suffixes, or folders of them."""
    if place.startswith(DATASET) or "://" in place:
        return Match.NO
    path = local_path(place)
    if not is_folder(place):
        return Match.YES if path.suffix.lower() in suffixes else Match.NO
    return Match.HOLDS_FILES if files_in(path, suffixes) else Match.NO


def files_at(place: str, suffixes: tuple[str, ...]) -> list[Path]:
    """The file that a place is, or the files with one of these suffixes in the folder that it is.

    Raises `ConfigError` for a folder that holds none. A file need not exist.
    """
    path = local_path(place)
    if not is_folder(place):
        return [path]
    files = files_in(path, suffixes)
    if not files:
        raise ConfigError("source", place, f"holds no {' or '.join(suffixes)} files")
    return files


def files_in(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files with one of these suffixes in a folder and all folders in it, sorted; hidden ones are left out."""
    files = (path for path in folder.rglob("*") if path.suffix.lower() in suffixes and path.is_file())
    return sorted(path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts))
