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
    reader = "synthink.read_ink, and other readers of InkML"

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
                write_ink(folder / f"{row['id']}.inkml", ink_of(row))
            except InkError as error:
                part.left_out.note(f"rows whose ink InkML has no room for ({error.reason})", row["id"])
                continue
            part.rows += len(picture.rows)


def ink_of(row: Row) -> Ink:
    """The ink of a row: its strokes in pixels, and what they say or show."""
    strokes = [np.array(stroke, dtype=np.float32) for stroke in row["strokes"]]  # None, a gap, becomes NaN
    label = row.get("text") or row.get("shape") or row.get("gesture")
    return Ink(strokes, label=label, writer=row.get("writer"), units="px")
