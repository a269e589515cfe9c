"""Whether a row's question and answer, in one of the five label formats, agree with its other columns."""

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
    """The unit and order of a label format's numbers."""

    read: str
    """The pattern of the four numbers."""
    parts: int
    """Into how many parts a side of the picture is divided; 0 where pixels are counted."""
    middle: float
    """The amount that is added to a number to name the middle of its bin."""
    x_first: bool
    """Whether x comes before y."""


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
    """A label as it was read; gesture and text are empty where a box stands alone."""

    gesture: str
    numbers: tuple[int, ...]
    """The four numbers as they were written."""
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
        label = json.loads(suffix)
    except ValueError:
        return None
    if not isinstance(label, dict) or not set(label) <= {"bbox_2d", "label", "text"}:
        return None
    numbers, gesture, text = label.get("bbox_2d"), label.get("label", ""), label.get("text", "")
    if not (isinstance(numbers, list) and len(numbers) == 4 and all(type(number) is int for number in numbers)):
        return None
    return Answer(gesture, tuple(numbers), text) if isinstance(gesture, str) and isinstance(text, str) else None


def means(answer: Answer, form: str, places: Sequence[float], size_px: tuple[int, int]) -> bool:
    """Whether the numbers mean these four coordinates, x before y, in pixels."""
    scale, (width, height) = SCALES[form], size_px
    sides = (width, height, width, height)
    order = range(4) if scale.x_first else (1, 0, 3, 2)
    for number, at in zip(answer.numbers, order, strict=True):
        parts = scale.parts or sides[at]
        wanted = min(max(places[at] * parts / sides[at], 0.0), float(parts))
        if not abs(number + scale.middle - wanted) <= STEP:
            return False
    return True


def check_answer(row: Mapping[str, Any], form: str, lower_case: bool, prompts: Mapping[str, Any]) -> Finding | None:
    """Question and answer against the row's labels; columns that it lacks are not compared.

    form: the label format, one of `SCALES`. prompts: the questions of each task.
    """
    if not _is_question(row, lower_case, prompts):
        return Finding("wrong", OTHER_QUESTION)
    text = row.get("text") or ""
    if "text" in row and "note" in row and row["note"] != (text if text not in ("", "?") else None):
        return Finding("wrong", OTHER_NOTE)
    if row.get("suffix") is None or form not in SCALES:
        return None
    written = " ".join(_cased(text, lower_case).split())
    if row.get("task") == "transcribe":
        return Finding("wrong", OTHER_TEXT) if "text" in row and row["suffix"] != written else None
    if row.get("task") == "recognise_gesture":
        return _check_label(row, form, row.get("gesture") or "", written, label_places(row))
    if row.get("task") in ("detect_text", "locate_target"):
        return _check_label(row, form, "", "", row.get("target_box"))
    return _check_words(row, lower_case)


def _check_words(row: Mapping[str, Any], lower_case: bool) -> Finding | None:
    """The answers that are a class or the words of the target."""
    if row.get("task") == "name_gesture" and "gesture" in row and row["suffix"] != row["gesture"]:
        return Finding("wrong", OTHER_GESTURE)
    words = row.get("target_words")
    if row.get("task") == "read_target" and words is not None:
        return Finding("wrong", OTHER_TEXT) if row["suffix"] != _cased(" ".join(words), lower_case) else None
    return None


def _is_question(row: Mapping[str, Any], lower_case: bool, prompts: Mapping[str, Any]) -> bool:
    """Whether the prefix is a question of the task about the target's words; true where that cannot be known."""
    task, words = str(row.get("task")), row.get("target_words")
    if "prefix" not in row or task not in prompts or (task == "detect_text" and words is None):
        return True
    wanted = _cased(" ".join(words or ()), lower_case)
    return row["prefix"] in {prompt.replace("{text}", wanted) for prompt in prompts[task]}


def _check_label(
    row: Mapping[str, Any], form: str, gesture: str, text: str, places: Sequence[float] | None
) -> Finding | None:
    """The answer as a label: its gesture, its text, and its place. Both are empty where a box alone is asked for."""
    answer = read_answer(row["suffix"], form)
    if answer is None:
        return Finding("wrong", NO_LABEL if row.get("task") == "recognise_gesture" else NO_BOX)
    if answer.gesture != gesture and ("gesture" in row or not gesture):
        return Finding("wrong", OTHER_GESTURE)
    if answer.text != text and "text" in row:
        return Finding("wrong", OTHER_TEXT)
    if places is not None and not means(answer, form, places, row["image"].size):
        return Finding("wrong", OTHER_PLACE)
    return None


def label_places(row: Mapping[str, Any]) -> list[float] | None:
    """Four coordinates in pixels: the middles of both ends, or the target's box; None where the row lacks them."""
    ends = row.get("target_ends")
    if ends and len(ends) == 2:
        return [(end[at] + end[at + 2]) / 2 for end in ends for at in (0, 1)]
    return None if row.get("target_box") is None else list(row["target_box"])


def _cased(text: str, lower_case: bool) -> str:
    return text.lower() if lower_case else text
