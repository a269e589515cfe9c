"""A page as it looks after edits: print moved, taken away, put in, and highlighted. Made for people to look at."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from synthink.documents.edits.edit import highlight_colour, slants
from synthink.documents.edits.lettering import PrintedWord, Type, letter, printed_word, type_of, usual_face
from synthink.documents.page.model import Boxes, Page
from synthink.documents.page.tiles import Pixels, Raster
from synthink.draw.colours import RGB
from synthink.draw.picture import RgbPicture
from synthink.errors import check_kind

OPACITY = 0.5  # of highlights
RIM = 3  # pixels around a box where the paper is looked at
LOOKED_AT = 2  # words of print, the longest ones, whose colour and face new words take
SIZES = (0.5, 1.5)  # em, of the line's height: what is believed of print
SLANT = 0.22  # px to the right for each pixel up, of words that are to be italic
DIVIDER: RGB = (120, 120, 120)


def draw_page(page: Page) -> Pixels:
    """(H, W, 3) the page as it stands; its raster where nothing was edited."""
    check_kind("page", page, Page, "a page, as read_documents gives them")
    return _highlighted(_edited(page), page)


def page_html(page: Page) -> str:
    """The page as it stands with its text below it, for notebooks."""
    from synthink.pages.notebook import Figure, figures_html

    picture = RgbPicture(draw_page(page))
    return figures_html(f"{page.name}: {len(page.words)} words", [Figure(*picture.encode(), (page.text,))])


Page._repr_html_ = page_html


def printed_anew(page: Page) -> Page:
    """The page as if it had been printed as edits left it: what it was before is gone, highlights stay colours.

    Crops are cut from the print, so a model that is asked about an edited page has to be shown this one.
    """
    pixels = draw_page(replace(page, highlights=("",) * len(page.words)))
    return replace(
        page,
        raster=Raster.of(pixels),
        word_sources=page.word_boxes,
        image_sources=page.image_boxes,
        erased=np.zeros((0, 4)),
    )


def side_by_side(before: Page, after: Page) -> Pixels:
    """(H, W, 3) both pages, the earlier one on the left, a line between them."""
    pictures = [draw_page(before), draw_page(after)]
    height = max(picture.shape[0] for picture in pictures)
    left, right = (np.pad(p, ((0, height - len(p)), (0, 0), (0, 0)), constant_values=255) for p in pictures)
    divider = np.full((height, 4, 3), DIVIDER, dtype=np.uint8)
    return np.concatenate((left, divider, right), axis=1)


def _edited(page: Page) -> Pixels:
    """The page without its highlights."""
    printed = page.raster.pixels()
    if printed.ndim == 2:
        printed = np.repeat(printed[..., np.newaxis], 3, axis=2)
    paper = np.full((page.size_px[1], page.size_px[0], 3), 255, dtype=np.uint8)
    paper[: len(printed), : printed.shape[1]] = printed
    stays = (page.word_boxes == page.word_sources).all(axis=1)
    inserted = np.isnan(page.word_sources[:, 0])
    moved = ~stays & ~inserted
    images = _edited_images(page)
    erased = np.concatenate((page.erased, page.image_sources[images], page.word_sources[moved]))
    if not len(erased) and not inserted.any():
        return paper
    _erase(paper, printed, erased, page.word_sources[stays])
    for number in np.flatnonzero(images).tolist():
        _copy_image(paper, printed, page.image_sources[number], page.image_boxes[number])
    for number in np.flatnonzero(moved).tolist():
        _copy_ink(paper, printed, page.word_sources[number], page.word_boxes[number])
    looks: dict[tuple[int, ...], tuple[RGB, Type | None]] = {}
    for number in np.flatnonzero(inserted).tolist():
        neighbours = _neighbours(page, int(page.word_lines[number]))
        if neighbours not in looks:
            looks[neighbours] = _look(printed, page, neighbours)
        _write(paper, page, number, *looks[neighbours])
    return paper


def _edited_images(page: Page) -> npt.NDArray[np.bool_]:
    """(I,) which images moved or were cropped: of those the whole was erased."""
    edited: npt.NDArray[np.bool_] = (page.image_boxes != page.image_sources).any(axis=1)
    for left, top, right, bottom in page.erased.tolist():
        low, high = page.image_sources[:, :2] >= (left, top), page.image_sources[:, 2:] <= (right, bottom)
        edited |= (low & high).all(axis=1)
    return edited


def _erase(paper: Pixels, printed: Pixels, boxes: Boxes, stays: Boxes) -> None:
    """Fills boxes with the colour of the paper around them, but for the words that stay.

    In their order: what is left of a cropped image may be erased later, and stands on paper by then.
    """
    protected = np.zeros(printed.shape[:2], dtype=bool)
    for box in stays:
        protected[_slices(box, printed)] = True
    for box in boxes:
        place = _slices(box, printed)
        paper[place] = np.where(protected[place][..., np.newaxis], paper[place], _paper(paper, box))


def _copy_image(paper: Pixels, printed: Pixels, source: Boxes, box: Boxes) -> None:
    """The part of the print that an image shows, where the image now is."""
    pixels = printed[_slices(source, printed)]
    part, pixels = _moved(paper, pixels, source, box)
    part[:] = pixels


def _copy_ink(paper: Pixels, printed: Pixels, source: Boxes, box: Boxes) -> None:
    """A word's print at its new place: what it adds to the colour of the paper, so that nothing else is covered."""
    place = _slices(source, printed)
    added = printed[place].astype(np.float32) - np.array(_paper(printed, source), dtype=np.float32)
    if ((box[2:] - box[:2]) != (source[2:] - source[:2])).any():
        rows, columns = _slices(box, paper)
        size = columns.stop - columns.start, rows.stop - rows.start
        channels = [Image.fromarray(channel).resize(size) for channel in np.ascontiguousarray(added.transpose(2, 0, 1))]
        added, source = np.stack([np.asarray(channel) for channel in channels], axis=2), box
    part, added = _moved(paper, _between_rows(added, float(box[1] - source[1])), source, box)
    part[:] = np.clip(np.rint(part + added), 0, 255)


