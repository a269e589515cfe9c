"""One shard's way: draw its rows, write them under a temporary name, make them durable, name them."""

from __future__ import annotations

import errno
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

from synthink.build.formats import find_format
from synthink.build.plan import Plan, Shard
from synthink.build.tally import Tally
from synthink.confined import kind_inside, make_folder_inside, remove_inside, rename_inside, withdraw_inside
from synthink.errors import DrawError, OutputError, SynthinkError, WorkerError, portable, quoted, shortened, with_notes
from synthink.files import digest, sync_folder, sync_tree
from synthink.owned_folder import WORK
from synthink.processes import WorkerDied

TEMPORARY = "tmp"
"""The folder in the work folder in which shards and other files are written before they get their names."""
OLD_TEMPORARY = "tmp.old"
"""The name of that folder while it is removed."""
NAMINGS = 100
"""Times that a shard's folder gets its name while others give theirs the same one."""
MOST_REASONS, LONGEST_REASON, OTHER_REASONS = 100, 200, "other reasons"
"""The most different reasons that a record has, the most characters of one, and what stands for others."""
REPORT_ROWS = 20
"""Rows between two reports of a worker process."""


@dataclass(frozen=True)
class ShardRecord:
    """The manifest's record of a shard.

    pixels: SHA-256 over the CRC-32 of each row's raster before the codec, so that codecs can change and pixels be
    compared all the same. refused: reason -> what was drawn for its rows and thrown away. counts: the `Tally` of its
    rows as text, for the card; empty in a manifest, which would grow too large.
    """

    file: str
    split: str
    rows: int
    bytes: int
    sha256: str
    pixels: str
    refused: dict[str, int] = field(default_factory=dict)
    counts: str = ""

    def plain(self) -> dict[str, Any]:
        """The record in JSON types."""
        return asdict(self)

    @classmethod
    def from_plain(cls, values: Any) -> ShardRecord:
        """The record that `plain` gave, read from a file. Raises `ValueError` for anything else."""
        kinds = {member.name: RECORD_TYPES.get(member.name, str) for member in fields(cls)}
        if not isinstance(values, dict) or values.keys() != kinds.keys():
            raise ValueError(f"a shard's record has the keys {', '.join(kinds)}")
        for name, kind in kinds.items():
            if type(values[name]) is not kind:
                raise ValueError(f"{name} of shard {quoted(values['file'])} is {quoted(values[name])}")
        if not all(type(count) is int for count in values["refused"].values()):
            raise ValueError(f"refused of shard {quoted(values['file'])} is {quoted(values['refused'])}")
        if values["counts"]:
            Tally.read(values["counts"])
        return cls(**values)


RECORD_TYPES: dict[str, type] = {"rows": int, "bytes": int, "refused": dict}
"""The types of a record's fields that are no text."""


@dataclass(frozen=True)
class ShardFailure:
    """A shard that was not made.

    error: what its rows or the disk raised; it survives pickling, with the traceback as its cause. None: the process
    that made the shard died, which `reason` tells of.
    """

    shard: Shard
    error: Exception | None
    reason: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.shard, None if self.error is None else portable(self.error), self.reason)


def _unpickled(shard: Shard, error: tuple[Exception, str] | None, reason: str) -> ShardFailure:
    if error is None:
        return ShardFailure(shard, None, reason)
    fault, trace = error
    fault.__cause__ = WorkerError(trace) if trace else None
    return ShardFailure(shard, fault, reason)


ShardResult = ShardRecord | ShardFailure


class ShardTask:
    """Makes the shards of a plan in a folder: the callable that an executor runs wherever it likes.

    progress: called in this process with numbers of rows; it does not travel with the task to other processes.
    """

    def __init__(self, plan: Plan, folder: Path, progress: Callable[[int], None]) -> None:
        self.plan, self.folder = plan, folder
        self.room = f"{WORK}/{TEMPORARY}"
        """The folder below the dataset's in which shards are written before they get their names. The run makes it, no
        worker does: where it is gone, the folder belongs to another run, and nothing gets a name any more."""
        self.is_retry = False
        """Whether the shards that are asked for were lost before."""
        self._progress = progress
        self._reported = Counter[Shard]()

    def __call__(self, shard: Shard) -> ShardResult:
        """Make a shard. Errors are results, too: nothing is raised."""
        return self.make(shard, partial(self.report, shard))

    def make(self, shard: Shard, report: Callable[[int], None], rows: RowSource | None = None) -> ShardResult:
        """Make a shard in a process of its own: `report` is called with numbers of rows, and sends them to the `report`
        of the process that waits. rows: where they come from; None: they are drawn here."""
        pending = 0

        def progress(rows: int) -> None:
            nonlocal pending
            pending += rows
            if pending >= REPORT_ROWS:
                report(pending)
                pending = 0

        try:
            return make_shard(self.plan, shard, self.folder, self.room, progress, rows or drawn_rows)
        except WorkerDied as death:
            return self.lost(shard, str(death))
        except Exception as error:  # noqa: BLE001 - the run raises it again
            return ShardFailure(shard, error)

    def report(self, shard: Shard, rows: int) -> None:
        """Rows of a shard have been drawn."""
        self._reported[shard] += rows
        self._progress(rows)

    def settle(self, shard: Shard, rows: int) -> None:
        """A shard has been made, with that many rows, or lost, with none: progress shows what is there."""
        self._progress(rows - self._reported.pop(shard, 0))

    def lost(self, shard: Shard, reason: str) -> ShardFailure:
        """The result of a shard whose process died."""
        return ShardFailure(shard, None, reason)

    def warm_up(self) -> None:
        """Load what every shard needs, so that forked processes share it."""
        for assets in self.plan.source.assets.values():
            assets.warm_up()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_progress": _ignore, "_reported": Counter()}


