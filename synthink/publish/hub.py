"""A repository of the Hugging Face hub: what is in it, and how it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from synthink.errors import HubError
from synthink.publish.destination import MAIN
from synthink.publish.files import SentFile
from synthink.publish.requests import TRIES, Refused, answer_to
from synthink.version import VERSION

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Kind = Literal["dataset", "model"]
BATCH_FILES = 100
BATCH_BYTES = 256 * 2**20
_T = TypeVar("_T")


@dataclass(frozen=True)
class HubFile:
    """A file in a repository. sha256: of large files alone; blob: git's digest of the others."""

    size: int
    sha256: str | None
    blob: str

    def is_like(self, file: SentFile) -> bool:
        """Whether a file that is sent has the same content."""
        if self.size != file.size:
            return False
        return self.sha256 == file.sha256 if self.sha256 else self.blob == file.blob


class Commit(NamedTuple):
    """A commit. revision: the branch or the pull request that it was made on; address: its page."""

    name: str
    revision: str
    address: str


class Repository:
    """A repository of a dataset or of a model, at one of its revisions."""

    def __init__(self, name: str, revision: str = MAIN, kind: Kind = "dataset") -> None:
        """name: `OWNER/NAME`."""
        self.name, self.revision, self.kind = name, revision, kind
        self._api: HfApi = _api()

    def at(self, revision: str) -> Repository:
        """Another revision of the same repository."""
        return Repository(self.name, revision, self.kind)

    @property
    def address(self) -> str:
        """The page that shows the repository."""
        return f"{self._api.endpoint}/{'datasets/' if self.kind == 'dataset' else ''}{self.name}"

    def head(self) -> str | None:
        """The newest commit of the revision; None where there is no such repository or revision."""
        from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

        api = self._api
        try:
            info = self._ask(lambda: api.repo_info(self.name, repo_type=self.kind, revision=self.revision))
        except Refused as error:
            if isinstance(error.__cause__, RepositoryNotFoundError | RevisionNotFoundError):
                return None
            raise
        sha: str | None = info.sha
        return sha

    def create(self, private: bool) -> None:
        """Make the repository, and the revision, where they are not there yet."""
        api, name = self._api, self.name
        self._ask(lambda: api.create_repo(name, repo_type=self.kind, private=private, exist_ok=True))
        if self.revision != MAIN:
            self.create_branch()

    def create_branch(self, start: str | None = None) -> None:
        """Make the revision where it is not there yet. start: the commit that it begins with; None: that of `main`."""
        api, branch = self._api, self.revision
        self._ask(
            lambda: api.create_branch(self.name, branch=branch, revision=start, repo_type=self.kind, exist_ok=True)
        )

    def delete_branch(self) -> None:
        """Remove the revision, where nobody else has done so meanwhile."""
        api = self._api
        try:
            self._ask(lambda: api.delete_branch(self.name, branch=self.revision, repo_type=self.kind))
        except Refused:
            if self.head() is not None:
                raise

    def files(self, revision: str) -> dict[str, HubFile]:
        """Name -> file of everything in the repository at a commit."""
        api = self._api

        def tree() -> dict[str, HubFile]:
            entries = api.list_repo_tree(self.name, recursive=True, revision=revision, repo_type=self.kind)
            return {entry.path: _hub_file(entry) for entry in entries if hasattr(entry, "size")}

        return self._ask(tree)

    def files_named(self, names: Sequence[str]) -> dict[str, HubFile]:
        """Name -> file of those of some names that the revision has."""
        api = self._api
        entries = self._ask(
            lambda: api.get_paths_info(self.name, list(names), revision=self.revision, repo_type=self.kind)
        )
        return {entry.path: _hub_file(entry) for entry in entries if hasattr(entry, "size")}

    def read(self, name: str, file: HubFile, revision: str, limit_bytes: int) -> bytes | None:
        """The content of a file; None where it is larger than `limit_bytes`."""
        if file.size > limit_bytes:
            return None
        api = self._api
        path = self._ask(lambda: api.hf_hub_download(self.name, name, revision=revision, repo_type=self.kind))
        return Path(path).read_bytes()

    def send(self, files: Sequence[SentFile], sent: Callable[[int], None]) -> list[Any]:
        """Send the content of files, which no reader sees before `commit` names it, and return the commit's operations.

        What the hub has already is not sent again. `sent` is called with numbers of bytes.
        """
        from huggingface_hub import CommitOperationAdd

        operations = []
        for batch in _batches(files):
            additions = [CommitOperationAdd(path_in_repo=file.name, path_or_fileobj=file.content) for file in batch]
            for file, addition in zip(batch, additions, strict=True):
                if addition.upload_info.sha256.hex() != file.sha256:
                    place = file.content if isinstance(file.content, str) else file.name
                    raise HubError(f"{place}: other bytes than its dataset's manifest says; make the dataset again")
            self._ask(lambda additions=additions: self._send_batch(additions))  # type: ignore[misc]
            operations += additions
            sent(sum(file.size for file in batch))
        return operations

    def _send_batch(self, additions: Sequence[Any]) -> None:
        self._api.preupload_lfs_files(
            self.name, additions, repo_type=self.kind, revision=self.revision, free_memory=False
        )

    def commit(
        self,
        operations: Sequence[Any],
        message: str,
        removed: Sequence[str] = (),
        parent: str | None = None,
        create_pr: bool = False,
    ) -> Commit:
        """Make one commit: a reader sees all of it, or nothing.

        parent: the newest commit that is expected; `HubError` where the repository has another. create_pr: whether the
        commit opens a pull request, whose title is `message`.
        """
        from huggingface_hub import CommitOperationDelete

        deletions = [CommitOperationDelete(path_in_repo=name) for name in removed]
        info = self._ask(
            lambda: self._api.create_commit(
                self.name,
                [*operations, *deletions],
                commit_message=message,
                repo_type=self.kind,
                revision=self.revision,
                parent_commit=parent,
                create_pr=create_pr,
            ),
            tries=1 if create_pr else TRIES,  # a lost answer may be that of a pull request which is open now
        )
        return Commit(str(info.oid), info.pr_revision or self.revision, info.pr_url or info.commit_url)

    def copied(self, names: Sequence[str], revision: str) -> list[Any]:
        """The operations of a commit that gives large files of another revision their names in this one; nothing is
        sent for them."""
        from huggingface_hub import CommitOperationCopy

        return [CommitOperationCopy(name, name, src_revision=revision) for name in names]

    def open_pull_request(self, title: str) -> Repository | None:
        """The repository at an open pull request of that title; None where there is none."""
        api = self._api

        def numbers() -> list[int]:
            requests = api.get_repo_discussions(
                self.name, repo_type=self.kind, discussion_type="pull_request", discussion_status="open"
            )
            return [request.num for request in requests if request.title == title]

        open_numbers = self._ask(numbers)
        return self.at(f"refs/pr/{max(open_numbers)}") if open_numbers else None

    def tag(self, name: str, commit: str) -> None:
        """Give a commit a tag; one of that name that is there already stays where it is."""
        api = self._api
        self._ask(lambda: api.create_tag(self.name, tag=name, revision=commit, repo_type=self.kind, exist_ok=True))

    def add_to_collection(self, collection: str) -> None:
        """Put the repository into a collection, `OWNER/TITLE-ID`."""
        self._ask(lambda: self._api.add_collection_item(collection, self.name, item_type=self.kind, exists_ok=True))

    def _ask(self, request: Callable[[], _T], tries: int = TRIES) -> _T:
        return answer_to(request, self.name, str(self._api.token or ""), tries)


def _batches(files: Sequence[SentFile]) -> Iterator[list[SentFile]]:
    """The files in groups that are sent together, between which progress is shown."""
    batch: list[SentFile] = []
    for file in files:
        if batch and (len(batch) == BATCH_FILES or sum(other.size for other in batch) + file.size > BATCH_BYTES):
            yield batch
            batch = []
        batch.append(file)
    if batch:
        yield batch


def _api() -> HfApi:
    from huggingface_hub import HfApi, get_token

    token = get_token()
    if token is None:
        raise HubError("the hub needs a token: `hf auth login` stores one, or HF_TOKEN names one")
    return HfApi(token=token, library_name="synthink", library_version=VERSION)


def _hub_file(entry: Any) -> HubFile:
    return HubFile(entry.size, entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
