"""UNIPEN's text: statements in order, with the included files in their places.

UNIPEN 1.0 (Guyon et al., "UNIPEN project of on-line data exchange and recognizer benchmarks", ICPR 1994): a keyword
begins with a dot in the first column; what follows it, up to the next keyword, is its argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from synthink.errors import quoted
from synthink.ink.files.base import Reading, read_bytes

_KEYWORD = re.compile(r"^\.([A-Z][A-Z_]*)(?![^\s])", re.MULTILINE)
_COMPONENT = re.compile(r"(?<![:\d])\d{1,9}")
_SEGMENT = re.compile(r"^\.SEGMENT[ \t]+\S+[ \t]+([\d:,-]+)", re.MULTILINE)
_DEEPEST = 20  # includes inside includes


@dataclass(frozen=True, slots=True)
class Statement:
    """A keyword and its argument, and where it stands."""

    keyword: str
    argument: str
    path: Path
    offset: int


def statements(path: Path, reading: Reading) -> Iterator[Statement]:
    """The statements of a file, those of included files in the place of `.INCLUDE`.

    Included files are looked for in the nearest folder `include` above the file, else beside the file. Fails for one
    outside that folder, for one that is included twice (a loop, or ink counted double), and beyond `limits.bytes` in
    all; one that is missing goes through `reading.skip`.
    """
    folder = include_folder(path)
    yield from _pasted(path, reading, (folder or path.parent).resolve(), {path.resolve()}, [reading.limits.bytes], 0)


def include_folder(path: Path) -> Path | None:
    """The nearest folder named `include` beside or above a file."""
    for parent in path.absolute().parents:
        if parent.name == "include":
            return parent
        if (parent / "include").is_dir():
            return parent / "include"
    return None


def _pasted(
    path: Path, reading: Reading, folder: Path, included_paths: set[Path], left: list[int], depth: int
) -> Iterator[Statement]:
    data = read_bytes(path, reading)
    left[0] -= len(data)
    if left[0] < 0:
        reading.fail(f"has more than {reading.limits.bytes} bytes with what it includes", path.name)
    text = data.decode("latin1")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    keywords = list(_KEYWORD.finditer(text))
    if not keywords:
        reading.fail("has no line with a keyword", path.name if depth else "", 0)
    is_utf8 = _is_utf8(data)
    bounds = [*(match.start() for match in keywords), len(text)]
    for match, stop in zip(keywords, bounds[1:], strict=True):
        keyword, argument = match[1], text[match.end() : stop]
        if is_utf8:
            argument = argument.encode("latin1").decode("utf-8")
        if keyword == "INCLUDE":
            included = _included(argument.strip(), reading, folder, included_paths, match.start())
            if included is not None:
                if depth == _DEEPEST:
                    reading.fail(f"includes more than {_DEEPEST} deep", "INCLUDE", match.start())
                yield from _pasted(included, reading, folder, included_paths, left, depth + 1)
        else:
            yield Statement(keyword, argument, path, match.start())


def _is_utf8(data: bytes) -> bool:
    """Whether text with letters beyond ASCII is UTF-8, which Latin-1 hardly ever is by chance."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _included(name: str, reading: Reading, folder: Path, included_paths: set[Path], offset: int) -> Path | None:
    element = f"INCLUDE {quoted(name)}"
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder)
        there = inside and path.is_file()
    except (OSError, ValueError, RuntimeError):  # a name too long, with a NUL, a loop of links
        inside, there = True, False
    if not inside:
        reading.fail("lies outside the folder of included files", element, offset)
    if not there:
        reading.skip("is missing", element, offset)
        return None
    if path in included_paths:
        reading.fail("is included twice", element, offset)
    included_paths.add(path)
    return path


def highest_component(path: Path, reading: Reading) -> int:
    """The highest component number in the segments of this file and of its namesakes in other categories.

    The CD-ROM keeps the segments of one include in data/1a/org/f.dat, data/2/org/f.dat and so on. -1: no segments.
    """
    files = [path]
    folder = include_folder(path)
    if folder is not None and path.resolve().is_relative_to((folder.parent / "data").resolve()):
        data = (folder.parent / "data").resolve()
        name = Path(*path.resolve().relative_to(data).parts[1:])
        files = [category / name for category in sorted(data.iterdir()) if (category / name).is_file()] or files
    highest = -1
    for file in files:
        text = read_bytes(file, reading).decode("latin1")
        numbers = (number for match in _SEGMENT.finditer(text) for number in _COMPONENT.findall(match[1]))
        highest = max(highest, max(map(int, numbers), default=-1))
    return highest
