"""The word and its mark told by drawing all that a row tells of: for small text under other lines in photographs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.circled_letters.align import letter_middles, scaled
from synthink.verify.oracles.circled_letters.comparison import Colours, Comparison
from synthink.verify.oracles.circled_letters.draw_fit import WEIGHTS, everything, fitted, last_ring, unlike
from synthink.verify.oracles.circled_letters.drawing import SQUARENESS, TO_LUMA, Canvas, Drawing, Shades, reduced
from synthink.verify.oracles.circled_letters.place import WordPlace
from synthink.verify.oracles.circled_letters.reference import SetWord
from synthink.verify.oracles.circled_letters.ring import SECTORS, FittedRing
from synthink.verify.oracles.circled_letters.sighting import BARE, NO_MARK, OTHER_WORD, Sighting, Tolerances, judged

Floats = npt.NDArray[np.float64]

WORKED_PX = 24.0  # a larger em is made about as small as this
ROUGH_EM = 0.15  # blur of both pictures in the first round
FIRST_BLUR_PX = 1.0
SPACINGS_EM = (0.02, 0.09)  # of the first guesses
ENDS = 0.005, 0.995  # quantiles of the ink across and down that are its ends
LINE_EM, RING_SCALE, OPACITY = 0.07, 1.4, 0.9  # what lines and rings are first taken to be
BELOW_EM, CENTRAL_EM = 0.1, 0.02  # an underline below the word, a strike below its middle
SLIMMEST = 0.5  # ratio of a ring's radii
SETTLED = 0.2  # difference from the control at which no better place is looked for
ALIKE, LETTER_ALIKE = 0.36, 0.9  # difference up to which the word is in it, and each letter
MOST_NUMBERS = 200_000  # of a picture that is drawn anew: what holds more is no word in its lines
SEEN = 0.03  # what a pixel owes to the word from which it is compared
FLAT_EM = 0.25  # blur that leaves of a word no more than a smear
EXPLAINED = 0.5  # least share of what the picture has more than its control that the mark's ring is


@dataclass(frozen=True, eq=False)
class Redrawn:
    """A control as it was drawn anew, and how unlike the two are."""

    drawing: Drawing
    apart: float
    """Squared differences over the word's own squared part in the picture."""
    letters_apart: Floats
    """(K,): the same around each letter."""


