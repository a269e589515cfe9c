"""Any number of marked letters: the mark's ink is cut into rings, which lie side by side along the word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image

from synthink.verify.oracles.circled_letters.comparison import RGB, Colours, Comparison, rgb
from synthink.verify.oracles.circled_letters.control_sight import (
    ALTERED,
    CERTAIN,
    CLEAR,
    NEAR_PX,
    SHARP_PX,
    altered_elsewhere,
    tolerances_of,
    word_in_control,
)
from synthink.verify.oracles.circled_letters.inks import layers
from synthink.verify.oracles.circled_letters.place import WordPlace
from synthink.verify.oracles.circled_letters.reference import SetWord
from synthink.verify.oracles.circled_letters.ring import blot, extent, grown, large_parts, ring, soft_extent
from synthink.verify.oracles.circled_letters.sight import BLENDED, cosine, seen_word
from synthink.verify.oracles.circled_letters.sight import tolerances_of as tolerances_alone
from synthink.verify.oracles.circled_letters.sighting import DRAWN, NO_MARK, SMALL_PX, Sighting, judged

Floats = npt.NDArray[np.float64]

GAP_EM, GAP_PX = 0.06, 1.05  # along the word's line without ink of the mark: there one ring ends and another begins
SAME_INK = 0.97  # cosine of an ink's colour and one that the row tells of, below which they are not the same
LIKE_TEXT = 0.985  # cosine of the mark's colour and the text's from which on they cannot be told apart
UNALTERED = 0.06  # share of the light: a picture that differs less from its control has no mark

SPECK, LEAST_PX = 0.15, 8  # share of the largest ring's pixels, and pixels, below which ink is no ring
MIXED = 15.0  # RGB distance of a colour from the mixtures of two inks, up to which it is one of them
OTHER_INK = "something is drawn in a colour that no label tells of"
SHADES: dict[str, RGB] = {
    **{"red": (255, 0, 0), "green": (0, 140, 40), "blue": (20, 60, 220), "orange": (245, 125, 0)},
    **{"purple": (135, 30, 175), "magenta": (225, 0, 150), "cyan": (0, 165, 200), "yellow": (250, 210, 0)},
    **{"brown": (135, 75, 25), "grey": (120, 120, 120), "black": (0, 0, 0), "white": (255, 255, 255)},
}
"""What the names of colours in rows mean."""

Rings = list[Sighting] | Sighting
"""The rings, in the order of the word's letters; a sighting alone where the picture does not show the word."""


def sight_several(picture: Image.Image, line: SetWord, mark: str | None, others: Sequence[str]) -> Rings:
    """Find the letters of the line that are marked in a colour.

    mark, others: the colours of the marks and of all else over the word.
    """
    word = seen_word(picture, line)
    if isinstance(word, Sighting):
        return word
    page, place, text, error = word
    ways = [np.array(shade) - page.paper for colour in (mark, *others) if (shade := shade_of(colour)) is not None]
    if len(ways) <= len(others) or cosine(page.inks[text], ways[0]) > LIKE_TEXT:
        return Sighting(BLENDED, doubtful=True, disagreement=error)
    likest, best = 0.0, None
    for ink, colour in enumerate(page.inks):
        likeness = [cosine(colour, way) for way in ways]
        if ink == text:
            continue
        if max(likeness) < SAME_INK and not any(_is_mixed(colour, page.inks[text], way) for way in ways):
            return Sighting(OTHER_INK, doubtful=True, disagreement=error)
        if likeness[0] == max(likeness) >= max(likest, SAME_INK):
            likest, best = likeness[0], ink
    if best is None:
        return []
    cover = layers(page, text, best).mark
    tolerances = tolerances_alone(place.size_px, page.noise > 0, len(page.inks))
    sightings = []
    for part in split_rings(cover, place):
        ys, xs = np.nonzero(part > DRAWN)
        loop = ring(place.level(np.column_stack((xs, ys)).astype(np.float64) + 0.5), np.minimum(part[ys, xs], 1.0))
        if loop is None:
            unclear = place.size_px < SMALL_PX or page.noise > 0
            sightings.append(Sighting(NO_MARK, doubtful=unclear, disagreement=error))
        else:
            sightings.append(judged(page.corner, place, extent(part), loop, tolerances, page.noise > 0, error))
    return sightings


