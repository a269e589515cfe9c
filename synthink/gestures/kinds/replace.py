"""Replace: words that are crossed out, with those for their place above them or in the margin."""

from __future__ import annotations

from collections.abc import Sequence

from synthink.documents import REPLACE
from synthink.gestures import ambiguity
from synthink.gestures.kind import Anchor, Check, Draw, GestureKind, Leader, Mark, Side
from synthink.gestures.kinds.delete import Delete
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

SIZE = (0.36, 0.55)
MOST = 3  # words that are replaced
_MARKS: tuple[tuple[str, float, Draw, Leader, Check], ...] = (
    ("strike", 0.40, Delete.strike, "", ambiguity.strikes),
    ("strike", 0.22, Delete.strike, "line", ambiguity.strikes),
    ("double_strike", 0.10, Delete.double_strike, "", ambiguity.strikes),
    ("scratch", 0.18, Delete.scratch, "", ambiguity.scratches),
    ("scratch", 0.10, Delete.scratch, "line", ambiguity.scratches),
)


class Replace(GestureKind):
    """Write the handwritten words in the place of those crossed out: `strike`, `strike_line`, `scratch` ..."""

    writes = "insert"
    edit = REPLACE

    def unfit(self, words: Sequence[str], target: Target) -> str | None:
        return "too many words to replace" if len(words) > MOST or len(target.strips) > 1 else None

    def intended(self, words: list[str], target: Target, text: str) -> list[str]:
        for word in target.words:
            words[word] = ""
        words[target.words[0]] = text
        return words


def _drawing(draw_mark: Draw, leader: Leader) -> Draw:
    def draw(self: GestureKind, target: Target, pen: StrokeSketcher) -> Mark:
        strip = target.strips[0]
        sides: tuple[Side, ...] = ("margin", "above", "right", "below") if leader else ("above", "below", "margin")
        return Mark(
            draw_mark(self, target, pen).strokes, Anchor((strip.box.centre[0], strip.line.top), sides, leader, SIZE)
        )

    return draw


for _name, _share, _draw, _leader, _check in _MARKS:
    _suffix, _family = (f"_{_leader}", f"{_name}+{_leader}") if _leader else ("", _name)
    Replace.variant(_share, name=_name + _suffix, check=_check, family=_family)(_drawing(_draw, _leader))
