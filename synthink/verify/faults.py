"""Faults, counted by kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

EXAMPLES = 5
"""The faulty rows of each kind that are named."""


@dataclass
class Faults:
    """Faulty rows by kind: how many, and the first few by id."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, example: str) -> None:
        """Count one more fault of that kind; `example` is the row's id, or says where it is."""
        self.counts[kind] += 1
        self.examples.setdefault(kind, [])
        if len(self.examples[kind]) < EXAMPLES:
            self.examples[kind].append(example)

    def merge(self, other: Faults) -> None:
        """Add the faults of another shard."""
        self.counts.update(other.counts)
        for kind, examples in other.examples.items():
            self.examples[kind] = [*self.examples.get(kind, []), *examples][:EXAMPLES]

    def lines(self) -> list[str]:
        """A line for each kind, the commonest first."""
        return [f"{count:,} x {kind}: {', '.join(self.examples[kind])}" for kind, count in self.counts.most_common()]
