"""Where the letters of words stand: given by the source, or cut out of the words' ink."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes
from synthink.documents.page.tiles import Pixels
from synthink.documents.proof.faces import ADVANCE, WIDTH, Measures
from synthink.documents.proof.ink import Grounds
from synthink.documents.proof.shapes import drawn

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_INKED = 0.4 * 255  # of a column's ink: less is no part of a letter
_REACH = 4  # pixels around the place where a cut is thought to be
_STIFFNESS = 6.0  # how much a letter of another width costs, against cutting through ink
_FAINT, _SHARE = 0.12 * 255, 0.3  # of ink in a row of a letter: less is beside it
_GRAIN = 16  # the ink of columns is weighed in whole numbers, this many to a mean column


CloseUp = Callable[[int, float], tuple[Pixels, Array] | None]
"""Draws a text object alone, with so many pixels to one of the page: (h, w) its ink, and (2, 2) the scale and the
offset, across and down, that take the page's pixels to its own; None where that cannot be done."""


@dataclass(frozen=True, slots=True)
class PlacedLetters:
    """The characters of all words, one after the other, where the source knows which of them stands where."""

    pixels: Pixels
    """(H, W, channels) the page's picture."""
    counts: Indices
    """(W,) the number of characters of each word."""
    boxes: Boxes
    """(N, 4) around the ink of each character; those in a row with equal boxes are one glyph's, as in a ligature."""
    fonts: npt.NDArray[np.uint64]
    """(N,) numbers that are equal for characters of one font."""
    sizes: Array
    """(N,) the em of each character's font, in pixels."""
    baselines: Array
    """(N,) the height of the line that each character stands on, in pixels from the top of the page."""
    names: Sequence[str] = ()
    """The name of each font by its number, under which its document remembers it; none where it has no name."""
    objects: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    """(N,) the text object of each character, for `close_up`."""
    close_up: CloseUp | None = None
    """Draws these objects, where the source can."""

    def of(self, words: Indices) -> PlacedLetters:
        """The characters of some words."""
        counts = self.counts[words]
        starts = (np.cumsum(self.counts) - self.counts)[words]
        numbers = np.arange(int(counts.sum())) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        return replace(
            self,
            counts=counts,
            boxes=self.boxes[numbers],
            fonts=self.fonts[numbers],
            sizes=self.sizes[numbers],
            baselines=self.baselines[numbers],
            objects=self.objects[numbers] if len(self.objects) else self.objects,
        )


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of all words, one after the other."""

    characters: list[str]
    """The different characters; more than one where they share a glyph."""
    kinds: Indices
    """(N,) the number of each letter's character among these."""
    words: Indices
    """(N,) the word of each letter, rising."""
    firsts: Indices
    """(W,) the first letter of each word."""
    counts: Indices
    """(W,) the number of letters of each word; at least 1."""
    boxes: Boxes
    """(N, 4) around each letter's ink."""

    def measures(self, faces: Indices | None = None) -> Measures:
        """(N, 4) what fonts give each letter. faces: (W,) the face of each word, where it is known."""
        table = [drawn(char) for char in self.characters]
        if faces is None:
            return np.stack([entry.usual for entry in table])[self.kinds]
        return np.stack([entry.by_face for entry in table])[self.kinds, faces[self.words]]


def letters_in(texts: Sequence[str], placed: PlacedLetters) -> tuple[Letters, Indices]:
    """The letters of words whose source says where each of them stands, and (N,) the first character of each letter:
    characters of one glyph are one letter."""
    words = np.repeat(np.arange(len(texts)), placed.counts)
    starts = np.ones(len(words), dtype=bool)
    for place in (np.flatnonzero(placed.boxes[1:, 0] == placed.boxes[:-1, 0]) + 1).tolist():
        before = place - 1
        starts[place] = words[place] != words[before] or (placed.boxes[place] != placed.boxes[before]).any()
    places, text, joined = np.flatnonzero(starts), "".join(texts), {}
    if len(places) < len(text):
        lengths = np.diff(places, append=len(text))
        joined = {n: text[places[n] : places[n] + lengths[n]] for n in np.flatnonzero(lengths > 1).tolist()}
    return replace(_without_boxes(text, words, places, joined), boxes=placed.boxes[places]), places


