"""Letters that are circled equally often: which ones a split has, whose turn it is, how well they can be guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from synthink import ConfigError, DrawContext, Split, Stream
from synthink.assets import WordPool
from synthink.draw import Face

SAMPLE = 4000  # words that are drawn to see how often letters stand in them
FEWEST = 4  # of these in which a letter must stand
TRIES = 20_000  # words drawn for one letter

_balances: WeakKeyDictionary[Split, LetterBalance] = WeakKeyDictionary()


@dataclass(frozen=True)
class LetterBalance:
    """The letters of a split that take turns, and the share of drawn words that each stands in."""

    shares: dict[str, float]

    @classmethod
    def of(cls, split: Split, words: WordPool, faces: Collection[Face], may_look_alike: bool) -> LetterBalance:
        """The balance of a split; it is worked out once. Letters that look like others in every face take no turns
        unless `may_look_alike`. Raises `ConfigError` naming a letter that stands in hardly any word."""
        if split not in _balances:
            stream = split.stream("letter balance")
            counts = Counter(letter for _ in range(SAMPLE) for letter in set(words.draw(stream)))
            clear = [face.characters - (set() if may_look_alike else face.look_alikes.keys()) for face in faces]
            letters = sorted(words.letters.intersection(frozenset().union(*clear)))
            rare = next((letter for letter in letters if counts[letter] < FEWEST), None)
            if rare is not None:
                few = f"the letter stands in {counts[rare]} of {SAMPLE:,} words of the split {split.name}"
                raise ConfigError(
                    "balance_letters", rare, f"{few}; leave it out with words.alphabet, or give more words"
                )
            _balances[split] = cls({letter: counts[letter] / SAMPLE for letter in letters})
        return _balances[split]

    def turn(self, ctx: DrawContext) -> str:
        """The letter of a row: of as many rows as there are letters, each has another, in an order drawn for them."""
        block, place = divmod(ctx.index, len(self.shares))
        return ctx.split.stream(f"letters {block}").shuffled(self.shares)[place]

    def word(self, letter: str, words: WordPool, stream: Stream) -> str:
        """A word with the letter."""
        for _ in range(TRIES):
            word = words.draw(stream)
            if letter in word:
                return word
        raise ConfigError("balance_letters", letter, f"none of {TRIES:,} drawn words has the letter")

    def best_guess(self, word: str) -> float:
        """The share of a word's rows in which its likeliest letter is the circled one: rare letters are circled more
        often where they occur, as each letter has as many turns."""
        odds = [1 / self.shares[letter] for letter in sorted(set(word)) if letter in self.shares]
        return max(odds) / sum(odds)
