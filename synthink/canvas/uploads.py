"""Documents that somebody hands to the page: a PDF, read by the bounded reader of PDF files, or a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from synthink.canvas.requests import BadRequest
from synthink.documents import Page, Raster, make_page, read_documents
from synthink.draw.picture_file import FORMATS_OF_OTHERS, decode
from synthink.draw.shown import PictureError
from synthink.errors import SynthinkError, with_notes

MOST_PAGES = 200
"""The most pages of an upload that are read."""
LONGEST_SIDE_PX = 1_500
"""The longer side of a page that is a picture: larger ones are made smaller, as print of the usual size is read."""
_PDF, _HEAD = b"%PDF-", 1024


def read_upload(data: bytes, name: str) -> list[Page]:
    """The pages of a PDF, or the page that is a picture, its name and those of its pages made of `name`, which no file
    bears. Raises `BadRequest` where it is neither, is damaged, or has no page that can be used."""
    try:
        pages = _pdf_pages(data, name) if _PDF in data[:_HEAD] else [_picture_page(data)]
    except PictureError as error:
        raise BadRequest(f"{name}: is no PDF, and as a picture it {error}") from None
    count = len(pages)
    names = [f"{name}, page {number}" if count > 1 else name for number in range(1, count + 1)]
    return [replace(page, name=title, document=name) for page, title in zip(pages, names, strict=True)]


def _pdf_pages(data: bytes, name: str) -> list[Page]:
    with TemporaryDirectory(prefix="synthink-") as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(data)
        try:
            return list(read_documents(path, most=MOST_PAGES, strict=False))
        except SynthinkError as error:
            raise BadRequest(with_notes(error).replace(str(path), name)) from None


def _picture_page(data: bytes) -> Page:
    """A page without words, all of which is an image."""
    picture = decode(data, FORMATS_OF_OTHERS)
    picture.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    raster = Raster.of(np.asarray(picture))
    return make_page("picture", raster, [], [], [], [], image_boxes=[(0, 0, *raster.size_px)])
