"""Documents as an asset: pages of synthetic or real documents, each document in one split."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Annotated, Any, ClassVar, Literal

from synthink.assets.fonts.fonts import Fonts
from synthink.core.assets import AssetSet, AssetSpec
from synthink.documents.page.model import Page
from synthink.documents.sources.kinds import DATASET, SYNTHETIC, kind_of, published
from synthink.documents.sources.sources import FILES, PageCollector, read_source
from synthink.documents.synthetic.pages import SyntheticPages
from synthink.errors import ConfigError
from synthink.settings import Between
from synthink.streams import Stream

NAMED = 100  # files that were left out whose names the manifest has
LOOKED_AT = 64  # synthetic pages that are made to see whether a layout has images


class Documents(AssetSpec["DocumentPool"]):
    """Which documents are drawn on."""

    shorthand = "source"

    source: str | tuple[str, ...] = SYNTHETIC
    """`synthetic`; PDF files, web pages, or page folders of the AMLD workshop, each as a path or a folder of them; an
    http address; `dataset:` and the path or name of a Hugging Face dataset. Several sources may be listed."""
    kind: Literal["auto", "synthetic", "pdf", "html", "pages", "dataset"] = "auto"
    """What the sources are, where their names do not tell."""
    count: Annotated[int, Between(1, 999_999)] = 1000
    """How many synthetic documents there are."""
    layouts: tuple[str, ...] = ()
    """Of synthetic documents; none means all."""
    fonts: Fonts = Fonts()
    seed: Annotated[int, Between(0)] = 0
    """Of the synthetic documents: datasets of all seeds draw on the same ones, unless this differs."""
    dpi: Annotated[float, Between(48, 300)] = 96.0
    """Pixels an inch of paper, or of 96 CSS pixels."""
    box_scale: Literal["auto", "pixels", "thousand"] = "auto"
    """What boxes of a dataset are counted in: pixels, or thousandths of the picture's width and height."""
    most: Annotated[int, Between(1)] = 2000
    """Pages read at most of documents from outside. A PDF of more than 2,000 pages is read where this is below that."""
    cache_mb: Annotated[float, Between(1)] = 256.0
    """Memory for pages. Synthetic pages that find no room are made again when they are drawn."""
    strict: bool = True
    """Refuse a file that cannot be read; otherwise it is left out and counted in the manifest."""
    allow_local_files: bool = False
    """Show a web page from the disk with the pictures and styles of its folder."""
    timeout_s: Annotated[float, Between(0.1, 600)] = 30.0
    """Longest time to load a web page."""

    def __post_init__(self) -> None:
        given: Any = self.source
        if isinstance(given, os.PathLike):
            object.__setattr__(self, "source", os.fspath(given))
        elif isinstance(given, list | tuple):
            object.__setattr__(self, "source", [os.fspath(e) if isinstance(e, os.PathLike) else e for e in given])
        super().__post_init__()

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources, also where a single one was named."""
        return (self.source,) if isinstance(self.source, str) else self.source

    def check(self) -> None:
        if not self.sources or not all(name.removeprefix(DATASET).strip() for name in self.sources):
            raise ConfigError("source", self.source, "names no documents")
        if len(set(self.sources)) < len(self.sources):
            raise ConfigError("source", self.source, "names a source twice")
        if self.kind == SYNTHETIC and self.sources != (SYNTHETIC,):
            raise ConfigError("kind", self.kind, "the only source of this kind is synthetic")

    def open(self) -> DocumentSet:
        """Read all documents from outside. Raises `DocumentError` naming the file that cannot be used, `ConfigError`
        for a source without any page that can be."""
        shelf = PageCollector(self)
        skipped = shelf.skipped
        kinds = [kind_of(name) if self.kind == "auto" else self.kind for name in self.sources]
        for name, kind in zip(self.sources, kinds, strict=True):
            before, told = len(shelf.pages), skipped.copy()
            if kind != SYNTHETIC and before < self.most:
                read_source(name, kind, shelf)
                if len(shelf.pages) == before:
                    counts = ", ".join(f"{count:,} {reason}" for reason, count in (skipped - told).most_common(4))
                    raise ConfigError("source", name, f"holds no page that can be used ({counts or 'no page at all'})")
        synthetic = SyntheticPages(self) if SYNTHETIC in kinds else None
        return DocumentSet(self, shelf.pages, skipped, synthetic, shelf.refused)


class DocumentSet(AssetSet["DocumentPool"]):
    """The documents of all splits together."""

    kind: ClassVar[str] = "documents"

    def __init__(
        self,
        spec: Documents,
        pages: Sequence[Page],
        skipped: Counter[str],
        synthetic: SyntheticPages | None,
        refused: Mapping[str, str],
    ) -> None:
        self.spec, self.skipped, self.synthetic, self.refused = spec, skipped, synthetic, refused
        self.pages = sorted(pages, key=lambda page: page.name)
        self._digests = [_digest(page) for page in self.pages]
        self._groups = _groups(self.pages, self._digests)

    def groups(self) -> list[str] | None:
        """Synthetic documents by name; others by the digest of their text: documents that have a page in common are
        one group, whatever their files are called."""
        return sorted({*self._groups.values(), *(self.synthetic.names if self.synthetic else ())})

    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> DocumentPool:
        """The documents of one split."""
        own = [page for page in self.pages if groups is None or self._groups[page.document] in groups]
        names = self.synthetic.names if self.synthetic else []
        return DocumentPool(own, [name for name in names if groups is None or name in groups], self.synthetic)

    def record(self) -> dict[str, Any]:
        synthetic = self.synthetic
        licences = {page.about.get("licence", "unknown") for page in self.pages} | ({"CC0-1.0"} if synthetic else set())
        fonts = synthetic.fonts.record()["licences"] if synthetic else []
        return {
            "fingerprint": self._fingerprint,
            "source": [published(name) for name in self.spec.sources],
            "documents": len(self._groups) + (len(synthetic.names) if synthetic else 0),
            "groups": len(self.groups() or ()),
            "pages": len(self.pages) + (len(synthetic.names) if synthetic else 0),
            "skipped": {reason: count for reason, count in sorted(self.skipped.items()) if count},
            **({"left_out": dict(sorted(self.refused.items())[:NAMED])} if self.refused else {}),
            "licences": [*sorted(licences), *fonts],
        }

    @cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256(json.dumps(self.synthetic.told() if self.synthetic else None).encode("ascii"))
        for page in self.pages:
            digest.update(json.dumps([page.name, page.document, page.size_px, page.words]).encode("ascii"))
            for array in (page.word_boxes, page.image_boxes, page.baselines):
                digest.update(array.astype("<f8").tobytes())
            for numbers in (page.word_lines, page.line_paragraphs):
                digest.update(numbers.astype("<i8").tobytes())
            digest.update(page.raster.pixels().tobytes())
        return digest.hexdigest()


def left_out(record: Mapping[str, Any], most: int = 3) -> str:
    """What is said of the files that a manifest's record of an asset calls left out: how many, and the first names."""
    named = record["left_out"]
    count = sum(count for reason, count in record["skipped"].items() if reason.startswith(FILES))
    told = [f"{name} ({reason})" for name, reason in list(named.items())[:most]]
    more = f", and {count - len(told):,} more" if count > len(told) else ""
    return f"{count:,} {'file' if count == 1 else 'files'} left out: {', '.join(told)}{more}"


