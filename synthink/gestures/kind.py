"""Classes of gestures and their variants: subclass `GestureKind`, write one small method a variant.

    class Circled(GestureKind):
        'A word to look up: a ring around it.'

        aims_at = "words"

        @variant(share=1.0)
        def ring(self, aim: Aim, pen: MarkPen) -> Mark:
            return Mark([pen.ring(aim.box)])

The class is known by its name in snake case from then on; `Circled.variant(share=0.5)` adds a variant from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from synthink.errors import ConfigError, did_you_mean
from synthink.geometry import Points
from synthink.gestures.aim import Aim
from synthink.gestures.markpen import MarkPen

Side = Literal["above", "below", "right", "left", "margin"]
AimKind = Literal["words", "gap", "image", "part_of_image", "pair", "neighbours"]
TextKind = Literal["", "insert", "question", "mark", "instruct_text", "instruct_image"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where handwriting belongs.

    at: what the writing is about, page pixels. sides: where it may stand as seen from `around`, best first. lead: what
    joins the mark to the writing once that has its place: nothing, a line, an arrow towards the mark. height: of the
    writing's x, in units of the aim's height H, least and most.
    """

    at: tuple[float, float]
    sides: tuple[Side, ...] = ("above", "right", "below", "margin")
    lead: Literal["", "line", "arrow"] = ""
    x_height: tuple[float, float] = (0.4, 0.6)


@dataclass(frozen=True, slots=True)
class Mark:
    """What the pen draws for a gesture, before a hand has led it.

    strokes: the lines in the order in which they are drawn, (N, 2) page pixels each, sparse is enough: corners where
    the pen turns, points along curves. text: where the handwriting goes, of gestures that have some. broad: width of
    the pen in page pixels where it is a highlighter; 0 for the writer's own pen.
    """

    strokes: Sequence[Points]
    text: Anchor | None = None
    broad: float = 0.0


Draw = Callable[["GestureKind", Aim, MarkPen], Mark]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to draw a gesture, and how often it is taken against the class's others."""

    name: str
    share: float
    draw: Draw
    aims_at: AimKind | None = None
    """Where it is not what the class aims at."""
    writes: TextKind | None = None
    """Where it is not what the class writes."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """A method that becomes a variant when its class is made."""

    share: float
    draw: Draw
    aims_at: AimKind | None
    writes: TextKind | None


def variant(
    share: float = 1.0, *, aims_at: AimKind | None = None, writes: TextKind | None = None
) -> Callable[[Draw], Draw]:
    """Marks a method `(self, aim, pen) -> Mark` as a variant that is drawn with that share, against the others'."""

    def mark(draw: Draw) -> Draw:
        return _Pending(share, draw, aims_at, writes)  # type: ignore[return-value]

    return mark


class GestureKind:
    """A class of gestures. Instances have no state; `KINDS` holds one of each by name."""

    name: ClassVar[str] = ""
    aims_at: ClassVar[AimKind] = "words"
    writes: ClassVar[TextKind] = ""
    """What is written beside the mark: new words, a question, a question mark alone (`mark`), an instruction."""
    variants: ClassVar[dict[str, Variant]] = {}
    version: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        cls.variants = dict(cls.variants)
        for name, method in list(vars(cls).items()):
            if isinstance(method, _Pending):
                cls.variants[name] = Variant(name, method.share, method.draw, method.aims_at, method.writes)
                setattr(cls, name, method.draw)
        KINDS[cls.name] = cls()

    @classmethod
    def variant(
        cls, share: float = 1.0, *, aims_at: AimKind | None = None, writes: TextKind | None = None
    ) -> Callable[[Draw], Draw]:
        """Adds a function as one more variant of this class."""

        def add(draw: Draw) -> Draw:
            name = draw.__name__
            cls.variants[name] = Variant(name, share, draw, aims_at, writes)
            return draw

        return add

    def refusal(self, aim: Aim, strokes: Sequence[Points]) -> str | None:
        """Why the mark as the hand drew it could be taken for another class or another target; None when it is fine.

        strokes: (N, 2) page pixels each, without the handwriting and the lead to it.
        """
        return None


KINDS: dict[str, GestureKind] = {}


def kind_named(name: str) -> GestureKind:
    """The class of that name; `ConfigError` with the nearest names otherwise."""
    if name not in KINDS:
        raise ConfigError("gestures", name, f"is no gesture; {did_you_mean(name, KINDS)}")
    return KINDS[name]
