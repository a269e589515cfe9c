"""Filling one dataset folder: what is missing is made, what is there stays, and nothing appears half-written.

`.synthink/` in the folder holds the lock, the plan, the journal and all temporary files. The manifest is written last.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthink.build import card, journal, manifest
from synthink.build.executors import Executor
from synthink.build.formats import find_format
from synthink.build.manifest import MANIFEST
from synthink.build.plan import Plan, Shard
from synthink.build.shard import ShardRecord, ShardResult, ShardTask
from synthink.errors import OutputError
from synthink.files import digest, remove, write_atomically
from synthink.owned_folder import WORK

Progress = Callable[[int], None]
PLAN, JOURNAL, TEMPORARY = "plan.json", "journal", "tmp"
ATTEMPTS = 3
"""Times a shard is tried when the process that makes it dies."""
_SHARD = re.compile(r"\w+-\d{5,}-of-\d{5,}(\.\w+)?")


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run of `generate`.

    output: the dataset's folder. rows, bytes: of the complete dataset. drawn: the rows that this run drew. shards: the
    records of all shards, in order.
    """

    output: Path
    rows: int
    drawn: int
    bytes: int
    shards: Sequence[ShardRecord]

    @property
    def reused(self) -> int:
        """The rows that were there already."""
        return self.rows - self.drawn


class Build:
    """A plan and the folder that it fills; the caller holds the folder's lock."""

    def __init__(self, plan: Plan, identity: dict[str, Any], folder: Path) -> None:
        self.plan, self.identity, self.folder = plan, identity, folder
        self.form = find_format(plan.format)
        self.temporary = folder / WORK / TEMPORARY
        self.records: dict[str, ShardRecord] = {}
        self.drawn_rows = 0

    def run(self, executor: Executor, progress: Progress) -> Outcome:
        """Make what is missing.

        progress: called with numbers of rows; those that are there already come at once.
        """
        finished = (self.folder / MANIFEST).exists()
        remove(self.temporary)
        self.temporary.mkdir()
        self.records = self._intact(self._claimed(finished))
        self._sweep(finished)
        if not finished:
            self._write(f"{WORK}/{PLAN}", json.dumps(self.identity).encode())
        missing = [shard for shard in self.plan.shards if self.form.shard_name(shard) not in self.records]
        progress(sum(record.rows for record in self.records.values()))
        if missing:
            self._make(missing, executor, progress)
        shards = [self.records[self.form.shard_name(shard)] for shard in self.plan.shards]
        self._finish(shards, finished, complete=finished and not missing)
        rows, size = sum(record.rows for record in shards), sum(record.bytes for record in shards)
        return Outcome(self.folder, rows, self.drawn_rows, size, shards)

    def _make(self, missing: Sequence[Shard], executor: Executor, progress: Progress) -> None:
        """Have the shards made, those again whose process died. Raises the error of the first that fails."""
        task = ShardTask(self.plan, self.folder, progress)
        attempts = Counter[Shard]()
        with journal.appending(self.folder / WORK / JOURNAL) as add:
            while missing:
                reasons = self._make_once(missing, executor, task, add)
                missing = [shard for shard in missing if self.form.shard_name(shard) not in self.records]
                task.is_retry = True
                attempts.update(missing)
                for shard in missing:
                    if attempts[shard] >= ATTEMPTS:
                        raise OutputError(_died(shard, reasons.get(shard, "for no known reason")))

    def _make_once(
        self, shards: Sequence[Shard], executor: Executor, task: ShardTask, add: Callable[[ShardRecord], None]
    ) -> dict[Shard, str]:
        """Hand the shards to the executor, and note each that is made. Why others were lost, as far as it says so."""
        by_name = {self.form.shard_name(shard): shard for shard in shards}
        reasons: dict[Shard, str] = {}
        with closing(_closable(executor.map(task, shards))) as results:
            for result in results:
                if isinstance(result, ShardRecord):
                    task.settle(by_name[result.file], result.rows)
                    self.records[result.file] = result
                    self.drawn_rows += result.rows
                    add(result)
                elif result.error is not None:
                    raise result.error
                else:
                    task.settle(result.shard, 0)
                    reasons[result.shard] = result.reason
        return reasons

    def _claimed(self, finished: bool) -> Iterable[ShardRecord]:
        """Shards that the manifest or the journal calls finished."""
        return manifest.load(self.folder).shards if finished else journal.read(self.folder / WORK / JOURNAL)

    def _intact(self, claimed: Iterable[ShardRecord]) -> dict[str, ShardRecord]:
        """Of those, the ones that the plan has too, and whose files are there with the checksum."""
        known = {self.form.shard_name(shard): shard for shard in self.plan.shards}
        intact = {}
        for record in claimed:
            shard, path = known.get(record.file), self.folder / record.file
            if shard is None or (record.split, record.rows) != (shard.split, shard.stop - shard.start):
                continue
            if path.exists() and digest(path) == (record.sha256, record.bytes):
                intact[record.file] = record
        return intact

    def _sweep(self, finished: bool) -> None:
        """Remove damaged shards, and in an unfinished folder shards that nobody vouches for, of any plan."""
        names = {self.form.shard_name(shard) for shard in self.plan.shards}
        if not finished:
            paths = (path.relative_to(self.folder) for path in self.folder.glob("*/*-of-*"))
            names |= {path.as_posix() for path in paths if path.parts[0] != WORK and _SHARD.fullmatch(path.name)}
        for name in names - self.records.keys():
            remove(self.folder / name)

    def _finish(self, shards: Sequence[ShardRecord], finished: bool, complete: bool) -> None:
        """What ties the shards together, and the manifest last of all. A card that is there already stays as it is:
        people edit it."""
        for name, pieces in self.form.extras(self.plan, self.identity, self.folder).items():
            path, content = self.folder / name, b"".join(pieces)
            if not (finished and path.exists() and path.read_bytes() == content):
                self._write(name, content)
        if not finished or not all((self.folder / name).exists() for name in card.NAMES):
            for name, content in card.files(self.plan, shards).items():
                if not (finished and (self.folder / name).exists()):
                    self._write(name, content)
        if not complete:
            self._write(MANIFEST, manifest.dump(self.identity, shards))

    def _write(self, name: str, content: bytes) -> None:
        write_atomically(self.folder / name, content, by=self.temporary)


def _closable(results: Iterator[ShardResult]) -> Generator[ShardResult, None, None]:
    """The results as something that can be closed, whatever an executor returns."""
    yield from results


def _died(shard: Shard, reason: str) -> str:
    return (
        f"a worker died {ATTEMPTS} times on rows {shard.start} to {shard.stop - 1} of split {shard.split} "
        f"(shard {shard.stem}; {reason}): out of memory, or a crash in a library?"
    )
