"""Which square of a page is shown for a gesture or for words, what is visible in it, and its picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthink.camera import WiderPicture
from synthink.camera.projection import scaling
from synthink.documents.page.model import Indices, Page, shares_inside
from synthink.documents.page.picture import Frame, PageInk, Square, page_picture
from synthink.draw.colours import parse_colour
from synthink.draw.geometry import Box, around, snap
from synthink.draw.pen_outline import ink_outline
from synthink.draw.picture import Picture
from synthink.gestures.compose import UNSEEN
from synthink.gestures.composed import Composed, InkSquare
from synthink.gestures.target import Target
from synthink.ink.model import Ink
from synthink.streams import Stream

HALF = 0.5  # of a target, or of a word, that must be visible for it to count
LISTED = 0.1  # of an image that must be visible for it to be listed
ANY = 0.1  # of a word that may be taken for the one asked for
NEAR = 1.5  # line heights from a paragraph's words to print that may belong to it
MARGIN_PX = 4.0  # px of margin in which a square of whole pixels, an even number of them, holds all of a box
WIDER = 2.2  # times the words and their margin: the largest square that words are looked for in
HIGHLIGHTER = 0.35  # opacity

LONG_PARAGRAPH = "the paragraph has too many words"


@dataclass(frozen=True, eq=False)
class PageCrop:
    """A square of a page, and what it shows: a gesture, or words to be found."""

    page: Page
    target: Target
    square: Square
    composed: Composed | None = None
    """The gesture; None where words are to be found."""
    room: int = 0
    """Page pixels around the square that a photograph may show, too; 0 where the square is shown alone."""

    @cached_property
    def shares(self) -> npt.NDArray[np.float64]:
        """(W + I,) the share of each word's area, then of each image's, that lies in the square."""
        return shares_inside(self.page.boxes, self.square.box)

    @property
    def visible(self) -> tuple[Indices, Indices]:
        """The numbers of the words and of the images that can be seen: half of a word, a tenth of an image."""
        count = len(self.page.words)
        return (self.shares[:count] >= HALF).nonzero()[0], (self.shares[count:] >= LISTED).nonzero()[0]

    def in_picture(self, frame: Frame) -> tuple[Indices, Indices]:
        """The numbers of the words and of the images of which as much lies in a photograph, which shows more."""
        near = (shares_inside(self.page.boxes, self.wider.box) > 0).nonzero()[0]
        shares = frame.shares(self.page.boxes[near])
        count = len(self.page.words)
        words, images = near[shares >= HALF], near[shares >= LISTED]
        return words[words < count], images[images >= count] - count

    @property
    def wider(self) -> Square:
        """The square with its room around it."""
        return Square(self.square.left - self.room, self.square.top - self.room, self.square.side + 2 * self.room)

    def picture(self, picture_px: int, width: float, colour: str, white: float, signal: bool) -> Picture:
        """The square as a picture of `picture_px` by `picture_px`, under white of that opacity and then the ink.

        width: of the writer's pen, in page pixels. Without `signal` the ink, or the words asked for, are left out.
        """
        return self._picture(self.square, picture_px, width, colour, white, signal)

    def wider_picture(self, picture_px: int, width: float, colour: str, white: float, signal: bool) -> WiderPicture:
        """The picture with what lies around the square, up to the end of the page, or of ink that goes beyond it."""
        square, inner = self.wider, picture_px / self.square.side
        outer_px = math.ceil(inner * square.side)
        scale = outer_px / square.side
        size = self.page.size_px
        paper = Box(0.0, 0.0, float(size[0]), float(size[1]))
        paper = paper if self.composed is None else around((paper, self.composed.inked_box(width)))
        left, right = (min(max(x - square.left, 0.0), square.side) * scale for x in (paper.left, paper.right))
        top, bottom = (min(max(y - square.top, 0.0), square.side) * scale for y in (paper.top, paper.bottom))
        return WiderPicture(
            self._picture(square, outer_px, width, colour, white, signal),
            (picture_px, picture_px),
            scaling(inner / scale, inner / scale, -self.room * inner, -self.room * inner),
            ((left, top), (right, top), (right, bottom), (left, bottom)),
        )

    def _picture(
        self, square: Square, picture_px: int, width: float, colour: str, white: float, signal: bool
    ) -> Picture:
        ink, erased, composed = None, None, self.composed
        if composed is None:
            erased = None if signal else self.target.box
        else:
            ink = square_ink(composed.ink, square, width, composed.broad, colour)
        return page_picture(self.page.raster, square, picture_px, ink, white, erased, signal)


def square_ink(ink: Ink, square: Square, width: float, broad: float, colour: str) -> PageInk:
    """Ink as it lies in a square of its page.

    width: of the pen, and broad: of a highlighter, 0 for the pen; ink and both in page pixels.
    """
    points = snap(ink.points[:, :2].astype(np.float64) - (square.left, square.top))
    widths = snap(np.full(len(points), broad or width))
    return PageInk(ink_outline(points, ink.starts, widths), parse_colour(colour), HIGHLIGHTER if broad else 1.0)


def around_ink(composed: Composed, ink_square: InkSquare) -> PageCrop | str:
    """The square around the ink, or why it would not do."""
    return _if_visible(
        PageCrop(composed.page, composed.target, ink_square.around(composed.ink_box, composed.target.box), composed)
    )


def uneditable(composed: Composed, most_words: int) -> str | None:
    """The reason why a model cannot be asked for the paragraph's text after the edit; None when it can."""
    page, words = composed.page, composed.target.words
    if not words:
        return "no words are meant"
    paragraphs = set(page.word_paragraphs[list(words)].tolist())
    if len(paragraphs) > 1:
        return "the words stand in two paragraphs"
    paragraph = paragraphs.pop()
    count = int((page.word_paragraphs == paragraph).sum())
    if count > most_words:
        return LONG_PARAGRAPH
    if _is_part(page, paragraph):
        return "the paragraph may go on in print that was not read"
    return "nothing would be left of the paragraph" if count == len(words) else None


