"""Rows as the files keep them: every column to the letter, pictures as thumbnails."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from synthink import Generator, Mixture, RowDataset, dataset
from tests.golden.cases import SEED, GoldenCase

Record = dict[str, Any]
"""Column -> its value in JSON types, or the digest of a long one."""
Splits = dict[str, dict[str, Record]]
"""Split -> index of the row -> the row."""

CELLS = 10
"""A thumbnail has so many cells across and down."""
TOLERANCE = 4
"""Levels of 255 by which any cell may differ. Another Pillow, FreeType or libjpeg moves single pixels on the edges of
ink by some levels, and the mean over a cell of hundreds of pixels by less than one. A red stroke of 2 px through a cell
of 45 px, as pictures of 448 px have, moves its green and blue by 11: ink that is lost or elsewhere is seen."""
SIZE, THUMBNAIL, CONTROL = "image.size_px", "image.thumbnail", "image.control"
"""The columns that stand for the picture, and for that of the same row without its mark or ink."""
LONGEST = 200
"""Characters of JSON that are kept as they are."""


class DrawnCase(NamedTuple):
    """A case's rows, and the versions of the generators that drew them."""

    versions: dict[str, int]
    splits: Splits


def draw_case(generator: str, case: GoldenCase) -> DrawnCase:
    """All rows of a case; the first one also without its mark or ink."""
    options: dict[str, Any] = {"size": 0, "seed": SEED, "shares": case.shares}
    source = dataset(generator, split=next(iter(case.shares)), **options, **case.fields).source
    splits: Splits = {}
    for number, split in enumerate(case.shares):
        rows = RowDataset(source, split, range(max(case.indices) + 1))
        splits[split] = {str(index): record(rows[index]) for index in case.indices}
        if number == 0:
            first = case.indices[0]
            splits[split][str(first)][CONTROL] = thumbnail(rows.control(first)["image"])
    return DrawnCase(versions(source.generator), splits)


def versions(generator: Generator) -> dict[str, int]:
    """The version of a generator and, of a mixture, those of its parts."""
    drawn_by = {generator.name: generator.version}
    for part in generator.generators if isinstance(generator, Mixture) else ():
        drawn_by |= versions(part)
    return drawn_by


def record(row: dict[str, Any]) -> Record:
    """A row of a `RowDataset` as it is kept."""
    kept = {column: kept_value(value) for column, value in row.items() if column != "image"}
    return kept | {SIZE: list(row["image"].size), THUMBNAIL: thumbnail(row["image"])}


def kept_value(value: Any) -> Any:
    """A value in JSON types; where its JSON is long, the SHA-256 of that and how many characters it has."""
    text = canonical(value)
    if len(text) <= LONGEST:
        return json.loads(text)
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "characters": len(text)}


def canonical(value: Any) -> str:
    """The one JSON text of a value; 1, 1.0 and true have three."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def thumbnail(picture: Image.Image) -> str:
    """Mean colours of 10 x 10 cells, line by line, as bytes of red, green and blue in base 64."""
    pixels = np.asarray(picture.convert("RGB"), dtype=np.int64)
    height, width, _ = pixels.shape
    tops, lefts = np.arange(CELLS) * height // CELLS, np.arange(CELLS) * width // CELLS
    sums = np.add.reduceat(np.add.reduceat(pixels, tops, axis=0), lefts, axis=1)
    areas = np.outer(np.diff(tops, append=height), np.diff(lefts, append=width))[:, :, np.newaxis]
    means = (2 * sums + areas) // (2 * areas)  # rounded without a float
    return base64.b64encode(means.astype(np.uint8).tobytes()).decode("ascii")


def thumbnail_cells(text: str) -> npt.NDArray[np.uint8]:
    """(10, 10, 3): a thumbnail's cells."""
    return np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(CELLS, CELLS, 3)


def levels_apart(one: str, other: str) -> int:
    """The greatest difference between two thumbnails, in levels of 255."""
    return int(np.abs(thumbnail_cells(one).astype(int) - thumbnail_cells(other).astype(int)).max())


def changed_columns(kept: Record, drawn: Record) -> dict[str, str]:
    """Column -> what became of it, of all columns in which a row that was drawn now differs from the one kept."""
    changes = {}
    for column in [*kept, *(column for column in drawn if column not in kept)]:
        if column not in drawn:
            changes[column] = "is gone"
        elif column not in kept:
            changes[column] = "is new"
        elif column in (THUMBNAIL, CONTROL):
            if (levels := levels_apart(kept[column], drawn[column])) > TOLERANCE:
                changes[column] = f"is {levels} levels of 255 apart, more than {TOLERANCE}"
        elif canonical(kept[column]) != canonical(drawn[column]):
            changes[column] = f"was {canonical(kept[column])}, is {canonical(drawn[column])}"
    return changes
