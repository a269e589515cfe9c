"""What is printed on a meter besides its reading, and screwed to it, in hundredths of its width.

The print has labels, `kind: text`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from synthink import Box, Stream
from synthink.draw import (
    Face,
    Group,
    Layer,
    LinearGradient,
    Outline,
    RadialGradient,
    disc,
    joined,
    polygon,
    polyline,
    printed,
    rectangle,
    ring,
    tick_fan,
)

from .displays import shaded

SYLLABLES = ("ka", "ver", "nor", "tal", "mex", "dor", "li", "sta", "ro", "ben", "zu", "hil", "pra", "gen", "mo", "tec")


@dataclass
class Printed:
    """All print on a meter besides its reading, in one ink, and kind and text of what has a label.

    grounds: what lies below the print.
    """

    face: Face
    ink: str
    grounds: list[Layer | Group] = field(default_factory=list)
    outlines: list[Outline] = field(default_factory=list)
    labels: dict[str, Outline] = field(default_factory=dict)
    extras: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, text: str, size: float, at: tuple[float, float], anchor: tuple[float, float]) -> None:
        """Print a text whose `anchor` comes to lie at `at`."""
        self.outlines.append(printed(self.face, text, size, at, anchor))
        self.labels[f"{kind}: {text}"] = self.outlines[-1]
        self.extras.append((kind, text))

    @property
    def node(self) -> Group:
        """All of it."""
        return Group((*self.grounds, Layer(joined(self.outlines), self.ink)), labels=self.labels)


def print_rows(look: Stream, text: Printed, y: float, unit: str) -> float:
    """Serial number, barcode, constants, year and approval mark under a display; where they end."""
    if look.chance(0.7):
        text.add("constant", constant(look, unit), 4.2, (12, y), (0.0, 0.0))
        if look.chance(0.6):
            text.add(
                "rating", look.choice(("230 V 50 Hz", "3x230 V 10(60) A", "Class 2", "IP 54")), 4.2, (88, y), (1, 0)
            )
        y += 7
    text.add("serial number", serial(look), look.uniform(4.2, 5.5), (12, y), (0.0, 0.0))
    if look.chance(0.7):
        text.add("year", str(look.integers(1972, 2025)), 4.2, (88, y), (1.0, 0.0))
    y += 8
    if look.chance(0.6):
        right = look.uniform(40, 60)
        text.grounds.append(Layer(rectangle((11, y, right + 1, y + 9)), "#fbfbf8"))
        bars, x = [], 12.5
        while x < right - 1:
            thick = look.choice((0.4, 0.4, 0.8, 1.2))
            bars.append([(x, y + 0.8), (x + thick, y + 0.8), (x + thick, y + 6.2), (x, y + 6.2)])
            x += thick + look.choice((0.4, 0.8, 1.2))
        digits = "".join(str(look.integers(0, 10)) for _ in range(10))
        code = polygon(*bars)
        text.grounds.append(Layer(joined([code, printed(text.face, digits, 2.2, (12.5, y + 7.2), (0, 0))]), "#111111"))
        text.labels[f"barcode: {digits}"] = code
        text.extras.append(("barcode", digits))
    if look.chance(0.6):
        mark = f"M {look.integers(10, 25)}"
        text.add("approval", mark, 4.0, (80, y + 4), (0.5, 0.5))
        frame = Box(72, y + 1, 88, y + 7)
        text.outlines.append(polygon(frame.corners(), frame.grown(-0.5).corners()[::-1]))
    return y + 11


def rotor(look: Stream, y: float) -> list[Layer | Group]:
    """The slot in which a disc of aluminium turns, with its red mark."""
    left, right = look.uniform(14, 24), look.uniform(76, 86)
    at = look.uniform(left + 4, right - 8)
    shine = LinearGradient((left, 0), (right, 0), ("#8b8d8f", "#f0f1f1", "#9a9c9e", "#e2e3e3", "#88898b"))
    return [
        Layer(rectangle((left, y - 3, right, y + 3)), "#0d0e10"),
        Layer(rectangle((left, y - 1, right, y + 1.2)), shine),
        *([Layer(rectangle((at, y - 1, at + 4, y + 1.2)), "#c01818")] if look.chance(0.4) else []),
    ]


def screws(look: Stream, bottom: float) -> list[Layer | Group]:
    if not look.chance(0.7):
        return []
    places = [(6.5, 5.5), (93.5, 5.5), (6.5, bottom - 5.5), (93.5, bottom - 5.5)]
    angle = look.uniform(0, 180)
    heads = joined([disc(place, 2.4) for place in places], in_one=True)
    slots = [tick_fan(place, -2.0, 2.0, [angle + 40 * number], 0.6) for number, place in enumerate(places)]
    return [Layer(heads, look.choice(("#a8abad", "#6b6e70", "#c4a661"))), Layer(joined(slots, in_one=True), "#26282a")]


def seal(look: Stream, bottom: float) -> list[Layer | Group]:
    """A wire through the screw at the lower right, and the lead or plastic that closes it."""
    if not look.chance(0.3):
        return []
    colour = look.choice(("#8f9296", "#a5a8aa", "#b3201c", "#2558a8", "#d8a020"))
    x, y = 93.5 + look.uniform(-4, 1), bottom + look.uniform(2, 6)
    size = look.uniform(2.2, 3.2)
    wires = [polyline([(93.5, bottom - 5.5), (x + side, bottom), (x, y)], 0.35) for side in (-1.2, 1.4)]
    light = RadialGradient((x - size / 3, y - size / 3), 2 * size, (shaded(colour, 1.4), colour, shaded(colour, 0.6)))
    return [
        *(Layer(wire, "#5a5d60") for wire in wires),
        Layer(disc((x, y), size), light),
        Layer(ring((x, y), 0.6 * size, 0.68 * size), shaded(colour, 0.75)),
    ]


def maker(look: Stream) -> str:
    """An invented name."""
    return "".join(look.choice(SYLLABLES) for _ in range(look.integers(2, 4))).title()


def serial(look: Stream) -> str:
    digits = "".join(str(look.integers(0, 10)) for _ in range(look.integers(6, 10)))
    return look.choice(("Nr. {}", "No {}", "S/N {}", "{}", "1 {}")).format(digits).replace("/", "")


def constant(look: Stream, unit: str) -> str:
    if unit.endswith("Wh"):
        return f"{look.choice((75, 96, 120, 375, 500, 640, 800, 1000))} {look.choice(('imp', 'U', 'rev'))} per kWh"
    return f"{look.choice(('Qn', 'Qmax', 'Q3'))} {look.choice((1.5, 2.5, 4, 6, 10))} PN {look.integers(10, 17)}"
