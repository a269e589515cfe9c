"""The files of a dataset folder: those that its plan calls for, as it calls for them, and no other that a reader could
take in."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from synthink.build import card
from synthink.build.formats import Format, find_format
from synthink.build.manifest import MANIFEST, Manifest
from synthink.build.own_files import LITTER
from synthink.build.plan import Plan
from synthink.confined import file_inside, kind_inside, names_inside
from synthink.errors import AssetError
from synthink.verify.faults import Faults

ALLOWED_NAMES = (
    ".git",
    ".gitattributes",
    ".gitignore",
    ".cache",
    ".synthink",
    "LICENSE*",
    "NOTICE*",
    "*.md",
)
"""Names at the top of the folder that no reader takes for data: what the hub, git and people put there."""


def file_faults(folder: Path, manifest: Manifest, plan: Plan) -> tuple[Faults, list[str]]:
    """The faults of the folder's files, and what lies beside them."""
    faults, notes = Faults(), list[str]()
    form = find_format(plan.format)
    _compare_shards(manifest, plan, form, faults)
    extras = form.extras(plan, manifest.identity, folder)
    are_there = all(is_there(folder, shard.file, Faults()) for shard in manifest.shards)
    for name, pieces in extras.items() if are_there else ():
        try:
            if not _has_content(folder, name, pieces):
                faults.add("other content than the shards and the manifest make", name)
        except FileNotFoundError:
            faults.add("missing file", name)
        except (AssetError, OSError, ValueError, KeyError, TypeError) as error:
            faults.add("cannot be compared with the shards", f"{name} ({error})")
    own = {MANIFEST, *card.NAMES, *extras, *(shard.file for shard in manifest.shards)}
    for name, kind in _stray_files(folder, own, form.left_by_readers):
        if kind:
            faults.add(kind, name)
        else:
            notes.append(f"beside the dataset: {name}")
    return faults, notes


def _compare_shards(manifest: Manifest, plan: Plan, form: Format, faults: Faults) -> None:
    """Whether the manifest's shards are those into which its own numbers of rows are cut, in the same order."""
    planned = [(form.shard_name(shard), shard.split, shard.stop - shard.start) for shard in plan.shards]
    listed = [(shard.file, shard.split, shard.rows) for shard in manifest.shards]
    if listed == planned:
        return
    ours, theirs = set(planned), set(listed)
    for file, split, rows in planned:
        if (file, split, rows) not in theirs:
            faults.add("shard that the manifest's numbers of rows call for and its list lacks", f"{file} ({rows} rows)")
    for file, split, rows in listed:
        if (file, split, rows) not in ours:
            faults.add("shard that the manifest's numbers of rows do not call for", f"{file} ({split}, {rows} rows)")
    if sorted(listed) == sorted(planned):
        faults.add("shards in another order", MANIFEST)


def _has_content(folder: Path, name: str, pieces: Iterable[bytes]) -> bool:
    with file_inside(folder, name) as file:
        return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)


def _stray_files(folder: Path, own: set[str], left_by_readers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each name that is no file of the dataset, or no regular one, with its fault; without one where it may lie there.
    What lies in a shard that is a folder is compared with its rows elsewhere."""
    parents = _parents(own)
    for place, folders, files in os.walk(folder):
        relative = Path(place).relative_to(folder)
        for name in sorted((*folders, *files)):
            path = (relative / name).as_posix()
            mode = (Path(place) / name).lstat().st_mode
            allowed = ALLOWED_NAMES if relative == Path() else left_by_readers
            is_beside = name == LITTER or any(fnmatch(name, pattern) for pattern in allowed)
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                yield path, "link, pipe or device, where a file or folder of the dataset's own is wanted"
            elif path in own or path in parents:
                continue
            elif is_beside:
                yield path, ""
            else:
                yield path, "file or folder that is not the dataset's, which a reader could take in; move it elsewhere"
        folders[:] = [name for name in folders if (relative / name).as_posix() in parents]


def _parents(names: Iterable[str]) -> set[str]:
    """All folders in which the names lie, for which a hundred thousand `Path`s would take seconds."""
    parents: set[str] = set()
    for name in names:
        parent = name.rpartition("/")[0]
        while parent and parent not in parents:
            parents.add(parent)
            parent = parent.rpartition("/")[0]
    return parents


def missing(folder: Path, names: Sequence[str]) -> set[str]:
    """Those of the names below the folder under which nothing lies; each folder is listed once."""
    listed: dict[str, set[str] | None] = {}
    for parent in {name.rpartition("/")[0] for name in names}:
        try:
            listed[parent] = set(names_inside(folder, parent) if parent else os.listdir(folder))  # noqa: PTH208
        except FileNotFoundError:
            listed[parent] = set()
        except (AssetError, OSError):
            listed[parent] = None  # whoever opens the file says why
    return {
        name
        for name in names
        for inner in [listed[name.rpartition("/")[0]]]
        if inner is not None and name.rpartition("/")[2] not in inner
    }


def is_there(folder: Path, name: str, faults: Faults) -> bool:
    """Whether a shard is there, a regular file or a folder of nothing else, so that nothing in it can make a reader
    wait or lead it elsewhere. What is wrong becomes a fault."""
    try:
        kind = kind_inside(folder, name)
        if kind == "folder":
            with os.scandir(folder / name) as entries:
                for entry in entries:
                    if not entry.is_file(follow_symlinks=False):
                        raise AssetError(f"{name}/{entry.name}: is a link, a pipe or a folder, where a file is wanted")
    except (AssetError, OSError) as error:
        faults.add("unreadable", str(error))
        return False
    if kind is None:
        faults.add("missing file", name)
    return kind is not None
