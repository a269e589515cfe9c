"""What is written: words, sentences, numbers, dates, addresses, a user's own lines, in the characters of a hand."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar

from synthink.assets.texts.figures import date, email, number
from synthink.assets.texts.sentences import CLASSES, Grammar, vocabulary
from synthink.assets.texts.sources import corpus_sentences, file_lines, listed_texts, wrapped
from synthink.assets.words.letter_case import group_of
from synthink.assets.words.pool import named_characters
from synthink.assets.words.sources import looks_like_a_path
from synthink.assets.words.words import Words, WordSet
from synthink.core.assets import AssetSet, AssetSpec
from synthink.core.left_out import LEAVES_OUT, LeftOut
from synthink.errors import ConfigError, did_you_mean, quoted, shortened
from synthink.files import user_path
from synthink.settings import Between
from synthink.streams import Stream

KINDS = ("words", "sentences", "numbers", "dates", "emails")
CORPORA = ("inaugural",)
MOST_TRIES = 2000
_FIGURES: dict[str, Callable[[Stream], str]] = {"numbers": number, "dates": date, "emails": email}


class Texts(AssetSpec["TextPool"]):
    """The texts that are written."""

    shorthand = "source"

    source: str | tuple[str, ...] = KINDS
    """The sources of texts; one source is drawn for each line: `words`, `sentences` (made by a grammar), `numbers`,
    `dates`, `emails`, `inaugural` (sentences of the NLTK corpus), or a text file with one text a line. A source that is
    named twice is drawn twice as often."""
    lines: tuple[str, ...] = ()
    """The texts themselves, instead of a source."""
    length: Annotated[tuple[int, int], Between(1, 200)] = (3, 40)
    """The fewest and the most characters of a line; longer texts are broken between words."""
    words: Words = Words(case=("as_is", "as_is", "title", "upper"))
    """The words that the source `words` draws from."""
    strict: bool = False
    """Whether a text that cannot be written is an error; otherwise it is left out and counted."""

    def __post_init__(self) -> None:
        source: Any = self.source
        if isinstance(source, os.PathLike):
            object.__setattr__(self, "source", os.fspath(source))
        super().__post_init__()

    def check(self) -> None:
        if not self.sources and not self.lines:
            raise ConfigError("source", self.source, "must name at least one source of texts")
        for name in self.sources:
            if name not in KINDS and name not in CORPORA and not looks_like_a_path(name):
                raise ConfigError("source", name, f"is no kind of text and no file; {did_you_mean(name, KINDS)}")

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources to draw from, also where a single one was named; none where lines are given."""
        if self.lines:
            return ()
        return (self.source,) if isinstance(self.source, str) else self.source

    def outside(self) -> list[str]:
        files = [name for name in self.sources if name not in KINDS and name not in CORPORA]
        return files + (self.words.outside() if "words" in self.sources else [])

    def open(self) -> TextSet:
        """Read and check all texts. Raises `AssetError` for a file, `ConfigError` for a list or a length."""
        left_out = LeftOut()
        strictly = None if self.strict else left_out
        texts: dict[str, Mapping[str, int]] = {}
        for name in self.sources:
            if name in CORPORA:
                texts[name] = dict.fromkeys(corpus_sentences(name), 0)
            elif name not in KINDS:
                texts[name] = file_lines(user_path(name), strictly)
        if self.lines:
            texts["lines"] = listed_texts(self.lines, "lines", strictly)
        return TextSet(self, texts, left_out, self.words.open() if "words" in self.sources else None)


