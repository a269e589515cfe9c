"""Words to draw: where they come from, which are kept, and how they are divided between the splits."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Annotated, Any, ClassVar

from synthink.assets.words.letter_case import Case, cased, group_of, normal
from synthink.assets.words.nltk_corpora import nltk_words
from synthink.assets.words.pool import Belongs, RandomWordPool, WordPool
from synthink.assets.words.slurs import is_slur, slur_list_digest
from synthink.assets.words.sources import MOST_LETTERS, builtin_words, file_words, listed_words, looks_like_a_path
from synthink.core.assets import AssetSet, AssetSpec
from synthink.errors import ConfigError, did_you_mean
from synthink.files import user_path
from synthink.settings import Between

__all__ = ["WordPool", "WordSet", "Words"]

ASCII_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NAMED = ("builtin", "nltk", "random")
LICENCES = {
    "builtin": "CC0-1.0",  # facts, compiled for this project
    "nltk": "public domain",  # Webster's Second, 1934, by way of Unix
    "random": "CC0-1.0",  # nobody's work
    "list": "unknown",
    "file": "unknown",
}


class Words(AssetSpec["WordPool"]):
    """The words that are drawn."""

    shorthand = "source"

    source: str | tuple[str, ...] = "builtin"
    """The source of words: `builtin`, `nltk`, `random` (random letters), a text file with one word a line, or a list
    of words."""
    length: Annotated[tuple[int, int], Between(1, MOST_LETTERS)] | None = None
    """The fewest and the most letters of a word. None: 3 to 15 letters, or any number with a file or a list."""
    alphabet: str = ASCII_LETTERS
    """The characters that words may have: words of the source with others are left out, and random letters are drawn
    from these."""
    case: Case | tuple[Case, ...] = ("as_is",)
    """The letter case of a word. Of several one is drawn for each row; `mixed` makes each letter upper or lower at
    random."""
    drop_slurs: bool = True
    """Whether slurs and strong obscenities are left out."""
    exclude: str | tuple[str, ...] = ()
    """Words that are never drawn, in whatever case: a list, or a text file with one word a line. It keeps the words of
    a benchmark out."""

    def __post_init__(self) -> None:
        source: Any = self.source
        if isinstance(source, os.PathLike):
            object.__setattr__(self, "source", os.fspath(source))
        elif isinstance(source, set | frozenset):  # a set has another order in every process
            object.__setattr__(self, "source", tuple(sorted(source, key=str)))
        super().__post_init__()

    def check(self) -> None:
        if not self.cases:
            raise ConfigError("case", self.case, "must name at least one case")
        if not self.letters:
            raise ConfigError("alphabet", self.alphabet, "holds no letters")
        for letter in self.letters:
            if letter.isspace() or not letter.isprintable():
                raise ConfigError("alphabet", self.alphabet, f"{letter!r} (U+{ord(letter):04X}) can't be drawn")

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases to draw from, also where a single one was named."""
        return (self.case,) if isinstance(self.case, str) else self.case

    @property
    def letters(self) -> str:
        """The characters of the alphabet, sorted, each once."""
        return "".join(sorted(set(normal(self.alphabet))))

    @cached_property
    def kind(self) -> str:
        """`builtin`, `nltk`, `random`, `list` or `file`."""
        if isinstance(self.source, tuple):
            return "list"
        if self.source in NAMED:
            return self.source
        if looks_like_a_path(self.source):
            return "file"
        hint = did_you_mean(self.source, NAMED)
        raise ConfigError("source", self.source, f"is no file, list in brackets or source of words; {hint}")

    @property
    def lengths(self) -> tuple[int, int]:
        """Fewest and most letters, both allowed."""
        return self.length or ((1, MOST_LETTERS) if self.kind in ("list", "file") else (3, 15))

    def outside(self) -> list[str]:
        source = self.source if isinstance(self.source, str) and self.source not in NAMED else ""
        excluded = self.exclude if isinstance(self.exclude, str) else ""
        return [*([source] if looks_like_a_path(source) else []), *([excluded] if excluded else [])]

    def open(self) -> WordSet:
        """Read, filter and sort the words. Raises `AssetError` for a file, `ConfigError` for a list or a filter."""
        is_fixed = self.kind == "builtin" and not isinstance(self.exclude, str)
        return _built_in(self) if is_fixed else self._opened()

    def _opened(self) -> WordSet:
        excluded = frozenset(map(group_of, _listed("exclude", self.exclude))) if self.exclude else frozenset[str]()
        if self.kind == "random":
            return WordSet(self, (), {}, excluded)
        words, dropped = _filtered(self, set(self._read()), excluded)
        if len(self.cases) == 1:  # words that differ in case alone may become one
            words = {cased(word, self.cases[0]) for word in words}
        return WordSet(self, tuple(sorted(words)), dropped, excluded)

    def _read(self) -> Sequence[str]:
        if self.kind in ("list", "file"):
            return _listed("source", self.source)
        return builtin_words() if self.kind == "builtin" else nltk_words()


