"""What a pen is to write before a hand performs it: the marks that it comes by, and the segments between them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.draw.geometry import Box, Points
from synthink.errors import ConfigError, quoted
from synthink.ink.handwriting.device import Device
from synthink.ink.handwriting.layout import TextLayout, lay_out_text, place_marks
from synthink.ink.handwriting.letters import JOINED, writing_order
from synthink.ink.handwriting.motion import Floats, Plane, Rows
from synthink.ink.handwriting.pen_font import PenFont, pen_font
from synthink.ink.handwriting.performance import Movement, perform
from synthink.ink.handwriting.timing import USUAL, Timing
from synthink.ink.handwriting.virtual_targets import ALONE, sparse_targets, targets
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink
from synthink.streams import Stream

SHORT = 0.3  # x-heights: a joining stroke below this becomes one with the letter's last handstroke
# Seconds for which the pen rests in the air, median and deviation of the logarithm: within a letter, between letters,
# words, lines. With the movements they make gaps of 130, 180, 320 ms (quartiles) and 1.9 s (95 %), as real ones.
PAUSES = np.array(((0.012, 1.2), (0.03, 1.3), (0.5, 1.2), (0.8, 1.0)))
LONGEST = 100_000  # characters: hours of writing

FLOW = 1.5  # x-heights along a line over which its errors are alike
APART = 3.0  # x-heights that the pen goes at most from one part to the next


class Script(NamedTuple):
    """The marks and segments that a pen is to write, in x-heights.

    marks: (n) where the ink shall be; segments: (n, 3) bend and pace from each mark to the next, see `targets`; the
    last one leads nowhere; firsts: (strokes) the marks at which the pen comes down; pauses: (strokes, 2) how long the
    pen is in the air before each stroke, median in seconds and deviation of its logarithm.
    """

    marks: Plane
    segments: Floats
    firsts: Rows
    pauses: Floats

    def performed(self, writer: Writer, stream: Stream, device: Device, timing: Timing = USUAL) -> Movement:
        """The writer's movement along it, in x-heights."""
        return perform(self.marks, self.segments[:-1], self.firsts, self.pauses, writer, stream, device, timing)

    @property
    def box(self) -> Box:
        """The box around the marks and the arcs between them."""
        middles = (self.marks[:-1] + self.marks[1:]) / 2
        middles.real += self.segments[:-1, 0]
        middles.imag += self.segments[:-1, 1]
        places = np.concatenate((self.marks, middles))
        x, y = places.real, places.imag
        return Box(float(x.min()), float(y.min()), float(x.max()), float(y.max()))


class ScriptLabels(NamedTuple):
    """The labels of the pieces of a script. A piece is a stroke of a letter, or the part of one after a joining stroke.

    layout: the text's letters; letter: (E) the letter of each piece; pen_down: (E) whether the pen comes down for it,
    and does not go on in the stroke before; first_mark: (E) the mark at which it begins.
    """

    layout: TextLayout
    letter: Rows
    pen_down: npt.NDArray[np.bool_]
    first_mark: Rows


def text_script(
    text: str, writer: Writer, stream: Stream, *, line_gap: float = 2.6, font: PenFont | None = None
) -> tuple[Script, ScriptLabels]:
    """`text` as the writer places it; see `handwriting`."""
    font = font or pen_font(writer.hand)
    check_text(text, font)
    layout = lay_out_text(text, font, writer, stream)
    first, rows, letter, before = writing_order(layout.words, layout.leads, layout.joins, writer.left_handed).T
    stops = rows.cumsum()
    begins = stops - rows
    at = np.arange(stops[-1]) + (first - begins).repeat(rows)
    pen_down = before != JOINED
    first_mark = begins
    joined = (before == JOINED).nonzero()[0]
    exits = begins[joined[rows[joined - 1] > 2]] - 1
    marks, segments = place_marks(layout, at, letter.repeat(rows), exits, line_gap, font, writer, stream)
    if len(joined):
        # Where the joining way is short, the letter's last mark gives way to the next letter's first.
        meets = begins[joined]
        short = np.abs(marks[meets] - marks[meets - 1]) < SHORT
        keep = np.ones(len(marks), np.bool_)
        keep[meets[short] - 1] = False
        begins = keep.cumsum()[begins] - 1
        marks, segments = marks[keep], segments[keep]
        first_mark = begins.copy()
        first_mark[joined[~short]] -= 1
    return Script(marks, segments, begins[pen_down], PAUSES[before[pen_down]]), ScriptLabels(
        layout, letter, pen_down, first_mark
    )


