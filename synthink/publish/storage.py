"""Storage behind an address, such as `s3://bucket/folder`: files of which a reader sees all or nothing.

The file systems are fsspec's; their packages find credentials where they always do, and no message of ours shows one.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from synthink.errors import ConfigError, HubError, shortened
from synthink.owned_folder import WORK
from synthink.publish.files import SentFile
from synthink.publish.requests import Refused, tried_again

COMPLETE_PUTS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci", "memory"})
"""Systems in which a file appears when the last byte has arrived. In others it gets its name afterwards."""
_ELSEWHERE = {
    "hf": "datasets go to the hub by publish=OWNER/NAME keep_local=false",
    **dict.fromkeys(("http", "https"), "nothing can be written there"),
}
_PASSWORD = re.compile(r"(?<=://)[^/@]*:[^/@]*@")
_SECRET = re.compile("key|secret|token|password|credential", re.IGNORECASE)
_QUERY = re.compile(r"\?\S+=\S+")
_LONGEST_PUBLIC = 6
"""The most characters of a variable whose value may be shown, whatever its name."""
_T = TypeVar("_T")


class Storage:
    """The files below an address, by their names with slashes.

    Raises `ConfigError` for an address of no file system here, and each method `HubError` for what is refused or cannot
    be reached.
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        scheme, _, place = self.address.partition("://")
        if _PASSWORD.search(address):
            public = _PASSWORD.sub("***@", address)
            raise ConfigError("output", public, "has a password in it; keep it where the file system looks for one")
        if scheme in _ELSEWHERE:
            raise ConfigError("output", address, _ELSEWHERE[scheme])
        if not place:
            raise ConfigError("output", address, "must name a folder, as in s3://bucket/folder")
        self._system, self._root = _file_system(self.address)
        self._is_whole = scheme in COMPLETE_PUTS

    def files(self) -> dict[str, int]:
        """Name -> size of all files."""

        def listed() -> dict[str, int]:
            self._system.invalidate_cache()
            try:
                entries = self._system.find(self._root, detail=True)
            except FileNotFoundError:
                return {}
            return {path[len(self._root) :].strip("/"): int(entry["size"]) for path, entry in entries.items()}

        return self._ask(listed)

    def read(self, name: str) -> bytes:
        """The content of a small file."""
        return bytes(self._ask(partial(self._system.cat_file, self._place(name))))

    def read_all(self, names: Collection[str]) -> dict[str, bytes]:
        """The contents of small files, of those that are still there."""
        places = {self._place(name): name for name in names}
        contents = self._ask(partial(self._system.cat, list(places), on_error="omit")) if places else {}
        return {places[place]: bytes(content) for place, content in contents.items()}

    def write(self, name: str, content: bytes) -> None:
        """Write a small file."""
        self._ask(partial(self._put, name, lambda place: self._system.pipe_file(place, content)))

    def send(self, file: SentFile) -> None:
        """Send a file, and see that what has arrived is what was sent."""
        self._ask(partial(self._put, file.name, lambda place: self._system.put_file(file.content, place)))
        if not self._ask(partial(self._has_arrived, file)):
            self.remove([file.name])
            raise HubError(f"{self.address}: {file.name} has not arrived as it was sent; run the command again")

    def remove(self, names: Collection[str]) -> None:
        """Remove files, of those names that there are."""
        places = [self._place(name) for name in names]

        def removed() -> None:
            self._system.invalidate_cache()
            if rest := [place for place in places if self._system.exists(place)]:
                self._system.rm(rest)

        if places:
            self._ask(removed)

    def remove_folder(self, name: str) -> None:
        """Remove all files below a name."""

        def removed() -> None:
            self._system.invalidate_cache()
            if self._system.exists(self._place(name)):
                self._system.rm(self._place(name), recursive=True)

        self._ask(removed)

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _put(self, name: str, put: Callable[[str], None]) -> None:
        """Have a file put under its name, which it gets when it is whole."""
        place = self._place(name)
        if self._is_whole:
            put(place)
            return
        temporary = self._place(f"{WORK}/tmp/{os.urandom(6).hex()}")
        for path in (temporary, place):
            self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
        put(temporary)
        self._system.mv(temporary, place)

    def _has_arrived(self, file: SentFile) -> bool:
        """Whether the content is the file's: by the digest that the storage gives, or else by reading it."""
        place = self._place(file.name)
        self._system.invalidate_cache()
        info: Mapping[str, Any] = self._system.info(place)
        if info["size"] != file.size:
            return False
        if _md5(info) and _md5(info) == _local_md5(file):
            return True
        content = hashlib.sha256()
        with self._system.open(place, "rb") as stream:
            while block := stream.read(1 << 22):
                content.update(block)
        return content.hexdigest() == file.sha256

    def _ask(self, request: Callable[[], _T]) -> _T:
        return tried_again(request, self._clear_errors)

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        """Whatever a file system raises becomes one error of ours, without secrets."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - each file system's package has errors of its own
            kind = type(error).__name__
            reason = shortened(_without_secrets(str(error) or kind))
            if isinstance(error, PermissionError) or re.search("Credential|Auth|Token", kind):
                remedy = "credentials are those that the file system's package finds, as in its environment variables"
                raise HubError(f"{self.address}: access is refused: {reason}; {remedy}") from None
            if isinstance(error, FileNotFoundError | NotImplementedError | ImportError):
                raise HubError(f"{self.address}: cannot be written: {reason}") from None
            raise Refused(f"{self.address}: cannot be reached: {reason}", can_pass=True) from None


def _file_system(address: str) -> tuple[Any, str]:
    """The file system of an address, and the place in it."""
    import fsspec

    try:
        system, root = fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise ConfigError("output", address, f"needs a package that is not here: {error}") from None
    except ValueError as error:
        raise ConfigError("output", address, f"no file system: {shortened(_without_secrets(str(error)))}") from None
    return system, str(root).rstrip("/")


def _md5(info: Mapping[str, Any]) -> str:
    """The MD5 that storage gives of a file, in hexadecimal; empty where it gives none."""
    if "md5Hash" in info:
        return base64.b64decode(info["md5Hash"]).hex()
    tag = str(info.get("ETag", "")).strip('"').lower()
    return tag if re.fullmatch("[0-9a-f]{32}", tag) else ""


def _local_md5(file: SentFile) -> str:
    with open(file.content, "rb") as stream:  # noqa: PTH123 - a path as text
        return hashlib.file_digest(stream, partial(hashlib.md5, usedforsecurity=False)).hexdigest()


def _without_secrets(text: str) -> str:
    """A text without queries of addresses, and without values of variables whose names say that they are secret."""
    text = _QUERY.sub("?***", _PASSWORD.sub("***@", " ".join(text.split())))
    for name, value in os.environ.items():
        if _SECRET.search(name) and len(value) > _LONGEST_PUBLIC:
            text = text.replace(value, "***")
    return text
