"""Classes of gestures and their variants: subclass `GestureKind`, write one small method a variant.

    class Circled(GestureKind):
        'A word to look up: a ring around it.'

        target_kind = "words"

        @variant(share=1.0)
        def ring(self, target: Target, pen: StrokeSketcher) -> Mark:
            return Mark([pen.ring(target.box)])

The class is known by its name in snake case from then on; `Circled.variant(share=0.5)` adds a variant from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, ClassVar, Literal, get_args

from synthink.documents.edits.edit import EDITS, Gesture, highlight
from synthink.documents.page.model import Page
from synthink.draw.geometry import Points
from synthink.errors import ConfigError, SynthinkError, did_you_mean
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

GESTURES = "synthink.gestures"
Side = Literal["above", "below", "right", "left", "margin", "inside"]
Leader = Literal["", "line", "arrow"]
TargetKind = Literal["words", "word", "lines", "gap", "image", "part_of_image", "pair", "neighbours"]
"""What is looked for on the page: words side by side (over up to three lines), one word, whole lines, the gap between
two words, an image, a part of one to keep, two words, two words side by side."""
TextKind = Literal["", "insert", "question", "mark", "instruct_text", "instruct_image"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where handwriting belongs."""

    at: tuple[float, float]
    """The place that the writing is about, in page pixels."""
    sides: tuple[Side, ...] = ("above", "right", "below", "margin")
    """Where the writing may stand as seen from the mark, best side first."""
    leader: Leader = ""
    """What joins the writing to the mark: nothing, a line, or an arrow towards the mark."""
    x_height: tuple[float, float] = (0.4, 0.6)
    """The least and the greatest height of a small x of the writing, in units of the target's height H."""
    text: str = ""
    """What is written; a note of the kind that the class `writes` where it is empty."""

    def __post_init__(self) -> None:
        for side in self.sides:
            _one_of("sides", side, Side)


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


Draw = Callable[[Any, Target, StrokeSketcher], Mark]
"""A method or function `(kind, target, pen)`; the kind is the class's own, which a callable's type cannot say."""
Check = Callable[[Target, Sequence[Points]], str | None]
"""A function of the target and of the strokes as they were drawn, without handwriting: why the mark could be taken for
something else, or None."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to draw a gesture, and how often it is taken against the class's others."""

    name: str
    share: float
    draw: Draw
    target_kind: TargetKind | None = None
    """Where it is not what the class aims at."""
    writes: TextKind | None = None
    """Where it is not what the class writes."""
    check: Check | None = None
    """What this variant is looked over for besides the class's own `refusal`."""
    own: bool = True
    """Not of a variant that was added to another module's class: it is drawn only where it is named, so that datasets
    do not change with what happens to be imported."""

    def __post_init__(self) -> None:
        _one_of("target_kind", self.target_kind or "words", TargetKind)
        _one_of("writes", self.writes or "", TextKind)


@dataclass(frozen=True, slots=True)
class _Pending:
    """A method that becomes a variant when its class is made."""

    share: float
    draw: Draw
    target_kind: TargetKind | None
    writes: TextKind | None
    check: Check | None


def variant(
    share: float = 1.0,
    *,
    target_kind: TargetKind | None = None,
    writes: TextKind | None = None,
    check: Check | None = None,
) -> Callable[[Draw], Draw]:
    """Marks a method `(self, target, pen) -> Mark` as a variant that is drawn with that share, against the others'."""

    def mark(draw: Draw) -> Draw:
        return _Pending(share, draw, target_kind, writes, check)  # type: ignore[return-value]

    return mark


