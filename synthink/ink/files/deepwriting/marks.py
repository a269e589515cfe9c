"""The words and characters that DeepWriting marks by numbers at every point."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.ink.model import InkError, Span


@dataclass(frozen=True, slots=True)
class Marks:
    """Arrays (L,) of whole numbers of one sample, None where the file has none. `classes` index the sorted alphabet,
    0 is between characters; `words` count from 1, 0 is between words; the others are 1 where something begins or ends.
    """

    classes: Any
    words: Any
    character_begin: Any
    character_end: Any
    word_begin: Any
    word_end: Any

    @property
    def begun(self) -> int | None:
        """The number of characters that begin."""
        begin = self.character_begin
        return int(np.count_nonzero(begin == 1)) if isinstance(begin, np.ndarray) else None


def spans(lengths: Sequence[int], marks: Marks, alphabet: Sequence[str]) -> list[Span]:
    """Words, then characters, of strokes of so many points. A word says the characters that begin in it.

    Raises `InkError` for marks that do not fit the points or the alphabet.
    """
    starts = np.cumsum([0, *lengths])
    count = int(starts[-1])
    for name in ("classes", "words", "character_begin", "character_end", "word_begin", "word_end"):
        _check(getattr(marks, name), count, name)
    characters = [
        (first, last, _letter(marks.classes, first, last, alphabet))
        for first, last in _between(marks.character_begin, marks.character_end)
    ]
    begins = [first for first, _, _ in characters]
    words = []
    for runs in _words(marks):
        inside = [
            letter
            for first, last in runs
            for _, _, letter in characters[bisect_left(begins, first) : bisect_right(begins, last)]
        ]
        parts = tuple(part for first, last in runs for part in _parts(first, last + 1, starts))
        words.append(Span("".join(inside), "word", parts))
    return words + [Span(letter, "character", _parts(first, last + 1, starts)) for first, last, letter in characters]


def label(text: str, spans: Sequence[Span], alphabet: Sequence[str]) -> str | None:
    """The file's text where the marked characters are all of it that the alphabet has, else the marked words."""
    words = [span.label for span in spans if span.kind == "word" and span.label]
    marked = "".join(span.label for span in spans if span.kind == "character")
    known = set("".join(alphabet))
    if not words or marked == "".join(letter for letter in text if letter in known):
        return text or None
    return " ".join(words)


def _words(marks: Marks) -> Iterator[list[tuple[int, int]]]:
    """First and last points of the runs of each word. A word that a sample begins in has no mark of its begin, so the
    numbers go first."""
    if marks.words is None:
        yield from ([pair] for pair in _between(marks.word_begin, marks.word_end))
        return
    numbered = np.flatnonzero(marks.words)
    numbers = marks.words[numbered]
    turns = np.flatnonzero(np.diff(numbers)) + 1
    runs: dict[int, list[tuple[int, int]]] = {}
    for start, stop in pairwise([0, *turns.tolist(), len(numbered)] if len(numbered) else []):
        run = int(numbered[start]), int(numbered[stop - 1])
        runs.setdefault(int(numbers[start]), []).append(run)
    yield from runs.values()


def _between(begin: Any, end: Any) -> Iterator[tuple[int, int]]:
    """First and last points: from each begin to the first end that is not before it, unless another begins first (the
    sample was cut there)."""
    if begin is None or end is None:
        return
    firsts, lasts = np.flatnonzero(begin == 1).tolist(), np.flatnonzero(end == 1).tolist()
    for first, following in pairwise([*firsts, 2**62]):
        place = bisect_left(lasts, first)
        if place < len(lasts) and lasts[place] < following:
            yield first, lasts[place]


def _parts(first: int, stop: int, starts: npt.NDArray[Any]) -> tuple[tuple[int, int, int], ...]:
    """(stroke, first point, point after the last) of the points `first` to `stop` of all."""
    from_stroke = int(np.searchsorted(starts, first, side="right")) - 1
    to_stroke = int(np.searchsorted(starts, stop, side="left"))
    return tuple(
        (stroke, max(first - int(starts[stroke]), 0), min(stop, int(starts[stroke + 1])) - int(starts[stroke]))
        for stroke in range(from_stroke, to_stroke)
    )


def _letter(classes: Any, first: int, last: int, alphabet: Sequence[str]) -> str:
    """What the first class in a character's points stands for; nothing when the file does not say."""
    if classes is None or not alphabet:
        return ""
    inside = classes[first : last + 1]
    number = int(inside[np.argmax(inside != 0)])
    if not 0 <= number < len(alphabet):
        raise InkError(f"has the character class {number}, the alphabet has {len(alphabet)}")
    return alphabet[number]


def _check(values: Any, count: int, name: str) -> None:
    if values is None:
        return
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "iub" or values.shape != (count,):
        shape = getattr(values, "shape", type(values).__name__)
        raise InkError(f"has {name.replace('_', ' ')} of shape {shape}, not a whole number for each of {count} points")