def several_by_control(pair: Comparison, line: SetWord, colours: Colours) -> Rings:
    """Find the letters that are marked, given the picture without its marks."""
    laid = word_in_control(pair, line, colours)
    if isinstance(laid, Sighting):
        return laid
    if np.abs(pair.above - pair.below).max() < UNALTERED:
        return []
    place, error, crowded = laid.place, laid.apart, bool(colours.over)
    by_camera = pair.noise > 0 or laid.blur_px > SHARP_PX
    parts = split_rings(pair.layers.mark, place)
    ys, xs = np.nonzero(np.any([part > DRAWN for part in parts], axis=0)) if parts else np.zeros((2, 0), np.intp)
    if not len(ys) or altered_elsewhere(pair, ys, xs, NEAR_PX[by_camera]):
        return Sighting(ALTERED, disagreement=error)
    blur_px = float(np.hypot(laid.blur_px, pair.mark_blur_px))
    tolerances = tolerances_of(place.size_px, laid.blur_px, blur_px, by_camera, crowded or laid.open_share < CLEAR)
    sightings = []
    for part in parts:
        ys, xs = np.nonzero(part > DRAWN)
        points = place.level(np.column_stack((xs, ys)).astype(np.float64) + 0.5)
        loop = ring(points, np.minimum(part[ys, xs], 1.0)) or blot(points, laid.blur_px / place.size_px)
        if loop is None:
            sightings.append(Sighting(NO_MARK, doubtful=by_camera, disagreement=error))
            continue
        edges = soft_extent(part, blur_px) if by_camera and part.max() >= 0.5 else extent(part)
        sighting = judged(pair.corner, place, edges, loop, tolerances, by_camera, error)
        sightings.append(replace(sighting, vague=error > CERTAIN or (place.size_px < SMALL_PX and crowded)))
    return sightings


def shade_of(colour: str | None) -> RGB | None:
    """A colour as rows call it, as RGB; None where it is none."""
    return SHADES.get(colour or "") or rgb(colour)


def split_rings(cover: Floats, place: WordPlace) -> Sequence[Floats]:
    """(H, W) covers, one for each ring: the mark's ink, cut where none of it lies across the word's line."""
    strong = cover > DRAWN
    if not strong.any():
        return []
    strong = large_parts(strong)
    along = np.sort(_along(strong, place))
    gaps = np.flatnonzero(np.diff(along) > max(GAP_EM, GAP_PX / place.size_px))
    cuts = [-np.inf, *((along[gaps] + along[gaps + 1]) / 2).tolist(), np.inf]
    near = grown(strong)
    ys, xs = np.nonzero(near)
    along = _along(near, place)
    parts = []
    for low, high in pairwise(cuts):
        own = (along >= low) & (along < high)
        part = np.zeros_like(cover)
        part[ys[own], xs[own]] = cover[ys[own], xs[own]]
        parts.append(part)
    sizes = [int((part > DRAWN).sum()) for part in parts]
    return [part for part, size in zip(parts, sizes, strict=True) if size >= max(LEAST_PX, SPECK * max(sizes))]


def _is_mixed(colour: Floats, text: Floats, over: Floats) -> bool:
    """Whether a colour is that of text below another ink."""
    pair = np.column_stack((text, over))
    shares, *_ = np.linalg.lstsq(pair, colour, rcond=None)
    return bool(shares.min() >= 0 and np.linalg.norm(colour - pair @ shares) < MIXED)


def _along(mask: npt.NDArray[np.bool_], place: WordPlace) -> Floats:
    """(N,): where the mask's pixels lie along the word, in em."""
    ys, xs = np.nonzero(mask)
    along: Floats = place.level(np.column_stack((xs, ys)).astype(np.float64) + 0.5)[:, 0]
    return along
