"""What synthetic pages say: titles, sentences, list items, figures, names and addresses from synthink's vocabulary."""

from __future__ import annotations

from synthink.assets.texts import figures
from synthink.assets.texts.sentences import Grammar, vocabulary, with_article
from synthink.streams import Stream

_SMALL_WORDS = frozenset(("a", "an", "and", "in", "of", "on", "the", "to", "for", "with", "near"))
_STREETS = ("Street", "Road", "Lane", "Avenue", "Square", "Hill")
_WITH_FIGURES = (
    "In the papers of {} we find {}.",
    "{} wrote {} on the wall.",
    "The answer of {} was {}, as always.",
    "A note by {} says {}.",
    "When {} asked again, it was {}.",
)
_UNITS = ("g of", "ml of", "cups of", "spoons of", "pieces of", "pinches of")


class PageText:
    """Text of one page, drawn from one stream."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._grammar = Grammar(vocabulary())

    def word(self, kind: str = "nouns") -> str:
        return self._grammar.any(kind, self.stream)

    def name(self) -> str:
        return self.word("names")

    def sentence(self) -> str:
        return self._grammar.sentence(self.stream)

    def paragraph(self, shortest: int = 3, longest: int = 8) -> str:
        """A paragraph of that many sentences; now and then one with a date or an amount in it."""
        count = self.stream.integers(shortest, longest + 1)
        sentences = [self.sentence() for _ in range(count)]
        if self.stream.chance(0.3):
            figure = self.date() if self.stream.chance(0.5) else figures.number(self.stream).replace("/", " of ")
            sentences[self.stream.integers(0, count)] = self.stream.choice(_WITH_FIGURES).format(self.name(), figure)
        return " ".join(sentences)

    def title(self) -> str:
        """A heading of 2 to 8 words in title case."""
        noun, other = self.word(), self.word()
        adjective = self.word("adjectives")
        forms = (
            f"the {adjective} {noun}",
            f"{noun} and {other}",
            f"how {self.name()} {self.word('acted')} the {noun}",
            f"{with_article(f'{adjective} {noun}')} near the {other}",
            f"{self.name()} and the {adjective} {noun}",
            f"on the {noun} of {self.name()}",
            f"why the {noun} {self.word('moved')}",
            f"{adjective} {noun}, {self.word('adjectives')} {other}",
        )
        return title_case(self.stream.choice(forms))

    def phrase(self) -> str:
        """A noun phrase that begins with a capital, without a full stop."""
        return capital(f"{self.word('adjectives')} {self.word()}")

    def task(self) -> str:
        """A line of a list: who did what."""
        return capital(self._grammar.clause(self.stream))

    def date(self) -> str:
        return figures.date(self.stream).replace("/", "-")  # bold faces of two designs draw no slash

    def email(self) -> str:
        return figures.email(self.stream).replace("_", ".")  # Computer Modern has no underscore

    def year(self) -> str:
        return str(self.stream.integers(1900, 2030))

    def count(self, high: int = 1000) -> str:
        return str(self.stream.integers(1, high))

    def amount(self, high: int = 2000) -> str:
        return f"{self.stream.integers(1, high):,}.{self.stream.integers(0, 100):02}"

    def share(self) -> str:
        return f"{self.stream.integers(0, 100)}.{self.stream.integers(0, 10)}%"

    def time(self) -> str:
        return f"{self.stream.integers(7, 20):02}:{self.stream.choice(('00', '10', '15', '30', '40', '45'))}"

    def address(self) -> list[str]:
        """Name, street and town, a line each."""
        street = f"{self.count(200)} {capital(self.word())} {self.stream.choice(_STREETS)}"
        town = f"{self.stream.integers(10000, 99999)} {capital(self.word())}ton"
        return [f"{self.name()} {self.name()}son", street, town]

    def ingredient(self) -> str:
        return f"{self.count(500)} {self.stream.choice(_UNITS)} {self.word('adjectives')} {self.word()}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def title_case(text: str) -> str:
    """Capitals as in English headings."""
    words = text.split()
    return " ".join(word if at and word in _SMALL_WORDS else capital(word) for at, word in enumerate(words))