def cut_letters(texts: Sequence[str], ink: Pixels, grounds: Grounds, faces: Indices | None = None) -> Letters:
    """The letters of words, cut out of their ink: each as wide as fonts have it, cut where there is least ink. faces:
    (W,) the face of each word, where it is known."""
    words = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    letters = _without_boxes("".join(texts), words, np.arange(len(words)), {})
    sums = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1), dtype=np.int64)
    sums[1:, 1:] = ink.cumsum(0, dtype=np.int64).cumsum(1)
    left, top, right, bottom = grounds.edges.T
    longest = int((right - left).max())
    places = np.minimum(left[:, None] + np.arange(longest + 1), right[:, None])
    columns = np.diff(sums[bottom[:, None], places] - sums[top[:, None], places], axis=1)  # (W, longest) of ink
    inked = columns > _INKED
    some = inked.any(axis=1)
    starts = np.where(some, inked.argmax(axis=1), 0)
    stops = np.where(some, longest - inked[:, ::-1].argmax(axis=1), right - left)
    cuts = _cuts(letters, letters.measures(faces), columns, starts, stops)
    first = left[letters.words] + cuts[letters.words, _places(letters)]
    last = np.maximum(left[letters.words] + cuts[letters.words, _places(letters) + 1], first + 1)
    return replace(letters, boxes=_trimmed(sums, first, last, top[letters.words], bottom[letters.words]))


