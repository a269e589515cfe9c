"""Ink that somebody draws is shown as rows of `gestures` show theirs, and an answer means the same on the page."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import synthink
from synthink.documents import Gesture, Square, apply, edited_text
from synthink.errors import ConfigError
from synthink.generators.gestures import Gestures
from synthink.gestures import PageCrop, ask_about_ink, ask_for_words, gesture_of
from synthink.ink import Ink

FIELDS = {"documents": {"count": 12}, "tasks": {"detect_text": 0}}


def crops(count: int, **fields: object) -> list[tuple[Gestures, PageCrop, float, dict[str, object]]]:
    """Crops of rows, each with its generator, the pen's width in page pixels, and the row."""
    source = synthink.dataset("gestures", size=1, **{**FIELDS, **fields}).source
    generator = source.generator
    assert isinstance(generator, Gestures)
    drawn = []
    for index in range(count):
        _, width, crop = generator._search(source.split("train").context(index), Counter())
        drawn.append((generator, crop, width, source.row("train", index)))
    return drawn


@pytest.mark.parametrize("fields", [{}, {"view": "page", "label_format": "qwen"}, {"page_scale": (2, 2)}])
def test_the_picture_and_the_answer_are_those_of_a_row(fields: dict[str, object]) -> None:
    for generator, crop, width, row in crops(6, **fields):
        composed = crop.composed
        assert composed is not None
        question = ask_about_ink(generator, crop.page, composed.ink, width=width, broad=composed.broad)
        assert (question.picture.array() == row["image"].array()).all()
        assert question.prefix == row["prefix"]
        read, meant = question.gesture(f"The answer is {row['suffix']}"), gesture_of(composed)
        assert read is not None
        assert (read.kind, read.text) == (meant.kind, meant.text.lower())
        bin_px, frame = question.square.side / 448, question.square.box
        corners = np.reshape(composed.target.ends or (), (-1, 2))
        if ((corners >= frame[:2]) & (corners <= frame[2:])).all():  # of ends beyond the frame labels tell what is seen
            seen = np.clip(meant.places, frame[:2], frame[2:])  # and of boxes, too
            assert np.abs(np.array(read.places) - seen).max() <= bin_px
        text = row["page_text_after"] or row["page_text"]
        assert isinstance(text, str)
        assert edited_text(crop.page, read).lower() == text.lower()
        assert apply(crop.page, read).text.lower() == text.lower()


def test_answers_that_are_no_label_mean_nothing() -> None:
    [(generator, crop, _, _)] = crops(1)
    assert crop.composed is not None
    question = ask_about_ink(generator, crop.page, crop.composed.ink)
    assert question.gesture("I see a page.") is None
    assert question.gesture("select <loc9999><loc0000><loc0000><loc0000>") is None
    unknown = question.gesture("applaud <loc0000><loc0000><loc1023><loc1023> <script>")
    assert unknown is not None
    for edit in (apply, edited_text):
        with pytest.raises(ConfigError, match=r"kind='applaud': is no gesture.*delete.*insert"):
            edit(crop.page, unknown)
    with pytest.raises(ConfigError, match="did you mean delete"):
        apply(crop.page, Gesture("delet", (1, 2, 3, 4)))  # type: ignore[arg-type]


def test_words_are_asked_for_in_a_square() -> None:
    [(generator, crop, _, _)] = crops(1)
    question = ask_for_words(generator, crop.page, Square(100, 50, 224), "Some Words")
    assert question.prefix == "Detect text: some words"
    assert question.picture.size_px == (448, 448)
    box = question.box("<loc0512><loc0000><loc1023><loc0512>")
    assert box is not None
    assert np.abs(np.array(box) - (100, 162, 212, 274)).max() < 0.25
    assert question.box("It is at <loc0512><loc0000><loc1023><loc0512>.") == box
    assert question.box("<loc0512><loc0000><loc1023>") is None


@pytest.mark.parametrize("strokes", [[], [[(1e6, 5), (1e6, 9)]], [[(0, 0), (1e5, 1e5)]], [[(-900, 10), (-500, 12)]]])
def test_ink_off_the_page_is_refused(strokes: list[list[tuple[float, float]]]) -> None:
    [(generator, crop, _, _)] = crops(1)
    with pytest.raises(ConfigError, match=r"^ink="):
        ask_about_ink(generator, crop.page, Ink(strokes))
