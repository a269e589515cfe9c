"""Strokes of handwriting and drawings as InkML."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from synthink.build.stored_rows import Row
from synthink.draw.geometry import InkPoint
from synthink.exports.base import Export, Part
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.ink.model import Ink, InkError
from synthink.ink.writing import write_ink


class InkMlExport(Export):
    """An InkML file a picture, `SPLIT/SHARD/ID.inkml`: its strokes in pixels with times and pressures, and its text."""

    name = "inkml"
    reader = "synthink.read_ink, and other readers of InkML; with pressure=false also those that expect x, y and time"

    pressure: bool = True
    """Whether points have pressures: the readers that come with MathWriting and CROHME take none."""

    def prepare(self, dataset: ExportedDataset) -> None:
        dataset.need(self.name, {"strokes": list[list[InkPoint]]})

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            row = picture.rows[0]
            if not row.get("strokes"):
                part.left_out.note("rows without strokes", row["id"])
                continue
            folder = part.new_folder(f"{part.split}/{part.stem}")
            try:
                write_ink(folder / f"{row['id']}.inkml", ink_of(row, self.pressure))
            except InkError as error:
                part.left_out.note(f"rows whose ink InkML has no room for ({error.reason})", row["id"])
                continue
            part.rows += len(picture.rows)


def ink_of(row: Row, pressure: bool = True) -> Ink:
    """The ink of a row: its strokes in pixels, with or without pressures, and what they say or show."""
    columns = 4 if pressure else 3
    strokes = [np.array(stroke, dtype=np.float32)[:, :columns] for stroke in row["strokes"]]  # None becomes NaN
    label = row.get("text") or row.get("shape") or row.get("gesture")
    return Ink(strokes, label=label, writer=row.get("writer"), units="px")
