"""Which faces are of one design, by what they are called and by what they draw.

A split holds whole designs: a reader trained on DejaVu Sans has seen Bitstream Vera Sans, whatever its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.assets.fonts.letter_images import CAP_PX, COLUMNS, ROWS
from synthink.assets.fonts.qualify import drawn_letters
from synthink.draw.type.open_font import FontFault, OpenFont

SAME_DESIGN = 0.89
"""Mean shared ink of the letters. Copies and revivals under other names reach 0.91 and more (Vera and DejaVu, Nimbus
Roman and TeX Gyre Termes, Computer and Latin Modern); the nearest other designs, bold monospaced ones, 0.88."""

_LETTERS = "ABEGHKMQRSTWabdefgkmrstwy"
_ALIKE_NAMES = {
    **dict.fromkeys(("cmr10", "cmb10", "cmss10", "cmti10", "cmtt10", "cmmi10"), "Computer Modern"),
    "STIXGeneral": "STIX",
}


@dataclass(frozen=True, eq=False)
class Silhouette:
    """The letters of `_LETTERS` as bits of ink, (25, ROWS * COLUMNS / 8), and each one's width in cap heights."""

    bits: npt.NDArray[np.uint8]
    widths: npt.NDArray[np.float32]


_STYLE_WORDS = re.compile(
    r"([ -]?(thin|hairline|(extra|ultra|semi|demi)?[ -]?(light|bold|black|condensed)|book|medium|demi|heavy"
    r"|cond|narrow|caps|italic|oblique|slanted|unslanted))+$",
    re.IGNORECASE,
)


def named(family: str) -> str:
    """The design that a family's name stands for: words of style at its end are no part of it."""
    return _ALIKE_NAMES.get(family) or _STYLE_WORDS.sub("", family) or family


def silhouette(font: OpenFont) -> Silhouette:
    """The font's letters at one cap height; those that it lacks are blank."""
    bits = np.zeros((len(_LETTERS), ROWS * COLUMNS // 8), dtype=np.uint8)
    widths = np.zeros(len(_LETTERS), dtype=np.float32)
    try:
        forms, _ = drawn_letters(font, _LETTERS)
    except FontFault:
        forms = {}
    for row, char in enumerate(_LETTERS):
        if char in forms:
            bits[row] = np.packbits(forms[char].framed())
            widths[row] = forms[char].ink.shape[1] / CAP_PX
    return Silhouette(bits, widths)


def shared_ink(one: Silhouette, other: Silhouette) -> float:
    """Mean over the letters of common ink divided by all ink, 0 to 1; 0 when they share too few letters."""
    both = one.bits.any(axis=1) & other.bits.any(axis=1)
    if both.sum() < len(_LETTERS) // 2:
        return 0.0
    common = _ONES[one.bits[both] & other.bits[both]].sum(axis=1)
    everything = _ONES[one.bits[both] | other.bits[both]].sum(axis=1)
    return float((common / everything).mean())


_ONES = np.array([value.bit_count() for value in range(256)], dtype=np.int64)


def designs(
    families: Sequence[str],
    styles: Sequence[tuple[bool, bool]],
    silhouettes: Sequence[Silhouette],
    preferred: frozenset[str] = frozenset(),
) -> list[str]:
    """The design of each face: families are joined when faces of one style have nearly the same letters.

    A joined design takes the shortest of its names; `preferred` names go before all others.
    """
    roots = {family: family for family in families}

    def root(family: str) -> str:
        while roots[family] != family:
            family = roots[family]
        return family

    for style in sorted(set(styles)):
        members = [i for i, other in enumerate(styles) if other == style]
        for i, j in _alike(members, silhouettes, lambda i, j: root(families[i]) != root(families[j])):
            pair = root(families[i]), root(families[j])
            first, second = sorted(pair, key=lambda family: (family not in preferred, len(family), family))
            roots[second] = first
    return [root(family) for family in families]


def _alike(
    members: list[int], silhouettes: Sequence[Silhouette], wanted: Callable[[int, int], bool]
) -> list[tuple[int, int]]:
    """Pairs with nearly the same letters; widths are compared first, which is cheap and settles most pairs."""
    widths = np.stack([silhouettes[i].widths for i in members])
    pairs = []
    for place, i in enumerate(members):
        blank = (widths[place] == 0) | (widths[place + 1 :] == 0)
        apart = np.where(blank, 0, np.abs(widths[place + 1 :] - widths[place])).mean(axis=1)
        for later in np.flatnonzero(apart < 0.08).tolist():
            j = members[place + 1 + later]
            if wanted(i, j) and shared_ink(silhouettes[i], silhouettes[j]) >= SAME_DESIGN:
                pairs.append((i, j))
    return pairs
