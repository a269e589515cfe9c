"""Spans of written text: which points write which character, word and line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.ink.handwriting.layout import Page
from synthink.ink.handwriting.motion import Rows
from synthink.ink.handwriting.performance import Movement
from synthink.ink.model import Span

Part = tuple[int, int, int]


def spans(page: Page, letter: Rows, fresh: npt.NDArray[np.bool_], begins: Rows, movement: Movement) -> tuple[Span, ...]:
    """Spans of all characters, then of words, then of lines.

    letter: (E) the letter of each piece of writing; fresh: (E) whether the pen came down for it, else it goes on in the
    stroke before; begins: (E) the mark at which it begins.
    """
    stroke = fresh.cumsum() - 1
    first = movement.cuts[begins] - movement.starts[stroke]
    first[fresh] = 0
    last = movement.lengths[stroke]
    goes_on = (~fresh[1:]).nonzero()[0]
    last[goes_on] = first[goes_on + 1]
    parts: list[list[Part]] = [[] for _ in page.x]
    for owner, part in zip(
        letter.tolist(), zip(stroke.tolist(), first.tolist(), last.tolist(), strict=True), strict=True
    ):
        if part[1] < part[2]:
            parts[owner].append(part)
    found = [Span(char, "character", tuple(part)) for char, part in zip("".join(page.texts), parts, strict=True)]
    # Words follow each other, and no stroke runs from one into the next.
    whole = [(each, 0, length) for each, length in enumerate(movement.lengths.tolist())]
    letters = np.array([len(word) for word in page.words]).cumsum()
    stops = (stroke[letter.searchsorted(letters) - 1] + 1).tolist() if len(letters) > 1 else [len(whole)]
    starts = [0, *stops[:-1]]
    found += [
        Span(text, "word", tuple(whole[start:stop]))
        for text, start, stop in zip(page.texts, starts, stops, strict=True)
    ]
    line_words: dict[int, list[int]] = {}
    for index, line in enumerate(page.lines):
        line_words.setdefault(line, []).append(index)
    for words in line_words.values():
        text = " ".join(page.texts[words[0] : words[-1] + 1])
        found.append(Span(text, "line", tuple(whole[starts[words[0]] : stops[words[-1]]])))
    return tuple(found)
