"""What proof-readers ask of a page: other words, punctuation, capitals; and words that are to be italic."""

from __future__ import annotations

import pytest

from synthink.documents import Gesture, apply, edited_text
from synthink.draw.geometry import Box
from tests.page_makers import page_of_rows

ROWS = [["the", "old", "harbour", "wall"], ["and", "its", "keeper", "étage"]]


@pytest.mark.parametrize(
    ("kind", "word", "text", "wanted"),
    [
        ("replace", "old", "very new", "the very new harbour wall and its keeper étage"),
        ("replace", "wall", "walls", "the old harbour walls and its keeper étage"),
        ("replace", "old", "", "the old harbour wall and its keeper étage"),
        ("punctuate", "harbour", ",", "the old harbour, wall and its keeper étage"),
        ("punctuate", "étage", " . ", "the old harbour wall and its keeper étage."),
        ("punctuate", "old", "", "the old harbour wall and its keeper étage"),
        ("capitalise", "étage", "", "the old harbour wall and its keeper Étage"),
        ("capitalise", "keeper", "cap", "the old harbour wall and its Keeper étage"),
        ("italicise", "keeper", "ital", "the old harbour wall and its keeper étage"),
    ],
)
def test_the_text_is_the_one_that_was_asked_for(kind: str, word: str, text: str, wanted: str) -> None:
    page = page_of_rows(ROWS)
    box = Box(*page.word_boxes[page.words.index(word)].tolist())
    if kind == "punctuate":  # the gap behind the word
        box = Box(box.right, box.top, box.right + 6, box.bottom)
    gesture = Gesture(kind, box, text)
    after = apply(page, gesture)
    assert " ".join(after.text.split()) == wanted
    assert edited_text(page, gesture) == after.text
    assert ("italicise" in after.highlights) == (kind == "italicise")


def test_a_box_around_nothing_changes_nothing() -> None:
    page = page_of_rows(ROWS)
    for kind in ("replace", "punctuate", "capitalise", "italicise"):
        assert apply(page, Gesture(kind, Box(0, 0, 1, 1), "a")) is page
