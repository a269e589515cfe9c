"""Handwriting without learned weights: text as a writer's ink, and a pen led along given lines."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from synthink.errors import ConfigError
from synthink.geometry import Points
from synthink.ink.device import TABLET, Device
from synthink.ink.hand import Hand
from synthink.ink.hand import hand as packaged_hand
from synthink.ink.letters import JOINED, LINE, WORD, Repertoire, Shape, order, repertoire
from synthink.ink.model import Ink, Span
from synthink.ink.motion import Floats, Rows
from synthink.ink.perform import Movement, perform
from synthink.ink.targets import targets
from synthink.ink.writer import Writer
from synthink.streams import Stream, StreamKey

HABIT = 0.025  # x-heights by which a writer's targets are off the font's, always in the same way
SHORT = 0.3  # x-heights: a joining stroke below this becomes one with the letter's last handstroke
REST = np.array([0.012, 0.03, 0.5, 0.8, 0.0])  # seconds, median, within a letter, between letters, words, lines
RESTLESS = np.array([1.2, 1.3, 1.2, 1.0, 0.0])  # deviation of its logarithm; real gaps: 60 to 1,940 ms


def handwriting(
    text: str,
    writer: Writer,
    stream: Stream,
    *,
    line_gap: float = 2.6,
    device: Device = TABLET,
    hand: Hand | None = None,
) -> Ink:
    """`text` as the writer writes it; lines are separated by newlines and lie `line_gap` x-heights apart.

    x, y are in x-heights, y down, the origin where the first line's baseline begins; t in milliseconds from the first
    point, strictly increasing; pressure 0..1. Spans: each character (parts cover the points that write it, dots and
    bars written later too; a joining stroke belongs to the letter that it leads to), each word, each line with text.
    `hand` replaces the writer's by one of your own. Raises `ConfigError` on the field `text`.
    """
    font = hand or packaged_hand(writer.hand)
    check_text(text, font)
    page = _page(text, writer, _habits(font, writer.habits), stream)
    store = repertoire(font)
    strokes = order(page.words, page.joins, writer.left_handed)
    strokes[page.line_starts(strokes), 3] = LINE
    first, rows, letter, before = strokes.T
    stop = rows.cumsum()
    at = np.arange(stop[-1]) + np.repeat(first - stop + rows, rows)
    marks, ways = _placed(store, at, np.repeat(letter, rows), page, line_gap, font, writer, stream)
    joined = before == JOINED
    begins = stop - rows
    # Where the joining way is short, the letter's last mark gives way to the next letter's first.
    way = marks[begins[joined]] - marks[begins[joined] - 1]
    short = (way**2).sum(axis=1) < SHORT**2
    kept = np.ones(len(marks), np.bool_)
    kept[begins[joined][short] - 1] = False
    begins = begins - np.concatenate(([0], (~kept).cumsum()))[begins]
    marks, ways = marks[kept], ways[kept][:-1]
    fresh = ~joined
    rests = writer.pause * REST[before[fresh]] * np.exp(RESTLESS[before[fresh]] * stream.normals(int(fresh.sum())))
    movement = perform(marks, ways, begins[fresh], rests, writer, stream, device)
    leaves = begins.copy()
    leaves[np.flatnonzero(joined)[~short]] -= 1
    spans = _spans(page, letter, fresh, leaves, movement)
    return Ink.packed(movement.points, movement.starts, spans, label=text, writer=writer.name, units="x-height")


def check_text(text: str, font: Hand) -> None:
    """Raise `ConfigError` on the field `text` for what the hand cannot write."""
    strange = set(text) - font.characters - {"\n"}
    if strange:
        ordered = sorted(strange, key=text.index)
        named = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in ordered[:8])
        if any(unicodedata.bidirectional(char) in ("R", "AL") for char in ordered):
            raise ConfigError("text", text, f"is written from right to left, which no hand does: {named}")
        if any(unicodedata.category(char) == "Cc" for char in ordered):
            raise ConfigError("text", text, f"holds control characters other than newline: {named}")
        raise ConfigError("text", text, f"holds characters that the hand {font.name!r} lacks: {named}")
    if not text.strip():
        raise ConfigError("text", text, "holds nothing to write")


class _Page(NamedTuple):
    """A text's letters: words of shapes, the text of each, the line of each, and for each letter its place."""

    words: list[list[Shape]]
    texts: list[str]
    lines: list[int]
    joins: list[bool]
    x: list[float]
    line_of: list[int]

    def line_starts(self, strokes: Rows) -> Rows:
        """The strokes that begin a line."""
        line = np.array(self.line_of)[strokes[:, 2]]
        return np.flatnonzero(np.diff(line, prepend=-1) > 0)


