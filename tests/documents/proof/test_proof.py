"""Words stay where the picture shows them, and only there: lies are put into pages of all makers and must be caught."""

from __future__ import annotations

import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from synthink.assets.fonts.fonts import Fonts
from synthink.documents import Page, Raster, make_page, read_documents
from synthink.documents.proof.proof import BLANK, OFF_INK, OTHER_TEXT, SQUARES, TWICE, proved
from synthink.documents.sources.page_json.folder import write_page_json
from synthink.documents.sources.pdf.reader import read_pdf
from synthink.documents.synthetic.synthetic import synthetic_page
from tests.documents.proof.lies import NEXT, Score, tell_lies
from tests.documents.sources.html.reading import needs_browser
from tests.documents.synthetic.pdf import synthetic_pdf

pytestmark = pytest.mark.heavy

CIPHER = {code: code - 29 for code in range(97, 123)} | {code: code + 40 for code in range(65, 80)}
"""Small letters become signs and capitals, as the numbers of glyphs are 29 below the letters."""
TEXT = "The brown fox went over seven quiet hills before the morning light and many birds sang about their small town"


@cache
def font(name: str = "DejaVuSans", size: int = 15) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(files("matplotlib") / "mpl-data" / "fonts" / "ttf" / f"{name}.ttf"), size)


def drawn(
    text: str = TEXT,
    *,
    face: str = "DejaVuSans",
    size: int = 15,
    ink: tuple[int, int, int] = (0, 0, 0),
    ground: tuple[int, int, int] = (255, 255, 255),
    mark: Callable[[ImageDraw.ImageDraw, tuple[float, ...]], None] | None = None,
    move: Callable[[np.ndarray], np.ndarray] = lambda boxes: boxes,
) -> Page:
    """A page of one paragraph. mark: draws something at the box of each word. move: changes the boxes."""
    picture = Image.new("RGB", (640, 640), ground)
    draw = ImageDraw.Draw(picture)
    boxes, lines, x, y = [], [], 20.0, 20.0
    for word in text.split():
        wide = draw.textlength(word, font(face, size))
        if x + wide > 600:
            x, y = 20.0, y + 2 * size
        draw.text((x, y), word, ink, font(face, size))
        boxes.append((x - 1, y, x + wide + 1, y + 1.25 * size))
        if mark:
            mark(draw, boxes[-1])
        lines.append(round(y / size / 2))
        x += wide + 0.4 * size
    return made_of(picture, text.split(), move(np.array(boxes)))


def made_of(picture: Image.Image, words: list[str], boxes: np.ndarray) -> Page:
    return make_page(
        "p", Raster.of(np.asarray(picture)), words, boxes, np.arange(len(words)), np.zeros(len(words), dtype=int)
    )


def left_out(page: Page) -> Counter[str]:
    skipped = Counter[str]()
    result = proved(page, skipped)
    assert len(result.words) == len(page.words) - skipped.total() and result.is_proved
    assert len(result.unread) == len(page.unread) + skipped.total()
    return skipped


def underline(draw: ImageDraw.ImageDraw, box: tuple[float, ...]) -> None:
    draw.line((box[0], box[3] - 1, box[2], box[3] - 1), (0, 0, 200))


def faint_rule(draw: ImageDraw.ImageDraw, box: tuple[float, ...]) -> None:
    draw.line((box[0], box[3] - 1, box[2], box[3] - 1), (170, 170, 170))


def rule_above(draw: ImageDraw.ImageDraw, box: tuple[float, ...]) -> None:
    draw.line((box[0], box[1], box[2], box[1]), (235, 235, 235))
    draw.line((box[0], box[1] - 1, box[2], box[1] - 1), (0, 0, 0))


def strike(draw: ImageDraw.ImageDraw, box: tuple[float, ...]) -> None:
    draw.line((box[0], (box[1] + box[3]) / 2 + 1, box[2], (box[1] + box[3]) / 2 + 1), (0, 0, 0))


@pytest.mark.parametrize(
    "looks",
    [
        {},
        {"face": "STIXGeneral", "size": 16},
        {"face": "STIXGeneralItalic", "size": 17},
        {"face": "DejaVuSansMono", "size": 13},
        {"face": "cmr10", "size": 18},
        {"face": "DejaVuSerif-Bold", "size": 14},
        {"ink": (255, 255, 255), "ground": (20, 30, 90)},
        {"ink": (200, 30, 30), "ground": (240, 230, 140)},
        {"size": 30},
        {"size": 8},
        {"mark": underline},
        {"mark": faint_rule},
        {"mark": rule_above, "size": 12},
        {"ink": (200, 0, 0), "ground": (50, 50, 50)},
        {"mark": strike, "size": 18},
        {"text": TEXT.upper()},
        {"text": "12.50 1,204 77 % 2026-11-29 (see) [4] a+b x=3 9:45 #17 50/50 3rd"},
        {"text": "Čeština žluťoučký façade naïve größer Straße señor ça où"},
        {"text": "Быстрая лиса прыгает через ленивую собаку"},
        {"text": "Η γρήγορη αλεπού πηδά πάνω"},
    ],
    ids=lambda looks: ",".join(looks) or "plain",
)
def test_true_words_stay(looks: dict[str, object]) -> None:
    page = drawn(**looks)  # type: ignore[arg-type]
    assert left_out(page).total() <= 2  # of 20, where only the ink says which letter stands where


