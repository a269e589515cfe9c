"""What becomes of all that a file says: it is read into the ink, kept in its metadata, or counted as left out.

A format says what it reads and keeps in its `fates`; the table in this folder's README is made of them. What they do
not name is counted, by name, in the metadata's `left_out` of each ink that the file gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

ALL = "*"
"""In the place of names: every one that there is."""
EVERYTHING = "**"
"""In the place of an element's attributes: all of them, and what lies in the element; its reader counts what it does
not take."""
_MOST = 40  # names that are counted, beyond which they are counted together
_LONGEST = 60  # characters of a name


@dataclass(frozen=True)
class Fates:
    """Names by what has them, several names between blanks: `{"trace": "id type"}` are attributes of an element.

    Names that nothing has (keys of a line, arrays of an archive, keywords) stand under "".
    """

    read: Mapping[str, str] = field(default_factory=dict)
    """Names that go into strokes, label, writer, spans and units."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Names that go into the metadata."""

    @cached_property
    def known(self) -> dict[str, frozenset[str]]:
        """All names that are read or kept, by what has them."""
        holders = {**self.read, **self.metadata}
        return {
            holder: frozenset(f"{self.read.get(holder, '')} {self.metadata.get(holder, '')}".split())
            for holder in holders
        }

    def unknown(self, names: Iterable[str], holder: str = "") -> Counter[str]:
        """How often each of the names that are neither read nor kept occurs, with their holder before them."""
        known = self.known.get(holder, frozenset())
        return Counter() if ALL in known else Counter(f"{holder} {name}".strip() for name in names if name not in known)


def left_out(counts: Mapping[str, int]) -> dict[str, Any]:
    """The metadata that tells of what was left out; none where it was nothing."""
    counted = Counter({name[:_LONGEST]: count for name, count in counts.items() if count})
    if len(counted) > _MOST:
        first = dict(counted.most_common(_MOST))
        counted = Counter({**first, "others": counted.total() - sum(first.values())})
    return {"left_out": dict(counted)} if counted else {}