def _page(text: str, writer: Writer, habits: dict[str, tuple[Shape, ...]], stream: Stream) -> _Page:
    page = _Page([], [], [], [], [], [])
    luck = iter(stream.uniforms(3 * len(text)).tolist())
    for number, line in enumerate(text.split("\n")):
        x = 0.0
        for word in line.split(" "):
            shapes: list[Shape] = []
            for char in word:
                options = habits[char]
                chance = next(luck)
                if chance < writer.shape_fidelity or len(options) == 1:
                    shape = options[0]
                else:
                    rest = (chance - writer.shape_fidelity) / (1 - writer.shape_fidelity)
                    shape = options[1 + int(rest * (len(options) - 1))]
                shapes.append(shape)
                join = next(luck) < writer.connectedness
                page.joins.append(join)
                page.x.append(x)
                gap = writer.letter_gap * (0.4 if join and shape.joins_out else 1.0)
                x += shape.advance * writer.width + gap + 0.12 * (next(luck) - 0.5)
            if shapes:
                page.words.append(shapes)
                page.texts.append(word)
                page.lines.append(number)
                page.line_of.extend([number] * len(shapes))
            x += writer.word_gap * (0.85 + 0.3 * next(luck, 0.5))
    return page


def _placed(
    store: Repertoire,
    at: Rows,
    letter: Rows,
    page: _Page,
    line_gap: float,
    font: Hand,
    writer: Writer,
    stream: Stream,
) -> tuple[Points, Points]:
    """Marks and bends of the rows `at` of the repertoire on the page, loosened as the writer does."""
    letters = len(page.x)
    noise = stream.normals(4 * letters + 2 * len(at))
    own = noise[: 4 * letters].reshape(4, letters)
    x, line = np.array(page.x), np.array(page.line_of, np.float64)
    phase, period = (stream.uniforms(2) * (2 * math.pi, 5.0)).tolist()
    # Waves of 4 to 12 letters, and each letter for itself.
    lift = writer.baseline_drift * (np.sin(x * (2 * math.pi / (4 + 1.6 * period)) + phase + 2.4 * line) + 0.4 * own[0])
    lean = math.tan(math.radians(writer.slant_deg)) - math.tan(math.radians(store.slant_deg)) + 0.03 * own[1]
    wide = writer.width * (1 + writer.sloppiness * own[2])
    high = 1 + writer.sloppiness * own[3]
    loose = noise[4 * letters :].reshape(-1, 2) * writer.sloppiness + _offsets(font, writer.habits)[at]
    marks = store.marks[at] + loose
    ways = store.ways[at]
    marks[:, 0] *= wide[letter]
    marks[:, 1] *= high[letter]
    ways[:, 0] *= wide[letter]
    ways[:, 1] *= high[letter]
    lean = lean[letter]
    marks[:, 0] += x[letter] - marks[:, 1] * lean
    ways[:, 0] -= ways[:, 1] * lean
    slope = math.tan(math.radians(writer.baseline_slope_deg))
    marks[:, 1] += (lift + line * line_gap + slope * x)[letter]
    return marks, ways


