"""A page: its picture, and what stands on it: paragraphs of text lines of words, and images, with boxes.

Words, lines and paragraphs are numbered from 0 in reading order; everything that is looked at for every row is an
array over these numbers. `elements` gives the same as a tree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from synthink.documents.page.tiles import Raster
from synthink.draw.geometry import GRID, Box, snap
from synthink.errors import AssetError, quoted

Boxes = npt.NDArray[np.float64]
"""(N, 4) left, top, right, bottom in page pixels, on the 1/64 grid; right and bottom exclusive."""
Indices = npt.NDArray[np.intp]

LEAN = 0.3  # of a word's height by which an italic word may reach into its neighbour's box
BASELINE = 0.78  # of a line's height: where the baseline of common fonts lies when the source does not say


class DocumentError(AssetError):
    """A document that cannot be used; names the file, the place in it and the value."""


@dataclass(frozen=True, slots=True)
class Element:
    """A node of a page's tree. Ids are dense; words have ids of at least 1."""

    id: int
    kind: Literal["paragraph", "textline", "word", "image"]
    box: Box
    text: str = ""
    """The word, for words; else empty."""
    parent: int | None = None
    children: tuple[int, ...] = ()
    previous: int | None = None
    """The word before in reading order, of the same paragraph."""
    next: int | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Page:
    """One page of a document.

    Every word's box contains the word's ink and has the height of its line's type (ascender to descender) where the
    source says so. Lines and paragraphs hold at least one word; words of a line lie from left to right and do not
    overlap. Made by `make_page`, which checks this.
    """

    _repr_html_: ClassVar[Callable[[Page], str]]
    """The page for notebooks: `synthink.documents.edits` knows how one looks after edits."""
    name: str
    """Unique among the documents of a source; pages of one file begin alike: `report.pdf#3`."""
    document: str
    """The name of the file, address or row that the page comes from: all its pages are in one split."""
    size_px: tuple[int, int]
    words: tuple[str, ...]
    """The words in reading order, without blanks inside."""
    word_boxes: Boxes
    word_lines: Indices
    """(W,) the line of each word, rising."""
    line_boxes: Boxes
    line_paragraphs: Indices
    """(L,) the paragraph of each line, rising."""
    baselines: npt.NDArray[np.float64]
    """(L,) y of each line's baseline."""
    paragraph_boxes: Boxes
    image_boxes: Boxes
    raster: Raster
    """The page's picture, as printed before any edit."""
    word_sources: Boxes
    """(W, 4) where the raster shows each word: `word_boxes` until an edit moves words; NaN for inserted words, which
    are not printed."""
    image_sources: Boxes
    """(I, 4) the part of the raster that each image shows."""
    highlights: tuple[str, ...]
    """(W,) the class of the gesture that highlights each word, or an empty string."""
    erased: Boxes = field(default_factory=lambda: np.zeros((0, 4)))
    """(E, 4) parts of the raster that edits took away."""
    unread: Boxes = field(default_factory=lambda: np.zeros((0, 4)))
    """(U, 4) where text is printed that is not among the words: turned, from right to left, in a form."""
    about: dict[str, str] = field(default_factory=dict)
    """Further facts from the source, such as layout, title and licence."""
    is_proved: bool = False
    """Whether each word was held against what the picture shows in its place."""

    @cached_property
    def boxes(self) -> Boxes:
        """(W + I, 4) of all words, then of all images."""
        return np.concatenate((self.word_boxes, self.image_boxes))

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """The tree in the order paragraph, its first line, that line's words, the next line ...; images last."""
        elements: list[Element] = []
        starts, stops = self.line_words
        for paragraph, box in enumerate(self.paragraph_boxes.tolist()):
            at, children, first = len(elements), [], len(elements) + 1
            lines: list[Element] = []
            before: int | None = None
            numbers = np.flatnonzero(self.line_paragraphs == paragraph)
            last_word = stops[numbers[-1]] - 1
            for line in numbers.tolist():
                children.append(first + len(lines))
                line_id = children[-1]
                words = range(starts[line], stops[line])
                ids = tuple(range(line_id + 1, line_id + 1 + len(words)))
                lines.append(Element(line_id, "textline", Box(*self.line_boxes[line].tolist()), "", at, ids))
                for word, own in zip(words, ids, strict=True):
                    after = None if word == last_word else own + (1 if own != ids[-1] else 2)
                    box_of = Box(*self.word_boxes[word].tolist())
                    lines.append(Element(own, "word", box_of, self.words[word], line_id, (), before, after))
                    before = own
            elements.append(Element(at, "paragraph", Box(*box), "", None, tuple(children)))
            elements += lines
        for box in self.image_boxes.tolist():
            elements.append(Element(len(elements), "image", Box(*box)))
        return tuple(elements)

    @cached_property
    def line_words(self) -> tuple[Indices, Indices]:
        """(L,) first word of each line, and (L,) the word after its last."""
        numbers = np.arange(len(self.line_boxes))
        return np.searchsorted(self.word_lines, numbers), np.searchsorted(self.word_lines, numbers, "right")

    @cached_property
    def word_paragraphs(self) -> Indices:
        """(W,) the paragraph of each word."""
        return self.line_paragraphs[self.word_lines]

    @cached_property
    def paragraph_words(self) -> tuple[Indices, Indices]:
        """(P,) first word of each paragraph, and (P,) the word after its last."""
        numbers = np.arange(len(self.paragraph_boxes))
        paragraphs = self.word_paragraphs
        return np.searchsorted(paragraphs, numbers), np.searchsorted(paragraphs, numbers, "right")

    @cached_property
    def paragraph_texts(self) -> tuple[str, ...]:
        """(P,) the words of each paragraph with blanks between them."""
        starts, stops = (numbers.tolist() for numbers in self.paragraph_words)
        return tuple(" ".join(self.words[start:stop]) for start, stop in zip(starts, stops, strict=True))

    @cached_property
    def text(self) -> str:
        """All words; a line break between paragraphs."""
        return "\n".join(self.paragraph_texts)

    @property
    def memory_bytes(self) -> int:
        """The memory that the page takes, roughly: its picture, and for each word its text, boxes and possible targets
        of gestures."""
        return self.raster.bytes + 960 * len(self.words) + 4096


