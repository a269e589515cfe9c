"""A repository of the Hugging Face hub: what is in it, and how it changes. Every request is tried again where that can
help, and every refusal is one line that says what to do; a token is in neither."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from synthink.errors import HubError, quoted, shortened
from synthink.publish.folder import LocalFile
from synthink.version import VERSION

if TYPE_CHECKING:
    from huggingface_hub import HfApi

TRIES = 6
BATCH_FILES = 100
BATCH_BYTES = 256 * 2**20
LONGEST_WAIT_S = 300.0
MAIN = "main"
_T = TypeVar("_T")
_REMEDIES = {
    401: "the hub does not know the token; `hf auth login` stores one, or HF_TOKEN names one",
    403: "the token may not write here; it needs the role write, and you rights to the repository",
    404: "there is no such repository, or the token may not see it",
    409: "somebody else is changing the repository; run the command again",
    412: "somebody else has changed the repository meanwhile; run the command again",
    413: "the hub takes no request of this size",
}


@dataclass(frozen=True)
class HubFile:
    """A file in a repository. sha256: of large files alone; blob: git's digest of the others."""

    bytes: int
    sha256: str | None
    blob: str

    def is_like(self, file: LocalFile) -> bool:
        """Whether a file on the disk has the same content."""
        if self.bytes != file.bytes:
            return False
        return self.sha256 == file.sha256 if self.sha256 else self.blob == file.blob


class Repository:
    """A dataset's repository at one of its revisions."""

    def __init__(self, name: str, revision: str = MAIN) -> None:
        """name: `OWNER/NAME`."""
        self.name, self.revision = name, revision
        self._api: HfApi = _api()

    @property
    def address(self) -> str:
        """The page that shows the repository."""
        return f"{self._api.endpoint}/datasets/{self.name}"

    def head(self) -> str | None:
        """The newest commit of the revision; None where there is no such repository or revision."""
        from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

        try:
            sha: str | None = self._ask(lambda: self._api.dataset_info(self.name, revision=self.revision)).sha
        except _Refused as error:
            if isinstance(error.__cause__, RepositoryNotFoundError | RevisionNotFoundError):
                return None
            raise
        return sha

    def create(self, private: bool) -> None:
        """Make the repository, and the revision, where they are not there yet."""
        api, name = self._api, self.name
        self._ask(lambda: api.create_repo(name, repo_type="dataset", private=private, exist_ok=True))
        if self.revision != MAIN:
            self._ask(lambda: api.create_branch(name, branch=self.revision, repo_type="dataset", exist_ok=True))

    def files(self, revision: str) -> dict[str, HubFile]:
        """Name -> file of everything in the repository at a commit."""
        api = self._api

        def tree() -> dict[str, HubFile]:
            entries = api.list_repo_tree(self.name, recursive=True, revision=revision, repo_type="dataset")
            return {entry.path: _hub_file(entry) for entry in entries if hasattr(entry, "size")}

        return self._ask(tree)

    def read(self, name: str, file: HubFile, revision: str, limit_bytes: int) -> bytes | None:
        """The content of a file; None where it is larger than `limit_bytes`."""
        if file.bytes > limit_bytes:
            return None
        api = self._api
        path = self._ask(lambda: api.hf_hub_download(self.name, name, revision=revision, repo_type="dataset"))
        return Path(path).read_bytes()

    def send(self, files: Sequence[LocalFile], sent: Callable[[int], None]) -> list[Any]:
        """Send the content of files, which no reader sees before `commit` names it, and return the commit's operations.

        What the hub has already is not sent again. `sent` is called with numbers of bytes.
        """
        from huggingface_hub import CommitOperationAdd

        operations = []
        for batch in _batches(files):
            additions = [CommitOperationAdd(path_in_repo=file.name, path_or_fileobj=str(file.path)) for file in batch]
            for file, addition in zip(batch, additions, strict=True):
                if addition.upload_info.sha256.hex() != file.sha256:
                    raise HubError(f"{file.path}: other bytes than its dataset's manifest says; make the dataset again")
            self._ask(lambda additions=additions: self._send_batch(additions))  # type: ignore[misc]
            operations += additions
            sent(sum(file.bytes for file in batch))
        return operations

    def _send_batch(self, additions: Sequence[Any]) -> None:
        self._api.preupload_lfs_files(
            self.name, additions, repo_type="dataset", revision=self.revision, free_memory=False
        )

    def commit(self, operations: Sequence[Any], removed: Sequence[str], message: str, parent: str) -> str:
        """Make one commit on top of `parent` and return its name: a reader sees all of it, or nothing.

        Raises `HubError` where the repository has another newest commit than `parent`.
        """
        from huggingface_hub import CommitOperationDelete

        deletions = [CommitOperationDelete(path_in_repo=name) for name in removed]
        info = self._ask(
            lambda: self._api.create_commit(
                self.name,
                [*operations, *deletions],
                commit_message=message,
                repo_type="dataset",
                revision=self.revision,
                parent_commit=parent,
            )
        )
        return str(info.oid)

    def tag(self, name: str, commit: str) -> None:
        """Give a commit a tag; one of that name that is there already stays where it is."""
        api = self._api
        self._ask(lambda: api.create_tag(self.name, tag=name, revision=commit, repo_type="dataset", exist_ok=True))

    def add_to_collection(self, collection: str) -> None:
        """Put the repository into a collection, `OWNER/TITLE-ID`."""
        self._ask(lambda: self._api.add_collection_item(collection, self.name, item_type="dataset", exists_ok=True))

    def _ask(self, request: Callable[[], _T]) -> _T:
        """The answer to a request, which is made again where the hub is busy or cannot be reached."""
        for number in range(1, TRIES + 1):
            try:
                with _clear_errors(self.name, str(self._api.token or "")), _without_bars():
                    return request()
            except _Refused as error:
                if number == TRIES or not error.can_pass:
                    raise
                time.sleep(min(LONGEST_WAIT_S, error.wait_s if error.wait_s is not None else 2.0 ** (number - 1)))
        raise AssertionError("unreachable")


