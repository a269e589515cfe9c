"""Putting it together: inks, the word over the text's ink, the ring, and the letter that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from synthink.verify.oracle_inks import Inked, Layers, inked, layers, single_inks
from synthink.verify.oracle_place import Place
from synthink.verify.oracle_reference import Line
from synthink.verify.oracle_ring import DRAWN, Ring, extent, ring
from synthink.verify.oracle_start import lay

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

BARE, NO_MARK, BETWEEN = "nothing is drawn", "no letter is marked", "the mark lies between letters"
OTHER_WORD, BLENDED, SEVERAL = "another word is drawn", "text and mark cannot be told apart", "several rings"
PARTLY = "the word is not drawn clearly"

SAME, OTHER = 0.42, 0.5  # disagreement of a word that is drawn, and of one that is not
HELD, SPARED = 0.72, 0.72  # least share of the marked letter's outline in the ring, and most of any other's
SOLID = 0.3  # share of an ink's pixels well inside their extent above which they are no ring


@dataclass(frozen=True)
class Sighting:
    """What a picture shows. Boxes are left, top, right, bottom in the picture's pixels."""

    reason: str
    index: int | None = None
    """Which letter of the word is marked; None when that is not told, for `reason`."""
    doubtful: bool = False
    """The picture shows too little to say that the labels are wrong."""
    letter_box: Box | None = None
    mark_box: Box | None = None
    offset: tuple[float, float] = (0.0, 0.0)
    """Of the ring's middle from the letter's, as shares of the letter's level box."""
    letter_tolerance: tuple[float, float] = (0.0, 0.0)
    mark_tolerance: tuple[float, float] = (0.0, 0.0)
    """How well the middle of the box and its sides are known, px."""
    disagreement: float = 1.0
    held: tuple[float, ...] = ()


def sight(picture: Image.Image, line: Line, colour: tuple[int, int, int] | None) -> Sighting:
    """Which letter of the line is marked."""
    page = inked(picture)
    if not page.inks:
        return Sighting(BARE)
    aslant = page.noise > 0
    if len(page.inks) == 1:
        laid = lay(line, layers(page, 0, None), aslant)
        if laid is not None and laid[1] < SAME:
            return Sighting(NO_MARK, disagreement=laid[1])
        return Sighting(BLENDED, doubtful=True)
    least = 1.0
    for text, mark in readings(page):
        seen = layers(page, text, mark)
        laid = lay(line, seen, aslant)
        if laid is None:
            continue
        place, error = laid
        least = min(least, error)
        if error < SAME:
            rings = [
                (other, found, loop)
                for other in range(len(page.inks))
                if other != text
                for found in [seen if other == mark else layers(page, text, other)]
                if (loop := _ring(place, found)) is not None
            ]
            if not rings:
                return Sighting(NO_MARK, disagreement=error)
            if len(rings) > 1:
                if colour is None:
                    return Sighting(SEVERAL, doubtful=True)
                named = np.array(colour) - page.paper
                rings.sort(key=lambda each: -_cosine(page.inks[each[0]], named))
            return _judged(page, place, rings[0][1], rings[0][2], error)
    if least < OTHER:
        return Sighting(PARTLY, doubtful=True, disagreement=least)
    return Sighting(OTHER_WORD, doubtful=aslant, disagreement=least)


def readings(page: Inked) -> Iterator[tuple[int, int]]:
    """Pairs of inks as text and mark, the likeliest first: a ring's ink lies at the edge of its extent."""
    inner = []
    for ink, mask in enumerate(single_inks(page)):
        ys, xs = np.nonzero(mask)
        if len(ys) >= 8:
            low, high = np.array((xs.min(), ys.min())), np.array((xs.max(), ys.max())) + 1
            away = (np.column_stack((xs, ys)) + 0.5 - (low + high) / 2) / ((high - low) / 2)
            inner.append(((np.einsum("nc,nc->n", away, away) < 0.36).mean(), ink))
    inner.sort()
    for _, text in sorted((-share, ink) for share, ink in inner):
        for share, mark in inner:
            if mark != text and share < SOLID:
                yield text, mark


def _ring(place: Place, seen: Layers) -> Ring | None:
    ys, xs = np.nonzero(seen.mark > DRAWN)
    if len(ys) < 8:
        return None
    return ring(place.level(np.column_stack((xs, ys)) + 0.5), np.minimum(seen.mark[ys, xs], 1.0))


def _cosine(one: Floats, other: Floats) -> float:
    return float(one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-9))


def _judged(page: Inked, place: Place, seen: Layers, loop: Ring, error: float) -> Sighting:
    """The letter whose outline lies in the ring, when no other does."""
    held = np.array([loop.holds(points).mean() for points in place.level_letters()])
    index = int(np.argmax(held))
    others = np.delete(held, index)
    if held[index] < HELD or others.max(initial=0.0) > SPARED:
        return Sighting(BETWEEN, doubtful=page.noise > 0, disagreement=error, held=tuple(held.tolist()))
    corner = np.array(page.corner)
    outline = place.contour(index) + corner
    low, high = place.level_box(index)
    size = place.size_px
    left, top, right, bottom = extent(seen.mark)
    return Sighting(
        "seen",
        index,
        letter_box=(*outline.min(axis=0).tolist(), *outline.max(axis=0).tolist()),
        mark_box=(left + corner[0], top + corner[1], right + corner[0], bottom + corner[1]),
        offset=tuple(((loop.centre - (low + high) / 2) / (high - low)).tolist()),
        letter_tolerance=(0.45 + 0.004 * size, 0.8 + 0.014 * size),
        mark_tolerance=(0.5, 0.9),
        disagreement=error,
        held=tuple(held.tolist()),
    )
