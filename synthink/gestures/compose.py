"""A gesture on a page: aimed at something, drawn by a writer's hand, with the same hand's writing beside it.

What could be taken for another gesture or another target is refused with a reason; whoever asks counts these and asks
again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from synthink.assets.notes import NotePool
from synthink.documents.model import Page
from synthink.errors import ConfigError
from synthink.geometry import Box
from synthink.gestures.aim import X_HEIGHT, Aim
from synthink.gestures.aims import REACH, choose_aim
from synthink.gestures.kind import GestureKind, Mark, Variant
from synthink.gestures.lead import lead, lead_end
from synthink.gestures.markpen import MarkPen
from synthink.gestures.placing import place_text
from synthink.gestures.targets import Reach
from synthink.ink.device import Device
from synthink.ink.handwriting import handwriting, trace
from synthink.ink.model import Ink
from synthink.ink.shape import bounding_box, concatenate, transform
from synthink.ink.writer import Writer
from synthink.streams import Stream

BROAD = 0.35  # of a line's height: a broader pen covers what it marks
THROUGH = 0.6  # line heights that a lead may go through the words it leads to
OPEN = 4.5  # widths of the pen: x-height below which an e or an a closes
PAUSE_MS = (400.0, 1500.0)  # between mark and writing


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """A gesture as it was drawn, in page pixels.

    text: what is written by hand, or an empty string; note: the same where it is the split's own; text_box: around it;
    x_height: of the writing; broad: width of a highlighter, or 0.
    """

    page: Page
    kind: GestureKind
    variant: Variant
    aim: Aim
    ink: Ink
    writer: Writer
    text: str = ""
    note: str | None = None
    text_box: Box | None = None
    x_height: float = 0.0
    broad: float = 0.0


@dataclass(frozen=True, slots=True)
class Hand:
    """Who draws, and how: a writer, what records the pen, the stream of the hand's own chance, and habits of all."""

    writer: Writer
    device: Device
    stream: Stream
    reach: Reach = REACH
    text_first: float = 0.23
    """Share of gestures whose writing comes before the mark."""
    width: float = 0.0
    """Of the pen, page pixels: writing is at least so large that its letters stay open."""
    least_x_height: float = 0.0
    """Of writing, page pixels."""
    most_letters: int = 28
    """Of what is written beside a mark."""


def compose(
    page: Page, kind: GestureKind, variant: Variant, hand: Hand, notes: NotePool, stream: Stream
) -> Composed | str:
    """The gesture on that page, or why this one was thrown away."""
    aim = choose_aim(page, variant.aims_at or kind.aims_at, stream, reach=hand.reach)
    if isinstance(aim, str):
        return aim
    if hand.width > BROAD * aim.height:
        return "the pen is too broad for the print"
    pen = MarkPen(stream, hand.writer.left_handed)
    mark = variant.draw(kind, aim, pen)
    if not isinstance(mark, Mark):
        raise ConfigError(f"gestures.{kind.name}.{variant.name}", type(mark).__name__, "must return a Mark")
    try:
        drawn = _traced(mark, hand, X_HEIGHT * aim.height)
    except ConfigError as error:
        raise error.under(f"gestures.{kind.name}.{variant.name}") from None
    if drawn is not None:
        refusal = kind.refused(variant.name, aim, [stroke[:, :2].astype(np.float64) for stroke in drawn.strokes])
        if refusal is not None:
            return refusal
    if mark.text is None:
        if drawn is None:
            raise ConfigError(f"gestures.{kind.name}.{variant.name}", None, "draws neither strokes nor text")
        return Composed(page, kind, variant, aim, drawn, hand.writer, broad=mark.broad)
    return _with_text(Composed(page, kind, variant, aim, drawn or Ink(()), hand.writer), mark, hand, notes, pen)


def _runs_inside(line: Ink, box: Box) -> float:
    """How far a line goes inside a box, page pixels."""
    x, y = line.points[:, :2].astype(np.float64).T
    inside = (x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)
    return float(np.hypot(np.diff(x), np.diff(y))[inside[1:]].sum())


def _traced(mark: Mark, hand: Hand, unit: float) -> Ink | None:
    if not mark.strokes:
        return None
    return trace(mark.strokes, hand.writer, hand.stream, unit=unit, device=hand.device, sparse=True)


def _with_text(drawn: Composed, mark: Mark, hand: Hand, notes: NotePool, pen: MarkPen) -> Composed | str:
    """The same with handwriting, and with the line that leads to it."""
    anchor, aim, stream = mark.text, drawn.aim, pen.stream
    assert anchor is not None
    kind = drawn.variant.writes or drawn.kind.writes
    if not anchor.text and not kind:
        variant = f"gestures.{drawn.kind.name}.{drawn.variant.name}"
        raise ConfigError(variant, "", "has an anchor, but neither its text nor `writes` says what is written")
    text = anchor.text or notes.draw(kind, stream, hand.most_letters)
    written = handwriting(text, hand.writer, hand.stream, device=hand.device)
    scale = max(stream.within(anchor.x_height) * aim.height, OPEN * hand.width, hand.least_x_height)
    box = bounding_box(written)
    mark_box = bounding_box(drawn.ink) if len(drawn.ink) else Box(*anchor.at, *anchor.at)
    place = place_text(drawn.page, aim, mark_box, anchor, (box.width * scale, box.height * scale), stream)
    if isinstance(place, str):
        return place
    matrix = ((scale, 0.0, place.left - box.left * scale), (0.0, scale, place.top - box.top * scale))
    parts = [drawn.ink] if len(drawn.ink) else []
    if anchor.lead:
        end = lead_end(drawn.ink.strokes, aim.box, place)
        line = _traced(Mark(lead(pen, place, end, anchor.lead, aim.height)), hand, X_HEIGHT * aim.height)
        if line is None:
            return "no room for the lead"
        if aim.words and _runs_inside(line, aim.box) > THROUGH * aim.height:
            return "the lead runs through its words"
        parts.append(line)
    writing = transform(Ink.packed(written.points, written.starts), matrix)
    parts = [writing, *parts] if stream.chance(hand.text_first) else [*parts, writing]
    ink = concatenate(parts, gap_ms=float(np.rint(stream.within(PAUSE_MS))))
    note = text if not anchor.text and kind != "mark" else None
    return replace(drawn, ink=ink, text=text, note=note, text_box=place, x_height=scale)
