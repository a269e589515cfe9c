"""Pages from a Hugging Face dataset with the columns image, words and boxes, such as FUNSD, CORD or SROIE."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from synthink.confined import file_inside, read_inside
from synthink.documents.page.files import MAX_BYTES, decoded_as
from synthink.documents.page.model import Boxes, DocumentError, Page, make_page
from synthink.documents.page.tiles import Raster
from synthink.documents.reading_order.arrange import Arrangement, arrange, arrange_lines, without
from synthink.documents.sources.box_convention import (
    SLACK,
    UNITS,
    BoxedPicture,
    Format,
    Scale,
    check_convention,
    fits,
    in_pixels,
    unit_of,
)
from synthink.documents.sources.collector import PageCollector
from synthink.documents.sources.places import DATASET, Match, is_folder, local_path
from synthink.documents.sources.source import DocumentSource, ReadOptions, usable_word
from synthink.draw.picture_file import text_fault
from synthink.draw.shown import as_shown, orientation, turned_boxes
from synthink.errors import AssetError
from synthink.files import user_path

IMAGE = ("image", "img", "page_image")
WORDS = ("words", "tokens")
BOXES = ("boxes", "bboxes", "bbox", "word_boxes")
_CORNERS = [
    names.split() for names in ("x0 y0 x1 y1", "x1 y1 x2 y2", "left top right bottom", "xmin ymin xmax ymax", "l t r b")
]
_SIZES = [names.split() for names in ("x y w h", "x y width height", "left top width height", "l t w h")]
"""How the four numbers of a box are called where they have names, in small letters without underlines."""
MOST_WORDS = 20_000
_FOLDER_MARKS = ("state.json", "dataset_dict.json", "dataset_info.json")  # one of them is in every saved dataset


class DatasetSource(DocumentSource):
    """Hugging Face datasets: `dataset:` and a path or a name on the hub, or a Parquet file. A document is a row."""

    def matches(self, place: str) -> Match:
        if place.startswith(DATASET):
            return Match.YES
        path = local_path(place)
        if is_folder(place):
            return Match.YES if any((path / name).is_file() for name in _FOLDER_MARKS) else Match.NO
        return Match.YES if path.suffix.lower() == ".parquet" and "://" not in place else Match.NO

    def read(self, place: str, collector: PageCollector, options: ReadOptions) -> None:
        path = place.removeprefix(DATASET)
        try:
            pages = read_dataset(
                path,
                form=options.box_format,
                scale=options.box_scale,
                most=collector.most - len(collector.pages),
                skipped=collector.skipped,
                budget=round(collector.cache_mb * 2**20),
            )
        except DocumentError as error:
            collector.record_rejection(error, path)
        else:
            collector.add(pages)


@dataclass(frozen=True, slots=True)
class _Row(BoxedPicture):
    """What one row holds, before its boxes' unit is known."""

    name: str
    words: list[str]
    """An empty text for what is none."""
    lines: tuple[int, ...] | None
    """The line of each word, where the dataset tells."""
    turn: int
    """The turn that the picture's EXIF asks for, as it numbers them."""
    stored_px: tuple[int, int]
    """The picture's size before the turn."""
    has_frames: bool
    """Whether the picture has further frames."""


def read_dataset(
    path: str, *, form: Format = "xyxy", scale: Scale, most: int, skipped: Counter[str], budget: int
) -> list[Page]:
    """The pages of at most `most` rows; a row is a document.

    path: a folder of `save_to_disk`, a Parquet file, or a dataset's name on the hub. form: which numbers a box has.
    scale: boxes are in pixels, or in thousandths of the picture's size as LayoutLM has them, and so on; `auto` tells by
    values and sizes of all rows together.
    `words` may be nested by line, `boxes` alike. skipped: reason -> rows and words that were left out. budget: bytes of
    memory. Raises `DocumentError` for a dataset that cannot be read, lacks the columns, or has boxes of another form.
    """
    rows: list[_Row] = []
    folder = Path(os.path.realpath(user_path(path)))
    bytes_held = 0
    for name, row in _rows(path, most):
        try:
            row_content = _read(row, name, folder)
        except DocumentError as error:
            skipped[_reason(error, name)] += 1
            continue
        if row_content.has_frames:
            skipped["pictures of several frames, of which the first is read"] += 1
        bytes_held += row_content.raster.bytes
        if bytes_held > budget:
            raise DocumentError(f"{path}: the first {len(rows) + 1:,} pages take more memory than allowed")
        rows.append(row_content)
    unit = unit_of(rows, form) if scale == "auto" else scale
    check_convention(path, [row for row in rows if row.turn == 1], form, unit)
    pages = []
    for row_content in rows:
        try:
            pages.append(_page(row_content, form, unit, skipped))
        except DocumentError as error:
            skipped[_reason(error, row_content.name)] += 1
    return pages


