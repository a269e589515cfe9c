"""Pages from what the browser measured: words joined and put in lines and paragraphs, a long picture cut in pages."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes, DocumentError, Page, make_page, shares_inside
from synthink.documents.page.tiles import Pixels, Raster
from synthink.documents.reading_order.arrange import parted
from synthink.documents.reading_order.lines import can_follow
from synthink.documents.sources.source import usable_word

Array = npt.NDArray[np.float64]

PAGE_HEIGHT = 1600
"""CSS pixels of a page at most."""
BLUR = 1.0
"""CSS pixels by which smoothing and rounding carry ink to either side."""
MOSTLY = 0.5
"""Of a picture: a place that holds so much of it is the picture's."""
LEAST_CONTRAST = 24
"""Of 255: a word whose box is plainer than this cannot be seen."""


@dataclass(slots=True)
class _Word:
    text: str
    box: Array
    block: int
    baseline: float
    is_complete: bool
    """Whether every part of it can be seen."""


def pages_of(name: str, pixels: Pixels, measured: dict[str, Any], scale: float, skipped: Counter[str]) -> list[Page]:
    """The pages of one document.

    pixels: (H, W, 3) the whole of it. measured: what `htmlscript.MEASURE` gives. scale: pixels of the picture to a CSS
    pixel. skipped: reason -> words and pages that were left out.
    """
    skipped.update({f"words {reason}": count for reason, count in measured["skipped"].items()})
    joined = _joined(measured["words"], scale)
    words = [word for word in joined if word.is_complete and _usable(word, pixels, skipped)]
    unusable = np.array([word.box for word in joined if not (word.is_complete and word.text)]).reshape(-1, 4)
    images = np.array(measured["images"], dtype=np.float64).reshape(-1, 4) * scale
    boxes = np.array([word.box for word in words]).reshape(-1, 4)
    pages = []
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
            pages.append(_page(f"{name}#{number}", name, pixels[top:bottom], own, page_images, left_out, top))
        except DocumentError as error:
            skipped["pages: " + str(error).partition(": ")[2]] += 1
    return pages


def _crossed(boxes: Boxes, row: int) -> npt.NDArray[np.bool_]:
    return (boxes[:, 1] < row) & (row < boxes[:, 3])


def _joined(measured: Sequence[Any], scale: float) -> list[_Word]:
    """Words; what stands in several elements without a blank between, as in `H<sub>2</sub>O`, is one."""
    words: list[_Word] = []
    for text, box, block, glued, baseline in measured:
        word = _Word(text or "", np.array(box, dtype=np.float64) * scale, block, baseline * scale, text is not None)
        if glued and words and words[-1].block == block and _continues(words[-1], word, scale):
            last = words[-1]
            last.text += word.text
            last.is_complete &= word.is_complete
            last.box = np.concatenate((np.minimum(last.box[:2], word.box[:2]), np.maximum(last.box[2:], word.box[2:])))
        else:
            words.append(word)
    for word in words:
        word.box += (-BLUR * scale, 0, BLUR * scale, 0)
    return words


def _continues(word: _Word, part: _Word, scale: float) -> bool:
    if not (word.is_complete and part.is_complete):
        return True
    shared = min(word.box[3], part.box[3]) - max(word.box[1], part.box[1])
    least = min(word.box[3] - word.box[1], part.box[3] - part.box[1])
    return bool(shared > 0.3 * least and -0.5 * least < part.box[0] - word.box[2] < 2 * scale)


def _usable(word: _Word, pixels: Pixels, skipped: Counter[str]) -> bool:
    text, reason = usable_word(word.text)
    if not reason:
        left, top, right, bottom = word.box.tolist()
        part = pixels[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1]
        if not part.size or int(np.ptp(part.reshape(-1, 3), axis=0).max()) < LEAST_CONTRAST:
            reason = "words that cannot be seen"
    if reason:
        skipped[reason] += 1
    word.text = text
    return not reason


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
    name: str, document: str, pixels: Pixels, words: Sequence[_Word], images: Boxes, left_out: Boxes, top: int
) -> Page:
    down = np.array((0, top, 0, top))
    word_lines: list[int] = []
    line_paragraphs: list[int] = []
    baselines: list[float] = []
    tallest: _Word | None = None
    before: _Word | None = None
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


def _same_line(tallest: _Word, before: _Word, word: _Word) -> bool:
    shared = min(tallest.box[3], word.box[3]) - max(tallest.box[1], word.box[1])
    least = min(tallest.box[3] - tallest.box[1], word.box[3] - word.box[1])
    return bool(shared >= 0.5 * least and can_follow(before.box, word.box))
