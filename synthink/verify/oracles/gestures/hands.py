"""The hands that come with synthink, as their SVG files have them: letters, and texts as they are usually written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np

from synthink.verify.oracles.gestures.row import Floats
from synthink.verify.oracles.ink_strokes.skeletons import polyline

SHAPE_WIDTH, LETTER_GAP, WORD_GAP = 1.09, 0.06, 1.15  # x-heights: what most writers do
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, eq=False)
class HandLetter:
    """A character of a hand over all its shapes. advance: x-heights; pieces: (N, 5) of ink: x, y, their ends, and their
    share; fewest, most: strokes; joins: whether the pen may come to it, and go on from it, without being lifted."""

    advance: float
    pieces: Floats
    fewest: int
    most: int
    joins: tuple[bool, bool]


Letters = dict[str, HandLetter]


@lru_cache(maxsize=16)
def letters_of(hand: str) -> Letters | None:
    """The characters of a hand; None for one that does not come with synthink."""
    file = files("synthink.fonts") / f"{hand}.svg"
    if not re.fullmatch(r"[\w-]+", hand) or not file.is_file():
        return None
    root = ET.fromstring(file.read_bytes())
    shapes: dict[str, list[ET.Element]] = {}
    for group in root.iter(f"{_SVG}g"):
        if group.get("data-char") is not None:
            shapes.setdefault(group.get("data-char", ""), []).append(group)
    return {char: _letter(groups, root.get("data-joins", "none")) for char, groups in shapes.items()}


def _letter(groups: Sequence[ET.Element], joins: str) -> HandLetter:
    shapes = [[polyline(path.get("d", "")) for path in group.findall(f"{_SVG}path")] for group in groups]
    pieces = [
        np.column_stack((line[:-1], line[1:], np.full(len(line) - 1, 1 / len(groups))))
        for lines in shapes
        for line in lines
        if len(line) > 1
    ]
    advance = float(np.mean([float(group.get("data-advance", "0")) for group in groups])) / 100
    own = {group.get("data-joins", joins) for group in groups}
    counts = [len(lines) for lines in shapes]
    joined = bool(own & {"in", "both"}), bool(own & {"out", "both"})
    return HandLetter(advance, np.concatenate(pieces) if pieces else np.zeros((0, 5)), min(counts), max(counts), joined)


def may_have(count: int, text: str, letters: Letters) -> bool:
    """Whether a text can be written with so many strokes."""
    written = [letters[char] for char in text if char != " "]
    joints = sum(
        letters[one].joins[1] and letters[other].joins[0] for word in text.split() for one, other in pairwise(word)
    )
    return sum(letter.fewest for letter in written) - joints <= count <= sum(letter.most for letter in written)


def expected(text: str, letters: Letters) -> Floats:
    """(N, 5) pieces of the text as it is usually written, x-heights."""
    x, parts = 0.0, []
    for char in text:
        if char == " ":
            x += WORD_GAP
            continue
        letter = letters[char]
        parts.append(letter.pieces * (SHAPE_WIDTH, 1, SHAPE_WIDTH, 1, 1) + (x, 0, x, 0, 0))
        x += letter.advance * SHAPE_WIDTH + LETTER_GAP
    return np.concatenate(parts)
