"""What answers behind the page: models that look at pictures, and the classical reader of strokes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from synthink.canvas.models import Question
from synthink.documents import Gesture
from synthink.draw.geometry import Box
from synthink.errors import ModelError
from synthink.evaluate.answerer import Answerer, Example
from synthink.evaluate.strokes.page_reader import find_words, read_gesture, templates_of
from synthink.gestures import PageQuestion
from synthink.labels import Label, format_box, format_label

if TYPE_CHECKING:
    from synthink.evaluate.predictor import Predictor
    from synthink.train.learner import Learner

LONGEST_ANSWER = 128  # tokens
ANSWERS = ".answers"
"""The folder, hidden, in which predictors keep answers that were paid for."""
STROKES = "strokes"
"""The predictor that is asked where no other is named: it needs no model."""


class PictureReader(NamedTuple):
    """A model that looks at pictures, trained here or behind an API, as a reader."""

    answerer: Answerer

    def answer(self, question: Question) -> str:
        """The model's answer about the picture of a question."""
        if isinstance(question, PageQuestion):
            question = Example(question.picture.array(), question.prefix, "", "canvas")
        [answer] = self.answerer.answers([question])
        return answer


def learner_reader(learner: Learner) -> PictureReader:
    """A model that was trained here; its answers may be as long as labels with handwriting are."""
    learner.set_max_lengths(learner.lengths._replace(suffix=max(LONGEST_ANSWER, learner.lengths.suffix)))
    return PictureReader(learner)


def predictor_reader(predictor: Predictor, output: Path) -> PictureReader:
    """A model that was not trained here; answers that were paid for are kept in the output."""
    return PictureReader(predictor.open([], output / ANSWERS, lambda count: None))


class StrokesReader:
    """`predictor=strokes`: it reads the strokes, and the page's words and boxes; it needs no model, and reads no
    handwriting."""

    def __init__(self) -> None:
        templates_of({})  # takes a second or two, once

    def answer(self, question: Question) -> str:
        """The label of the gesture that the ink is most like, or the box of the words that are asked for, as a model
        would write it; empty where the words are not there. Raises `ModelError` for questions about a picture."""
        if not isinstance(question, PageQuestion):
            raise ModelError("reads strokes and words on pages alone; name a checkpoint or another predictor for this")
        size_px, form = (question.settings.picture_px,) * 2, question.settings.label_format
        if question.ink is None:
            box = find_words(question.page, question.words, question.square.box)
            return "" if box is None else format_box(_in_picture(question, box), size_px, form)
        gesture = read_gesture(question.page, question.ink, pen=question.width)
        return format_label(Label(gesture.kind, _in_picture(question, _places(gesture)), gesture.text), size_px, form)


def _places(gesture: Gesture) -> Box:
    """The places that a gesture's label names: the corners of its box, or the two words of a pair."""
    (left, top), (right, bottom) = gesture.places
    return Box(left, top, right, bottom)


def _in_picture(question: PageQuestion, box: Box) -> Box:
    """A box of the page in the picture of the question."""
    corner, scale = question.square, question.scale
    left, top, right, bottom = box
    return Box(
        (left - corner.left) * scale,
        (top - corner.top) * scale,
        (right - corner.left) * scale,
        (bottom - corner.top) * scale,
    )
