"""Generators that are not installed: classes in somebody's Python file, named as `my_file.py:MyTask`.

A file runs when a user types its name, or when a manifest names it, the user says `code=allow`, and its digest is the
manifest's, as are those of the modules that it imports from beside it. Whoever unpickles such a generator in another
process loads the same files again.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from synthink.confined import read_inside
from synthink.core.code_helpers import LARGEST_CODE, MOST_HELPERS, digests_of, helpers_of, provide
from synthink.errors import AssetError, ConfigError, quoted
from synthink.files import user_path

_NAME = re.compile(r"(?P<file>.+\.py)(?::(?P<cls>[^\W\d]\w*))?", re.DOTALL)
_FILE, _LOADED = "__synthink_file__", "synthink_file_"


class EndOfDefinitions(BaseException):
    """Ends the loading of a script whose own work begins: what it has defined until then is there."""


@dataclass(frozen=True)
class CodeFile:
    """A class in a Python file, as a manifest names it.

    file: the path as it was typed, or seen from the folder that the command runs in. name: the class. sha256: of the
    file's bytes. helpers: the modules that it imports from its folder, by their path from there, and their digests.
    """

    file: str
    name: str
    sha256: str
    helpers: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The fields in JSON types; without `helpers` where there are none."""
        return {name: value for name, value in asdict(self).items() if name != "helpers" or value}

    @classmethod
    def from_plain(cls, values: Any) -> CodeFile:
        """The object that `plain` gave, from a file. Raises `ValueError` for anything else."""
        if not isinstance(values, dict) or values.keys() - {"helpers"} != {"file", "name", "sha256"}:
            raise ValueError("a generator's code has the keys file, name, sha256, and may have helpers")
        helpers = values.get("helpers", {})
        if not isinstance(helpers, dict) or len(helpers) > MOST_HELPERS:
            raise ValueError(f"helpers is {quoted(helpers)}")
        texts = [values["file"], values["name"], values["sha256"], *helpers.values()]
        if not all(isinstance(value, str) for value in texts):
            raise ValueError("a generator's code is told in texts")
        code = cls(**values)
        if not _NAME.fullmatch(f"{code.file}:{code.name}") or not all(map(_is_digest, texts[2:])):
            raise ValueError(f"{quoted(code.file)} and {quoted(code.name)} are no Python file and class")
        return code


def _is_digest(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{64}", text) is not None


def names_code_file(text: Any) -> bool:
    """Whether a generator's name is that of a Python file, with a class or without: `my_file.py:MyTask`."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


def split_name(text: str) -> tuple[str, str | None]:
    """File and class of `my_file.py:MyTask`; None for the class where only the file is named."""
    match = _NAME.fullmatch(text)
    if match is None:
        raise ConfigError("generator", text, "is no Python file")
    return match["file"], match["cls"]


def code_digest(path: Path) -> str | None:
    """The digest of a Python file; None where there is none that can be read."""
    try:
        return hashlib.sha256(_content(path)).hexdigest()
    except (OSError, RuntimeError, AssetError):
        return None


def _content(path: Path) -> bytes:
    return read_inside(path.resolve().parent, path.resolve().name, LARGEST_CODE)


def load_module(file: str, sha256: str | None = None, helpers: Mapping[str, str] | None = None) -> ModuleType:
    """Run a file as a module, once for each content in this process.

    sha256, helpers: the digests that it, and the modules that it imports from beside it, must have; None for a file
    that the user named. Raises `AssetError` where it is not there, is another one, or cannot be run.
    """
    path = Path(os.path.abspath(user_path(file)))  # noqa: PTH100 - links stay
    try:
        content = _content(path)
    except (OSError, RuntimeError) as error:
        raise AssetError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    digest = hashlib.sha256(content).hexdigest()
    if sha256 is not None and digest != sha256:
        raise AssetError(f"{file}: is not the file that is meant: its SHA-256 is {digest}, not {sha256}")
    modules = helpers_of(path.parent, content)
    digests = digests_of(modules)
    if helpers is not None and digests != helpers:
        names = sorted(helper for helper in {*digests, *helpers} if digests.get(helper) != helpers.get(helper))
        raise AssetError(f"{file}: imports {quoted(names[0])}, which is not the file that is meant")
    key = os.fsencode(path) + digest.encode() + "".join(digests.values()).encode()
    name = f"{_LOADED}{hashlib.sha256(key).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    provide(path.parent, modules)
    module = ModuleType(name)
    module.__file__ = str(path)
    setattr(module, _FILE, (os.path.normpath(file), digest, digests))
    sys.modules[name] = module
    try:
        with _running_from(path.parent):
            exec(compile(content, str(path), "exec"), vars(module))
    except EndOfDefinitions:
        pass
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        place = _line_in(error, str(path))
        raise AssetError(f"{file}{place}: cannot be loaded: {type(error).__name__}: {error}") from error
    except BaseException:
        del sys.modules[name]
        raise
    return module


def end_loading() -> None:
    """End the loading of the file that is being loaded, if one is: for functions that begin a script's own work."""
    if _loading:
        raise EndOfDefinitions


_loading: list[Path] = []
"""The folders of the files that are being loaded."""


@contextmanager
def _running_from(folder: Path) -> Iterator[None]:
    """A file of the folder is being loaded. Modules beside it can be imported from then on, as when Python runs it;
    installed ones come first."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    _loading.append(folder)
    try:
        yield
    finally:
        _loading.pop()


def code_of(cls: type[Any]) -> CodeFile | None:
    """The file that defines a class, when it is a script or was loaded by its name; None where there is none (a
    notebook), where the class cannot be found by name, and for a class of a module that was imported."""
    module = sys.modules.get(cls.__module__)
    if module is None or "." in cls.__qualname__ or getattr(module, cls.__name__, None) is not cls:
        return None
    if hasattr(module, _FILE):
        file, digest, helpers = getattr(module, _FILE)
        return CodeFile(file, cls.__name__, digest, helpers)
    path = Path(getattr(module, "__file__", None) or "")
    if cls.__module__ != "__main__" or path.suffix != ".py" or not path.is_file():
        return None
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return CodeFile(os.path.relpath(path), cls.__name__, digest, digests_of(helpers_of(path.resolve().parent, content)))


def is_loaded(cls: type[Any]) -> bool:
    """Whether a class stands in a file that was loaded by its name, not in a script that runs by itself."""
    return hasattr(sys.modules.get(cls.__module__), _FILE)


def reduced(instance: Any) -> tuple[Any, ...] | None:
    """How an object is pickled whose class stands in a file that was loaded here; None for all others."""
    cls = type(instance)
    module = sys.modules.get(cls.__module__)
    if not hasattr(module, _FILE):
        return None
    _, digest, helpers = getattr(module, _FILE)
    place = (str(module.__file__), cls.__qualname__, digest, helpers)  # type: ignore[union-attr]
    return _unpickled, place, instance.__dict__


def _unpickled(file: str, name: str, sha256: str, helpers: Mapping[str, str]) -> Any:
    cls = load_module(file, sha256, helpers)
    for part in name.split("."):
        cls = getattr(cls, part)
    return object.__new__(cls)  # type: ignore[arg-type]


def _line_in(error: BaseException, path: str) -> str:
    """`, line N` for the last line of the file that an error came through."""
    if isinstance(error, SyntaxError) and error.filename == path:
        return f", line {error.lineno}"
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f", line {line}" if line else ""
