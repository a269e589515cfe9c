"""Labels of pen gestures and boxes as text: written for a model to learn, read back from its answers.

    paligemma   select <loc0022><loc0045><loc0068><loc0091> text   1,024 bins; top left bottom right
    plain       select 10 20 30 40 text                            whole pixels; top left bottom right
    gemini      select 22 45 67 89 text                            thousandths; top left bottom right
    florence2   select<loc_44><loc_22><loc_89><loc_66> text        1,000 bins; left top right bottom
    qwen        {"bbox_2d": [20, 10, 40, 30], "label": "select", "text": "text"}    whole pixels, left top right bottom

A box alone is the middle part, of qwen {"bbox_2d": [20, 10, 40, 30]}. A gesture between two places has their points
instead of the corners. Gemini's own JSON, {"box_2d": [...], "label": ...}, is read, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor
from typing import Any, Literal, NamedTuple

from synthink.draw.geometry import Box
from synthink.errors import ArgumentError, ConfigError, did_you_mean
from synthink.labels.location_tokens import BINS

LabelFormatName = Literal["paligemma", "plain", "gemini", "florence2", "qwen"]
Places = tuple[float, float, float, float]
"""Pixels: left, top, right, bottom of a box; or x, y of one point, then of another."""

MOST = 1e6  # pixels; a larger number in an answer is no place
_GESTURE = r"[^\W\d][\w-]*"
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Label(NamedTuple):
    """A pen gesture, the place that it marks, and the text that is written beside it."""

    gesture: str
    """The gesture's class: one word."""
    places: Places
    text: str = ""
    """One line, which may be empty."""


@dataclass(frozen=True)
class LabelFormat:
    """A format of labels: how it writes the four numbers of a box, or of two points, and what they count."""

    write: str
    """The template of the four numbers."""
    read: str
    """The pattern that reads them, with a group for each."""
    steps: int = 0
    """The number of parts into which each side of the picture is divided; 0 counts pixels."""
    bins: bool = False
    """Whether a number names a part, instead of a line between two."""
    x_first: bool = False
    """Whether the horizontal number comes before the vertical one."""
    joint: str = " "
    """The text between the gesture and the numbers."""
    key: str = ""
    """The name of the numbers in JSON, for a format that is read from JSON; empty for one that is not."""
    json: bool = False
    """Whether JSON is also what is written."""

    @cached_property
    def box_pattern(self) -> re.Pattern[str]:
        return re.compile(self.read)

    @cached_property
    def label_pattern(self) -> re.Pattern[str]:
        return re.compile(f"({_GESTURE}) ?{self.read}(?: (.*))?", re.DOTALL)

    def numbers(self, places: Sequence[float], size_px: tuple[int, int]) -> tuple[int, int, int, int]:
        """The four numbers in the format's order, none beyond the picture's edges.

        Raises `ArgumentError` where a place is not finite.
        """
        x1, y1, x2, y2 = places
        across, down = size_px
        if not self.x_first:
            x1, y1, x2, y2, across, down = y1, x1, y2, x2, down, across
        half = 0.0 if self.bins else 0.5  # rounded down to a bin, or to the nearest line
        try:
            return (
                _within(x1, across, self.steps or across, half, self.bins),
                _within(y1, down, self.steps or down, half, self.bins),
                _within(x2, across, self.steps or across, half, self.bins),
                _within(y2, down, self.steps or down, half, self.bins),
            )
        except (ValueError, OverflowError):
            raise ArgumentError("places", tuple(places), "is no place in a picture: four finite numbers") from None

    def places(self, numbers: Sequence[float], size_px: tuple[int, int]) -> Places | None:
        """The places in pixels, at the middle of bins; None where a bin does not exist, or numbers are no place."""
        if self.bins and max(numbers) >= self.steps:
            return None
        across, down = size_px if self.x_first else size_px[::-1]
        half = 0.5 if self.bins else 0.0
        a, c = ((number + half) * across / (self.steps or across) for number in numbers[::2])
        b, d = ((number + half) * down / (self.steps or down) for number in numbers[1::2])
        if not all(abs(place) <= MOST for place in (a, b, c, d)):  # NaN is not
            return None
        return (a, b, c, d) if self.x_first else (b, a, d, c)


def _within(place: float, side: int, steps: int, half: float, bins: bool) -> int:
    number = floor(place * steps / side + half)
    last = steps - bins
    return 0 if number < 0 else last if number > last else number


