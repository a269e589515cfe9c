"""Documents as an asset: pages of synthetic or real documents, each document in one split."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Annotated, Any, ClassVar, Literal

from synthink.assets.fonts.fonts import Fonts
from synthink.core.assets import AssetSet, AssetSpec
from synthink.core.left_out import LeftOut
from synthink.documents.page.model import Page
from synthink.documents.sources.collector import PageCollector, PageFactory
from synthink.documents.sources.places import AUTO, DATASET, SYNTHETIC, public_name
from synthink.documents.sources.source import DocumentSource, find_source, load_source
from synthink.errors import ConfigError
from synthink.settings import Between
from synthink.streams import Stream

NAMED = 100
"""How many of the files that were left out are named in the manifest."""
LOOKED_AT = 64
"""How many pages are made to see whether there are images among them."""


class Documents(AssetSpec["DocumentPool"]):
    """The documents that rows are drawn on, each in one split."""

    shorthand = "source"

    source: str | tuple[str, ...] = SYNTHETIC
    """The source of documents: `synthetic`; PDF files, web pages, or page folders of the AMLD workshop, each as a
    path or a folder of them; an http address; `dataset:` and the path or name of a Hugging Face dataset; whatever
    another installed source reads. Several may be listed."""
    kind: str = "auto"
    """The installed source that reads them, such as `pdf` or `html`, where `auto` cannot tell it from their names."""
    count: Annotated[int, Between(1, 999_999)] = 1000
    """The number of synthetic documents."""
    layouts: tuple[str, ...] = ()
    """The layouts of synthetic documents; an empty list stands for all of them."""
    fonts: Fonts = Fonts()
    """The fonts that synthetic documents are set in."""
    seed: Annotated[int, Between(0)] = 0
    """The seed of the synthetic documents. Datasets of all seeds draw on the same documents, unless this differs."""
    dpi: Annotated[float, Between(48, 300)] = 96.0
    """The sharpness of pages: pixels to an inch of paper, or to 96 CSS pixels."""
    box_format: Literal["xyxy", "xywh", "cxcywh", "yxyx", "yxhw", "xxyy", "xyxy_up", "xywh_up"] = "xyxy"
    """The numbers of a box in a Hugging Face dataset: left (x), top (y), right and bottom; w and h are width and
    height, cx and cy the centre; with `_up` y is counted from the bottom up."""
    box_scale: Literal["auto", "pixels", "thousand", "hundred", "one"] = "auto"
    """The unit of the boxes in a Hugging Face dataset: pixels, or the number by which the picture's width and height
    are divided (thousandths, percent, shares)."""
    most: Annotated[int, Between(1)] = 2000
    """The most pages that are read from files, datasets and the web. A PDF of more than 2,000 pages is read only where
    this is below that."""
    cache_mb: Annotated[float, Between(1)] = 256.0
    """The memory for pages. Synthetic pages that find no room are made again whenever they are drawn."""
    cache: str = AUTO
    """The folder in which synthetic pages are kept for other processes and later runs, up to 2 GB of them: `auto`, what
    the environment's SYNTHINK_CACHE names, or else the user's cache folder; `off`, none. It changes no row, and no
    manifest names it."""
    strict: bool = True
    """Whether a file that cannot be read is an error; otherwise it is left out and counted in the manifest."""
    allow_local_files: bool = False
    """Whether a web page from the disk is shown with the pictures and styles of its folder."""
    timeout_s: Annotated[float, Between(0.1, 600)] = 30.0
    """The longest time that loading a web page may take."""

    def __post_init__(self) -> None:
        source: Any = self.source
        if isinstance(source, os.PathLike):
            object.__setattr__(self, "source", os.fspath(source))
        elif isinstance(source, list | tuple):
            places = [os.fspath(place) if isinstance(place, os.PathLike) else place for place in source]
            object.__setattr__(self, "source", places)
        super().__post_init__()

    def plain(self) -> dict[str, Any]:
        return {name: value for name, value in super().plain().items() if name != "cache"}

    @property
    def places(self) -> tuple[str, ...]:
        """The places that `source` names, also where it names a single one."""
        return (self.source,) if isinstance(self.source, str) else self.source

    def check(self) -> None:
        if not self.places or not all(place.removeprefix(DATASET).strip() for place in self.places):
            raise ConfigError("source", self.source, "names no documents")
        if len(set(self.places)) < len(self.places):
            raise ConfigError("source", self.source, "names a source twice")
        if self.kind == SYNTHETIC and self.places != (SYNTHETIC,):
            raise ConfigError("kind", self.kind, "the only source of this kind is synthetic")
        if self.kind != "auto":
            load_source(self.kind)

    def outside(self) -> list[str]:
        own = SYNTHETIC if self.kind in ("auto", SYNTHETIC) else None
        return [place for place in self.places if place != own] + self.fonts.outside()

    def open(self) -> DocumentSet:
        """Read the documents of all sources. Raises `DocumentError` naming a file that cannot be used, `ConfigError`
        for a source none of whose pages can be used."""
        return self._opened(PageCollector(self.most, self.cache_mb, self.strict))

    def open_received(self) -> DocumentSet:
        """Read the documents of all sources, but for private addresses, which are the user's own to name."""
        received = replace(self, cache=AUTO)
        return received._opened(PageCollector(self.most, self.cache_mb, self.strict, public_only=True))

    def _opened(self, collector: PageCollector) -> DocumentSet:
        sources = [find_source(place) if self.kind == "auto" else load_source(self.kind) for place in self.places]
        for place, source in zip(self.places, sources, strict=True):
            if not collector.is_full or source.makes_pages_when_drawn:
                self._read(place, source, collector)
        if not collector.pages and not collector.factories:
            raise ConfigError("source", self.source, f"holds no page that can be used ({LeftOut(collector.skipped)})")
        return DocumentSet(self, collector)

    def _read(self, place: str, source: DocumentSource, collector: PageCollector) -> None:
        collector.place = place
        size, skipped = len(collector.pages) + len(collector.factories), collector.skipped.copy()
        source.read(place, collector, self)
        if len(collector.pages) + len(collector.factories) == size and (self.strict or len(self.places) == 1):
            left_out = LeftOut(collector.skipped - skipped)
            reason = f"holds no page that can be used ({left_out if left_out else 'no page at all'})"
            raise ConfigError("source", place, reason)


