"""What gestures ask for, as the AMLD workshop's editor understands them: words put in, taken out, swapped, lit up.

`EDITS` holds the meaning of each class; `register` adds or replaces one. Positions alone decide; nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from synthink.documents.edits.reflow import Item, reflow
from synthink.documents.edits.splice import splice, without
from synthink.documents.page.model import Boxes, Page, shares_inside
from synthink.draw.geometry import GRID, Box
from synthink.errors import ConfigError

FARTHEST = 1e7  # pixels; beyond it is no place on any page


@dataclass(frozen=True, slots=True)
class Gesture:
    """A gesture as it was drawn, labelled or read by a model, in page pixels.

    ends: the two places that a `point` joins; the box's top-left and bottom-right corners stand for them when None, so
    a box may run from right to left. `ConfigError` for coordinates that are not finite.
    """

    kind: str
    box: Box
    text: str = ""
    ends: tuple[tuple[float, float], tuple[float, float]] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.box, Box):  # four numbers will do
            if len(self.box) != 4:
                raise ConfigError("box", self.box, "must be left, top, right, bottom")
            object.__setattr__(self, "box", Box(*self.box))
        for field, values in (("box", self.box), ("ends", () if self.ends is None else sum(self.ends, ()))):
            if not all(abs(value) <= FARTHEST for value in values):
                raise ConfigError(field, tuple(values), f"has a coordinate that is no number within {FARTHEST:.0e} px")

    @property
    def places(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The two places that a `point` joins."""
        return self.ends or ((self.box.left, self.box.top), (self.box.right, self.box.bottom))


Edit = Callable[[Page, Gesture], Page]
Rewording = dict[int, list[Item]]
"""Paragraphs, and what they consist of after an edit."""

MEANT = 0.5  # share of a word's or an image's area inside the box from which on it is meant
CROPPED = 0.05  # share of an image's area inside the box from which on it is cropped to it
REACH_PX = 30.0  # from an end of `point` to the word that it means
LEAST_PX = 0.001  # that a word and the box of `insert` share in height


def apply(page: Page, gesture: Gesture) -> Page:
    """The page after the edit that the gesture asks for; the page itself where it meets nothing or means no edit."""
    edit = EDITS.get(gesture.kind)
    return edit(page, gesture) if edit else page


def edited_paragraphs(page: Page, gesture: Gesture) -> dict[int, str]:
    """Text after the edit, by the paragraph's number before it; empty where no word is left. Nothing is set anew.

    Of the gestures that insert, delete and swap; an edit that was registered by others is not looked into.
    """
    reword = _REWORDINGS.get(EDITS.get(gesture.kind, unchanged))
    changed = reword(page, gesture) if reword else {}
    words = page.words
    return {
        paragraph: " ".join([words[item] if isinstance(item, int) else item for item in items])
        for paragraph, items in changed.items()
    }


def edited_text(page: Page, gesture: Gesture) -> str:
    """`apply(page, gesture).text`, without setting the page anew."""
    edit = EDITS.get(gesture.kind, unchanged)
    if edit in _REWORDINGS:
        texts = list(page.paragraph_texts)
        for paragraph, text in edited_paragraphs(page, gesture).items():
            texts[paragraph] = text
        return "\n".join(filter(None, texts))
    return page.text if edit in (highlight, crop, unchanged) else edit(page, gesture).text


def register(kind: str, edit: Edit) -> None:
    """From now on gestures of that class ask for this edit."""
    EDITS[kind] = edit


def insert(page: Page, gesture: Gesture) -> Page:
    """The gesture's words at the nearest edge of a word beside the box's middle."""
    return _reworded(page, _insertion(page, gesture))


def delete(page: Page, gesture: Gesture) -> Page:
    """Without the words and images that lie in the box by more than half."""
    inside = shares_inside(page.image_boxes, gesture.box) > MEANT
    if inside.any():
        page = replace(
            page,
            image_boxes=page.image_boxes[~inside],
            image_sources=page.image_sources[~inside],
            erased=without(page, page.image_sources[inside]),
        )
    return _reworded(page, _deletion(page, gesture))


def swap(page: Page, gesture: Gesture) -> Page:
    """With the two words that are nearest to the gesture's places in each other's place."""
    return _reworded(page, _exchange(page, gesture))


def crop(page: Page, gesture: Gesture) -> Page:
    """With the images that the box overlaps cut down to it."""
    inside = np.flatnonzero(shares_inside(page.image_boxes, gesture.box) > CROPPED)
    box = np.array(gesture.box)
    boxes_before, sources_before = page.image_boxes[inside], page.image_sources[inside]
    left_top = np.maximum(boxes_before[:, :2], np.floor(box[:2] * GRID) / GRID)
    right_bottom = np.minimum(boxes_before[:, 2:], np.ceil(box[2:] * GRID) / GRID)
    cropped = np.concatenate((left_top, right_bottom), axis=1)
    if (cropped == boxes_before).all():
        return page
    boxes, sources = page.image_boxes.copy(), page.image_sources.copy()
    boxes[inside] = cropped
    # An image moves without changing its size: box and source differ by a shift alone.
    sources[inside] = cropped + np.tile(sources_before[:, :2] - boxes_before[:, :2], 2)
    return replace(page, image_boxes=boxes, image_sources=sources, erased=without(page, sources_before))


