"""Page folders of the AMLD workshop: `page.json`, `background.png` and `<element id>.png`, read and written.

https://github.com/google-deepmind/amld_workshop_natural_interactions_with_llms, `document_editing.load_page`. The
background is the whole page, pictures included: the workshop's training pictures are cut from it. Its editor draws
the image elements' own files instead, which therefore are copies of what the background shows.
"""

from __future__ import annotations

import io
import json
import math
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from synthink.documents.edits.drawing import draw_page
from synthink.documents.page.files import decoded, file_bytes
from synthink.documents.page.model import DocumentError, Element, Page, make_page
from synthink.documents.page.tiles import Pixels, Raster
from synthink.documents.reading_order.arrange import without
from synthink.documents.sources.page_json.elements import SIDES, JsonNode, read_elements, reading_order
from synthink.documents.sources.source import usable_word

CHANGED = "fuchsia"
"""The colour that the workshop gives to highlighted words."""


def read_page_folder(folder: Path, name: str = "", skipped: Counter[str] | None = None, *, strict: bool = True) -> Page:
    """Read the page of a folder.

    Where the file has lines and paragraphs, their words are read in the order of `next_id`, else from left to right and
    from top to bottom. Without them, lines and paragraphs come from the words' boxes.

    name: the page's name, if it is not the folder's. skipped: counts the words that are left out by their reason.
    strict: whether an element that is wrong, as by a box that is no box, is an error; else it is left out and counted.
    Raises `DocumentError` naming file, element and value.
    """
    skipped = Counter() if skipped is None else skipped
    file = folder / "page.json"
    nodes = read_elements(file, None if strict else skipped)
    pixels = _background(folder)
    height, width = pixels.shape[:2]
    words = _words_on_page(nodes.values(), width, height, skipped)
    ids, *places = reading_order(nodes, list(words))
    dropped = np.array([not words[number] for number in ids], dtype=bool)
    boxes = np.array([nodes[number].box for number in ids]).reshape(-1, 4)
    word_lines, line_paragraphs = without(dropped, boxes, *places)
    ids = [number for number in ids if words[number]]
    images = [node for node in nodes.values() if node.kind == "image" and _on_page(node, width, height)]
    page = make_page(
        name or folder.name,
        Raster.of(_with_images(pixels, images, folder)),
        [words[number] for number in ids],
        boxes[~dropped],
        word_lines,
        line_paragraphs,
        image_boxes=[node.box for node in images],
        unread=boxes[dropped],
    )
    return replace(page, highlights=tuple("select" if nodes[number].colour else "" for number in ids))


def _words_on_page(nodes: Iterable[JsonNode], width: int, height: int, skipped: Counter[str]) -> dict[int, str]:
    """Id -> text of each word inside the page; an empty text for one that cannot be used."""
    words: dict[int, str] = {}
    for node in nodes:
        if node.kind == "word":
            text, reason = usable_word(node.text)
            inside = _on_page(node, width, height)
            if reason or not inside:
                skipped[reason or "words without a box inside the page"] += 1
            if inside:
                words[node.id] = text
    return words


def _on_page(node: JsonNode, width: int, height: int) -> bool:
    left, top, right, bottom = node.box
    return min(right, width) > max(left, 0) and min(bottom, height) > max(top, 0)


def _background(folder: Path) -> Pixels:
    """The page's picture: the PNG with `background` in its name."""
    files = sorted(path for path in folder.glob("*.png") if "background" in path.name)
    if len(files) != 1:
        raise DocumentError(f"{folder}: has {len(files)} PNG files with background in their names, not one")
    return decoded(file_bytes(files[0]), str(files[0]), ("PNG",))


def _with_images(pixels: Pixels, images: Sequence[JsonNode], folder: Path) -> Pixels:
    """The page with the image elements' files where the background is empty: some pages have them cut out of it."""
    from PIL import Image

    height, width = pixels.shape[:2]
    for node in images:
        left, top, right, bottom = (round(side) for side in node.box)
        part = np.s_[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
        file = folder / f"{node.id}.png"
        if not pixels[part].size or (pixels[part] != pixels[part][0, 0]).any() or not file.is_file():
            continue
        image = Image.fromarray(decoded(file_bytes(file), str(file), ("PNG",)))
        if (right - left) * (bottom - top) > 4 * height * width:
            raise DocumentError(f"{folder / 'page.json'}: the box of image {node.id} is far larger than the page")
        scaled = np.asarray(image.resize((right - left, bottom - top), Image.Resampling.BILINEAR))
        pixels = pixels.copy()
        pixels[part] = scaled[max(0, -top) : height - top, max(0, -left) : width - left]
    return pixels


def write_page_json(page: Page, folder: str | Path) -> None:
    """Write a page so that the workshop's loader reads it: its keys alone, ids 0, 1, 2 ..., words' ids at least 1.

    folder: must not be there yet, or be empty; it appears whole or not at all. The background is the page as edits left
    it, without highlights, which are colours of elements. Raises `DocumentError` where the folder cannot be written, or
    has `background` in its path: the loader would take every picture for the background.
    """
    folder = Path(folder)
    absolute = folder.absolute()
    if "background" in str(absolute):
        raise DocumentError(f"{folder}: the workshop's loader cannot read folders with background in their path")
    picture = draw_page(replace(page, highlights=("",) * len(page.words)))
    elements = page.elements
    files = {"page.json": _json(page, elements, folder.name), "background.png": _png(picture)}
    images = [element for element in elements if element.kind == "image"]
    for element in images:
        left, top, right, bottom = element.box
        files[f"{element.id}.png"] = _png(
            picture[math.floor(top) : math.ceil(bottom), math.floor(left) : math.ceil(right)]
        )
    _write_folder(absolute, files)


def _json(page: Page, elements: Sequence[Element], name: str) -> bytes:
    colours = iter(page.highlights)
    entries = []
    for element in elements:
        entry: dict[str, Any] = {
            "id": element.id,
            "class_name": element.kind,
            "bbox": {side: _number(getattr(element.box, side)) for side in SIDES},
            "children_ids": list(element.children),
        }
        if element.parent is not None:
            entry["parent_id"] = element.parent
        if element.kind == "word":
            entry["text"] = element.text
            if element.previous is not None:
                entry["prev_id"] = element.previous
            if element.next is not None:
                entry["next_id"] = element.next
            if next(colours):
                entry["color"] = CHANGED
        entries.append(entry)
    return json.dumps({"page_id": name, "elements": entries}, ensure_ascii=False, indent=1).encode("utf-8")


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _png(pixels: Pixels) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB").save(file, "PNG")
    return file.getvalue()


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    temporary = folder.parent / f".{folder.name}.{os.getpid()}.tmp"
    try:
        temporary.mkdir(parents=True)
        for name, content in files.items():
            (temporary / name).write_bytes(content)
        temporary.replace(folder)
    except OSError as error:
        raise DocumentError(f"{folder}: cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