class _Refused(HubError):
    """A request that failed. can_pass: whether another try may do better; wait_s: when the hub asks for it."""

    def __init__(self, text: str, can_pass: bool = False, wait_s: float | None = None) -> None:
        super().__init__(text)
        self.can_pass, self.wait_s = can_pass, wait_s


@contextmanager
def _clear_errors(repo: str, token: str) -> Iterator[None]:
    """Whatever a request to the hub raises becomes one error of ours."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    transport = HfHubHTTPError.__mro__[1]  # the base of all errors of the HTTP library that huggingface_hub uses
    try:
        yield
    except HFValidationError:
        raise HubError(f"repo={quoted(repo)}: write OWNER/NAME, of letters, digits, -, _ and .") from None
    except OfflineModeIsEnabled:
        raise HubError(f"{repo}: HF_HUB_OFFLINE is set, so that nothing can be published") from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        message = shortened(_without(token, error.server_message or f"status {status}"))
        text = "; ".join(filter(None, [f"{repo}: the hub says: {message}", _REMEDIES.get(status, "")]))
        can_pass = status == 429 or status >= 500
        raise _Refused(text, can_pass, _seconds(error.response.headers.get("Retry-After"))) from error
    except ValueError as error:  # what the hub says of a card's metadata
        raise HubError(f"{repo}: {shortened(_without(token, str(error)))}") from None
    except (transport, OSError, RuntimeError) as error:  # RuntimeError: an upload that the library gave up
        reason = shortened(_without(token, str(error) or type(error).__name__))
        raise _Refused(f"{repo}: the hub cannot be reached: {reason}", can_pass=True) from error


@contextmanager
def _without_bars() -> Iterator[None]:
    """The library's own bars are not shown: progress is ours."""
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    had_bars = not are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if had_bars:
            enable_progress_bars()


def _batches(files: Sequence[LocalFile]) -> Iterator[list[LocalFile]]:
    """The files in groups that are sent together, between which progress is shown."""
    batch: list[LocalFile] = []
    for file in files:
        if batch and (len(batch) == BATCH_FILES or sum(other.bytes for other in batch) + file.bytes > BATCH_BYTES):
            yield batch
            batch = []
        batch.append(file)
    if batch:
        yield batch


def _without(token: str, text: str) -> str:
    return text.replace(token, "***") if token else text


def _seconds(text: str | None) -> float | None:
    """The seconds of a Retry-After header; a date there is not waited for."""
    return float(text) if text and text.isascii() and text.isdigit() else None


def _api() -> HfApi:
    from huggingface_hub import HfApi, get_token

    token = get_token()
    if token is None:
        raise HubError("the hub needs a token: `hf auth login` stores one, or HF_TOKEN names one")
    return HfApi(token=token, library_name="synthink", library_version=VERSION)


def _hub_file(entry: Any) -> HubFile:
    return HubFile(entry.size, entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
