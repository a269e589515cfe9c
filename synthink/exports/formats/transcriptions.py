"""Handwriting as recognisers of pages read it: lines and words with their places, as PAGE XML and as ALTO."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from synthink.draw.geometry import Box
from synthink.exports.base import Export, Part
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.exports.written_lines import WrittenLine, whole_pixels, written_lines
from synthink.ink.files.safe_xml import holds

PAGE_NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
ALTO_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
CREATED = "1970-01-01T00:00:00"
"""The time that PAGE XML asks for: the same rows give the same bytes."""


class TranscriptionExport(Export):
    """A page a picture: `SPLIT/SHARD/ID.xml` beside `ID.png`, with lines of handwriting, their words and baselines."""

    def prepare(self, dataset: ExportedDataset) -> None:
        dataset.need(self.name, {"text": str, "words": list[str], "word_boxes": list[Box]})

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
                page = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *self.page(picture, lines), ""]).encode()
                part.write(f"{part.split}/{part.stem}", f"{picture.name.rpartition('.')[0]}.xml", page)
                part.rows += len(picture.rows)

    @abstractmethod
    def page(self, picture: PictureRows, lines: Sequence[WrittenLine]) -> Iterator[str]:
        """The lines of the XML file about a picture, behind the first."""


class PageXmlExport(TranscriptionExport):
    """PAGE XML 2019-07-15."""

    name = "pagexml"
    reader = "kraken, eScriptorium, Transkribus, and other readers of PAGE XML 2019-07-15"

    def page(self, picture: PictureRows, lines: Sequence[WrittenLine]) -> Iterator[str]:
        width, height = picture.size_px
        times = f"<Created>{CREATED}</Created><LastChange>{CREATED}</LastChange>"
        yield f'<PcGts xmlns="{PAGE_NAMESPACE}">'
        yield f"<Metadata><Creator>synthink</Creator>{times}</Metadata>"
        yield f'<Page imageFilename={quoteattr(picture.name)} imageWidth="{width}" imageHeight="{height}">'
        yield f'<TextRegion id="region">{_coords([box for line in lines for box in line.boxes])}'
        for number, line in enumerate(lines):
            baseline = f'<Baseline points="{_points(line.baseline)}"/>'
            yield f'<TextLine id="line{number}">{_coords(line.boxes)}{baseline}'
            for place, (word, box) in enumerate(line.words):
                yield f'<Word id="line{number}word{place}">{_coords([box])}{_text(word)}</Word>'
            yield f"{_text(line.text)}</TextLine>"
        yield "</TextRegion></Page></PcGts>"


class AltoExport(TranscriptionExport):
    """ALTO 4."""

    name = "alto"
    reader = "kraken, eScriptorium, and other readers of ALTO 4"

    def page(self, picture: PictureRows, lines: Sequence[WrittenLine]) -> Iterator[str]:
        width, height = picture.size_px
        source = f"<sourceImageInformation><fileName>{escape(picture.name)}</fileName></sourceImageInformation>"
        yield f'<alto xmlns="{ALTO_NAMESPACE}">'
        yield f"<Description><MeasurementUnit>pixel</MeasurementUnit>{source}</Description>"
        yield f'<Layout><Page ID="page" PHYSICAL_IMG_NR="1" WIDTH="{width}" HEIGHT="{height}">'
        yield f'<PrintSpace HPOS="0" VPOS="0" WIDTH="{width}" HEIGHT="{height}">'
        yield f'<TextBlock ID="block" {_place([box for line in lines for box in line.boxes])}>'
        for number, line in enumerate(lines):
            corners = f'<Shape><Polygon POINTS="{_points(_corners(line.boxes))}"/></Shape>'
            about = f'ID="line{number}" BASELINE="{_points(line.baseline)}" {_place(line.boxes)}'
            yield f"<TextLine {about}>{corners}"
            for place, (word, box) in enumerate(line.words):
                space = "<SP/>" if place else ""
                yield f'{space}<String ID="line{number}word{place}" CONTENT={quoteattr(word)} {_place([box])}/>'
            yield "</TextLine>"
        yield "</TextBlock></PrintSpace></Page></Layout></alto>"


def _corners(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    left, top, right, bottom = whole_pixels(boxes)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _points(points: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _coords(boxes: Sequence[Box]) -> str:
    """The element of PAGE XML for the corners around boxes."""
    return f'<Coords points="{_points(_corners(boxes))}"/>'


def _place(boxes: Sequence[Box]) -> str:
    """The attributes of ALTO for the box around boxes."""
    left, top, right, bottom = whole_pixels(boxes)
    return f'HPOS="{left}" VPOS="{top}" WIDTH="{right - left}" HEIGHT="{bottom - top}"'


def _text(text: str) -> str:
    return f"<TextEquiv><Unicode>{escape(text)}</Unicode></TextEquiv>"