def make_page(  # noqa: PLR0913 - the fields of a page, most of them left out
    name: str,
    raster: Raster,
    words: Sequence[str],
    word_boxes: npt.ArrayLike,
    word_lines: Sequence[int] | Indices,
    line_paragraphs: Sequence[int] | Indices,
    *,
    image_boxes: npt.ArrayLike = (),
    baselines: npt.ArrayLike | None = None,
    document: str = "",
    about: dict[str, str] | None = None,
    unread: npt.ArrayLike = (),
) -> Page:
    """A page from its words in reading order; boxes of lines and paragraphs are made from theirs.

    name: unique among the documents of a source. raster: the page's picture. word_boxes: (W, 4) in pixels. word_lines:
    (W,) the line of each word. line_paragraphs: (L,) the paragraph of each line. `arrange` makes all three from boxes
    alone. image_boxes: (I, 4). baselines: (L,) y of each line's baseline; guessed where they are None. document: the
    name of the document, if it has several pages. about, unread: as in `Page`.

    Boxes are widened to the 1/64 grid and clipped to the picture. Raises `DocumentError` naming the page and the word
    when numbers do not rise, words have blanks or no box inside the page, or words of a line overlap.
    """
    width, height = raster.size_px
    texts = tuple(words)
    boxes = np.array(word_boxes, dtype=np.float64).reshape(-1, 4)
    lines, paragraphs = np.array(word_lines, dtype=np.intp), np.array(line_paragraphs, dtype=np.intp)
    if not len(texts) == len(boxes) == len(lines):
        raise DocumentError(f"{name}: {len(texts)} words, {len(boxes)} boxes, {len(lines)} line numbers")
    if not np.isfinite(boxes).all():
        raise DocumentError(f"{name}: a word's box is not finite")
    boxes = _on_paper(boxes, width, height)
    images = _on_paper(np.array(image_boxes, dtype=np.float64).reshape(-1, 4), width, height)
    unread_boxes = _on_paper(np.array(unread, dtype=np.float64).reshape(-1, 4), width, height)
    _check_words(name, texts, boxes, lines)
    _check_numbers(name, lines, paragraphs)
    line_boxes = around(boxes, lines)
    if baselines is None:
        base = line_boxes[:, 1] + BASELINE * (line_boxes[:, 3] - line_boxes[:, 1])
    else:
        base = np.array(baselines, dtype=np.float64)
    return Page(
        name=name,
        document=document or name,
        size_px=raster.size_px,
        words=texts,
        word_boxes=boxes,
        word_lines=lines,
        line_boxes=line_boxes,
        line_paragraphs=paragraphs,
        baselines=snap(base),
        paragraph_boxes=around(line_boxes, paragraphs),
        image_boxes=images,
        raster=raster,
        word_sources=boxes,
        image_sources=images,
        highlights=("",) * len(texts),
        about=about or {},
        unread=unread_boxes[(unread_boxes[:, :2] < unread_boxes[:, 2:]).all(axis=1)],
    )


