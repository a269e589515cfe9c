"""A row of gestures as arrays, wherever it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SAME = 0.07  # px between boxes that are the same: 1/64 px of the page, enlarged
CLOSED = 4.7  # radians that a line turns around what it holds
FALL = 0.06  # by which slopes differ in one photograph
EDGE = 0.1  # px: boxes that come so near to the picture's border were cut off there

NO_STROKES, NO_NUMBERS = "the strokes are not told", "a stroke or a box is no number"
NO_INK, STRAY_INK = "a gesture without strokes", "strokes without a gesture"


_NEEDED = ("words", "word_boxes", "image_boxes", "target_box", "target_words", "target_ends", "strokes")
_LISTS = ("word_boxes", "image_boxes", "target_ends")
_SINGLE = ("target_box", "ink_box", "text_box")


@dataclass(frozen=True, eq=False)
class RowScene:
    """The labels of a row, in pixels of the picture.

    boxes: (W, 4) around the words; images: (I, 4); target: (4,); ends: (E, 4); strokes: (N, 2) each, in the order in
    which they were drawn; width: of the pen; scale: pixels of the picture to one of the page; same: the most by which
    boxes that are the same may differ.
    """

    size_px: tuple[int, int]
    words: tuple[str, ...]
    boxes: Floats
    images: Floats
    target: Floats
    target_words: tuple[str, ...]
    ends: Floats
    strokes: tuple[Floats, ...]
    width: float
    scale: float
    same: float
    ink_box: Floats | None
    text_box: Floats | None
    sure_box: Floats | None = None
    """(4,): what a turned picture surely shows of the page, whose border is not told; None for one that is not turned,
    and shows the page to its own border."""
    doubt: float = 0.12
    """H beyond what a mark may be, up to which it is not called wrong."""

    def cut(self, boxes: Floats) -> Flags:
        """(4,) or (N, 4): which edges of boxes lie on the picture's border, or beyond what is surely shown."""
        if self.sure_box is not None:
            beyond: Flags = (boxes - self.sure_box) * (1, 1, -1, -1) < 0
            return beyond
        is_cut: Flags = np.abs(boxes - self.visible) < EDGE
        return is_cut

    @property
    def visible(self) -> Floats:
        """(4,): the part of the picture that surely shows the page."""
        return np.array((0.0, 0.0, *self.size_px)) if self.sure_box is None else self.sure_box

    def off(self, box: Floats) -> float:
        """The px by which a box may be off: long ones more in a turned picture, for lines elsewhere fall otherwise."""
        return self.same if self.sure_box is None else self.same + FALL * float((box[2:] - box[:2]).max())

    def clipped(self, boxes: Floats) -> Floats:
        """(4,) or (N, 4): as much of boxes as lies in the picture."""
        return np.clip(boxes, 0, np.array(self.size_px * 2))


def scene_of(row: Mapping[str, Any], same: float = SAME) -> RowScene | str | None:
    """None where the row lacks columns that everything hangs on; a reason where they contradict each other."""
    if any(row.get(key) is None for key in _NEEDED):
        return None
    strokes = tuple(np.array(stroke, np.float64).reshape(-1, 4)[:, :2] for stroke in row["strokes"])
    if bool(strokes) != (row.get("gesture") is not None) and "gesture" in row:
        return NO_INK if row["gesture"] is not None else STRAY_INK
    lists = [_boxes(row[key]) for key in _LISTS]
    singles = [_boxes([row[key]] if row.get(key) is not None else []) for key in _SINGLE]
    if len(lists[0]) != len(row["words"]) or not all(len(stroke) for stroke in strokes):
        return NO_NUMBERS
    if not all(np.isfinite(values).all() for values in (*strokes, *lists, *singles)):
        return NO_NUMBERS
    words, images, ends = lists
    target, ink_box, text_box = (box[0] if len(box) else None for box in singles)
    return RowScene(
        size_px=row["image"].size,
        words=tuple(row["words"]),
        boxes=words,
        images=images,
        target=np.asarray(target),
        target_words=tuple(row["target_words"]),
        ends=ends,
        strokes=strokes,
        width=float(row.get("ink_width_px") or 0.0),
        scale=row["image"].width / (row["crop_box"][2] - row["crop_box"][0]) if row.get("crop_box") else 1.0,
        same=same,
        ink_box=ink_box,
        text_box=text_box,
    )


def _boxes(value: Any) -> Floats:
    return np.array([list(box) for box in value], np.float64).reshape(-1, 4)


def winds_around(stroke: Floats, place: Floats) -> bool:
    """Whether a line goes around a place at least nearly once."""
    x, y = (stroke - place).T
    turns = np.diff(np.arctan2(y, x))
    turns -= 2 * np.pi * np.rint(turns / (2 * np.pi))
    return bool(abs(turns.sum()) > CLOSED)


def crossings(stroke: Floats, y: float) -> Floats:
    """The x at which a line, closed, passes a height."""
    ring = np.concatenate((stroke, stroke[:1]))
    below = ring[:, 1] >= y
    rows = np.flatnonzero(below[1:] != below[:-1])
    (x0, y0), (x1, y1) = ring[rows].T, ring[rows + 1].T
    places: Floats = x0 + (x1 - x0) * (y - y0) / (y1 - y0)
    return places


def middle(box: Floats) -> Floats:
    return (box[:2] + box[2:]) / 2