def _spans(page: _Page, letter: Rows, fresh: Any, leaves: Rows, movement: Movement) -> tuple[Span, ...]:
    """Spans of characters, then words, then lines, from where each piece of a letter begins."""
    stroke = fresh.cumsum() - 1
    offset = movement.starts[stroke]
    first = np.where(fresh, 0, movement.cuts[leaves] - offset)
    length = np.diff(movement.starts, append=len(movement.points))[stroke]
    last = np.where(np.append(fresh[1:], True), length, np.append(first[1:], 0))
    parts: list[list[tuple[int, int, int]]] = [[] for _ in page.x]
    for owner, *part in zip(letter.tolist(), stroke.tolist(), first.tolist(), last.tolist(), strict=True):
        parts[owner].append(tuple(part))  # type: ignore[arg-type]
    text = "".join(page.texts)
    spans = [Span(char, "character", tuple(part)) for char, part in zip(text, parts, strict=True)]
    # A stroke never runs on into another word.
    first_stroke = stroke[np.searchsorted(letter[fresh.nonzero()], 0)] * 0
    sizes = np.diff(movement.starts, append=len(movement.points)).tolist()
    at = 0
    words: list[Span] = []
    lines: dict[int, tuple[list[str], list[tuple[int, int, int]]]] = {}
    done = int(first_stroke)
    for shapes, word, number in zip(page.words, page.texts, page.lines, strict=True):
        at += len(shapes)
        stop = done
        owner_last = max(part[0] for span_parts in parts[at - len(shapes) : at] for part in span_parts) + 1
        stop = owner_last
        whole = [(each, 0, sizes[each]) for each in range(done, stop)]
        words.append(Span(word, "word", tuple(whole)))
        texts, line_parts = lines.setdefault(number, ([], []))
        texts.append(word)
        line_parts.extend(whole)
        done = stop
    ends = [Span(" ".join(texts), "line", tuple(line_parts)) for texts, line_parts in lines.values()]
    return (*spans, *words, *ends)


@lru_cache(maxsize=256)
def _habits(font: Hand, key: int) -> dict[str, tuple[Shape, ...]]:
    """The writer's shapes of each character, the preferred one first."""
    stream = StreamKey("writer", key).stream(0, "shapes")
    habits = {}
    for char, shapes in repertoire(font).shapes.items():
        # The font's first shape is the commonest: half of all writers have it.
        best = 0 if len(shapes) == 1 or stream.chance(0.5) else stream.integers(1, len(shapes))
        habits[char] = (shapes[best], *shapes[:best], *shapes[best + 1 :])
    return habits


@lru_cache(maxsize=256)
def _offsets(font: Hand, key: int) -> Points:
    """(R, 2) by which the writer's targets are always off the font's."""
    count = len(repertoire(font).marks)
    return StreamKey("writer", key).stream(0, "offsets").normals(2 * count).reshape(count, 2) * HABIT


def trace(
    lines: Sequence[Points], writer: Writer, stream: Stream, *, unit: float = 1.0, device: Device = TABLET
) -> Ink:
    """A pen led along the given lines, one after the other: (N, 2) each, N >= 1; x, y come back in the same units.

    unit: the length that is an x-height to this hand: timing and noise go by it.
    """
    if not len(lines):
        raise ConfigError("lines", lines, "must be one line or more")
    aims = [targets(np.asarray(line, np.float64) / unit) for line in lines]
    marks = np.concatenate([points for points, _ in aims])
    ways = np.concatenate([np.concatenate((between, ((0.0, 0.0, 1.0),))) for _, between in aims])[:-1]
    lengths = np.array([len(points) for points, _ in aims])
    marks = marks + stream.normals(2 * len(marks)).reshape(-1, 2) * writer.sloppiness
    rests = np.full(len(lines), 0.05) * writer.pause
    movement = perform(marks, ways, lengths.cumsum() - lengths, rests, writer, stream, device)
    points = movement.points
    points[:, :2] *= unit
    return Ink.packed(points, movement.starts, writer=writer.name)
