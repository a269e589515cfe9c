"""Pages from what the browser measured: words put in lines and paragraphs, a long picture cut in pages."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes, DocumentError, Page, make_page, shares_inside
from synthink.documents.page.tiles import Pixels, Raster
from synthink.documents.proof.proof import proof_of_document
from synthink.documents.reading_order.arrange import parted
from synthink.documents.reading_order.lines import can_follow
from synthink.documents.sources.html.words import Word, count_absent, joined, placed_letters, prove

PAGE_HEIGHT = 1600
"""CSS pixels of a page at most."""
MOSTLY = 0.5
"""Of a picture: a place that holds so much of it is the picture's."""


def pages_of(
    name: str, pixels: Pixels, bare: Pixels, measured: dict[str, Any], scale: float, skipped: Counter[str]
) -> list[Page]:
    """The pages of one document.

    pixels, bare: (H, W, 3) the whole of it, and the same without its letters. measured: what `MEASURE` gives. scale:
    pixels of the picture to a CSS pixel. skipped: reason -> words and pages that were left out.
    """
    skipped.update(measured["skipped"])
    count_absent(measured["absent"], skipped)
    every_word = joined(measured["words"], scale)
    prove(every_word, pixels, bare, scale, skipped)
    words = [word for word in every_word if word.is_complete]
    unusable = np.array([word.box for word in every_word if not word.is_complete]).reshape(-1, 4)
    images = np.array(measured["images"], dtype=np.float64).reshape(-1, 4) * scale
    boxes = np.array([word.box for word in words]).reshape(-1, 4)
    pages, proved = [], proof_of_document()
    cuts = _cuts(np.concatenate((boxes, images)), pixels.shape[0], round(PAGE_HEIGHT * scale))
    for number, (top, bottom) in enumerate(itertools.pairwise(cuts), start=1):
        own = [word for word in words if word.box[1] >= top and word.box[3] <= bottom]
        left_out = np.concatenate((unusable, boxes[_crossed(boxes, top) | _crossed(boxes, bottom)]))
        left_out = left_out[(left_out[:, 1] < bottom) & (left_out[:, 3] > top)]
        skipped["words on the edge between two pages"] += int(_crossed(boxes, bottom).sum())
        page_images = images[(images[:, 1] >= top) & (images[:, 3] <= bottom)]
        if not own and not len(page_images):
            skipped["pages without words and pictures"] += 1
            continue
        try:
            page = _page(f"{name}#{number}", name, pixels[top:bottom], own, page_images, left_out, top)
        except DocumentError as error:
            skipped["pages: " + str(error).partition(": ")[2]] += 1
        else:
            pages.append(proved(page, skipped, placed_letters(own, pixels[top:bottom], top)))
    return pages


def _crossed(boxes: Boxes, row: int) -> npt.NDArray[np.bool_]:
    return (boxes[:, 1] < row) & (row < boxes[:, 3])


def _cuts(boxes: Boxes, height: int, most: int) -> list[int]:
    """Rows between which pages lie: each at most `most` high, cut where the fewest boxes are crossed, as low as can
    be."""
    crossed = np.zeros(height + 2, dtype=np.int64)
    rows = np.clip(np.stack((np.floor(boxes[:, 1]) + 1, np.ceil(boxes[:, 3])), axis=1), 0, height + 1).astype(np.intp)
    np.add.at(crossed, rows[:, 0], 1)
    np.add.at(crossed, rows[:, 1], -1)
    crossed = np.cumsum(crossed)
    cuts = [0]
    while height - cuts[-1] > most:
        first, last = cuts[-1] + most // 2, cuts[-1] + most
        window = crossed[first : last + 1][::-1]
        cuts.append(last - int(np.argmin(window)))
    return [*cuts, height]


def _page(
    name: str, document: str, pixels: Pixels, words: Sequence[Word], images: Boxes, left_out: Boxes, top: int
) -> Page:
    down = np.array((0, top, 0, top))
    word_lines: list[int] = []
    line_paragraphs: list[int] = []
    baselines: list[float] = []
    tallest: Word | None = None
    before: Word | None = None
    for word in words:
        new_paragraph = before is None or word.block != before.block
        if before is None or tallest is None or new_paragraph or not _same_line(tallest, before, word):
            line_paragraphs.append((line_paragraphs[-1] if line_paragraphs else -1) + new_paragraph)
            tallest = None
            baselines.append(0)
        if tallest is None or word.box[3] - word.box[1] > tallest.box[3] - tallest.box[1]:
            tallest = word
            baselines[-1] = word.baseline - top
        word_lines.append(len(line_paragraphs) - 1)
        before = word
    boxes = [word.box - down for word in words]
    lines, paragraphs, was = parted(boxes, word_lines, line_paragraphs, left_out - down)
    return make_page(
        name,
        Raster.of(pixels),
        [word.text for word in words],
        boxes,
        lines,
        paragraphs,
        image_boxes=images - down,
        baselines=[baselines[line] for line in was.tolist()],
        document=document,
        unread=[box for box in left_out - down if not len(images) or shares_inside(images - down, box).max() < MOSTLY],
    )


def _same_line(tallest: Word, before: Word, word: Word) -> bool:
    shared = min(tallest.box[3], word.box[3]) - max(tallest.box[1], word.box[1])
    least = min(tallest.box[3] - tallest.box[1], word.box[3] - word.box[1])
    return bool(shared >= 0.5 * least and can_follow(before.box, word.box))
