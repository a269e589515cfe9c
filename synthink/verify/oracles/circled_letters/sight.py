"""Putting it together: inks, the word over the text's ink, the ring, and the letter that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt
from PIL import Image

from synthink.verify.oracles.circled_letters.align import Laid, lay
from synthink.verify.oracles.circled_letters.comparison import Colours, Comparison, compare
from synthink.verify.oracles.circled_letters.inks import Inked, inked, layers, single_inks
from synthink.verify.oracles.circled_letters.place import WordPlace
from synthink.verify.oracles.circled_letters.reference import SetWord
from synthink.verify.oracles.circled_letters.ring import FittedRing, blot, extent, grown, main_parts, ring, soft_extent
from synthink.verify.oracles.circled_letters.start import fit_word, likely_places, likely_size

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

BARE, NO_MARK, BETWEEN = "nothing is drawn", "no letter is marked", "the mark lies between letters"
OTHER_WORD, BLENDED, SEVERAL = "another word is drawn", "text and mark cannot be told apart", "several rings"
PARTLY = "the word is not drawn clearly"
OTHER_PICTURE, STRAYS = "the picture is another row's", "the picture differs from its row beside the mark"

SAME, OTHER = 0.42, 0.5  # disagreement of a word that is drawn, and of one that is not
HELD, AHEAD = 0.35, 0.25  # least share of the marked letter's outline in the ring, and its lead over any other's
SMALL_PX = 15.0  # em below which what cannot be made out may still be there
TEXTUAL = 0.05  # share of the fullest ink's inner pixels below which an ink is no text
CLEAR = 0.6  # share of a word in the open below which it is in doubt
SETTLED = 0.12  # difference from the word at which no better place is looked for
ALIKE = {False: 0.3, True: 0.36}  # difference up to which a word is drawn: of its usual size, or small
UNLIKE = 0.4  # and above which it is not
LETTER_UNLIKE = {False: 0.5, True: 2.5}  # the same of a single letter
NEAR_PX = 36  # a mark changes what a JPEG codec makes of pixels as far away as this: two of its blocks
COVERED_PX = 0.6  # the same of a word that is mostly hidden is less certain by this
SPECKS_PX = 8  # changed pixels that make no mark
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
    tolerances = _tolerances(place.size_px, page.noise > 0, len(page.inks))
    return _judged(page.corner, place, extent(rings[0][1]), rings[0][2], tolerances, page.noise > 0, error)


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


def sight_by_control(picture: Image.Image, control: Image.Image, line: SetWord, colours: Colours) -> Sighting:
    """Find the letter of the line that is marked, given the picture without its mark.

    The word is looked for in the control, where no mark hides it, and the mark is what the picture has more.
    """
    if picture.size != control.size:
        return Sighting(OTHER_PICTURE)
    pair = compare(picture, control, colours)
    if pair is None:
        return Sighting(BARE)
    if pair.replaced:
        return Sighting(OTHER_PICTURE)
    laid = _laid(pair, line)
    if laid is None:
        return Sighting(OTHER_WORD)
    place, error = laid.place, laid.apart
    small, hidden = place.size_px < SMALL_PX, laid.open_share < CLEAR
    if error > UNLIKE or laid.letters_apart.max() > LETTER_UNLIKE[small]:
        return Sighting(OTHER_WORD, doubtful=hidden, disagreement=error)
    if error > ALIKE[small]:
        return Sighting(PARTLY, doubtful=True, disagreement=error)
    if pair.layers.mark.max() < 1:
        return Sighting(NO_MARK, disagreement=error)
    cover = np.where(grown(main_parts(pair.layers.mark > DRAWN)), pair.layers.mark, 0.0)
    ys, xs = np.nonzero(cover > DRAWN)
    points = place.level(np.column_stack((xs, ys)).astype(np.float64) + 0.5)
    loop = ring(points, np.minimum(cover[ys, xs], 1.0)) or blot(points, laid.blur_px / place.size_px)
    if loop is None:
        return Sighting(NO_MARK, disagreement=error)
    far = np.ones_like(pair.altered)
    reach = NEAR_PX if pair.noise > 0 else 2
    far[max(ys.min() - reach, 0) : ys.max() + reach + 1, max(xs.min() - reach, 0) : xs.max() + reach + 1] = False
    if (pair.altered & far).sum() > SPECKS_PX:
        return Sighting(STRAYS, disagreement=error)
    soft = pair.noise > 0
    covered = COVERED_PX if hidden else 0.0
    tolerances = Tolerances(
        (0.4 + 0.004 * place.size_px + covered, 0.7 + 0.015 * place.size_px + covered),
        (0.5 + 0.4 * laid.blur_px, 1.0 + 0.9 * laid.blur_px) if soft else (0.5, 0.9),
    )
    edges = soft_extent(cover, laid.blur_px) if soft else extent(cover)
    return _judged(pair.corner, place, edges, loop, tolerances, soft, error)


def _laid(pair: Comparison, line: SetWord) -> Laid | None:
    """The word where it looks most like the control's text."""
    best: Laid | None = None
    for start in likely_places(line, pair.layers):
        laid = lay(start, pair.layers, pair.noise)
        if laid is not None and (best is None or laid.apart < best.apart):
            best = laid
        if best is not None and best.apart < SETTLED:
            break
    return best


def _cosine(one: Floats, other: Floats) -> float:
    return float(one @ other) / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9)


@dataclass(frozen=True)
class Tolerances:
    """How well the middle and the sides of the letter's box and of the mark's are known, px."""

    letter: tuple[float, float]
    mark: tuple[float, float]


def _judged(
    corner: tuple[int, int],
    place: WordPlace,
    edges: Box,
    loop: FittedRing,
    tolerances: Tolerances,
    doubtful: bool,
    error: float,
) -> Sighting:
    """The letter whose outline lies in the ring, when no other does."""
    shares = [float((loop.reach(points) < 1).mean()) for points in place.level_letters()]
    index = int(np.argmax(shares))
    held = shares.pop(index)
    if held < HELD or held - max(shares, default=0.0) < AHEAD:
        return Sighting(BETWEEN, doubtful=doubtful or place.size_px < SMALL_PX, disagreement=error, held=held)
    outline = place.rim(index) + np.array(corner)
    low, high = place.level_box(index)
    left, top, right, bottom = edges
    return Sighting(
        "seen",
        index,
        letter_box=(*outline.min(axis=0).tolist(), *outline.max(axis=0).tolist()),
        mark_box=(left + corner[0], top + corner[1], right + corner[0], bottom + corner[1]),
        held=held,
        astray=float(np.abs((loop.centre - (low + high) / 2) / (high - low)).max()),
        doubtful=doubtful,
        letter_tolerance=tolerances.letter,
        mark_tolerance=tolerances.mark,
        disagreement=error,
    )


def _tolerances(size_px: float, camera: bool, inks: int) -> Tolerances:
    """The fit of the letters is off by a share of the em."""
    if camera:
        return Tolerances((1.0 + 0.01 * size_px, 2.0 + 0.03 * size_px), (1.5, 3.5))
    mark = (1.0, 2.0) if inks > 2 else (0.5, 0.9)
    return Tolerances((0.4 + 0.003 * size_px, 0.45 + 0.006 * size_px), mark)
