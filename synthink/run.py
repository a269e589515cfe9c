"""Making a dataset folder: what is missing is made, what is there is kept, and nothing appears half-written.

Inside an unfinished folder, `.synthink/` holds the lock, the plan, a journal with a line for each finished shard, and
temporary files. The manifest is written last; then `.synthink/` goes.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthink import card, manifest
from synthink.errors import OutputError
from synthink.executors import Executor
from synthink.files import digest, exchange, locked, remove, sync_folder, write_whole
from synthink.formats import find_format
from synthink.manifest import MANIFEST
from synthink.plan import Plan, Shard, differences
from synthink.shardwork import WORK, ShardRecord

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Outcome:
    """What a run did. made: rows drawn by this run; kept: rows that were there already."""

    output: Path
    rows: int
    made: int
    bytes: int
    shards: Sequence[ShardRecord]

    @property
    def kept(self) -> int:
        return self.rows - self.made


def make(
    plan: Plan, output: Path, executor: Executor, workers: int | None, overwrite: bool, progress: Progress
) -> Outcome:
    """Make or finish the dataset in `output`. `OutputError` when the folder holds something else or cannot be written.

    progress: called with numbers of rows as they are finished; rows that were there already come at once.
    """
    identity = json.loads(json.dumps(plan.identity))  # as it will be read back
    for split in plan.splits:
        plan.source.row(split, 0)  # settings that no row can meet are refused before anything is written
    output = Path(os.path.abspath(output))  # noqa: PTH100 - links stay
    try:
        _refuse_strangers(output)
        (output / WORK).mkdir(parents=True, exist_ok=True)
        with locked(output / WORK / "lock"):
            # A run that was just ahead of us may have removed the work folder when it was done.
            (output / WORK).mkdir(exist_ok=True)
            old = _old_identity(output)
            changes = differences(old, identity) if old is not None else []
            if not changes:
                outcome = _Build(plan, identity, output).run(executor, workers, progress)
            elif overwrite:
                outcome = _replace(plan, identity, output, executor, workers, progress)
            else:
                shown = "; ".join(changes[:8]) + (f"; and {len(changes) - 8} more" if len(changes) > 8 else "")
                _leave_work(output)
                raise OutputError(
                    f"{output}: holds a dataset of another configuration ({shown}); "
                    "choose another output, or overwrite=true"
                )
        _leave_work(output)
        return outcome
    except OSError as error:
        raise OutputError(_explain(error, output)) from error


def _refuse_strangers(output: Path) -> None:
    """Refuse a place that is not a folder, or a folder with other people's files."""
    if output.exists() and not output.is_dir():
        raise OutputError(f"{output}: is not a folder")
    if output.is_dir() and not any((output / name).exists() for name in (MANIFEST, WORK)):
        names = sorted(path.name for path in output.iterdir())
        if names:
            raise OutputError(f"{output}: not empty, and not a dataset of synthink (holds {names[0]!r})")


def _old_identity(output: Path) -> dict[str, Any] | None:
    """The configuration of the dataset in the folder: a finished one, or one with a finished shard."""
    if (output / MANIFEST).exists():
        return dict(manifest.load(output).identity)
    begun = output / WORK / "plan.json"
    if begun.exists() and _journal(output):
        try:
            content = json.loads(begun.read_bytes())
        except ValueError:
            raise OutputError(f"{begun}: damaged; remove the folder {output} and start again") from None
        return dict(content)
    return None


def _journal(folder: Path) -> list[ShardRecord]:
    """The finished shards of an unfinished run."""
    journal = folder / WORK / "journal.jsonl"
    records = []
    for line in journal.read_text(encoding="utf-8", errors="replace").split("\n") if journal.exists() else []:
        try:
            records.append(ShardRecord(**json.loads(line)))
        except (ValueError, TypeError):
            continue  # torn by a kill: its shard is made again
    return records


def _leave_work(output: Path) -> None:
    """Remove the work folder of a finished dataset; an unfinished one needs it."""
    if (output / MANIFEST).exists():
        remove(output / WORK)


