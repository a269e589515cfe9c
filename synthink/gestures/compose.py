"""A gesture on a page: made for a target, drawn by a writer, with the same writer's handwriting beside it.

What could be taken for another gesture or another target is refused with a reason. `compose` tries once: the caller
counts the reasons and tries again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from synthink.assets.texts.notes import NotePool
from synthink.documents.page.model import Page
from synthink.draw.geometry import Box, Points, around, bounds
from synthink.errors import ConfigError
from synthink.gestures.choose_target import DEFAULT_OPTIONS, sample_target
from synthink.gestures.composed import Composed, Drawer, InkSquare
from synthink.gestures.fit_mark import OTHER_PEN, OTHER_STROKES, OwnMarks, fit_mark
from synthink.gestures.kind import Anchor, GestureKind, Mark, Variant
from synthink.gestures.page_candidates import TargetOptions
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.placing import LEADS, NO_ROOM, leader_end, leader_line, place_text
from synthink.gestures.target import X_HEIGHT, Target
from synthink.ink.handwriting.script import PlacedScript, Script, line_script, text_script, write_together
from synthink.ink.model import Ink
from synthink.ink.operations import bounding_box, concatenate
from synthink.streams import Stream

THROUGH = 0.6  # H that a leader line may go through the words it leads to
OPEN = 4.5  # widths of the pen: x-height below which an e or an a closes
SMALLER = (1.0, 0.85, 0.7)  # sizes of writing to try, where there is little room
PAUSE_S = (0.4, 1.5)  # between mark and writing
SURELY_UNSEEN = 0.45  # of a target, visible around the sparse strokes that the ink will follow
RINGED = 0.22  # H between writing and the ring around it
ROOM = 0.3  # x-heights of room around the script of a text: the ink does not keep to it exactly
CLOSE = 0.5  # of the room that other own marks have: one between neighbours has to come down in the gap between them
NO_INK = Ink(())

BROAD_PEN = "the pen is too broad for the print"
UNSEEN = "less than half of the target is visible"
NO_LEADER = "no room for the lead"
LEADER_THROUGH_WORDS = "the lead runs through its words"


def compose(
    page: Page,
    kind: GestureKind,
    variant: Variant,
    drawer: Drawer,
    notes: NotePool,
    stream: Stream,
    options: TargetOptions = DEFAULT_OPTIONS,
    ink_square: InkSquare | None = None,
) -> Composed | str:
    """The gesture on that page, or why this one was refused.

    ink_square: the square around the ink that will be shown, so that gestures whose target is surely not seen in it are
    refused before the pen moves; None where more of the page is shown.
    """
    target = sample_target(page, variant.target_kind or kind.target_kind, stream, options=options)
    if isinstance(target, str):
        return target
    if reason := kind.unfit([page.words[word] for word in target.words], target):
        return reason
    if drawer.width > kind.broadest * target.height:
        return BROAD_PEN
    pen = StrokeSketcher(stream, drawer.writer.left_handed)
    mark = _mark(kind, variant, target, pen)
    blank = Composed(page, kind, variant, target, NO_INK, drawer.writer, broad=mark.broad)
    if drawer.own_marks is not None:
        fitted = _own_mark(blank, mark, drawer.own_marks, stream, ink_square)
        if isinstance(fitted, str) or mark.text is None:
            return fitted if isinstance(fitted, str) else fitted[0]
        blank, strokes = fitted
        return _with_text(blank, replace(mark, strokes=strokes), mark.text, [], drawer, notes, pen, ink_square)
    try:
        lines = _lines(mark.strokes, target, drawer)
    except ConfigError as error:
        raise error.under(f"gestures.{kind.name}.{variant.name}") from None
    if mark.text is not None:
        return _with_text(blank, mark, mark.text, lines, drawer, notes, pen, ink_square)
    if not lines:
        raise ConfigError(f"gestures.{kind.name}.{variant.name}", None, "draws neither strokes nor text")
    if _is_unseen(target, bounds(np.concatenate(mark.strokes)), ink_square):
        return UNSEEN
    ink, _ = write_together(lines, drawer.writer, drawer.stream, drawer.device)
    return _refusal(blank, ink) or replace(blank, ink=ink)


def _own_mark(
    sketch: Composed, mark: Mark, own_marks: OwnMarks, stream: Stream, ink_square: InkSquare | None
) -> tuple[Composed, Sequence[Points]] | str:
    """The gesture with own ink in the place of the variant's mark, and its strokes in the order of the sketch's; or why
    none fits."""
    if mark.broad:
        return OTHER_PEN
    target_kind = sketch.variant.target_kind or sketch.kind.target_kind
    by_ends = target_kind == "pair"
    like_it = own_marks.like(mark.strokes, by_ends)
    if not like_it:
        return OTHER_STROKES
    own = stream.choice(like_it)
    height = sketch.target.height * (CLOSE if target_kind == "neighbours" else 1.0)
    fitted = fit_mark(own, mark.strokes, height, by_ends)
    if isinstance(fitted, str):
        return fitted
    ink, strokes = fitted
    if mark.text is None and _is_unseen(sketch.target, bounding_box(ink), ink_square):
        return UNSEEN
    refused = sketch.kind.refused(sketch.variant.name, sketch.target, strokes)
    return refused or (replace(sketch, ink=ink, own_mark=own), strokes)


def _mark(kind: GestureKind, variant: Variant, target: Target, pen: StrokeSketcher) -> Mark:
    """What the variant draws; its errors name it."""
    try:
        mark = variant.draw(kind, target, pen)
    except Exception as error:
        error.add_note(f"drawing {kind.name}.{variant.name}")
        raise
    if not isinstance(mark, Mark):
        raise ConfigError(f"gestures.{kind.name}.{variant.name}", type(mark).__name__, "must return a Mark")
    return mark


def _lines(strokes: Sequence[Points], target: Target, drawer: Drawer) -> list[PlacedScript]:
    """Strokes on the page for the pen to follow, at the pace of writing as large as the print; nothing for none."""
    if not len(strokes):
        return []
    unit = X_HEIGHT * target.height
    return [PlacedScript(line_script(strokes, drawer.writer, drawer.stream, unit=unit, sparse=True), (0.0, 0.0), unit)]


def _is_unseen(target: Target, ink: Box, ink_square: InkSquare | None) -> bool:
    """Whether the square around ink that lies about there will surely not show half of the target."""
    return ink_square is not None and target.share_inside(ink_square.around(ink, target.box).box) < SURELY_UNSEEN


def _refusal(sketch: Composed, mark: Ink) -> str | None:
    """Why the mark as it was drawn could be taken for another one."""
    x_y = mark.points[:, :2].astype(np.float64)
    ends = [*mark.starts.tolist(), len(x_y)]
    strokes = [x_y[first:stop] for first, stop in pairwise(ends)]
    return sketch.kind.refused(sketch.variant.name, sketch.target, strokes)


class _Writing(NamedTuple):
    """What will be written beside a mark: the script in x-heights, to be written `x_height` page pixels large."""

    text: str
    note: str | None
    script: Script
    script_box: Box
    x_height: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the room that it needs, in page pixels."""
        left, top, right, bottom = self.script_box
        return (right - left + 2 * ROOM) * self.x_height, (bottom - top + 2 * ROOM) * self.x_height

    def origin(self, room: Box) -> tuple[float, float]:
        """Where the script's origin lies on the page when it is written into that room."""
        left, top, _, _ = self.script_box
        return room.left - (left - ROOM) * self.x_height, room.top - (top - ROOM) * self.x_height

    def box(self, room: Box) -> Box:
        """The box around the script when it is written into that room."""
        left, top, right, bottom = self.script_box
        x, y = self.origin(room)
        scale = self.x_height
        return Box(x + left * scale, y + top * scale, x + right * scale, y + bottom * scale)