class TextSet(AssetSet["TextPool"]):
    """The texts of all splits together."""

    kind: ClassVar[str] = "texts"

    def __init__(
        self, spec: Texts, texts: Mapping[str, Mapping[str, int]], left_out: LeftOut, words: WordSet | None
    ) -> None:
        """texts: by source, each with its line there. left_out: those of these sources that are none of them."""
        self.spec, self.words = spec, words
        self._texts, self._read_left_out, self._fit_left_out = texts, left_out, LeftOut()
        self.listed = {name: self._fitting(name) for name in texts}
        """The texts of each source in lines of the wanted length, sorted, each once."""

    @property
    def left_out(self) -> LeftOut:
        own = self._read_left_out + self._fit_left_out
        return own + self.words.left_out if self.words else own

    @property
    def languages(self) -> frozenset[str] | None:
        is_known = not self.spec.lines and {*KINDS, *CORPORA}.issuperset(self.spec.sources)
        words = self.words.languages if self.words else frozenset[str]()
        return frozenset({"en"}) | words if is_known and words is not None else None

    def _fitting(self, name: str) -> tuple[str, ...]:
        low, high = self.spec.length
        lines: set[str] = set()
        for text, place in self._texts[name].items():
            pieces = [line for line in wrapped(text, high) if len(line) >= low]
            lines.update(pieces)
            if not pieces:
                self._fit_left_out.note("texts too short (texts.length)", _place(name, text, place))
        if not lines:
            field, value = ("length", self.spec.length) if self._fit_left_out else ("source", name)
            reason = f"no text of {shortened(name)} is left: {self._read_left_out + self._fit_left_out}"
            raise ConfigError(field, value, reason)
        return tuple(sorted(lines))

    def drawable(self, characters: frozenset[str], why: str = "no hand writes") -> TextSet:
        """why: what is said of the characters that are missing."""
        left_out, texts = self._read_left_out + LeftOut(), dict[str, Mapping[str, int]]()
        for name, lines in self._texts.items():
            texts[name] = {text: place for text, place in lines.items() if characters.issuperset(text)}
            for text, place in lines.items():
                if text in texts[name]:
                    continue
                if self.spec.strict:
                    others = named_characters(frozenset(text) - characters)
                    reason = f"{why} {others}{LEAVES_OUT}"
                    raise ConfigError("source", _place(name, text, place), reason)
                left_out.note(f"texts with characters that {why}", _place(name, text, place))
        return TextSet(self.spec, texts, left_out, self.words.drawable(characters, why) if self.words else None)

    def groups(self) -> list[str] | None:
        """None: sentences and numbers have no end. A line, or a word of the vocabulary, belongs to one split."""
        return None

    def pool(self, groups: frozenset[str] | None, belongs: Callable[[str], bool]) -> TextPool:
        """The texts that one split draws from."""
        return TextPool(self, belongs)

    def record(self) -> dict[str, Any]:
        spec = self.spec
        listed = [[name.rpartition("/")[2], texts] for name, texts in self.listed.items()]  # wherever a file lies
        kinds = [name for name in spec.sources if name not in self.listed]
        parts = [kinds, spec.length, listed, {name: vocabulary()[name] for name in CLASSES}]
        words = self.words.record() if self.words else {}
        digest = hashlib.sha256(json.dumps([*parts, words.get("fingerprint")]).encode("ascii")).hexdigest()
        licences = {
            "CC0-1.0" if name in KINDS else "public domain" if name in CORPORA else "unknown" for name in spec.sources
        }
        return {
            "fingerprint": digest,
            "source": list(spec.sources) or "lines",
            "count": {name: len(texts) for name, texts in self.listed.items()},
            "licences": sorted((licences or {"unknown"}) | set(words.get("licences", ()))),
        }


def _place(name: str, text: str, number: int) -> str:
    """The name of a text for messages: `line 3 'naïve'`."""
    return quoted(text, 40) if name in (*CORPORA, "lines") else f"line {number} {quoted(text, 40)}"


