"""What a source of documents is. Sources come in by entry points, ours and anybody's.

A source is a class, and one line in its package's metadata, whose name is a value of `documents.kind`::

    [project.entry-points."synthink.documents"]
    notes = "my_package.notes:NotesSource"
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

from synthink import plugins
from synthink.assets.fonts.fonts import Fonts
from synthink.core.clean_text import LOST, clean_text
from synthink.documents.sources.box_convention import Format, Scale
from synthink.documents.sources.collector import PageCollector
from synthink.documents.sources.places import Match
from synthink.errors import ConfigError, SynthinkError, did_you_mean, quoted
from synthink.plugins import DOCUMENTS

SCALE = 96 / 72
"""Pixels a point where nobody says otherwise: 96 dpi."""
MOST_CHARACTERS = 200
"""The longest word that is used, in characters."""


class ReadOptions(Protocol):
    """The options that the user sets for sources: fields of `Documents`, where they are described. Each source reads
    its own."""

    @property
    def dpi(self) -> float: ...
    @property
    def cache_mb(self) -> float: ...
    @property
    def box_format(self) -> Format: ...
    @property
    def box_scale(self) -> Scale: ...
    @property
    def allow_local_files(self) -> bool: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def count(self) -> int: ...
    @property
    def layouts(self) -> tuple[str, ...]: ...
    @property
    def fonts(self) -> Fonts: ...
    @property
    def seed(self) -> int: ...
    @property
    def cache(self) -> str: ...


class DocumentSource(ABC):
    """A source of documents. Its module is imported to look at a place, so heavy libraries are imported in `read`."""

    makes_pages_when_drawn: ClassVar[bool] = False
    """Whether `read` adds a `PageFactory` instead of pages; it is then read even when there is no room for pages."""

    @abstractmethod
    def matches(self, place: str) -> Match:
        """The degree to which a place (a path, an address or a name, as the user wrote it) belongs to this source.

        A path need not exist. Nothing is read but the names of files.
        """

    @abstractmethod
    def read(self, place: str, collector: PageCollector, options: ReadOptions) -> None:
        """Read the pages of a place and hand them, document by document, to `collector.add` until it returns False.

        A file that cannot be read goes to `collector.record_rejection`. Words and pages that are left out are counted
        by their reason in `collector.skipped`.
        """


def load_source(kind: str) -> DocumentSource:
    """The source of that name. Raises `ConfigError` naming the installed ones when there is none."""
    installed = plugins.names(DOCUMENTS)
    if kind not in installed:
        raise ConfigError("kind", kind, f"no such source of documents; {did_you_mean(kind, ['auto', *installed])}")
    source = plugins.load(DOCUMENTS, kind)
    if not (isinstance(source, type) and issubclass(source, DocumentSource)):
        raise SynthinkError(
            f"document source {quoted(kind)}: {quoted(source)} is no subclass of synthink.documents.DocumentSource"
        )
    return source()


def find_source(place: str) -> DocumentSource:
    """The installed source that a place belongs to.

    Raises `ConfigError` when there is none or more than one. A source that cannot be loaded is an error only where no
    other one takes the place.
    """
    matches: dict[str, Match] = {}
    failure: SynthinkError | None = None
    for name in plugins.names(DOCUMENTS):
        try:
            matches[name] = load_source(name).matches(place)
        except SynthinkError as error:
            failure = failure or error
    best = max(matches.values(), default=Match.NO)
    if best == Match.NO:
        raise failure or ConfigError("source", place, _why_none(place, list(matches)))
    names = [name for name, match in matches.items() if match == best]
    if len(names) > 1:
        raise ConfigError("source", place, f"can be read as {' or '.join(names)}; say which with kind")
    return load_source(names[0])


def _why_none(place: str, names: list[str]) -> str:
    if "://" in place:
        return "is no address that is opened; these begin with http:// or https://"
    hint = did_you_mean(place, names)
    if not hint.startswith("did"):
        hint = f"sources: {', '.join(names)}; a dataset of the hub is written dataset:NAME"
    return f"is no file, folder or address that a source of documents can read; {hint}"


def usable_word(text: str) -> tuple[str, str]:
    """The word that a source's text stands for, cleaned up, and no reason; or an empty word and the reason why it
    cannot be used in a label."""
    word = clean_text(text).strip()
    if not word:
        return "", "words without text"
    if len(word.split()) > 1 or not word.isprintable():
        return "", "words with blanks or control characters"
    if LOST in word:
        return "", "words with letters that are lost (U+FFFD)"
    if len(word) > MOST_CHARACTERS:
        return "", f"words of more than {MOST_CHARACTERS} characters"
    if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in word):
        return "", "words written from right to left"
    return word, ""