def _without_boxes(text: str, words: Indices, places: Indices, joined: Mapping[int, str]) -> Letters:
    """Letters that begin at places of a text. words: the word of each of its characters. joined: those letters that
    have several characters, by their numbers."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")[places].astype(np.intp)
    signs = sorted(set(joined.values()))
    beyond = int(codes.max(initial=0)) + 1
    codes[list(joined)] = [beyond + signs.index(sign) for sign in joined.values()]
    there = np.zeros(beyond + len(signs), dtype=bool)
    there[codes] = True
    characters = [chr(code) if code < beyond else signs[code - beyond] for code in np.flatnonzero(there).tolist()]
    counts = np.bincount(words[places])
    return Letters(
        characters, (np.cumsum(there) - 1)[codes], words[places], np.cumsum(counts) - counts, counts, np.zeros((0, 4))
    )


def _places(letters: Letters) -> Indices:
    """(N,) the place of each letter in its word, from 0."""
    return np.arange(len(letters.words)) - letters.firsts[letters.words]


def _cuts(
    letters: Letters, measures: Measures, columns: npt.NDArray[np.int64], starts: Indices, stops: Indices
) -> Indices:
    """(W, longest word + 1) the columns at which words are cut: the cheapest way by dynamic programming."""
    lasts = letters.firsts + letters.counts - 1
    words, longest = len(starts), int(letters.counts.max())
    advances = np.zeros((words, longest))
    advances[letters.words, _places(letters)] = measures[:, ADVANCE]
    bearings = np.maximum(0, (measures[:, ADVANCE] - measures[:, WIDTH]) / 2)
    ends = np.cumsum(advances, axis=1)
    length = ends[np.arange(words), letters.counts - 1] - bearings[letters.firsts] - bearings[lasts]
    scale = ((stops - starts) / np.maximum(length, 0.1))[:, None]
    expected = np.rint(starts[:, None] + (ends - bearings[letters.firsts][:, None]) * scale).astype(np.intp)
    widths = np.maximum(advances * scale, 1)
    mean = np.maximum(columns.sum(axis=1) // np.maximum(stops - starts, 1), 1)
    weights = np.pad(columns * _GRAIN // mean[:, None], ((0, 0), (1, 1)))
    weights = np.minimum(weights[:, :-1], weights[:, 1:])  # of a cut: the lesser ink of its two columns
    offsets = np.arange(-_REACH, _REACH + 1)
    rows = np.arange(words)[:, None]
    before, costs = np.repeat(starts[:, None], len(offsets), axis=1), np.where(offsets == 0, 0.0, 1e3)
    costs = np.repeat(costs[None], words, axis=0)
    places, choices, totals = [], [], []
    latest = np.maximum(stops, starts + 2)[:, None] - 1
    for letter in range(longest - 1):
        here = np.clip(expected[:, letter, None] + offsets, starts[:, None] + 1, latest)
        steps = costs[:, None, :] + _misfits(here[:, :, None] - before[:, None, :], widths[:, letter, None, None])
        choice = steps.argmin(axis=2)
        costs = np.take_along_axis(steps, choice[:, :, None], axis=2)[:, :, 0]
        costs = costs + weights[rows, here] / _GRAIN + 0.02 * np.abs(here - expected[:, letter, None])
        places.append(here)
        choices.append(choice)
        totals.append(costs)
        before = here
    cuts = np.zeros((words, longest + 1), dtype=np.intp)
    cuts[:, 0] = starts
    cuts[np.arange(words), letters.counts] = stops
    chosen = np.zeros(words, dtype=np.intp)
    for letter in range(longest - 2, -1, -1):
        final = np.flatnonzero(letters.counts == letter + 2)
        ending = totals[letter][final] + _misfits(
            stops[final, None] - places[letter][final], widths[final, letter + 1, None]
        )
        chosen[final] = ending.argmin(axis=1)
        longer = np.flatnonzero(letters.counts >= letter + 2)
        cuts[longer, letter + 1] = places[letter][longer, chosen[longer]]
        chosen[longer] = choices[letter][longer, chosen[longer]]
    return cuts


def _misfits(distances: Indices, widths: Array) -> Array:
    """What it costs that a letter is not as wide as fonts have it."""
    cost: Array = _STIFFNESS * ((distances - widths) / (widths + 2)) ** 2
    return np.where(distances < 1, 50.0, cost)


def _trimmed(sums: npt.NDArray[np.int64], first: Indices, last: Indices, top: Indices, bottom: Indices) -> Boxes:
    """(N, 4) the boxes of the ink in cells, with the parts of pixels that smoothing tells."""
    tall = int((bottom - top).max())
    rows = np.minimum(top[:, None] + np.arange(tall + 1), bottom[:, None])
    upper, lower = _ends(np.diff(sums[rows, last[:, None]] - sums[rows, first[:, None]], axis=1))
    wide = int((last - first).max())
    columns = np.minimum(first[:, None] + np.arange(wide + 1), last[:, None])
    near, far = _ends(np.diff(sums[bottom[:, None], columns] - sums[top[:, None], columns], axis=1))
    return np.stack((first + near, top + upper, np.minimum(first + far, last), top + lower), axis=1)


def _ends(ink: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    """The first and the last place of ink in each row of (N, length) sums, in parts of a pixel."""
    size = ink.shape[1]
    inked = ink > np.maximum(_SHARE * np.minimum(ink.max(axis=1, keepdims=True), 255), _FAINT)
    some, rows = inked.any(axis=1), np.arange(len(ink))
    first, last = inked.argmax(axis=1), size - 1 - inked[:, ::-1].argmax(axis=1)

    def filled(place: Indices, inner: Indices) -> Array:
        outer, more = ink[rows, place], ink[rows, np.clip(inner, 0, size - 1)]
        return np.clip(outer / np.maximum(np.maximum(outer, more), 1), 0.3, 1.0)

    start = np.where(some, first + 1 - filled(first, first + 1), 0.0)
    stop = np.where(some, last + filled(last, last - 1), float(size))
    return start, stop
