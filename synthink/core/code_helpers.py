"""Modules of the user's own that a generator's file imports from beside it: which they are, and how they are run.

They are found in the text of the file, and in theirs, before anything runs: `import helper`, `from tools.lines import
x`. What is run is what was read and digested then: no compiled file beside them takes its place. A module whose name is
put together while the program runs is not found, and has no digest.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from synthink.errors import AssetError
from synthink.files import UnreadableFile, read_limited

LARGEST_CODE = 4 * 2**20
"""The most bytes of a file with code."""
MOST_HELPERS = 200
"""The most modules beside a generator's file."""


@dataclass(frozen=True)
class Helper:
    """A module beside a generator's file. file: its path from that file's folder, with slashes."""

    file: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The digest of the module's text."""
        return hashlib.sha256(self.content).hexdigest()


def helpers_of(folder: Path, content: bytes) -> dict[str, Helper]:
    """Module name -> the modules in a folder that a file with this content imports, and those that they import.

    A name that is installed, too, is not meant: installed modules come first. Raises `AssetError`.
    """
    helpers: dict[str, Helper] = {}
    waiting = [("", content)]
    while waiting:
        package, text = waiting.pop()
        for name in _imported(text, package):
            file = _file_of(folder, name) if name not in helpers else None
            if file is None or not _is_meant(folder, name):
                continue
            if len(helpers) >= MOST_HELPERS:
                raise AssetError(f"{folder}: more than {MOST_HELPERS} modules are imported from here")
            try:
                helpers[name] = Helper(file, read_limited((folder / file).resolve(), LARGEST_CODE))
            except UnreadableFile as error:
                raise AssetError(f"{folder / file}: {error}") from None
            inside = name if file.endswith("/__init__.py") else name.rpartition(".")[0]
            waiting.append((inside, helpers[name].content))
    return dict(sorted(helpers.items()))


def digests_of(helpers: Mapping[str, Helper]) -> dict[str, str]:
    """File -> digest of modules, as a manifest has them."""
    return {helper.file: helper.sha256 for helper in sorted(helpers.values(), key=lambda helper: helper.file)}


def _imported(text: bytes, package: str) -> Iterator[str]:
    """The full names of modules that a text imports, those of the packages around them first. package: the one in which
    the text stands, from which relative imports start."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):  # whoever runs it says so
        return
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".") if package else []
            around = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*around, *filter(None, [node.module])])
            names = [base, *(f"{base}.{alias.name}" if base else alias.name for alias in node.names)]
        for name in filter(None, names):
            parts = name.split(".")
            yield from (".".join(parts[: depth + 1]) for depth in range(len(parts)))


def _file_of(folder: Path, name: str) -> str | None:
    """The path of a module from the folder, if it is there as a file."""
    path = name.replace(".", "/")
    return next((file for file in (f"{path}/__init__.py", f"{path}.py") if (folder / file).is_file()), None)


def _is_meant(folder: Path, name: str) -> bool:
    """Whether no installed module has the first of a module's names."""
    if name in _finder.helpers:
        return True
    try:
        spec = importlib.util.find_spec(name.partition(".")[0])
    except (ImportError, ValueError):
        return False
    places = [] if spec is None else [spec.origin or "", *(spec.submodule_search_locations or ())]
    return all(Path(os.path.realpath(place)).is_relative_to(folder.resolve()) for place in places if place)


class _Loader(SourceLoader):
    """Runs a helper from the bytes that were digested; it keeps no compiled file and reads none."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path, self.content = path, content

    def get_filename(self, fullname: str) -> str:
        return str(self.path)

    def get_data(self, path: str | bytes | os.PathLike[str]) -> bytes:
        return self.content


class _Finder(MetaPathFinder):
    """Finds helpers by the names by which they were found in the text."""

    def __init__(self) -> None:
        self.helpers: dict[str, tuple[Path, Helper]] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.helpers:
            return None
        folder, helper = self.helpers[fullname]
        file = folder / helper.file
        inner = [str(file.parent)] if file.name == "__init__.py" else None
        loader = _Loader(file, helper.content)
        return importlib.util.spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=inner)


_finder = _Finder()


def provide(folder: Path, helpers: Mapping[str, Helper]) -> None:
    """Have these modules found when they are imported, now and later in this process.

    Raises `AssetError` where another module of such a name is there already, or the same one with another content.
    """
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    for name, helper in helpers.items():
        known = _finder.helpers.get(name)
        is_loaded = name in sys.modules
        if (known is not None and known != (folder, helper)) or (
            known is None and is_loaded and _differs(name, helper)
        ):
            raise AssetError(
                f"{folder / helper.file}: another module called {name} is loaded, or this one has changed since; "
                "give it another name, or start again in a new process"
            )
        _finder.helpers[name] = folder, helper


def _differs(name: str, helper: Helper) -> bool:
    """Whether a module that somebody else has loaded has another text than the helper."""
    file = getattr(sys.modules[name], "__file__", None)
    try:
        return file is None or Path(file).read_bytes() != helper.content
    except OSError:
        return True
