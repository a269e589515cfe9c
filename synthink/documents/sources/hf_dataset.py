"""Pages from a Hugging Face dataset with the columns image, words and boxes, such as FUNSD, CORD or SROIE."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from synthink.confined import file_inside, read_inside
from synthink.documents.page.files import MAX_BYTES, decoded
from synthink.documents.page.model import Boxes, DocumentError, Page, make_page
from synthink.documents.page.tiles import Raster
from synthink.documents.reading_order.arrange import Arrangement, arrange, arrange_lines, without
from synthink.documents.sources.collector import PageCollector
from synthink.documents.sources.places import DATASET, Match, is_folder, local_path
from synthink.documents.sources.source import DocumentSource, ReadOptions, usable_word
from synthink.errors import AssetError
from synthink.files import user_path

Scale = Literal["auto", "pixels", "thousand"]
IMAGE = ("image", "img", "page_image")
WORDS = ("words", "tokens")
BOXES = ("boxes", "bboxes", "bbox", "word_boxes")
MOST_WORDS = 20_000
_FOLDER_MARKS = ("state.json", "dataset_dict.json", "dataset_info.json")  # one of them is in every saved dataset
_SLACK = 2.0  # pixels, or thousandths, by which a box may pass the picture's edge


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
class _Row:
    """What one row holds, before its boxes' unit is known."""

    name: str
    raster: Raster
    words: list[str]
    boxes: Boxes
    lines: tuple[int, ...] | None
    """The line of each word, where the dataset tells."""


def read_dataset(path: str, *, scale: Scale, most: int, skipped: Counter[str], budget: int) -> list[Page]:
    """The pages of at most `most` rows; a row is a document.

    path: a folder of `save_to_disk`, a Parquet file, or a dataset's name on the hub. scale: boxes are in pixels, or in
    thousandths of the picture's size as LayoutLM has them; `auto` tells by values and sizes of all rows together.
    `words` may be nested by line, `boxes` alike. skipped: reason -> rows and words that were left out. budget: bytes of
    memory. Raises `DocumentError` for a dataset that cannot be read or lacks the columns.
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
        bytes_held += row_content.raster.bytes
        if bytes_held > budget:
            raise DocumentError(f"{path}: the first {len(rows) + 1:,} pages take more memory than allowed")
        rows.append(row_content)
    last = max((float(row.boxes.max()) for row in rows), default=2.0)
    if last <= 1:
        raise DocumentError(f"{path}: its boxes end at {last:g}: not in pixels or thousandths, but in shares")
    thousand = scale == "thousand" or (scale == "auto" and _in_thousandths(rows))
    pages = []
    for row_content in rows:
        try:
            pages.append(_page(row_content, thousand, skipped))
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
    if lines is not None:
        boxes = [box for line in boxes or () for box in line or ()]
    if not words:
        raise DocumentError(f"{name}: no words")
    if len(words) > MOST_WORDS:
        raise DocumentError(f"{name}: more than {MOST_WORDS:,} words")
    if len(words) != len(boxes or ()):
        raise DocumentError(f"{name}: as many boxes as words are needed")
    try:
        numbers = np.array(boxes, dtype=np.float64)
    except (ValueError, TypeError):
        numbers = np.zeros(0)
    if numbers.shape != (len(words), 4) or not np.isfinite(numbers).all():
        raise DocumentError(f"{name}: boxes are not four numbers each")
    image = _first(row, IMAGE)
    data = image if isinstance(image, bytes) else (image or {}).get("bytes")
    if data is None and image and image.get("path"):
        data = _file_of(image["path"], name, folder)
    if not data:
        raise DocumentError(f"{name}: no picture")
    return _Row(name, Raster.of(decoded(data, name)), words, numbers, lines)


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
    if isinstance(words, list) and words and all(isinstance(line, list) for line in words):
        lines = tuple(number for number, line in enumerate(words) for _ in line)
        flat, _ = _flat([word for line in words for word in line], name)
        return flat, lines
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise DocumentError(f"{name}: words are no list of text")
    return words, None


def _in_thousandths(rows: Sequence[_Row]) -> bool:
    """Whether boxes are in thousandths of the picture's size.

    They are when none passes 1,000 and read as pixels they would leave the picture in more than a twentieth of the
    rows, or leave the last tenth of every large picture without a word.
    """
    if not rows or max(float(row.boxes.max()) for row in rows) > 1000 + _SLACK:
        return False
    sizes = np.array([row.raster.size_px for row in rows])
    ends: Boxes = np.array([row.boxes[:, 2:].max(0) for row in rows])
    if (ends > sizes + _SLACK).any(1).mean() > 0.05:
        return True
    large = sizes.max(1) > 1100
    reached = np.where(sizes[:, 0] > sizes[:, 1], ends[:, 0] / sizes[:, 0], ends[:, 1] / sizes[:, 1])
    return bool(large.all() and (reached < 0.9).all())


def _page(row: _Row, thousand: bool, skipped: Counter[str]) -> Page:
    width, height = row.raster.size_px
    size = np.array((width, height, width, height), dtype=np.float64)
    boxes = row.boxes * size / 1000 if thousand else row.boxes
    slack = _SLACK * (size / 1000 if thousand else np.ones(4))
    if (boxes[:, :2] < -slack[:2]).any() or (boxes[:, 2:] > (size + slack)[2:]).any():
        raise DocumentError(f"{row.name}: boxes outside the picture")
    boxes = np.clip(boxes, 0, size)
    texts, there = [], []
    for number, (word, box) in enumerate(zip(row.words, boxes.tolist(), strict=True)):
        text, reason = usable_word(word)
        empty = box[2] <= box[0] or box[3] <= box[1]
        if reason or empty:
            skipped[reason or "words with an empty box"] += 1
        if not empty:
            texts.append(text)
            there.append(number)
    if not any(texts):
        raise DocumentError(f"{row.name}: no words")
    boxes = boxes[there]
    order, *places = _arranged(boxes, texts, row.lines and [row.lines[number] for number in there])
    dropped = np.array([not texts[place] for place in order.tolist()])
    words = [texts[place] for place in order.tolist() if texts[place]]
    boxes = boxes[order]
    return make_page(
        row.name, row.raster, words, boxes[~dropped], *without(dropped, boxes, *places), unread=boxes[dropped]
    )


def _arranged(boxes: Boxes, texts: Sequence[str], lines: Sequence[int] | None) -> Arrangement:
    if lines is None:
        return arrange(boxes, texts)
    members: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        members.setdefault(line, []).append(place)
    return arrange_lines(boxes, texts, members.values())
