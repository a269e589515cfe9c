"""Questions about a page that somebody is writing on: the picture that a model is shown, and its answer on the page.

    question = ask_about_ink(Gestures(), page, ink)
    picture, prefix = question.picture, question.prefix     # what a model is asked
    gesture = question.gesture(answer)                      # in page pixels; None where the answer is no label
    page = apply(page, gesture)                             # of synthink.documents

Pictures are cut out as rows of `gestures` are, with the fields of the generator that a model was trained on; a field
that is a range stands in its middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from synthink.documents.edits.edit import Gesture
from synthink.documents.page.model import Page
from synthink.documents.page.picture import Square, page_picture
from synthink.draw.geometry import Box, around
from synthink.draw.picture import Picture
from synthink.errors import ConfigError
from synthink.gestures.composed import InkSquare
from synthink.gestures.kind import KINDS, load_kinds
from synthink.gestures.page_crop import page_square, square_ink
from synthink.ink.model import Ink
from synthink.ink.operations import bounding_box
from synthink.labels.formats import parse_box, parse_label
from synthink.labels.sentences import readings

LARGEST = 2.0  # longer sides of the page: a square with longer sides would show next to nothing of it
Range = tuple[float, float]


class PictureSettings(Protocol):
    """The fields of `gestures` that decide what a model is shown and asked; any generator that has them will do."""

    @property
    def picture_px(self) -> int: ...
    @property
    def view(self) -> str: ...
    @property
    def margin_px(self) -> float: ...
    @property
    def ink_position(self) -> Range: ...
    @property
    def scale_range(self) -> Range: ...
    @property
    def white(self) -> float: ...
    @property
    def ink_colours(self) -> Sequence[str]: ...
    @property
    def ink_width_px(self) -> Range: ...
    @property
    def label_format(self) -> str: ...
    @property
    def prompts(self) -> Any: ...
    def cased(self, text: str) -> str: ...


@dataclass(frozen=True, eq=False)
class PageQuestion:
    """A question about a square of a page."""

    page: Page
    square: Square
    prefix: str
    """The words of the question."""
    settings: PictureSettings
    ink: Ink | None = None
    """The ink in page pixels; None where words are asked for."""
    colour: str = "red"
    width: float = 0.0
    """The width of the pen, in page pixels."""
    broad: float = 0.0
    """The width of a highlighter, in page pixels; 0 for the pen."""
    words: str = ""
    """The words that are asked for; empty for a question about ink."""

    @property
    def scale(self) -> float:
        """Picture pixels to a page pixel."""
        return self.settings.picture_px / self.square.side

    @cached_property
    def picture(self) -> Picture:
        """The picture that a model is shown."""
        ink = None
        if self.ink is not None:
            ink = square_ink(self.ink, self.square, self.width, self.broad, self.colour)
        settings = self.settings
        return page_picture(self.page.raster, self.square, settings.picture_px, ink, settings.white, None, True)

    def gesture(self, answer: str) -> Gesture | None:
        """The gesture that an answer names, in page pixels; None where it is no label. A sentence around the label does
        not matter. Its class may be none that is installed, which `apply` says."""
        form, size_px = self.settings.label_format, (self.settings.picture_px,) * 2
        labels = (parse_label(reading, size_px, form) for reading in readings(answer))
        label = next((label for label in labels if label is not None), None)
        if label is None:
            return None
        one, other = self._on_page(label.places[:2]), self._on_page(label.places[2:])
        load_kinds()
        name = next((name for name in KINDS if name.casefold() == label.gesture.casefold()), label.gesture)
        if name in KINDS and KINDS[name].label == "pair":
            return Gesture(name, around(((*one, *one), (*other, *other))), label.text, (one, other))
        return Gesture(name, Box(*one, *other), label.text)

    def box(self, answer: str) -> Box | None:
        """The box that an answer names, in page pixels; None where it is no box."""
        form, size_px = self.settings.label_format, (self.settings.picture_px,) * 2
        boxes = (parse_box(reading, size_px, form) for reading in readings(answer))
        box = next((box for box in boxes if box is not None), None)
        return None if box is None else Box(*self._on_page(box[:2]), *self._on_page(box[2:]))

    def _on_page(self, place: Sequence[float]) -> tuple[float, float]:
        """A place of the picture on the page."""
        x, y = place
        return self.square.left + x / self.scale, self.square.top + y / self.scale


def ask_about_ink(
    settings: PictureSettings,
    page: Page,
    ink: Ink,
    *,
    width: float | None = None,
    broad: float = 0.0,
    colour: str | None = None,
) -> PageQuestion:
    """The question which gesture the ink on a page is.

    ink: in page pixels. width: of the pen, in page pixels, and colour: where None those of the settings. broad: the
    width of a highlighter instead of the pen. Raises `ConfigError` for ink without points, or so far off that a square
    around it would hide the page.
    """
    if not len(ink.points):
        raise ConfigError("ink", "no strokes", "has no points; draw a gesture first")
    scale = _middle(settings.scale_range)
    width = _middle(settings.ink_width_px) / scale if width is None else width
    box = bounding_box(ink)
    if settings.view == "page":
        radius = (broad or width) / 2
        square = page_square(page, box.grown(radius))
    else:
        at = (_middle(settings.ink_position),) * 2
        square = InkSquare(settings.margin_px / scale, at).around(box)
    _refuse_far(page, square, "ink")
    colour = colour or settings.ink_colours[0]
    prefix = settings.prompts.recognise_gesture[0]
    return PageQuestion(page, square, prefix, settings, ink, colour, width, broad)


def ask_for_words(settings: PictureSettings, page: Page, square: Square, words: str) -> PageQuestion:
    """The question where in a square of the page some words stand."""
    _refuse_far(page, square, "square")
    prefix = settings.prompts.detect_text[0].replace("{text}", settings.cased(words))
    return PageQuestion(page, square, prefix, settings, words=words)


def _refuse_far(page: Page, square: Square, name: str) -> None:
    """Raise `ConfigError` for a square that shows next to nothing of the page, or nothing at all."""
    box, (width, height) = square.box, page.size_px
    meets = box.left < width and box.right > 0 and box.top < height and box.bottom > 0
    if not meets or square.side > LARGEST * max(width, height):
        raise ConfigError(name, tuple(box), f"does not lie on the page of {width} x {height} px")


def _middle(of: Range) -> float:
    return (of[0] + of[1]) / 2
