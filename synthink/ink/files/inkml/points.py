"""The text of an InkML trace as numbers: the plain case fast, and the whole grammar of InkML 1.0, section 3.2.1."""

from __future__ import annotations

import math
import re

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted

_VALUE = re.compile(
    r"""\s*+(?:([!'"])\s*+)?(\*|\?|[TF]|(?:-\s*+)?\#[0-9A-Fa-f]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)""", re.ASCII
)
_NOT_PLAIN = re.compile("[_nN]")  # float would take 1_0, nan and inf
_EXPLICIT, _FIRST, _SECOND = "!", "'", '"'


class PointError(ValueError):
    """The text of a trace breaks the grammar; says at which point and character."""


def read_points(text: str, least: int, most: int) -> npt.NDArray[np.float64]:
    """(N, most): the values of each point; those that are unknown (`?`) or were left out are NaN.

    A point has `least` values or more; the rest are of intermittent channels. Text of two values whose commas stand
    inside the points (`x,y x,y`, as InkSight writes) is known by its commas. Raises `PointError`.
    """
    rows = _plain(text)
    if rows is None:
        rows = _by_grammar(text, most)
    if len(rows) > 1 and not rows[-1]:
        rows.pop()  # a comma after the last point
    counts = set(map(len, rows))
    if least == 2 and _commas_inside(rows):
        rows = np.array([value for row in rows for value in row]).reshape(-1, 2).tolist()
    elif counts != {most}:
        _fill(rows, least, most)
    return np.array(rows, dtype=np.float64)


def _plain(text: str) -> list[list[float]] | None:
    """The values when all are plain decimal numbers between blanks, else None."""
    if not text.isascii() or _NOT_PLAIN.search(text):
        return None
    try:
        return [list(map(float, point.split())) for point in text.split(",")]
    except ValueError:
        return None


def _fill(rows: list[list[float]], least: int, most: int) -> None:
    for index, row in enumerate(rows):
        if not least <= len(row) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise PointError(f"point {index} has {len(row)} values, not {wanted}")
        row.extend([math.nan] * (most - len(row)))


def _commas_inside(rows: list[list[float]]) -> bool:
    return len(rows) > 1 and len(rows[0]) == 1 == len(rows[-1]) and all(len(row) == 2 for row in rows[1:-1])


def _by_grammar(text: str, most: int) -> list[list[float]]:
    channels = [_Channel() for _ in range(most)]
    rows: list[list[float]] = []
    at = 0
    for index, point in enumerate(text.split(",")):
        row: list[float] = []
        inside = 0
        while inside < len(point) and not point[inside:].isspace():
            match = _VALUE.match(point, inside)
            if match is None:
                wrong = point[inside:].lstrip()
                raise PointError(f"point {index}, character {at + inside}: cannot read {quoted(wrong, 20)}")
            if len(row) == most:
                raise PointError(f"point {index} has more than {most} values")
            row.append(channels[len(row)].take(match.group(1), match.group(2), index))
            inside = match.end()
        rows.append(row)
        at += len(point) + 1
    return rows


class _Channel:
    """One channel's values along a trace: differences add up, and a prefix holds until the next one."""

    def __init__(self) -> None:
        self.mode = _EXPLICIT
        self.value: float | None = None
        self.speed = 0.0
        self.written = 0.0

    def take(self, prefix: str | None, word: str, index: int) -> float:
        """The channel's value for the next word in its column."""
        self.mode = prefix or self.mode
        if word == "?":
            return math.nan
        if word == "*" and self.value is None:
            raise PointError(f"point {index}: '*' repeats a value, but none came before")
        # In mode ' and " the star repeats the difference that was written last.
        number = self.written if word == "*" else _number(word)
        if word == "*" and prefix == _EXPLICIT and self.value is not None:
            number = self.value
        if self.mode == _EXPLICIT:
            self.speed = number - (number if self.value is None else self.value)
            self.value = number
        elif self.value is None:
            raise PointError(f"point {index}: begins with a difference; the first value must be explicit")
        else:
            self.speed = number if self.mode == _FIRST else self.speed + number
            self.value += self.speed
        self.written = number
        return self.value


def _number(word: str) -> float:
    if word in ("T", "F"):
        return float(word == "T")
    if "#" in word:
        size = float(min(int(word[word.index("#") + 1 :], 16), 1 << 64))  # far beyond any coordinate
        return -size if word.startswith("-") else size
    return float(word)
