"""The word and its mark told from one picture's inks alone, where no camera mixes them."""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from synthink.verify.oracles.circled_letters.inks import Inked, inked, layers, single_inks
from synthink.verify.oracles.circled_letters.place import WordPlace
from synthink.verify.oracles.circled_letters.reference import SetWord
from synthink.verify.oracles.circled_letters.ring import FittedRing, extent, grown, main_parts, ring
from synthink.verify.oracles.circled_letters.sighting import (
    BARE,
    DRAWN,
    NO_MARK,
    OTHER_WORD,
    PARTLY,
    SMALL_PX,
    Sighting,
    Tolerances,
    judged,
)
from synthink.verify.oracles.circled_letters.start import fit_word, likely_size

Floats = npt.NDArray[np.float64]

BLENDED, SEVERAL = "text and mark cannot be told apart", "several rings"

SAME, OTHER = 0.42, 0.5  # disagreement of a word that is drawn, and of one that is not
TEXTUAL = 0.05  # share of the fullest ink's inner pixels below which an ink is no text


def sight(picture: Image.Image, line: SetWord, colour: tuple[int, int, int] | None) -> Sighting:
    """Find the letter of the line that is marked."""
    word = seen_word(picture, line)
    if isinstance(word, Sighting):
        return word
    page, place, text, error = word
    unclear = place.size_px < SMALL_PX or page.noise > 0
    rings = []
    for mark in range(len(page.inks)):
        if mark != text and (marked := _marked(page, place, text, mark)) is not None:
            rings.append((mark, *marked))
    if not rings:
        return Sighting(NO_MARK, doubtful=unclear and len(page.inks) > 1, disagreement=error)
    if len(rings) > 1:
        if colour is None:
            return Sighting(SEVERAL, doubtful=True, disagreement=error)
        named = np.array(colour) - page.paper
        rings.sort(key=lambda ring: -cosine(page.inks[ring[0]], named))
    tolerances = tolerances_of(place.size_px, page.noise > 0, len(page.inks))
    return judged(page.corner, place, extent(rings[0][1]), rings[0][2], tolerances, page.noise > 0, error)


class SeenWord(NamedTuple):
    """A word in a picture: where it lies, which of the inks it is written in, and its disagreement with that."""

    page: Inked
    place: WordPlace
    text: int
    error: float


def seen_word(picture: Image.Image, line: SetWord) -> SeenWord | Sighting:
    """The line in a picture; what the picture shows instead where it is not there."""
    page = inked(picture)
    if not page.inks:
        return Sighting(BARE)
    fit, text = _fitted(page, line)
    if fit is None or fit[1] >= SAME:
        return _no_fit(page, line, 1.0 if fit is None else fit[1])
    return SeenWord(page, fit[0], text, fit[1])


def _no_fit(page: Inked, line: SetWord, least: float) -> Sighting:
    """What a picture shows that does not show the word; `least` is the smallest disagreement found."""
    if len(page.inks) == 1:
        return Sighting(BLENDED, doubtful=True, disagreement=least)
    if least < OTHER:
        return Sighting(PARTLY, doubtful=True, disagreement=least)
    readings = permutations(range(len(page.inks)), 2)
    size = max(likely_size(line, layers(page, text, mark)) for text, mark in readings)
    return Sighting(OTHER_WORD, doubtful=size < 1.2 * SMALL_PX or page.noise > 0, disagreement=least)


def _fitted(page: Inked, line: SetWord) -> tuple[tuple[WordPlace, float] | None, int]:
    """The word over the ink that it fits best, and which ink that is."""
    best: tuple[WordPlace, float] | None = None
    chosen = 0
    order = _texts(page)
    for thorough in (False,) if page.noise > 0 else (False, True):
        for text in order:
            mark = next((ink for ink in reversed(range(len(page.inks))) if ink != text), None)
            fit = fit_word(line, layers(page, text, mark), page.noise > 0, thorough)
            if fit is not None and (best is None or fit[1] < best[1]):
                best, chosen = fit, text
            if best is not None and best[1] < SAME:
                return best, chosen
    return best, chosen


def _texts(page: Inked) -> list[int]:
    """The inks, the likeliest text first: there is much of it, and not only at the edge of its extent as in a ring."""
    amounts = []
    for mask in single_inks(page):
        ys, xs = np.nonzero(mask)
        inner = 0.0
        if len(ys) >= 8:
            low, high = np.array((xs.min(), ys.min())), np.array((xs.max(), ys.max())) + 1
            away = (np.column_stack((xs, ys)) + 0.5 - (low + high) / 2) / ((high - low) / 2)
            inner = float((np.einsum("nc,nc->n", away, away) < 0.36).sum())
        amounts.append(inner)
    order = sorted(range(len(amounts)), key=lambda ink: -amounts[ink])
    return [ink for ink in order if amounts[ink] >= TEXTUAL * amounts[order[0]]]


def _marked(page: Inked, place: WordPlace, text: int, mark: int) -> tuple[Floats, FittedRing] | None:
    """The cover of a mark and its ring; None when that ink is no ring."""
    cover = layers(page, text, mark).mark
    if len(page.inks) > 2 or page.noise > 0:
        cover = np.where(grown(main_parts(cover > DRAWN)), cover, 0.0)
    ys, xs = np.nonzero(cover > DRAWN)
    if len(ys) < 8:
        return None
    points: Floats = np.column_stack((xs, ys)).astype(np.float64) + 0.5
    loop = ring(place.level(points), np.minimum(cover[ys, xs], 1.0))
    return None if loop is None else (cover, loop)


def cosine(one: Floats, other: Floats) -> float:
    return float(one @ other) / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9)


def tolerances_of(size_px: float, camera: bool, inks: int) -> Tolerances:
    """The fit of the letters is off by a share of the em."""
    if camera:
        return Tolerances((1.0 + 0.01 * size_px, 2.0 + 0.03 * size_px), (1.5, 3.5))
    mark = (1.0, 2.0) if inks > 2 else (0.5, 0.9)
    return Tolerances((0.4 + 0.003 * size_px, 0.45 + 0.006 * size_px), mark)
