"""What one split draws its words from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from synthink.assets.words.letter_case import Case, cased, group_of, lower, upper
from synthink.errors import ConfigError, quoted
from synthink.streams import Stream

MOST_TRIES = 10_000

Belongs = Callable[[str], bool]
"""Whether a group (a case-folded word) belongs to the split that draws, and may be drawn."""


def drawn_forms(letters: frozenset[str], cases: Sequence[Case]) -> frozenset[str]:
    """The letters in all forms in which one of these cases can show them."""
    if all(case == "as_is" for case in cases):
        return letters
    return frozenset(form for letter in letters for form in (letter, lower(letter), upper(letter)))


def named_characters(characters: frozenset[str], most: int = 5) -> str:
    """The first of some characters for a message: `'ß' (U+00DF), 'ç' (U+00E7)`."""
    named = [f"{quoted(char)} (U+{ord(char):04X})" for char in sorted(characters)[:most]]
    return ", ".join([*named, *(["..."] if len(characters) > most else [])])


class WordPool:
    """The words of one split."""

    def __init__(self, words: tuple[str, ...], cases: Sequence[Case]) -> None:
        self._words, self._cases = words, cases

    @property
    def words(self) -> tuple[str, ...]:
        """All words, sorted, for a generator that enumerates; cased already where `case` names one fixed case."""
        return self._words

    @cached_property
    def letters(self) -> frozenset[str]:
        """Every character that a drawn word can hold."""
        return drawn_forms(self._characters(), self._cases)

    def check_letters(self, drawn: frozenset[str]) -> None:
        """Raise `ConfigError` naming a word and its letters where words can hold letters that no font draws."""
        missing = self.letters - drawn
        if missing:
            word = next((word for word in self._words if not missing.isdisjoint(word)), "".join(sorted(missing)))
            raise ConfigError("words", word, f"no font of this split draws {named_characters(missing)}")

    def draw(self, stream: Stream) -> str:
        """One word, in one of the configured cases."""
        word = self._word(stream)
        return cased(word, self._cases[0] if len(self._cases) == 1 else stream.choice(self._cases), stream)

    def _characters(self) -> frozenset[str]:
        return frozenset().union(*self._words)

    def _word(self, stream: Stream) -> str:
        if not self._words:
            raise ConfigError("source", "", "this split has no words; give more, or set share_across_splits")
        return stream.choice(self._words)


class RandomWordPool(WordPool):
    """Random letters: the words of the alphabet that belong to one split."""

    def __init__(self, alphabet: str, lengths: tuple[int, int], cases: Sequence[Case], is_wanted: Belongs) -> None:
        super().__init__((), cases)
        self._alphabet, self._lengths, self._is_wanted = alphabet, lengths, is_wanted

    @property
    def words(self) -> tuple[str, ...]:
        reason = "random words can't be listed one by one; choose builtin, nltk, a file or a list"
        raise ConfigError("source", "random", reason)

    def _characters(self) -> frozenset[str]:
        return frozenset(self._alphabet)

    def _word(self, stream: Stream) -> str:
        low, high = self._lengths
        for _ in range(MOST_TRIES):
            word = "".join(stream.choice(self._alphabet) for _ in range(stream.integers(low, high + 1)))
            if self._is_wanted(group_of(word)):
                return word
        reason = f"of {MOST_TRIES:,} words of {low} to {high} random letters none belongs to this split"
        raise ConfigError("alphabet", self._alphabet, f"{reason}; allow longer words or more letters")
