"""The reading of a meter by the field's rules, from its columns alone; and whether its answer says that reading."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

KINDS = ("drum", "lcd", "led", "dials", "gauge")
OTHER_ANSWER = "the answer is not what the columns say"
OTHER_READING = "the reading is not that of its figures"
OTHER_VALUE = "value or interval do not go with the reading"
OTHER_RULE = "a figure is not what its wheel or pointer shows by the rule"
OTHER_COUNT = "figures, positions and places differ in number"
OTHER_BOXES = "a place's box is not around its quad"
OTHER_BOX = "the answer has another box"
OTHER_REGISTER = "the register is the other one"
PLAY, SLACK = 0.03, 0.02  # of a figure's way: wheels stand a little off; what rounding adds
EARLIEST, LATEST = 6.0, 9.0  # positions from which on a wheel takes the one before along
UPPER = ("HT", "T1", "I", "A")  # names of the first of two registers
# Format -> pattern of a box, whether x comes first, steps of a side (0: pixels), and how far a number may be off.
BOXES = {
    "paligemma": (r"<loc(\d{4})>" * 4, False, 1024),
    "plain": (r"(\d+) (\d+) (\d+) (\d+)", False, 0),
    "gemini": (r"(\d+) (\d+) (\d+) (\d+)", False, 1000),
    "florence2": (r"<loc_(\d+)>" * 4, True, 1000),
    "qwen": (r'\{"bbox_2d": \[(\d+), (\d+), (\d+), (\d+)\]\}', True, 0),
}


def check_counts(row: Mapping[str, Any]) -> str | None:
    """The reason why a row has other numbers of figures, positions, boxes and quads; None where they go together."""
    count = len(row["place_positions"])
    figures = 0 if row["kind"] == "gauge" else count
    same = len(row["place_digits"]) == figures and len(row["place_boxes"]) == len(row["place_quads"]) == count > 0
    return None if same and len(row["scale_values"]) == len(row["scale_boxes"]) else OTHER_COUNT


def check_boxes(row: Mapping[str, Any]) -> str | None:
    """The reason why a place's box is not the one around its quad; None where each is."""
    for box, quad in zip(row["place_boxes"], row["place_quads"], strict=True):
        around = (min(quad[::2]), min(quad[1::2]), max(quad[::2]), max(quad[1::2]))
        if any(abs(one - other) > 0.05 for one, other in zip(box, around, strict=True)):
            return OTHER_BOXES
    return None


def check_reading(row: Mapping[str, Any], keeps_zeros: bool) -> str | None:
    """The reason why reading, value, interval and figures do not go together; None where they do."""
    reading, kind, decimals = row["reading"], row["kind"], int(row["decimals"])
    try:
        value = Decimal(row["value"])
        if Decimal(reading) != value or not re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", row["value"]):
            return OTHER_VALUE
    except InvalidOperation:
        return OTHER_VALUE
    low, high = row["interval"]
    step = 10.0**-decimals
    if not low - 1e-6 <= float(value) <= high + 1e-6:
        return OTHER_VALUE
    if kind == "gauge":
        return OTHER_VALUE if not low - 1e-6 <= row["place_positions"][0] <= high + 1e-6 else None
    if high - low > 2.01 * step or low < float(value) - 1.01 * step:
        return OTHER_VALUE
    figures = "".join(row["place_digits"])
    units, part = figures[: len(figures) - decimals], figures[len(figures) - decimals :]
    units = units if keeps_zeros else units.lstrip("0") or "0"
    return None if reading == (f"{units}.{part}" if decimals else units) else OTHER_READING