class Page:
    """A picture's light to be drawn anew with the inks that a row tells of."""

    def __init__(self, lacking: Floats, colours: Colours, with_mark: bool, shrink: int) -> None:
        paper = np.maximum(np.array(colours.paper, dtype=np.float64), 1.0)
        inks = [*colours.over, ("ring", colours.mark)] if with_mark and colours.mark else [*colours.over]
        self.kinds = tuple(kind for kind, _ in inks)
        shades = tuple((kind not in ("strike", "underline"), 1 - np.array(ink) / paper) for kind, ink in inks)
        height, width = (side // shrink for side in lacking.shape[:2])
        cut = lacking[: height * shrink, : width * shrink].reshape(height, shrink, width, shrink, 3)
        self.target: Floats = cut.mean(axis=(1, 3)) @ TO_LUMA.T
        self.canvas = Canvas((height, width), Shades(1 - np.array(colours.text) / paper, shades))

    def first(self, place: WordPlace, blur_px: float) -> Drawing:
        """The word there, its lines where they usually are, and each ring around the letter where it looks best."""
        bare = Drawing(place, blur_px, 1.0, np.zeros((0, 4)), np.zeros((0, 6)))
        (_, top), (_, bottom) = bare.ends
        heights = {"underline": bottom + BELOW_EM, "strike": (top + bottom) / 2 + CENTRAL_EM}
        lines = [(heights[kind], heights[kind], 0.0, LINE_EM) for kind in self.kinds if kind in heights]
        rings = len(self.kinds) - len(lines)
        drawing = replace(bare, lines=np.array(lines).reshape(-1, 4), rings=np.tile(_around(bare, 0), (rings, 1)))
        for ring in range(rings):
            drawing = self.with_best_ring(drawing, ring)
        return drawing

    def with_best_ring(self, drawing: Drawing, ring: int) -> Drawing:
        """The drawing with that ring around the letter where it makes the picture most alike."""
        rough_px = ROUGH_EM * drawing.place.size_px
        target = reduced(self.target, rough_px)
        text, level = self.canvas.text(drawing), self.canvas.level(drawing)
        trials = []
        for letter in range(len(drawing.place.line.letters)):
            rings = drawing.rings.copy()
            rings[ring] = _around(drawing, letter)
            trials.append(replace(drawing, rings=rings))
        return min(trials, key=lambda trial: unlike(self.canvas.picture(trial, rough_px, text, level), target))


def _around(drawing: Drawing, letter: int) -> Floats:
    """(6,): the usual ring around a letter."""
    low, high = drawing.place.level_box(letter)
    radii = RING_SCALE * (high - low) / 2
    ring: Floats = np.array((*(low + high) / 2, *np.maximum(radii, SLIMMEST * radii.max()), LINE_EM, OPACITY))
    return ring


def sight_by_drawing(pair: Comparison, line: SetWord, colours: Colours) -> Sighting:
    """Find the letter of the line that is marked: the control is drawn anew from the word and the lines and rings that
    the row tells of, then the mark over it."""
    redrawn = _redrawn(pair, line, colours)
    if redrawn is None:
        return Sighting(BARE, doubtful=True)
    error = redrawn.apart
    if error > ALIKE or redrawn.letters_apart.max() > LETTER_ALIKE:
        return Sighting(OTHER_WORD, doubtful=True, disagreement=error)
    marked = _marked(redrawn.drawing, pair, colours)
    if marked is None:
        return Sighting(NO_MARK, doubtful=True, disagreement=error)
    place, ring = marked.place, marked.rings[-1]
    turns = (np.arange(SECTORS) + 0.5) * 2 * np.pi / SECTORS
    ways = np.column_stack((np.cos(turns), np.sin(turns)))
    curve = (np.abs(ways) ** SQUARENESS).sum(axis=1) ** (-1 / SQUARENESS)
    outer = place.picture(ring[:2] + ways * curve[:, np.newaxis] * (ring[2:4] + ring[4] / 2))
    edges = (*outer.min(axis=0).tolist(), *outer.max(axis=0).tolist())
    soft = 0.6 + 0.2 * marked.blur_px
    tolerances = Tolerances((0.4 + soft, 0.7 + soft), (0.7 + soft, 1.3 + soft), 0.5 * marked.blur_px)
    return judged(pair.corner, place, edges, FittedRing(ring[:2], ring[2:4], curve), tolerances, True, error)


def _redrawn(pair: Comparison, line: SetWord, colours: Colours) -> Redrawn | None:
    """The control drawn anew; None where nothing is to be seen."""
    best: Redrawn | None = None
    starts = _starts(pair, line, any(kind == "underline" for kind, _ in colours.over))
    for number, start in enumerate(starts):
        if best is not None and best.apart < (SETTLED if number < len(SPACINGS_EM) else ALIKE):
            break
        shrink = max(1, int(start.size_px / WORKED_PX))
        page = Page(pair.below, colours, False, shrink)
        if page.target.size > MOST_NUMBERS:
            continue
        first = page.first(scaled(start, 1 / shrink), FIRST_BLUR_PX)
        drawing, _ = fitted(first, page.canvas, page.target, everything(first), ROUGH_EM * first.place.size_px)
        if len(drawing.rings):
            drawing = page.first(drawing.place, drawing.blur_px)
        drawing, _ = fitted(drawing, page.canvas, page.target, everything(drawing))
        redrawn = _compared(drawing, page, shrink)
        if best is None or redrawn.apart < best.apart:
            best = redrawn
    return best


def _compared(drawing: Drawing, page: Page, shrink: int) -> Redrawn:
    """How unlike drawing and picture are beside what the word makes of it; a smear would explain the rest."""
    canvas, place = page.canvas, drawing.place
    text, level = canvas.text(drawing), canvas.level(drawing)
    picture = canvas.picture(drawing, 0.0, text, level)
    word = (picture - canvas.picture(drawing, 0.0, 0 * text, level)) * WEIGHTS
    near = np.abs(word).sum(axis=2) > SEEN
    flat_px = FLAT_EM * place.size_px
    differ = (page.target - picture) * WEIGHTS * near[..., np.newaxis]
    differ, word = differ - reduced(differ, flat_px), word - reduced(word, flat_px)
    ys, xs = np.nonzero(near)
    middles = letter_middles(place)
    along = place.level(np.column_stack((xs, ys)).astype(np.float64) + 0.5)[:, 0]
    letter = np.searchsorted((middles[1:] + middles[:-1]) / 2, along)
    left, power = (np.bincount(letter, np.square(part[ys, xs]).sum(axis=1), len(middles)) for part in (differ, word))
    drawing = replace(drawing, place=scaled(place, shrink), blur_px=drawing.blur_px * shrink)
    return Redrawn(drawing, float(left.sum() / max(power.sum(), 1e-6)), left / np.maximum(power, 1e-6))


def _marked(drawing: Drawing, pair: Comparison, colours: Colours) -> Drawing | None:
    """The drawing with the mark's ring as its last; None where what the picture has more is no such ring."""
    if colours.mark is None:
        return None
    shrink = max(1, int(drawing.place.size_px / WORKED_PX))
    page = Page(pair.above, colours, True, shrink)
    bare = replace(drawing, place=scaled(drawing.place, 1 / shrink), blur_px=drawing.blur_px / shrink)
    first = replace(bare, rings=np.vstack((bare.rings, _around(bare, 0))))
    first = page.with_best_ring(first, len(bare.rings))
    rough, _ = fitted(first, page.canvas, page.target, last_ring(first), ROUGH_EM * bare.place.size_px)
    marked, _ = fitted(rough, page.canvas, page.target, last_ring(rough))
    hidden = replace(marked, rings=np.vstack((bare.rings, (*marked.rings[-1, :5], 0.0))))
    text, level = page.canvas.text(marked), page.canvas.level(marked)
    without, with_ring = (page.canvas.picture(drawn, 0.0, text, level) for drawn in (hidden, marked))
    added = np.abs(with_ring - without).sum(axis=2) > SEEN
    left, whole = (float(np.square((page.target - drawn) * WEIGHTS)[added].sum()) for drawn in (with_ring, without))
    if left > (1 - EXPLAINED) * whole:
        return None
    return replace(marked, place=drawing.place, blur_px=drawing.blur_px)


def _starts(pair: Comparison, line: SetWord, is_underlined: bool) -> Iterator[WordPlace]:
    """Guesses from all ink: the way it spreads most, and the word filling it from end to end; then upside down."""
    ys, xs = np.nonzero(pair.inked)
    if not len(ys):
        return
    points = np.column_stack((xs, ys)) + 0.5
    weight = np.clip(pair.below[ys, xs].max(axis=1), 0.0, 1.0)
    apart = points - weight @ points / weight.sum()
    spread = apart.T @ (apart * weight[:, np.newaxis])
    way = 0.5 * float(np.arctan2(2 * spread[0, 1], spread[0, 0] - spread[1, 1]))
    for turn in (way, way + np.pi):
        matrix = np.array(((np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))))
        low, high = np.quantile(points @ matrix, ENDS, axis=0)
        for pens in line.settings:
            for spacing in SPACINGS_EM:
                place = WordPlace.affine(line, pens, spacing, np.eye(2), np.zeros(2))
                lows, highs = zip(*(place.level_box(k) for k in range(len(line.letters))), strict=True)
                top_left, bottom_right = np.min(lows, axis=0), np.max(highs, axis=0)
                bottom_right[1] += is_underlined * (BELOW_EM + LINE_EM / 2)
                size = float((high[0] - low[0]) / (bottom_right[0] - top_left[0]))
                middle = matrix @ ((low + high) / 2 - (top_left + bottom_right) / 2 * size)
                yield WordPlace.affine(line, pens, spacing, matrix * size, middle)
