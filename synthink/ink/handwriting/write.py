"""Handwriting without learned weights: text as a writer's ink, and a pen led along given lines."""

from __future__ import annotations

from collections.abc import Sequence

from synthink.draw.geometry import Points
from synthink.ink.handwriting.device import TABLET, Device
from synthink.ink.handwriting.pen_font import Hand
from synthink.ink.handwriting.script import line_script, text_script
from synthink.ink.handwriting.wording import spans
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink
from synthink.streams import Stream, StreamKey


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
    stream = stream or StreamKey("handwriting", writer.name, text).stream(0, "hand")
    script, said = text_script(text, writer, stream, line_gap=line_gap, hand=hand)
    movement = script.performed(writer, stream, device)
    found = spans(said.letters, said.letter, said.fresh, said.leaves, movement)
    return Ink.packed(movement.points, movement.starts, found, label=text, writer=writer.name, units="x-height")


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
    script = line_script(lines, writer, stream, unit=unit, sparse=sparse)
    movement = script.performed(writer, stream, device)
    movement.points[:, :2] *= unit
    return Ink.packed(movement.points, movement.starts, writer=writer.name)
