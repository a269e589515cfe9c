"""Punctuate: a comma, a full stop or another sign, written at a mark that points behind a word, often with a ring."""

from __future__ import annotations

from collections.abc import Sequence

from synthink.documents import PUNCTUATE
from synthink.gestures.ambiguity import near_gap
from synthink.gestures.kind import Anchor, GestureKind, Leader, Mark, Side, variant
from synthink.gestures.kinds.insert import Insert, through_gap
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target

SIGNS = {",": 0.42, ".": 0.26, ";": 0.10, ":": 0.08, "?": 0.07, "!": 0.07}
SIZE = (0.7, 1.1)  # H: an x of the signs, of which commas are small


class Punctuate(GestureKind):
    """Put the written comma, full stop or other sign behind this word."""

    target_kind = "gap"
    edit = PUNCTUATE

    @variant(share=0.40, writes="sign", check=near_gap, family="caret")
    def caret(self, target: Target, pen: StrokeSketcher) -> Mark:
        return _signed(Insert.caret(self, target, pen), pen)

    @variant(share=0.30, writes="sign", check=near_gap, family="caret+ring")
    def caret_ringed(self, target: Target, pen: StrokeSketcher) -> Mark:
        """The sign has a ring around it, lest a full stop be overlooked."""
        return _signed(Insert.caret(self, target, pen), pen, "ring")

    @variant(share=0.12, writes="sign", check=near_gap, family="caret+line")
    def caret_line(self, target: Target, pen: StrokeSketcher) -> Mark:
        return _signed(Insert.caret(self, target, pen), pen, "line", ("margin", "right", "above", "below"))

    @variant(share=0.18, writes="sign", check=lambda target, strokes: through_gap(target, strokes), family="stick+ring")
    def stick_ringed(self, target: Target, pen: StrokeSketcher) -> Mark:
        return _signed(Insert.stick(self, target, pen), pen, "ring")

    def unfit(self, words: Sequence[str], target: Target) -> str | None:
        if target.strips[0].before is None:
            return "no word before the gap"
        return None if words[0][-1].isalnum() else "the word has its punctuation"

    def intended(self, words: list[str], target: Target, text: str) -> list[str]:
        words[target.words[0]] += text
        return words


def _signed(
    mark: Mark, pen: StrokeSketcher, leader: Leader = "", sides: tuple[Side, ...] = ("above", "below", "margin")
) -> Mark:
    """The mark with a sign beside it, by chance as often as in English text."""
    assert mark.text is not None
    sign = pen.stream.choice(tuple(SIGNS), tuple(SIGNS.values()))
    return Mark(mark.strokes, Anchor(mark.text.at, sides, leader, SIZE, sign))
