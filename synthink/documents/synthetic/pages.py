"""The pool of synthetic documents: which there are, and the pages that are in memory."""

from __future__ import annotations

import importlib.metadata
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from synthink.assets.fonts.fonts import FontSet
from synthink.documents.page.model import Page
from synthink.documents.sources.sources import memory
from synthink.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from synthink.documents.asset import Documents

_LIBRARIES = ("pypdfium2", "reportlab")


class SyntheticPages:
    """The synthetic documents of one page each: made when they are first asked for, kept while there is room."""

    def __init__(self, spec: Documents) -> None:
        from synthink.documents.synthetic.layouts import LAYOUTS
        from synthink.documents.synthetic.synthetic import embeddable

        for i, name in enumerate(spec.layouts):
            if name not in LAYOUTS:
                raise ConfigError(f"layouts[{i}]", name, f"is no layout; {did_you_mean(name, LAYOUTS)}")
        self.spec = spec
        self.layouts = spec.layouts or tuple(LAYOUTS)
        self.fonts: FontSet = spec.fonts.open()
        self.faces = embeddable(self.fonts.faces)
        self.names = [f"synthetic-{spec.seed}-{number:06}" for number in range(spec.count)]
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def page(self, name: str) -> Page:
        """The page of that name."""
        with self._lock:
            found = self._pages.get(name)
            if found is not None:
                self._pages.move_to_end(name)
                return found
        made = self._made(name)
        with self._lock:
            if name not in self._pages:
                self._pages[name] = made
                self._bytes += memory(made)
                while self._bytes > self.spec.cache_mb * 2**20 and len(self._pages) > 1:
                    self._bytes -= memory(self._pages.popitem(last=False)[1])
        return made

    def _made(self, name: str) -> Page:
        from synthink.documents.synthetic.synthetic import synthetic_page

        spec = self.spec
        return synthetic_page(name, seed=spec.seed, fonts=self.faces, layouts=self.layouts, scale=spec.dpi / 72)

    def told(self) -> list[Any]:
        """All that shapes the pages, in JSON types."""
        from synthink.documents.synthetic.synthetic import VERSION

        spec = self.spec
        versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
        return [VERSION, spec.seed, spec.count, self.layouts, spec.dpi, self.fonts.record()["fingerprint"], versions]
