"""Making a dataset folder, or finishing or replacing the one that is there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthink.build import card, journal, manifest
from synthink.build.build import JOURNAL, PLAN, Build, Outcome, Progress
from synthink.build.executors import Executor
from synthink.build.manifest import MANIFEST
from synthink.build.plan import Plan
from synthink.errors import AssetError, OutputError
from synthink.files import backup_path, exchange, remove, sync_folder
from synthink.owned_folder import LOCK, WORK, OwnedFolder, differences, locked
from synthink.splits import SPLITS

__all__ = ["Outcome", "build_dataset"]


class DatasetFolder(OwnedFolder):
    """A folder with a dataset, of any format, finished or not."""

    noun = "dataset"
    marks = (MANIFEST, WORK)
    known_names = frozenset(
        [MANIFEST, WORK, "data", "dataset_dict.json", *card.NAMES, *SPLITS, *(f"{split}.jsonl" for split in SPLITS)]
    )
    survivors = "finished shards"

    @property
    def is_finished(self) -> bool:
        """Whether the dataset is complete."""
        return (self.path / MANIFEST).exists()

    @property
    def stage(self) -> DatasetFolder:
        """The folder in which a dataset is made that will replace this one."""
        place = self.path.resolve()
        return DatasetFolder(place.with_name(f".{place.name}.synthink-new"))

    def identity(self) -> dict[str, Any] | None:
        """The configuration of the dataset that is finished, or has a finished shard; else None."""
        if self.is_finished:
            return dict(manifest.load(self.path).identity)
        plan = self.work / PLAN
        if plan.exists() and journal.read(self.work / JOURNAL):
            try:
                return dict(json.loads(plan.read_bytes()))
            except (ValueError, TypeError):
                raise OutputError(f"{plan}: damaged; remove the folder {self.path} and start again") from None
        return None

    def clear(self) -> None:
        """Remove everything but the lock. The journal goes after the shards: a kill in between leaves the folder
        known."""
        for path in [*self.path.iterdir(), *self.work.iterdir()]:
            if path.name not in (WORK, LOCK):
                remove(path)

    def restore_backup(self) -> None:
        """Give the old dataset its name again after a kill in the middle of `files.exchange`."""
        place = self.path.resolve()
        if not place.exists() and backup_path(place).exists():
            backup_path(place).rename(place)


def build_dataset(plan: Plan, output: Path, executor: Executor, overwrite: bool, progress: Progress) -> Outcome:
    """Make or finish the dataset in `output`. `OutputError` when the folder holds something else or cannot be written.

    progress: called with numbers of rows as they are finished; rows that were there already come at once.
    """
    identity = json.loads(json.dumps(plan.identity))  # as it will be read back
    for split in plan.splits:
        plan.source.row(split, 0)  # settings that no row can meet are refused before anything is written
    folder = DatasetFolder(Path(os.path.abspath(output)))  # noqa: PTH100 - links stay

    def build(path: Path) -> Outcome:
        return Build(plan, identity, path).run(executor, progress)

    with folder.errors_explained():
        folder.restore_backup()
    with folder.held() as is_ours:
        try:
            return _resume_or_replace(folder, identity, overwrite, build)
        finally:
            if is_ours() and folder.is_finished:
                folder.remove_work()


def _resume_or_replace(
    folder: DatasetFolder, identity: dict[str, Any], overwrite: bool, build: Callable[[Path], Outcome]
) -> Outcome:
    """With the lock held: finish the folder's dataset, replace it, or refuse."""
    old_identity = folder.identity()
    changes = differences(old_identity, identity) if old_identity is not None else []
    if not changes:
        outcome = build(folder.path)
        if not (folder.stage.work / PLAN).exists():
            remove(folder.stage.path)  # the old dataset, when a kill came between its replacement and its removal
        remove(backup_path(folder.path.resolve()))
        return outcome
    if not overwrite:
        folder.reject_changes(changes)
    folder.reject_unknown_files()
    if not folder.is_finished:  # an unfinished one has nothing to keep
        folder.clear()
        return build(folder.path)
    return replace(_replace(DatasetFolder(folder.path.resolve()), identity, build), output=folder.path)


def _replace(folder: DatasetFolder, identity: dict[str, Any], build: Callable[[Path], Outcome]) -> Outcome:
    """Make the new dataset beside the old one and swap them when it is complete."""
    if folder.path.is_mount():
        raise OutputError(f"{folder.path}: is a mount point, which no new folder can replace; choose a folder in it")
    stage = folder.stage
    # The new folder brings a lock of ours, so that no other run comes in before the old folder is gone.
    with locked(stage.lock):
        try:
            stage_identity = stage.identity()
        except (AssetError, OutputError):  # damaged
            stage_identity = None
        if stage_identity != identity:
            stage.clear()
        outcome = build(stage.path)
        remove(stage.work / PLAN)
        exchange(stage.path, folder.path)
        sync_folder(folder.path.parent)
        remove(stage.path)
        folder.remove_work()
    return outcome
