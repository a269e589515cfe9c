"""A task on its way to other machines, which must be set up as this one is."""

from __future__ import annotations

import hashlib
import pickle
import re
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from synthink.build.plan import Shard, library_versions
from synthink.build.shard import ShardFailure, ShardResult, ShardTask
from synthink.confined import kind_inside
from synthink.errors import AssetError, ConfigError, OutputError, SynthinkError, quoted
from synthink.settings import Condition
from synthink.version import VERSION

_SIZE = re.compile(r"(?P<number>\d{1,9}(\.\d{1,3})?)(?P<unit>[MGT])B?", re.IGNORECASE)
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


class RemoteTask:
    """A task and what has to hold where it runs: the same versions, and the dataset's folder at the same path.

    dumps: the function that pickles the task; classes of a notebook or script need one that takes them along.
    """

    def __init__(self, task: ShardTask, dumps: Callable[[Any], bytes]) -> None:
        self.folder, self.room = task.folder, task.room
        self.versions = _versions()
        light = ShardTask(replace(task.plan), task.folder, lambda rows: None)  # a plan without its list of shards
        light.room, light.is_retry = task.room, task.is_retry
        self.content = dumps(light)
        self.digest = hashlib.sha256(self.content).hexdigest()

    def open(self) -> ShardTask:
        """The task, for this machine. Raises `OutputError` or `AssetError` that names the machine when it is another
        one than the run needs."""
        if self.digest in _opened:
            self._check_folder()
            return _opened[self.digest]
        host, here = socket.gethostname(), _versions()
        for name, version in self.versions.items():
            if here[name] != version:
                raise OutputError(
                    f"{host} has {name} {here[name]}, and the run {version}: bytes would differ; install the same there"
                )
        self._check_folder()
        try:
            task: ShardTask = pickle.loads(self.content)  # noqa: S301 - of the run that sent it
            task.warm_up()
        except SynthinkError as error:
            raise AssetError(f"on {host}: {error}") from None
        except (ImportError, AttributeError) as error:
            raise AssetError(
                f"{host} cannot load the generator ({error}): install its package there, or put its file where all "
                "machines see it"
            ) from None
        _opened.clear()
        _opened[self.digest] = task
        return task

    def _check_folder(self) -> None:
        if kind_inside(self.folder, self.room, OutputError) is None:
            raise OutputError(
                f"{socket.gethostname()} does not see {quoted(str(self.folder / self.room))}: output must lie on "
                "storage that all machines share, under the same path; or another run has taken the folder"
            )

    def make(self, shard: Shard) -> ShardResult:
        """Make a shard in this process. Errors are results, too."""
        try:
            return self.open()(shard)
        except Exception as error:  # noqa: BLE001 - the run raises it again
            return ShardFailure(shard, error)


_opened: dict[str, ShardTask] = {}
"""The task that this process has opened last, with its assets, under its digest."""


def _versions() -> dict[str, str]:
    return {"synthink": VERSION, **library_versions()}


def make_remotely(task: RemoteTask, shard: Shard) -> ShardResult:
    """Make a shard of a task that has come to this machine."""
    return task.make(shard)
