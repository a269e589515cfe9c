"""What answers behind the page: models that look at pictures, and the classical reader of strokes."""

from __future__ import annotations

from typing import NamedTuple

from synthink.canvas.models import Question
from synthink.errors import ModelError
from synthink.evaluate.answerer import Answerer, Example
from synthink.evaluate.strokes.page_reader import read_gesture, templates_of
from synthink.gestures import PageQuestion
from synthink.labels import Label, format_label


class PictureReader(NamedTuple):
    """A model that looks at pictures, trained here or behind an API, as a reader."""

    answerer: Answerer

    def answer(self, question: Question) -> str:
        """The model's answer about the picture of a question."""
        if isinstance(question, PageQuestion):
            question = Example(question.picture.array(), question.prefix, "", "canvas")
        [answer] = self.answerer.answers([question])
        return answer


class StrokesReader:
    """`predictor=strokes`: it reads the strokes and the page's boxes, needs no model, and reads no handwriting."""

    def __init__(self) -> None:
        templates_of({})  # takes a second or two, once

    def answer(self, question: Question) -> str:
        """The label of the gesture that the ink is most like, as a model would write it. Raises `ModelError` for
        questions that are not about ink."""
        if not isinstance(question, PageQuestion) or question.ink is None:
            raise ModelError("reads the strokes of gestures alone; name a checkpoint or another predictor for this")
        gesture = read_gesture(question.page, question.ink, pen=question.width)
        corner, side = question.square, question.settings.picture_px
        (left, top), (right, bottom) = (
            ((x - corner.left) * question.scale, (y - corner.top) * question.scale) for x, y in gesture.places
        )
        label = Label(gesture.kind, (left, top, right, bottom), gesture.text)
        return format_label(label, (side, side), question.settings.label_format)