def highlight(page: Page, gesture: Gesture) -> Page:
    """With the words that lie in the box by more than half highlighted by the gesture's class."""
    meant = np.flatnonzero(shares_inside(page.word_boxes, gesture.box) > MEANT).tolist()
    lights = list(page.highlights)
    for word in meant:
        lights[word] = gesture.kind
    return replace(page, highlights=tuple(lights)) if tuple(lights) != page.highlights else page


def unchanged(page: Page, gesture: Gesture) -> Page:
    """The page itself."""
    return page


def _reworded(page: Page, changed: Rewording) -> Page:
    """The page with the words of paragraphs changed, and those set anew."""
    return splice(page, [reflow(page, *change) for change in sorted(changed.items())]) if changed else page


def _insertion(page: Page, gesture: Gesture) -> Rewording:
    """New words go beside the word with the edge nearest to the box's middle, of those on the box's line.

    Of words that share some height with the box, those that share less than half as much as the best do not count:
    boxes of set solid lines overlap, and a box of one line would reach the next.
    """
    words, box, boxes = gesture.text.split(), gesture.box, page.word_boxes
    if not words or not len(boxes) or box.height <= LEAST_PX:
        return {}
    tops, bottoms = boxes[:, 1], boxes[:, 3]
    shared = np.minimum(bottoms, box.bottom) - np.maximum(tops, box.top)
    shares = shared / np.minimum(bottoms - tops, box.height)
    if shared.max() <= LEAST_PX:
        return {}
    x = (box.left + box.right) / 2
    to_left, to_right = np.abs(boxes[:, 0] - x), np.abs(boxes[:, 2] - x)
    distances = np.where(shares >= shares.max() / 2, np.minimum(to_left, to_right), np.inf)
    nearest = int(distances.argmin())
    at = nearest if to_left[nearest] < to_right[nearest] else nearest + 1
    paragraph = int(page.word_paragraphs[nearest])
    start, stop = _span(page, paragraph)
    return {paragraph: [*range(start, at), *words, *range(at, stop)]}


def _deletion(page: Page, gesture: Gesture) -> Rewording:
    doomed = np.flatnonzero(shares_inside(page.word_boxes, gesture.box) > MEANT)
    paragraphs = page.word_paragraphs[doomed].tolist()
    changed: Rewording = {}
    for paragraph, pairs in groupby(zip(paragraphs, doomed.tolist(), strict=True), key=lambda pair: pair[0]):
        gone = {word for _, word in pairs}
        changed[paragraph] = [word for word in range(*_span(page, paragraph)) if word not in gone]
    return changed


def _exchange(page: Page, gesture: Gesture) -> Rewording:
    one, other = (_word_near(page.word_boxes, place) for place in gesture.places)
    if one is None or other is None or one == other:
        return {}
    changed: Rewording = {}
    for old, new in ((one, other), (other, one)):
        paragraph = int(page.word_paragraphs[old])
        start, stop = _span(page, paragraph)
        changed.setdefault(paragraph, list(range(start, stop)))[old - start] = new
    return changed


def _word_near(boxes: Boxes, place: tuple[float, float]) -> int | None:
    """The word whose box is nearest to a place, within reach."""
    if not len(boxes):
        return None
    x, y = place
    across = np.maximum(np.maximum(boxes[:, 0] - x, x - boxes[:, 2]), 0)
    down = np.maximum(np.maximum(boxes[:, 1] - y, y - boxes[:, 3]), 0)
    squares = across * across + down * down
    nearest = int(squares.argmin())
    return nearest if squares[nearest] <= REACH_PX**2 else None


def _span(page: Page, paragraph: int) -> tuple[int, int]:
    """First word of a paragraph, and the word after its last."""
    starts, stops = page.paragraph_words
    return int(starts[paragraph]), int(stops[paragraph])


EDITS: dict[str, Edit] = {
    "insert": insert,
    "delete": delete,
    "point": swap,
    "crop": crop,
    "select": highlight,
    "question": highlight,
    "underline": highlight,
    "instruct_text": highlight,
    "instruct_image": unchanged,
}
"""What each class of gestures asks for."""

_REWORDINGS: dict[Edit, Callable[[Page, Gesture], Rewording]] = {
    insert: _insertion,
    delete: _deletion,
    swap: _exchange,
}