def check_rule(row: Mapping[str, Any], most_hang: float) -> str | None:
    """The reason why figures do not follow from the positions of wheels or pointers; None where they do.

    most_hang: by how much the last wheel of whole units may stay behind, in figures.
    """
    kind, positions = row["kind"], list(row["place_positions"])
    if kind not in ("drum", "dials"):
        return None
    figures = [int(figure) for figure in row["place_digits"]]
    if len(figures) != len(positions):
        return OTHER_READING
    hangs = [0.0] * len(figures)
    if 0 < row["decimals"] < len(figures):
        hangs[-1 - row["decimals"]] = most_hang
    if int(positions[-1]) != figures[-1]:
        return OTHER_RULE
    after = positions[-1]
    for place in range(len(figures) - 2, -1, -1):
        beyond = positions[place] - figures[place]
        if not (_dial_fits(beyond, after) if kind == "dials" else _wheel_fits(beyond, after, *hangs[place:][:2])):
            return OTHER_RULE
        after = figures[place] + (after / 10 if kind == "dials" else _away(positions[place] - figures[place]))
    return None


def _wheel_fits(beyond: float, after: float, hang: float, next_hang: float) -> bool:
    """Whether a wheel may stand so far beyond its figure while the next one stands at `after`; hang, next_hang: by how
    much either may stay behind."""
    least = max(0.0, (after - LATEST) / (10.0 - LATEST))
    most = max(0.0, (after + next_hang - EARLIEST) / (10.0 - EARLIEST))
    return least - hang - 2 * PLAY - SLACK <= _away(beyond) <= max(least, most) + PLAY + SLACK


def _dial_fits(beyond: float, after: float) -> bool:
    """Whether a pointer may stand so far beyond its figure; it is off by less than half a figure."""
    return abs(_away(beyond - after / 10)) < 0.5


def _away(difference: float) -> float:
    """A difference of positions, the shorter way around: -5 to 5."""
    return (difference + 5.0) % 10 - 5.0


def check_answer(row: Mapping[str, Any], size_px: tuple[int, int], box_format: str) -> str | None:
    """The reason why a row's answer is not the one to its task; None where it is."""
    task, suffix, reading, unit = row["task"], row["suffix"], row["reading"], row["unit"]
    plain = {"read": reading, "registers": reading, "read_unit": f"{reading} {unit}", "type": row["kind"]}
    if task in plain:
        return None if suffix == plain[task] else OTHER_ANSWER
    if task == "caption":
        return None if suffix.endswith(f" that reads {reading} {unit}.") else OTHER_ANSWER
    if task == "detect":
        return None if says_box(suffix, row["display_box"], size_px, box_format) else OTHER_BOX
    if task != "digits":
        return OTHER_ANSWER
    places = zip(row["place_digits"], row["place_boxes"], strict=True)
    digits = [(figure, box) for figure, box in places if figure]
    parts = suffix.split(" ; ")
    if [part[-1:] for part in parts] != [figure for figure, _ in digits]:
        return OTHER_ANSWER
    pairs = zip(parts, digits, strict=True)
    return None if all(says_box(part[:-2], box, size_px, box_format) for part, (_, box) in pairs) else OTHER_BOX


def says_box(text: str, box: Sequence[float], size_px: tuple[int, int], box_format: str) -> bool:
    """Whether a text is that box, to the step of its format."""
    pattern, x_first, steps = BOXES[box_format]
    match = re.fullmatch(pattern, text)
    if match is None:
        return False
    sides = (*size_px, *size_px)
    order = (0, 1, 2, 3) if x_first else (1, 0, 3, 2)
    for number, index in zip(map(int, match.groups()), order, strict=True):
        exact = box[index] * (steps or sides[index]) / sides[index]
        if not math.floor(exact - 0.51) <= number <= exact + 0.51:
            return False
    return True


def check_register(row: Mapping[str, Any]) -> str | None:
    """The reason why the register that is asked for is not the one that the places belong to; None where it is, and
    where a row has one register alone."""
    name = row["register"]
    distractors = zip(row["distractor_kinds"], row["distractor_boxes"], strict=True)
    others = [box for kind, box in distractors if kind == "register"]
    if name is None or not others:
        return None
    if not re.search(rf"\b{re.escape(name)}\b", row["prefix"]):
        return OTHER_REGISTER
    is_upper = row["display_box"][1] < others[0][1]
    return None if is_upper == (name in UPPER) else OTHER_REGISTER
