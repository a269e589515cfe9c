"""Whether a row asks one of its generator's questions, about the colour of its mark."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from synthink.verify.oracles.circled_letters.comparison import rgb

COLOUR = re.escape("{colour}")
SECOND = (
    "Which letter is circled in {colour}?"  # what is asked where there are two rings and no question names a colour
)
UNLIKE = 150.0  # RGB distance from which a colour is not called by a name
LINES = ("strike", "underline")


def asks_about_its_mark(row: Mapping[str, Any], prompts: Sequence[str]) -> bool:
    """Whether the prompt is one of `prompts` with the mark's colour in its place, and names it where there are two
    rings; true where the row lacks what that hangs on, or no prompts are known."""
    prefix, colour = row.get("prefix"), row.get("mark_colour")
    if prefix is None or colour is None or not prompts:
        return True
    two_rings = any(str(other).split()[-1:] not in ([line] for line in LINES) for other in row.get("distractors") or ())
    for prompt in (*prompts, SECOND):
        pattern = re.escape(prompt).replace(COLOUR, "(?P<colour>[a-z ]+)", 1).replace(COLOUR, "(?P=colour)")
        pattern = re.sub(r"\b([Aa])\\ (?=\(\?P)", r"\1n?\\ ", pattern)
        match = re.fullmatch(pattern, prefix)
        if match is None:
            continue
        name = match.groupdict().get("colour")
        if not two_rings if name is None else _is_called(colour, name):
            return True
    return False


def _is_called(colour: str, name: str) -> bool:
    called, ring = rgb(name), rgb(colour)
    if called is None or ring is None:
        return False
    return name == colour or math.dist(called, ring) < UNLIKE