class DocumentPool:
    """The documents of one split."""

    def __init__(self, pages: Sequence[Page], names: Sequence[str], synthetic: SyntheticPages | None) -> None:
        if not pages and not names:
            raise ConfigError(
                "source", "", "this split owns no documents; give it a larger share, or set share_across_splits"
            )
        self._pages, self._names, self._synthetic = tuple(pages), tuple(names), synthetic
        self._count = len(pages) + len(names)

    @property
    def documents(self) -> frozenset[str]:
        """The names of this split's documents."""
        return frozenset({page.document for page in self._pages} | set(self._names))

    @cached_property
    def has_images(self) -> bool:
        """Whether pages have any. Of synthetic ones all layouts together do; of named layouts some pages are made."""
        if self._synthetic is not None and self._names and not self._synthetic.spec.layouts:
            return True
        return any(len(page.image_boxes) for page in islice(self, len(self._pages) + LOOKED_AT))

    def __iter__(self) -> Iterator[Page]:
        """All pages, one after the other."""
        yield from self._pages
        for name in self._names:
            assert self._synthetic is not None
            yield self._synthetic.page(name)

    def draw(self, stream: Stream) -> Page:
        """One of the pages, all alike likely."""
        number = stream.integers(0, self._count)
        if number < len(self._pages):
            return self._pages[number]
        assert self._synthetic is not None
        return self._synthetic.page(self._names[number - len(self._pages)])


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
