"""What was left out of words, fonts, documents and ink: counted by reason, and the first of it by name.

Every asset counts with a `LeftOut`. Its record stands in the manifest, so that whatever reads a dataset can say the
same about it as the run that made it: `left_out_lines` are the only words for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from synthink.errors import displayable, shortened

NAMED = 5
"""How many things that were left out are kept by name for each reason."""
SHOWN_NAMES, SHOWN_REASONS = 3, 6
"""How many names of each reason a message shows, and how many reasons."""
LEAVES_OUT = "; strict=false leaves it out and counts it"
"""The end of an error about one thing of an asset that `strict` makes one."""
FILES = "files: "
"""Begins the reasons for which whole files are left out."""


class LeftOut:
    """A count of what was left out of one asset, by reason.

    A reason begins with what is counted, in the plural: `words with characters outside of alphabet`.
    """

    def __init__(self, counts: Mapping[str, int] | None = None, names: Mapping[str, str] | None = None) -> None:
        self.counts = Counter(counts or {})
        """How many, by reason."""
        self.names = dict(names or {})
        """The reason of the first that were left out, by name; for a file without the `files: ` before it."""
        self._named = Counter(self.names.values())

    def note(self, reason: str, name: str = "", count: int = 1) -> None:
        """Count something. name: how messages call it, such as `line 3 'naïve'`; empty where it is not to be named."""
        self.counts[reason] += count
        if name and self._named[reason] < NAMED:
            self._named[reason] += 1
            self.names[shortened(name)] = reason

    def __bool__(self) -> bool:
        return self.counts.total() > 0

    def __add__(self, other: LeftOut) -> LeftOut:
        return LeftOut(self.counts + other.counts, self.names | other.names)

    def __str__(self) -> str:
        """`2 words of a length that is not wanted (line 3 'a'); 1 word given twice`."""
        reasons = [(reason, count) for reason, count in self.counts.most_common() if count]
        parts = [self._phrase(reason, count) for reason, count in reasons[:SHOWN_REASONS]]
        if rest := sum(count for _, count in reasons[SHOWN_REASONS:]):
            parts.append(f"{rest:,} more for {len(reasons) - SHOWN_REASONS:,} other reasons")
        return "; ".join(parts)

    def record(self) -> dict[str, Any]:
        """The part of an asset's record, in JSON types: `skipped` counts by reason, `left_out` names with their reason;
        empty where nothing was left out."""
        skipped = {reason: count for reason, count in sorted(self.counts.items()) if count}
        return ({"skipped": skipped} if skipped else {}) | ({"left_out": self.names} if self.names else {})

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> LeftOut:
        """Back from an asset's record, which anybody may have written: what is not as `record` writes it is ignored."""
        counts, names = record.get("skipped"), record.get("left_out")
        return cls(
            {shortened(reason): count for reason, count in _items(counts) if type(count) is int and count > 0},
            {shortened(name): shortened(reason) for name, reason in _items(names) if isinstance(reason, str)},
        )

    def _phrase(self, reason: str, count: int) -> str:
        names = [name for name, why in self.names.items() if why == reason or FILES + why == reason]
        listed = ", ".join([*names[:SHOWN_NAMES], *(["..."] if count > SHOWN_NAMES else [])])
        counted = re.sub(r"^(\w+)s\b", r"\1", reason) if count == 1 else reason
        return f"{count:,} {counted} ({listed})" if names else f"{count:,} {counted}"


def _items(mapping: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(mapping, Mapping):
        yield from ((key, value) for key, value in mapping.items() if isinstance(key, str))


def left_out_lines(records: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each asset of which something was left out. records: by field, as the manifest has them."""
    lines: dict[str, str] = {}
    for field, record in records.items():
        if left_out := LeftOut.of_record(record):
            lines.setdefault(str(left_out), field)  # parts of a mixture share what they open
    texts = (f"left out of {shortened(field)}: {text}" for text, field in lines.items())
    return [displayable(line).replace("\n", "\\n") for line in texts]
