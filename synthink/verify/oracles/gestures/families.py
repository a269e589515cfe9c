"""Families of marks, and whether a row's ink is one of its class's families at the place that the row names.

A class of gestures names the family of each of its variants; what a family looks like is the oracle's own knowledge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from synthink.verify.oracle import Finding
from synthink.verify.oracles.boxes import around
from synthink.verify.oracles.gestures import marks, places
from synthink.verify.oracles.gestures.row import Floats, RowScene, middle, winds_around
from synthink.verify.oracles.gestures.targets import PAIRS, RowTarget

OTHER_MARK = "the ink is no mark of this gesture at this target"
OTHER_VARIANT = "the ink is no mark of this variant at this target"
DOUBTFUL, UNKNOWN = "the mark can hardly be told", "the gesture is not known"
NO_TEXT, NEEDLESS_TEXT = "the handwriting is missing", "handwriting beside a gesture that has none"
OTHER_INK_BOX = "ink_box is not around the ink"

LEAN, BENT_PX = 0.16, 2.0  # tangent of the angle by which a camera leans lines at most, and px that are off besides
RINGED = 1.6  # H between handwriting and a ring around it, at most
JOINED = 1.4  # H between a leader line and what it joins
SAME = 0.3  # px by which text_box and ink_box may be off the ink
MOST = 4  # strokes of a mark that may lie in the writing's box
WITHOUT_STRIPS = (*PAIRS, "image", "part_of_image")  # targets that are no words of a line
LONG = 12.0  # H: of longer images the edges lie farther off where they are not turned back by their own angle
Test = Callable[[marks.Strokes, RowTarget, RowScene], float]


@dataclass(frozen=True)
class MarkRule:
    """The rule that the ink of a family of marks must meet."""

    test: Test
    strokes: tuple[int, ...] = ()
    """The numbers of strokes that it may have; any number where this is empty."""
    lines: bool = False
    """Whether that number of strokes is meant for each text line of the target."""
    leaders: int = 0
    """The largest number of strokes that lead from the mark to the handwriting."""
    ringed: bool = False
    """Whether the last stroke is a ring around the handwriting instead."""


FAMILIES = {
    "ring": MarkRule(marks.encloses),
    "brackets": MarkRule(marks.brackets, (2,)),
    "side_line": MarkRule(marks.stands_beside, (1,)),
    "highlighter": MarkRule(marks.highlights, (1,), lines=True),
    "underline": MarkRule(marks.underlines, (1,), lines=True),
    "double_underline": MarkRule(marks.underlines, (2,), lines=True),
    "strike": MarkRule(marks.strikes, (1,), lines=True),
    "double_strike": MarkRule(marks.strikes, (2,), lines=True),
    "pigtail": MarkRule(marks.ends_in_loop, (1,), lines=True),
    "scratch": MarkRule(marks.scratches, (1,), lines=True),
    "cross": MarkRule(marks.scratches, (2,), lines=True),
    "caret": MarkRule(places.points_up, (1,)),
    "caret_in_two": MarkRule(places.points_up, (2,)),
    "inverted_caret": MarkRule(places.points_down, (1,)),
    "stick": MarkRule(places.passes_through, (1,)),
    "frame": MarkRule(places.frames, (1,)),
    "two_corners": MarkRule(places.frames, (2,)),
    "four_corners": MarkRule(places.frames, (4,)),
    "cuts": MarkRule(places.cuts_edges, (1, 2, 3, 4)),
    "image_ring": MarkRule(places.rings, (1,)),
    "writing_alone": MarkRule(places.stands_alone),
    "arrow_in_one": MarkRule(places.joins, (1,)),
    "arrow_in_two": MarkRule(places.joins, (2,)),
    "arrow_in_three": MarkRule(places.joins, (3,)),
    "transposition": MarkRule(places.passes_between, (1,)),
    "three_lines": MarkRule(marks.underlines_initial, (3,)),
    "three_lines_in_one": MarkRule(marks.underlines_initial, (1,)),
}
"""The families of marks that the oracle knows. A class of gestures names one for each of its variants, with `+line` or
`+arrow` where a leader line or an arrow joins the mark to the handwriting, with `+ring` where a ring is around the
handwriting: `ring+arrow`."""
LEADERS = {"": 0, "line": 1, "arrow": 2, "ring": 1}


@dataclass(frozen=True)
class ClassFacts:
    """The generator's facts about a class of gestures, see `GestureKind.facts`."""

    target_kind: str
    edit: str
    rules: Mapping[str, MarkRule]
    """Variant -> its rule, without variants whose family the oracle does not know."""
    writes: Mapping[str, bool]
    """Variant -> whether something is written beside its mark."""

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> ClassFacts:
        """Make the facts from a class's plain data."""
        rules = {name: rule_of(variant["family"]) for name, variant in facts["variants"].items()}
        return cls(
            facts["target_kind"],
            facts["edit"],
            {name: rule for name, rule in rules.items() if rule is not None},
            {name: bool(variant["writes"]) for name, variant in facts["variants"].items()},
        )

    def has_writing(self, variant: str | None) -> bool | None:
        """Whether gestures of a variant, or of any where it is not known, have handwriting; None where they differ."""
        if variant is not None and variant in self.writes:
            return self.writes[variant]
        return next(iter(self.writes.values())) if len(set(self.writes.values())) == 1 else None