class TextPool:
    """The texts of one split."""

    def __init__(self, texts: TextSet, belongs: Callable[[str], bool]) -> None:
        self._belongs = belongs
        self.sources = texts.spec.sources or ("lines",)
        """What the texts come from."""
        self._length = texts.spec.length
        self._words = texts.words.pool(None, belongs) if texts.words else None
        own = {name: tuple(word for word in vocabulary()[name] if belongs(group_of(word))) for name in CLASSES}
        self._grammar = Grammar(own)
        if "sentences" in self.sources and not all(own.values()):
            raise ConfigError(
                "source", "sentences", "this split owns too few words for sentences; give it a larger share"
            )
        self._listed = {
            name: tuple(text for text in lines if belongs(group_of(text))) for name, lines in texts.listed.items()
        }
        for name, lines in self._listed.items():
            if not lines:
                raise ConfigError("source", name, "this split has no texts; give more, or set share_across_splits")

    @cached_property
    def characters(self) -> frozenset[str]:
        """Every character that a text from outside can hold; those of the other kinds are printable ASCII."""
        listed = frozenset().union(*(text for texts in self._listed.values() for text in texts))
        return listed | (self._words.letters if self._words else frozenset())

    def line(self, stream: Stream, most: int | None = None) -> str:
        """One line, of at most `most` characters where that is fewer than the configured length."""
        high = min(most or self._length[1], self._length[1])
        for kind in stream.shuffled(self.sources):  # one that has nothing so short gives way to another
            text = self._line(stream, kind, high)
            if text:
                return text
        raise ConfigError(
            "length", self._length, f"nearly no text of {' or '.join(self.sources)} fits in {high} characters"
        )

    def paragraph(self, stream: Stream, lines: int, most: int | None = None) -> list[str]:
        """A paragraph of that many lines of one kind; sentences run on from line to line."""
        high = min(most or self._length[1], self._length[1])
        kind = stream.choice(self.sources)
        if kind != "sentences":
            return [self._line(stream, kind, high) or self.line(stream, high) for _ in range(lines)]
        for _ in range(MOST_TRIES):
            text = self._grammar.sentence(stream)
            while len(rows := wrapped(text, high)) < lines + 1:
                text += " " + self._grammar.sentence(stream)
            # Cut short, it may hold no word that is this split's own.
            if self._belongs(group_of("\n".join(rows[:lines]))):
                return rows[:lines]
        raise ConfigError("length", self._length, f"nearly no paragraph of {lines} lines belongs to this split")

    def _line(self, stream: Stream, kind: str, high: int) -> str:
        """One line of a kind; empty where nearly none is short enough."""
        low = self._length[0] if high == self._length[1] else min(self._length[0], max(1, high // 2))
        for _ in range(MOST_TRIES):
            text = self._text(stream, kind, low, high)
            if low <= len(text) <= high:
                return text
        return ""

    def _text(self, stream: Stream, kind: str, low: int, high: int) -> str:
        if kind == "words":
            return self._phrase(stream, low, high)
        if kind == "sentences":
            text = self._grammar.sentence(stream)
            return text if len(text) <= high else self._fragment(stream, text, low, high)
        if kind in _FIGURES:
            text = _FIGURES[kind](stream)
            return text if self._belongs(group_of(text)) else ""
        text = stream.choice(self._listed[kind])
        return text if len(text) <= high else self._fragment(stream, text, low, high)

    def _phrase(self, stream: Stream, low: int, high: int) -> str:
        """Words until the line is as long as was drawn."""
        assert self._words is not None
        wanted = stream.integers(low, high + 1)
        text = self._words.draw(stream)
        while len(text) < wanted:
            longer = f"{text} {self._words.draw(stream)}"
            if len(longer) > high:
                break
            text = longer
        return text

    def _fragment(self, stream: Stream, sentence: str, low: int, high: int) -> str:
        """Some words of a sentence that is too long, as they stand on a line of their own."""
        words = sentence.split(" ")
        first = stream.integers(0, len(words))
        text = words[first]
        for word in words[first + 1 :]:
            if len(text) + 1 + len(word) > high:
                break
            text += " " + word
        # Without a word of this split's vocabulary the same fragment may turn up in another split.
        return text if self._belongs(group_of(text)) else ""
