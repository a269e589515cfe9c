"""The lines of a row's handwriting: words, their boxes, and the baselines that letters stand on."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from synthink.build.stored_rows import Row
from synthink.draw.geometry import Box

_NOT_STANDING = frozenset("fgjpqyJQ,;()[]{}|/\\@$&µ'\"`^*~-=+°·:–—’‘“”„‚")
"""Characters whose ink ends below the baseline, or above it, in some hand."""
Piece = tuple[str, Box]
"""A text, and the box around its ink."""


class WrittenLine(NamedTuple):
    """A line of handwriting. baseline: points x, y in whole pixels, from left to right."""

    words: list[Piece]
    baseline: list[tuple[int, int]]

    @property
    def text(self) -> str:
        """The words, with a space between each two."""
        return " ".join(word for word, _ in self.words)

    @property
    def boxes(self) -> list[Box]:
        """The boxes of the words."""
        return [box for _, box in self.words]


def written_lines(row: Row) -> list[WrittenLine]:
    """The lines of a row's handwriting; none where its words are those of something else, such as a printed page."""
    words, boxes = row.get("words") or [], row.get("word_boxes") or []
    texts = [line.split() for line in (row.get("text") or "").split("\n")]
    if not words or [word for line in texts for word in line] != words or len(boxes) != len(words):
        return []
    pairs = list(zip(words, (Box(*box) for box in boxes), strict=True))
    letters = list(_letters(row, pairs))
    lines, first = [], 0
    for count in filter(None, map(len, texts)):
        own = slice(first, first + count)
        lines.append(WrittenLine(pairs[own], _baseline(pairs[own], letters[own])))
        first += count
    return lines


def whole_pixels(boxes: Sequence[Box]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the box around boxes, in whole pixels, which hold all of them."""
    left, top = (math.floor(min(box[side] for box in boxes)) for side in (0, 1))
    right, bottom = (math.ceil(max(box[side] for box in boxes)) for side in (2, 3))
    return left, top, right, bottom


def _letters(row: Row, words: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The characters of each word with their boxes; the word itself where the row's characters are not those of its
    words."""
    characters, boxes = row.get("characters") or [], row.get("character_boxes") or []
    known = "".join(characters) == "".join(word for word, _ in words) and len(characters) == len(boxes)
    rest = zip(characters, (Box(*box) for box in boxes), strict=True) if known else iter(())
    for word, box in words:
        pieces: list[Piece] = [] if known else [(word, box)]
        while known and sum(len(text) for text, _ in pieces) < len(word):
            pieces.append(next(rest))
        yield pieces


def _baseline(words: Sequence[Piece], letters: Sequence[Sequence[Piece]]) -> list[tuple[int, int]]:
    """The points of a baseline: at the middle of each word the median of the bottoms of its letters that stand on it,
    and the same height at both ends of the line."""
    points = []
    for (_, box), pieces in zip(words, letters, strict=True):
        if bottoms := [piece[1][3] for piece in pieces if _stands(piece[0])]:
            points.append((box.centre[0], median(bottoms)))
    if not points:  # quotation marks alone
        points = [(words[0][1].centre[0], max(box[3] for _, box in words))]
    points.sort()
    left, _, right, _ = whole_pixels([box for _, box in words])
    ends = [(left, points[0][1]), *points, (right, points[-1][1])]
    return list(dict.fromkeys((round(x), round(y)) for x, y in ends))


def _stands(text: str) -> bool:
    """Whether the ink of all characters ends on the baseline."""
    return not _NOT_STANDING.intersection(unicodedata.normalize("NFD", text))
