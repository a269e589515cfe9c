"""The displays of meters with seven-segment digits, in units of a figure's width.

A display is a group around the origin. Its labels: `display`, and `place` for each digit from the left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthink import Box, Stream
from synthink.draw import (
    ALL_SEGMENTS,
    SEGMENTS,
    Face,
    Group,
    Layer,
    LinearGradient,
    Outline,
    RadialGradient,
    Transform,
    disc,
    joined,
    printed,
    rectangle,
    rounded_rectangle,
    segment_boxes,
    seven_segments,
)

from .displays import Display, raised, shaded, unit_outline
from .states import State

LCDS = (
    *(("#b9c4a8", "#1d221a"), ("#a7b39a", "#20261e"), ("#c8cdc0", "#23262a"), ("#d3d6d2", "#101215")),
    *(("#93a88c", "#14190f"), ("#cfd8c2", "#2c3140"), ("#7fb7c9", "#0e2430"), ("#1d3f8f", "#e8f0ff")),
    *(("#d8a24a", "#2b1a05"), ("#16191c", "#dfe7ea")),
)
UNIT_SIZE, UNIT_ROOM = 0.62, 1.25  # of the unit beside a liquid crystal's digits, and the width that there is for it
LEDS = ("#ff2a1c", "#ff4a30", "#36ff5a", "#3f8cff", "#ffb21e", "#f4f7ff")


def lcd_display(look: Stream, face: Face, state: State, unit: str, codes: Sequence[str]) -> Display:
    """Seven-segment digits on a liquid crystal, with the faint shape of those that are dark, unit and codes."""
    ground, ink = look.choice(LCDS)
    row = _digit_row(look, state, joint=look.uniform(0.11, 0.17))
    contrast, ghost = look.uniform(0.6, 1.0), look.choice((0.0, 0.03, 0.06, 0.1))
    box = row.box
    room = 0.55 if codes else 0.3
    panel = Box(box.left - 0.45, box.top - room, box.right + 1.7, box.bottom + 0.35)
    frame = panel.grown(look.uniform(0.12, 0.3))
    shift = look.uniform(0.0, 0.06)
    # The frame shades the upper edge of the crystal, which lies behind it.
    tones = (look.uniform(0.8, 1.0), 1.06, 1.1, 1.04, 0.98, 0.93)
    light = LinearGradient(panel[:2], (panel.left + 0.3, panel.bottom), tuple(shaded(ground, tone) for tone in tones))
    layers: list[Layer | Group] = [
        Layer(
            rounded_rectangle(frame, 0.15),
            raised(frame, look.choice(("#15171a", "#2c2f33", "#8e9296", "#cfd2d4", "#e9eaea"))),
        ),
        Layer(rectangle(panel), light),
    ]
    if ghost:
        layers.append(Group([Layer(row.ghost(), ink, ghost)]).then(row.slant))
    lit = row.lit()
    layers += [
        Group([Layer(lit, ink, contrast * 0.16)], signal=True).then(row.slant).move(shift, shift),
        Group([Layer(lit, ink, contrast)], signal=True).then(row.slant),
    ]
    marks = [Layer(fitted_unit(face, unit, (box.right + 0.35, box.bottom)), ink, contrast)]
    at = panel.left + 0.3
    for code in codes:
        outline = printed(face, code, 0.32, (at, panel.top + 0.12), (0.0, 0.0))
        marks.append(Layer(outline, ink, contrast, label=f"code: {code}"))
        at = outline.box.right + 0.4
    labelled = Group((), labels={"place": row.boxes}).then(row.slant)
    return Display(
        Group([*layers, *marks, labelled], labels={"display": frame}),
        frame,
        True,
        tuple(("code", code) for code in codes),
    )


def fitted_unit(face: Face, unit: str, at: tuple[float, float]) -> Outline:
    """A unit whose lower left comes to lie at `at`, no wider than the room beside the digits."""
    size = UNIT_SIZE * min(1.0, UNIT_ROOM / unit_outline(face, unit, UNIT_SIZE, at).box.width)
    return unit_outline(face, unit, size, at, (0.0, 1.0))


def led_display(look: Stream, state: State) -> Display:
    """Seven-segment digits that shine on a dark window."""
    ink = look.choice(LEDS)
    row = _digit_row(look, state, joint=look.uniform(0.13, 0.19))
    panel = Box(row.box.left - 0.5, row.box.top - 0.45, row.box.right + 0.6, row.box.bottom + 0.45)
    frame = panel.grown(look.uniform(0.15, 0.35))
    glow = look.uniform(0.0, 0.4)
    ghost = look.choice((0.0, 0.08, 0.14))
    shine = RadialGradient(panel.centre, 0.5 * panel.width, (shaded(ink, 0.08 + 0.25 * glow), shaded(ink, 0.06)))
    layers: list[Layer | Group] = [
        Layer(rounded_rectangle(frame, 0.12), raised(frame, look.choice(("#101114", "#1d1f22", "#34373b", "#55585c")))),
        Layer(rectangle(panel), shine),
    ]
    if ghost:
        layers.append(Group([Layer(row.ghost(), ink, ghost)]).then(row.slant))
    if glow:
        layers.append(Group([Layer(row.lit(1.7), ink, glow * 0.5)], signal=True).then(row.slant))
    layers.append(Group([Layer(row.lit(), ink)], signal=True).then(row.slant))
    labelled = Group((), labels={"place": row.boxes}).then(row.slant)
    return Display(Group([*layers, labelled], labels={"display": frame}), frame)


@dataclass(frozen=True)
class DigitRow:
    """A row of seven-segment digits: the lit segments of each, its box, the point, and what all segments measure.

    slant: what leans all of it to the right. box: around the row after that.
    """

    segments: list[str]
    boxes: list[Box]
    point: Outline | None
    joint: float
    gap: float
    slant: Transform
    box: Box

    def lit(self, spread: float = 1.0) -> Outline:
        """The lit segments, so many times as thick."""
        digits = (
            seven_segments(lit, box, self.joint * spread, self.gap)
            for lit, box in zip(self.segments, self.boxes, strict=True)
        )
        return joined([outline for outline in (*digits, self.point) if outline is not None])

    def ghost(self) -> Outline:
        """All segments."""
        digits = (seven_segments(ALL_SEGMENTS, box, self.joint, self.gap) for box in self.boxes)
        return joined([outline for outline in digits if outline is not None])


def _digit_row(look: Stream, state: State, joint: float) -> DigitRow:
    places = len(state.figures)
    high = look.uniform(1.45, 1.8)
    boxes = segment_boxes((0.0, -high / 2, 0.8, high / 2), places, look.uniform(1.05, 1.25))
    lean = look.choice((0.0, 0.09, 0.14, 0.2))
    gap = look.uniform(0.02, 0.07)
    forms = {**SEGMENTS, "6": look.choice(("acdefg", "cdefg")), "7": look.choice(("abc", "abcf"))}
    forms["9"] = look.choice(("abcdfg", "abcfg"))
    point = None
    if state.decimals:
        before, after = boxes[places - state.decimals - 1 :][:2]
        point = disc(((before.right + after.left) / 2, before.bottom - joint / 2), joint * 0.62)
    box = Box(boxes[0].left - lean * high / 2, -high / 2, boxes[-1].right + lean * high / 2, high / 2)
    segments = [forms[figure] for figure in state.figures]
    return DigitRow(segments, boxes, point, joint, gap, Transform.shearing(-lean), box)
