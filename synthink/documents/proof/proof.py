"""The proof of a page: a word stays only where the picture shows it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import threadpoolctl

from synthink.documents.page.model import Boxes, Page, make_page
from synthink.documents.page.tiles import Pixels
from synthink.documents.proof.glyphs import glyphs_of
from synthink.documents.proof.ink import Grounds, grey, grounds_of, ink_of
from synthink.documents.proof.letters import Letters, PlacedLetters, cut_letters
from synthink.documents.proof.likeness import LEGIBLE_PX, mean_shapes, totals_by
from synthink.documents.proof.looks import Looks, look_at
from synthink.documents.proof.readings import read_strips
from synthink.documents.proof.scale import TypeScale, type_scale
from synthink.documents.proof.shapes import LIGATURES, drawn
from synthink.documents.proof.strips import strips_of
from synthink.documents.proof.verdicts import judged, same_pictures
from synthink.documents.reading_order.arrange import without

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

BLANK = "words without ink"
OTHER_TEXT = "words whose picture shows other text"
OFF_INK = "words beside their ink"
OVER = "words printed over each other"
TWICE = "words printed twice in one place"
SQUARES = "words that no font here draws"

_SHARED = 0.5  # of the smaller box: words that share more lie over each other
_AS_LARGE = 0.8  # of the larger box
_FEW = 4  # false words, before others are left out with them
_JOINED = 0.6  # more, for words with letters that fonts may join: no shape of theirs is known
_PAIRS = 2_000_000  # of boxes that are compared at once
_TOGETHER = 6000  # letters that are looked at together: memory is bounded by them
_STRIPS = 8000  # columns of strips that are read together
_LEADER = re.compile(r"([^\w\s])\1{3}")  # dots from a title to its page
_MOSTLY = 0.5  # the share of false words from which on none of a page or of a paragraph is believed
# How much more the text of a word may leave unexplained than the best reading does, in the ink of a letter:
_EXCESS = 0.3
_OF_FREE = 0.1  # more, for each letter's ink that the best reading leaves unexplained itself
_UNSUPPORTED = 0.2  # more, for the share of letters that the page does not have elsewhere
_TALL = 1.5  # times what is usual on the page: a box so much higher than the type in it is beside it
_SINGLE = 0.4  # more, for words of one letter
_BY_DOUBT = 0.2  # less, for the doubt in the letter that looks least like itself


def proved(page: Page, skipped: Counter[str], placed: PlacedLetters | None = None) -> Page:
    """The page without the words that its picture does not show; their places are unread.

    skipped: counts them by reason. placed: the letters of each word, where the source knows which of them stands where
    and has seen to it that each can be seen; else letters are cut out of the words' ink. All is judged by whole numbers
    and by steps that are alike on all machines.
    """
    reasons = [""] * len(page.words)
    if page.words:
        # Threads for small products of matrices take several times what they save.
        with _libraries().limit(limits=1, user_api="blas"):
            if placed is None:
                _mark_by_ink(page, reasons)
            else:
                _mark_by_glyphs(page, placed, reasons)
        _mark_overlaps(page, reasons)
    skipped.update(reason for reason in reasons if reason)
    dropped = np.array([reason != "" for reason in reasons], dtype=bool)
    return replace(_without(page, dropped) if dropped.any() else page, is_proved=True)


@cache
def _libraries() -> threadpoolctl.ThreadpoolController:
    return threadpoolctl.ThreadpoolController()


def _mark_by_glyphs(page: Page, placed: PlacedLetters, reasons: list[str]) -> None:
    glyphs = glyphs_of(page.words, placed)
    verdicts = judged(glyphs)
    for flags, reason in ((verdicts.are_false, OTHER_TEXT), (verdicts.are_squares, SQUARES)):
        for word in np.unique(glyphs.letters.words[flags]).tolist():
            reasons[word] = reason


def _mark_by_ink(page: Page, reasons: list[str]) -> None:
    pixels = grey(page.raster)
    grounds = grounds_of(pixels, page.word_boxes)
    for word in np.flatnonzero(grounds.are_plain).tolist():
        reasons[word] = BLANK
    for words in _portions(page.words, reasons):
        for word, reason in _judged(page, words, pixels, grounds).items():
            reasons[word] = reason
    _mark_rest(page, reasons, _MOSTLY)


def _without(page: Page, dropped: Flags) -> Page:
    stays = ~dropped
    word_lines, line_paragraphs = without(dropped, page.word_boxes, page.word_lines, page.line_paragraphs)
    firsts = np.flatnonzero(np.diff(word_lines, prepend=-1))
    smaller = make_page(
        page.name,
        page.raster,
        [word for word, keep in zip(page.words, stays, strict=True) if keep],
        page.word_boxes[stays],
        word_lines,
        line_paragraphs,
        image_boxes=page.image_boxes,
        baselines=page.baselines[page.word_lines[stays]][firsts],
        document=page.document,
        about=page.about,
        unread=np.concatenate((page.unread, page.word_boxes[dropped])),
    )
    highlights = tuple(highlight for highlight, keep in zip(page.highlights, stays, strict=True) if keep)
    return replace(smaller, highlights=highlights)


def _portions(texts: Sequence[str], reasons: Sequence[str]) -> Iterator[Indices]:
    """The words that are still to be judged, in portions of so many letters."""
    words: list[int] = []
    letters = 0
    for word, text in enumerate(texts):
        if reasons[word]:
            continue
        if words and letters + len(text) > _TOGETHER:
            yield np.array(words)
            words, letters = [], 0
        words.append(word)
        letters += len(text)
    if words:
        yield np.array(words)


def _mark_overlaps(page: Page, reasons: list[str]) -> None:
    """Of words that the picture shows and that lie over each other, the larger one stays: it accounts for the ink. Of
    equal ones the first stays, of others that are as large none."""
    boxes = page.word_boxes
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    order = np.array([word for word in np.argsort(boxes[:, 1], kind="stable").tolist() if not reasons[word]], np.intp)
    for word, other in _overlapping(boxes, areas, order):
        if page.words[other] == page.words[word]:
            reasons[max(word, other)] = TWICE
            continue
        smaller, larger = sorted((word, other), key=lambda number: areas[number])
        reasons[smaller] = OVER
        if areas[smaller] > _AS_LARGE * areas[larger]:
            reasons[larger] = OVER


def _overlapping(boxes: Boxes, areas: Array, order: Indices) -> Iterator[tuple[int, int]]:
    """The pairs of words that share most of the smaller one's box. order: the words, from the highest top down."""
    ends = np.searchsorted(boxes[order, 1], boxes[order, 3])
    counts = np.maximum(ends - np.arange(1, len(order) + 1), 0)
    step = max(1, _PAIRS // max(1, int(counts.max(initial=1))))
    for start in range(0, len(order), step):
        own = counts[start : start + step]
        first = np.repeat(np.arange(start, start + len(own)), own)
        second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(own) - own, own)
        first, second = order[first], order[second]
        shared = np.minimum(boxes[first, 2:], boxes[second, 2:]) - np.maximum(boxes[first, :2], boxes[second, :2])
        over = np.maximum(shared, 0).prod(axis=1) > _SHARED * np.minimum(areas[first], areas[second])
        yield from zip(first[over].tolist(), second[over].tolist(), strict=True)


