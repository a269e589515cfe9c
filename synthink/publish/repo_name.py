"""Names of repositories and collections of the Hugging Face hub, refused before anything is asked, proved or made."""

from __future__ import annotations

import re
from typing import Any

from synthink.settings import Condition

LONGEST = 96  # characters of a name


class RepoName(Condition):
    """Refuses what is no OWNER/NAME that the hub takes."""

    def refuse(self, value: Any) -> str | None:
        owner, slash, name = str(value).partition("/")
        if slash and all(_is_name(part) for part in (owner, name)):
            return None
        return f"must be OWNER/NAME, each of at most {LONGEST} letters (a to z), digits, -, _ and . between letters"


def _is_name(part: str) -> bool:
    """Whether the hub takes one half of a repository's name."""
    is_plain = re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?", part) is not None
    return is_plain and len(part) <= LONGEST and "--" not in part and ".." not in part and not part.endswith(".git")
