"""Boxes of a row's columns as objects of classes: what exports for detectors share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any, NamedTuple

from synthink.build.stored_rows import Row
from synthink.core.columns import stored
from synthink.draw.geometry import Box
from synthink.errors import ConfigError, did_you_mean
from synthink.exports.base import Export, Part
from synthink.exports.dataset import ExportedDataset, PictureRows, boxes_of

MOST_CLASSES = 1000


class DetectedObject(NamedTuple):
    """One box of a picture. text: what stands in it, where a column says so."""

    kind: str
    box: Box
    text: str


class Classes:
    """The classes of the boxes of a dataset. chosen: column of boxes -> a class, or the column that has their classes.

    Raises `ConfigError` for columns that are none, and for more classes than detectors are made for.
    """

    def __init__(self, dataset: ExportedDataset, chosen: Mapping[str, str]) -> None:
        self._columns = {name: stored(kind) for name, kind in dataset.columns.items()}
        with_boxes = [name for name, kind in self._columns.items() if kind in (Box, list[Box])]
        if not with_boxes:
            raise ConfigError("dataset", str(dataset.folder), "has no columns of boxes")
        for column, kind in chosen.items():
            if column not in with_boxes:
                hint = did_you_mean(column, with_boxes)
                raise ConfigError(f"boxes.{column}", kind, f"is no column of boxes; {hint}")
        generator = dataset.generator
        self._texts = {column: texts for column, texts in generator.box_texts.items() if texts in self._columns}
        """Column of boxes -> the column of the texts that stand in them."""
        classes = {column: names for column, names in generator.box_classes.items() if column in self._texts}
        self._read = {column: kind for column, kind in chosen.items() if self._columns.get(kind) in (str, list[str])}
        """Column of boxes -> the column of their classes."""
        if not chosen:
            chosen = {column: _stem(column) for column in with_boxes}
            self._read = {column: self._texts[column] for column in classes}
        self._fixed = {column: kind for column, kind in chosen.items() if column not in self._read}
        """Column of boxes -> their class."""
        self._known = {column: classes[column] for column in classes if self._read.get(column) == self._texts[column]}
        """Column of boxes -> their classes, where no row needs to be read for them."""
        self.names = self._names(dataset)

    def objects(self, picture: PictureRows, part: Part) -> list[DetectedObject]:
        """The boxes of a picture with their classes, each once, also where two columns have it; boxes without a class
        are counted."""
        objects: dict[tuple[str, Box], DetectedObject] = {}
        for row in picture.rows:
            for column, number, box in boxes_of(self._columns, row):
                if column not in self._read and column not in self._fixed:
                    continue
                kind = self._class(row, column, number)
                if kind in self.names:
                    thing = DetectedObject(kind, box, self._text(row, column, number))
                    if thing.text or (kind, box) not in objects:
                        objects[kind, box] = thing
                else:
                    part.left_out.note(f"boxes of {column} without a class", row["id"])
        return list(objects.values())

    def _names(self, dataset: ExportedDataset) -> dict[str, int]:
        """Class -> its number: those that are known without the rows in their order, then others by name."""
        names = dict.fromkeys([*self._fixed.values(), *(name for known in self._known.values() for name in known)])
        read = [column for column in self._read if column not in self._known]
        texts: set[str] = set()
        for row in dataset.all_rows() if read else ():
            boxes = boxes_of({column: self._columns[column] for column in read}, row)
            texts |= {self._class(row, column, number) for column, number, _ in boxes} - {""}
            if len(texts) > MOST_CLASSES:
                raise ConfigError("boxes", self._read, f"has more than {MOST_CLASSES:,} classes")
        names |= dict.fromkeys(sorted(texts))
        return {name: number for number, name in enumerate(names)}

    def _class(self, row: Row, column: str, number: int) -> str:
        return _text_of(row.get(self._read[column]), number) if column in self._read else self._fixed[column]

    def _text(self, row: Row, column: str, number: int) -> str:
        """The text that stands in a box, where a column says so."""
        return _text_of(row.get(self._texts.get(column, "")), number)


def _stem(column: str) -> str:
    return re.sub(r"_box(es)?$", "", column)


def _text_of(value: Any, number: int) -> str:
    """The text for one of a row's boxes: the one of all, or the one with its number; empty where there is none."""
    if isinstance(value, list):
        value = value[number] if number < len(value) else None
    return value if isinstance(value, str) else ""


class DetectionExport(Export):
    """An export of pictures and boxes; rows that share a picture are one."""

    boxes: dict[str, str] = field(default_factory=dict)
    """Column of boxes -> the class of its boxes, or the column that has their classes, such as {ink_box: gesture}.
    Empty: all columns of boxes, each a class of its own (`word_boxes`: word), or those that its generator declares, as
    the ten figures of a meter."""

    def prepare(self, dataset: ExportedDataset) -> None:
        object.__setattr__(self, "_classes", Classes(dataset, self.boxes))

    @property
    def classes(self) -> Classes:
        """The classes of the dataset that `prepare` has looked at."""
        classes: Classes = self._classes  # type: ignore[attr-defined]
        return classes
