"""Prose without end for pages: a grammar of frames over the builtin words, by parts of speech.

`page_frames.txt` holds the frames, `page_words.txt` lists of words that belong together, `word_classes` the builtin
words by class. A writer of one page comes back to a few places, people and subjects, as pages do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from synthink.assets.texts.sentences import vocabulary
from synthink.assets.texts.word_classes import word_classes
from synthink.streams import Stream

REGISTERS = ("study", "news", "office", "story", "place")
"""The symbols that become whole sentences, each of a kind of text."""
IN_TURN = frozenset((*REGISTERS, "task", "speech", "step", "point"))
"""The symbols whose frames all come once on a page before one comes again."""
RECURRING = frozenset(("town", "last", "first", "body", "official", "object", "ware", "site", "stuff"))
"""The symbols that a page comes back to."""
AGAIN = 0.25  # share of these that the page has had before
MOST_EARLIER = 4
_RELATIONAL = ("al", "ive", "ic", "ary", "able", "ible", "ent", "ant", "ar")
_SYMBOL = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa])n? (?=([A-Za-z]+))")
_SOUNDS_CLOSED = ("uni", "use", "usu", "util", "eu", "ewe", "one", "once", "ubi")  # written with a vowel, heard without
_SOUNDS_OPEN = ("hour", "honest", "honour", "heir")


class _Part(NamedTuple):
    """A symbol of a frame, and the text before it."""

    before: str
    symbol: str
    is_capital: bool


class _Frame(NamedTuple):
    parts: tuple[_Part, ...]
    end: str


class Prose:
    """A writer of prose for one page, who draws from one stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._earlier: dict[str, list[str]] = {}
        self._waiting: dict[str, list[_Frame]] = {}

    def text(self, symbol: str) -> str:
        """The text of a symbol: a sentence with its capital for one of `REGISTERS`, else a smaller piece."""
        text = _ARTICLE.sub(_article, self._expanded(symbol, set()))
        return capital(text) if symbol in REGISTERS else text

    def fresh(self, symbol: str) -> str:
        """A word that need not be one that the page comes back to."""
        return self._any(symbol)

    def _expanded(self, symbol: str, used: set[str]) -> str:
        """used: what other symbols of the same piece have become, so that no two become the same."""
        figure = _FIGURES.get(symbol)
        if figure is not None:
            return figure(self._stream)
        frames = grammar().get(symbol)
        if frames is not None:
            frame = self._frame(symbol, frames) if symbol in IN_TURN else self._stream.choice(frames)
            pieces = []
            for before, inner, is_capital in frame.parts:
                text = self._expanded(inner, used)
                pieces += [before, capital(text) if is_capital else text]
            return "".join((*pieces, frame.end))
        for _ in range(4):
            text = self._word(symbol)
            if text not in used:
                break
        used.add(text)
        return text

    def _frame(self, register: str, frames: Sequence[_Frame]) -> _Frame:
        """A frame of a sentence: all of them in a new order before one comes again."""
        waiting = self._waiting.get(register)
        if not waiting:
            waiting = self._waiting[register] = self._stream.shuffled(frames)
        return waiting.pop()

    def _word(self, symbol: str) -> str:
        if symbol not in RECURRING:
            return self._any(symbol)
        earlier = self._earlier.setdefault(symbol, [])
        if earlier and self._stream.chance(AGAIN):
            return self._stream.choice(earlier)
        text = self._any(symbol)
        if len(earlier) < MOST_EARLIER:
            earlier.append(text)
        return text

    def _any(self, symbol: str) -> str:
        if symbol == "town":
            return self._any("start") + self._any("end")
        if symbol == "street":
            return f"{self._any('way_name')} {self._any('way')}"
        return self._stream.choice(lexicon()[symbol])


@cache
def grammar() -> dict[str, tuple[_Frame, ...]]:
    """Symbol -> its frames."""
    frames: dict[str, list[_Frame]] = {}
    symbol = ""
    for line in _lines("page_frames.txt"):
        if line.startswith("["):
            symbol = line.strip("[]")
        else:
            frames.setdefault(symbol, []).append(_frame(line))
    return {name: tuple(members) for name, members in frames.items()}


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """Symbol -> its words: classes of builtin words, lists of words that belong together, first names."""
    lists = {}
    for line in _lines("page_words.txt"):
        name, _, words = line.partition(": ")
        lists[name] = tuple(words.split(", "))
    classes = word_classes()
    relational = tuple(word for word in classes["quality"] if word.endswith(_RELATIONAL))
    return {**classes, **lists, "relational": relational, "first": vocabulary()["names"]}


def capital(text: str) -> str:
    """The text with a capital as its first letter, also behind a quotation mark."""
    at = 1 if text.startswith('"') else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def _lines(name: str) -> list[str]:
    text = resources.files("synthink.assets.texts").joinpath(name).read_text(encoding="ascii")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _frame(line: str) -> _Frame:
    pieces = _SYMBOL.split(line)
    parts = (
        _Part(before, symbol[0].lower() + symbol[1:], symbol[0].isupper())
        for before, symbol in zip(pieces[0:-1:2], pieces[1::2], strict=True)
    )
    return _Frame(tuple(parts), pieces[-1])


def _article(match: re.Match[str]) -> str:
    word = match[2].lower()
    is_open = word.startswith(_SOUNDS_OPEN) or (word[0] in "aeiou" and not word.startswith(_SOUNDS_CLOSED))
    return f"{match[1]}n " if is_open else f"{match[1]} "


def _pages(stream: Stream) -> str:
    first = stream.integers(1, 900)
    return f"{first}-{first + stream.integers(1, 40)}"


def _sum(stream: Stream) -> str:
    currency = stream.choice(("$", "EUR ", "GBP "))
    return f"{currency}{stream.integers(2, 900)}{stream.choice(('', ',000', '.50'))}"


_FIGURES: dict[str, Callable[[Stream], str]] = {
    "year": lambda stream: str(stream.integers(1840, 2026)),
    "n": lambda stream: str(stream.integers(3, 90)),
    "digit": lambda stream: str(stream.integers(2, 10)),
    "percent": lambda stream: f"{stream.integers(1, 100)}.{stream.integers(0, 10)}%",
    "money": _sum,
    "hour": lambda stream: f"{stream.integers(8, 20)}:{stream.choice(('00', '15', '30', '45'))}",
    "clock": lambda stream: f"{stream.integers(1, 13)}:{stream.integers(0, 60):02}",
    "grams": lambda stream: str(stream.integers(1, 20) * 25),
    "oven": lambda stream: str(stream.integers(14, 24) * 10),
    "pages": _pages,
    "initial": lambda stream: f"{stream.choice('ABCDEFGHIJKLMNOPRSTVW')}.",
    "date": lambda stream: (
        f"{stream.integers(1, 29)} {stream.choice(lexicon()['month'])} {stream.integers(1975, 2026)}"
    ),
}
