"""Whether a row asks one of its generator's questions, about the colour of its mark, and answers as its labels do."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from synthink.verify.oracles.circled_letters.comparison import rgb

COLOUR = re.escape("{colour}")
UNLIKE = 150.0  # RGB distance from which a colour is not called by a name
LINES = ("strike", "underline")
OTHER_TASKS = ("position", "word", "count", "box")
"""The tasks whose answers are no letters."""
BINS = 1024
ROUNDED = 1e-3  # px by which a stored edge may differ from the one that was written as a token
_BOX = re.compile(r"<loc(\d{4})><loc(\d{4})><loc(\d{4})><loc(\d{4})>")


def asks_about_its_mark(row: Mapping[str, Any], prompts: Sequence[str]) -> bool:
    """Whether the prompt is one of `prompts` with the mark's colour in its place, and names it where there are two
    rings and they matter; true where the row lacks what that hangs on, or no prompts are known."""
    prefix, colour = row.get("prefix"), row.get("mark_colour")
    if prefix is None or colour is None or not prompts:
        return True
    two_rings = any(str(other).split()[-1:] not in ([line] for line in LINES) for other in row.get("distractors") or ())
    matter = two_rings and row.get("task") != "word"
    for prompt in prompts:
        pattern = re.escape(prompt).replace(COLOUR, "(?P<colour>[a-z ]+)", 1).replace(COLOUR, "(?P=colour)")
        pattern = re.sub(r"\b([Aa])\\ (?=\(\?P)", r"\1n?\\ ", pattern)
        match = re.fullmatch(pattern, prefix)
        if match is None:
            continue
        name = match.groupdict().get("colour")
        if not matter if name is None else _is_called(colour, name):
            return True
    return False


def _is_called(colour: str, name: str) -> bool:
    called, ring = rgb(name), rgb(colour)
    if called is None or ring is None:
        return False
    return name == colour or math.dist(called, ring) < UNLIKE


def marked_letters(row: Mapping[str, Any]) -> list[int] | None:
    """The numbers of the letters that a row calls marked; None where it does not say."""
    if "letter_indices" in row:
        return None if row["letter_indices"] is None else list(row["letter_indices"])
    return None if row.get("letter_index") is None else [row["letter_index"]]


def answers_itself(row: Mapping[str, Any], nothing: str) -> bool:
    """Whether the answer is what the labels say to the question of the row's task; true where one of them is missing.

    nothing: the answer where no letter is marked.
    """
    answer, indices, word, task = row.get("suffix"), marked_letters(row), row["word"], row.get("task")
    if indices is not None and (indices != sorted(set(indices)) or not all(0 <= i < len(word) for i in indices)):
        return False
    if answer is None or indices is None:
        return True
    if task == "word":
        return bool(answer == word)
    if task == "count":
        return bool(answer == str(len(indices)))
    if not indices:
        return bool(answer == nothing)
    if task == "position":
        return bool(answer == ", ".join(str(index + 1) for index in indices))
    if task == "box":
        return _are_the_boxes(answer, row.get("letter_boxes") or [row.get("letter_box")], row["image"].size)
    return bool(answer == ", ".join(word[index] for index in indices))


def _are_the_boxes(answer: str, boxes: Sequence[Any], size_px: tuple[int, int]) -> bool:
    """Whether location tokens say where the boxes are; true for boxes that are not known."""
    parts = answer.split(" ; ")
    if len(parts) != len(boxes):
        return None in boxes
    for part, box in zip(parts, boxes, strict=True):
        match = _BOX.fullmatch(part)
        if match is None:
            return False
        if box is None:
            continue
        left, top, right, bottom = box
        width, height = size_px
        sides = ((top, height), (left, width), (bottom, height), (right, width))
        for token, (edge, side) in zip(match.groups(), sides, strict=True):
            low, high = (min(max(int((edge + off) / side * BINS), 0), BINS - 1) for off in (-ROUNDED, ROUNDED))
            if not low <= int(token) <= high:
                return False
    return True
