"""Making a dataset folder, or finishing or replacing the one that is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthink.build import card, journal, manifest
from synthink.build.build import NEW_PLAN, Build, Outcome, Progress, ShardStore
from synthink.build.executors import Executor
from synthink.build.growth import grows, keep_card, take_over
from synthink.build.journal import JOURNAL
from synthink.build.manifest import MANIFEST
from synthink.build.own_files import PLAN, OwnFiles, own_files, read_plan
from synthink.build.plan import Plan
from synthink.build.results import JOBS, OLD_JOBS
from synthink.build.shard import OLD_TEMPORARY, TEMPORARY
from synthink.confined import reject_links, remove_inside, withdraw_inside
from synthink.errors import OutputError, SynthinkError, quoted
from synthink.files import backup_path, exchange, sync_folder
from synthink.owned_folder import WORK, OwnedFolder, differences, locked

__all__ = ["CHECKED", "Outcome", "build_dataset"]

CHECKED = "checked"
"""The folder in the work folder of what `publish` found in shards that leave the disk; it outlives the run, and goes
when all is published."""


class DatasetFolder(OwnedFolder):
    """A folder with a dataset, of any format, finished or not: one with a valid manifest, or a valid plan."""

    noun = "dataset"
    known_names = (MANIFEST, *card.NAMES)
    work_names = (TEMPORARY, OLD_TEMPORARY, JOBS, OLD_JOBS, JOURNAL, NEW_PLAN, PLAN)
    fresh_names = (NEW_PLAN,)
    survivors = "finished shards"

    @property
    def is_finished(self) -> bool:
        """Whether the dataset is complete."""
        return self.has(MANIFEST)

    @property
    def real_path(self) -> Path:
        """The folder's path without links."""
        return Path(os.path.realpath(self.path))  # `Path.resolve` raises for a link to itself

    @property
    def stage(self) -> DatasetFolder:
        """The folder in which a dataset is made that will replace this one."""
        place = self.real_path
        return DatasetFolder(place.with_name(f".{place.name}.synthink-new"))

    @property
    def backup(self) -> DatasetFolder:
        """The folder to which `files.exchange` may move the old dataset for a moment."""
        return DatasetFolder(backup_path(self.real_path))

    def is_known(self) -> bool:
        return self.identity() is not None

    def identity(self) -> Mapping[str, Any] | None:
        """The configuration of the dataset that lies here or was begun; None where there is none."""
        return manifest.load(self.path).identity if self.is_finished else read_plan(self.path)

    def kept_identity(self) -> dict[str, Any] | None:
        """The configuration of the dataset that is finished, or has a finished shard or jobs that make some; else
        None."""
        identity = self.identity()
        if identity is None or not (self.is_finished or self.has(f"{WORK}/{JOBS}") or journal.read(self.path)):
            return None
        return dict(identity)

    def files(self) -> OwnFiles:
        """The files of the dataset that lies here or was begun."""
        identity = self.identity()
        if identity is None:
            return OwnFiles(frozenset(), frozenset())
        return own_files(identity, self.path / (MANIFEST if self.is_finished else f"{WORK}/{PLAN}"))

    def reject_unknown_files(self) -> None:
        """`OutputError` when there is a file that replacing the folder would lose and that is not the dataset's."""
        own = self.files()
        known = {*own.shards, *own.others, *own.folders, *self.known_names, WORK}
        for name in _paths(self.path, open_folders=own.folders):
            if name not in known:
                raise OutputError(
                    f"{self.path}: holds {quoted(name)}, which is not the dataset's; move it, then overwrite"
                )

    def clear(self) -> None:
        """Remove all that is the dataset's but the lock. Manifest and plan go last: a kill before leaves the folder
        known."""
        own = self.files()
        for name in (*own.shards, *own.others):
            remove_inside(self.path, name, OutputError)
        for name in sorted(own.folders, reverse=True):
            with suppress(OSError):  # it is not there, or somebody put something there
                (self.path / name).rmdir()
        self.withdraw_rooms()
        for name in (f"{WORK}/{CHECKED}", f"{WORK}/{JOURNAL}", f"{WORK}/{NEW_PLAN}", MANIFEST, f"{WORK}/{PLAN}"):
            remove_inside(self.path, name, OutputError)

    def withdraw_rooms(self) -> None:
        """Remove the folders in which shards are made: what still runs on another machine can name none any more."""
        for name, other_name in ((TEMPORARY, OLD_TEMPORARY), (JOBS, OLD_JOBS)):
            withdraw_inside(self.path, f"{WORK}/{name}", f"{WORK}/{other_name}", OutputError)

    def remove_work(self) -> None:
        self.withdraw_rooms()
        super().remove_work()

    def is_ours(self) -> bool:
        """Whether the path is a folder, no link to one, and holds a dataset of ours, or the rest of one."""
        try:
            self.reject_foreign_files()
        except SynthinkError:
            return False
        return self.path.is_dir() and not self.path.is_symlink()

    def discard(self) -> None:
        """Remove the folder where it is ours; what else lies there stays."""
        if self.is_ours():
            self.clear()
            self.remove_work()
            with suppress(OSError):
                self.path.rmdir()

    def restore_backup(self) -> None:
        """Give the old dataset its name again after a kill in the middle of `files.exchange`."""
        place, backup = self.real_path, self.backup
        if not place.exists() and backup.is_ours() and backup.is_known():
            backup.path.rename(place)