def _mark_rest(page: Page, reasons: list[str], mostly: float) -> None:
    """Where so many words of a page or of a paragraph are false, the others are right by chance: none stays."""
    false = np.array([reason in (OTHER_TEXT, OFF_INK, BLANK) for reason in reasons], dtype=np.int64)
    for groups in (np.zeros(len(reasons), dtype=np.intp), page.word_paragraphs):
        counts, faults = np.bincount(groups), np.bincount(groups, false)
        doubtful = ((faults >= _FEW) & (faults > mostly * counts))[groups]
        for word in np.flatnonzero(doubtful).tolist():
            reasons[word] = reasons[word] or OTHER_TEXT


def _judged(page: Page, words: Indices, pixels: Pixels, page_grounds: Grounds) -> dict[int, str]:
    """The words that the picture does not show, each with the reason."""
    texts = [page.words[word] for word in words.tolist()]
    lines = np.unique(page.word_lines[words], return_inverse=True)[1]
    edges = page_grounds.edges[words]
    grounds = Grounds(pixels, edges, page_grounds.levels[words], page_grounds.contrasts[words])
    ink, crossed = ink_of(grounds, np.array([len(text) == 1 for text in texts]))
    inked = Grounds(ink, edges, np.zeros(len(words), dtype=np.int64), np.full(len(words), 255))
    letters = cut_letters(texts, ink, grounds)
    looks = look_at(letters, strips_of(inked, letters, type_scale(letters, lines)))
    faces = looks.faces[looks.styles]
    letters, grounds = cut_letters(texts, ink, grounds, faces), inked
    scale = type_scale(letters, lines, faces)
    strips = strips_of(grounds, letters, scale)
    looks = look_at(letters, strips)
    squares = _squares(letters, looks)
    false = {int(words[word]): SQUARES for word in np.flatnonzero(squares).tolist()}
    doubt = np.add.reduceat(np.maximum(looks.doubts, 0), letters.firsts)
    suspects = doubt > 0.2
    suspects |= np.maximum.reduceat(looks.widths, letters.firsts) > 0.3
    suspects |= np.add.reduceat(np.maximum(looks.oddness - 0.5, 0), letters.firsts) > 2.5
    trusted = (doubt < 0.5)[letters.words] & (looks.doubts < 0.7)
    supported = np.add.reduceat(looks.supported.astype(np.float64), letters.firsts) / letters.counts
    allowed = _EXCESS + _UNSUPPORTED * (1 - supported)
    allowed = allowed + _JOINED * np.array([any(pair in text for pair in LIGATURES) for text in texts])
    worst = np.maximum.reduceat(looks.doubts, letters.firsts)
    allowed = allowed + _SINGLE * (letters.counts == 1) - _BY_DOUBT * np.clip(worst, -2, 1)
    off = crossed | _are_slivers(edges, scale)
    false |= {int(words[word]): OFF_INK for word in np.flatnonzero(off & ~squares).tolist()}
    suspects &= ~squares & ~off & _can_be_read(letters, texts) & (scale.x_heights >= LEGIBLE_PX)
    for portion in _in_portions(np.flatnonzero(suspects), strips.lengths):
        readings = read_strips(letters, strips, looks, portion, trusted)
        excess = readings.claimed - readings.free > allowed[portion] + _OF_FREE * readings.free
        for word in words[portion[excess]].tolist():
            false[word] = OFF_INK if _is_cut(pixels, page_grounds, word) else OTHER_TEXT
    return false


