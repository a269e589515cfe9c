"""What the four numbers of a box mean in datasets of others: which numbers, in which unit; and whether that is so.

Nobody says it in the data. Boxes are compared with the ink of the pictures: a word's box has ink in it, and less of it
around.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Boxes, DocumentError
from synthink.documents.page.tiles import Raster

Scale = Literal["auto", "pixels", "thousand", "hundred", "one"]
Format = Literal["xyxy", "xywh", "cxcywh", "yxyx", "yxhw", "xxyy", "xyxy_up", "xywh_up"]

SLACK = 2.0
"""Pixels, or thousandths, by which a box may pass the picture's edge."""
UNITS: dict[Scale, float] = {"thousand": 1000, "hundred": 100, "one": 1}
"""The picture's width and height in each unit but pixels."""
_MEANINGS: dict[Format, tuple[str, tuple[int, ...], Callable[[Boxes, Boxes], tuple[Boxes, Boxes]]]] = {
    "xyxy": ("left, top, right, bottom", (0, 1, 2, 3), lambda a, b: (a, b)),
    "xywh": ("left, top, width, height", (0, 1, 2, 3), lambda a, b: (a, a + b)),
    "cxcywh": ("centre x, centre y, width, height", (0, 1, 2, 3), lambda a, b: (a - b / 2, a + b / 2)),
    "yxyx": ("top, left, bottom, right", (1, 0, 3, 2), lambda a, b: (a, b)),
    "yxhw": ("top, left, height, width", (1, 0, 3, 2), lambda a, b: (a, a + b)),
    "xxyy": ("left, right, top, bottom", (0, 2, 1, 3), lambda a, b: (a, b)),
    "xyxy_up": ("left, bottom, right, top, from the bottom up,", (0, 1, 2, 3), lambda a, b: (a, b)),
    "xywh_up": ("left, bottom, width, height, from the bottom up,", (0, 1, 2, 3), lambda a, b: (a, a + b)),
}
_UPWARD: tuple[Format, ...] = ("xyxy_up", "xywh_up")
"""Formats in which y grows from the bottom up, as in PDF files."""
_LOOKED_AT = 8  # pictures
_DARKER = 48  # of 255: what differs from the paper by this is ink
_RING_PX = 3
_DOUBTFUL = 0.5  # share of boxes that fit, below which other conventions are tried
_SURE = 0.7  # of another convention, from which it is named
_LEAST_BOXES = 1


@dataclass(frozen=True, slots=True)
class BoxedPicture:
    """A picture and the boxes of its words as the dataset has them."""

    raster: Raster
    boxes: Boxes
    """(N, 4) numbers; NaN where a word has none."""


def corners(boxes: Boxes, form: Format) -> Boxes:
    """(N, 4) the smaller x and y and the larger ones, in the unit of the numbers."""
    _, order, ends = _MEANINGS[form]
    boxes = boxes[:, order]
    return np.concatenate(ends(boxes[:, :2], boxes[:, 2:]), axis=1)


def in_pixels(boxes: Boxes, size_px: tuple[int, int], form: Format, scale: Scale) -> Boxes:
    """(N, 4) left, top, right, bottom in pixels of a picture of that size. boxes: (N, 4) numbers of the dataset."""
    boxes = corners(boxes, form)
    if scale in UNITS:
        boxes = boxes * np.array(size_px * 2, dtype=np.float64) / UNITS[scale]
    if form in _UPWARD:
        left, low, right, high = boxes.T
        boxes = np.stack((left, size_px[1] - high, right, size_px[1] - low), axis=1)
    return boxes


def unit_of(pictures: Sequence[BoxedPicture], form: Format) -> Scale:
    """The unit of all boxes: shares where none passes 1, else thousandths or pixels.

    They are thousandths when none passes 1,000 and read as pixels they would leave the picture in more than a twentieth
    of the rows, or leave the last tenth of every large picture without a word.
    """
    if not pictures:
        return "pixels"
    ends = np.array([np.nanmax(corners(picture.boxes, form)[:, 2:], axis=0) for picture in pictures])
    if ends.max() <= 1:
        return "one"
    if ends.max() > 1000 + SLACK:
        return "pixels"
    sizes = np.array([picture.raster.size_px for picture in pictures])
    if (ends > sizes + SLACK).any(1).mean() > 0.05:
        return "thousand"
    large = sizes.max(1) > 1100
    reached = np.where(sizes[:, 0] > sizes[:, 1], ends[:, 0] / sizes[:, 0], ends[:, 1] / sizes[:, 1])
    return "thousand" if bool(large.all() and (reached < 0.9).all()) else "pixels"