class DocumentSet(AssetSet["DocumentPool"]):
    """The documents of all splits together: the pages of a collector, and what it can make."""

    kind: ClassVar[str] = "documents"

    def __init__(self, spec: Documents, collector: PageCollector) -> None:
        self._spec, self._collector = spec, collector
        self.factories = tuple(collector.factories)
        self.pages = sorted(collector.pages, key=lambda page: page.name)
        self._groups = _groups(self.pages, [_digest(page) for page in self.pages])

    def groups(self) -> list[str] | None:
        """The groups that belong to one split each. Documents that are made when they are drawn are a group each, by
        name; others are grouped by the digest of their text, so that documents that have a page in common are one
        group, whatever their files are called."""
        return sorted({*self._groups.values(), *(name for factory in self.factories for name in factory.names)})

    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> DocumentPool:
        """The documents of one split."""
        pages = [page for page in self.pages if groups is None or self._groups[page.document] in groups]
        names = [
            (factory, name) for factory in self.factories for name in factory.names if groups is None or name in groups
        ]
        return DocumentPool(pages, names)

    @property
    def left_out(self) -> LeftOut:
        rejected = sorted(self._collector.rejected.items())
        return LeftOut(self._collector.skipped, dict(rejected[:NAMED]))

    @property
    def languages(self) -> frozenset[str] | None:
        return None if self.pages else frozenset({"en"})

    def record(self) -> dict[str, Any]:
        to_make = sum(len(factory.names) for factory in self.factories)
        licences = sorted({page.about.get("licence", "unknown") for page in self.pages})
        return {
            "fingerprint": self._fingerprint,
            "source": [public_name(place) for place in self._spec.places],
            "documents": len(self._groups) + to_make,
            "groups": len(self.groups() or ()),
            "pages": len(self.pages) + to_make,
            "skipped": {},
            **self.left_out.record(),
            "licences": [*licences, *(licence for factory in self.factories for licence in factory.licences)],
        }

    @cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for identity in [json.dumps(factory.identity()) for factory in self.factories] or ["null"]:
            digest.update(identity.encode("ascii"))
        for page in self.pages:
            digest.update(json.dumps([page.name, page.document, page.size_px, page.words]).encode("ascii"))
            for array in (page.word_boxes, page.image_boxes, page.baselines):
                digest.update(array.astype("<f8").tobytes())
            for numbers in (page.word_lines, page.line_paragraphs):
                digest.update(numbers.astype("<i8").tobytes())
            digest.update(page.raster.pixels().tobytes())
        return digest.hexdigest()


class DocumentPool:
    """The documents of one split: pages that were read, and the names of pages that are made when they are drawn."""

    def __init__(self, pages: Sequence[Page], names: Sequence[tuple[PageFactory, str]]) -> None:
        if not pages and not names:
            raise ConfigError(
                "source", "", "this split owns no documents; give it a larger share, or set share_across_splits"
            )
        self._pages, self._names = tuple(pages), tuple(names)

    @property
    def documents(self) -> frozenset[str]:
        """The names of this split's documents."""
        return frozenset({page.document for page in self._pages} | {name for _, name in self._names})

    @cached_property
    def has_images(self) -> bool:
        """Whether any page has images. Of pages that are made when they are drawn only the first ones are looked at."""
        if any(factory.surely_has_images for factory, _ in self._names):
            return True
        return any(len(page.image_boxes) for page in islice(self, len(self._pages) + LOOKED_AT))

    def __iter__(self) -> Iterator[Page]:
        """All pages, one after the other."""
        yield from self._pages
        for factory, name in self._names:
            yield factory.page(name)

    def draw(self, stream: Stream) -> Page:
        """One of the pages; all are equally likely."""
        number = stream.integers(0, len(self._pages) + len(self._names))
        if number < len(self._pages):
            return self._pages[number]
        factory, name = self._names[number - len(self._pages)]
        return factory.page(name)


def _digest(page: Page) -> str:
    """What makes two pages copies of each other: their words; of a page without words, its picture."""
    content = page.text.encode("utf-8", "surrogatepass") if page.words else page.raster.pixels().tobytes()
    return hashlib.sha256(content).hexdigest()


def _groups(pages: Sequence[Page], digests: Sequence[str]) -> dict[str, str]:
    """Document -> its group: the least digest among all documents that are joined by pages they have in common."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for page, digest in zip(pages, digests, strict=True):
        parent[root(f"document {page.document}")] = root(f"page {digest}")
    least: dict[str, str] = {}
    for digest in digests:
        group = root(f"page {digest}")
        least[group] = min(digest, least.get(group, digest))
    return {page.document: least[root(f"document {page.document}")] for page in pages}
