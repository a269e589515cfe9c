"""Documents from outside: all pages of a source, read within bounds."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.kinds import DATASET, SUFFIXES, files_in, is_web, local_path, page_folders, published
from synthink.errors import ConfigError

if TYPE_CHECKING:
    from synthink.documents.asset import Documents

FILES = "files: "
"""Begins the reasons for which whole files are left out."""


@dataclass(slots=True)
class PageCollector:
    """The pages read so far, each name once, what was left out by reason, and the files among it by name."""

    spec: Documents
    pages: list[Page] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] = field(default_factory=dict)
    source: str = ""
    """The one that is read."""
    _bytes: int = 0
    _documents: set[str] = field(default_factory=set)

    def take(self, pages: Iterable[Page]) -> bool:
        """Put the pages of a source's next documents on the shelf; whether more are wanted. `ConfigError` when they
        need more memory than allowed."""
        given: dict[str, str] = {}
        for page in pages:
            if not page.words and not len(page.image_boxes):
                self.skipped["pages without words and pictures"] += 1
                continue
            if len(self.pages) == self.spec.most:
                return False
            if page.document not in given:
                given[page.document] = self._free_name(page.document)
            name = given[page.document]
            if name != page.document:
                page = replace(page, name=name + page.name.removeprefix(page.document), document=name)
            self._bytes += memory(page)
            if self._bytes > self.spec.cache_mb * 2**20:
                raise ConfigError(
                    "cache_mb",
                    self.spec.cache_mb,
                    f"{len(self.pages) + 1:,} pages take more; raise it, or read fewer (most), or smaller ones (dpi)",
                )
            self.pages.append(page)
        return len(self.pages) < self.spec.most

    @property
    def room_mb(self) -> float:
        """Memory for more pages."""
        return self.spec.cache_mb - self._bytes / 2**20

    def refuse(self, error: DocumentError, path: Path | str, name: str = "") -> None:
        """A file that cannot be read: an error where the configuration is strict, else counted.

        The error may begin with the path or with the document's name; what is told begins with the path.
        """
        place, text = os.fspath(path), str(error)
        known = next((start for start in (place, name or Path(path).name) if text.startswith(start)), "")
        text = text.removeprefix(known) if known else f": {text}"
        if self.spec.strict:
            raise DocumentError((place if place.isprintable() else repr(place)) + text)
        reason = text.lstrip("/: ").replace(place, "the file")
        self.skipped[FILES + reason] += 1
        root, known = os.fspath(local_path(self.source)), published(self.source)
        name = known + place.removeprefix(root) if place.startswith(root) else published(place)
        self.refused[_printable(name)] = reason

    def _free_name(self, document: str) -> str:
        """A name that can be stored and shown; files of different folders may be called alike."""
        name, number = _printable(document), 1
        plain = name
        while name in self._documents:
            number += 1
            name = f"{plain}~{number}"
        self._documents.add(name)
        return name


def _printable(name: str) -> str:
    """As it can be stored and shown."""
    return "".join(char if char.isprintable() else "\ufffd" for char in name)


def memory(page: Page) -> int:
    """Bytes that a page takes, roughly: its picture, and what belongs to each word, aims at it included."""
    return page.raster.bytes + 960 * len(page.words) + 4096


def read_source(source: str, kind: str, shelf: PageCollector) -> None:
    """Read all documents of a source onto the shelf, up to `most` pages in all."""
    shelf.source = source
    _READERS[kind](source, shelf)


def _read_pdfs(source: str, shelf: PageCollector) -> None:
    from synthink.documents.sources.pdf.reader import PdfLimits
    from synthink.documents.sources.pdf.worker import read_pdfs

    spec = shelf.spec
    limits = PdfLimits(most=spec.most, kept_mb=spec.cache_mb)
    files = _some_files(source, "pdf")
    found_in = read_pdfs(
        files, scale=spec.dpi / 72, limits=limits, skipped=shelf.skipped, room_mb=lambda: shelf.room_mb
    )
    for path, found in found_in:
        if isinstance(found, DocumentError):
            shelf.refuse(found, path)
        elif not shelf.take(found):
            break


def _read_html(source: str, shelf: PageCollector) -> None:
    from synthink.documents.sources.html.files import Place
    from synthink.documents.sources.html.reader import read_html

    if is_web(source):
        places = [Place(source, url=source)]
    else:
        root = local_path(source)
        files = _some_files(source, "html")
        folder = root if root.is_dir() else root.parent
        places = [Place(path.relative_to(folder).as_posix(), path, root=folder) for path in files]
    paths = {place.name: place.path or place.url for place in places}
    read_html(
        places,
        scale=shelf.spec.dpi / 96,
        timeout_s=shelf.spec.timeout_s,
        allow_local_files=shelf.spec.allow_local_files,
        skipped=shelf.skipped,
        take=shelf.take,
        refuse=lambda error, name: shelf.refuse(error, paths[name], name),
    )


def _read_pages(source: str, shelf: PageCollector) -> None:
    from synthink.documents.sources.page_json.folder import read_page_folder

    root = local_path(source)
    folders = list(page_folders(root))
    if not folders:
        raise ConfigError("source", source, "holds no page.json, nor folders that hold one")
    for folder in folders:
        name = folder.resolve().name if folder == root else folder.relative_to(root).as_posix()
        try:
            page = read_page_folder(folder, name, shelf.skipped)
        except DocumentError as error:
            shelf.refuse(error, folder, name)
            continue
        if not shelf.take([page]):
            break


def _read_dataset(source: str, shelf: PageCollector) -> None:
    from synthink.documents.sources.hf_dataset import read_dataset

    spec, path = shelf.spec, source.removeprefix(DATASET)
    try:
        pages = read_dataset(
            path,
            scale=spec.box_scale,
            most=spec.most - len(shelf.pages),
            skipped=shelf.skipped,
            budget=round(spec.cache_mb * 2**20),
        )
    except DocumentError as error:
        shelf.refuse(error, path)
    else:
        shelf.take(pages)


_READERS: Mapping[str, Callable[[str, PageCollector], None]] = {
    "pdf": _read_pdfs,
    "html": _read_html,
    "pages": _read_pages,
    "dataset": _read_dataset,
}


def _some_files(source: str, kind: str) -> list[Path]:
    path = local_path(source)
    if path.is_dir():
        found = files_in(path, kind)
        if not found:
            raise ConfigError("source", source, f"holds no {' or '.join(SUFFIXES[kind])} files")
        return found
    return [path]
