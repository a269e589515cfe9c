"""A small English grammar: sentences over a vocabulary, offline and without end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources

from synthink.streams import Stream

Vocabulary = Mapping[str, Sequence[str]]
"""Word class (`nouns`, `adjectives`, `acted`, `moved`, `adverbs`, `names`) -> its words; verbs are in the past."""

CLASSES = ("nouns", "adjectives", "acted", "moved", "adverbs", "names")
_PLACES = ("in", "near", "behind", "under", "beside", "above", "outside", "opposite", "inside", "next to")
_LINKS = ("and", "but", "while", "because", "so", "before", "after", "although")
_OPENERS = ("Today", "At noon", "Last night", "In the end", "By then", "For once", "As usual", "Later on", "No doubt")
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty")


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """The words that come with synthink, by class."""
    text = resources.files("synthink.assets.texts").joinpath("sentence_words.txt").read_text(encoding="ascii")
    lines = (line.partition(":") for line in text.splitlines() if line)
    return {name: tuple(sorted(set(words.split()))) for name, _, words in lines}


class Grammar:
    """Sentences over one split's vocabulary."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words

    def sentence(self, stream: Stream) -> str:
        """One sentence with its capital and its full stop, question mark or exclamation mark; 10 to 110 characters."""
        text, end = stream.choice(_FORMS)(self, stream)
        return text[0].upper() + text[1:] + end

    def any(self, kind: str, stream: Stream) -> str:
        """A word of a class."""
        return stream.choice(self._words[kind])

    def thing(self, stream: Stream) -> str:
        """A noun phrase or a name."""
        form = stream.integers(0, 8)
        if form == 0:
            return self.any("names", stream)
        noun = self.any("nouns", stream)
        if form == 1:
            return f"{self.any('names', stream)}'s {noun}"
        if form < 5:
            noun = f"{self.any('adjectives', stream)} {noun}"
        article = stream.choice(("the", "the", "the", "a", "my", "our", "their", "his", "her", "this", "that"))
        return f"{with_article(noun) if article == 'a' else f'{article} {noun}'}"

    def clause(self, stream: Stream) -> str:
        """A clause in which somebody did something."""
        verb, manner = stream.integers(0, 2), stream.integers(0, 5)
        subject = self.thing(stream)
        text = (
            f"{subject} {self.any('acted', stream)} {self.thing(stream)}"
            if verb
            else f"{subject} {self.any('moved', stream)}"
        )
        if manner == 0:
            return f"{text} {self.any('adverbs', stream)}"
        if manner == 1 or (manner == 2 and not verb):
            return f"{text} {stream.choice(_PLACES)} {self.thing(stream)}"
        return text


def with_article(phrase: str) -> str:
    """The phrase after "a" or "an", which is chosen by its sound."""
    vowel = phrase[0] in "aeiou" and not phrase.startswith(("uni", "use", "usu"))
    return f"{'an' if vowel or phrase.startswith(('hour', 'honest')) else 'a'} {phrase}"


def _plain(grammar: Grammar, stream: Stream) -> tuple[str, str]:
    return grammar.clause(stream), stream.choice((".", ".", ".", ".", "!"))


def _linked(grammar: Grammar, stream: Stream) -> tuple[str, str]:
    return f"{grammar.clause(stream)}, {stream.choice(_LINKS)} {grammar.clause(stream)}", "."


def _opened(grammar: Grammar, stream: Stream) -> tuple[str, str]:
    return f"{stream.choice(_OPENERS)}, {grammar.clause(stream)}", "."


def _was(grammar: Grammar, stream: Stream) -> tuple[str, str]:
    degree = stream.choice(("", "", "very ", "rather ", "not ", "too "))
    return f"{grammar.thing(stream)} was {degree}{grammar.any('adjectives', stream)}", "."


def _question(grammar: Grammar, stream: Stream) -> tuple[str, str]:
    return f"was {grammar.thing(stream)} {stream.choice(_PLACES)} {grammar.thing(stream)}", "?"


def _who(grammar: Grammar, stream: Stream) -> tuple[str, str]:
    return f"who {grammar.any('acted', stream)} {grammar.thing(stream)}", "?"


def _quotation(grammar: Grammar, stream: Stream) -> tuple[str, str]:
    return f'"{_capital(grammar.clause(stream))}," said {grammar.any("names", stream)}', "."


def _there(grammar: Grammar, stream: Stream) -> tuple[str, str]:
    noun = f"{grammar.any('adjectives', stream)} {grammar.any('nouns', stream)}"
    return f"there was {with_article(noun)} {stream.choice(_PLACES)} {grammar.thing(stream)}", "."


def _counted(grammar: Grammar, stream: Stream) -> tuple[str, str]:
    days = stream.choice(("days", "weeks", "hours", "years", "minutes"))
    return f"{grammar.clause(stream)} {stream.choice(_NUMBERS)} {days} ago", "."


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


_FORMS: tuple[Callable[[Grammar, Stream], tuple[str, str]], ...] = (
    *(_plain, _plain, _plain, _linked, _opened, _was, _question, _who, _quotation, _there, _counted),
)