def _are_slivers(edges: Indices, scale: TypeScale) -> Flags:
    """(W,) boxes whose ink is too low for letters, not because the page's type is so small, but because there is far
    less of it in the box than in others: parts of the lines above and below."""
    tall = (edges[:, 3] - edges[:, 1]) / scale.x_heights
    result: Flags = (scale.x_heights < LEGIBLE_PX) & (tall > _TALL * np.median(tall))
    return result


def _can_be_read(letters: Letters, texts: Sequence[str]) -> Flags:
    """(W,) words that can be read letter by letter: neither leaders nor glyphs whose share of the text is not known."""
    joined = np.array([len(char) > 1 and char not in LIGATURES for char in letters.characters])
    leaders = np.array([_LEADER.search(text) is not None for text in texts])
    result: Flags = ~leaders & (np.add.reduceat(joined[letters.kinds].astype(np.int64), letters.firsts) == 0)
    return result


def _in_portions(words: Indices, lengths: Indices) -> Iterator[Indices]:
    """Words by the lengths of their strips, in portions that fill so many columns when all are as long as the last."""
    ordered = words[np.argsort(lengths[words], kind="stable")]
    start = 0
    for stop in range(1, len(ordered) + 1):
        if stop == len(ordered) or (stop + 1 - start) * lengths[ordered[stop]] > _STRIPS:
            yield ordered[start:stop]
            start = stop


def _squares(letters: Letters, looks: Looks) -> Flags:
    """(W,) words with characters that no packaged font draws and whose picture is that of another such character: the
    square, or whatever stands for a missing glyph."""
    unknown = [kind for kind, char in enumerate(letters.characters) if not drawn(char).is_known]
    if len(unknown) < 2:
        return np.zeros(len(letters.firsts), dtype=bool)
    means = mean_shapes(*totals_by(looks.shapes, letters.kinds, len(letters.characters)))
    alike = same_pictures(means[unknown], unknown)
    result: Flags = np.add.reduceat(np.isin(letters.kinds, alike).astype(np.int64), letters.firsts) > 0
    return result


def _is_cut(pixels: Pixels, grounds: Grounds, word: int) -> bool:
    """Whether the edges of a word's box cut through ink."""
    left, top, right, bottom = grounds.edges[word].tolist()
    height, width = pixels.shape
    bound = int(grounds.contrasts[word]) / 2
    ink = pixels[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1].astype(np.int64) - grounds.levels[word]
    inked = ink < bound if bound < 0 else ink > bound
    lines = [(inked[:, 0] & inked[:, 1], left > 0), (inked[:, -1] & inked[:, -2], right < width)]
    lines += [(inked[0] & inked[1], top > 0), (inked[-1] & inked[-2], bottom < height)]
    return any(inside and bool(line.any()) for line, inside in lines)
