"""Handwriting without learned weights: text as a writer's ink, and a pen led along given lines."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

import numpy as np

from synthink.errors import ConfigError
from synthink.geometry import Points
from synthink.ink.device import TABLET, Device
from synthink.ink.hand import Hand
from synthink.ink.hand import hand as packaged_hand
from synthink.ink.layout import page, placed
from synthink.ink.letters import JOINED, order
from synthink.ink.model import Ink
from synthink.ink.perform import perform
from synthink.ink.targets import ALONE, sparse_targets, targets
from synthink.ink.wording import spans
from synthink.ink.writer import Writer
from synthink.streams import Stream, StreamKey

SHORT = 0.3  # x-heights: a joining stroke below this becomes one with the letter's last handstroke
# Seconds for which the pen rests in the air, median and deviation of the logarithm: within a letter, between letters,
# words, lines. Together with the ways they make gaps of 130, 180, 320 ms (quartiles) and 1.9 s (95 %), as real ones.
RESTS = np.array(((0.012, 1.2), (0.03, 1.3), (0.5, 1.2), (0.8, 1.0)))
LONGEST = 100_000  # characters: hours of writing


def handwriting(
    text: str,
    writer: Writer,
    stream: Stream | None = None,
    *,
    line_gap: float = 2.6,
    device: Device = TABLET,
    hand: Hand | None = None,
) -> Ink:
    """`text` as the writer writes it; lines are separated by newlines and lie `line_gap` x-heights apart.

    x, y are in x-heights, y down, the origin where the first line's baseline begins; t in milliseconds from the first
    point, strictly increasing; pressure 0..1. Spans: each character but spaces (parts cover the points that write it,
    dots and bars written later too; a joining stroke belongs to the letter that it leads to), each word, each line with
    text, its outer spaces left out. `hand` replaces the writer's by one of your own. Without a stream the same writer
    always writes the same text in the same way.

    Raises `ConfigError` on the field `text` for what the hand cannot write: see `check_text`.
    """
    font = hand or packaged_hand(writer.hand)
    check_text(text, font)
    stream = stream or StreamKey("handwriting", writer.name, text).stream(0, "hand")
    letters = page(text, font, writer, stream)
    first, rows, letter, before = order(letters.words, letters.leads, letters.joins, writer.left_handed).T
    stops = rows.cumsum()
    begins = stops - rows
    at = np.arange(stops[-1]) + (first - begins).repeat(rows)
    marks, ways = placed(letters, at, letter.repeat(rows), line_gap, font, writer, stream)
    fresh = before != JOINED
    leaves = begins
    joined = (before == JOINED).nonzero()[0]
    if len(joined):
        # Where the joining way is short, the letter's last mark gives way to the next letter's first.
        meets = begins[joined]
        short = np.abs(marks[meets] - marks[meets - 1]) < SHORT
        kept = np.ones(len(marks), np.bool_)
        kept[meets[short] - 1] = False
        begins = kept.cumsum()[begins] - 1
        marks, ways = marks[kept], ways[kept]
        leaves = begins.copy()
        leaves[joined[~short]] -= 1
    movement = perform(marks, ways[:-1], begins[fresh], RESTS[before[fresh]], writer, stream, device)
    said = spans(letters, letter, fresh, leaves, movement)
    return Ink.packed(movement.points, movement.starts, said, label=text, writer=writer.name, units="x-height")


def trace(
    lines: Sequence[Points],
    writer: Writer,
    stream: Stream,
    *,
    unit: float = 1.0,
    device: Device = TABLET,
    sparse: bool = False,
) -> Ink:
    """A pen led along the given lines, one after the other: (N, 2) each, N >= 1; x, y come back in the same units.

    `unit` is the length that is an x-height to this hand: timing and noise go by it. The ink stays near the lines:
    within 0.2 x-heights where the writer's sloppiness and tremor are 0, usually 0.06, and 3 sloppinesses more
    otherwise; ends may be up to 0.3 short, since the pen lands and lifts on the fly. sparse: the lines have few points,
    corners and points along curves every 40 degrees or less, and are not looked at in between. Raises `ConfigError`
    on the field `lines` for no lines, empty ones, and coordinates that are not finite.
    """
    if not math.isfinite(unit) or unit <= 0:
        raise ConfigError("unit", unit, "must be a length above 0")
    if not len(lines):
        raise ConfigError("lines", lines, "must be one line or more")
    found = [(sparse_targets if sparse else targets)(_checked(line, i) / unit) for i, line in enumerate(lines)]
    marks = np.concatenate([points for points, _ in found])
    ways = np.concatenate([np.concatenate((between, ALONE)) for _, between in found])[:-1]
    lengths = np.array([len(points) for points, _ in found])
    off = stream.normals(marks.size).reshape(marks.shape) * writer.sloppiness
    plane = (marks + off).view(np.complex128)[:, 0]
    rests = np.broadcast_to(RESTS[1], (len(lines), 2))
    movement = perform(plane, ways, lengths.cumsum() - lengths, rests, writer, stream, device)
    movement.points[:, :2] *= unit
    return Ink.packed(movement.points, movement.starts, writer=writer.name)


def check_text(text: str, font: Hand) -> None:
    """Raise `ConfigError` on the field `text` for nothing to write, characters that the hand lacks (named with their
    code points), control characters, writing from right to left."""
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