def line_script(
    lines: Sequence[Points], writer: Writer, stream: Stream, *, unit: float = 1.0, sparse: bool = False
) -> Script:
    """Given lines, as exact as the writer is; see `trace`."""
    if not math.isfinite(unit) or unit <= 0:
        raise ConfigError("unit", unit, "must be a length above 0")
    if not len(lines):
        raise ConfigError("lines", lines, "must be one line or more")
    find_targets = sparse_targets if sparse else targets
    marks: list[Points] = []
    segments: list[Points] = []
    firsts: list[int] = []
    count = 0
    for index, line in enumerate(lines):
        points, between = find_targets(_checked(line, index) / unit)
        marks.append(points)
        segments += between, ALONE
        firsts.append(count)
        count += len(points)
    all_marks = np.concatenate(marks)
    all_marks += _flowing(all_marks, stream) * writer.sloppiness
    pauses = PAUSES[1:2].repeat(len(lines), axis=0)
    return Script(all_marks.view(np.complex128)[:, 0], np.concatenate(segments), np.array(firsts), pauses)


def _flowing(marks: Points, stream: Stream) -> Points:
    """(n, 2) errors of marks: the same ones for about `FLOW`, as a hand that errs goes on so for a while, or big rings
    would become polygons."""
    along = np.hypot(*np.diff(marks, axis=0, prepend=marks[:1]).T).cumsum() / FLOW
    knots = np.arange(int(along[-1]) + 2)
    noise = stream.normals(2 * len(knots)).reshape(2, -1)
    return np.stack([np.interp(along, knots, axis) for axis in noise], axis=1)


class PlacedScript(NamedTuple):
    """A script and where it comes to lie.

    place: where its origin is; unit: the length of an x-height there; after_s: seconds since the script before, None
    for the usual pause between two letters.
    """

    script: Script
    place: tuple[float, float]
    unit: float
    after_s: float | None = None


def write_together(
    parts: Sequence[PlacedScript], writer: Writer, stream: Stream, device: Device
) -> tuple[Ink, list[Ink]]:
    """Parts of different sizes written one after the other, each in the units of its place: all, and each by itself.

    Times go on. Between two parts the pen goes as far as between words: a long way off would pull the end of a stroke.
    """
    scripts = [part.script for part in parts]
    offsets = [complex(*parts[0].place) / parts[0].unit]
    for before, part in pairwise(parts):
        end, start = before.script.marks[-1], part.script.marks[0]
        way = complex(*part.place) + start * part.unit - complex(*before.place) - end * before.unit
        offsets.append(end + offsets[-1] + way / max(abs(way) / APART, part.unit) - start)
    plane = np.concatenate([script.marks + offset for script, offset in zip(scripts, offsets, strict=True)])
    segments = np.concatenate([script.segments for script in scripts])
    pauses = np.concatenate([script.pauses for script in scripts])
    firsts: list[Rows] = []
    strokes, marks = [0], 0
    for part in parts:
        if part.after_s is not None:
            pauses[strokes[-1]] = part.after_s / writer.pause, 0.0
        firsts.append(part.script.firsts + marks)
        strokes.append(strokes[-1] + len(part.script.firsts))
        marks += len(part.script.marks)
    points, starts, *_ = Script(plane, segments, np.concatenate(firsts), pauses).performed(writer, stream, device)
    inks = []
    rows = [*starts[strokes[:-1]].tolist(), len(points)]
    for part, offset, (first, last), (row, end) in zip(parts, offsets, pairwise(strokes), pairwise(rows), strict=True):
        own = points[row:end]
        x_y = own[:, :2].astype(np.float64)
        own[:, :2] = (x_y - (offset.real, offset.imag)) * part.unit + part.place
        inks.append(Ink.packed(own, starts[first:last] - row, writer=writer.name))
    return Ink.packed(points, starts, writer=writer.name), inks


def check_text(text: str, font: PenFont) -> None:
    """Raise `ConfigError` on the field `text` for nothing to write, characters that the hand lacks (named with their
    code points), control characters, writing from right to left."""
    missing = set(text) - font.characters - {"\n"}
    if missing:
        ordered = sorted(missing, key=text.index)
        named = ", ".join(f"{quoted(char)} (U+{ord(char):04X})" for char in ordered[:8])
        if any(unicodedata.bidirectional(char) in ("R", "AL") for char in ordered):
            raise ConfigError("text", text, f"is written from right to left, which no hand does: {named}")
        if any(unicodedata.category(char) == "Cc" for char in ordered):
            raise ConfigError("text", text, f"holds control characters other than newline: {named}")
        raise ConfigError("text", text, f"holds characters that the hand {quoted(font.name)} lacks: {named}")
    if not text.strip():
        raise ConfigError("text", text, "holds nothing to write")
    if len(text) > LONGEST:
        raise ConfigError("text", text, f"has {len(text)} characters, more than {LONGEST}")


def _checked(line: Points, index: int) -> Points:
    try:
        points = np.asarray(line, np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"lines[{index}]", line, f"is no array of numbers: {error}") from None
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ConfigError(f"lines[{index}]", points.shape, "must have the shape (N, 2) with N >= 1")
    if not np.isfinite(points).all():
        raise ConfigError(f"lines[{index}]", line, "must hold finite numbers only")
    return points
