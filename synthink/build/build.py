"""Filling one dataset folder: what is missing is made, what is there stays, and nothing appears half-written.

`.synthink/` in the folder holds the lock, the plan, the journal and all temporary files. The manifest is written last.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from synthink.build import card, journal, manifest
from synthink.build.executors import Executor
from synthink.build.formats import find_format
from synthink.build.manifest import MANIFEST, Manifest
from synthink.build.own_files import LITTER, PLAN, OwnFiles, own_files, read_plan
from synthink.build.plan import Plan, Shard
from synthink.build.shard import OLD_TEMPORARY, TEMPORARY, ShardRecord, ShardResult, ShardTask
from synthink.build.stored_rows import read_shard
from synthink.build.tally import Tally
from synthink.confined import kind_inside, make_folder_inside, names_inside, remove_inside, withdraw_inside
from synthink.errors import OutputError, quoted
from synthink.files import digest_inside, write_inside
from synthink.owned_folder import WORK

Progress = Callable[[int], None]
NEW_PLAN = "plan.json.new"
"""The plan's file until it is whole."""
_TEMPORARY = f"{WORK}/{TEMPORARY}"
ATTEMPTS = 3
"""Times a shard is tried when the process that makes it dies."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run of `generate`.

    output: the dataset's folder. rows, bytes: of the complete dataset. drawn: the rows that this run drew. shards: the
    records of all shards, in order. identity: the dataset's configuration, as its manifest has it. published: the line
    of Python that loads the dataset from the hub, where it went there. address: where it went to an address, and
    nothing is left of it in the folder.
    """

    output: Path
    rows: int
    drawn: int
    bytes: int
    shards: Sequence[ShardRecord]
    identity: Mapping[str, Any]
    published: str = ""
    address: str = ""

    @property
    def manifest(self) -> Manifest:
        """The dataset's manifest, as it would be read."""
        return Manifest(self.identity, self.shards, self.output / MANIFEST)

    @property
    def reused(self) -> int:
        """The rows that were there already."""
        return self.rows - self.drawn


class ShardStore(Protocol):
    """A place besides the dataset's folder to which finished shards go, for a dataset larger than the disk."""

    def records(self) -> Iterable[ShardRecord]:
        """The records of shards that the place itself knows, whatever the folder says."""

    def has(self, record: ShardRecord) -> bool:
        """Whether the shard is there, so that its file need not be in the folder."""

    def take(self, folder: Path, record: ShardRecord) -> None:
        """A shard of the folder is finished; its file may be moved away, now or later."""