def rule_of(family: str) -> MarkRule | None:
    """The rule of a family and its leader line; None for a family that the oracle does not know."""
    name, _, leader = family.partition("+")
    if name not in FAMILIES or leader not in LEADERS:
        return None
    return replace(FAMILIES[name], leaders=LEADERS[leader], ringed=leader == "ring")


@dataclass(frozen=True, eq=False)
class ParsedInk:
    """A row's ink: the mark with the leader line to the text, and the handwriting."""

    mark: tuple[Floats, ...]
    writing: tuple[Floats, ...]


def stroke_partitions(scene: RowScene) -> list[ParsedInk]:
    """The ways to part strokes into mark and handwriting, likely ones first; none where no part fills text_box.

    Handwriting is written in one go, before the mark or after it.
    """
    strokes, box = scene.strokes, scene.text_box
    if box is None:
        return [ParsedInk(strokes, ())]
    same = max(SAME, scene.off(box))
    count, cut = len(strokes), scene.cut(box)  # boxes end at the picture's border, strokes may not
    low, high = np.where(cut[:2], -np.inf, box[:2] - same), np.where(cut[2:], np.inf, box[2:] + same)
    inside = [bool((s >= low).all() and (s <= high).all()) for s in strokes]
    last = inside[::-1].index(False) if False in inside else count
    first = inside.index(False) if False in inside else count
    # Some strokes of the mark, or the line to the writing, may lie in the writing's box.
    starts = range(count - last, min(count - last + MOST, count))
    stops = range(first, max(first - MOST, 0), -1)
    partitions = [ParsedInk(strokes[:start], strokes[start:]) for start in starts]
    partitions += [ParsedInk(strokes[stop:], strokes[:stop]) for stop in stops]
    partitions.sort(key=lambda ink: -len(ink.writing))
    return [
        ink for ink in partitions if (np.abs(scene.clipped(around(np.concatenate(ink.writing))) - box) <= same).all()
    ]


def check_mark(
    scene: RowScene,
    partitions: Sequence[ParsedInk],
    target: RowTarget,
    facts: ClassFacts | None,
    variant: str | None,
) -> tuple[Finding | None, list[ParsedInk]]:
    """Whether the mark is one of the class's, or of the variant's, at the target; and the partitions with which it is,
    or the one that fits best."""
    if facts is None or not facts.rules:
        return Finding("unsure", UNKNOWN), [partitions[0]]
    has_writing = facts.has_writing(variant)
    if has_writing is not None and has_writing != bool(partitions[0].writing):
        return Finding("wrong", NO_TEXT if has_writing else NEEDLESS_TEXT), [partitions[0]]
    if not target.strips and facts.target_kind not in WITHOUT_STRIPS:
        return Finding("unsure", DOUBTFUL), [partitions[0]]
    rules = [facts.rules[variant]] if variant is not None and variant in facts.rules else list(facts.rules.values())
    off = [min(_beyond(rule, scene, ink, target) for rule in rules) for ink in partitions]
    beyond = min(off)
    if beyond <= 0:
        return None, [ink for ink, least in zip(partitions, off, strict=True) if least <= 0]
    ink = partitions[off.index(beyond)]
    is_known = variant is None or variant in facts.rules
    if beyond <= _doubt(target, scene) or not target.is_complete or not is_known:
        return Finding("unsure", DOUBTFUL), [ink]
    other_variant = len(rules) == 1 and min(_beyond(rule, scene, ink, target) for rule in facts.rules.values()) <= 0
    return Finding("wrong", OTHER_VARIANT if other_variant else OTHER_MARK), [ink]


