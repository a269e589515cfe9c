"""A task on its way to other machines, which must be set up as this one is."""

from __future__ import annotations

import hashlib
import pickle
import re
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from synthink.build.plan import Shard, library_versions
from synthink.build.shard import ShardFailure, ShardResult, ShardTask
from synthink.confined import kind_inside
from synthink.errors import AssetError, ConfigError, OutputError, SynthinkError, quoted
from synthink.processes import Send
from synthink.settings import Condition
from synthink.version import VERSION

_SIZE = re.compile(r"(?P<number>\d{1,9}(\.\d{1,3})?)(?P<unit>[MGT])B?", re.IGNORECASE)
_T = TypeVar("_T")
_UNITS = {"M": 2**20, "G": 2**30, "T": 2**40}


class MemorySize(Condition):
    """Refuses text that is no size of memory, such as 500M or 4G."""

    def refuse(self, value: Any) -> str | None:
        return None if _SIZE.fullmatch(value) and memory_bytes(value) else "must be a size such as 500M or 4G"


def memory_bytes(text: str) -> int:
    """The bytes of a size such as 500M or 4G."""
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ConfigError("memory", text, "must be a size such as 500M or 4G")
    return int(float(match["number"]) * _UNITS[match["unit"].upper()])


def missing_package(executor: str, package: str) -> ConfigError:
    """The error for an executor whose package is not installed."""
    return ConfigError("executor", executor, f"needs the package {package}: pip install 'synthink[{executor}]'")


class Remote(Generic[_T]):
    """Something that is called on other machines, and what has to hold there: the same versions, and the dataset's
    folder at the same path.

    place: a file or folder of the dataset that must be seen there. dumps: the function that pickles; classes of a
    notebook or script need one that takes them along.
    """

    def __init__(self, content: _T, folder: Path, place: str, dumps: Callable[[Any], bytes]) -> None:
        self.folder, self.place = folder, place
        self.versions = _versions()
        self.content = dumps(content)
        self.digest = hashlib.sha256(self.content).hexdigest()

    def open(self) -> _T:
        """The content, made ready for this machine. Raises `OutputError` or `AssetError` that names the machine when it
        is another one than the run needs."""
        if self.digest in _opened:
            self._check_folder()
            return _opened[self.digest]  # type: ignore[no-any-return]
        host, here = socket.gethostname(), _versions()
        for name, version in self.versions.items():
            if here[name] != version:
                raise OutputError(
                    f"{host} has {name} {here[name]}, and the run {version}: bytes would differ; install the same there"
                )
        self._check_folder()
        try:
            content: _T = pickle.loads(self.content)  # noqa: S301 - of the run that sent it
            self.prepare(content)
        except SynthinkError as error:
            raise AssetError(f"on {host}: {error}") from None
        except (ImportError, AttributeError) as error:
            raise AssetError(
                f"{host} cannot load the generator ({error}): install its package there, or put its file where all "
                "machines see it"
            ) from None
        _opened.clear()
        _opened[self.digest] = content
        return content

    def prepare(self, content: _T) -> None:
        """Load what every call needs."""

    def _check_folder(self) -> None:
        if kind_inside(self.folder, self.place, OutputError) is None:
            raise OutputError(
                f"{socket.gethostname()} does not see {quoted(str(self.folder / self.place))}: the dataset must lie on "
                "storage that all machines share, under the same path; or another run has taken the folder"
            )


class RemoteTask(Remote[ShardTask]):
    """A task that makes shards on other machines."""

    def __init__(self, task: ShardTask, dumps: Callable[[Any], bytes]) -> None:
        light = ShardTask(replace(task.plan), task.folder, lambda rows: None)  # a plan without its list of shards
        light.room, light.is_retry = task.room, task.is_retry
        super().__init__(light, task.folder, task.room, dumps)

    def prepare(self, content: ShardTask) -> None:
        content.warm_up()

    def make(self, shard: Shard) -> ShardResult:
        """Make a shard here. Errors are results, too."""
        try:
            return self.open()(shard)
        except Exception as error:  # noqa: BLE001 - the run raises it again
            return ShardFailure(shard, error)


_opened: dict[str, Any] = {}
"""What this process has opened last, with its assets, under its digest."""


def _versions() -> dict[str, str]:
    return {"synthink": VERSION, **library_versions()}


def make_remotely(task: RemoteTask, shard: Shard) -> ShardResult:
    """Make a shard of a task that has come to this machine."""
    return task.make(shard)


def call_remotely(function: Remote[Callable[[Any, Send], Any]], item: Any) -> Any:
    """The result of a function that has come to this machine, for an item; nobody hears its reports."""
    return function.open()(item, lambda message: None)
