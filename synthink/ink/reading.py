"""`read_ink`: ink from a file, a folder or a glob, in whatever format it is."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from synthink.errors import ConfigError, quoted
from synthink.ink.files.base import HINT, InkFileFormat, Reading
from synthink.ink.files.registry import find_format, formats
from synthink.ink.model import Ink, InkError

_NAMED = 100  # files that are left out
_HEAD_BYTES = 4096  # of a file that a format is recognised by


def read_ink(path: str | os.PathLike[str], format: str = "auto", *, strict: bool = True) -> InkReader:
    """Read ink from `path`: a file, a folder with all folders in it, or a glob (`data/**/*.inkml`), in sorted order.

    format: the name of an installed format, or `auto` to recognise each file by its content. Hidden files are left out;
    files of a folder or glob that no format recognises are counted in `ignored`. strict: raise `InkError` with file,
    element and offset at the first thing that is wrong; otherwise leave out what is bad and count it in `skipped`.

    Raises `InkError` at once for a path that is not there or holds no files, and at the end of a folder that held no
    ink; `ConfigError` for an unknown format.
    """
    chosen = None if format == "auto" else find_format(format)
    return InkReader(_files(path), chosen, strict)


class InkReader(Iterator[Ink]):
    """The inks of some files, each read when it is asked for; `read_ink` makes it.

    files: how many files were read so far; ignored: how many no format recognised; skipped: reason -> how many strokes,
    inks or files were left out because `strict` is False; refused: the first files that were left out, with the reason;
    file: the one that the last ink came from, as errors name it.
    """

    def __init__(self, paths: list[tuple[Path, str]], format: InkFileFormat | None, strict: bool) -> None:
        self.files = self.ignored = 0
        self.skipped: Counter[str] = Counter()
        self.refused: dict[str, str] = {}
        self.file = ""
        self._paths, self._format, self._strict = paths, format, strict
        self._inks = self._read()

    def __next__(self) -> Ink:
        return next(self._inks)

    def _read(self) -> Iterator[Ink]:
        for path, name in self._paths:
            reading = Reading(name, self._strict, skipped=self.skipped)
            try:
                format = self._format_of(path, name)
                if format is None:
                    self.ignored += 1
                    continue
                self.files += 1
                self.file = name
                yield from _inks(format, path, reading)
            except InkError as error:
                if not self._strict:
                    self.skipped[error.reason] += 1
                    if len(self.refused) < _NAMED:
                        self.refused[name] = error.reason
                elif len(self._paths) == 1 or "strict=False" in error.reason:
                    raise
                else:
                    raise InkError(f"{error.reason}; {HINT}", error.file, error.element, error.offset) from error
        if not self.files and not self.skipped:
            raise InkError(f"none of {self.ignored} files holds ink that can be read", self._paths[0][1])

    def _format_of(self, path: Path, name: str) -> InkFileFormat | None:
        """The format of a file, None for one of several files that is no ink."""
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD_BYTES)
        except OSError as error:
            raise InkError(f"cannot be read: {error.strerror or error}", name) from None
        alone = len(self._paths) == 1
        if self._format:
            fits = alone or path.suffix.lower() in self._format.suffixes or self._format.sniff(path, head)
            return self._format if fits else None
        for format in formats().values():
            if format.sniff(path, head):
                return format
        if alone:
            reason = "is empty" if not head else "is in no format that can be read"
            raise InkError(f"{reason}; formats: {', '.join(formats())}", name)
        return None


def _inks(format: InkFileFormat, path: Path, reading: Reading) -> Iterator[Ink]:
    """The inks of a file; whatever is wrong with the file is an `InkError` that names it."""
    try:
        for number, ink in enumerate(format.read(path, reading), start=1):
            ink.source = ink.source or f"{path.name}#{number}"  # npz keeps a source, which may be None
            yield ink
    except InkError as error:
        if error.file:
            raise
        raise InkError(error.reason, reading.file, error.element, error.offset) from None
    except OSError as error:
        raise InkError(f"cannot be read: {error.strerror or error}", reading.file) from None
    except Exception as error:
        reason = f"{type(format).__name__} failed: {type(error).__name__}: {error}"
        raise InkError(reason, reading.file) from error


def _files(path: str | os.PathLike[str]) -> list[tuple[Path, str]]:
    """The files that a path stands for, each with its name in errors: from the folder on, where one was given."""
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise ConfigError("path", path, "must be a file, a folder or a glob")
    place = Path(path)
    try:
        if place.is_file():
            return [(place, place.name)]
        if place.is_dir():
            files = _in_folder(place)
        elif glob.has_magic(os.fspath(path)):
            files = _in_glob(os.fspath(path))
        else:
            raise InkError("there is no such file or folder", str(place))
    except (OSError, ValueError) as error:  # a name that is too long, or has a NUL
        raise InkError(f"cannot be read: {error}", quoted(os.fspath(path))) from None
    if not files:
        raise InkError("holds no files" if place.is_dir() else "fits no files", str(place))
    return files


def _in_folder(folder: Path) -> list[tuple[Path, str]]:
    """The files in a folder and all folders in it, hidden ones left out, each with its path from the folder on."""
    files = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        places = [Path(root, name) for name in names if not name.startswith(".")]
        files += [(place, place.relative_to(folder).as_posix()) for place in places if place.is_file()]
    return sorted(files, key=lambda pair: pair[1].split("/"))


def _in_glob(pattern: str) -> list[tuple[Path, str]]:
    # glob leaves out hidden files itself; two wildcards may find a file twice.
    names = sorted(set(glob.glob(pattern, recursive=True)))  # noqa: PTH207 - Path.glob takes no absolute pattern
    return [(Path(name), name) for name in names if Path(name).is_file()]
