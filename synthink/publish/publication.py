"""A dataset's folder goes to the hub: looked at, sent, committed in one piece, compared and tagged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from synthink.build import manifest as manifests
from synthink.build.formats import find_format
from synthink.build.manifest import MANIFEST, Manifest, identity_and_shards
from synthink.build.manifest_checks import MOST_BYTES
from synthink.errors import HubError, OutputError
from synthink.files import user_path
from synthink.progress import Stages
from synthink.publish.folder import README, LocalFile, local_files, other_settings
from synthink.publish.hub import MAIN, HubFile, Repository
from synthink.verify.verify import verify

Check = Literal["proved", "faultless", "skip"]
"""The state of a dataset that may be published: proved by every check, without a known fault, or anything."""
SHOWN_DIFFERENCES = 5
NOT_DATA = frozenset({".gitattributes", README, "LICENSE", "LICENSE.txt", "LICENSE.md"})
"""Files of a repository that are no dataset."""


@dataclass(frozen=True)
class Publication:
    """The work that there is to do for a folder and a repository, and what became of it.

    files: everything that the dataset consists of. missing: those of them that the hub lacks or has with other content.
    removed: files there that would be taken for rows of this dataset. tag: made from the manifest's digest, so that the
    same rows have the same tag. address and commit: empty as long as nothing is published.
    """

    repo: str
    files: Mapping[str, LocalFile]
    missing: tuple[LocalFile, ...]
    removed: tuple[str, ...]
    tag: str
    loader: str
    address: str = ""
    commit: str = ""

    @property
    def bytes(self) -> int:
        """The size of what is missing."""
        return sum(file.bytes for file in self.missing)

    @property
    def load_line(self) -> str:
        """The line of Python that loads the dataset from the hub, as it is now, whatever is published later."""
        return f'{self.loader}("{self.repo}", revision="{self.tag}")'


@dataclass(frozen=True)
class Destination:
    """Where a dataset goes.

    repo: `OWNER/NAME`. private: whether a repository that is made is. revision: the branch. overwrite: whether
    something else that is there is replaced. collection: the collection that the repository is put into.
    """

    repo: str
    private: bool = False
    revision: str = MAIN
    overwrite: bool = False
    collection: str | None = None


def publish(
    folder: str | Path, to: Destination, check: Check = "proved", progress: Stages | None = None
) -> Publication:
    """Publish a finished dataset; running it again goes on where it stopped, and does nothing where all is there.

    No reader ever sees half of it: the files' contents are sent first, and become visible by one commit, which is
    refused where somebody else has changed the repository meanwhile. Raises `HubError`, `AssetError` or `OutputError`.
    """
    progress = progress or (lambda stage, count, total: None)
    folder = user_path(folder)
    manifest = manifests.load(folder)
    files = local_files(manifest)
    check_dataset(folder, check, progress)
    repository = Repository(to.repo, to.revision)
    head = repository.head()
    if head is None:
        repository.create(to.private)
        head = repository.head()
    if head is None:
        raise HubError(f"{to.repo}: made, and yet the hub does not have it; run the command again")
    there = repository.files(head)
    plan = planned(manifest, files, to.repo, there)
    _reject_other(plan, manifest, repository, head, there, to.overwrite)
    if plan.missing or plan.removed:
        operations = repository.send(plan.missing, lambda size: progress("sending", size, plan.bytes))
        head = repository.commit(operations, plan.removed, f"{manifest.identity['generator']} ({plan.tag})", head)
        _compare(files, repository.files(head), to.repo)
    repository.tag(plan.tag, head)
    if to.collection:
        repository.add_to_collection(to.collection)
    return replace(plan, address=repository.address, commit=head)


def planned(manifest: Manifest, files: Mapping[str, LocalFile], repo: str, there: Mapping[str, HubFile]) -> Publication:
    """The work that there is to do. there: the files that the repository has."""
    form = find_format(manifest.identity["format"])
    patterns = [form.data_files(split) for split in manifest.identity["splits"]]
    rows = [name for name in there if any(pattern and fnmatch(name, pattern) for pattern in patterns)]
    missing = [file for name, file in files.items() if name not in there or not there[name].is_like(file)]
    tag = f"rows-{files[MANIFEST].sha256[:12]}"
    return Publication(repo, files, tuple(missing), tuple(name for name in rows if name not in files), tag, form.loader)


def check_dataset(folder: Path, check: Check, progress: Stages) -> None:
    """Raise `OutputError` for a dataset that is not what `check` asks for, with the checks that it did not pass."""
    if check == "skip":
        return
    report = verify(folder, progress=progress)
    if report.exit_status == 1 or (report.exit_status == 3 and check == "proved"):
        open_checks = [line for line in report.checks if not line.passed]
        reasons = "; ".join(f"{line.name}: {(*line.faults, *line.unproved)[0]}" for line in open_checks)
        remedy = "make it again" if report.exit_status == 1 else "verify=faultless publishes what cannot be proved"
        raise OutputError(f"{folder}: not published: {reasons}; {remedy}")


def _reject_other(
    plan: Publication,
    manifest: Manifest,
    repository: Repository,
    head: str,
    there: Mapping[str, HubFile],
    overwrite: bool,
) -> None:
    """Raise `HubError` for a repository that holds something else than an older state of this dataset."""
    other_files = sorted(there.keys() - NOT_DATA)
    if overwrite or not other_files:
        return
    reason = f"{plan.repo}: overwrite=true replaces what is there, which"
    if MANIFEST not in there:
        raise HubError(
            f"{reason} is no dataset of synthink: it has {len(other_files):,} files, such as {other_files[0]}"
        )
    content = repository.read(MANIFEST, there[MANIFEST], head, MOST_BYTES)
    try:
        theirs, _ = identity_and_shards(content or b"")
    except ValueError as error:
        raise HubError(f"{reason} has a damaged {MANIFEST}: {error}") from None
    if lines := other_settings(theirs, manifest.identity):
        first_lines = "; ".join(lines[:SHOWN_DIFFERENCES])
        more = f"; and {len(lines) - SHOWN_DIFFERENCES:,} more" if len(lines) > SHOWN_DIFFERENCES else ""
        raise HubError(f"{reason} is another dataset: {first_lines}{more}")


def _compare(files: Mapping[str, LocalFile], there: Mapping[str, HubFile], repo: str) -> None:
    """Raise `HubError` for a file that has not arrived as it is here."""
    for name, file in files.items():
        if name not in there or not there[name].is_like(file):
            raise HubError(f"{repo}: {name} has not arrived as it was sent; run the command again")
