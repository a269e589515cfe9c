"""Finished shards leave a dataset's folder while others are made: they wait there until several go together."""

from __future__ import annotations

import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from synthink.build.formats import find_format
from synthink.build.plan import Plan
from synthink.build.shard import ShardRecord
from synthink.confined import remove_inside
from synthink.errors import ConfigError, OutputError
from synthink.publish.files import LocalFile


class ShardSender(ABC):
    """A `ShardStore` that sends shards several at a time. Raises `ConfigError` for a format whose shards are no single
    files.

    keep_local: whether files stay in the folder when they were sent.
    """

    most_bytes: ClassVar[int]
    """The bytes of shards that wait until they are sent; where they do not stay, they take a third of the room at
    most."""
    most_files: ClassVar[int]
    """The number of shards that wait until they are sent."""
    most_seconds: ClassVar[float]
    """The time after which those that wait are sent with the next one."""

    def __init__(self, plan: Plan, keep_local: bool) -> None:
        form = find_format(plan.format)
        if any("." not in form.shard_name(shard).rpartition("/")[2] for shard in plan.shards[:1]):
            reason = "stores a shard as many files; make the dataset in a folder, then send that"
            raise ConfigError("format", plan.format, reason)
        self.plan, self.keep_local = plan, keep_local
        self.waiting: list[tuple[LocalFile, ShardRecord]] = []
        self.starts = {form.shard_name(shard): shard.start for shard in plan.shards}
        """The first row of each shard, by its file."""
        self._sent_at = time.monotonic()

    @abstractmethod
    def has(self, record: ShardRecord) -> bool:
        """Whether the shard is there with every byte."""

    @abstractmethod
    def send(self, files: Sequence[tuple[LocalFile, ShardRecord]]) -> None:
        """Send shards, and return when they have arrived as they are here."""

    def records(self) -> Iterable[ShardRecord]:
        """The records of shards that the place itself knows."""
        return ()

    def take(self, folder: Path, record: ShardRecord) -> None:
        """Send a shard, with others, unless it is there; then its file goes, where files do not stay."""
        if self.has(record):
            self.leave(folder, record.file)
            return
        file = LocalFile(folder, record.file, recorded=(record.sha256, record.bytes))
        self.waiting.append((file, record))
        is_due = time.monotonic() - self._sent_at >= self.most_seconds
        room = self.most_bytes if self.keep_local else min(self.most_bytes, shutil.disk_usage(folder).free // 2)
        if is_due or len(self.waiting) >= self.most_files or sum(file.size for file, _ in self.waiting) >= room:
            self.flush()

    def flush(self) -> None:
        """Send the shards that wait."""
        if self.waiting:
            self.send(self.waiting)
        for file, _ in self.waiting:
            self.leave(file.folder, file.name)
        self.waiting, self._sent_at = [], time.monotonic()

    def leave(self, folder: Path, name: str) -> None:
        """Remove the file of a shard that has arrived, where files do not stay."""
        if not self.keep_local:
            remove_inside(folder, name, OutputError)
