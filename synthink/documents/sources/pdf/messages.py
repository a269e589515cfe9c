"""What the process that reads PDF files says, as plain bytes: a file may have taken it over, so nothing it says is
believed, and nothing can run code here.

A message is the size of a head (4 bytes), the head (JSON) and the numbers that the head gives the shapes of.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import DocumentError, Page, make_page
from synthink.documents.page.tiles import Raster
from synthink.documents.sources.pdf.page import UnusablePage
from synthink.documents.sources.pdf.reader import PageBegins, PageEvent, PdfLimits
from synthink.documents.sources.source import usable_word
from synthink.errors import AssetError, quoted

_NUMBERS = {
    "word_boxes": ("<f8", (4,)),
    "word_lines": ("<i8", ()),
    "line_paragraphs": ("<i8", ()),
    "baselines": ("<f8", ()),
    "image_boxes": ("<f8", (4,)),
    "unread": ("<f8", (4,)),
}
"""The arrays of a page: their type, and the shape of each of their rows."""
MOST_TEXT = 1000
"""The most characters of an error, or of a reason."""
MOST_HEAD = 64 * 2**20


@dataclass(frozen=True)
class PageMessages:
    """The messages of a process that reads files within these limits. `decode` raises `ValueError` for all that is not
    such a message."""

    limits: PdfLimits

    @property
    def most_bytes(self) -> int:
        """The most bytes of a message."""
        return self.limits.max_pixels * 3 + 2 * MOST_HEAD

    def encode(self, kind: str, content: Any) -> bytes:
        """A page, or another event of reading, as `report`; counts of what was left out as `result`; an error and its
        traceback as `error`."""
        if isinstance(content, PageBegins):
            return _bytes({"kind": "begins", "pages": [content.number, content.count], "counts": content.left_out})
        if isinstance(content, UnusablePage):
            return _bytes({"kind": "unusable", "name": content.name, "reason": content.reason})
        if kind == "report":
            return _page_bytes(content)
        if kind == "result":
            return _bytes({"kind": kind, "counts": dict(content)})
        error, _ = content
        return _bytes({"kind": kind, "message": str(error)[:MOST_TEXT], "of_file": isinstance(error, AssetError)})

    def decode(self, data: bytes) -> tuple[str, Any]:
        """The kind and the content of a message; an error is a `DocumentError`, or a `RuntimeError` of the library's,
        without traceback."""
        size = int.from_bytes(data[:4], "little")
        try:
            head = json.loads(data[4 : 4 + size]) if size <= MOST_HEAD else None
        except RecursionError:
            head = None
        if not isinstance(head, dict):
            raise ValueError("a message without a head")
        kind = head.get("kind")
        if kind in ("report", "begins", "unusable"):
            return "report", self._event(head, memoryview(data)[4 + size :])
        if kind == "result":
            return "result", _counts(head.get("counts"))
        if kind == "error":
            fault = DocumentError if head.get("of_file") is True else RuntimeError
            return "error", (fault(_text(head.get("message"))), "")
        raise ValueError(f"a message of kind {quoted(kind)}")

    def _event(self, head: dict[str, Any], numbers: memoryview) -> PageEvent:
        if head["kind"] == "unusable":
            return UnusablePage(_text(head.get("name")), _text(head.get("reason")))
        if head["kind"] == "report":
            return self._page(head, numbers)
        pages = head.get("pages")
        if not isinstance(pages, list) or len(pages) != 2 or not all(type(page) is int for page in pages):
            raise ValueError("a page that begins without its number")
        if not 0 <= pages[0] < pages[1] < 2**31:
            raise ValueError("a page that begins behind the last")
        return PageBegins(pages[0], pages[1], _counts(head.get("counts")))

    def _page(self, head: dict[str, Any], numbers: memoryview) -> Page:
        words = head.get("words")
        if not isinstance(words, list) or len(words) > self.limits.max_characters:
            raise ValueError("a page whose words are no list, or too many")
        if not all(isinstance(word, str) and usable_word(word) == (word, "") for word in words):
            raise ValueError("a page with words that are none")
        name, document, rows, size = (head.get(key) for key in ("name", "document", "rows", "pixels"))
        if not isinstance(rows, dict) or not isinstance(size, list) or len(size) not in (2, 3):
            raise ValueError("a page without shapes")
        arrays: dict[str, Any] = {}
        at = 0
        for field, (kind, shape) in _NUMBERS.items():
            arrays[field], at = _array(numbers, at, kind, (rows.get(field), *shape))
        pixels, at = _array(numbers, at, "|u1", tuple(size))
        if len(arrays["baselines"]) != len(arrays["line_paragraphs"]) or not all(
            np.isfinite(array).all() for array in arrays.values()
        ):
            raise ValueError("a page with numbers that are none")
        if at != len(numbers) or size[2:] not in ([], [3]) or not 0 < size[0] * size[1] <= self.limits.max_pixels:
            raise ValueError("a page with a picture of another size")
        try:
            page = make_page(_text(name), Raster.of(pixels), words, document=_text(document), **arrays)
        except DocumentError as error:
            raise ValueError(str(error)) from None
        return replace(page, is_proved=True)  # the process that read it did


def _page_bytes(page: Page) -> bytes:
    arrays = [np.asarray(getattr(page, field)).astype(kind) for field, (kind, _) in _NUMBERS.items()]
    pixels = page.raster.pixels()
    head = {
        "kind": "report",
        "name": page.name,
        "document": page.document,
        "words": page.words,
        "rows": {field: len(array) for field, array in zip(_NUMBERS, arrays, strict=True)},
        "pixels": pixels.shape,
    }
    return _bytes(head, *arrays, pixels)


def _bytes(head: dict[str, Any], *arrays: npt.NDArray[Any]) -> bytes:
    text = json.dumps(head).encode("ascii")
    return b"".join((len(text).to_bytes(4, "little"), text, *(array.tobytes() for array in arrays)))


def _array(numbers: memoryview, at: int, kind: str, shape: tuple[Any, ...]) -> tuple[npt.NDArray[Any], int]:
    """The array of that type and shape that starts at a byte, and the byte after it."""
    if not all(type(length) is int and 0 <= length <= len(numbers) for length in shape):
        raise ValueError("an array of no shape")
    stop = at + int(np.prod(shape, dtype=object)) * np.dtype(kind).itemsize
    if stop > len(numbers):
        raise ValueError("an array that is cut off")
    return np.frombuffer(numbers[at:stop], dtype=kind).reshape(shape), stop


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 2 * MOST_TEXT:
        raise ValueError("a text that is none, or too long")
    return value


def _counts(value: Any) -> Counter[str]:
    if not isinstance(value, dict) or len(value) > MOST_TEXT:
        raise ValueError("counts that are none")
    if not all(type(count) is int and 0 <= count < 2**53 for count in value.values()):
        raise ValueError("counts that are no numbers")
    return Counter({_text(reason): count for reason, count in value.items()})
