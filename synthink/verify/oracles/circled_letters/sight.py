"""Putting it together: inks, the word over the text's ink, the ring, and the letter that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt
from PIL import Image

from synthink.verify.oracles.circled_letters.inks import Inked, inked, layers, single_inks
from synthink.verify.oracles.circled_letters.place import WordPlace
from synthink.verify.oracles.circled_letters.reference import SetWord
from synthink.verify.oracles.circled_letters.ring import FittedRing, extent, grown, main_parts, ring
from synthink.verify.oracles.circled_letters.start import fit_word, likely_size

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

BARE, NO_MARK, BETWEEN = "nothing is drawn", "no letter is marked", "the mark lies between letters"
OTHER_WORD, BLENDED, SEVERAL = "another word is drawn", "text and mark cannot be told apart", "several rings"
PARTLY = "the word is not drawn clearly"

SAME, OTHER = 0.42, 0.5  # disagreement of a word that is drawn, and of one that is not
HELD, AHEAD = 0.35, 0.25  # least share of the marked letter's outline in the ring, and its lead over any other's
SMALL_PX = 15.0  # em below which what cannot be made out may still be there
TEXTUAL = 0.05  # share of the fullest ink's inner pixels below which an ink is no text
DRAWN = 0.35  # cover from which a pixel belongs to a mark's line


@dataclass(frozen=True)
class Sighting:
    """The word and mark that a picture shows. Boxes are left, top, right, bottom in the picture's pixels."""

    reason: str
    index: int | None = None
    """The number of the marked letter in the word; None when it is not clear, for `reason`."""
    doubtful: bool = False
    """The picture shows too little to say that the labels are wrong."""
    letter_box: Box | None = None
    mark_box: Box | None = None
    held: float = 0.0
    """Share of the marked letter's outline that lies in the ring."""
    astray: float = 0.0
    """Distance of the ring's middle from the letter's, across or down, as a share of the letter's level box."""
    letter_tolerance: tuple[float, float] = (0.0, 0.0)
    mark_tolerance: tuple[float, float] = (0.0, 0.0)
    """The uncertainty of the middle of the box and of its sides, px."""
    disagreement: float = 1.0
    """The worst spot of the word over the text's ink, 0 to 1."""


def sight(picture: Image.Image, line: SetWord, colour: tuple[int, int, int] | None) -> Sighting:
    """Find the letter of the line that is marked."""
    page = inked(picture)
    if not page.inks:
        return Sighting(BARE)
    fit, text = _fitted(page, line)
    if fit is None or fit[1] >= SAME:
        return _no_fit(page, line, 1.0 if fit is None else fit[1])
    place, error = fit
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
        rings.sort(key=lambda ring: -_cosine(page.inks[ring[0]], named))
    return _judged(page, place, rings[0][1], rings[0][2], error)


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


def _cosine(one: Floats, other: Floats) -> float:
    return float(one @ other) / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9)


def _judged(page: Inked, place: WordPlace, cover: Floats, loop: FittedRing, error: float) -> Sighting:
    """The letter whose outline lies in the ring, when no other does."""
    shares = [float((loop.reach(points) < 1).mean()) for points in place.level_letters()]
    index = int(np.argmax(shares))
    held = shares.pop(index)
    size, blurred = place.size_px, page.noise > 0
    if held < HELD or held - max(shares, default=0.0) < AHEAD:
        return Sighting(BETWEEN, doubtful=blurred or size < SMALL_PX, disagreement=error, held=held)
    corner = np.array(page.corner)
    outline = place.rim(index) + corner
    low, high = place.level_box(index)
    left, top, right, bottom = extent(cover)
    return Sighting(
        "seen",
        index,
        letter_box=(*outline.min(axis=0).tolist(), *outline.max(axis=0).tolist()),
        mark_box=(left + corner[0], top + corner[1], right + corner[0], bottom + corner[1]),
        held=held,
        astray=float(np.abs((loop.centre - (low + high) / 2) / (high - low)).max()),
        doubtful=blurred,
        letter_tolerance=_letter_tolerance(size, blurred),
        mark_tolerance=(1.5, 3.5) if blurred else (1.0, 2.0) if len(page.inks) > 2 else (0.5, 0.9),
        disagreement=error,
    )


def _letter_tolerance(size_px: float, blurred: bool) -> tuple[float, float]:
    """How well the middle and the sides of a letter's box are known, px; the fit is off by a share of the em."""
    return (1.0 + 0.01 * size_px, 2.0 + 0.03 * size_px) if blurred else (0.4 + 0.003 * size_px, 0.45 + 0.006 * size_px)
