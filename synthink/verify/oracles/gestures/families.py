"""Which marks each class of gestures is drawn with, and whether a row's ink is one of them at the place it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from synthink.verify.oracle import Finding
from synthink.verify.oracles.gestures import marks, places
from synthink.verify.oracles.gestures.row import Floats, Scene, around
from synthink.verify.oracles.gestures.targets import Target

OTHER_MARK = "the ink is no mark of this gesture at this target"
OTHER_VARIANT = "the ink is no mark of this variant at this target"
DOUBTFUL, UNKNOWN = "the mark can hardly be told", "the gesture is not known"
NO_TEXT, NEEDLESS_TEXT = "the handwriting is missing", "handwriting beside a gesture that has none"
OTHER_INK_BOX = "ink_box is not around the ink"

DOUBT = 0.12  # H beyond what a mark may be, up to which it is not called wrong
JOINED = 1.4  # H between a lead and what it joins
SAME = 0.3  # px
MOST = 4  # strokes of a mark that may lie in the writing's box
Test = Callable[[marks.Strokes, Target, Scene], float]


@dataclass(frozen=True)
class MarkRule:
    """strokes: how many, of `lines` for each text line; none: any number; leads: most strokes that lead to the text."""

    test: Test
    strokes: tuple[int, ...] = ()
    lines: bool = False
    leads: int = 0


def _leads(name: str, way: MarkRule) -> dict[str, MarkRule]:
    """The same mark with a line or an arrow to the text as well."""
    return {
        name: way,
        f"{name}_line": MarkRule(way.test, way.strokes, way.lines, 1),
        f"{name}_arrow": MarkRule(way.test, way.strokes, way.lines, 2),
    }


_RING, _UNDERLINE, _BESIDE = (
    MarkRule(marks.encloses),
    MarkRule(marks.underlines, (1,), True),
    MarkRule(marks.stands_beside, (1,)),
)
_BRACKETS = MarkRule(marks.brackets, (2,))
MARK_RULES: dict[str, dict[str, MarkRule]] = {
    "insert": {
        "caret": MarkRule(places.points_up, (1,)),
        "caret_in_two": MarkRule(places.points_up, (2,)),
        "inverted_caret": MarkRule(places.points_down, (1,)),
        "stick": MarkRule(places.passes_through, (1,)),
        "caret_with_lead": MarkRule(places.points_up, (1,), leads=1),
    },
    "select": {
        **dict.fromkeys(("loop", "lasso", "rectangle"), _RING),
        **dict.fromkeys(("brackets", "corners"), _BRACKETS),
        "side_line": _BESIDE,
        "highlighter": MarkRule(marks.highlights, (1,), True),
    },
    "question": {
        **dict.fromkeys(("ring_mark", "ring_text"), _RING),
        **dict.fromkeys(("underline_mark", "underline_text"), _UNDERLINE),
        **dict.fromkeys(("side_line_mark", "side_line_text"), _BESIDE),
        "margin_mark": MarkRule(marks.encloses, leads=1),
    },
    "delete": {
        **dict.fromkeys(("strike", "squiggle"), MarkRule(marks.strikes, (1,), True)),
        "pigtail": MarkRule(marks.ends_in_loop, (1,), True),
        "double_strike": MarkRule(marks.strikes, (2,), True),
        **dict.fromkeys(("scratch", "scribble"), MarkRule(marks.scratches, (1,), True)),
        "cross_out": MarkRule(marks.scratches, (2,), True),
    },
    "crop": {
        **dict.fromkeys(("rectangle", "ring"), MarkRule(places.frames, (1,))),
        "four_corners": MarkRule(places.frames, (4,)),
        "two_corners": MarkRule(places.frames, (2,)),
        "edge_lines": MarkRule(places.cuts_edges, (1, 2, 3, 4)),
    },
    "underline": {
        **dict.fromkeys(("single", "wavy"), _UNDERLINE),
        "double": MarkRule(marks.underlines, (2,), True),
    },
    "instruct_text": {
        **_leads("ring", _RING),
        **_leads("brackets", _BRACKETS),
        **_leads("side_line", _BESIDE),
        **_leads("underline", _UNDERLINE),
    },
    "instruct_image": {
        **_leads("ring", MarkRule(places.rings, (1,))),
        "bare": MarkRule(places.stands_alone),
        "line": MarkRule(places.stands_alone, leads=1),
        "arrow": MarkRule(places.stands_alone, leads=2),
    },
    "point": {
        "two_headed": MarkRule(places.joins, (1,)),
        "shaft_then_heads": MarkRule(places.joins, (3,)),
        "curved": MarkRule(places.joins, (2,)),
        "transpose": MarkRule(places.passes_between, (1,)),
    },
}
WRITING = ("insert", "question", "instruct_text", "instruct_image")


@dataclass(frozen=True, eq=False)
class Drawn:
    """A row's ink: the mark with what leads to the text, and the handwriting."""

    mark: tuple[Floats, ...]
    writing: tuple[Floats, ...]


