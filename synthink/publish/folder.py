"""The files of a finished dataset that go to the hub: those that its configuration names, and no other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from synthink.build import card
from synthink.build.manifest import MANIFEST, Manifest
from synthink.build.own_files import own_files
from synthink.confined import file_inside, kind_inside, read_inside
from synthink.errors import HubError, quoted
from synthink.files import digest_inside, files_inside
from synthink.owned_folder import changed_leaves

README, PREVIEW = card.NAMES
LARGEST_TEXT_BYTES = 64 * 2**20
MOST_FILES = 5_000
"""The most files that one commit may carry: the hub gives a commit 60 seconds."""


@dataclass(frozen=True)
class LocalFile:
    """A file below a dataset's folder. name: its path there, with slashes, which it keeps on the hub. recorded: its
    SHA-256 in the manifest, which a shard that is one file has."""

    folder: Path
    name: str
    recorded: str | None = field(default=None, kw_only=True)

    @property
    def path(self) -> Path:
        """The file's path."""
        return self.folder / self.name

    @cached_property
    def bytes(self) -> int:
        """The file's size."""
        with file_inside(self.folder, self.name, HubError) as file:
            return file.seek(0, 2)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 that the content must have, by which the hub knows large files."""
        return self.recorded or digest_inside(self.folder, self.name, error=HubError)[0]

    @cached_property
    def blob(self) -> str:
        """Git's digest of the content, by which the hub knows small text files."""
        content = read_inside(self.folder, self.name, LARGEST_TEXT_BYTES, HubError)
        return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def local_files(manifest: Manifest) -> dict[str, LocalFile]:
    """Name -> file of everything that the dataset consists of, its card and its manifest included.

    Raises `HubError` for a file that is missing, and where there are more than one commit carries.
    """
    folder = manifest.file.parent
    own = own_files(manifest.identity, manifest.file)
    names = [name for shard in sorted(own.shards) for name in files_inside(folder, shard, HubError)]
    names += [*sorted(own.others - {PREVIEW}), MANIFEST]
    if kind_inside(folder, PREVIEW, HubError) == "file":  # a card does without, if somebody took it out
        names.append(PREVIEW)
    for name in names:
        if kind_inside(folder, name, HubError) != "file":
            raise HubError(f"{folder / name}: no such file, but the dataset has one; make the dataset again")
    if len(names) > MOST_FILES:
        reason = f"{len(names):,} files, and a commit to the hub carries {MOST_FILES:,}"
        raise HubError(f"{folder}: {reason}; store it as format=parquet or webdataset, or with a larger shard_size")
    recorded = {shard.file: shard.sha256 for shard in manifest.shards}  # a shard that is a folder is no name here
    return {name: LocalFile(folder, name, recorded=recorded.get(name)) for name in names}


def other_settings(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> list[str]:
    """The settings in which a dataset on the hub differs from this one: `fields.camera: "scan" there, "photo" here`.

    More rows in a split are no difference, and neither are other versions of libraries.
    """
    return [
        f"{place}: {quoted(there)} there, {quoted(here)} here"
        for place, there, here in changed_leaves(theirs, ours)
        if not place.startswith(("versions", "synthink", "format_version"))
        and not (place.startswith("splits.") and (there or 0) <= (here or 0))
    ]