def check_convention(name: str, pictures: Sequence[BoxedPicture], form: Format, scale: Scale) -> None:
    """Raises `DocumentError` where another convention fits the boxes of the first pictures, and this one does not."""
    prints = [_Print(picture) for picture in pictures[:_LOOKED_AT]]
    count = sum(len(one.boxes) for one in prints)
    share = _share(prints, form, scale)
    if count < _LEAST_BOXES or share >= _DOUBTFUL:
        return
    units: list[Scale] = [scale, *(unit for unit in ("pixels", *UNITS) if unit != scale)]
    shares = {(other, unit): _share(prints, other, unit) for other in _MEANINGS for unit in units}
    best = max(shares, key=lambda key: shares[key])
    if shares[best] >= _SURE:
        remedy = [f"documents.box_format={best[0]}"] * (best[0] != form)
        remedy += [f"documents.box_scale={best[1]}"] * (best[1] != scale)
        raise DocumentError(
            f"{name}: as {_called(form, scale)}, {count - round(share * count):,} of the first {count:,} boxes end "
            f"before they begin, leave the picture or lie beside the print; as {_called(*best)}, "
            f"{round(shares[best] * count):,} fit: set {' '.join(remedy)}"
        )


def fits(picture: BoxedPicture) -> float:
    """The share of a picture's boxes, in pixels, that lie on its print."""
    return _share([_Print(picture)], "xyxy", "pixels")


def _called(form: Format, scale: Scale) -> str:
    unit = f"units of which a side has {UNITS[scale]:,}" if scale in UNITS else "pixels"
    return f"{_MEANINGS[form][0]} in {unit}"


class _Print:
    """The ink of a picture, and its boxes that are numbers."""

    def __init__(self, picture: BoxedPicture) -> None:
        self.size_px = picture.raster.size_px
        self.boxes = picture.boxes[np.isfinite(picture.boxes).all(axis=1)]
        grey = picture.raster.pixels()
        grey = grey if grey.ndim == 2 else grey[..., 1]
        ink = np.abs(grey.astype(np.int16) - np.int16(np.median(grey))) > _DARKER
        self._sums = np.zeros((grey.shape[0] + 1, grey.shape[1] + 1), dtype=np.int64)
        self._sums[1:, 1:] = ink.cumsum(0, dtype=np.int64).cumsum(1)

    def _ink(self, boxes: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
        left, top, right, bottom = np.clip(boxes, 0, self.size_px * 2).T
        sums = self._sums
        return np.asarray(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left])

    def fitting(self, boxes: Boxes) -> int:
        """How many boxes in pixels lie in the picture, with ink in them that is denser than the ink around them."""
        size = np.array(self.size_px * 2)
        inside = (boxes[:, :2] >= -SLACK).all(1) & (boxes[:, 2:] <= size[2:] + SLACK).all(1)
        boxes = boxes[inside & (boxes[:, 2:] > boxes[:, :2]).all(1)]
        inner = np.concatenate((np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])), axis=1).astype(np.intp)
        outer = inner + np.array((-1, -1, 1, 1)) * _RING_PX
        ink, more = self._ink(inner), self._ink(outer)
        area, wider = (np.prod(box[:, 2:] - box[:, :2], axis=1) for box in (inner, outer))
        return int(((ink > 0) & ((more - ink) * area < 0.5 * ink * (wider - area))).sum())


def _share(prints: Sequence[_Print], form: Format, scale: Scale) -> float:
    fitting = sum(one.fitting(in_pixels(one.boxes, one.size_px, form, scale)) for one in prints)
    return fitting / max(1, sum(len(one.boxes) for one in prints))
