"""What synthetic pages say: sentences of a kind, titles, list items, figures, names, and the fields of each layout."""

from __future__ import annotations

from typing import NamedTuple

from synthink.assets.texts import figures
from synthink.assets.texts.definitions import definitions
from synthink.assets.texts.prose import REGISTERS, Prose, capital, lexicon
from synthink.streams import Stream

_SMALL_WORDS = frozenset(
    ("a", "an", "and", "at", "by", "from", "in", "is", "of", "on", "the", "to", "for", "with", "near")
)
_CURRENCIES = ("EUR", "GBP", "USD", "$")
_TAXES = (7, 10, 19, 20, 21, 25)


class Bill(NamedTuple):
    """Goods with their prices, which add up."""

    rows: list[list[str]]
    """Description, quantity, price of one, amount."""
    sums: list[list[str]]
    """Name of a sum, amount: without tax, tax, all."""


class PageText:
    """Text of one page, drawn from one stream. `register` is the kind of its sentences."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.prose = Prose(stream)
        self.register = stream.choice(REGISTERS)

    def piece(self, symbol: str) -> str:
        """The text that a symbol of the grammar becomes."""
        return self.prose.text(symbol)

    def word(self) -> str:
        """Any of the builtin words."""
        return self.piece("any")

    def terms(self, count: int) -> list[tuple[str, str]]:
        """Words and what they mean, in the order of the alphabet, with few words between them."""
        meanings = tuple(definitions().items())
        at, terms = self.stream.integers(0, len(meanings) - 5 * count), []
        for _ in range(count):
            terms.append(meanings[at])
            at += self.stream.integers(1, 6)
        return terms

    def entries(self, count: int) -> list[str]:
        """Lines of a book's index: words in the order of the alphabet, each with pages."""
        every = lexicon()["any"]
        at, lines = self.stream.integers(0, len(every) - 60 * count), []
        for _ in range(count):
            pages = sorted({self.stream.integers(2, 500) for _ in range(self.stream.integers(1, 4))})
            lines.append(f"{every[at]}, {', '.join(map(str, pages))}")
            at += self.stream.integers(1, 60)
        return lines

    def name(self) -> str:
        return self.piece("first")

    def full_name(self) -> str:
        return f"{self.piece('first')} {self.piece('last')}"

    def sentence(self) -> str:
        return self.piece(self.register)

    def paragraph(self, shortest: int = 3, longest: int = 8) -> str:
        """A paragraph of that many sentences."""
        return " ".join(self.sentence() for _ in range(self.stream.integers(shortest, longest + 1)))

    def title(self) -> str:
        """A heading, in title case at times."""
        text = self.piece("title")
        return title_case(text) if self.stream.chance(0.5) else text

    def phrase(self) -> str:
        """A noun phrase that begins with a capital, without a full stop."""
        return self.piece("phrase")

    def task(self) -> str:
        """A line of a list: what has to be done."""
        return self.piece("task")

    def date(self) -> str:
        return figures.date(self.stream).replace("/", "-")  # bold faces of two designs draw no slash

    def email(self) -> str:
        return figures.email(self.stream).replace("_", ".")  # Computer Modern (fonts=extra) has no underscore

    def year(self) -> str:
        return str(self.stream.integers(1900, 2030))

    def count(self, high: int = 1000) -> str:
        return str(self.stream.integers(1, high))

    def amount(self, high: int = 2000) -> str:
        return money(self.stream.integers(100, high * 100))

    def share(self) -> str:
        return f"{self.stream.integers(0, 100)}.{self.stream.integers(0, 10)}%"

    def times(self, count: int, first: int = 6 * 60, last: int = 22 * 60) -> list[str]:
        """Times of one day, in order; minutes after midnight bound them."""
        minutes = sorted(self.stream.integers(first, last) for _ in range(count))
        return [clock(minute) for minute in minutes]

    def address(self) -> list[str]:
        """Name, street and town, a line each."""
        street = f"{self.count(200)} {self.piece('street')}"
        return [self.full_name(), street, f"{self.stream.integers(10000, 99999)} {self.piece('town')}"]

    def bill(self, count: int) -> Bill:
        """A bill of that many lines."""
        rows, total = [], 0
        for _ in range(count):
            quantity, price = self.stream.integers(1, 13), self.stream.integers(60, 20_000)
            if self.stream.chance(0.5):
                price = price // 50 * 50 + 50
            total += quantity * price
            rows.append([capital(self.piece("goods")), str(quantity), money(price), money(quantity * price)])
        tax = self.stream.choice(_TAXES)
        owed = (total * tax + 50) // 100
        currency = self.stream.choice(_CURRENCIES)
        sums = [["Subtotal", money(total)], [f"Tax {tax}%", money(owed)], [f"Total {currency}", money(total + owed)]]
        return Bill(rows, sums)

    def journeys(self, places: int, count: int) -> list[list[str]]:
        """Rows of a timetable: a place, and when each of the journeys is there; later rows and journeys are later."""
        starts = sorted(self.stream.integers(300, 1200) for _ in range(count))
        legs = [0, *(self.stream.integers(2, 16) for _ in range(places - 1))]
        rows, passed = [], 0
        for leg in legs:
            passed += leg
            rows.append([self.prose.fresh("town"), *(clock(start + passed) for start in starts)])
        return rows


def money(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02}"


def clock(minutes: int) -> str:
    """Minutes after midnight as a time of day."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def title_case(text: str) -> str:
    """Capitals as in English headings."""
    words = text.split()
    return " ".join(word if at and word in _SMALL_WORDS else capital(word) for at, word in enumerate(words))
