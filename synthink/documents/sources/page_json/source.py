"""Page folders of the AMLD workshop as a source of documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from synthink.documents.page.model import DocumentError
from synthink.documents.sources.collector import PageCollector
from synthink.documents.sources.places import Match, is_folder, local_path
from synthink.documents.sources.source import DocumentSource, ReadOptions
from synthink.errors import ConfigError


class PageFolderSource(DocumentSource):
    """Folders with a `page.json`: one of them, or a folder of them. A document is such a folder."""

    def matches(self, place: str) -> Match:
        has_pages = is_folder(place) and next(_page_folders(local_path(place)), None) is not None
        return Match.YES if has_pages else Match.NO

    def read(self, place: str, collector: PageCollector, options: ReadOptions) -> None:
        from synthink.documents.sources.page_json.folder import read_page_folder

        root = local_path(place)
        folders = list(_page_folders(root))
        if not folders:
            raise ConfigError("source", place, "holds no page.json, nor folders that hold one")
        for folder in folders:
            name = folder.resolve().name if folder == root else folder.relative_to(root).as_posix()
            try:
                page = read_page_folder(folder, name, collector.skipped, strict=collector.strict)
            except DocumentError as error:
                collector.record_rejection(error, folder, name)
                continue
            if not collector.add([page]):
                break


def _page_folders(root: Path) -> Iterator[Path]:
    """The folder itself, or else the folders in it, where they hold a page."""
    if (root / "page.json").is_file():
        yield root
    elif root.is_dir():
        yield from sorted(folder for folder in root.iterdir() if (folder / "page.json").is_file())
