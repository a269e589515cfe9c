"""Content goes to the hub: looked at, sent, committed in one piece, compared and tagged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from synthink.build import manifest as manifests
from synthink.build.manifest_checks import MOST_BYTES
from synthink.errors import HubError, OutputError
from synthink.files import user_path
from synthink.progress import SENDING, Stages
from synthink.publish.content import Content, Read
from synthink.publish.destination import MAIN, Check, Destination
from synthink.publish.files import SentFile
from synthink.publish.folder import DatasetContent
from synthink.publish.hub import HubFile, Repository
from synthink.publish.proof import note_proof
from synthink.verify.report import Report
from synthink.verify.verify import verify


@dataclass(frozen=True)
class Publication:
    """The work that there is to do for some content and a repository, and what became of it.

    files: everything that the content consists of. missing: those of them that the hub lacks or has with other content.
    removed: files there that would be taken for a part of it. tag: made from the content's digest. load_line: the line
    of Python that loads it. address and commit: empty as long as nothing is published; of a pull request its page.
    """

    repo: str
    files: Mapping[str, SentFile]
    missing: tuple[SentFile, ...]
    removed: tuple[str, ...]
    tag: str
    load_line: str
    address: str = ""
    commit: str = ""

    @property
    def bytes(self) -> int:
        """The size of what is missing."""
        return sum(file.size for file in self.missing)


class Staged(NamedTuple):
    """Files that the hub has already, on a branch where no reader looks. revision: that branch."""

    revision: str
    files: Mapping[str, HubFile]


def publish(
    folder: str | Path, to: Destination, check: Check = "proved", progress: Stages | None = None
) -> Publication:
    """Publish a finished dataset; running it again goes on where it stopped, and does nothing where all is there.

    No reader ever sees half of it: the files' contents are sent first, and become visible by one commit, which is
    refused where somebody else has changed the repository meanwhile. Raises `HubError`, `AssetError` or `OutputError`.
    """
    folder = user_path(folder)
    manifest = manifests.load(folder)
    content = DatasetContent(manifest, to.repo, to.contact)
    if report := check_dataset(folder, check, progress):
        note_proof(folder, report, manifest.plan().generator)
        content = DatasetContent(manifest, to.repo, to.contact)
    return send(content, to, progress)


def send(
    content: Content, to: Destination, progress: Stages | None = None, staged: Staged | None = None
) -> Publication:
    """Make a repository hold some content, as `publish` does. staged: files that need not be sent once more."""
    show: Stages = progress or (lambda stage, count, total: None)
    repository, head = open_repository(to, content)
    there = repository.files(head)
    plan = planned(content, to.repo, there)
    reject_other(content.other(there, reading(repository, head, there)), to)
    is_open = None
    if to.create_pr and (plan.missing or plan.removed):
        is_open = repository.open_pull_request(content.title)
        if is_open is not None:
            repository, head = is_open, is_open.head() or head
            there = repository.files(head)
            plan = planned(content, to.repo, there)
    revision = repository.revision
    address = repository.address if revision == MAIN else f"{repository.address}/tree/{quote(revision, safe='')}"
    if plan.missing or plan.removed:
        copied = [file.name for file in plan.missing if staged and _is_there(file, staged.files)]
        rest = [file for file in plan.missing if file.name not in copied]
        total = sum(file.size for file in rest)
        operations = repository.send(rest, lambda size: show(SENDING, size, total))
        operations += repository.copied(copied, staged.revision) if staged else []
        opens = to.create_pr and is_open is None
        head, revision, page = repository.commit(operations, content.title, plan.removed, head, opens)
        address = page if to.create_pr else address
        _compare(content.files, repository.files(head), to.repo)
    if not revision.startswith("refs/pr/"):
        repository.tag(plan.tag, head)
        revision = plan.tag
    if to.collection:
        repository.add_to_collection(to.collection)
    return replace(plan, address=address, commit=head, load_line=content.load_line(to.repo, revision))


def open_repository(to: Destination, content: Content | None = None) -> tuple[Repository, str]:
    """The repository, which is made where it is not there, and its newest commit."""
    repository = Repository(to.repo, to.revision, content.kind if content else "dataset")
    head = repository.head()
    if head is None and to.create_pr:
        raise HubError(f"{to.repo}: create_pr=true needs a repository that is there")
    if head is None:
        repository.create(to.private)
        head = repository.head()
    if head is None:
        raise HubError(f"{to.repo}: made, and yet the hub does not have it; run the command again")
    return repository, head


def planned(content: Content, repo: str, there: Mapping[str, HubFile]) -> Publication:
    """The work that there is to do. there: the files that the repository has."""
    missing = tuple(file for file in content.files.values() if not _is_there(file, there))
    removed = tuple(name for name in there if name not in content.files and content.is_outdated(name))
    return Publication(repo, content.files, missing, removed, content.tag, content.load_line(repo, content.tag))


def check_dataset(folder: Path, check: Check, progress: Stages | None = None) -> Report | None:
    """The report about a dataset; None where it is not to be checked. Raises `OutputError` for one that is not what
    `check` asks for, with the checks that it did not pass."""
    if check == "skip":
        return None
    report = verify(folder, progress=progress or (lambda stage, count, total: None))
    reject_unproved(report, check)
    return report


def reject_unproved(report: Report, check: Check) -> None:
    """Raise `OutputError` for a report that is not what `check` asks for."""
    if report.exit_status == 1 or (report.exit_status == 3 and check == "proved"):
        open_checks = [line for line in report.checks if not line.passed]
        reasons = "; ".join(f"{line.name}: {(*line.faults, *line.unproved)[0]}" for line in open_checks)
        remedy = "make it again" if report.exit_status == 1 else "verify=faultless publishes what cannot be proved"
        raise OutputError(f"{report.folder}: not published: {reasons}; {remedy}")


def reading(repository: Repository, head: str, there: Mapping[str, HubFile]) -> Read:
    """The function that reads files of a repository at a commit."""
    return lambda name: repository.read(name, there[name], head, MOST_BYTES)


def reject_other(reason: str, to: Destination) -> None:
    """Raise `HubError` for a repository that holds something else, unless that may be replaced."""
    if reason and not to.overwrite:
        raise HubError(f"{to.repo}: overwrite=true replaces what is there, which {reason}")


def _is_there(file: SentFile, there: Mapping[str, HubFile]) -> bool:
    return file.name in there and there[file.name].is_like(file)


def _compare(files: Mapping[str, SentFile], there: Mapping[str, HubFile], repo: str) -> None:
    """Raise `HubError` for a file that has not arrived as it is here."""
    for name, file in files.items():
        if not _is_there(file, there):
            raise HubError(f"{repo}: {name} has not arrived as it was sent; run the command again")
