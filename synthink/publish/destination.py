"""Where content goes on the hub, and in which state; names that it does not take are refused before anything is asked,
proved or made.

What imports this imports nothing else of publishing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from synthink.errors import ConfigError, check_kind
from synthink.settings import Condition

Check = Literal["proved", "faultless", "skip"]
"""The state of a dataset that may be published: proved by every check, without a known fault, or anything."""
MAIN = "main"
"""The branch that readers see."""
LONGEST = 96  # characters of a name


class RepoName(Condition):
    """Refuses what is no OWNER/NAME that the hub takes."""

    def refuse(self, value: Any) -> str | None:
        owner, slash, name = str(value).partition("/")
        if slash and all(_is_name(part) for part in (owner, name)):
            return None
        return f"must be OWNER/NAME, each of at most {LONGEST} letters (a to z), digits, -, _ and . between letters"


@dataclass(frozen=True)
class Destination:
    """Where a dataset or a model goes.

    repo: `OWNER/NAME`. private: whether a repository that is made is. revision: the branch. create_pr: whether a pull
    request is opened in place of a commit. overwrite: whether something else that is there is replaced. collection: the
    collection that the repository is put into, `OWNER/TITLE-ID`. contact: whom readers may ask, a name or an address,
    for a dataset's card. `ConfigError` for names that the hub does not take.
    """

    repo: str
    private: bool = False
    revision: str = MAIN
    create_pr: bool = False
    overwrite: bool = False
    collection: str | None = None
    contact: str = ""

    def __post_init__(self) -> None:
        for field in ("repo", "collection"):
            value = getattr(self, field)
            if value is not None and (reason := RepoName().refuse(value)):
                raise ConfigError(field, value, reason)


def as_destination(to: str | Destination, overwrite: bool) -> Destination:
    """A destination from what the user wrote. Raises `ConfigError` for what is none."""
    check_kind("publish", to, str | Destination, "a repository, OWNER/NAME, or a Destination")
    if isinstance(to, str) and (reason := RepoName().refuse(to)):
        raise ConfigError("publish", to, reason)
    destination = Destination(to) if isinstance(to, str) else to
    return replace(destination, overwrite=destination.overwrite or overwrite)


def _is_name(part: str) -> bool:
    """Whether the hub takes one half of a repository's name."""
    is_plain = re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?", part) is not None
    return is_plain and len(part) <= LONGEST and "--" not in part and ".." not in part and not part.endswith(".git")