def _writing(sketch: Composed, anchor: Anchor, drawer: Drawer, notes: NotePool, stream: Stream) -> _Writing:
    """The variant's own text, or a note of the kind that the variant or its class writes."""
    kind = sketch.variant.writes or sketch.kind.writes
    if not anchor.text and not kind:
        variant = f"gestures.{sketch.kind.name}.{sketch.variant.name}"
        raise ConfigError(variant, "", "has an anchor, but neither its text nor `writes` says what is written")
    text = anchor.text or notes.draw(kind, stream, drawer.max_letters)
    script, _ = text_script(text, drawer.writer, drawer.stream)
    height = stream.within(anchor.x_height) * sketch.target.height
    x_height = max(height, OPEN * drawer.width, drawer.min_x_height)
    return _Writing(text, text if kind and text != "?" else None, script, script.box, x_height)


def _with_text(
    sketch: Composed,
    mark: Mark,
    anchor: Anchor,
    lines: list[PlacedScript],
    drawer: Drawer,
    notes: NotePool,
    pen: StrokeSketcher,
    ink_square: InkSquare | None,
) -> Composed | str:
    """The gesture with handwriting, and with the leader line between them; lines: the mark's, none of an own mark.

    All places are chosen before the pen moves, and all is written at one go.
    """
    target = sketch.target
    writing = _writing(sketch, anchor, drawer, notes, pen.stream)
    mark_box = bounds(np.concatenate(mark.strokes)) if len(mark.strokes) else Box(*anchor.at, *anchor.at)
    writing, room = _placed(sketch, mark_box, anchor, writing, drawer, pen.stream)
    if isinstance(room, str):
        return room
    text_box = writing.box(room)
    if _is_unseen(target, around((mark_box, text_box)) if len(mark.strokes) else text_box, ink_square):
        return UNSEEN
    if anchor.leader == "ring":
        lines = lines + _lines([pen.loop(room.grown(RINGED * target.height))], target, drawer)
    elif anchor.leader:
        end = leader_end(_close(mark.strokes), target.box, room)
        leader = leader_line(pen, room, end, anchor.leader, target.height)
        if not leader:
            return NO_LEADER
        lines = lines + _lines(leader, target, drawer)
    part = PlacedScript(writing.script, writing.origin(room), writing.x_height)
    own = None if sketch.own_mark is None else sketch.ink
    ink, text_ink, line_inks = _performed(part, lines, own, drawer, pen.stream)
    text_box = bounding_box(text_ink)
    if not _holds(room, text_box):
        return NO_ROOM
    if own is None and len(mark.strokes) and (reason := _refusal(sketch, line_inks[0])):
        return reason
    in_words = _length_inside(line_inks[-1], target.box) if anchor.leader in LEADS and target.words else 0.0
    if in_words > THROUGH * target.height:
        return LEADER_THROUGH_WORDS
    return replace(sketch, ink=ink, text=writing.text, note=writing.note, text_box=text_box, x_height=writing.x_height)