class Build:
    """A plan and the folder that it fills; the caller holds the folder's lock. store: a place to which shards go."""

    def __init__(self, plan: Plan, identity: dict[str, Any], folder: Path, store: ShardStore | None = None) -> None:
        self.plan, self.identity, self.folder, self.store = plan, identity, folder, store
        self.form = find_format(plan.format)
        self.records: dict[str, ShardRecord] = {}
        self.drawn_rows = 0

    def run(self, executor: Executor, progress: Progress) -> Outcome:
        """Make what is missing.

        progress: called with numbers of rows; those that are there already come at once.
        """
        finished = self._has(MANIFEST)
        self.records = self._intact(self._claimed(finished))
        self._sweep(finished)
        if not finished:
            plan = json.dumps(self.identity).encode()
            write_inside(self.folder, f"{WORK}/{PLAN}", plan, by=f"{WORK}/{NEW_PLAN}")
        withdraw_inside(self.folder, _TEMPORARY, f"{WORK}/{OLD_TEMPORARY}", OutputError)
        make_folder_inside(self.folder, _TEMPORARY, OutputError)
        missing = [shard for shard in self.plan.shards if self.form.shard_name(shard) not in self.records]
        progress(sum(record.rows for record in self.records.values()))
        for record in self.records.values():
            self._hand_over(record)
        if missing:
            self._make(missing, executor, progress)
        shards = [self.records[self.form.shard_name(shard)] for shard in self.plan.shards]
        self._finish(shards, finished, complete=finished and not missing)
        rows, size = sum(record.rows for record in shards), sum(record.bytes for record in shards)
        return Outcome(self.folder, rows, self.drawn_rows, size, shards, self.identity)

    def _make(self, missing: Sequence[Shard], executor: Executor, progress: Progress) -> None:
        """Have the shards made, those again whose process died. Raises the error of the first that fails."""
        task = ShardTask(self.plan, self.folder, progress)
        task.room = f"{_TEMPORARY}/{os.urandom(6).hex()}"  # another one than that of an earlier run's workers
        make_folder_inside(self.folder, task.room, OutputError)
        attempts = Counter[Shard]()
        with journal.appending(self.folder) as add:
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
                    self._hand_over(result)
                elif result.error is not None:
                    raise result.error
                else:
                    task.settle(result.shard, 0)
                    reasons[result.shard] = result.reason
        return reasons

    def _hand_over(self, record: ShardRecord) -> None:
        if self.store is not None:
            self.store.take(self.folder, record)

    def _claimed(self, finished: bool) -> Iterable[ShardRecord]:
        """Shards that the manifest or the journal calls finished."""
        here = manifest.load(self.folder).shards if finished else journal.read(self.folder)
        return [*here, *(self.store.records() if self.store else ())]

    def _intact(self, claimed: Iterable[ShardRecord]) -> dict[str, ShardRecord]:
        """Of those, the ones that the plan has too, and whose files are here or in the store with the checksum."""
        known = {self.form.shard_name(shard): shard for shard in self.plan.shards}
        intact = {}
        for record in claimed:
            shard = known.get(record.file)
            if shard is None or (record.split, record.rows) != (shard.split, shard.stop - shard.start):
                continue
            if not self._has(record.file):
                if self.store and self.store.has(record):
                    intact[record.file] = record
                continue
            if digest_inside(self.folder, record.file, record.bytes, OutputError) == (record.sha256, record.bytes):
                intact[record.file] = record
        return intact

    def _sweep(self, finished: bool) -> None:
        """Remove damaged shards, and in an unfinished folder those that nobody vouches for, of the plan before too."""
        own = own_files(self.identity, self.folder)
        names = own.shards
        earlier = read_plan(self.folder) if not finished else None
        if earlier is not None:
            names |= own_files(earlier, self.folder).shards
        if not finished:
            self._reject_strangers(own, names)
        for name in names - self.records.keys():
            remove_inside(self.folder, name, OutputError)

    def _reject_strangers(self, own: OwnFiles, shards: Collection[str]) -> None:
        """`OutputError` when something lies between the shards to be that readers would take for one of them."""
        for folder in own.folders:
            known = {*shards, *own.others, *own.folders}
            for name in names_inside(self.folder, folder, OutputError) if self._has(folder) else ():
                if name != LITTER and f"{folder}/{name}" not in known:
                    place = f"{folder}/{name}"
                    raise OutputError(f"{self.folder}: holds {quoted(place)}, which is not the dataset's; move it")

    def _finish(self, shards: Sequence[ShardRecord], finished: bool, complete: bool) -> None:
        """What ties the shards together, and the manifest last of all. A card that is there already stays as it is:
        people edit it."""
        for name, pieces in self.form.extras(self.plan, self.identity, self.folder).items():
            content = b"".join(pieces)
            if not (finished and self._holds(name, content)):
                self._write(name, content)
        can_count = all(record.counts or self._has(record.file) for record in shards)
        if not finished or (can_count and not all(self._has(name) for name in card.NAMES)):
            for name, content in card.files(self.plan, shards, self._tally(shards)).items():
                if not (finished and self._has(name)):
                    self._write(name, content)
        if not complete:
            left_out = self.form.columns_left_out(self.plan.generator.columns)
            self._write(MANIFEST, manifest.dump(self.identity, shards, left_out))

    def _tally(self, shards: Sequence[ShardRecord]) -> Tally:
        """The counts of all rows: those of shards that were made earlier come from their files."""
        tally = Tally()
        for record in shards:
            if record.counts:
                tally.merge(Tally.read(record.counts))
                continue
            generator = self.plan.source.generator_of(record.split)
            for row in read_shard(self.folder, self.form, record.file):
                tally.add(row, generator)
        return tally

    def _has(self, name: str) -> bool:
        return kind_inside(self.folder, name, OutputError) is not None

    def _holds(self, name: str, content: bytes) -> bool:
        """Whether a file of that name has that content."""
        wanted = hashlib.sha256(content).hexdigest(), len(content)
        return self._has(name) and digest_inside(self.folder, name, len(content), OutputError) == wanted

    def _write(self, name: str, content: bytes) -> None:
        by = f"{_TEMPORARY}/{name.replace('/', '.')}.{os.getpid()}.tmp"
        write_inside(self.folder, name, content, by)


def _closable(results: Iterator[ShardResult]) -> Generator[ShardResult, None, None]:
    """The results as something that can be closed, whatever an executor returns."""
    yield from results


def _died(shard: Shard, reason: str) -> str:
    return (
        f"a worker died {ATTEMPTS} times on rows {shard.start} to {shard.stop - 1} of split {shard.split} "
        f"(shard {shard.stem}; {reason}): out of memory, or a crash in a library?"
    )
