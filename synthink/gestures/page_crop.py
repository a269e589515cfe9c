"""Which square of a page is shown for a gesture or for words, and what of the page is seen in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthink.documents.page.inked import Square
from synthink.documents.page.model import Page, shares_inside
from synthink.draw.geometry import Box
from synthink.gestures.compose import UNSEEN, Composed
from synthink.gestures.target import Target
from synthink.streams import Stream

HALF = 0.5  # of a target must be visible, and of a word to be listed
LONG_PARAGRAPH = "the paragraph has too many words"
ANY = 0.1  # of a word that may be taken for the one asked for
NEAR = 1.5  # line heights from a paragraph's words to print that may belong to it
WHOLE = 4.0  # px of margin in which a square of whole pixels, an even number of them, holds all of a box
WIDER = 2.2  # times the words and their margin: the largest square that words are looked for in


@dataclass(frozen=True, eq=False)
class PageCrop:
    """A square of a page and what it is about. composed: the gesture, where there is one."""

    page: Page
    aim: Target
    square: Square
    composed: Composed | None = None

    @cached_property
    def shares(self) -> npt.NDArray[np.float64]:
        """(W + I,) the share of each word's area, then of each image's, that lies in the square."""
        return shares_inside(self.page.boxes, self.square.box)


def around_ink(composed: Composed, margin: float, at: tuple[float, float]) -> PageCrop | str:
    """The square around the ink, see `Square.around`."""
    return _seen(PageCrop(composed.page, composed.aim, Square.around(composed.ink_box, margin, at), composed))


def uneditable(composed: Composed, most_words: int) -> str | None:
    """Why a model cannot be asked for the paragraph's text after the edit; None when it can."""
    page, words = composed.page, composed.aim.words
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
    """Whether print that is no word lies beside the paragraph, within reach of its lines."""
    lines = page.line_boxes[page.line_paragraphs == paragraph]
    reach = NEAR * float((lines[:, 3] - lines[:, 1]).max())
    left, top, right, bottom = page.paragraph_boxes[paragraph].tolist()
    return bool(shares_inside(page.unread, (left - reach, top - reach, right + reach, bottom + reach)).any())


def around_paragraph(composed: Composed, margin: float) -> PageCrop | str:
    """The square around the ink and the whole paragraph that is edited."""
    page = composed.page
    paragraph = page.paragraph_boxes[page.word_paragraphs[composed.aim.words[0]]]
    boxes = np.array((composed.ink_box, paragraph))
    both = Box(*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
    return _seen(PageCrop(page, composed.aim, Square.around(both, margin), composed))


def whole_page(composed: Composed | None, page: Page, aim: Target, pen: float) -> PageCrop | str:
    """The whole page, and more where the ink of a pen so wide leaves it."""
    width, height = page.size_px
    box = Box(0.0, 0.0, float(width), float(height))
    if composed is not None:
        ink = composed.inked_box(pen)
        box = Box(min(0.0, ink.left), min(0.0, ink.top), max(box.right, ink.right), max(box.bottom, ink.bottom))
    return _seen(PageCrop(page, aim, Square.around(box, WHOLE), composed))


def around_words(page: Page, aim: Target, margin: float, stream: Stream) -> PageCrop | str:
    """A square in which the words lie somewhere."""
    box = aim.box
    side = max(box.width, box.height) + margin
    side *= stream.uniform(1.0, WIDER)
    left, top = (
        _inside(high - side + stream.uniform() * (side - high + low), low, high, side, page.size_px[axis])
        for axis, (low, high) in enumerate(((box.left, box.right), (box.top, box.bottom)))
    )
    return _seen(PageCrop(page, aim, Square(math.floor(left), math.floor(top), math.ceil(side))))


def _inside(start: float, low: float, high: float, side: float, page: int) -> float:
    """Where the square begins so that it leaves the page no more than it must."""
    within = min(max(start, 0.0), max(0.0, page - side))
    return min(max(within, high - side), low)


def occurs_once(shot: PageCrop) -> bool:
    """Whether the words of the aim are surely the only ones of their kind in the square, whatever their case and marks:
    what is printed there and was not read could say the same."""
    if shares_inside(shot.page.unread, shot.square.box).any():
        return False
    wanted = [_bare(shot.page.words[word]) for word in shot.aim.words]
    shown = (shot.shares[: len(shot.page.words)] > ANY).nonzero()[0].tolist()
    there = {word: _bare(shot.page.words[word]) for word in shown}
    starts = [word for word, text in there.items() if text == wanted[0]]
    found = [start for start in starts if all(there.get(start + k) == text for k, text in enumerate(wanted))]
    return found == [shot.aim.words[0]]


def _bare(word: str) -> str:
    return word.strip("\"'.,;:!?()[]{}<>*-–—“”‘’").casefold()


def _seen(shot: PageCrop) -> PageCrop | str:
    return shot if shot.aim.share_inside(shot.square.box) >= HALF else UNSEEN
