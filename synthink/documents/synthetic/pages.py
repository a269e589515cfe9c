"""Synthetic documents as a source: which there are, and the pages that are in memory."""

from __future__ import annotations

import importlib.metadata
import threading
from collections import OrderedDict
from functools import cached_property
from typing import Any

from synthink.assets.fonts.fonts import FontSet
from synthink.documents.page.model import Page
from synthink.documents.sources.collector import PageCollector, PageFactory
from synthink.documents.sources.places import SYNTHETIC, Match
from synthink.documents.sources.source import DocumentSource, ReadOptions
from synthink.documents.synthetic.store import PageStore, cache_folder
from synthink.errors import ConfigError, did_you_mean

MANY = 300
"""The number of documents in all layouts of which each split surely owns one with an image."""
_LIBRARIES = ("pypdfium2", "pillow")


class SyntheticSource(DocumentSource):
    """Synthetic documents of one page each, `documents.count` of them, in the layouts `documents.layouts`."""

    makes_pages_when_drawn = True

    def matches(self, place: str) -> Match:
        return Match.YES if place == SYNTHETIC else Match.NO

    def read(self, place: str, collector: PageCollector, options: ReadOptions) -> None:
        collector.add_factory(SyntheticPages(options))


class SyntheticPages(PageFactory):
    """Synthetic pages: made when they are first drawn, and kept in memory up to `cache_mb`.

    Raises `ConfigError` for an unknown layout, `AssetError` when none of the fonts can set the pages.
    """

    def __init__(self, options: ReadOptions) -> None:
        from synthink.documents.synthetic.layouts import LAYOUTS
        from synthink.documents.synthetic.synthetic import embeddable

        for i, name in enumerate(options.layouts):
            if name not in LAYOUTS:
                raise ConfigError(f"layouts[{i}]", name, f"is no layout; {did_you_mean(name, LAYOUTS)}")
        self._options = options
        self._layouts = options.layouts or tuple(LAYOUTS)
        self._fonts: FontSet = options.fonts.open()
        self._faces = embeddable(self._fonts.faces)
        self.names = [f"synthetic-{options.seed}-{number:06}" for number in range(options.count)]
        self.licences = ["CC0-1.0", *self._fonts.record()["licences"]]
        self.surely_has_images = not options.layouts and options.count >= MANY
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def page(self, name: str) -> Page:
        with self._lock:
            page = self._pages.get(name)
            if page is not None:
                self._pages.move_to_end(name)
                return page
        store = self._store
        page = store.page(int(name.rpartition("-")[2]), lambda: self._make(name)) if store else self._make(name)
        with self._lock:
            if name not in self._pages:
                self._pages[name] = page
                self._bytes += page.memory_bytes
                while self._bytes > self._options.cache_mb * 2**20 and len(self._pages) > 1:
                    self._bytes -= self._pages.popitem(last=False)[1].memory_bytes
        return page

    @cached_property
    def _store(self) -> PageStore | None:
        """The pages on the disk, looked for when the first one is drawn."""
        folder = cache_folder(self._options.cache)
        return PageStore(folder, [self._options.seed, self._layouts, *self._shaped_by()]) if folder else None

    def _make(self, name: str) -> Page:
        from synthink.documents.synthetic.synthetic import synthetic_page

        options = self._options
        return synthetic_page(name, seed=options.seed, fonts=self._faces, layouts=self._layouts, scale=options.dpi / 72)

    def identity(self) -> list[Any]:
        from synthink.documents.synthetic.synthetic import VERSION

        options = self._options
        return [VERSION, options.seed, options.count, self._layouts, *self._shaped_by()]

    def _shaped_by(self) -> list[Any]:
        """What shapes all pages alike."""
        versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
        return [self._options.dpi, self._fonts.record()["fingerprint"], versions]