def _paths(folder: Path, open_folders: Collection[str], under: str = "") -> Iterator[str]:
    """The paths of all that lies in a folder, and in those folders below it that are named."""
    for entry in sorted(os.scandir(folder / under), key=lambda entry: entry.name):
        name = f"{under}{entry.name}"
        yield name
        if name in open_folders and entry.is_dir(follow_symlinks=False):
            yield from _paths(folder, open_folders, f"{name}/")


def build_dataset(
    plan: Plan, output: Path, executor: Executor, overwrite: bool, progress: Progress, store: ShardStore | None = None
) -> Outcome:
    """Make or finish the dataset in `output`. `OutputError` when the folder holds something else or cannot be written.

    progress: called with numbers of rows as they are finished; rows that were there already come at once. store: gets
    every finished shard, and may take its file away.
    """
    identity = manifest.identity_read_back(plan)
    for split in plan.splits:
        plan.source.row(split, 0)  # settings that no row can meet are refused before anything is written
    folder = DatasetFolder(Path(os.path.abspath(output)))  # noqa: PTH100 - links stay
    own = own_files(identity, folder.path)

    def build(path: Path) -> Outcome:
        return Build(plan, identity, path, store).run(executor, progress)

    with folder.errors_explained():
        folder.restore_backup()
        reject_links(folder.path, sorted(own.shards | own.others), OutputError)
    with folder.held() as is_ours:
        try:
            return _resume_or_replace(folder, plan, identity, overwrite, build)
        finally:
            if is_ours() and folder.is_finished:
                folder.remove_work()


def _resume_or_replace(
    folder: DatasetFolder, plan: Plan, identity: dict[str, Any], overwrite: bool, build: Callable[[Path], Outcome]
) -> Outcome:
    """With the lock held: finish the folder's dataset, let it grow, replace it, or refuse."""
    old_identity = folder.kept_identity()
    changes = differences(placeless(old_identity), placeless(identity)) if old_identity is not None else []
    if not changes:
        outcome = build(folder.path)
        if not folder.stage.has(f"{WORK}/{PLAN}"):
            folder.stage.discard()  # the old dataset, when a kill came between its replacement and its removal
        folder.backup.discard()
        return outcome
    is_grown = False
    if not overwrite:
        is_grown = folder.is_finished and grows(placeless(old_identity or {}), placeless(identity))
        if not is_grown:
            folder.reject_changes(changes)
    folder.reject_unknown_files()
    if not folder.is_finished:  # an unfinished one has nothing to keep
        folder.clear()
        return build(folder.path)
    place = DatasetFolder(folder.real_path)
    return replace(_replace(place, identity, build, plan if is_grown else None), output=folder.path)


def placeless(identity: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration without the paths of generators' files: the same file seen from another folder is the same."""
    code = identity.get("code")
    records = code.items() if isinstance(code, dict) else ()
    files = {name: {**record, "file": ""} for name, record in records if isinstance(record, dict)}
    return {**identity, "code": files}


def _replace(
    folder: DatasetFolder, identity: dict[str, Any], build: Callable[[Path], Outcome], plan: Plan | None
) -> Outcome:
    """Make the new dataset beside the old one and swap them when it is complete.

    plan: that of the new one where it has all rows of the old one, whose shards are taken over.
    """
    if folder.path.is_mount():
        raise OutputError(f"{folder.path}: is a mount point, which no new folder can replace; choose a folder in it")
    stage = folder.stage
    for other in (stage, folder.backup):
        if other.path.is_symlink():
            raise OutputError(f"{other.path}: is a link, where synthink keeps a folder of its own; remove it")
        other.reject_foreign_files()
    folder.backup.discard()
    # The new folder brings a lock of ours, so that no other run comes in before the old folder is gone.
    with locked(stage.path):
        begun = stage.kept_identity()
        if begun is None or placeless(begun) != placeless(identity):
            stage.clear()
        if plan is not None and not stage.is_finished:
            take_over(folder.path, stage.path, plan, identity)
        outcome = build(stage.path)
        if plan is not None:
            keep_card(folder.path, stage.path)
        remove_inside(stage.path, f"{WORK}/{PLAN}", OutputError)
        exchange(stage.path, folder.path)
        sync_folder(folder.path.parent)
        stage.discard()
        folder.remove_work()
    return outcome