class WordSet(AssetSet[WordPool]):
    """The words of all splits together."""

    kind: ClassVar[str] = "words"

    def __init__(self, spec: Words, words: tuple[str, ...], dropped: dict[str, int], excluded: frozenset[str]) -> None:
        self.spec, self.excluded = spec, excluded
        self.words = words
        """Sorted, each once; empty for random words."""
        self.dropped = dropped
        """How many words of the source each filter left out."""

    def groups(self) -> list[str] | None:
        """The case-folded words, so that `Polish` and `polish` go to one split."""
        return None if self.spec.kind == "random" else list(self._groups)

    @cached_property
    def _groups(self) -> tuple[str, ...]:
        return tuple(sorted(set(map(group_of, self.words))))

    def pool(self, groups: frozenset[str] | None, belongs: Belongs | None) -> WordPool:
        """The words that one split draws from; without `groups`, the words for which `belongs` holds, or all."""
        spec = self.spec
        if spec.kind == "random":
            return RandomWordPool(spec.letters, spec.lengths, spec.cases, self._is_wanted(belongs))
        words = self.words
        if groups is not None:
            words = tuple(word for word in words if group_of(word) in groups)
        elif belongs is not None:
            words = tuple(word for word in words if belongs(group_of(word)))
        return WordPool(words, spec.cases)

    def _is_wanted(self, belongs: Belongs | None) -> Belongs:
        """Whether a group of random letters may be drawn in a split."""
        drops_slurs, excluded = self.spec.drop_slurs, self.excluded

        def wanted(group: str) -> bool:
            is_barred = group in excluded or (drops_slurs and is_slur(group))
            return not is_barred and (belongs is None or belongs(group))

        return wanted

    def record(self) -> dict[str, Any]:
        spec = self.spec
        return {
            "fingerprint": self._fingerprint(),
            "source": spec.kind if isinstance(spec.source, tuple) else spec.source,
            "count": None if spec.kind == "random" else len(self.words),
            "dropped": dict(self.dropped),
            "licences": [LICENCES[spec.kind]],
        }

    def _fingerprint(self) -> str:
        spec = self.spec
        parts: list[Any] = [spec.kind, spec.lengths, spec.letters, spec.cases, spec.drop_slurs]
        if spec.kind == "random" and spec.drop_slurs:
            parts.append(slur_list_digest())
        if spec.kind == "random" and self.excluded:
            parts.append(sorted(self.excluded))
        digest = hashlib.sha256(json.dumps(parts).encode("ascii"))
        digest.update("\n".join(("", *self.words)).encode("utf-8"))
        return digest.hexdigest()


@lru_cache(maxsize=16)
def _built_in(spec: Words) -> WordSet:
    """The built-in words, which no file can change: opened once a process."""
    return spec._opened()


def _listed(field: str, words: str | tuple[str, ...]) -> list[str]:
    """The words of a list or of a file that a field names."""
    if isinstance(words, tuple):
        return listed_words(words, field)
    return file_words(user_path(words))


def _filtered(spec: Words, words: Iterable[str], excluded: frozenset[str]) -> tuple[set[str], dict[str, int]]:
    """The words that pass all filters, and how many failed which; each word is counted at the first it fails."""
    low, high = spec.lengths
    letters = frozenset(spec.letters)
    passing: set[str] = set()
    dropped = Counter({"length": 0, "alphabet": 0, "drop_slurs": 0, **({"exclude": 0} if excluded else {})})
    for word in words:
        if not low <= len(word) <= high:
            dropped["length"] += 1
        elif not letters.issuperset(word):
            dropped["alphabet"] += 1
        elif spec.drop_slurs and is_slur(group_of(word)):
            dropped["drop_slurs"] += 1
        elif group_of(word) in excluded:
            dropped["exclude"] += 1
        else:
            passing.add(word)
    if not passing:
        worst, _ = dropped.most_common(1)[0]
        counts = ", ".join(f"{count:,} by {name}" for name, count in dropped.items())
        value = spec.lengths if worst == "length" else getattr(spec, worst)
        raise ConfigError(worst, value, f"no word is left of {dropped.total():,}; dropped {counts}")
    return passing, dict(dropped)