def stroke_partitions(scene: Scene) -> list[Drawn]:
    """Ways to part mark and handwriting, likely ones first: it was written in one go, before the mark or after it, and
    fills text_box. None where nothing fills that."""
    strokes, box, same = scene.strokes, scene.text_box, max(SAME, scene.same)
    if box is None:
        return [Drawn(strokes, ())]
    count, cut = len(strokes), scene.cut(box)  # boxes end at the picture's border, strokes may not
    low, high = np.where(cut[:2], -np.inf, box[:2] - same), np.where(cut[2:], np.inf, box[2:] + same)
    inside = [bool((s >= low).all() and (s <= high).all()) for s in strokes]
    last = inside[::-1].index(False) if False in inside else count
    first = inside.index(False) if False in inside else count
    # Some strokes of the mark, or the line to the writing, may lie in the writing's box.
    starts = range(count - last, min(count - last + MOST, count))
    stops = range(first, max(first - MOST, 0), -1)
    found = [Drawn(strokes[:start], strokes[start:]) for start in starts]
    found += [Drawn(strokes[stop:], strokes[:stop]) for stop in stops]
    found.sort(key=lambda drawn: -len(drawn.writing))
    return [each for each in found if (np.abs(scene.seen(around(np.concatenate(each.writing))) - box) <= same).all()]


def check_mark(
    scene: Scene, stroke_partitions: Sequence[Drawn], target: Target, gesture: str, variant: str | None
) -> tuple[Finding | None, Drawn]:
    """Whether the mark is one of the class's, or of the variant's, at the target; and the parting that fits best."""
    ways, drawn = MARK_RULES.get(gesture), stroke_partitions[0]
    if ways is None:
        return Finding("unsure", UNKNOWN), drawn
    if (gesture in WRITING) != bool(drawn.writing):
        return Finding("wrong", NEEDLESS_TEXT if drawn.writing else NO_TEXT), drawn
    if not (target.strips or gesture in ("crop", "instruct_image", "point")):
        return Finding("unsure", DOUBTFUL), drawn
    named = [ways[variant]] if variant in ways else list(ways.values())
    beyond = marks.NEVER
    for each in stroke_partitions:
        found = min(_beyond(way, scene, each, target) for way in named)
        if found < beyond:
            beyond, drawn = found, each
        if beyond <= 0:
            return None, drawn
    if beyond <= DOUBT or not target.whole or (variant is not None and variant not in ways):
        return Finding("unsure", DOUBTFUL), drawn
    alike = len(named) == 1 and min(_beyond(way, scene, drawn, target) for way in ways.values()) <= 0
    return Finding("wrong", OTHER_VARIANT if alike else OTHER_MARK), drawn


def _beyond(way: MarkRule, scene: Scene, drawn: Drawn, target: Target) -> float:
    found = marks.NEVER
    for mark in _without_lead(drawn, way.leads, scene, target):
        lines = max(1, len(target.strips)) if way.lines else 1
        fitting = not way.strokes or len(mark) in [number * lines for number in way.strokes]
        if (mark or way.test is places.stands_alone) and (fitting or (way.lines and not target.whole)):
            found = min(found, way.test(mark, target, scene))
    return found


def _without_lead(drawn: Drawn, leads: int, scene: Scene, target: Target) -> Iterator[tuple[Floats, ...]]:
    """The mark's strokes: all of them, or without the last ones where these join mark and handwriting."""
    yield drawn.mark
    unit = target.strips[0].height if target.strips else places._unit(scene)
    for count in range(1, min(leads, len(drawn.mark)) + 1):
        rest, lead = drawn.mark[:-count], np.concatenate(drawn.mark[-count:])
        ends = around(np.concatenate(rest)) if rest else scene.target
        if scene.text_box is not None and all(_nearest(lead, box) < JOINED * unit for box in (scene.text_box, ends)):
            yield rest


def _nearest(points: Floats, box: Floats) -> float:
    gaps = np.maximum(np.maximum(box[:2] - points, points - box[2:]), 0.0)
    return float(np.sqrt((gaps**2).sum(axis=1)).min())


def check_boxes(scene: Scene) -> Finding | None:
    """ink_box around all ink."""
    if scene.ink_box is None:
        return Finding("wrong", OTHER_INK_BOX)
    points, radius = np.concatenate(scene.strokes), scene.width / 2
    ink = scene.seen(around(points) + np.array((-radius, -radius, radius, radius)))
    return None if (np.abs(ink - scene.ink_box) <= SAME).all() else Finding("wrong", OTHER_INK_BOX)
