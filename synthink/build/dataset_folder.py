"""Making a dataset folder, or finishing or replacing the one that is there."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthink.build import card, journal, manifest
from synthink.build.build import JOURNAL, PLAN, Build, Outcome, Progress
from synthink.build.executors import Executor
from synthink.build.manifest import MANIFEST
from synthink.build.plan import Plan, differences
from synthink.build.shard import WORK
from synthink.errors import AssetError, OutputError
from synthink.files import backup_path, exchange, locked, remove, sync_folder
from synthink.splits import SPLITS

__all__ = ["Outcome", "build_dataset"]

LOCK = "lock"
KNOWN_NAMES = {
    MANIFEST,
    WORK,
    "data",
    "dataset_dict.json",
    *card.NAMES,
    *SPLITS,
    *(f"{split}.jsonl" for split in SPLITS),
}
"""Names that a dataset of any format may have in its folder."""


def build_dataset(plan: Plan, output: Path, executor: Executor, overwrite: bool, progress: Progress) -> Outcome:
    """Make or finish the dataset in `output`. `OutputError` when the folder holds something else or cannot be written.

    progress: called with numbers of rows as they are finished; rows that were there already come at once.
    """
    identity = json.loads(json.dumps(plan.identity))  # as it will be read back
    for split in plan.splits:
        plan.source.row(split, 0)  # settings that no row can meet are refused before anything is written
    output = Path(os.path.abspath(output))  # noqa: PTH100 - links stay

    def build(folder: Path) -> Outcome:
        return Build(plan, identity, folder).run(executor, progress)

    try:
        place = output.resolve()
        if not place.exists() and backup_path(place).exists():
            backup_path(place).rename(place)  # a kill in the middle of `exchange`
        _reject_foreign_files(output)
        with locked(output / WORK / LOCK) as held:
            try:
                return _resume_or_replace(output, identity, overwrite, build)
            finally:
                if held() and (output / MANIFEST).exists():
                    _remove_work(output)
    except OSError as error:
        raise OutputError(_explain(error, output)) from error


def _reject_foreign_files(output: Path) -> None:
    """Refuse a place that is not a folder, or a folder with other people's files."""
    if output.exists() and not output.is_dir():
        raise OutputError(f"{output}: is not a folder")
    if output.is_dir() and not any((output / name).exists() for name in (MANIFEST, WORK)):
        names = sorted(path.name for path in output.iterdir())
        if names:
            raise OutputError(f"{output}: not empty, and not a dataset of synthink (holds {names[0]!r})")


def _resume_or_replace(
    output: Path, identity: dict[str, Any], overwrite: bool, build: Callable[[Path], Outcome]
) -> Outcome:
    """With the lock held: finish the folder's dataset, replace it, or refuse."""
    old = _identity(output)
    changes = differences(old, identity) if old is not None else []
    if not changes:
        outcome = build(output)
        if not (_stage(output) / WORK / PLAN).exists():
            remove(_stage(output))  # the old dataset, when a kill came between its replacement and its removal
        remove(backup_path(output.resolve()))
        return outcome
    if not overwrite:
        shown = "; ".join(changes[:8]) + (f"; and {len(changes) - 8} more" if len(changes) > 8 else "")
        raise OutputError(
            f"{output}: holds a dataset of another configuration ({shown}); choose another output, or overwrite=true"
        )
    foreign_names = sorted({path.name for path in output.iterdir()} - KNOWN_NAMES)
    if foreign_names:
        raise OutputError(f"{output}: holds {foreign_names[0]!r}, which is not the dataset's; move it, then overwrite")
    if not (output / MANIFEST).exists():  # an unfinished one has nothing to keep whole
        _clear(output)
        return build(output)
    return replace(_replace(output.resolve(), identity, build), output=output)


def _identity(folder: Path) -> dict[str, Any] | None:
    """The configuration of the dataset in a folder: a finished one, or one with a finished shard."""
    if (folder / MANIFEST).exists():
        return dict(manifest.load(folder).identity)
    begun = folder / WORK / PLAN
    if begun.exists() and journal.read(folder / WORK / JOURNAL):
        try:
            return dict(json.loads(begun.read_bytes()))
        except (ValueError, TypeError):
            raise OutputError(f"{begun}: damaged; remove the folder {folder} and start again") from None
    return None


def _replace(output: Path, identity: dict[str, Any], build: Callable[[Path], Outcome]) -> Outcome:
    """Make the new dataset beside the old one and swap them when it is complete."""
    if output.is_mount():
        raise OutputError(f"{output}: is a mount point, which no new folder can replace; choose a folder in it")
    stage = _stage(output)
    # The new folder brings a lock of ours, so that no other run comes in before the old folder is gone.
    with locked(stage / WORK / LOCK):
        try:
            begun = _identity(stage)
        except (AssetError, OutputError):  # damaged
            begun = None
        if begun != identity:
            _clear(stage)
        outcome = build(stage)
        remove(stage / WORK / PLAN)
        exchange(stage, output)
        sync_folder(output.parent)
        remove(stage)
        _remove_work(output)
    return outcome


def _stage(output: Path) -> Path:
    """Where a dataset is made that will replace the one in `output`."""
    output = output.resolve()
    return output.with_name(f".{output.name}.synthink-new")


def _clear(folder: Path) -> None:
    """Remove everything but the lock. The journal goes after the shards: a kill in between leaves the folder known."""
    for path in [*folder.iterdir(), *(folder / WORK).iterdir()]:
        if path.name not in (WORK, LOCK):
            remove(path)


def _remove_work(folder: Path) -> None:
    """Remove the work folder of a finished dataset. The lock goes last: it is ours."""
    work = folder / WORK
    for path in work.iterdir():
        if path.name != LOCK:
            remove(path)
    (work / LOCK).unlink(missing_ok=True)
    with suppress(OSError):  # the next run may have begun in it
        work.rmdir()


def _explain(error: OSError, output: Path) -> str:
    place = error.filename or output
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{place}: {reason}: finished shards are kept; make room and run the same command again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{place}: cannot be written: {reason}"
    return f"{place}: {reason}"
