"""The gesture that ink on a page is, read off its strokes; and where words stand on it."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from synthink.documents import Gesture, Page
from synthink.documents.page.model import shares_inside
from synthink.draw.geometry import Box, Points, around
from synthink.errors import ConfigError
from synthink.evaluate.strokes.aims import MEANT
from synthink.evaluate.strokes.reader import read_mark
from synthink.evaluate.strokes.surroundings import Surroundings
from synthink.evaluate.strokes.templates import TemplateSet, template_set
from synthink.gestures.choices import Choices
from synthink.gestures.page_candidates import BACKGROUND
from synthink.ink.model import Ink
from synthink.ink.operations import bounding_box

ROOM = 4.0  # heights of type above and below the ink that are looked at
PEN = 1.75  # pixels: the width of a line, where it is not known
AROUND = string.punctuation + "“”„‘’‚«»‹›…–—¿¡"  # what may stand before and after a word


def read_gesture(page: Page, ink: Ink, gestures: Mapping[str, float] | None = None, pen: float = PEN) -> Gesture:
    """The gesture that ink on a page is most like, in page pixels; its text is empty, for handwriting is not read.

    ink: in page pixels. gestures: the classes it may be, with weights as the field `gestures` of the generator has
    them; None or an empty one for the nine that come with synthink. pen: the width of the line in page pixels, which
    tells a highlighter. The first call takes a second or two, for sketches to compare with; further ones some
    milliseconds. Raises `ConfigError` for ink without points.
    """
    if not len(ink.points):
        raise ConfigError("ink", "no strokes", "has no points; draw a gesture first")
    box = bounding_box(ink)
    images = page.image_boxes
    width, height = (images[:, 2:] - images[:, :2]).T
    images = images[width * height <= BACKGROUND * page.size_px[0] * page.size_px[1]]
    surroundings = Surroundings(page.word_boxes, images)
    room = ROOM * surroundings.type_height(box)
    strokes = [stroke.astype(np.float64) for stroke in ink.strokes]
    places: list[Points] = [stroke[:, :2] for stroke in strokes]
    reading = read_mark(places, pauses(strokes), pen, surroundings.level_with(box, room), templates_of(gestures or {}))
    ends = reading.aim.ends
    centres = None if ends is None else (ends[0].centre, ends[1].centre)
    return Gesture(reading.template.kind.name, reading.aim.box, "", centres)


def find_words(page: Page, words: str, within: Box) -> Box | None:
    """The box around words that stand one after the other in a part of a page, the first such place in reading order;
    None where there is none. Case, and punctuation around words, do not matter."""
    wanted = tuple(map(_bare, words.split()))
    inside = np.flatnonzero(shares_inside(page.word_boxes, within) > MEANT)
    printed = [_bare(page.words[number]) for number in inside.tolist()]
    for start in range(len(printed) - len(wanted) + 1):
        stop = start + len(wanted)
        if tuple(printed[start:stop]) == wanted and inside[stop - 1] - inside[start] == len(wanted) - 1:
            return around(page.word_boxes[inside[start:stop]].tolist())
    return None


def _bare(word: str) -> str:
    """A word in lower case, without the punctuation around it."""
    return word.casefold().strip(AROUND) or word


def templates_of(gestures: Mapping[str, float]) -> TemplateSet:
    """The templates of the classes and variants that have a weight."""
    choices = Choices.of(gestures)
    return template_set(tuple((name, tuple(choices.variants[name])) for name in choices.classes))


def pauses(strokes: Sequence[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """(S - 1,) how long the pen was up between strokes (N, 2 or more) of x, y and, where they are known, milliseconds;
    without them, how far it went."""
    if all(stroke.shape[1] > 2 and np.isfinite(stroke[[0, -1], 2]).all() for stroke in strokes):
        return np.array([after[0, 2] - before[-1, 2] for before, after in pairwise(strokes)])
    return np.array([float(np.hypot(*(after[0, :2] - before[-1, :2]))) for before, after in pairwise(strokes)])
