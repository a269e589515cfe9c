"""Classes of gestures and their variants: subclass `GestureKind`, write one small method a variant.

    class Circled(GestureKind):
        'A word to look up: a ring around it.'

        target_kind = "words"

        @variant(share=1.0, family="ring")
        def ring(self, target: Target, pen: StrokeSketcher) -> Mark:
            return Mark([pen.ring(target.box)])

The class is known by its name in snake case from then on; `Circled.variant(share=0.5)` adds a variant from outside.
Whatever is special about a class stands in it: nothing else in synthink knows one by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, get_args

from synthink import plugins
from synthink.documents.edits.edit import DEFAULT_HIGHLIGHT, HIGHLIGHT, Edit, register
from synthink.draw.colours import RGB
from synthink.draw.geometry import Points
from synthink.errors import ConfigError, SynthinkError, did_you_mean, quoted
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

Side = Literal["above", "below", "right", "left", "margin", "inside"]
Leader = Literal["", "line", "arrow", "ring"]
TargetKind = Literal["words", "word", "lines", "gap", "image", "part_of_image", "pair", "neighbours"]
"""What is looked for on the page: words side by side (over up to three lines), one word, whole lines, the gap between
two words, an image, a part of one to keep, two words, two words side by side."""
PAIRS = ("pair", "neighbours")
"""The kinds of target whose labels are two places instead of a box."""
IMAGES = ("image", "part_of_image")
"""The kinds of target that are images."""
TextKind = Literal["", "insert", "question", "mark", "sign", "instruct_text", "instruct_image"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The place where handwriting belongs."""

    at: tuple[float, float]
    """The place that the writing is about, in page pixels."""
    sides: tuple[Side, ...] = ("above", "right", "below", "margin")
    """The sides of the mark on which the writing may stand, best side first."""
    leader: Leader = ""
    """The line that joins the writing to the mark: none, a line, or an arrow towards the mark; or a ring around it."""
    x_height: tuple[float, float] = (0.4, 0.6)
    """The least and the greatest height of a small x of the writing, in units of the target's height H."""
    text: str = ""
    """The text to write; when empty, a note of the kind that the class `writes`."""

    def __post_init__(self) -> None:
        for side in self.sides:
            _one_of("sides", side, Side)


@dataclass(frozen=True, slots=True)
class Mark:
    """The strokes that the pen is to draw for a gesture, before the hand's movement."""

    strokes: Sequence[Points]
    """The lines in the order in which they are drawn, (N, 2) page pixels each. Sparse ones are enough: corners where
    the pen turns, points along curves."""
    text: Anchor | None = None
    """The place of the handwriting; None for gestures without any."""
    broad: float = 0.0
    """The width of a highlighter in page pixels; 0 for the writer's own pen."""


Draw = Callable[[Any, Target, StrokeSketcher], Mark]
"""A method or function `(kind, target, pen)`; the kind is the class's own, which a callable's type cannot say."""
Check = Callable[[Target, Sequence[Points]], str | None]
"""A function of the target and of the strokes as they were drawn, without handwriting: why the mark could be taken for
something else, or None."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to draw a gesture."""

    name: str
    share: float
    """The share of the class's gestures that use this variant."""
    draw: Draw
    target_kind: TargetKind | None = None
    """The kind of target that the variant is drawn for, when it differs from the class's."""
    writes: TextKind | None = None
    """The kind of text that is written beside the mark, when it differs from the class's."""
    check: Check | None = None
    """A further check of the variant's strokes, besides the class's own `refusal`."""
    family: str = ""
    """The family of marks that the oracle holds its ink against; without one it judges neither ink nor target."""
    own: bool = True
    """Whether it comes from the class's own module. Others are drawn only where they are named, so that datasets do not
    change with what happens to be imported."""

    def __post_init__(self) -> None:
        _one_of("target_kind", self.target_kind or "words", TargetKind)
        _one_of("writes", self.writes or "", TextKind)


@dataclass(frozen=True, slots=True)
class _Pending:
    """A method that becomes a variant when its class is made."""

    draw: Draw
    fields: dict[str, Any]


def variant(
    share: float = 1.0,
    *,
    target_kind: TargetKind | None = None,
    writes: TextKind | None = None,
    check: Check | None = None,
    family: str = "",
) -> Callable[[Draw], Draw]:
    """Mark a method `(self, target, pen) -> Mark` as a variant of its class; the arguments are fields of `Variant`."""

    def mark(draw: Draw) -> Draw:
        fields = {"share": share, "target_kind": target_kind, "writes": writes, "check": check, "family": family}
        return _Pending(draw, fields)  # type: ignore[return-value]

    return mark


