"""Lies put into true pages: other words, boxes beside them, letters swapped, doubled and missing; and fonts that lie.

Nothing here knows how the proof finds them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Page, make_page
from synthink.documents.proof.letters import PlacedLetters
from synthink.documents.proof.proof import proved
from synthink.documents.proof.shapes import alike

Box = npt.NDArray[np.float64]
Lie = Callable[[str, Box, Sequence[str], random.Random], tuple[str, Box] | None]

LEAST_PX = 8.0
"""Of a word's box, for its type to be high enough to be judged."""
LOOK_ALIKE = ("lI1|!ij", "O0oQD", "cCeo", "sS5", "nhmru", "uvy", "gq9", "8B", "tf")


def _differ(one: str, other: str) -> bool:
    return one != other and not any(one in group and other in group for group in LOOK_ALIKE)


def another(word: str, box: Box, others: Sequence[str], choice: random.Random) -> tuple[str, Box] | None:
    candidates = [other for other in others if other.casefold() != word.casefold()]
    return (choice.choice(candidates), box) if candidates else None


def shifted(word: str, box: Box, others: Sequence[str], choice: random.Random) -> tuple[str, Box] | None:
    across = choice.random() < 0.5
    size = box[2] - box[0] if across else box[3] - box[1]
    distance = choice.choice((-1, 1)) * choice.uniform(0.4, 1.0) * size
    return word, box + distance * np.array((1, 0, 1, 0) if across else (0, 1, 0, 1))


def swapped(word: str, box: Box, others: Sequence[str], choice: random.Random) -> tuple[str, Box] | None:
    places = [place for place in range(len(word) - 1) if _differ(word[place], word[place + 1])]
    if not places:
        return None
    place = choice.choice(places)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :], box


def doubled(word: str, box: Box, others: Sequence[str], choice: random.Random) -> tuple[str, Box] | None:
    return word + word, box


def missing(word: str, box: Box, others: Sequence[str], choice: random.Random) -> tuple[str, Box] | None:
    place = choice.randrange(len(word))
    return word[:place] + word[place + 1 :], box


KINDS: tuple[Lie, ...] = (another, shifted, swapped, doubled, missing)


@dataclass
class Score:
    """What became of lies and of true words."""

    lies: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    words: int = 0
    left_out: list[str] = field(default_factory=list)

    @property
    def share_caught(self) -> float:
        return self.caught.total() / max(1, self.lies.total())

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {self.caught[kind]}/{number}" for kind, number in sorted(self.lies.items()))
        return f"lies: {kinds}; true words left out: {len(self.left_out)} of {self.words}"


def tell_lies(page: Page, choice: random.Random, score: Score, most: int = 20, share: float = 0.06) -> None:
    """Put lies of all kinds into some words of a page, prove it, and count which of them are caught.

    Words have at least three letters or digits. Each lie has a line of its own, so that boxes may overlap.
    """
    candidates = [number for number, word in enumerate(page.words) if len(word) > 2 and word.isalnum()]
    chosen = choice.sample(candidates, min(len(candidates), most, max(1, int(share * len(page.words)))))
    texts, boxes, kinds = list(page.words), page.word_boxes.copy(), {}
    others = sorted({word for word in page.words if len(word) > 2 and word.isalpha()})
    width, height = page.size_px
    for place, number in enumerate(chosen):
        kind = KINDS[place % len(KINDS)]
        lie = kind(texts[number], boxes[number], others, choice)
        if lie is None:
            continue
        box = np.clip(lie[1], 0, (width, height, width, height))
        if (box[2:] - box[:2] > 2).all():
            kinds[number], texts[number], boxes[number] = kind.__name__, lie[0], box
    lines = np.arange(len(texts))
    told = make_page(page.name, page.raster, texts, boxes, lines, page.word_paragraphs)
    remaining = Counter(zip(*_keys(proved(told, Counter())), strict=True))
    for number, key in enumerate(zip(*_keys(told), strict=True)):
        stays = remaining[key] > 0
        if number in kinds:
            score.lies[kinds[number]] += 1
            score.caught[kinds[number]] += not stays
            score.missed += [f"{page.words[number]} as {texts[number]} ({kinds[number]})"] * stays
        else:
            score.words += 1
            score.left_out += [texts[number]] * (not stays)


def _keys(page: Page) -> tuple[Sequence[str], list[tuple[float, ...]]]:
    return page.words, [tuple(box) for box in page.word_boxes.tolist()]


ALPHABET = "abcdefghijklmnopqrstuvwxyz"
CIPHER = {code: chr(code - 29) for code in range(97, 123)} | {code: chr(code + 40) for code in range(65, 80)}
"""Small letters become signs and capitals, as the numbers of glyphs are 29 below the letters."""
_CASES = (ALPHABET, ALPHABET.upper())
NEXT = {ord(one): other for case in _CASES for one, other in zip(case, case[1:] + case[0], strict=True)}


def lying_fonts(page: Page, placed: PlacedLetters, choice: random.Random, score: Score) -> None:
    """Let the font of most letters of a page say other characters than it prints: of all letters, two that are
    exchanged, one as another. Counts the words of readable type that are no longer true, and which are caught."""
    text = "".join(page.words)
    fonts, counts = np.unique(placed.fonts, return_counts=True)
    own = (placed.fonts == fonts[counts.argmax()]).tolist()
    small = sorted({letter for letter, is_own in zip(text, own, strict=True) if is_own and letter in ALPHABET})
    maps = {"cipher": CIPHER, "next": NEXT}
    if pairs := [(one, other) for one in small for other in small if not alike([one], [other])[0, 0]]:
        one, other = choice.choice(pairs)
        maps |= {"exchanged": {ord(one): other, ord(other): one}, "one": {ord(one): other}}
    high = (page.word_boxes[:, 3] - page.word_boxes[:, 1] >= LEAST_PX).tolist()
    boxes, ends = _keys(page)[1], np.cumsum(placed.counts).tolist()
    for kind, letters in maps.items():
        told = "".join(letters.get(ord(char), char) if lies else char for char, lies in zip(text, own, strict=True))
        words = tuple(told[start:stop] for start, stop in zip([0, *ends[:-1]], ends, strict=True))
        remaining = set(_keys(proved(replace(page, words=words), Counter(), placed))[1])
        for true, word, box, is_high in zip(page.words, words, boxes, high, strict=True):
            if is_high and any(a != b and not alike([a], [b])[0, 0] for a, b in zip(true, word, strict=True)):
                score.lies[kind] += 1
                score.caught[kind] += box not in remaining
                score.missed += [f"{true} as {word} ({kind})"] * (box in remaining)
