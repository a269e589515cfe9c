"""Web pages as a source of documents."""

from __future__ import annotations

from synthink.documents.sources.collector import PageCollector
from synthink.documents.sources.places import Match, files_at, is_folder, is_web, local_path, match_by_suffix
from synthink.documents.sources.source import DocumentSource, ReadOptions

SUFFIXES = (".html", ".htm", ".xhtml")


class HtmlSource(DocumentSource):
    """Web pages: an http address, an HTML file, or a folder of them. A document is an address or a file."""

    def matches(self, place: str) -> Match:
        return Match.YES if is_web(place) else match_by_suffix(place, SUFFIXES)

    def read(self, place: str, collector: PageCollector, options: ReadOptions) -> None:
        from synthink.documents.sources.html.files import WebPage
        from synthink.documents.sources.html.reader import read_html

        if is_web(place):
            places = [WebPage(place, url=place, public_only=collector.public_only)]
        else:
            root = local_path(place)
            folder = root if is_folder(place) else root.parent
            files = files_at(place, SUFFIXES)
            places = [WebPage(path.relative_to(folder).as_posix(), path, root=folder) for path in files]
        paths = {page.name: page.path or page.url for page in places}
        read_html(
            places,
            scale=options.dpi / 96,
            timeout_s=options.timeout_s,
            allow_local_files=options.allow_local_files,
            skipped=collector.skipped,
            take=collector.add,
            refuse=lambda error, name: collector.record_rejection(error, paths[name], name),
            not_loaded=collector.name_left_out,
        )
