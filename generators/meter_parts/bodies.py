"""What stands around a meter's display: case, screws, and print that is not its reading, in hundredths of its width.

The print has labels, `kind: text`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from synthink import Box, Stream
from synthink.draw import (
    Face,
    Group,
    Layer,
    LinearGradient,
    Outline,
    RadialGradient,
    Transform,
    around,
    disc,
    joined,
    printed,
    ring,
    rounded_rectangle,
    tick_fan,
)

from .dials import RIMS
from .displays import Display, shaded, unit_outline
from .print import Printed, maker, print_rows, rotor, screws, seal, serial
from .water import water_pointers

WIDTH = 100.0
SHELLS = ("#1d1f22", "#2b2d30", "#4a4c50", "#8b8e92", "#b9bbbd", "#d9d8d2", "#e6e3da", "#ece9e0", "#c7c2b2", "#5a4c3c")
PLATES = ("#e9e8e2", "#f3f2ee", "#dcdcd8", "#c9ccce", "#ffffff", "#d8d4c4", "#1b1d20", "#e4e0d0", "#bfc3c4")


@dataclass(frozen=True)
class Body:
    """A meter: all that is drawn of it, the box of its case, and kind and text of what is printed on it.

    reading: the box around its displays. scale: the size that a display's unit has. ground: the colour of what a
    display without a case is set into.
    """

    node: Group
    box: Box
    extras: tuple[tuple[str, str], ...]
    reading: Box
    scale: float
    ground: str = ""

    @property
    def has_case(self) -> bool:
        return not self.ground


def shadow(look: Stream, shape: Outline) -> list[Layer]:
    """The shadow of a case on what it hangs on, dark below the case and lighter towards its edge."""
    right, down = look.uniform(-5, 5), look.uniform(1.5, 5)
    grown = Transform.scaling(1.03, about=shape.box.centre)
    return [
        Layer(shape.moved(way.then(Transform.moving(right * far, down * far))), "black", 0.17)
        for way, far in ((grown, 1.0), (Transform(), 0.75))
    ]


def box_body(look: Stream, face: Face, displays: Sequence[Display], unit: str, names: Sequence[str]) -> Body:
    """A case with round corners: a plate with the display, print above and below, screws in its corners.

    names: of the displays' registers, printed before them; empty where there is one.
    """
    shell, plate = look.choice(SHELLS), look.choice(PLATES)
    ink = "#e8e8e4" if plate == "#1b1d20" else look.choice(("#17181a", "#1d2a44", "#303236"))
    text = Printed(face, ink)
    slim = displays[0].height(1.0)  # of a display as wide as 1
    wide = look.uniform(76, 86) if displays[0].is_wide else look.uniform(54, 74) if slim < 0.5 else look.uniform(48, 62)
    lead = 12.0 if names else 0.0
    room = max(0.0, min(4.0, 42.0 - wide / 2))  # the plate ends 44 from the middle
    x, y = 50.0 + lead / 2 + look.uniform(-room, room), look.uniform(13, 24)
    has_maker = look.chance(0.8)
    if has_maker:
        text.add("maker", maker(look), look.uniform(4.5, 7.5), (look.choice((14.0, 50.0)), y - 6), (0.0, 0.5))
    placed: list[Group] = []
    boxes: list[Box] = []
    for number, display in enumerate(displays):
        high = display.height(wide)
        placed.append(display.fitted(wide, (x, y + high / 2)))
        boxes.append(Box(x - wide / 2, y, x + wide / 2, y + high))
        if names:
            text.outlines.append(printed(face, names[number], 6.0, (x - wide / 2 - 3, y + high / 2), (1, 0.5)))
        if not display.has_unit:
            right = x + wide / 2 + 3
            unit_beside = unit_outline(face, unit, 6.5, (right, y + high / 2), (0.0, 0.5))
            fits = unit_beside.box.right < 92
            text.outlines.append(unit_beside if fits else unit_outline(face, unit, 6.5, (x, y + high + 5)))
            y += 0 if fits else 6
        y += high + 4
    y += 2
    extras: list[Layer | Group] = []
    if unit.endswith("Wh") and not displays[0].has_unit and look.chance(0.5):
        extras += rotor(look, y + 3)
        y += 11
    y = print_rows(look, text, y, unit)
    bottom = y + look.uniform(3, 16)
    shape = rounded_rectangle((0, 0, WIDTH, bottom), look.uniform(2, 12))
    inner = Box(6, 5, WIDTH - 6, bottom - 4)
    light = LinearGradient((0, 0), (0, bottom), (shaded(shell, 1.15), shell, shaded(shell, 0.8)))
    layers: list[Layer | Group] = [
        *shadow(look, rounded_rectangle((0, 0, WIDTH, bottom), 8)),
        Layer(shape, light),
        Layer(rounded_rectangle(inner, look.uniform(0, 5)), plate),
        *screws(look, bottom),
        *seal(look, bottom),
        *extras,
        text.node,
        *placed,
    ]
    return Body(
        Group(layers), Box(0, 0, WIDTH, bottom), tuple(text.extras), around(boxes), wide / displays[0].box.width
    )


def round_body(look: Stream, face: Face, displays: Sequence[Display], unit: str, names: Sequence[str]) -> Body:
    """A round case, as of water meters: a rim, a face, the display above its middle, print and a small star below."""
    rim, plate = look.choice(RIMS), look.choice(PLATES[:6])
    ink = look.choice(("#17181a", "#1d2a44"))
    text = Printed(face, ink)
    thick = look.uniform(4, 9)
    inner = 50 - thick
    wide = look.uniform(70, 78) if displays[0].is_wide else look.uniform(50, 64) - 6 * len(names)
    heights = [display.height(wide) for display in displays]
    y = max(50 - sum(heights) - look.uniform(0, 6), 16.0)
    reading = Box(50 - wide / 2, y, 50 + 1.5 * len(names) + wide / 2, y + sum(heights) + 2 * len(names))
    placed: list[Group] = []
    for number, (display, high) in enumerate(zip(displays, heights, strict=True)):
        placed.append(display.fitted(wide, (50 + 3 * len(names) / 2, y + high / 2)))
        if names:
            text.outlines.append(printed(face, names[number], 5.0, (47 - wide / 2, y + high / 2), (1, 0.5)))
        y += high + 2
    if not displays[0].has_unit:
        text.outlines.append(unit_outline(face, unit, 6.5, (50, y + 3)))
        y += 8
    text.add("maker", maker(look), 5.0, (50, 14 + thick), (0.5, 0.5))
    has_pointers = bool(displays[0].pointers) and unit == "m³" and not names and look.chance(0.7)
    if has_pointers:
        pointers, labels = water_pointers(face, displays[0].pointers, ink)
        text.grounds += pointers
        text.extras += labels
    elif look.chance(0.6):
        text.add(
            "constant", f"Q3 {look.choice((2.5, 4, 6.3, 10))} PN {look.integers(10, 17)}", 3.6, (50, y + 4), (0.5, 0.5)
        )
    text.add("serial number", serial(look), 4.0, (50, min(y + (1 if has_pointers else 11), 86.0)), (0.5, 0.5))
    star: list[Layer | Group] = []
    if look.chance(0.5) and not has_pointers:
        at = 50 + look.choice((-20, 20)), min(y + 4, 78.0)
        teeth, turn = look.choice((6, 8)), look.uniform(0.0, 60.0)
        wheel = tick_fan(at, 1.0, 6.0, [turn + 360 / teeth * number for number in range(teeth)], 18.0 / teeth)
        star = [Layer(joined([disc(at, 3.2), wheel]), look.choice(("#b3201c", "#17181a", "#17181a", "#2f5fa8")))]
    metal = RadialGradient((35, 30), 90, (shaded(rim, 1.5), rim, shaded(rim, 0.55)))
    layers: list[Layer | Group] = [
        *shadow(look, disc((50, 50), 50)),
        Layer(disc((50, 50), 50), metal),
        Layer(disc((50, 50), inner), plate),
        Layer(ring((50, 50), inner - 1.2, inner), LinearGradient((30, 20), (70, 80), (shaded(plate, 0.5), plate))),
        *star,
        text.node,
        *placed,
    ]
    scale = wide / displays[0].box.width
    return Body(Group(layers), Box(0, 0, WIDTH, WIDTH), tuple(text.extras), reading, scale)


def panel_body(look: Stream, face: Face, displays: Sequence[Display], unit: str, names: Sequence[str]) -> Body:
    """A flat frame with little around the display, as of meters in a switchboard."""
    shell = look.choice(SHELLS)
    ink = "#f0f0ec" if sum(shaded(shell, 1.0)) < 330 else "#17181a"
    text = Printed(face, ink)
    wide = look.uniform(70, 84) - 12 * bool(names)
    x, y = 50.0 + 6 * bool(names), look.uniform(8, 14)
    placed: list[Group] = []
    boxes: list[Box] = []
    for number, display in enumerate(displays):
        high = display.height(wide)
        placed.append(display.fitted(wide, (x, y + high / 2)))
        boxes.append(Box(x - wide / 2, y, x + wide / 2, y + high))
        if names:
            text.outlines.append(printed(face, names[number], 5.0, (x - wide / 2 - 2, y + high / 2), (1, 0.5)))
        y += high + 3
    if not displays[0].has_unit:
        text.outlines.append(unit_outline(face, unit, 8.0, (x + wide / 2, y + 4), (1.0, 0.5)))
    text.add("maker", maker(look), 5.0, (x - wide / 2, y + 4), (0.0, 0.5))
    bottom = y + look.uniform(10, 14)
    layers: list[Layer | Group] = [
        *shadow(look, rounded_rectangle((0, 0, WIDTH, bottom), 4)),
        Layer(rounded_rectangle((0, 0, WIDTH, bottom), look.uniform(1, 5)), shell),
        Layer(rounded_rectangle((2, 2, WIDTH - 2, bottom - 2), 3), shaded(shell, 1.12)),
        text.node,
        *placed,
    ]
    return Body(
        Group(layers), Box(0, 0, WIDTH, bottom), tuple(text.extras), around(boxes), wide / displays[0].box.width
    )


def bare_body(look: Stream, face: Face, displays: Sequence[Display], unit: str, names: Sequence[str]) -> Body:
    """The displays alone on the ground that they are set into, with names before them and the unit below."""
    ground = look.choice((*PLATES, *SHELLS))
    ink = "#e8e8e4" if sum(shaded(ground, 1.0)) < 330 else look.choice(("#17181a", "#1d2a44", "#303236"))
    wide = 100.0
    y, boxes, layers = 0.0, [], []
    for number, display in enumerate(displays):
        high = display.height(wide)
        boxes.append(Box(50 - wide / 2, y, 50 + wide / 2, y + high))
        layers.append(display.fitted(wide, (50, y + high / 2)))
        y += high + 3
        if names:
            layers.append(Group([Layer(printed(face, names[number], 6.0, (50, y + 2)), ink)]))
            y += 8
    if not displays[0].has_unit:
        layers.append(Group([Layer(unit_outline(face, unit, 7.0, (50 + wide / 2, y + 1), (1.0, 0.0)), ink)]))
        y += 9
    scale = wide / displays[0].box.width
    return Body(Group(layers), Box(0, 0, WIDTH, y), (), around(boxes), scale, ground)


BodyName = Literal["box", "round", "panel", "bare"]
BODIES: dict[str, Callable[[Stream, Face, Sequence[Display], str, Sequence[str]], Body]] = {
    **{"box": box_body, "round": round_body, "panel": panel_body, "bare": bare_body},
}
KIND_BODIES = {
    **{"drum": ("box", "round", "bare"), "lcd": ("box", "panel", "bare"), "led": ("panel", "bare")},
    **{"dials": ("box", "round", "bare"), "gauge": ("panel", "bare")},
}
