"""Handwriting without learned weights: text as a writer's ink, and a pen led along given lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthink.draw.geometry import Points
from synthink.errors import check_kind
from synthink.ink.handwriting.device import TABLET, Device
from synthink.ink.handwriting.pen_font import PenFont
from synthink.ink.handwriting.performance import Movement
from synthink.ink.handwriting.script import ScriptLabels, line_script, text_script
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink, Span
from synthink.streams import Stream, StreamKey


def handwriting(
    text: str,
    writer: Writer,
    stream: Stream | None = None,
    *,
    line_gap: float = 2.6,
    device: Device = TABLET,
    pen_font: PenFont | None = None,
) -> Ink:
    """The ink of `text` as the writer writes it; lines are separated by newlines and lie `line_gap` x-heights apart.

    x, y are in x-heights, y down, the origin where the first line's baseline begins; t in milliseconds from the first
    point, strictly increasing; pressure 0..1. There are spans of each character but spaces, each word, and each line
    with text. A character's parts cover the points that write it, dots and bars written later too; a joining stroke
    belongs to the letter that it leads to. `pen_font` replaces the writer's by one of your own. Without a stream the
    same writer always writes the same text in the same way.

    Raises `ConfigError` on the field `text` for what the hand cannot write: see `check_text`.
    """
    check_kind("text", text, str, "text")
    check_kind("writer", writer, Writer, "a Writer, as Writer.named gives one")
    stream = stream or StreamKey("handwriting", writer.name, text).stream(0, "hand")
    script, labels = text_script(text, writer, stream, line_gap=line_gap, font=pen_font)
    movement = script.performed(writer, stream, device)
    spans = _spans(labels, movement)
    return Ink.packed(movement.points, movement.starts, spans, label=text, writer=writer.name, units="x-height")


def trace(
    lines: Sequence[Points],
    writer: Writer,
    stream: Stream,
    *,
    unit: float = 1.0,
    device: Device = TABLET,
    sparse: bool = False,
) -> Ink:
    """The ink of a pen that is led along lines, one after the other: (N, 2) each, N >= 1; x, y come back in the same
    units.

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


def _spans(labels: ScriptLabels, movement: Movement) -> tuple[Span, ...]:
    """Which points write which character, word and line: spans of all characters, then of words, then of lines."""
    layout, letter, pen_down, begins = labels
    stroke = pen_down.cumsum() - 1
    first = movement.cuts[begins] - movement.starts[stroke]
    first[pen_down] = 0
    last = movement.lengths[stroke]
    goes_on = (~pen_down[1:]).nonzero()[0]
    last[goes_on] = first[goes_on + 1]
    parts: list[list[tuple[int, int, int]]] = [[] for _ in layout.x]
    for owner, part in zip(
        letter.tolist(), zip(stroke.tolist(), first.tolist(), last.tolist(), strict=True), strict=True
    ):
        if part[1] < part[2]:
            parts[owner].append(part)
    spans = [Span(char, "character", tuple(part)) for char, part in zip("".join(layout.texts), parts, strict=True)]
    # Words follow each other, and no stroke runs from one into the next.
    whole_strokes = [(number, 0, length) for number, length in enumerate(movement.lengths.tolist())]
    letters = np.array([len(word) for word in layout.words]).cumsum()
    stops = (stroke[letter.searchsorted(letters) - 1] + 1).tolist() if len(letters) > 1 else [len(whole_strokes)]
    starts = [0, *stops[:-1]]
    spans += [
        Span(text, "word", tuple(whole_strokes[start:stop]))
        for text, start, stop in zip(layout.texts, starts, stops, strict=True)
    ]
    line_words: dict[int, list[int]] = {}
    for index, line in enumerate(layout.lines):
        line_words.setdefault(line, []).append(index)
    for words in line_words.values():
        text = " ".join(layout.texts[words[0] : words[-1] + 1])
        spans.append(Span(text, "line", tuple(whole_strokes[starts[words[0]] : stops[words[-1]]])))
    return tuple(spans)
