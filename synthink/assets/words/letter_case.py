"""Upper and lower case, letter by letter: a word keeps its length and stays the same word."""

from __future__ import annotations

import unicodedata
from typing import Literal

from synthink.streams import Stream

Case = Literal["as_is", "lower", "upper", "title", "mixed"]


def normal(word: str) -> str:
    """The word in Unicode's normal form C."""
    return word if word.isascii() else unicodedata.normalize("NFC", word)


def group_of(word: str) -> str:
    """The group of a word, which must not occur in two splits: the word without regard to case."""
    return word.lower() if word.isascii() else normal(word.casefold())


def cased(word: str, case: Case, stream: Stream | None = None) -> str:
    """The word in a case; `mixed`, each letter upper or lower at random, leaves it as it is without a stream."""
    if case == "lower":
        return "".join(map(lower, word))
    if case == "upper":
        return "".join(map(upper, word))
    if case == "title":
        return upper(word[:1]) + "".join(map(lower, word[1:]))
    if case == "mixed" and stream is not None:
        return "".join(upper(letter) if stream.chance(0.5) else lower(letter) for letter in word)
    return word


def upper(letter: str) -> str:
    """The capital of one letter, or the letter where it has none of its own."""
    return _same_letter(letter, letter.upper())


def lower(letter: str) -> str:
    """The small form of one letter, or the letter where it has none of its own."""
    return _same_letter(letter, letter.lower())


def _same_letter(letter: str, form: str) -> str:
    """The other form, unless it is longer (ß, SS) or also another letter's (ı, I)."""
    return form if len(form) == len(letter) and form.casefold() == letter.casefold() else letter
