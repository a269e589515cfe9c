"""sketch-rnn's .npz of drawings (Ha & Eck, "A Neural Representation of Sketch Drawings", 2017).

Arrays `train`, `valid`, `test` of objects, each (N, 3) int16: dx, dy from the point before, and 1 at the last point of
a stroke.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.ink.files.base import InkFileFormat, Reading
from synthink.ink.files.fates import Fates, left_out
from synthink.ink.files.npz.arrays import member_names, opened
from synthink.ink.files.strokes import assemble, limited
from synthink.ink.model import Ink, InkError

SPLITS = ("train", "valid", "test")


class SketchRnnFormat(InkFileFormat):
    """Files of sketch-rnn with drawings of one category."""

    suffixes = (".npz",)
    sniff_order = 70
    fates = Fates(read={"": " ".join(SPLITS)}, metadata={"": "split"})

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the file is a zip of the three splits, and of nothing that other formats have."""
        names = member_names(path, head)
        return bool(names) and names <= set(SPLITS)

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield one ink a drawing, with its split as metadata; without a label, which is the name of the file."""
        return limited(_inks(path, reading), reading)


def _inks(path: Path, reading: Reading) -> Iterator[Ink]:
    count = 0
    with opened(path, reading) as arrays:
        arrays.first(*SPLITS)
        others = left_out(SketchRnnFormat.fates.unknown(arrays))
        for split in filter(arrays.__contains__, SPLITS):
            for index, rows in enumerate(arrays.get(split)):
                count += 1
                element = f"array {split}, drawing {index}"
                try:
                    strokes = stroke_3(rows)
                except InkError as error:
                    reading.skip(error.reason, element)
                    continue
                source = f"{path.name}#{count}"
                ink = assemble(reading, element, strokes, source=source, metadata={"split": split, **others})
                if ink is not None:
                    yield ink


def summed(rows: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """(N, 2) coordinates of rows (N, 3) of deltas."""
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused as infinite
        return np.cumsum(rows[:, :2].astype(np.float64), axis=0)


def stroke_3(
    rows: Any, where: Callable[[npt.NDArray[Any]], npt.NDArray[np.float64]] = summed
) -> list[npt.NDArray[np.float64]]:
    """Strokes (n, 2) of rows (N, 3): dx, dy, and 1 at the last point of a stroke. Raises `InkError` for other rows.

    where: gives the coordinates (N, 2) of the rows.
    """
    if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.shape[1] != 3 or rows.dtype.kind not in "iuf":
        what = f"{rows.dtype} of shape {rows.shape}" if isinstance(rows, np.ndarray) else type(rows).__name__
        raise InkError(f"is no array (N, 3) of numbers but {what}")
    if not np.isin(rows[:, 2], (0, 1)).all():
        raise InkError("has pen states other than 0 and 1")
    return [stroke for stroke in np.split(where(rows), np.flatnonzero(rows[:, 2] == 1) + 1) if len(stroke)]
