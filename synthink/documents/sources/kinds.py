"""What kind of source a path or an address names, and which files belong to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from synthink.errors import ConfigError, did_you_mean

SYNTHETIC = "synthetic"
DATASET = "dataset:"
WEB = ("http://", "https://")
SUFFIXES = {"pdf": (".pdf",), "html": (".html", ".htm", ".xhtml"), "dataset": (".parquet",)}
_DATASET_MARKS = ("state.json", "dataset_dict.json", "dataset_info.json")


def kind_of(source: str) -> str:
    """Which reader a source is for; `ConfigError` where that cannot be told."""
    if source == SYNTHETIC:
        return SYNTHETIC
    if source.startswith(DATASET):
        return "dataset"
    if is_web(source):
        return "html"
    if "://" in source:
        raise ConfigError("source", source, "is no address that is opened; these begin with http:// or https://")
    path = local_path(source)
    is_folder = os.path.isdir(path)  # noqa: PTH112 - false, too, for what no file system takes for a name
    suffix = path.suffix.lower()
    for kind, suffixes in SUFFIXES.items():
        if suffix in suffixes and not is_folder:
            return kind
    if not is_folder:
        hint = did_you_mean(source, [SYNTHETIC]) if path.name == source else "a dataset is written dataset:NAME"
        raise ConfigError("source", source, f"is no PDF, web page, folder or dataset that is there; {hint}")
    if any((path / mark).is_file() for mark in _DATASET_MARKS):
        return "dataset"
    if next(page_folders(path), None) is not None:
        return "pages"
    found = sorted(kind for kind in ("pdf", "html") if files_in(path, kind))
    if len(found) == 1:
        return found[0]
    what = "holds both PDF and HTML files; say which with kind" if found else "holds no documents of a known kind"
    raise ConfigError("source", source, what)


def is_web(source: str) -> bool:
    """Whether a source is an address."""
    return source.lower().startswith(WEB)


def local_path(source: str) -> Path:
    """Where a source lies on the disk; `~` is the home directory."""
    return Path(os.path.expanduser(source))  # noqa: PTH111 - pathlib's own raises where there is no such user


def published(source: str) -> str:
    """What may be told of a source in public: of a place on somebody's machine its name alone."""
    prefix = DATASET if source.startswith(DATASET) else ""
    path = Path(source.removeprefix(prefix))
    return prefix + path.name if path.is_absolute() or source.removeprefix(prefix).startswith("~") else source


def files_in(folder: Path, kind: str) -> list[Path]:
    """Files of a kind in a folder and all folders in it, sorted; hidden ones are left out."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES[kind] and path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def page_folders(root: Path) -> Iterator[Path]:
    """The folder itself, or the folders in it, where they hold a page of the workshop's."""
    if (root / "page.json").is_file():
        yield root
    elif root.is_dir():
        yield from sorted(folder for folder in root.iterdir() if (folder / "page.json").is_file())
