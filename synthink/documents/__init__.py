"""Documents: pages of words and images, where they come from, and how they are edited."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike, fspath
from typing import Any

from synthink.arguments import guard
from synthink.documents.asset import Documents
from synthink.documents.edits.drawing import draw_page, printed_anew, side_by_side
from synthink.documents.edits.edit import (
    CROP,
    DELETE,
    HIGHLIGHT,
    INSERT,
    NO_EDIT,
    SWAP,
    Edit,
    Gesture,
    apply,
    edited_paragraphs,
    edited_text,
)
from synthink.documents.edits.proofreading import CAPITALISE, PUNCTUATE, REPLACE, capitalised
from synthink.documents.page.model import DocumentError, Page, make_page
from synthink.documents.page.picture import Frame, PageInk, Square, page_picture
from synthink.documents.page.tiles import Raster
from synthink.documents.reading_order.arrange import arrange, arrange_lines
from synthink.documents.sources.collector import PageCollector, PageFactory
from synthink.documents.sources.page_json.folder import read_page_folder, write_page_json
from synthink.documents.sources.places import Match, files_at, match_by_suffix
from synthink.documents.sources.source import DocumentSource, ReadOptions, usable_word
from synthink.errors import check_kind

__all__ = [
    "CAPITALISE",
    "CROP",
    "DELETE",
    "HIGHLIGHT",
    "INSERT",
    "NO_EDIT",
    "PUNCTUATE",
    "REPLACE",
    "SWAP",
    "DocumentError",
    "DocumentSource",
    "Documents",
    "Edit",
    "Frame",
    "Gesture",
    "Match",
    "Page",
    "PageCollector",
    "PageFactory",
    "PageInk",
    "Raster",
    "ReadOptions",
    "Square",
    "apply",
    "arrange",
    "arrange_lines",
    "capitalised",
    "draw_page",
    "edited_paragraphs",
    "edited_text",
    "files_at",
    "make_page",
    "match_by_suffix",
    "page_picture",
    "printed_anew",
    "read_documents",
    "read_page_folder",
    "side_by_side",
    "usable_word",
    "write_page_json",
]


def read_documents(source: str | PathLike[str] = "synthetic", **fields: Any) -> Iterator[Page]:
    """All pages of a source, which may be anything that a generator's field `documents` takes, with its other fields.

    Raises `ConfigError`, or `DocumentError` naming the file that cannot be used, before the first page.
    """
    check_kind("source", source, str | PathLike, "a file, a folder, an address, or the name of a source")
    return iter(Documents(source=fspath(source), **fields).open().pool(None, lambda group: True))


guard(globals())
