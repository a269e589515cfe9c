"""Edited pages as pictures: print moves, goes and comes where the page says."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import numpy as np
import pypdfium2
from PIL import Image
from reportlab.pdfbase.pdfmetrics import getAscentDescent, stringWidth
from reportlab.pdfgen.canvas import Canvas

from synthink.documents import Gesture, Page, apply, draw_page, make_page, side_by_side
from synthink.documents.page.model import Boxes
from synthink.documents.page.tiles import Pixels, Raster
from synthink.draw.geometry import Box

SCALE = 1.5  # pixels a point
OVERHANG = 0.1  # em by which letters reach beyond their advance
WIDTH, HEIGHT = 420, 460  # points
PICTURE = (30.0, 285.0, 190.0, 385.0)
HEAD = "Of rivers and their mouths"
LEFT = (
    "The river carries sand and silt from the hills to the sea. Where the water slows, the load settles: gravel first, "
    "then sand, and far out the finest clay."
)
RIGHT = (
    "A delta grows only where waves and tides are weaker than the stream; elsewhere the coast is swept clean and the "
    "mouth stays open as an estuary.",
    "Storms undo in a night what a century has built.",
)


class Press:
    """Prints words with reportlab and remembers where."""

    def __init__(self) -> None:
        self.data = io.BytesIO()
        self.canvas = Canvas(self.data, pagesize=(WIDTH, HEIGHT))
        self.words: list[str] = []
        self.boxes: list[tuple[float, ...]] = []
        self.lines: list[int] = []
        self.paragraphs: list[int] = []
        self.baselines: list[float] = []

    def paragraph(self, text: str, x: float, y: float, width: float, font: str, size: float) -> float:
        """Prints a paragraph, y of its first baseline from the page's top in points; the next baseline's."""
        number = self.paragraphs[-1] + 1 if self.paragraphs else 0
        ascent, descent = getAscentDescent(font, size)
        self.canvas.setFont(font, size)
        pen = x
        for index, word in enumerate(text.split()):
            wide = stringWidth(word, font, size)
            if index and pen + wide > x + width:
                pen, y = x, y + 1.25 * size
            if pen == x:
                self.paragraphs.append(number)
                self.baselines.append(y * SCALE)
            self.canvas.drawString(pen, HEIGHT - y, word)
            self.words.append(word)
            rim = OVERHANG * size
            box = pen - rim, y - ascent - rim / 2, pen + wide + rim, y - descent + rim / 2
            self.boxes.append(tuple(edge * SCALE for edge in box))
            self.lines.append(len(self.paragraphs) - 1)
            pen += wide + stringWidth(" ", font, size)
        return y + 2.2 * size

    def page(self) -> Page:
        self.canvas.drawInlineImage(picture(), PICTURE[0], HEIGHT - PICTURE[3], 160, 100)
        self.canvas.save()
        raster = Raster.of(pypdfium2.PdfDocument(self.data.getvalue())[0].render(scale=SCALE).to_numpy()[..., ::-1])
        image = [edge * SCALE for edge in PICTURE]
        lines = np.array(self.paragraphs)
        return make_page(
            "rivers", raster, self.words, self.boxes, self.lines, lines, image_boxes=[image], baselines=self.baselines
        )


def picture() -> Image.Image:
    """A landscape of sorts."""
    y, x = np.mgrid[:100, :160]
    hills = y > 55 + 18 * np.sin(x / 17)
    sky = np.stack((150 + y, 190 + y // 2, 235 + 0 * y), axis=2)
    land = np.stack((60 + x // 4, 140 - y // 2, 60 + 0 * y), axis=2)
    return Image.fromarray(np.where(hills[..., None], land, sky).astype(np.uint8))


@cache
def page() -> Page:
    press = Press()
    press.paragraph(HEAD, 30, 50, 360, "Times-Bold", 20)
    press.paragraph(LEFT, 30, 90, 160, "Times-Roman", 12)
    y = press.paragraph(RIGHT[0], 220, 90, 160, "Times-Roman", 12)
    press.paragraph(RIGHT[1], 220, y, 160, "Helvetica-Oblique", 12)
    return press.page()


def around(*words: str) -> Box:
    """The box around words of the page, from the first occurrence of each on."""
    boxes = page().word_boxes[[page().words.index(word) for word in words]]
    return Box(*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())


def middle(word: str) -> tuple[float, float]:
    return around(word).centre


def part(pixels: Pixels, box: Boxes) -> Pixels:
    """The whole pixels that a box touches."""
    left, top = np.floor(box[:2]).astype(int)
    right, bottom = np.ceil(box[2:]).astype(int)
    return pixels[top:bottom, left:right]


def ink(pixels: Pixels, box: Boxes) -> float:
    """How much darker than white a box is, in pixels of full black."""
    return float((255 - part(pixels, box).astype(float)).mean(axis=2).sum() / 255)


def test_a_page_without_edits_is_its_print() -> None:
    drawn = draw_page(page())
    assert drawn.shape == (HEIGHT * SCALE, WIDTH * SCALE, 3) and drawn.dtype == np.uint8
    assert (drawn == page().raster.pixels()).all()


def test_deleted_words_are_gone_and_the_others_stand_where_the_page_says() -> None:
    after = apply(page(), Gesture("delete", around("carries", "sand")))
    before, drawn = draw_page(page()), draw_page(after)
    line = int(page().word_lines[page().words.index("clay.")])
    assert len(after.words) == len(page().words) - 2
    for number, source in enumerate(after.word_sources):
        print_, moved = ink(before, source), ink(drawn, after.word_boxes[number])
        assert abs(moved - print_) < 0.06 * print_ + 1
    (_, top, end, bottom), (*_, right, _) = after.line_boxes[line], page().line_boxes[line]
    empty = np.array((end + 2, top, right, bottom))
    assert ink(before, empty) > 5 and ink(drawn, empty) == 0
    other = page().word_paragraphs[page().words.index("delta")]
    assert (part(drawn, page().paragraph_boxes[other]) == part(before, page().paragraph_boxes[other])).all()


def test_words_of_a_line_that_move_sideways_are_the_same_print() -> None:
    box = around("slows,")
    after = apply(page(), Gesture("insert", Box(box.left - 2, *box[1:]), "o"))
    word = after.words.index("load")
    was, now = after.word_sources[word], after.word_boxes[word]
    assert now[1] == was[1] and now[0] > was[0]
    shift = int(np.rint(now[0] - was[0]))
    assert (part(draw_page(page()), was) == part(draw_page(after), was + np.array((shift, 0, shift, 0)))).all()


def test_new_words_are_set_in_their_boxes_in_the_colour_of_the_print() -> None:
    box = around("sand")
    after = apply(page(), Gesture("insert", Box(box.right, box.top, box.right + 4, box.bottom), "gravel, Ünïcödé 漢字"))
    drawn = draw_page(after)
    for number in np.flatnonzero(np.isnan(after.word_sources[:, 0])).tolist():
        box_ = after.word_boxes[number]
        assert 10 < ink(drawn, box_) < 0.6 * (box_[2] - box_[0]) * (box_[3] - box_[1])
        assert part(drawn, box_).min() < 60


def test_print_of_swapped_words_is_scaled_to_its_place() -> None:
    after = apply(page(), Gesture("point", Box(0, 0, 0, 0), "", (middle("rivers"), middle("delta"))))
    drawn, before = draw_page(after), draw_page(page())
    for word, grown in (("delta", True), ("rivers", False)):
        number = after.words.index(word)
        scale = ink(drawn, after.word_boxes[number]) / ink(before, after.word_sources[number])
        height = np.ptp(after.word_boxes[number, 1::2]) / np.ptp(after.word_sources[number, 1::2])
        assert (height > 1) == grown and abs(scale / height**2 - 1) < 0.1


def test_of_a_cropped_image_the_part_is_shown_and_the_rest_is_paper() -> None:
    left, top, right, bottom = page().image_boxes[0]
    kept = np.array((left + 40, top + 30, right - 60, bottom - 20))
    after = apply(page(), Gesture("crop", Box(*kept.tolist())))
    drawn = draw_page(after)
    assert (part(drawn, kept) == part(draw_page(page()), kept)).all()
    blank = drawn.copy()
    part(blank, kept)[:] = 255
    assert (part(blank, page().image_boxes[0]) == 255).all()
    gone = draw_page(apply(after, Gesture("delete", Box(*kept.tolist()))))
    assert (part(gone, page().image_boxes[0]) == 255).all()


def test_highlights_tint_the_paper_and_leave_the_print() -> None:
    tints = set()
    for kind in ("select", "question", "underline", "instruct_text", "a_class_of_ones_own"):
        after = replace(page(), highlights=tuple(kind * (word in ("tides", "are")) for word in page().words))
        drawn, box = draw_page(after), np.array(around("tides", "are"))
        assert part(drawn, box).min() < 90
        values, counts = np.unique(part(drawn, box).reshape(-1, 3), axis=0, return_counts=True)
        tints.add(tuple(values[counts.argmax()].tolist()))
        outside = drawn.copy()
        part(outside, box)[:] = part(draw_page(page()), box)
        assert (outside == draw_page(page())).all()
    assert len(tints) == 5 and (255, 255, 255) not in tints


def test_words_that_are_to_be_italic_lean_to_the_right() -> None:
    word = "tides"
    box = np.array(around(word))
    height = box[3] - box[1]

    def lean(kind: str) -> float:
        """By how much the upper half's ink lies to the right of the lower half's, px."""
        drawn = draw_page(replace(page(), highlights=tuple(kind * (text == word) for text in page().words)))
        grown = box + np.array((-4, 0, 4, 0))
        dark = np.maximum(float(np.median(part(drawn, grown))) - part(drawn, grown).mean(axis=2), 0.0)
        dark[dark < 40] = 0.0
        halves = dark[: len(dark) // 2], dark[len(dark) // 2 :]
        high, low = ((half.sum(axis=0) @ np.arange(half.shape[1])) / half.sum() for half in halves)
        return float(high - low)

    assert 0.05 * height < lean("italicise") - lean("select") < 0.2 * height


def test_print_is_erased_in_the_colour_of_its_paper() -> None:
    pixels = draw_page(page()).astype(int)
    paper = np.array((244, 232, 200))
    tinted = replace(page(), raster=Raster.of((pixels * paper // 255).astype(np.uint8)))
    drawn = draw_page(apply(tinted, Gesture("delete", around("carries", "silt"))))
    line = np.array(around("settles:"))
    assert (part(drawn, line + np.array((4, 0, 20, 0)))[:, -20:] == paper).all()
    assert abs(int(np.median(drawn)) - 232) < 3 and (drawn.max(axis=(0, 1)) == paper).all()


def test_a_page_that_grew_goes_on_in_white_beside_the_page_before() -> None:
    after = apply(page(), Gesture("insert", around("century"), "more and more words " * 40))
    assert after.size_px[1] > page().size_px[1]
    drawn = draw_page(after)
    assert drawn.shape == (after.size_px[1], after.size_px[0], 3)
    assert (drawn[page().size_px[1] :, :200] == 255).all() and drawn[page().size_px[1] :].min() < 90
    both = side_by_side(page(), after)
    assert both.shape == (after.size_px[1], 2 * WIDTH * SCALE + 4, 3)
    assert (both[:, -drawn.shape[1] :] == drawn).all()
    assert (both[: len(draw_page(page())), : drawn.shape[1]] == draw_page(page())).all()


def test_any_edits_can_be_drawn() -> None:
    gestures = [
        Gesture("point", Box(0, 0, 0, 0), "", (middle("rivers"), middle("hills"))),
        Gesture("delete", Box(0, 0, 300, 200)),
        Gesture("insert", Box(300, 140, 310, 150), "w" * 300),
        Gesture("crop", Box(100, 450, 220, 540)),
        Gesture("delete", Box(-10, -10, 5000, 5000)),
    ]
    after = page()
    for gesture in gestures:
        after = apply(after, gesture)
        assert draw_page(after).shape == (after.size_px[1], after.size_px[0], 3)
    assert draw_page(after).min() > 250  # the rim of a slanted letter may be outside its box
