"""Rows of real generators with answers of known quality, for the tests of scores and reports."""

from __future__ import annotations

from functools import cache
from typing import Any

import synthink
from synthink.evaluate.scoring import ScoredAnswer, score_answers
from synthink.previews.row import row_for_preview

FIELDS: dict[str, dict[str, Any]] = {
    "circled_letters": {"picture_px": 64},
    "gestures": {
        "documents": {"count": 60},
        "picture_px": 160,
        "tasks": {"recognise_gesture": 0.5, "detect_text": 0.5, "transcribe": 0.3},
    },
    "ink_strokes": {"picture_px": 160, "tasks": {"classify": 2, "locate": 1, "recognise": 1}},
    "mixture": {
        "parts": [
            {"generator": "circled_letters", "fields": {"picture_px": 48}},
            {"generator": "ink_strokes", "fields": {"picture_px": 64, "tasks": {"classify": 1}}},
        ]
    },
}
ROWS = 48


@cache
def rows_of(name: str) -> tuple[synthink.Generator, list[dict[str, Any]]]:
    """A generator and rows as a folder's reader gives them."""
    data = synthink.dataset(name, size=ROWS, split="test", **FIELDS[name])
    return data.generator, [row_for_preview(data.source.row("test", index)) for index in range(ROWS)]


@cache
def scored(name: str, garbage_every: int = 4, wrong_every: int = 3) -> list[ScoredAnswer]:
    """Rows answered with the truth, but every so often with garbage or another row's truth."""
    generator, rows = rows_of(name)
    answers = [row["suffix"] for row in rows]
    for index in range(len(rows)):
        if index % garbage_every == 0:
            answers[index] = "<script>alert(1)</script>| `%%%`"
        elif index % wrong_every == 0:
            answers[index] = rows[index - 1]["suffix"]
    return score_answers(rows, answers, generator)