def test_blank_pictures_have_no_words() -> None:
    page = drawn(ink=(255, 255, 255))
    assert left_out(page) == {BLANK: len(page.words)}


def test_a_dash_is_ink_wherever_it_lies_in_its_box() -> None:
    for row in range(2, 18):
        picture = Image.new("L", (120, 40), 255)
        ImageDraw.Draw(picture).line((42, 10 + row, 54, 10 + row), 0)
        page = made_of(picture, ["–"], np.array(((40.0, 10, 56, 30),)))
        assert BLANK not in left_out(page), row


def as_width_and_height(boxes: np.ndarray) -> np.ndarray:
    """Left, top, width and height, taken for left, top, right, bottom where that is a box at all."""
    wrong = np.concatenate((boxes[:, :2], boxes[:, 2:] - boxes[:, :2]), axis=1)
    return np.where((wrong[:, 2:] > wrong[:, :2] + 3).all(axis=1)[:, None], wrong, boxes + np.array((0, 90, 0, 90)))


@pytest.mark.parametrize(
    "move",
    [
        lambda boxes: boxes[:, (1, 0, 3, 2)],  # y first
        as_width_and_height,
        lambda boxes: boxes * 0.75,
        lambda boxes: boxes + np.array((0, 11, 0, 11)),
        lambda boxes: boxes + np.array((25, 0, 25, 0)),
        lambda boxes: boxes[::-1],
    ],
    ids=["y first", "width and height", "another scale", "too low", "too far right", "in another order"],
)
def test_boxes_beside_the_words_are_found(move: Callable[[np.ndarray], np.ndarray]) -> None:
    page = drawn(move=move)
    assert len(proved(page, Counter()).words) <= 1


def test_a_box_that_cuts_its_word_is_beside_its_ink() -> None:
    page = drawn()
    boxes = page.word_boxes.copy()
    boxes[3] += (0.4 * (boxes[3, 2] - boxes[3, 0]), 0, 0, 0)
    moved = made_of(Image.fromarray(page.raster.pixels()), list(page.words), boxes)
    assert left_out(moved) == {OFF_INK: 1}


@pytest.mark.parametrize("share", (-0.9, -0.75, 0.75, 0.9))
def test_a_box_that_holds_slivers_of_its_line_is_beside_its_ink(share: float) -> None:
    page = drawn()
    boxes = page.word_boxes.copy()
    boxes[4] += share * (boxes[4, 3] - boxes[4, 1]) * np.array((0, 1, 0, 1))
    skipped = left_out(made_of(Image.fromarray(page.raster.pixels()), list(page.words), boxes))
    assert skipped in ({OFF_INK: 1}, {BLANK: 1}), skipped


@pytest.mark.parametrize(
    "slip",
    (
        lambda word: word[0] + word[2] + word[1] + word[3:],
        lambda word: word[:2] + word[1] + word[2:],
        lambda word: word[:2] + word[3:],
        lambda word: word[0] + "k" + word[2:],
    ),
    ids=("exchanged", "doubled", "missing", "another"),
)
def test_one_slip_in_a_word_is_found(slip: Callable[[str], str]) -> None:
    page = drawn(size=10)
    words = tuple(slip(word) if number % 4 == 1 else word for number, word in enumerate(page.words))
    skipped = Counter[str]()
    result = proved(replace(page, words=words), skipped)
    assert result.words == tuple(word for number, word in enumerate(words) if number % 4 != 1)
    assert skipped == {OTHER_TEXT: 5}


@pytest.mark.parametrize("reach", ((0, -18, 0, 0), (0, 0, 0, 18)), ids=("above", "below"))
def test_boxes_may_reach_into_other_lines(reach: tuple[int, ...]) -> None:
    page = drawn(move=lambda boxes: boxes + np.array(reach))
    assert proved(page, Counter()).words == page.words


def test_words_given_twice_are_once() -> None:
    page = drawn()
    twice = made_of(
        Image.fromarray(page.raster.pixels()),
        [*page.words, page.words[4]],
        np.append(page.word_boxes, page.word_boxes[4:5], 0),
    )
    assert left_out(twice) == {TWICE: 1}