def _replace(
    plan: Plan, identity: dict[str, Any], output: Path, executor: Executor, workers: int | None, progress: Progress
) -> Outcome:
    """Make the new dataset beside the old one and swap them when it is complete."""
    if not (output / MANIFEST).exists():  # an unfinished one has nothing to keep whole
        for path in sorted(output.iterdir()):
            if path.name != WORK:
                remove(path)
        for name in ("plan.json", "journal.jsonl", "tmp"):
            remove(output / WORK / name)
        return _Build(plan, identity, output).run(executor, workers, progress)
    stage = output.with_name(f".{output.name}.synthink-new")
    if stage.exists() and differences(_old_identity(stage) or {}, identity):
        remove(stage)
    (stage / WORK).mkdir(parents=True, exist_ok=True)
    outcome = _Build(plan, identity, stage).run(executor, workers, progress)
    remove(stage / WORK)
    exchange(stage, output)
    sync_folder(output.parent)
    remove(stage)
    return Outcome(output, outcome.rows, outcome.made, outcome.bytes, outcome.shards)


class _Build:
    """One folder being filled."""

    def __init__(self, plan: Plan, identity: dict[str, Any], folder: Path) -> None:
        self.plan, self.identity, self.folder = plan, identity, folder
        self.form = find_format(plan.format)
        self.work = folder / WORK
        self.records: dict[str, ShardRecord] = {}
        self.made = 0

    def run(self, executor: Executor, workers: int | None, progress: Progress) -> Outcome:
        finished = (self.folder / MANIFEST).exists()
        remove(self.work / "tmp")
        (self.work / "tmp").mkdir()
        if not finished:
            write_whole(self.work / "plan.json", json.dumps(self.identity).encode())
        self.records = self._intact(self._claimed())
        missing = [shard for shard in self.plan.shards if self.form.shard_name(shard) not in self.records]
        progress(sum(record.rows for record in self.records.values()))
        if missing:
            with (self.work / "journal.jsonl").open("a", encoding="utf-8") as journal:
                if journal.tell():
                    journal.write("\n")  # ends a line that a kill may have torn

                def on_shard(shard: Shard, record: ShardRecord) -> None:
                    self.records[record.file] = record
                    self.made += record.rows
                    journal.write(json.dumps(record.plain()) + "\n")
                    journal.flush()
                    os.fsync(journal.fileno())

                executor(self.plan, missing, self.folder, workers, progress, on_shard)
        shards = [self.records[self.form.shard_name(shard)] for shard in self.plan.shards]
        if not finished or missing:
            self._finish(shards)
        rows, size = sum(record.rows for record in shards), sum(record.bytes for record in shards)
        return Outcome(self.folder, rows, self.made, size, shards)

    def _claimed(self) -> list[ShardRecord]:
        """Shards that the manifest or the journal calls finished."""
        if (self.folder / MANIFEST).exists():
            return list(manifest.load(self.folder).shards)
        return _journal(self.folder)

    def _intact(self, claimed: Sequence[ShardRecord]) -> dict[str, ShardRecord]:
        """Of those, the ones whose files are there with the checksum; other files under shards' names are removed."""
        known = {self.form.shard_name(shard) for shard in self.plan.shards}
        intact = {}
        for record in claimed:
            path = self.folder / record.file
            if record.file in known and path.exists() and digest(path) == (record.sha256, record.bytes):
                intact[record.file] = record
        for name in known - intact.keys():
            remove(self.folder / name)
        return intact

    def _finish(self, shards: Sequence[ShardRecord]) -> None:
        """What ties the shards together, and the manifest last of all."""
        for name, content in self.form.extras(self.plan, self.folder, self.plan.shards).items():
            write_whole(self.folder / name, content)
        for name, content in card.files(self.plan, shards).items():
            write_whole(self.folder / name, content)
        remove(self.work / "tmp")
        write_whole(self.folder / MANIFEST, manifest.dump(self.identity, shards))


def _explain(error: OSError, output: Path) -> str:
    place = error.filename or output
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{place}: no space left; finished shards are kept: make room and run the same command again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{place}: cannot be written: {error.strerror}"
    return f"{place}: {error.strerror or error}"


