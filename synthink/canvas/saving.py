"""An edited page on the disk: its tree and picture as the workshop has them, a picture of all of it, and its text."""

from __future__ import annotations

from pathlib import Path

from synthink.canvas.desk import png
from synthink.documents import Page, draw_page, write_page_json
from synthink.errors import OutputError
from synthink.files import write_atomically

MOST = 9_999


def save_page(page: Page, folder: Path) -> list[Path]:
    """Write a page under the next free number: `0001/` with page.json, 0001.png with highlights, 0001.txt.

    The folder 0001 appears last, whole or not at all. Raises `OutputError` or `DocumentError` naming the place.
    """
    number = next((n for n in range(1, MOST + 1) if not (folder / f"{n:04}").exists()), None)
    if number is None:
        raise OutputError(f"{folder}: holds {MOST:,} pages; choose another output")
    place = folder / f"{number:04}"
    picture, text = place.with_suffix(".png"), place.with_suffix(".txt")
    try:
        write_atomically(picture, png(draw_page(page)))
        write_atomically(text, page.text.encode("utf-8", "replace"))
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from None
    write_page_json(page, place)
    return [place, picture, text]