def _on_paper(boxes: Boxes, width: int, height: int) -> Boxes:
    """Boxes on the grid, none of their ink lost, clipped to the picture."""
    grid = np.concatenate((np.floor(boxes[:, :2] * GRID), np.ceil(boxes[:, 2:] * GRID)), axis=1) / GRID
    return np.clip(grid, 0, (width, height, width, height))


def _check_numbers(name: str, lines: Indices, paragraphs: Indices) -> None:
    """Raises `DocumentError` unless lines and paragraphs are numbered 0, 1, 2 ..., each with at least one member."""
    for noun, numbers in (("lines", lines), ("paragraphs", paragraphs)):
        steps = np.diff(numbers, prepend=-1) if len(numbers) else numbers
        gaps = ((steps < 0) | (steps > 1)).any()
        empty = noun == "lines" and (numbers[-1] + 1 if len(numbers) else 0) != len(paragraphs)
        if gaps or empty:
            raise DocumentError(f"{name}: the numbers of its {noun} are not 0, 1, 2 ... in reading order")


def _check_words(name: str, words: Sequence[str], boxes: Boxes, lines: Indices) -> None:
    """Raises `DocumentError` for a word with blanks, without a box, or over the word before it on its line."""
    for number, word in enumerate(words):
        if not word or word.split() != [word]:
            raise DocumentError(f"{name}: word {number} is {quoted(word)}, with blanks or nothing in it")
    empty = np.flatnonzero((boxes[:, 2] <= boxes[:, 0]) | (boxes[:, 3] <= boxes[:, 1]))
    if len(empty):
        raise DocumentError(f"{name}: word {empty[0]} ({quoted(words[empty[0]])}) has no box inside the page")
    room = boxes[:-1, 2] - LEAN * (boxes[:-1, 3] - boxes[:-1, 1])
    too_far_left = (boxes[1:, 0] < room) | (boxes[1:, 0] <= boxes[:-1, 0])
    overlaps = np.flatnonzero((lines[1:] == lines[:-1]) & too_far_left)
    if len(overlaps):
        raise DocumentError(
            f"{name}: word {overlaps[0] + 1} ({quoted(words[overlaps[0] + 1])}) overlaps the one before"
        )


def shares_inside(boxes: Boxes, box: Sequence[float]) -> npt.NDArray[np.float64]:
    """(N,) the share of each box's area that lies in another one."""
    lefts, tops, rights, bottoms = boxes.T
    left, top, right, bottom = box
    across = np.minimum(rights, right) - np.maximum(lefts, left)
    down = np.minimum(bottoms, bottom) - np.maximum(tops, top)
    shares: npt.NDArray[np.float64] = (
        np.maximum(across, 0) * np.maximum(down, 0) / ((rights - lefts) * (bottoms - tops))
    )
    return shares


def around(boxes: Boxes, groups: Indices) -> Boxes:
    """Boxes around consecutive boxes of the same group."""
    if not len(boxes):
        return np.zeros((0, 4))
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    return np.concatenate(
        (np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)), axis=1
    )