def _reason(error: DocumentError, name: str) -> str:
    return "rows: " + str(error).removeprefix(f"{name}: ")


def _rows(path: str, most: int) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Name and row of every row, splits one after the other."""
    import datasets

    place = user_path(path)
    label = place.name if place.exists() else path
    try:
        loaded = _loaded(datasets, place, path)
        parts = {str(name): loaded[name] for name in sorted(loaded)} if isinstance(loaded, dict) else {"": loaded}
        parts = {name: part for name, part in parts.items() if getattr(part, "num_rows", 1)}
        if not parts:
            raise DocumentError(f"{label}: has no rows")
        for name, part in parts.items():
            parts[name] = part.cast_column(_image_column(part, label), datasets.Image(decode=False))
        numbered_rows = ((name, number, row) for name, part in parts.items() for number, row in enumerate(part))
        for name, number, row in itertools.islice(numbered_rows, most):
            yield f"{label}{name and '/' + name}#{number}", row
    except AssetError as error:
        raise DocumentError(str(error)) from None
    except Exception as error:  # noqa: BLE001 - a loader of foreign files raises what it likes
        message = (str(error).strip().splitlines() or [type(error).__name__])[0]
        if isinstance(error, IndexError):  # what datasets says of a folder that holds no file of rows
            message = "has it any rows?"
        raise DocumentError(f"{label}: cannot be read as a dataset: {message}") from None


def _image_column(part: Any, label: str) -> str:
    """The column of a split's pictures. Raises `DocumentError` when one of the three columns is missing."""
    columns = part.column_names or list(next(iter(part), {}))
    for wanted in (IMAGE, WORDS, BOXES):
        if not any(column in columns for column in wanted):
            raise DocumentError(f"{label}: has no column {' or '.join(wanted)}; it has {', '.join(columns)}")
    return next(column for column in IMAGE if column in columns)


def _loaded(datasets: Any, place: Path, name: str) -> Any:
    from synthink.tables.folder import load_folder
    from synthink.tables.parquet import ParquetTable

    if place.is_dir():
        return load_folder(place.resolve())
    if place.is_file():
        import pyarrow.parquet

        with file_inside(place.resolve().parent, place.resolve().name) as file:
            ParquetTable(file, place.name)
        return datasets.Dataset(pyarrow.parquet.read_table(place, memory_map=True))
    # A large dataset is not fetched for a few of its rows.
    return datasets.load_dataset(name, streaming=not datasets.config.HF_HUB_OFFLINE)


def _read(row: Mapping[str, Any], name: str, folder: Path) -> _Row:
    """Raises `DocumentError` for what the row lacks."""
    words, lines = _flat(_first(row, WORDS), name)
    boxes = _first(row, BOXES)
    if lines is not None and isinstance(boxes, list):
        boxes = [box for line in boxes for box in line or ()]
    if not words:
        raise DocumentError(f"{name}: no words")
    if len(words) > MOST_WORDS:
        raise DocumentError(f"{name}: more than {MOST_WORDS:,} words")
    if len(words) != len(boxes or ()):
        raise DocumentError(f"{name}: as many boxes as words are needed")
    numbers = np.array([_box(box) for box in boxes])
    if not np.isfinite(numbers).any():
        raise DocumentError(f"{name}: boxes are not four numbers each")
    data = _picture(_first(row, IMAGE), name, folder)
    return decoded_as(
        data,
        name,
        lambda picture: _Row(
            Raster.of(np.asarray(as_shown(picture))),
            numbers,
            name,
            words,
            lines,
            orientation(picture),
            picture.size,
            getattr(picture, "is_animated", False),
        ),
    )


def _named_box(numbers: Mapping[str, Any]) -> Any:
    """The corners of a box whose four numbers have names; None where these are others."""
    for left, top, right, bottom in _CORNERS:
        if {left, top, right, bottom} <= numbers.keys():
            return [numbers[name] for name in (left, top, right, bottom)]
    for left, top, width, height in _SIZES:
        if {left, top, width, height} <= numbers.keys():
            sides = numbers[left], numbers[top], numbers[width], numbers[height]
            with contextlib.suppress(ValueError, TypeError):
                x, y, wide, high = map(float, sides)
                return [x, y, x + wide, y + high]
    return None


