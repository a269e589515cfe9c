"""A gesture on a page: aimed at something, drawn by a writer's hand, with the same hand's writing beside it.

What could be taken for another gesture or another target is refused with a reason; whoever asks counts these and asks
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from synthink.assets.texts.notes import NotePool
from synthink.documents.page.inked import Square
from synthink.documents.page.model import Page
from synthink.draw.geometry import Box, Points, around, bounds
from synthink.errors import ConfigError
from synthink.gestures.choose_target import REACH, sample_target
from synthink.gestures.kind import Anchor, GestureKind, Mark, Variant
from synthink.gestures.leader_line import lead, lead_end
from synthink.gestures.page_candidates import TargetOptions
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.placing import NO_ROOM, place_text
from synthink.gestures.target import X_HEIGHT, Target
from synthink.ink.handwriting.device import Device
from synthink.ink.handwriting.script import Part, line_script, text_script, together
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink
from synthink.ink.operations import bounding_box
from synthink.streams import Stream

BROAD = 0.35  # of a line's height: a broader pen covers what it marks
THROUGH = 0.6  # line heights that a lead may go through the words it leads to
OPEN = 4.5  # widths of the pen: x-height below which an e or an a closes
PAUSE_S = (0.4, 1.5)  # between mark and writing
NO_INK = Ink(())
BROAD_PEN = "the pen is too broad for the print"
UNSEEN = "less than half of the target is visible"
SURELY = 0.45  # of a target, seen around the lines that the ink will follow
ASIDE = 0.3  # x-heights of room around the script of a text: the ink does not keep to it exactly


@dataclass(frozen=True, eq=False)
class Composed:
    """A gesture as it was drawn, in page pixels.

    text: what is written by hand, or an empty string; note: the same where it is the split's own; text_box: around it;
    x_height: of the writing; broad: width of a highlighter, or 0.
    """

    page: Page
    kind: GestureKind
    variant: Variant
    aim: Target
    ink: Ink
    writer: Writer
    text: str = ""
    note: str | None = None
    text_box: Box | None = None
    x_height: float = 0.0
    broad: float = 0.0

    @cached_property
    def ink_box(self) -> Box:
        """Around the points of the ink."""
        return bounding_box(self.ink)

    def inked_box(self, width: float) -> Box:
        """Around all ink of a pen so wide, where it is no highlighter."""
        (left, top, right, bottom), radius = self.ink_box, (self.broad or width) / 2
        return Box(left - radius, top - radius, right + radius, bottom + radius)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who draws, and how: a writer, what records the pen, the stream of the hand's own chance, and habits of all."""

    writer: Writer
    device: Device
    stream: Stream
    reach: TargetOptions = REACH
    text_first: float = 0.23
    """Share of gestures whose writing comes before the mark."""
    width: float = 0.0
    """Of the pen, page pixels: writing is at least so large that its letters stay open."""
    least_x_height: float = 0.0
    """Of writing, page pixels."""
    most_letters: int = 28
    """Of what is written beside a mark."""
    margin: float | None = None
    """Of the picture around the ink, see `Square.around`; None where the picture shows more."""
    at: tuple[float, float] = (0.5, 0.5)
    """Where the ink stands in it."""


def compose(
    page: Page, kind: GestureKind, variant: Variant, hand: Hand, notes: NotePool, stream: Stream
) -> Composed | str:
    """The gesture on that page, or why this one was thrown away."""
    aim = sample_target(page, variant.aims_at or kind.aims_at, stream, reach=hand.reach)
    if isinstance(aim, str):
        return aim
    if hand.width > BROAD * aim.height:
        return BROAD_PEN
    pen = StrokeSketcher(stream, hand.writer.left_handed)
    where = f"gestures.{kind.name}.{variant.name}"
    try:
        mark = variant.draw(kind, aim, pen)
    except Exception as error:
        error.add_note(f"drawing {kind.name}.{variant.name}")
        raise
    if not isinstance(mark, Mark):
        raise ConfigError(where, type(mark).__name__, "must return a Mark")
    try:
        lines = _lines(mark.strokes, aim, hand)
    except ConfigError as error:
        raise error.under(where) from None
    bare = Composed(page, kind, variant, aim, NO_INK, hand.writer, broad=mark.broad)
    if mark.text is not None:
        return _with_text(bare, mark.strokes, lines, mark.text, hand, notes, pen)
    if not lines:
        raise ConfigError(where, None, "draws neither strokes nor text")
    if _is_unseen(aim, bounds(np.concatenate(mark.strokes)), hand):
        return UNSEEN
    ink, _ = together(lines, hand.writer, hand.stream, hand.device)
    return _refused(bare, ink) or replace(bare, ink=ink)


