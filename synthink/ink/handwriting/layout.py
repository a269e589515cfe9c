"""Where a writer puts the letters of a text, and which shapes they get."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from synthink.draw.geometry import Points
from synthink.ink.handwriting.letters import LINE, WORD, LetterShape, repertoire
from synthink.ink.handwriting.motion import Floats, Plane, Rows
from synthink.ink.handwriting.pen_font import PenFont
from synthink.ink.handwriting.writer import Writer
from synthink.streams import Stream, StreamKey

HABIT, FORM = 0.02, 0.05  # x-heights by which a writer's targets and whole letters are off the font's, always alike
CLOSER = 0.4  # of the room between letters is left where they may be joined
UNEVEN_GAP = 0.12  # x-heights over which the room between letters is spread
LEAST_SPACE, UNEVEN_SPACE = 0.78, 0.9  # of the room between words: the least, and what a few have more
JOIN = 0.1  # deviation of the height at which the pen leaves a letter for the next
STEM = 0.3  # of this height where a long downstroke ends: l and d stand on the line
FOOT, RISE = 0.3, 0.1  # x-heights: a bottom lies no higher, and the pen leaves no lower
LEVEL, STRAIGHT = 0.5, 0.6  # shares of the rise and of the bends that are left
LETTER_LIFT = 0.5  # of the baseline's drift is each letter's own
LETTER_HEIGHT = 1.4  # times the sloppiness: tops and bottoms of real lines are spread twice as wide as with 1
LETTER_LEAN = 0.03  # deviation of a letter's slant, radians: far below that among writers, 0.15 of its variance
WAVE = (4.0, 8.0)  # x-heights, the shortest wave of the baseline and how much longer it may be


class TextLayout(NamedTuple):
    """The layout of a text: its words, and for each letter whether it joins the next, its x, and its line.

    words: shapes of each word; texts; lines: number of each word's line; leads: WORD, or LINE for the first of a line.
    """

    words: list[list[LetterShape]]
    texts: list[str]
    lines: list[int]
    leads: list[int]
    joins: list[bool]
    x: list[float]
    line_of: list[int]


def lay_out_text(text: str, font: PenFont, writer: Writer, stream: Stream) -> TextLayout:
    """The letters of `text`, one after the other on each line, from x = 0 on."""
    layout = TextLayout([], [], [], [], [], [], [])
    habits = _habits(font, writer.habits)
    uniforms = iter(stream.uniforms(3 * len(text) + 3).tolist())
    fidelity, joining, width = writer.shape_fidelity, writer.connectedness, writer.width
    for number, line in enumerate(text.split("\n")):
        x, lead = 0.0, LINE
        for word in line.split(" "):
            shapes: list[LetterShape] = []
            for char in word:
                options = habits[char]
                shape, chance = options[0], next(uniforms)
                if chance >= fidelity and len(options) > 1:
                    shape = options[1 + int((chance - fidelity) / (1 - fidelity) * (len(options) - 1))]
                shapes.append(shape)
                join = next(uniforms) < joining
                layout.joins.append(join)
                layout.x.append(x)
                gap = writer.letter_gap * (CLOSER if join and shape.joins_out else 1.0)
                x += shape.advance * width + gap + UNEVEN_GAP * (next(uniforms) - 0.5)
            if shapes:
                layout.words.append(shapes)
                layout.texts.append(word)
                layout.lines.append(number)
                layout.leads.append(lead)
                layout.line_of.extend([number] * len(shapes))
                lead = WORD
            x += writer.word_gap * (LEAST_SPACE + UNEVEN_SPACE * next(uniforms) ** 2)
    return layout


def place_marks(
    layout: TextLayout,
    rows: Rows,
    letter: Rows,
    exits: Rows,
    line_gap: float,
    font: PenFont,
    writer: Writer,
    stream: Stream,
) -> tuple[Plane, Floats]:
    """The marks (n) and segments (n, 3) of `rows` of the font's repertoire, each in its letter's place.

    exits: the numbers of those marks at which the pen leaves a letter for the next without being lifted.

    They are as loose as the writer. Letters vary as a whole, in height, width, slant and place; the targets of each do
    so for themselves.
    """
    store, letters, count = repertoire(font), len(layout.x), len(rows)
    noise = stream.normals(4 * letters + 2 * count + len(exits) + 2)
    lift, lean, wide, high = noise[: 4 * letters].reshape(4, letters)
    phase, period = noise[-2:].tolist()
    x, line = np.array(layout.x), np.array(layout.line_of, np.float64)
    wave = (2 * math.pi) / (WAVE[0] + WAVE[1] * min(abs(period) / 2, 1.0))
    lift = writer.baseline_drift * (np.sin(x * wave + (3 * phase + 2.4 * line)) + LETTER_LIFT * lift)
    base = lift + line * line_gap + math.tan(math.radians(writer.baseline_slope_deg)) * x
    shear = math.tan(math.radians(store.slant_deg)) - math.tan(math.radians(writer.slant_deg)) + LETTER_LEAN * lean
    wide = (writer.width + (writer.sloppiness * writer.width) * wide)[letter]
    high, shear = (1 + LETTER_HEIGHT * writer.sloppiness * high)[letter], shear[letter]
    own_marks, own_segments = _habitual(font, writer)
    marks = noise[4 * letters : 4 * letters + 2 * count].reshape(count, 2) * writer.sloppiness
    marks += own_marks[rows]
    segments = own_segments[rows]
    _leave(marks, segments, exits, np.maximum(writer.join_height + JOIN * noise[-2 - len(exits) : -2], 0.0))
    plane = np.empty(count, np.complex128)
    plane.imag = marks[:, 1] * high
    plane.real = marks[:, 0] * wide + plane.imag * shear
    plane += (x + 1j * base)[letter]
    segments[:, 1] *= high
    segments[:, 0] *= wide
    segments[:, 0] += segments[:, 1] * shear
    return plane, segments


@lru_cache(maxsize=2048)
def _habits(font: PenFont, key: int) -> dict[str, tuple[LetterShape, ...]]:
    """The writer's shapes of each character, the preferred one first."""
    stream = StreamKey("writer", key).stream(0, "shapes")
    habits = {}
    for char, shapes in repertoire(font).shapes.items():
        # The font's first shape is the commonest: half of all writers have it.
        best = 0 if len(shapes) == 1 or stream.chance(0.5) else stream.integers(1, len(shapes))
        habits[char] = (shapes[best], *shapes[:best], *shapes[best + 1 :])
    return habits