def _box(box: Any) -> tuple[float, ...]:
    """The four numbers of a box, or of the box around four points; NaN for anything else."""
    if isinstance(box, Mapping):
        box = _named_box({str(name).lower().replace("_", ""): number for name, number in box.items()})
    try:
        numbers = np.array(box, dtype=np.float64).ravel()
    except (ValueError, TypeError, OverflowError):
        numbers = np.zeros(0)
    if len(numbers) == 8:
        numbers = np.array((*numbers.reshape(4, 2).min(0), *numbers.reshape(4, 2).max(0)))
    return tuple(numbers.tolist()) if len(numbers) == 4 and np.isfinite(numbers).all() else (np.nan,) * 4


def _picture(image: Any, name: str, folder: Path) -> bytes:
    """The bytes of a picture's file, in the row or named by it."""
    if isinstance(image, Mapping):
        image = image.get("bytes") or image.get("path")
    if isinstance(image, str) and image:
        if fault := text_fault(image):
            raise DocumentError(f"{name}: its picture {fault}")
        image = _file_of(image, name, folder)
    if not isinstance(image, bytes) or not image:
        raise DocumentError(f"{name}: no picture")
    return image


def _file_of(path: str, name: str, folder: Path) -> bytes:
    """The picture's file that a row names: one of the dataset's folder, or none."""
    inner = path.removeprefix(f"{folder}{os.sep}")
    try:
        return read_inside(folder, inner, MAX_BYTES, DocumentError)
    except (OSError, DocumentError):
        raise DocumentError(f"{name}: its picture's file is not in the dataset's folder") from None


def _first(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next(row[name] for name in names if name in row)


def _flat(words: Any, name: str) -> tuple[list[str], tuple[int, ...] | None]:
    """The words, and the line of each where they are nested by line."""
    if isinstance(words, list) and any(isinstance(line, list) for line in words):
        nested = [line if isinstance(line, list) else [] for line in words]
        lines = tuple(number for number, line in enumerate(nested) for _ in line)
        flat, _ = _flat([word for line in nested for word in line], name)
        return flat, lines
    if not isinstance(words, list) or (words and not any(isinstance(word, str) for word in words)):
        raise DocumentError(f"{name}: words are no list of text")
    return [word if isinstance(word, str) else "" for word in words], None


def _page(row: _Row, form: Format, unit: Scale, skipped: Counter[str]) -> Page:
    boxes, slack = _upright(row, form, unit)
    size = np.array(row.raster.size_px * 2, dtype=np.float64)
    outside = np.any((boxes < -slack) | (boxes > size + slack), axis=1)
    boxes = np.clip(boxes, 0, size)
    texts, there = [], []
    for number, (word, box) in enumerate(zip(row.words, boxes.tolist(), strict=True)):
        text, reason = usable_word(word)
        fault = ""
        if not np.isfinite(box).all():
            fault = "words without a box of four numbers"
        elif outside[number]:
            fault = "words with a box outside the picture"
        elif box[2] <= box[0] or box[3] <= box[1]:
            fault = "words with an empty box"
        if reason or fault:
            skipped[reason or fault] += 1
        if not fault:
            texts.append(text)
            there.append(number)
    if not any(texts):
        raise DocumentError(f"{row.name}: boxes outside the picture" if outside.all() else f"{row.name}: no words")
    boxes = boxes[there]
    order, *places = _arranged(boxes, texts, row.lines and [row.lines[number] for number in there])
    dropped = np.array([not texts[place] for place in order.tolist()])
    words = [texts[place] for place in order.tolist() if texts[place]]
    boxes = boxes[order]
    return make_page(
        row.name, row.raster, words, boxes[~dropped], *without(dropped, boxes, *places), unread=boxes[dropped]
    )


def _upright(row: _Row, form: Format, unit: Scale) -> tuple[Boxes, Boxes]:
    """Boxes in pixels of the picture as it is shown, and (4,) the pixels by which they may pass its edges.

    Boxes of a picture that its EXIF turns are those of the turned picture, as `datasets` shows it; where those lie
    beside the print, and on it before the turn, they are turned with the picture.
    """
    boxes_in_px = in_pixels(row.boxes, row.raster.size_px, form, unit)
    slack = SLACK * np.array(row.raster.size_px * 2) / 1000 if unit in UNITS else np.full(4, SLACK)
    if row.turn > 1 and fits(BoxedPicture(row.raster, boxes_in_px)) < 0.5:
        turned = turned_boxes(in_pixels(row.boxes, row.stored_px, form, unit), row.turn, row.stored_px)
        if fits(BoxedPicture(row.raster, turned)) > 0.7:
            return turned, slack
    return boxes_in_px, slack


def _arranged(boxes: Boxes, texts: Sequence[str], lines: Sequence[int] | None) -> Arrangement:
    if lines is None:
        return arrange(boxes, texts)
    members: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        members.setdefault(line, []).append(place)
    return arrange_lines(boxes, texts, members.values())