def _ignore(rows: int) -> None:
    """The progress of a task in another process."""


RowSource = Callable[[Plan, Shard, Counter[str]], Iterator[dict[str, Any]]]
"""Gives a shard's rows in order, and counts in the last argument what was drawn for them and thrown away."""


def drawn_rows(plan: Plan, shard: Shard, refused: Counter[str]) -> Iterator[dict[str, Any]]:
    """The rows of a shard, drawn here, one after the other."""
    for index in range(shard.start, shard.stop):
        yield plan.source.row(shard.split, index, packed=True, refusals=refused)


def make_shard(
    plan: Plan,
    shard: Shard,
    folder: Path,
    room: str,
    progress: Callable[[int], None],
    source: RowSource = drawn_rows,
) -> ShardRecord:
    """Write the rows of one shard; `progress` is called with 1 for each row. A failure leaves nothing under the final
    name, and two processes that make the same shard at once do not meet: the second one leaves the first one's file or
    replaces it by the same bytes.

    room: the folder below the dataset's in which it is written first.
    """
    form = find_format(plan.format)
    name = form.shard_name(shard)
    temporary_name = f"{room}/{shard.stem}.{os.urandom(6).hex()}{Path(name).suffix}"
    temporary = folder / temporary_name
    pixels = hashlib.sha256()
    refused = Counter[str]()
    tally, generator = Tally(), plan.source.generator_of(shard.split)

    def rows() -> Iterator[dict[str, Any]]:
        for row in source(plan, shard, refused):
            pixels.update(row["image"].checksum().to_bytes(4, "little"))
            tally.add(row, generator)
            yield row
            progress(1)

    try:
        try:
            form.write(temporary, plan.generator.columns, rows())
        except (SynthinkError, OSError, WorkerDied):
            raise
        except Exception as error:  # a column of another type, a picture that cannot be encoded
            raise DrawError(
                f"{plan.generator.name} rows {shard.start} to {shard.stop - 1} of split {shard.split} "
                f"(seed {plan.source.seed}): {type(error).__name__}: {with_notes(error)}"
            ) from error
        sync_tree(temporary)
        checksum, size = digest(temporary)
        if _has_folder(folder, name, (checksum, size)):
            remove_inside(folder, temporary_name, OutputError)
        else:
            name_shard(folder, temporary_name, name)
    except BaseException:
        remove_inside(folder, temporary_name, OutputError)
        raise
    sync_folder((folder / name).parent)
    count = shard.stop - shard.start
    refusals = most_refused(refused)
    return ShardRecord(name, shard.split, count, size, checksum, pixels.hexdigest(), refusals, tally.text())


def most_refused(counts: Counter[str]) -> dict[str, int]:
    """Counts of what was refused by their reasons, in order: the rarest are counted together where there are many, as a
    generator may give each of its rows a reason of its own."""
    reasons = sorted(counts.keys() - {OTHER_REASONS}, key=lambda reason: (-counts[reason], reason))
    rare, most = {*reasons[MOST_REASONS:]}, Counter[str]()
    for reason, count in counts.items():
        most[OTHER_REASONS if reason in rare else shortened(reason, LONGEST_REASON)] += count
    return dict(sorted(most.items()))


def _has_folder(folder: Path, name: str, content: tuple[str, int]) -> bool:
    """Whether there is a folder of that name, digest and size: it could not be replaced in one step."""
    try:
        return kind_inside(folder, name, OutputError) == "folder" and digest(folder / name) == content
    except FileNotFoundError:
        return False


def name_shard(folder: Path, temporary_name: str, name: str) -> None:
    """Give a finished file, or folder of files, its name in the dataset; the caller syncs the folder around it.

    A folder that has the name goes in one step, so that nobody sees half of it. Others may do the same at once.
    """
    parent = name.rpartition("/")[0]
    if parent:
        make_folder_inside(folder, parent, OutputError)
    for number in range(NAMINGS):
        if kind_inside(folder, name, OutputError) == "folder":
            withdraw_inside(folder, name, f"{temporary_name}.old", OutputError)
        try:
            rename_inside(folder, temporary_name, name, OutputError)
            return
        except OSError as error:  # a folder is there again
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) or number == NAMINGS - 1:
                raise