def _lines(strokes: Sequence[Points], aim: Target, hand: Hand) -> list[Part]:
    """Lines on the page for the pen to follow, at the pace of writing as large as the print; nothing for none."""
    if not len(strokes):
        return []
    unit = X_HEIGHT * aim.height
    return [Part(line_script(strokes, hand.writer, hand.stream, unit=unit, sparse=True), (0.0, 0.0), unit)]


def _is_unseen(aim: Target, ink: Box, hand: Hand) -> bool:
    """Whether a picture around the ink, which lies about there, will surely not show half of the target."""
    if hand.margin is None:
        return False
    return aim.share_inside(Square.around(ink, hand.margin, hand.at).box) < SURELY


def _refused(of: Composed, mark: Ink) -> str | None:
    x_y = mark.points[:, :2].astype(np.float64)
    ends = [*mark.starts.tolist(), len(x_y)]
    return of.kind.refused(of.variant.name, of.aim, [x_y[first:stop] for first, stop in pairwise(ends)])


def _runs_inside(line: Ink, box: Box) -> float:
    """How far a line goes inside a box, page pixels."""
    x, y = line.points[:, :2].astype(np.float64).T
    inside = (x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)
    return float(np.hypot(np.diff(x), np.diff(y))[inside[1:]].sum())


def _with_text(
    bare: Composed,
    strokes: Sequence[Points],
    lines: list[Part],
    anchor: Anchor,
    hand: Hand,
    notes: NotePool,
    pen: StrokeSketcher,
) -> Composed | str:
    """The gesture with handwriting, and with the line that leads to it.

    All places are chosen before the pen moves, and all is written at one go.
    """
    aim, stream = bare.aim, pen.stream
    kind = bare.variant.writes or bare.kind.writes
    if not anchor.text and not kind:
        variant = f"gestures.{bare.kind.name}.{bare.variant.name}"
        raise ConfigError(variant, "", "has an anchor, but neither its text nor `writes` says what is written")
    text = anchor.text or notes.draw(kind, stream, hand.most_letters)
    script, _ = text_script(text, hand.writer, hand.stream)
    left, top, right, bottom = script.box
    scale = max(stream.within(anchor.x_height) * aim.height, OPEN * hand.width, hand.least_x_height)
    size = (right - left + 2 * ASIDE) * scale, (bottom - top + 2 * ASIDE) * scale
    mark_box = bounds(np.concatenate(strokes)) if lines else Box(*anchor.at, *anchor.at)
    place = place_text(bare.page, aim, mark_box, anchor, size, stream)
    if isinstance(place, str):
        return place
    off = (place.left - (left - ASIDE) * scale, place.top - (top - ASIDE) * scale)
    meant = Box(off[0] + left * scale, off[1] + top * scale, off[0] + right * scale, off[1] + bottom * scale)
    if _is_unseen(aim, around((mark_box, meant)) if lines else meant, hand):
        return UNSEEN
    if anchor.lead:
        leads = lead(pen, place, lead_end(_close(strokes), aim.box, place), anchor.lead, aim.height)
        if not leads:
            return "no room for the lead"
        lines = lines + _lines(leads, aim, hand)
    writing = Part(script, off, scale)
    pause_s = stream.within(PAUSE_S)
    parts, at, later = ([writing, *lines], 0, 1) if stream.chance(hand.text_first) else ([*lines, writing], -1, -1)
    if lines:
        parts[later] = parts[later]._replace(after_s=pause_s)
    ink, inks = together(parts, hand.writer, hand.stream, hand.device)
    text_box = bounding_box(inks.pop(at))
    if not (place.left <= text_box.left and text_box.right <= place.right):
        return NO_ROOM
    if not (place.top <= text_box.top and text_box.bottom <= place.bottom):
        return NO_ROOM
    if len(strokes) and (reason := _refused(bare, inks[0])):
        return reason
    if anchor.lead and aim.words and _runs_inside(inks[-1], aim.box) > THROUGH * aim.height:
        return "the lead runs through its words"
    note = text if not anchor.text and kind != "mark" else None
    return replace(bare, ink=ink, text=text, note=note, text_box=text_box, x_height=scale)


def _close(strokes: Sequence[Points]) -> list[Points]:
    """Sparse lines with more points: the way from each to the next in eight."""
    share = np.arange(8)[:, np.newaxis] / 8
    found = []
    for line in map(np.asarray, strokes):
        start, step = line[:-1, np.newaxis], (line[1:] - line[:-1])[:, np.newaxis]
        found.append(np.concatenate(((start + share * step).reshape(-1, 2), line[-1:])))
    return found