def test_squares_for_letters_that_no_font_draws_are_found() -> None:
    page = drawn("plain 漢字 words ไทย stay")
    skipped = Counter[str]()
    assert proved(page, skipped).words == ("plain", "words", "stay")
    assert skipped.total() == 2 and skipped[SQUARES]


@cache
def faces() -> tuple[object, ...]:
    return Fonts().open().faces


def test_letters_with_boxes_of_their_own_are_believed_unless_the_font_lies() -> None:
    """Pages that synthink draws itself lose nothing; what a font with other codes says is not believed."""
    for number in range(3):
        _, data = synthetic_pdf(f"p{number}", faces())  # type: ignore[arg-type]
        skipped = Counter[str]()
        (page,) = read_pdf(data, "p", skipped=skipped)
        assert page.is_proved and not skipped and len(page.words) > 20
    (true,) = read_pdf(data, "p")
    lying = replace(true, words=tuple(word.translate(CIPHER) for word in true.words), is_proved=False)
    assert len(proved(lying, Counter()).words) <= 0.02 * len(true.words)


def test_every_source_is_proved(tmp_path: Path) -> None:
    page = drawn()
    words = [*page.words]
    words[2], words[5] = "cat", "even"
    write_page_json(made_of(Image.fromarray(page.raster.pixels()), words, page.word_boxes), tmp_path / "folder")
    (read,) = read_documents(tmp_path / "folder")
    assert read.words == tuple(word for number, word in enumerate(page.words) if number not in (2, 5))
    assert read.is_proved and len(read.unread) == 2


def lies_in(pages: list[Page], most: int) -> Score:
    choice, score = random.Random(4), Score()
    for page in pages:
        if score.lies.total() >= most:
            break
        tell_lies(page, choice, score)
    return score


@pytest.mark.whole
def test_lies_are_caught() -> None:
    pages = [synthetic_page(f"l{number}", fonts=faces()) for number in range(6)]  # type: ignore[arg-type]
    score = lies_in(pages, 60)
    assert score.share_caught >= 0.97, (score, score.missed)
    assert len(score.left_out) <= 0.02 * score.words, (score, score.left_out)


@pytest.mark.slow
def test_a_thousand_lies_are_caught() -> None:
    pages = [synthetic_page(f"m{number}", fonts=faces()) for number in range(120)]  # type: ignore[arg-type]
    score = lies_in(pages, 1000)
    assert score.lies.total() >= 1000 and score.share_caught >= 0.99, (score, score.missed)
    assert len(score.left_out) <= 0.01 * score.words, (score, score.left_out)


@pytest.mark.slow
def test_synthetic_pages_lose_no_word() -> None:
    for number in range(60):
        _, data = synthetic_pdf(f"p{number}", faces())  # type: ignore[arg-type]
        skipped = Counter[str]()
        read_pdf(data, "p", skipped=skipped)
        assert not skipped, number


@needs_browser
@pytest.mark.slow
def test_lies_on_web_pages_are_caught(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<body style='font: 17px sans-serif'>{f'<p>{TEXT}</p>' * 6}", "utf-8")
    (page,) = read_documents(tmp_path / "a.html")
    assert len(page.words) >= 0.94 * 6 * len(TEXT.split())
    score = lies_in([page], 20)
    assert not score.missed, score


@needs_browser
@pytest.mark.whole
def test_a_web_font_that_lies_is_not_believed(tmp_path: Path) -> None:
    """Obfuscated fonts print other letters than the page has; words in honest fonts stay."""
    lying, data = TTFont(files("matplotlib") / "mpl-data" / "fonts" / "ttf" / "cmtt10.ttf"), BytesIO()
    for table in lying["cmap"].tables:
        table.cmap = {code: table.cmap[ord(NEXT.get(code, chr(code)))] for code in range(33, 123)}
    lying.save(data)
    address = "data:font/ttf;base64," + b64encode(data.getvalue()).decode()
    style = f"@font-face {{ font-family: lying; src: url({address}) }} body {{ font: 16px sans-serif }}"
    style += "h1 { font: 16px lying }"
    (tmp_path / "a.html").write_text(f"<style>{style}</style><h1>{TEXT}</h1><p>{TEXT}</p>", "utf-8")
    (page,) = read_documents(tmp_path / "a.html")
    assert page.words == tuple(TEXT.split()) and len(page.unread) == len(page.words)


def test_a_word_among_others_is_left_out_by_its_reason() -> None:
    page = drawn()
    words = [*page.words]
    words[2] = words[2][::-1]
    lying = made_of(Image.fromarray(page.raster.pixels()), words, page.word_boxes)
    assert left_out(lying) == {OTHER_TEXT: 1}
