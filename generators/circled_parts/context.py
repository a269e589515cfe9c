"""The words that stand around the circled one: those of its line, or of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from synthink import Box, Stream
from synthink.draw import Face, Placement, Points, TextLine, TextRun, layout_line, place

Context = Literal["word", "line", "page"]

BLANK_EM = 0.32  # between words, beside twice the spacing of letters
LEADING_EM = 1.35  # from baseline to baseline at least
ASCENT_EM, DESCENT_EM = 1.0, 0.35  # that letters and their accents reach above and below the baseline, at most
CLEAR_EM = 0.08  # between a ring and the words around
MOST = 60  # words or lines on one side
STEP_EM = 0.5  # to the right, until a line's first word lies in the picture
TRIES = 20  # words drawn until the face has all letters of one


@dataclass(frozen=True, eq=False)
class ContextWord:
    """A word beside the circled one, moved in em from where a line begins."""

    line: TextLine
    right: float
    down: float

    @property
    def box(self) -> Box:
        """The box around its ink, in em of the circled word's line."""
        left, top, right, bottom = self.line.box
        return Box(left + self.right, top + self.down, right + self.right, bottom + self.down)

    def run(self, placement: Placement) -> TextRun:
        """The word in the picture, where the circled word has that place."""
        x, y = placement.anchor
        return place(self.line, replace(placement, anchor=(x - self.right, y - self.down)))

    def corners(self, placement: Placement) -> Points:
        """(4, 2): the corners of its box in the picture, turned with it."""
        return placement.points(self.box.corners())


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Where words may stand around a word, so that their places do not tell which of its letters is circled.

    room: what rings around all of its letters would take, in em; inside: whether a box, in em, lies in the picture.
    """

    face: Face
    line: TextLine
    spacing_em: float
    room: Box
    inside: Callable[[Box], bool]

    def words(self, context: Context, stream: Stream, draw: Callable[[Stream], str]) -> tuple[ContextWord, ...]:
        """The words of the line, or of all lines of a page. draw: gives a word."""
        if context == "word":
            return ()
        left = min(self.line.box.left - self._blank, self.room.left - CLEAR_EM)
        right = max(self.line.box.right + self._blank, self.room.right + CLEAR_EM)
        before = list(self._to_the_left(left, stream, draw))
        words = [*before, *self._to_the_right(right, 0.0, stream, draw)]
        if context == "page":
            margin = before[-1].box.left if before else self.line.box.left
            pitch = max(LEADING_EM, self.room.bottom + CLEAR_EM + ASCENT_EM, DESCENT_EM + CLEAR_EM - self.room.top)
            for way in (-pitch, pitch):
                for number in range(1, MOST):
                    added = list(self._to_the_right(margin, way * number, stream, draw, until=self.line.box.right))
                    words += added
                    if not added:
                        break
        return tuple(words)

    @property
    def _blank(self) -> float:
        return BLANK_EM + 2 * self.spacing_em

    def _to_the_left(self, edge: float, stream: Stream, draw: Callable[[Stream], str]) -> Iterator[ContextWord]:
        """Words that end to the left of an edge, the nearest first."""
        for _ in range(MOST):
            line = self._set(stream, draw)
            if line is None:
                return
            word = ContextWord(line, edge - line.box.right, 0.0)
            if not self.inside(word.box):
                return
            yield word
            edge = word.box.left - self._blank

    def _to_the_right(
        self, edge: float, down: float, stream: Stream, draw: Callable[[Stream], str], until: float = 0.0
    ) -> Iterator[ContextWord]:
        """Words that begin to the right of an edge; the first one farther to the right, up to `until`, where it would
        leave the picture."""
        is_first = True
        for _ in range(MOST):
            line = self._set(stream, draw)
            if line is None:
                return
            word = ContextWord(line, edge - line.box.left, down)
            while is_first and not self.inside(word.box) and word.box.left < until:
                word = replace(word, right=word.right + STEP_EM)
            if not self.inside(word.box):
                return
            yield word
            is_first, edge = False, word.box.right + self._blank

    def _set(self, stream: Stream, draw: Callable[[Stream], str]) -> TextLine | None:
        """A word, set; None where the face lacks letters of nearly all."""
        for _ in range(TRIES):
            text = draw(stream)
            if self.face.characters.issuperset(text):
                return layout_line(self.face, text, self.spacing_em)
        return None