def _placed(
    sketch: Composed, mark_box: Box, anchor: Anchor, writing: _Writing, drawer: Drawer, stream: Stream
) -> tuple[_Writing, Box | str]:
    """The writing and its room: where there is none, written smaller, down to what the pen and the picture allow."""
    least = max(OPEN * drawer.width, drawer.min_x_height)
    around_it = RINGED * sketch.target.height if anchor.leader == "ring" else 0.0
    for smaller in SMALLER:
        tried = writing._replace(x_height=max(smaller * writing.x_height, min(least, writing.x_height)))
        width, height = tried.size
        size = width + 2 * around_it, height + 2 * around_it
        room = place_text(sketch.page, sketch.target, mark_box, anchor, size, stream)
        if isinstance(room, Box) or tried.x_height == least:
            break
    return tried, room.grown(-around_it) if isinstance(room, Box) else room


def _performed(
    writing: PlacedScript, lines: list[PlacedScript], own: Ink | None, drawer: Drawer, stream: Stream
) -> tuple[Ink, Ink, list[Ink]]:
    """All ink, the ink of the handwriting, and that of the mark and of the leader line; or, with an own mark, of the
    leader line alone."""
    pause_s = stream.within(PAUSE_S)
    text_first = stream.chance(drawer.text_first)
    parts = [writing, *lines] if text_first else [*lines, writing]
    if lines:
        after_pause = 1 if text_first else -1
        parts[after_pause] = parts[after_pause]._replace(after_s=pause_s)
    ink, inks = write_together(parts, drawer.writer, drawer.stream, drawer.device)
    text_ink = inks.pop(0 if text_first else -1)
    if own is not None:
        ink = _joined([text_ink, own, *inks] if text_first else [own, *inks, text_ink], pause_s)
    return ink, text_ink, inks


def _joined(inks: Sequence[Ink], pause_s: float) -> Ink:
    """Inks one after the other. Where one has no times or no pressure, none of the whole has any."""
    ink = concatenate(inks, 1000 * pause_s)
    ink.points[:, np.isnan(ink.points).any(axis=0)] = np.nan
    return ink


def _holds(room: Box, box: Box) -> bool:
    """Whether a box lies inside a room."""
    return room.left <= box.left and box.right <= room.right and room.top <= box.top and box.bottom <= room.bottom


def _length_inside(line: Ink, box: Box) -> float:
    """The length of a line inside a box, in page pixels."""
    x, y = line.points[:, :2].astype(np.float64).T
    inside = (x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)
    return float(np.hypot(np.diff(x), np.diff(y))[inside[1:]].sum())


def _close(strokes: Sequence[Points]) -> list[Points]:
    """Sparse strokes with more points: the way from each to the next in eight."""
    share = np.arange(8)[:, np.newaxis] / 8
    lines = []
    for line in map(np.asarray, strokes):
        start, step = line[:-1, np.newaxis], (line[1:] - line[:-1])[:, np.newaxis]
        lines.append(np.concatenate(((start + share * step).reshape(-1, 2), line[-1:])))
    return lines