def _doubt(target: RowTarget, scene: RowScene) -> float:
    """H beyond the rule that may be the page's own turn: of long images more than of lines."""
    long = float((scene.target[2:] - scene.target[:2]).max()) / (LONG * places.image_unit(scene))
    return scene.doubt * (1.0 if target.strips else max(1.0, long))


def _beyond(rule: MarkRule, scene: RowScene, ink: ParsedInk, target: RowTarget) -> float:
    """By how much a mark is beyond what the rule allows, with or without a leader line, in H."""
    beyond = marks.NEVER
    if rule.ringed and not _is_ringed(ink, scene, marks.height(target)):
        return beyond
    for mark in _without_leader(ink, rule, scene, target):
        lines = max(1, len(target.strips)) if rule.lines else 1
        fitting = not rule.strokes or len(mark) in [number * lines for number in rule.strokes]
        if (mark or rule.test is places.stands_alone) and (fitting or (rule.lines and not target.is_complete)):
            beyond = min(beyond, rule.test(mark, target, scene))
    return beyond


def _without_leader(ink: ParsedInk, rule: MarkRule, scene: RowScene, target: RowTarget) -> Iterator[tuple[Floats, ...]]:
    """The mark's strokes: all of them, or without the last ones where these join mark and handwriting."""
    if rule.ringed:
        yield ink.mark[:-1]
        return
    yield ink.mark
    unit = target.strips[0].height if target.strips else places.image_unit(scene)
    for count in range(1, min(rule.leaders, len(ink.mark)) + 1):
        rest, leader = ink.mark[:-count], np.concatenate(ink.mark[-count:])
        ends = around(np.concatenate(rest)) if rest else scene.target
        if scene.text_box is not None and all(_nearest(leader, box) < JOINED * unit for box in (scene.text_box, ends)):
            yield rest


def _is_ringed(ink: ParsedInk, scene: RowScene, unit: float) -> bool:
    """Whether the last stroke goes around the middle of the handwriting, and not far off."""
    box = scene.text_box
    if box is None or not ink.mark or not winds_around(ink.mark[-1], middle(box)):
        return False
    ring = around(ink.mark[-1])
    return bool(max(box[0] - ring[0], ring[2] - box[2], box[1] - ring[1], ring[3] - box[3]) < RINGED * unit)


def _nearest(points: Floats, box: Floats) -> float:
    gaps = np.maximum(np.maximum(box[:2] - points, points - box[2:]), 0.0)
    return float(np.sqrt((gaps**2).sum(axis=1)).min())


def check_boxes(scene: RowScene) -> Finding | None:
    """Check that ink_box lies around all ink."""
    if scene.ink_box is None:
        return Finding("wrong", OTHER_INK_BOX)
    points, radius = np.concatenate(scene.strokes), scene.width / 2
    ink = scene.clipped(around(points) + np.array((-radius, -radius, radius, radius)))
    return None if (np.abs(ink - scene.ink_box) <= SAME).all() else Finding("wrong", OTHER_INK_BOX)


def check_turned_boxes(scene: RowScene) -> Finding | None:
    """Check that ink_box lies around all ink where a camera turned and bent both.

    A side may be as far from the ink as the box's corners are apart at the angle at which they were turned.
    """
    if scene.ink_box is None:
        return Finding("wrong", OTHER_INK_BOX)
    sides = scene.ink_box[2:] - scene.ink_box[:2]
    room = (around(np.concatenate(scene.strokes)) - scene.ink_box) * (1, 1, -1, -1)
    most = LEAN * np.concatenate((sides[::-1], sides[::-1])) + scene.width + BENT_PX
    return None if ((room >= -BENT_PX) & (room <= most)).all() else Finding("wrong", OTHER_INK_BOX)
