"""What proof-readers ask for beside words that are put in, taken out or swapped: other words, punctuation, capitals."""

from __future__ import annotations

import numpy as np

from synthink.documents.edits.edit import (
    MEANT,
    Edit,
    Gesture,
    Rewording,
    deletion,
    paragraph_span,
    reworded,
    words_on_line,
)
from synthink.documents.page.model import Page, shares_inside


def _replacement(page: Page, gesture: Gesture) -> Rewording:
    """The gesture's words stand where the first of those in its box stood."""
    words, meant = gesture.text.split(), np.flatnonzero(shares_inside(page.word_boxes, gesture.box) > MEANT)
    if not words or not len(meant):
        return {}
    changed, first = deletion(page, gesture), int(meant[0])
    paragraph = int(page.word_paragraphs[first])
    at = first - paragraph_span(page, paragraph)[0]
    changed[paragraph][at:at] = words
    return changed


def _punctuation(page: Page, gesture: Gesture) -> Rewording:
    """The gesture's sign follows the word whose end is nearest to the box's middle, of those on the box's line."""
    sign, on_line = "".join(gesture.text.split()), words_on_line(page, gesture.box)
    if not sign or not on_line.any():
        return {}
    middle = (gesture.box.left + gesture.box.right) / 2
    return _changed(page, int(np.where(on_line, np.abs(page.word_boxes[:, 2] - middle), np.inf).argmin()), sign)


def _changed(page: Page, word: int, sign: str) -> Rewording:
    paragraph = int(page.word_paragraphs[word])
    start, stop = paragraph_span(page, paragraph)
    return {paragraph: [*range(start, word), page.words[word] + sign, *range(word + 1, stop)]}


def _capitals(page: Page, gesture: Gesture) -> Rewording:
    """Words of which more than half lies in the box begin with a capital."""
    changed: Rewording = {}
    for word in np.flatnonzero(shares_inside(page.word_boxes, gesture.box) > MEANT).tolist():
        text, paragraph = page.words[word], int(page.word_paragraphs[word])
        start, stop = paragraph_span(page, paragraph)
        if capitalised(text) != text:
            changed.setdefault(paragraph, list(range(start, stop)))[word - start] = capitalised(text)
    return changed


def capitalised(word: str) -> str:
    """The word with a capital for its first character."""
    return word[:1].upper() + word[1:]


REPLACE = Edit(lambda page, gesture: reworded(page, _replacement(page, gesture)), _replacement, name="replace")
"""The gesture's words take the place of those that lie in the box by more than half."""
PUNCTUATE = Edit(lambda page, gesture: reworded(page, _punctuation(page, gesture)), _punctuation, name="punctuate")
"""The gesture's sign is put behind the word that ends nearest to the box's middle."""
CAPITALISE = Edit(lambda page, gesture: reworded(page, _capitals(page, gesture)), _capitals, name="capitalise")
"""The words that lie in the box by more than half get a capital."""
