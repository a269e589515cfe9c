"""What a row of gestures is asked and what it answers, in the five formats of labels, beside the other columns."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthink.verify.oracle import Finding

NO_LABEL, NO_BOX = "the answer is no label", "the answer is no box"
OTHER_GESTURE, OTHER_TEXT = "the answer names another gesture", "the answer holds another text"
OTHER_PLACE = "the answer names another place"
OTHER_QUESTION = "the question is not the task's, or asks for other words"
OTHER_NOTE = "note is not the text"

STEP = 0.52  # steps of the format, by which a place may be off: half a step and the rounding of floats


@dataclass(frozen=True)
class Scale:
    """What a format's numbers count. read: pattern of the four; parts: of the picture's side, 0: pixels; middle: what
    is added to a number to name its middle; x_first: order of the coordinates."""

    read: str
    parts: int
    middle: float
    x_first: bool


_PLAIN = r" (\d+) (\d+) (\d+) (\d+)"
SCALES = {
    "paligemma": Scale(r" <loc(\d{4})><loc(\d{4})><loc(\d{4})><loc(\d{4})>", 1024, 0.5, False),
    "plain": Scale(_PLAIN, 0, 0.0, False),
    "gemini": Scale(_PLAIN, 1000, 0.0, False),
    "florence2": Scale(r"<loc_(\d+)><loc_(\d+)><loc_(\d+)><loc_(\d+)>", 1000, 0.5, True),
    "qwen": Scale("", 0, 0.0, True),
}


@dataclass(frozen=True)
class Answer:
    """gesture and text: empty where a box stands alone; numbers: four, as they were written."""

    gesture: str
    numbers: tuple[int, ...]
    text: str


def read_answer(suffix: str, form: str) -> Answer | None:
    """A label or a box alone; None for anything else."""
    if form == "qwen":
        return _read_json(suffix)
    label = re.fullmatch(rf"(?:([^\W\d][\w-]*)|){SCALES[form].read}(?: (\S.*))?", suffix if suffix[:1] else " ")
    if label is None:
        label = re.fullmatch(rf"(){SCALES[form].read}()", f" {suffix}")
    if label is None:
        return None
    gesture, *numbers, text = label.groups()
    return Answer(gesture or "", tuple(map(int, numbers)), text or "")


def _read_json(suffix: str) -> Answer | None:
    try:
        found = json.loads(suffix)
    except ValueError:
        return None
    if not isinstance(found, dict) or not set(found) <= {"bbox_2d", "label", "text"}:
        return None
    numbers, gesture, text = found.get("bbox_2d"), found.get("label", ""), found.get("text", "")
    if not (isinstance(numbers, list) and len(numbers) == 4 and all(type(number) is int for number in numbers)):
        return None
    return Answer(gesture, tuple(numbers), text) if isinstance(gesture, str) and isinstance(text, str) else None


def says(answer: Answer, form: str, places: Sequence[float], size_px: tuple[int, int]) -> bool:
    """Whether the numbers mean these four coordinates, x before y, in pixels."""
    scale, (width, height) = SCALES[form], size_px
    sides = (width, height, width, height)
    order = range(4) if scale.x_first else (1, 0, 3, 2)
    for number, at in zip(answer.numbers, order, strict=True):
        parts = scale.parts or sides[at]
        told = min(max(places[at] * parts / sides[at], 0.0), float(parts))
        if not abs(number + scale.middle - told) <= STEP:
            return False
    return True


def check_answer(row: Mapping[str, Any], form: str, lower_case: bool, prompts: Mapping[str, Any]) -> Finding | None:
    """Question and answer beside the row's labels; columns that it lacks are not compared."""
    task, suffix = str(row.get("task")), row.get("suffix")
    words, text = row.get("target_words"), row.get("text") or ""
    if "prefix" in row and task in prompts and (task != "detect_text" or words is not None):
        asked = _cased(" ".join(words or ()), lower_case)
        if row["prefix"] not in {prompt.replace("{text}", asked) for prompt in prompts[task]}:
            return Finding("wrong", OTHER_QUESTION)
    if "text" in row and "note" in row and row["note"] != (text if text not in ("", "?") else None):
        return Finding("wrong", OTHER_NOTE)
    if suffix is None or form not in SCALES:
        return None
    said = " ".join(_cased(text, lower_case).split())
    if task == "transcribe":
        return Finding("wrong", OTHER_TEXT) if "text" in row and suffix != said else None
    if task not in ("recognise_gesture", "detect_text"):
        return None
    answer = read_answer(suffix, form)
    if answer is None:
        return Finding("wrong", NO_LABEL if task == "recognise_gesture" else NO_BOX)
    gesture = row.get("gesture") or "" if task == "recognise_gesture" else ""
    if answer.gesture != gesture and ("gesture" in row or not gesture):
        return Finding("wrong", OTHER_GESTURE)
    if answer.text != (said if task == "recognise_gesture" else "") and "text" in row:
        return Finding("wrong", OTHER_TEXT)
    places = told_places(row)
    if places is not None and not says(answer, form, places, row["image"].size):
        return Finding("wrong", OTHER_PLACE)
    return None


def told_places(row: Mapping[str, Any]) -> list[float] | None:
    """Four coordinates in pixels: the middles of both ends, or the target's box; None where the row lacks them."""
    ends = row.get("target_ends")
    if ends and len(ends) == 2:
        return [(end[at] + end[at + 2]) / 2 for end in ends for at in (0, 1)]
    return None if row.get("target_box") is None else list(row["target_box"])


def _cased(text: str, lower_case: bool) -> str:
    return text.lower() if lower_case else text
