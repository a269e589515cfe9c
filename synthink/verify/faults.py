"""Faults, counted by kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

EXAMPLES = 5
"""The faulty rows of each kind that are named."""
MOST_KINDS, SHOWN_KINDS = 1000, 20
"""The kinds of faults that are counted apart, and those that have a line."""
OTHERS = "other faults"


@dataclass
class Faults:
    """Faulty rows by kind: how many, and the first few by id."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, example: str) -> None:
        """Count one more fault of that kind; `example` is the row's id, or says where it is."""
        if kind not in self.counts and len(self.counts) >= MOST_KINDS:
            kind = OTHERS
        self.counts[kind] += 1
        self.examples.setdefault(kind, [])
        if len(self.examples[kind]) < EXAMPLES:
            self.examples[kind].append(example)

    def merge(self, other: Faults) -> None:
        """Add the faults of another shard."""
        for kind, count in other.counts.items():
            place = kind if kind in self.counts or len(self.counts) < MOST_KINDS else OTHERS
            self.counts[place] += count
            self.examples[place] = [*self.examples.get(place, []), *other.examples[kind]][:EXAMPLES]

    def lines(self) -> list[str]:
        """A line for each kind, the commonest first; one in place of all beyond `SHOWN_KINDS`."""
        common = self.counts.most_common(SHOWN_KINDS)
        lines = [f"{count:,} x {kind}: {', '.join(self.examples[kind])}" for kind, count in common]
        hidden = len(self.counts) - len(common)
        return [*lines, f"and faults of {hidden:,} other kinds"] if hidden else lines
