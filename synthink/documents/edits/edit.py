"""What gestures ask for, as the AMLD workshop's editor understands them: words put in, taken out, swapped, lit up.

Positions alone decide; nothing is drawn. A class of gestures names its `Edit`, and is registered with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

import numpy as np
import numpy.typing as npt

from synthink import plugins
from synthink.documents.edits.reflow import Item, reflow
from synthink.documents.edits.splice import splice, without
from synthink.documents.page.model import Boxes, Page, shares_inside
from synthink.draw.colours import RGB
from synthink.draw.geometry import GRID, Box
from synthink.errors import ConfigError, check_kind, did_you_mean

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
        check_kind("kind", self.kind, str, "the name of a class of gestures")
        if not isinstance(self.box, Box):  # four numbers will do
            if not isinstance(self.box, Sequence) or len(self.box) != 4:
                raise ConfigError("box", self.box, "must be left, top, right, bottom")
            object.__setattr__(self, "box", Box(*self.box))
        for field, values in (("box", self.box), ("ends", () if self.ends is None else sum(self.ends, ()))):
            if not all(abs(value) <= FARTHEST for value in values):
                raise ConfigError(field, tuple(values), f"has a coordinate that is no number within {FARTHEST:.0e} px")

    @property
    def places(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The two places that a `point` joins."""
        return self.ends or ((self.box.left, self.box.top), (self.box.right, self.box.bottom))


Rewording = dict[int, list[Item]]
"""Paragraphs, and what they consist of after an edit."""


@dataclass(frozen=True)
class Edit:
    """A change that gestures make to their page. `edit(page, gesture)` is the page after it."""

    change: Callable[[Page, Gesture], Page]
    reword: Callable[[Page, Gesture], Rewording] | None = None
    """The words of paragraphs after an edit of words: the new text is then known without setting the page anew, and a
    model can be asked for it."""
    keeps_text: bool = False
    """Whether the page's words stay as they are."""
    slants: bool = False
    """Whether the words that it highlights slant in pictures of the page."""
    name: str = ""
    """The name by which checks of labels know the edit; empty for one that they do not know."""

    def __call__(self, page: Page, gesture: Gesture) -> Page:
        """The page after the edit; the page itself where the gesture meets nothing."""
        return self.change(page, gesture)


MEANT = 0.5  # share of a word's or an image's area inside the box from which on it is meant
CROPPED = 0.05  # share of an image's area inside the box from which on it is cropped to it
REACH_PX = 30.0  # from an end of `point` to the word that it means
LEAST_PX = 0.001  # that a word and the box of `insert` share in height


EDITS: dict[str, Edit] = {}
"""The edit that each class of gestures asks for, by the name of the class."""
DEFAULT_HIGHLIGHT: RGB = (255, 185, 90)
HIGHLIGHT_COLOURS: dict[str, RGB] = {}
"""The colour of what gestures of each class highlight."""


def register(kind: str, edit: Edit, highlight_colour: RGB | None = None) -> None:
    """Register the edit of a class of gestures, and the colour in which they highlight."""
    EDITS[kind] = edit
    if highlight_colour is not None:
        HIGHLIGHT_COLOURS[kind] = highlight_colour


def edit_of(kind: str) -> Edit:
    """The edit that gestures of a class ask for. Raises `ConfigError` for a class that is not known.

    Classes register themselves when they are loaded, which the first gesture of an unknown class sees to.
    """
    if kind not in EDITS:
        _load_gestures()
    if kind not in EDITS:
        raise ConfigError("kind", kind, f"is no gesture; {did_you_mean(kind, EDITS)}")
    return EDITS[kind]


def highlight_colour(kind: str) -> RGB:
    """The colour of what gestures of a class highlight; `DEFAULT_HIGHLIGHT` for a class that is not known."""
    if kind not in HIGHLIGHT_COLOURS:
        _load_gestures()
    return HIGHLIGHT_COLOURS.get(kind, DEFAULT_HIGHLIGHT)


def slants(kind: str) -> bool:
    """Whether words that gestures of a class highlight slant; no words do of a class that is not known."""
    if kind not in EDITS:
        _load_gestures()
    return kind in EDITS and EDITS[kind].slants


@cache
def _load_gestures() -> None:
    for name in plugins.names(plugins.GESTURES):
        plugins.load(plugins.GESTURES, name)


def apply(page: Page, gesture: Gesture) -> Page:
    """The page after the edit that the gesture asks for; the page itself where it meets nothing or means no edit.

    Raises `ConfigError` naming the classes of gestures for one that is not known.
    """
    check_kind("page", page, Page, "a page, as read_documents gives them")
    check_kind("gesture", gesture, Gesture, "a Gesture")
    return edit_of(gesture.kind)(page, gesture)


def edited_paragraphs(page: Page, gesture: Gesture) -> dict[int, str]:
    """Text after the edit, by the paragraph's number before it; empty where no word is left. Nothing is set anew.

    Only edits that say how they reword paragraphs are looked into; others change none here.
    """
    reword = edit_of(gesture.kind).reword
    rewording = reword(page, gesture) if reword else {}
    words = page.words
    return {
        paragraph: " ".join([words[item] if isinstance(item, int) else item for item in items])
        for paragraph, items in rewording.items()
    }