def _is_part(page: Page, paragraph: int) -> bool:
    """Whether print that is no word lies beside the paragraph, near its lines."""
    lines = page.line_boxes[page.line_paragraphs == paragraph]
    room = NEAR * float((lines[:, 3] - lines[:, 1]).max())
    left, top, right, bottom = page.paragraph_boxes[paragraph].tolist()
    return bool(shares_inside(page.unread, (left - room, top - room, right + room, bottom + room)).any())


def around_paragraph(composed: Composed, margin: float) -> PageCrop | str:
    """The square around the ink and the whole paragraph that is edited."""
    page = composed.page
    paragraph = page.paragraph_boxes[page.word_paragraphs[composed.target.words[0]]]
    both = around((composed.ink_box, paragraph.tolist()))
    return _if_visible(PageCrop(page, composed.target, Square.around(both, margin), composed))


def whole_page(composed: Composed | None, page: Page, target: Target, pen: float) -> PageCrop | str:
    """The whole page, and more where the ink of a pen so wide leaves it."""
    square = page_square(page, None if composed is None else composed.inked_box(pen))
    return _if_visible(PageCrop(page, target, square, composed))


def page_square(page: Page, ink: Box | None) -> Square:
    """The square around the whole page, and around all that ink covers where it leaves the page."""
    width, height = page.size_px
    paper = Box(0.0, 0.0, float(width), float(height))
    return Square.around(paper if ink is None else around((paper, ink)), MARGIN_PX)


def around_words(page: Page, target: Target, margin: float, stream: Stream) -> PageCrop | str:
    """A square in which the words lie somewhere."""
    box = target.box
    side = max(box.width, box.height) + margin
    side *= stream.uniform(1.0, WIDER)
    left, top = (
        _inside(high - side + stream.uniform() * (side - high + low), low, high, side, page.size_px[axis])
        for axis, (low, high) in enumerate(((box.left, box.right), (box.top, box.bottom)))
    )
    return _if_visible(PageCrop(page, target, Square(math.floor(left), math.floor(top), math.ceil(side))))


def _inside(start: float, low: float, high: float, side: float, page: int) -> float:
    """Where the square begins so that it leaves the page no more than it must."""
    within = min(max(start, 0.0), max(0.0, page - side))
    return min(max(within, high - side), low)


def occurs_once(crop: PageCrop) -> bool:
    """Whether the words of the target surely stand once in the square, whatever their case and punctuation.

    Print in the square that was not read could say the same words, and so could print in the room around it."""
    if shares_inside(crop.page.unread, crop.wider.box).any():
        return False
    wanted = [_bare(crop.page.words[word]) for word in crop.target.words]
    visible = (shares_inside(crop.page.word_boxes, crop.wider.box) > ANY).nonzero()[0].tolist()
    texts = {word: _bare(crop.page.words[word]) for word in visible}
    starts = [word for word, text in texts.items() if text == wanted[0]]
    matches = [start for start in starts if all(texts.get(start + k) == text for k, text in enumerate(wanted))]
    return matches == [crop.target.words[0]]


def _bare(word: str) -> str:
    return word.strip("\"'.,;:!?()[]{}<>*-–—“”‘’").casefold()


def _if_visible(crop: PageCrop) -> PageCrop | str:
    return crop if crop.target.share_inside(crop.square.box) >= HALF else UNSEEN
