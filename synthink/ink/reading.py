"""`read_ink`: ink from a file, a folder or a glob, in whatever format it is."""

from __future__ import annotations

import glob
import importlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synthink.errors import ConfigError, did_you_mean, shown
from synthink.ink.files.base import Reading
from synthink.ink.model import Ink, InkError

MODULES = {
    "inkml": "inkml.reader",
    "iamondb": "iamondb",
    "dollar": "dollar",
    "svg": "svg.reader",
    "xournal": "xournal",
    "deepwriting": "deepwriting.reader",
    "sketchrnn": "sketchrnn",
    "npz": "npz.reader",
    "quickdraw": "quickdraw",
    "workshop": "workshop",
    "unipen": "unipen.reader",
    "quickdraw_bin": "quickdraw_bin",
}
"""Format -> its module in `synthink.ink.files`, in the order in which they are asked whether a file is theirs."""
_HEAD = 4096  # bytes of a file that a format is known by


def read_ink(path: str | os.PathLike[str], format: str = "auto", *, strict: bool = True) -> InkReader:
    """Ink from `path`: a file, a folder with all folders in it, or a glob (`data/**/*.inkml`), in sorted order.

    format: one of `MODULES`, or `auto` to tell each file by its content. Hidden files are left out; files of a folder
    or glob that no reader knows are counted in `ignored`. strict: raise `InkError` with file, element and offset at
    the first thing that is wrong; else leave out what is bad and count it in `skipped`. Raises `InkError` at once for a
    path that is not there or holds no files, and at the end of a folder that held no ink; `ConfigError` for an unknown
    format.
    """
    if format != "auto" and format not in MODULES:
        raise ConfigError("format", format, f"is no format of ink; {did_you_mean(str(format), ['auto', *MODULES])}")
    return InkReader(_files(path), "" if format == "auto" else format, strict)


class InkReader(Iterator[Ink]):
    """The inks of some files, read as they are asked for; made by `read_ink`.

    files: how many were read so far; ignored: how many no reader knows; skipped: reason -> how many strokes, inks or
    files were left out because `strict` is False.
    """

    def __init__(self, paths: list[tuple[Path, str]], format: str, strict: bool) -> None:
        self.files = self.ignored = 0
        self.skipped: Counter[str] = Counter()
        self._paths, self._format, self._strict = paths, format, strict
        self._inks = self._read()

    def __next__(self) -> Ink:
        return next(self._inks)

    def _read(self) -> Iterator[Ink]:
        for path, name in self._paths:
            reading = Reading(name, self._strict, skipped=self.skipped)
            try:
                module = self._module(path, name)
                if module is None:
                    self.ignored += 1
                    continue
                self.files += 1
                yield from _inks(module, path, reading)
            except InkError as error:
                if self._strict:
                    raise
                self.skipped[error.reason] += 1
        if not self.files and not self.skipped:
            raise InkError(f"none of {self.ignored} files holds ink that can be read", self._paths[0][1])

    def _module(self, path: Path, name: str) -> Any:
        """The reader of a file, None for one of several that is no ink."""
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD)
        except OSError as error:
            raise InkError(f"cannot be read: {error.strerror or error}", name) from None
        alone = len(self._paths) == 1
        if self._format:
            module = _load(self._format)
            return module if alone or path.suffix.lower() in module.SUFFIXES or module.sniff(path, head) else None
        for format in MODULES:
            module = _load(format)
            if module.sniff(path, head):
                return module
        if alone:
            what = "is empty" if not head else "is in no format that can be read"
            raise InkError(f"{what}; formats: {', '.join(MODULES)}", name)
        return None


def _inks(module: Any, path: Path, reading: Reading) -> Iterator[Ink]:
    """A file's inks; whatever goes wrong with it is an `InkError` that names it."""
    try:
        for number, ink in enumerate(module.read(path, reading), start=1):
            ink.source = ink.source or f"{path.name}#{number}"  # npz keeps a source, which may be None
            yield ink
    except InkError as error:
        if error.file:
            raise
        raise InkError(error.reason, reading.file, error.element, error.offset) from None
    except OSError as error:
        raise InkError(f"cannot be read: {error.strerror or error}", reading.file) from None


def _load(format: str) -> Any:
    return importlib.import_module(f"synthink.ink.files.{MODULES[format]}")


def _files(path: str | os.PathLike[str]) -> list[tuple[Path, str]]:
    """The files that a path stands for, each with its name in errors: from the folder on, where one was given."""
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise ConfigError("path", path, "must be a file, a folder or a glob")
    place = Path(path)
    try:
        if place.is_file():
            return [(place, place.name)]
        if place.is_dir():
            found = _in_folder(place)
        elif glob.has_magic(os.fspath(path)):
            found = _in_glob(os.fspath(path))
        else:
            raise InkError("there is no such file or folder", str(place))
    except (OSError, ValueError) as error:  # a name that is too long, or has a NUL
        raise InkError(f"cannot be read: {error}", shown(os.fspath(path))) from None
    if not found:
        raise InkError("holds no files" if place.is_dir() else "fits no files", str(place))
    return found


def _in_folder(folder: Path) -> list[tuple[Path, str]]:
    found = []
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        places = [Path(root, name) for name in files if not name.startswith(".")]
        found += [(place, place.relative_to(folder).as_posix()) for place in places if place.is_file()]
    return sorted(found, key=lambda pair: pair[1].split("/"))


def _in_glob(pattern: str) -> list[tuple[Path, str]]:
    # glob leaves out hidden files itself; two wildcards may find a file twice.
    names = sorted(set(glob.glob(pattern, recursive=True)))  # noqa: PTH207 - Path.glob takes no absolute pattern
    return [(Path(name), name) for name in names if Path(name).is_file()]