class GestureKind:
    """A class of gestures. Instances have no state; `KINDS` holds one of each by name."""

    name: ClassVar[str] = ""
    target_kind: ClassVar[TargetKind] = "words"
    writes: ClassVar[TextKind] = ""
    """What is written beside the mark: new words, a question, a question mark alone (`mark`), an instruction."""
    variants: ClassVar[dict[str, Variant]] = {}

    def __init_subclass__(cls) -> None:
        _one_of("target_kind", cls.target_kind, TargetKind)
        _one_of("writes", cls.writes, TextKind)
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        cls.variants = dict(cls.variants)
        for name, method in list(vars(cls).items()):
            if isinstance(method, _Pending):
                cls._check_target_kind(name, method.target_kind)
                cls.variants[name] = Variant(
                    name, method.share, method.draw, method.target_kind, method.writes, method.check
                )
                setattr(cls, name, method.draw)
        KINDS[cls.name] = cls()
        if cls.edit is not GestureKind.edit:
            EDITS[cls.name] = KINDS[cls.name].edit
        EDITS.setdefault(cls.name, highlight)

    @classmethod
    def variant(
        cls,
        share: float = 1.0,
        *,
        name: str = "",
        target_kind: TargetKind | None = None,
        writes: TextKind | None = None,
        check: Check | None = None,
    ) -> Callable[[Draw], Draw]:
        """Adds a function as one more variant of this class, by its own name where no other is given.

        Added to a class of another module, it is drawn where `gestures` gives it a weight: `{"underline.dashed": 0.5}`.
        """

        def add(draw: Draw) -> Draw:
            known = name or draw.__name__
            cls._check_target_kind(known, target_kind)
            own = draw.__module__ == cls.__module__
            cls.variants[known] = Variant(known, share, draw, target_kind, writes, check, own)
            return draw

        return add

    @classmethod
    def _check_target_kind(cls, name: str, target_kind: TargetKind | None) -> None:
        """All variants of a class have the same kind of label, and ask for the same kind of edit."""
        for alike in (("gap",), ("pair", "neighbours")):
            if target_kind is not None and (target_kind in alike) != (cls.target_kind in alike):
                told = f"is another kind of place than {cls.target_kind!r}, which the class {cls.name} means"
                raise ConfigError(f"{cls.name}.{name}.target_kind", target_kind, told)

    def refusal(self, target: Target, strokes: Sequence[Points]) -> str | None:
        """Why the mark as the hand drew it could be taken for another class or another target; None when it is fine.

        strokes: (N, 2) page pixels each, without the handwriting and the lead to it.
        """
        return None

    def refused(self, name: str, target: Target, strokes: Sequence[Points]) -> str | None:
        """The first reason against a variant's strokes, its own check before the class's `refusal`; None for none."""
        check = self.variants[name].check
        return (check(target, strokes) if check else None) or self.refusal(target, strokes)

    def edit(self, page: Page, gesture: Gesture) -> Page:
        """The page as a gesture of a class of one's own asks for it: its words highlighted, where not overridden."""
        return highlight(page, gesture)


def _one_of(field: str, value: str, options: Any) -> None:
    if value not in get_args(options):
        raise ConfigError(field, value, did_you_mean(value, get_args(options)))


KINDS: dict[str, GestureKind] = {}


def kind_named(name: str) -> GestureKind:
    """The class of that name; `ConfigError` with the nearest names otherwise."""
    load_kinds()
    if name not in KINDS:
        raise ConfigError("gestures", name, f"is no gesture; {did_you_mean(name, KINDS)}")
    return KINDS[name]


@cache
def load_kinds() -> None:
    """Brings in the classes that come with synthink, and those of other packages: entry points in `GESTURES`."""
    import_module("synthink.gestures.kinds.builtin")
    for point in sorted(entry_points(group=GESTURES), key=lambda point: point.name):
        try:
            found = point.load()
        except Exception as error:
            raise SynthinkError(
                f"{GESTURES} {point.name!r} ({point.value}) cannot be loaded: {type(error).__name__}: {error}"
            ) from error
        if not (isinstance(found, type) and issubclass(found, GestureKind)):
            raise SynthinkError(f"{GESTURES} {point.name!r}: {found!r} is not a subclass of GestureKind")