def _between_rows(pixels: npt.NDArray[np.float32], down: float) -> npt.NDArray[np.float32]:
    """The pixels lowered by what a whole number of rows leaves over, so that words of a line stand level."""
    rest = np.float32(down - np.rint(down))
    before = np.roll(np.pad(pixels, ((1, 1), (0, 0), (0, 0))), 1 if rest > 0 else -1, axis=0)[1:-1]
    lowered: npt.NDArray[np.float32] = pixels * (1 - abs(rest)) + before * abs(rest)
    return lowered


def _moved(paper: Pixels, pixels: Any, source: Boxes, box: Boxes) -> tuple[Pixels, Any]:
    """The part of the paper where pixels come to lie that move from one box to another, whole pixels far."""
    left, top = (np.floor(source[:2]) + np.rint(box[:2] - source[:2])).astype(int).tolist()
    left, top = max(left, 0), max(top, 0)
    part = paper[top : top + pixels.shape[0], left : left + pixels.shape[1]]
    return part, pixels[: part.shape[0], : part.shape[1]]


def _write(paper: Pixels, page: Page, word: int, ink: RGB, type_: Type | None) -> None:
    """A new word, in the colour and the type of the print beside it, or the usual face as high as the line."""
    left, top, right, bottom = page.word_boxes[word].tolist()
    baseline = float(page.baselines[page.word_lines[word]])
    face, em_px = type_ or Type(usual_face(), bottom - top)
    type_ = Type(face, min(max(em_px, SIZES[0] * (bottom - top)), SIZES[1] * (bottom - top)))
    x, y, coverage = letter(page.words[word], left, right - left, baseline, type_, page.size_px)
    part = paper[y : y + coverage.shape[0], x : x + coverage.shape[1]]
    alpha = coverage[..., np.newaxis] / 255
    part[:] = np.rint(part * (1 - alpha) + np.array(ink) * alpha)


