"""Where a source knows which letter stands where, a font that lies is found by its glyphs, and others are believed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from synthink.documents import Page, Raster, make_page
from synthink.documents.proof.letters import PlacedLetters
from synthink.documents.proof.proof import OTHER_TEXT, proved
from tests.documents.proof.letter_shapes import FILE, arrays
from tests.documents.proof.lies import CIPHER, NEXT, Score, lying_fonts
from tests.documents.proof.test_proof import TEXT, font

pytestmark = pytest.mark.heavy
Mark = Callable[[ImageDraw.ImageDraw, float, float, float], None]


def drawn(face: str, size: int, text: str = TEXT, mark: Mark | None = None) -> tuple[Page, PlacedLetters]:
    """A page whose letters are drawn one by one. mark: draws something at the ends of each word's line."""
    picture = Image.new("RGB", (900, 500), (250, 240, 230))
    draw, x, y = ImageDraw.Draw(picture), 20.0, 2.0 * size
    boxes: list[tuple[float, ...]] = []
    lines: list[float] = []
    for word in text.split():
        if x > 700:
            x, y = 20.0, y + 2 * size
        start = x
        for letter in word:
            draw.text((x, y), letter, (60, 0, 90), font(face, size), anchor="ls")
            left, top, right, bottom = font(face, size).getbbox(letter, anchor="ls")
            boxes.append((x + left, y + top, x + right, y + bottom))
            lines.append(y)
            x += draw.textlength(letter, font(face, size))
        if mark:
            mark(draw, start, x, y)
        x += 0.4 * size
    counts, every_box = np.array([len(word) for word in text.split()]), np.array(boxes)
    starts, same = np.cumsum(counts) - counts, np.zeros(len(boxes))
    low, high = np.minimum.reduceat(every_box[:, :2], starts), np.maximum.reduceat(every_box[:, 2:], starts)
    placed = PlacedLetters(np.asarray(picture), counts, every_box, same.astype(np.uint64), same + size, np.array(lines))
    numbers = np.arange(len(counts))
    page = make_page(
        "p", Raster.of(np.asarray(picture)), text.split(), np.concatenate((low, high), 1), numbers, 0 * numbers
    )
    return page, placed


def left_out(
    page: Page, placed: PlacedLetters, letters: Mapping[int, str] | None = None
) -> tuple[list[str], Counter[str]]:
    """The true words that are left out where the font tells its letters so, and why."""
    told = replace(page, words=tuple(word.translate(letters or {}) for word in page.words))
    skipped = Counter[str]()
    remaining = {tuple(box) for box in proved(told, skipped, placed).word_boxes.tolist()}
    boxes = map(tuple, page.word_boxes.tolist())
    return [word for word, box in zip(page.words, boxes, strict=True) if box not in remaining], skipped


FACES = (("DejaVuSans", 13), ("STIXGeneral", 14), ("STIXGeneralItalic", 15), ("DejaVuSansMono", 12), ("cmr10", 20))


@pytest.mark.parametrize(("face", "size"), FACES)
@pytest.mark.parametrize("letters", [CIPHER, NEXT], ids=["cipher", "next"])
def test_a_font_that_lies_about_all_letters_is_not_believed(face: str, size: int, letters: dict[int, str]) -> None:
    page, placed = drawn(face, size)
    assert left_out(page, placed) == ([], {})
    assert left_out(page, placed, letters) == (list(page.words), {OTHER_TEXT: len(page.words)})


@pytest.mark.parametrize(("face", "size"), FACES)
def test_letters_that_are_exchanged_cost_the_words_that_have_them(face: str, size: int) -> None:
    page, placed = drawn(face, size)
    exchanged = {ord("i"): "e", ord("e"): "i"}
    assert left_out(page, placed, exchanged)[0] == [word for word in page.words if set("ie") & set(word)]


LIGATURES = "the ﬁnal oﬃce ﬂuent of ﬁelds and ﬂat oﬃcial inns for the tall café"


@pytest.mark.parametrize(("sign", "called"), [("ﬁ", "i"), ("ﬂ", "l"), ("ﬃ", "i"), ("é", "e"), ("f", "ﬃ")])
def test_glyphs_that_are_more_than_their_font_says_cost_their_words(sign: str, called: str) -> None:
    page, placed = drawn("DejaVuSans", 14, LIGATURES)
    assert left_out(page, placed) == ([], {})
    assert left_out(page, placed, {ord(sign): called})[0] == [word for word in page.words if sign in word]


def underline(draw: ImageDraw.ImageDraw, left: float, right: float, y: float) -> None:
    draw.line((left, y + 2, right, y + 2), (60, 0, 90))


def test_rules_and_small_type_are_no_evidence() -> None:
    assert not left_out(*drawn("DejaVuSans", 14, mark=underline))[0]
    assert not left_out(*drawn("DejaVuSans", 5))[0]


def test_a_few_letters_under_others_are_no_evidence() -> None:
    page, placed = drawn("STIXGeneral", 16, "LATEX " + TEXT)
    boxes = placed.boxes.copy()
    boxes[1] -= (6, 0, 6, 0)  # as if the A reached under the L
    assert not left_out(page, replace(placed, boxes=boxes))[0]


def test_fonts_that_lie_are_told_by_the_measure() -> None:
    score = Score()
    lying_fonts(*drawn("DejaVuSans", 14), random.Random(1), score)
    assert set(score.lies) == {"cipher", "next", "exchanged", "one"} and score.lies["next"] == len(TEXT.split())
    assert score.share_caught > 0.95, score.missed


@pytest.mark.heavy
@pytest.mark.whole
def test_the_file_of_letters_is_what_the_faces_draw() -> None:
    """Else: python -m tests.documents.proof.letter_shapes."""
    with np.load(FILE, allow_pickle=False) as stored:
        for name, array in arrays().items():
            np.testing.assert_array_equal(stored[name], array, err_msg=name)
    assert FILE.stat().st_size < 450_000