class GestureKind:
    """A class of gestures. Instances have no state; `KINDS` holds one of each by name."""

    name: ClassVar[str] = ""
    """The name in labels and options; the class's own name in snake case where none is given."""
    target_kind: ClassVar[TargetKind] = "words"
    """The kind of target that its gestures are drawn for; variants may differ, but not in the form of their labels."""
    writes: ClassVar[TextKind] = ""
    """The kind of text that is written beside the mark: new words, a question, a question mark alone (`mark`), an
    instruction, or a sign of proof-readers (`sign`), which the variant's `Anchor` names."""
    edit: ClassVar[Edit] = HIGHLIGHT
    """The edit that its gestures make to the page."""
    highlight_colour: ClassVar[RGB] = DEFAULT_HIGHLIGHT
    """The colour of the words that it highlights, on pictures of edited pages."""
    default_order: ClassVar[int] = 0
    """The place of a class of synthink's own among those that are drawn when a dataset names none; 0 for a class that
    has to be named. Random choice goes by this order: a new class comes last."""
    broadest: ClassVar[float] = 0.35
    """The width of the pen in H from which on it would cover what it marks."""
    variants: ClassVar[dict[str, Variant]] = {}
    """The ways to draw it, by name."""

    def __init_subclass__(cls) -> None:
        _one_of("target_kind", cls.target_kind, TargetKind)
        _one_of("writes", cls.writes, TextKind)
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        cls.variants = dict(cls.variants)
        for name, method in list(vars(cls).items()):
            if isinstance(method, _Pending):
                cls._check_target_kind(name, method.fields["target_kind"])
                cls.variants[name] = Variant(name, draw=method.draw, **method.fields)
                setattr(cls, name, method.draw)
        KINDS[cls.name] = cls()
        register(cls.name, cls.edit, cls.highlight_colour)

    @classmethod
    def variant(cls, share: float = 1.0, *, name: str = "", **fields: Any) -> Callable[[Draw], Draw]:
        """Adds a function as one more variant of this class, by its own name where no other is given.

        fields: those of `Variant`. Added to a class of another module, the variant is drawn where `gestures` gives it a
        weight: `{"underline.dashed": 0.5}`.
        """

        def add(draw: Draw) -> Draw:
            known_as = name or draw.__name__
            cls._check_target_kind(known_as, fields.get("target_kind"))
            own = draw.__module__ == cls.__module__
            cls.variants[known_as] = Variant(known_as, share, draw, own=own, **fields)
            return draw

        return add

    @classmethod
    def _check_target_kind(cls, name: str, target_kind: TargetKind | None) -> None:
        """All variants of a class have the same form of label, and ask for the same kind of edit."""
        for alike in (("gap",), PAIRS):
            if target_kind is not None and (target_kind in alike) != (cls.target_kind in alike):
                reason = f"is another kind of place than {quoted(cls.target_kind)}, which the class {cls.name} means"
                raise ConfigError(f"{cls.name}.{name}.target_kind", target_kind, reason)

    @property
    def label(self) -> Literal["box", "pair"]:
        """The form in which its labels name the target: a box, or a pair of places."""
        return "pair" if self.target_kind in PAIRS else "box"

    @property
    def facts(self) -> dict[str, Any]:
        """The facts that a check of labels may know of the class, as plain data: `target_kind`, the name of its `edit`,
        and for each variant its family of marks and whether something is written beside it."""
        variants = {
            variant.name: {"family": variant.family, "writes": bool(variant.writes or self.writes)}
            for variant in self.variants.values()
        }
        return {"target_kind": self.target_kind, "edit": self.edit.name, "variants": variants}

    def unfit(self, words: Sequence[str], target: Target) -> str | None:
        """The reason why this cannot be asked of a target with these words; None where it can."""
        return None

    def refusal(self, target: Target, strokes: Sequence[Points]) -> str | None:
        """The reason why the mark, as the hand drew it, could be taken for another class or target; None when it
        cannot.

        strokes: (N, 2) page pixels each, without the handwriting and the leader line to it.
        """
        return None

    def refused(self, name: str, target: Target, strokes: Sequence[Points]) -> str | None:
        """The first reason against a variant's strokes, its own check before the class's `refusal`; None for none."""
        check = self.variants[name].check
        return (check(target, strokes) if check else None) or self.refusal(target, strokes)

    def intended(self, words: list[str], target: Target, text: str) -> list[str] | None:
        """The page's words after the edit as it is meant: worked out from the words of the target, not from its box.

        A label is refused where an editor, who has only the box, would do something else. words: of the whole page,
        which may be changed, and taken out by emptying them; text: what is written. None for edits that are not looked
        into.
        """
        return None


def _one_of(field: str, value: str, options: Any) -> None:
    if value not in get_args(options):
        raise ConfigError(field, value, did_you_mean(value, get_args(options)))


KINDS: dict[str, GestureKind] = {}
"""The classes that were loaded or defined in this process, by name."""


def kind_named(name: str) -> GestureKind:
    """The class of that name; `ConfigError` with the nearest names otherwise."""
    load_kinds()
    if name not in KINDS:
        raise ConfigError("gestures", name, f"is no gesture; {did_you_mean(name, KINDS)}")
    return KINDS[name]


def default_kinds() -> tuple[str, ...]:
    """The classes that are drawn where a dataset names none, in the order in which they are chosen from."""
    load_kinds()
    ours = (kind for kind in KINDS.values() if kind.default_order and type(kind).__module__.startswith("synthink."))
    return tuple(kind.name for kind in sorted(ours, key=lambda kind: kind.default_order))


def gesture_facts() -> dict[str, dict[str, Any]]:
    """The facts of every class that is installed or was defined in this process, by its name."""
    load_kinds()
    return {name: kind.facts for name, kind in KINDS.items()}


@cache
def load_kinds() -> None:
    """Loads all installed classes: entry points of the group `synthink.gestures`, ours and others' alike."""
    for name in plugins.names(plugins.GESTURES):
        kind = plugins.load(plugins.GESTURES, name)
        if not (isinstance(kind, type) and issubclass(kind, GestureKind)):
            raise SynthinkError(f"gesture {quoted(name)}: {quoted(kind)} is not a subclass of GestureKind")
