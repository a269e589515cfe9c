"""Handwriting as recognisers read it: lines and words as PAGE XML, and strokes as InkML."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from synthink.build.stored_rows import Row
from synthink.core.columns import stored
from synthink.draw.geometry import Box, InkPoint
from synthink.errors import ConfigError
from synthink.exports.base import Export, Part
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.ink.files.safe_xml import holds
from synthink.ink.model import Ink, InkError
from synthink.ink.writing import write_ink

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
CREATED = "1970-01-01T00:00:00"
"""The time that the format asks for: the same rows give the same bytes."""


class PageXmlExport(Export):
    """A page a picture: `SPLIT/SHARD/ID.xml` beside `ID.png`, with lines of handwriting and their words."""

    name = "pagexml"
    reader = "Transkribus, eScriptorium, kraken, and other readers of PAGE XML 2019-07-15"

    def prepare(self, dataset: ExportedDataset) -> None:
        _need(dataset, self.name, {"text": str, "words": list[str], "word_boxes": list[Box]})

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            row = picture.rows[0]
            lines = written_lines(row)
            if not lines:
                part.left_out.note("rows whose words are not those of a written text", row["id"])
            elif not holds(row["text"]):
                part.left_out.note("rows with characters that XML has no room for", row["id"])
            else:
                part.picture(picture, part.split)
                page = "\n".join([*_page(picture, lines), ""]).encode()
                part.write(f"{part.split}/{part.stem}", f"{picture.name.rpartition('.')[0]}.xml", page)
                part.rows += len(picture.rows)


def written_lines(row: Row) -> list[list[tuple[str, Box]]]:
    """The lines of a row's handwriting, each as its words and their boxes; empty where its words are those of something
    else, such as a printed page."""
    words, boxes = row.get("words") or [], row.get("word_boxes") or []
    texts = [line.split() for line in (row.get("text") or "").split("\n")]
    if not words or [word for line in texts for word in line] != words or len(boxes) != len(words):
        return []
    pairs = zip(words, (Box(*box) for box in boxes), strict=True)
    return [line for line in ([next(pairs) for _ in texts_of_line] for texts_of_line in texts) if line]


def _page(picture: PictureRows, lines: Sequence[Sequence[tuple[str, Box]]]) -> Iterator[str]:
    width, height = picture.size_px
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<PcGts xmlns="{NAMESPACE}">'
    times = f"<Created>{CREATED}</Created><LastChange>{CREATED}</LastChange>"
    yield f"<Metadata><Creator>synthink</Creator>{times}</Metadata>"
    yield f'<Page imageFilename={quoteattr(picture.name)} imageWidth="{width}" imageHeight="{height}">'
    yield f'<TextRegion id="region">{_coords([box for line in lines for _, box in line])}'
    for number, line in enumerate(lines):
        yield f'<TextLine id="line{number}">{_coords([box for _, box in line])}'
        for place, (word, box) in enumerate(line):
            yield f'<Word id="line{number}word{place}">{_coords([box])}{_text(word)}</Word>'
        yield f"{_text(' '.join(word for word, _ in line))}</TextLine>"
    yield "</TextRegion></Page></PcGts>"


def _coords(boxes: Sequence[Box]) -> str:
    """The corners around boxes, in whole pixels, which hold all of them."""
    left, top = (math.floor(min(box[side] for box in boxes)) for side in (0, 1))
    right, bottom = (math.ceil(max(box[side] for box in boxes)) for side in (2, 3))
    return f'<Coords points="{left},{top} {right},{top} {right},{bottom} {left},{bottom}"/>'


def _text(text: str) -> str:
    return f"<TextEquiv><Unicode>{escape(text)}</Unicode></TextEquiv>"


class InkMlExport(Export):
    """An InkML file a picture, `SPLIT/SHARD/ID.inkml`: its strokes in pixels with times and pressures, and its text."""

    name = "inkml"
    reader = "synthink.read_ink, and other readers of InkML"

    def prepare(self, dataset: ExportedDataset) -> None:
        _need(dataset, self.name, {"strokes": list[list[InkPoint]]})

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


def _need(dataset: ExportedDataset, name: str, columns: dict[str, Any]) -> None:
    """Raise `ConfigError` for a dataset that lacks one of the columns, or has another type of it."""
    for column, kind in columns.items():
        if stored(dataset.columns.get(column)) != kind:
            reason = f"needs the column {column}, which {dataset.folder} does not have"
            raise ConfigError("format", name, reason)
