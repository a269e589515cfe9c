"""Rows of a dataset for people, as a contact sheet and as an HTML page; notebooks show the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import escape

from synthink.draw.picture import Pixels
from synthink.errors import OutputError
from synthink.files import user_path, write_atomically
from synthink.previews.contact_sheet import contact_sheet
from synthink.previews.page import page
from synthink.previews.row import Row

FRAME_PX = 640


@dataclass(frozen=True, eq=False, repr=False)
class DatasetPreview:
    """Some rows of each split, with what is needed to show them.

    title: stands above the page. columns: the types of the generator's columns. splits: the rows of each split, whose
    `image` is a file's bytes. illustrations: a row's id -> pictures to show with it, by name. sheet_rows: the rows of
    each split that are on the contact sheet; None: all of the first split.
    """

    title: str
    columns: Mapping[str, Any]
    splits: Mapping[str, Sequence[Row]]
    illustrations: Mapping[str, Mapping[str, Pixels]] = field(default_factory=dict)
    sheet_rows: int | None = None

    @cached_property
    def html(self) -> str:
        """One self-contained page: pictures, boxes as overlays that can be switched off, all columns."""
        return page(self.title, self.columns, self.splits, self.illustrations)

    @cached_property
    def sheet(self) -> bytes:
        """A contact sheet of the first split that has rows, or of some rows of each, as a PNG."""
        if self.sheet_rows is None:
            return contact_sheet(self.columns, next(filter(None, self.splits.values())))
        return contact_sheet(self.columns, [row for rows in self.splits.values() for row in rows[: self.sheet_rows]])

    def save(self, path: str | Path) -> tuple[Path, Path]:
        """Write both beside each other, `path` with the endings .png and .html; returns the files' paths.

        Raises `OutputError` for a file that cannot be written.
        """
        target = user_path(path)
        if target.suffix in (".png", ".html"):
            target = target.with_suffix("")
        files = target.with_name(f"{target.name}.png"), target.with_name(f"{target.name}.html")
        for file, content in zip(files, (self.sheet, self.html.encode(errors="backslashreplace")), strict=True):
            try:
                write_atomically(file, content)
            except OSError as error:
                raise OutputError(f"{file}: cannot be written: {error.strerror}") from None
        return files

    def __repr__(self) -> str:
        return f"<preview of {sum(map(len, self.splits.values()))} rows: {self.title}>"

    def _repr_html_(self) -> str:
        """The page in a frame of its own, for notebooks."""
        return f'<iframe srcdoc="{escape(self.html)}" style="width: 100%; height: {FRAME_PX}px; border: 0"></iframe>'
