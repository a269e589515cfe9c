"""What a repository is made to hold: a dataset, or a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from synthink.publish.files import SentFile
from synthink.publish.hub import HubFile, Kind

SHOWN_DIFFERENCES = 5
NOT_DATA = frozenset({".gitattributes", "README.md", "LICENSE", "LICENSE.txt", "LICENSE.md"})
"""Files of a repository that are neither a dataset nor a model."""
Read = Callable[[str], bytes | None]
"""Called with a file's name in the repository, it gives the content; None for one that is too large."""


class Content(ABC):
    """Everything that goes into a repository, and what it may replace there."""

    kind: ClassVar[Kind]
    files: Mapping[str, SentFile]
    """Path in the repository -> file."""
    tag: str
    """The tag, made from a digest: the same content has the same tag."""
    title: str
    """The commit's message."""

    @abstractmethod
    def is_outdated(self, name: str) -> bool:
        """Whether readers would take a file of that name for a part of this, which has none of that name."""

    @abstractmethod
    def other(self, there: Mapping[str, HubFile], read: Read) -> str:
        """The words for a repository that is neither empty nor holds an earlier state of this, such as `is another
        dataset: ...`; empty where it may be replaced."""

    @abstractmethod
    def load_line(self, repo: str, revision: str) -> str:
        """The line of Python that loads it from the hub, as it is now, whatever is published later."""


def stranger(there: Mapping[str, HubFile], marker: str, kind: str) -> str:
    """The words for a repository that has files, and none named `marker`, by which ours are known; empty for others."""
    names = sorted(there.keys() - NOT_DATA)
    if not names or marker in there:
        return ""
    return f"is no {kind} of synthink: it has {len(names):,} files, such as {names[0]}"


def listed(kind: str, differences: Sequence[str]) -> str:
    """The words for a repository that holds another dataset or model, with the first differences."""
    more = len(differences) - SHOWN_DIFFERENCES
    rest = f"; and {more:,} more" if more > 0 else ""
    return f"is another {kind}: {'; '.join(differences[:SHOWN_DIFFERENCES])}{rest}" if differences else ""
