"""Looks for a crop of a page that can be asked about: page after page, until one is legible and means one thing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from synthink.assets.texts.notes import NotePool
from synthink.documents.page.model import Page
from synthink.gestures.choices import Choices
from synthink.gestures.choose_target import DEFAULT_OPTIONS, sample_target
from synthink.gestures.compose import compose
from synthink.gestures.composed import Composed, Drawer, InkSquare
from synthink.gestures.kind import GestureKind
from synthink.gestures.label_ambiguity import label_ambiguity
from synthink.gestures.page_candidates import TargetOptions
from synthink.gestures.page_crop import (
    PageCrop,
    around_ink,
    around_paragraph,
    around_words,
    occurs_once,
    uneditable,
    whole_page,
)
from synthink.streams import Stream

SAME = 3  # pages that a variant is tried on before another one of its class is drawn
LEGIBLE_PX = 5.0  # x-height of handwriting in the picture, below which it cannot be read
FULLY = 0.98  # of a word that must be visible for it to be read
PRINT_PX = 9.0  # height of print in the picture, below which it cannot be read

SMALL_PRINT = "the print is too small to be read"
SMALL_WRITING = "the handwriting is too small to be read"
TWICE = "the words may stand there twice"
CUT_WORDS = "the words are not all visible"


@dataclass(frozen=True)
class CropSearch:
    """A search over pages. `words` and `gestures` yield one result after another, without end: a crop, or the reason
    against one, which is one of a few constant sentences; whoever takes the first crop counts the reasons.
    """

    pages: Iterator[Page]
    """Pages without end, drawn anew for each result."""
    stream: Stream
    """The stream of all random choices except the hand's movement."""
    picture_px: int
    """The width and height of the picture that the crop becomes."""
    margin: float
    """The margin around words and paragraphs, both sides together, in page pixels."""
    whole_pages: bool = False
    """Whether whole pages are shown instead of squares around ink, paragraphs or words."""
    targets: TargetOptions = DEFAULT_OPTIONS
    whole_targets: bool = False
    """Whether squares around ink hold all of its target, too."""
    room: float = 0.0
    """The room around squares that a photograph may show, too, as a share of their side."""

    def words(self) -> Iterator[PageCrop | str]:
        """Words to be found, in a square in which they stand once."""
        for page in self.pages:
            yield self._words(page)

    def gestures(
        self,
        kind: GestureKind,
        choices: Choices,
        drawer: Drawer,
        notes: NotePool,
        ink_at: tuple[float, float] = (0.5, 0.5),
        max_edited_words: int | None = None,
        reads_target: bool = False,
    ) -> Iterator[PageCrop | str]:
        """Gestures of one class by one writer, in the square around their ink.

        ink_at: where the ink stands in the square, across and down. max_edited_words: where the paragraph is asked for
        as it is after the edit, the most words that it may have; the square then holds the whole paragraph.
        reads_target: whether the target's words are asked for, which then all can be read.
        """
        around_paragraphs = max_edited_words is not None
        square = None if self.whole_pages or around_paragraphs else InkSquare(self.margin, ink_at, self.whole_targets)
        for number, page in enumerate(self.pages):
            if number % SAME == 0:
                variant = choices.variant(kind, self.stream)
            if self.whole_pages:  # where people write as large as it must be
                drawer = replace(drawer, min_x_height=LEGIBLE_PX * max(page.size_px) / self.picture_px)
            composed = compose(page, kind, variant, drawer, notes, self.stream, self.targets, square)
            if isinstance(composed, str):
                yield composed
            elif reason := label_ambiguity(composed):
                yield reason
            else:
                crop = self._gesture(composed, drawer, square, max_edited_words)
                yield (reads_target and self._illegible(crop)) or crop

    def _words(self, page: Page) -> PageCrop | str:
        target = sample_target(page, "words", self.stream, options=self.targets)
        if isinstance(target, str):
            return target
        if self.whole_pages:
            crop = whole_page(None, page, target, 0.0)
        else:
            crop = around_words(page, target, self.margin, self.stream)
        if isinstance(crop, str):
            return crop
        if self._is_small(target.height, crop, PRINT_PX):
            return SMALL_PRINT
        crop = self._with_room(crop)
        return crop if occurs_once(crop) else TWICE

    def _with_room(self, crop: PageCrop) -> PageCrop:
        return replace(crop, room=math.ceil(self.room * crop.square.side)) if self.room else crop

    def _gesture(
        self, composed: Composed, drawer: Drawer, square: InkSquare | None, max_edited_words: int | None
    ) -> PageCrop | str:
        if max_edited_words is not None and (reason := uneditable(composed, max_edited_words)):
            return reason
        if self.whole_pages:
            crop = whole_page(composed, composed.page, composed.target, drawer.width)
        else:
            crop = around_paragraph(composed, self.margin) if square is None else around_ink(composed, square)
        if isinstance(crop, str):
            return crop
        if max_edited_words is not None and self._is_small(composed.target.height, crop, PRINT_PX):
            return SMALL_PRINT
        if composed.text and self._is_small(composed.x_height, crop, LEGIBLE_PX):
            return SMALL_WRITING
        return self._with_room(crop)

    def _illegible(self, crop: PageCrop | str) -> str | None:
        """The reason why the words of a crop's target cannot be read; None where they can, or where there is no
        crop."""
        if isinstance(crop, str):
            return None
        if self._is_small(crop.target.height, crop, PRINT_PX):
            return SMALL_PRINT
        return None if (crop.shares[list(crop.target.words)] >= FULLY).all() else CUT_WORDS

    def _is_small(self, height: float, crop: PageCrop, least_px: float) -> bool:
        """Whether what is so high on the page is lower than `least_px` in the picture."""
        return height * self.picture_px / crop.square.side < least_px
