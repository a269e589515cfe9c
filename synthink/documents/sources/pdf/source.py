"""PDF files as a source of documents."""

from __future__ import annotations

from synthink.documents.page.model import DocumentError
from synthink.documents.sources.collector import PageCollector
from synthink.documents.sources.places import Match, files_at, match_by_suffix
from synthink.documents.sources.source import DocumentSource, ReadOptions

SUFFIXES = (".pdf",)


class PdfSource(DocumentSource):
    """PDF files: a path, or a folder of them. A document is a file."""

    def matches(self, place: str) -> Match:
        return match_by_suffix(place, SUFFIXES)

    def read(self, place: str, collector: PageCollector, options: ReadOptions) -> None:
        from synthink.documents.sources.pdf.reader import PdfLimits
        from synthink.documents.sources.pdf.worker import read_pdfs

        unusable: dict[str, str] = {}
        results = read_pdfs(
            files_at(place, SUFFIXES),
            scale=options.dpi / 72,
            limits=PdfLimits(most=collector.most, kept_mb=collector.cache_mb, strict=collector.strict),
            skipped=collector.skipped,
            unusable=unusable,
            room_mb=lambda: collector.free_mb,
        )
        for path, result in results:
            collector.name_unusable_pages(path, unusable)
            if isinstance(result, DocumentError):
                collector.record_rejection(result, path)
            elif not collector.add(result):
                break