def edited_text(page: Page, gesture: Gesture) -> str:
    """`apply(page, gesture).text`, without setting the page anew."""
    edit = edit_of(gesture.kind)
    if edit.reword:
        texts = list(page.paragraph_texts)
        for paragraph, text in edited_paragraphs(page, gesture).items():
            texts[paragraph] = text
        return "\n".join(filter(None, texts))
    return page.text if edit.keeps_text else edit(page, gesture).text


def _delete(page: Page, gesture: Gesture) -> Page:
    """Without the words and images that lie in the box by more than half."""
    inside = shares_inside(page.image_boxes, gesture.box) > MEANT
    if inside.any():
        page = replace(
            page,
            image_boxes=page.image_boxes[~inside],
            image_sources=page.image_sources[~inside],
            erased=without(page, page.image_sources[inside]),
        )
    return reworded(page, deletion(page, gesture))


def _crop(page: Page, gesture: Gesture) -> Page:
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


def _highlight(page: Page, gesture: Gesture) -> Page:
    """With the words that lie in the box by more than half highlighted by the gesture's class."""
    words = np.flatnonzero(shares_inside(page.word_boxes, gesture.box) > MEANT).tolist()
    lights = list(page.highlights)
    for word in words:
        lights[word] = gesture.kind
    return replace(page, highlights=tuple(lights)) if tuple(lights) != page.highlights else page


def reworded(page: Page, changed: Rewording) -> Page:
    """The page with the words of paragraphs changed, and those set anew."""
    return splice(page, [reflow(page, *change) for change in sorted(changed.items())]) if changed else page


def words_on_line(page: Page, box: Box) -> npt.NDArray[np.bool_]:
    """(W,) which words stand on the line of a box.

    Of words that share some height with the box, those that share less than half as much as the best do not count:
    boxes of set solid lines overlap, and a box of one line would reach the next.
    """
    tops, bottoms = page.word_boxes[:, 1], page.word_boxes[:, 3]
    shared = np.minimum(bottoms, box.bottom) - np.maximum(tops, box.top)
    if box.height <= LEAST_PX or shared.max(initial=0.0) <= LEAST_PX:
        return np.zeros(len(shared), dtype=np.bool_)
    shares = shared / np.minimum(bottoms - tops, box.height)
    on_line: npt.NDArray[np.bool_] = shares >= shares.max() / 2
    return on_line


def _insertion(page: Page, gesture: Gesture) -> Rewording:
    """New words go beside the word with the edge nearest to the box's middle, of those on the box's line."""
    words, box, boxes, on_line = gesture.text.split(), gesture.box, page.word_boxes, words_on_line(page, gesture.box)
    if not words or not on_line.any():
        return {}
    x = (box.left + box.right) / 2
    to_left, to_right = np.abs(boxes[:, 0] - x), np.abs(boxes[:, 2] - x)
    distances = np.where(on_line, np.minimum(to_left, to_right), np.inf)
    nearest = int(distances.argmin())
    at = nearest if to_left[nearest] < to_right[nearest] else nearest + 1
    paragraph = int(page.word_paragraphs[nearest])
    start, stop = paragraph_span(page, paragraph)
    return {paragraph: [*range(start, at), *words, *range(at, stop)]}


def deletion(page: Page, gesture: Gesture) -> Rewording:
    """Paragraphs without the words that lie in the box by more than half."""
    doomed = np.flatnonzero(shares_inside(page.word_boxes, gesture.box) > MEANT)
    paragraphs = page.word_paragraphs[doomed].tolist()
    changed: Rewording = {}
    for paragraph, pairs in groupby(zip(paragraphs, doomed.tolist(), strict=True), key=lambda pair: pair[0]):
        deleted = {word for _, word in pairs}
        changed[paragraph] = [word for word in range(*paragraph_span(page, paragraph)) if word not in deleted]
    return changed


def _exchange(page: Page, gesture: Gesture) -> Rewording:
    one, other = (_word_near(page.word_boxes, place) for place in gesture.places)
    if one is None or other is None or one == other:
        return {}
    changed: Rewording = {}
    for old, new in ((one, other), (other, one)):
        paragraph = int(page.word_paragraphs[old])
        start, stop = paragraph_span(page, paragraph)
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


def paragraph_span(page: Page, paragraph: int) -> tuple[int, int]:
    """First word of a paragraph, and the word after its last."""
    starts, stops = page.paragraph_words
    return int(starts[paragraph]), int(stops[paragraph])


INSERT = Edit(lambda page, gesture: reworded(page, _insertion(page, gesture)), _insertion, name="insert")
"""The gesture's words are put in at the nearest edge of a word beside the box's middle."""
DELETE = Edit(_delete, deletion, name="delete")
"""The words and images that lie in the box by more than half are taken out."""
SWAP = Edit(lambda page, gesture: reworded(page, _exchange(page, gesture)), _exchange, name="swap")
"""The two words that are nearest to the gesture's places change places."""
CROP = Edit(_crop, keeps_text=True, name="crop")
"""The images that the box overlaps are cut down to it."""
HIGHLIGHT = Edit(_highlight, keeps_text=True, name="highlight")
"""The words that lie in the box by more than half are highlighted in the colour of the gesture's class."""
ITALICISE = replace(HIGHLIGHT, slants=True)
"""The same, and their letters slant."""
NO_EDIT = Edit(lambda page, gesture: page, keeps_text=True, name="none")
"""The page stays as it is."""