def _neighbours(page: Page, line: int) -> tuple[int, ...]:
    """The longest words of print of a line, or of its paragraph where all words of the line are new."""
    old = np.isfinite(page.word_sources[:, 0])
    words = np.flatnonzero(old & (page.word_lines == line))
    if not len(words):
        words = np.flatnonzero(old & (page.line_paragraphs[page.word_lines] == page.line_paragraphs[line]))
    return tuple(sorted(words.tolist(), key=lambda word: -len(page.words[word]))[:LOOKED_AT])


def _look(printed: Pixels, page: Page, words: tuple[int, ...]) -> tuple[RGB, Type | None]:
    """The colour and the type of some words of print; black where there are none."""
    ink: RGB = (0, 0, 0)
    printed_words: list[PrintedWord | None] = []
    for word in words:
        place = _slices(page.word_sources[word], printed)
        paper = np.array(_paper(printed, page.word_sources[word]), dtype=np.int16)
        apart = np.abs(printed[place].astype(np.int16) - paper).sum(axis=2)
        if not printed_words:
            red, green, blue = printed[place][np.unravel_index(apart.argmax(), apart.shape)].tolist()
            ink = red, green, blue
        printed_words.append(printed_word(page.words[word], (apart / max(int(apart.max()), 1)).astype(np.float32)))
    return ink, type_of([word for word in printed_words if word])


def _highlighted(paper: Pixels, page: Page) -> Pixels:
    """With a translucent band over each row of words that are highlighted alike, slanted where that was asked for."""
    for number, kind in enumerate(page.highlights):
        if slants(kind):
            _slant(paper, page.word_boxes[number])
    marked = [(kind, line) for kind, line in zip(page.highlights, page.word_lines.tolist(), strict=True)]
    for (kind, _), run in groupby(range(len(marked)), key=marked.__getitem__):
        if kind:
            boxes = page.word_boxes[list(run)]
            box = np.concatenate((boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)))
            part = paper[_slices(box, paper)]
            light = np.array(highlight_colour(kind)) / 255
            part[:] = np.rint(part * (1 - OPACITY + OPACITY * light))
    return paper


def _slant(paper: Pixels, box: Boxes) -> None:
    """Move each row of a word's print sideways, about the middle of its height."""
    place, colour = _slices(box, paper), np.array(_paper(paper, box), dtype=np.float32)
    added = paper[place].astype(np.float32) - colour
    height, width = added.shape[:2]
    reach = math.ceil(SLANT * height / 2)
    left, right = min(reach, place[1].start), min(reach, paper.shape[1] - place[1].stop)
    across, own = np.arange(-left, width + right), np.arange(width)
    paper[place] = colour
    for row, pixels in enumerate(added):
        moved = across - SLANT * ((height - 1) / 2 - row)
        ink = np.stack([np.interp(moved, own, channel, left=0.0, right=0.0) for channel in pixels.T], axis=1)
        part = paper[place[0].start + row, place[1].start - left : place[1].stop + right]
        part[:] = np.clip(np.rint(part + ink), 0, 255)


def _slices(box: Boxes, pixels: Pixels, rim: int = 0) -> tuple[slice, slice]:
    """Rows and columns of a box, whole pixels, at least one each."""
    left, top = np.floor(box[:2]).astype(int).tolist()
    right, bottom = np.ceil(box[2:]).astype(int).tolist()
    height, width = pixels.shape[:2]
    left, top = min(max(left - rim, 0), width - 1), min(max(top - rim, 0), height - 1)
    return slice(top, max(min(bottom + rim, height), top + 1)), slice(left, max(min(right + rim, width), left + 1))


def _paper(pixels: Pixels, box: Boxes) -> RGB:
    """The commonest colour in and around a box; around it alone where that is large, as of an image."""
    region = pixels[_slices(box, pixels, RIM)].astype(np.int32)
    codes = region[..., 0] << 16 | region[..., 1] << 8 | region[..., 2]
    if min(codes.shape) > 16 * RIM:
        codes = np.concatenate([edge.ravel() for edge in (codes[:RIM], codes[-RIM:], codes[:, :RIM], codes[:, -RIM:])])
    values, counts = np.unique(codes, return_counts=True)
    code = int(values[counts.argmax()])
    return code >> 16, code >> 8 & 255, code & 255
