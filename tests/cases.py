"""The configurations with which every generator meets the contract, and a row's digest.

`python -m tests.cases` reads cases from its argument and prints their digests, to be compared with another process's.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from synthink import RowDataset, dataset
from synthink.core.registry import installed
from synthink.testing import digest

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Case:
    """A generator's fields and how its content is shared out."""

    generator: str
    label: str = "default"
    fields: dict[str, Any] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=lambda: {"train": 0.8, "validation": 0.1, "test": 0.1})
    exact: bool = True
    """Whether marks stay where they were drawn, so that boxes can be held against pixels: no camera."""

    def __str__(self) -> str:
        return f"{self.generator}-{self.label}"

    @property
    def splits(self) -> list[str]:
        return [split for split in SPLITS if self.shares.get(split)]

    def rows(self, split: str = "", size: int = 40, **options: Any) -> RowDataset:
        """`size` rows of a split, or all where there are fewer; nothing is kept from another call."""
        split = split or self.splits[0]
        source = dataset(
            self.generator, size=0, split=split, **{"shares": self.shares, **options}, **self.fields
        ).source
        return RowDataset(source, split, range(min(size, source.rows(split) or size)))


ALL = ["underline", "strike", "circle"]
GRID = {"words": {"source": "builtin", "length": [4, 7]}, "words_per_split": 3}
PAGES = {"count": 16}
SPECIAL: dict[str, list[Case]] = {
    "circled_letters": [
        Case("circled_letters"),
        Case(
            "circled_letters", "distractors", {"distractors": ALL, "distractor_chance": 0.6, "picture_px": [320, 240]}
        ),
        Case("circled_letters", "turned", {"rotation_deg": [-180, 180], "picture_px": 160, "look_alikes": "mark"}),
        Case("circled_letters", "photo", {"camera": "photo", "picture_px": 224}, exact=False),
        Case(
            "circled_letters",
            "any rings",
            {
                **{"mark_count": [1, 3], "unmarked": 0.3, "picture_px": 224, "answers": ["It is {answer}."]},
                "questions": dict.fromkeys(("letter", "position", "word", "count", "box"), 1.0),
            },
        ),
        Case("circled_letters", "random", {"words": {"source": "random", "length": [2, 20], "case": "mixed"}}),
    ],
    "circled_letters_grid": [
        Case("circled_letters_grid", "blindtest", {}, {"test": 1.0}),
        Case("circled_letters_grid", "words of each split", GRID),
    ],
    "gestures": [
        Case("gestures", "default", {"documents": PAGES}),
        Case(
            "gestures",
            "all tasks",
            {
                "documents": PAGES,
                "tasks": ["transcribe", "edited_text", "name_gesture", "locate_target", "read_target"],
                "label_format": "qwen",
                "lower_case": False,
                "picture_px": 224,
                "ink_colours": ["blue", "#107030"],
                "page_scale": [0.8, 1.5],
            },
        ),
        Case("gestures", "photo", {"documents": PAGES, "camera": "photo", "label_format": "florence2"}, exact=False),
        Case(
            "gestures",
            "whole pages",
            {"documents": {"count": 150}, "view": "page", "label_format": "gemini", "tasks": {"detect_text": 0}},
        ),
    ],
    "ink_strokes": [
        Case("ink_strokes"),
        Case(
            "ink_strokes",
            "all tasks",
            {"tasks": {"transcribe_lines": 1, "classify": 1, "derender": 1, "locate": 1}, "picture_px": [320, 240]},
        ),
        Case("ink_strokes", "photo", {"camera": "photo", "picture_px": 224, "papers": ["ruled"]}, exact=False),
        Case("ink_strokes", "colours of time", {"ink_mode": "time", "writers": {"count": 60, "hands": ["cursive"]}}),
    ],
    "meters": [
        Case("meters", "default", {"picture_px": 224}),
        Case(
            "meters",
            "other ranges",
            {
                "tasks": {"read": 0, "registers": 1, "digits": 1, "caption": 1},
                "kinds": {"drum": 1, "lcd": 1, "dials": 1},
                "picture_px": [288, 216],
                "label_format": "florence2",
                "leading_zeros": False,
                "undecided": "interval",
                "rotation_deg": [-25, 25],
            },
        ),
        Case("meters", "device", {"camera": "device", "picture_px": 224, "label_format": "qwen"}, exact=False),
    ],
    "mixture": [
        Case(
            "mixture",
            "two parts",
            {
                "parts": [
                    {"generator": "circled_letters", "weight": 2, "fields": {"picture_px": 128}},
                    {"generator": "circled_letters_grid", "fields": {**GRID, "picture_px": 96}},
                ]
            },
        )
    ],
}
NAMES = [entry.name for entry in installed() if entry.package != "this process"]
CASES = [case for name in NAMES for case in SPECIAL.get(name, [Case(name)])]


def digests(case: Case, split: str, indices: list[int], seed: int = 7) -> list[str]:
    rows = case.rows(split, seed=seed)
    return [digest(rows.source.row(split, index)) for index in indices]


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    cases = {str(case): case for case in CASES}
    print(json.dumps({name: digests(cases[name], *rest) for name, *rest in asked}))
