"""Words that an edit puts in look like the print beside them."""

from __future__ import annotations

import numpy as np

from synthink.assets.fonts.fonts import Fonts
from synthink.documents.edits.lettering import INSET, PrintedWord, Type, letter, printed_word, type_of
from synthink.draw.text import layout_line
from synthink.draw.type.face import Face

WORDS = ("estuary", "clean")


def printed(face: Face, em_px: float) -> list[PrintedWord]:
    """Words as a page would show them, at any part of a pixel."""
    words = []
    for number, text in enumerate(WORDS):
        width = layout_line(face, text).box.width * em_px + 2 * INSET * em_px
        _, _, ink = letter(text, 10.3 + number / 3, width, 100.4, Type(face, em_px), (600, 200))
        words.append(printed_word(text, (ink / 255).astype(np.float32)))
    assert all(words)
    return [word for word in words if word]


def test_the_face_and_size_of_print_are_found() -> None:
    faces = Fonts().open().faces[::4]
    found = [type_of(printed(face, 24.0)) for face in faces]
    pairs = [(type_.face, face) for type_, face in zip(found, faces, strict=True) if type_]
    assert sum(one == other for one, other in pairs) >= 0.85 * len(faces)
    alike = [(one.bold, one.italic) == (other.bold, other.italic) for one, other in pairs]
    assert sum(alike) >= 0.95 * len(faces)
    assert all(type_ and abs(type_.em_px / 24 - 1) < 0.1 for type_ in found)


def test_without_print_there_is_no_type() -> None:
    assert printed_word("blank", np.zeros((9, 20), dtype=np.float32)) is None
    assert type_of([]) is None
    assert type_of([PrintedWord("漢字", np.ones((9, 20), dtype=np.float32))]) is None