_NUMBERS = " ".join(["([0-9]{1,6})"] * 4)
LABEL_FORMATS: dict[str, LabelFormat] = {
    "paligemma": LabelFormat("<loc{:04}>" * 4, "<loc([0-9]{4})>" * 4, steps=BINS, bins=True),
    "plain": LabelFormat("{} {} {} {}", _NUMBERS),
    "gemini": LabelFormat("{} {} {} {}", _NUMBERS, steps=1000, key="box_2d"),
    "florence2": LabelFormat("<loc_{}>" * 4, "<loc_([0-9]{1,3})>" * 4, steps=1000, bins=True, x_first=True, joint=""),
    "qwen": LabelFormat("[{}, {}, {}, {}]", _NUMBERS, x_first=True, key="bbox_2d", json=True),
}


def format_label(label: Label, size_px: tuple[int, int], label_format: str) -> str:
    """Write a label as one line; blanks in its text become single spaces.

    Raises `ArgumentError` where the gesture is not one word or a place is not finite.
    """
    form = format_named(label_format)
    if not re.fullmatch(_GESTURE, label.gesture):
        reason = "is no name of a gesture: one word, which starts with a letter"
        raise ArgumentError("label.gesture", label.gesture, reason)
    places = form.write.format(*form.numbers(label.places, size_px))
    text = " ".join(label.text.split())
    if form.json:
        more = f', "text": {_encode(text)}' if text else ""
        return f'{{"{form.key}": {places}, "label": {_encode(label.gesture)}{more}}}'
    return f"{label.gesture}{form.joint}{places} {text}" if text else f"{label.gesture}{form.joint}{places}"


def parse_label(text: str, size_px: tuple[int, int], label_format: str) -> Label | None:
    """The label that a text holds and nothing besides; None where it is anything else."""
    form = format_named(label_format)
    if form.key and (content := _object(text)) is not None:
        gesture, more = (content.get("label") or content.get("gesture"), content.get("text") or "")
        if not (isinstance(gesture, str) and isinstance(more, str) and re.fullmatch(_GESTURE, gesture)):
            return None
        places = _listed(form, content.get(form.key), size_px)
        return None if places is None else Label(gesture, places, " ".join(more.split()))
    match = None if form.json else form.label_pattern.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    gesture, *numbers, more = match.groups()
    places = form.places([int(number) for number in numbers], size_px)
    return None if places is None else Label(gesture, places, more or "")


def quantised(label: Label, size_px: tuple[int, int], label_format: str) -> Label:
    """The label as the format can say it: what `parse_label` reads from what `format_label` writes."""
    form = format_named(label_format)
    places = form.places(form.numbers(label.places, size_px), size_px)
    assert places is not None, "numbers inside the picture are places"
    return Label(label.gesture, places, " ".join(label.text.split()))


def format_box(box: Places, size_px: tuple[int, int], label_format: str) -> str:
    """Write a box alone, as text. Raises `ArgumentError` where an edge is not finite."""
    form = format_named(label_format)
    numbers = form.write.format(*form.numbers(box, size_px))
    return f'{{"{form.key}": {numbers}}}' if form.json else numbers


def parse_box(text: str, size_px: tuple[int, int], label_format: str) -> Box | None:
    """The box that a text holds and nothing besides; None where it is anything else."""
    form = format_named(label_format)
    if form.key and (content := _object(text)) is not None:
        places = _listed(form, content.get(form.key), size_px)
    else:
        match = None if form.json else form.box_pattern.fullmatch(" ".join(text.split()))
        places = match and form.places([int(number) for number in match.groups()], size_px)
    return None if places is None else Box(*places)


def format_named(name: str) -> LabelFormat:
    """The format of that name; `ConfigError` with the nearest names otherwise."""
    if name not in LABEL_FORMATS:
        raise ConfigError("label_format", name, f"is no format of labels; {did_you_mean(name, LABEL_FORMATS)}")
    return LABEL_FORMATS[name]


def _object(text: str) -> dict[str, Any] | None:
    """The one JSON object in a text, also in a list by itself and in a block of code, as chat models wrap it."""
    bare = text.strip()
    fenced = _FENCE.fullmatch(bare)
    try:
        content = json.loads(fenced[1] if fenced else bare, strict=False)
    except (ValueError, RecursionError):
        return None
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    return content if isinstance(content, dict) else None


def _listed(form: LabelFormat, numbers: object, size_px: tuple[int, int]) -> Places | None:
    """Places from a JSON list of four numbers."""
    if not isinstance(numbers, list) or len(numbers) != 4:
        return None
    if not all(type(number) in (int, float) and abs(number) <= MOST for number in numbers):
        return None
    return form.places(numbers, size_px)