def _leave(marks: Points, segments: Floats, exits: Rows, height: Floats) -> None:
    """Let the pen leave letters for the next at some height: the last downstroke ends there, and a sharp turn leads
    straight on."""
    low = (marks[exits - 1, 1] > -FOOT) & (marks[exits, 1] > marks[exits - 2, 1])
    exits, height = exits[low], height[low]
    height = np.where(marks[exits - 2, 1] < -1 - FOOT, STEM * height, height)
    marks[exits - 1, 1] -= height
    marks[exits, 1] = np.minimum(marks[exits, 1] * LEVEL + marks[exits - 1, 1] * (1 - LEVEL), -RISE)
    segments[exits - 1, :2] *= STRAIGHT
    segments[exits - 2, :2] *= STRAIGHT


@lru_cache(maxsize=2048)
def _habitual(font: PenFont, writer: Writer) -> tuple[Points, Floats]:
    """(R, 2), (R, 3): the repertoire's marks and segments as the writer always makes them.

    Whole letters are bent, by the squares of the places in them, and each mark is a little off.
    """
    store = repertoire(font)
    marks, segments = store.marks.copy(), store.segments.copy()
    y = store.marks[:, 1]
    marks[:, 1] += np.where(y < -1, (writer.ascenders - 1) * (y + 1), np.where(y > 0, (writer.descenders - 1) * y, 0.0))
    near = store.arches[1:-1]
    marks[1:-1, 1] += np.where(near, writer.haste / 2 * ((y[:-2] + y[2:]) / 2 - y[1:-1]), 0.0)
    segments[:, :2] *= writer.roundness
    stream = StreamKey("writer", writer.habits).stream(0, "offsets")
    form = stream.normals(8 * (store.owner[-1] + 1)).reshape(-1, 8)[store.owner] * FORM
    across, down = store.centred.T
    marks[:, 0] += form[:, 0] * across + form[:, 1] * down + form[:, 2] * 2 * down * down + form[:, 3] * across * down
    marks[:, 1] += form[:, 4] * across + form[:, 5] * down + form[:, 6] * across * across + form[:, 7] * across * down
    marks += stream.normals(marks.size).reshape(marks.shape) * HABIT
    return marks, segments
