"""A control drawn anew: the word and the lines and rings over it, from what a row tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.circled_letters.align import letter_middles, scaled
from synthink.verify.oracles.circled_letters.comparison import Colours, Comparison
from synthink.verify.oracles.circled_letters.draw_fit import WEIGHTS, everything, fitted, unlike
from synthink.verify.oracles.circled_letters.drawing import TO_YCC, Canvas, Drawing, Shades, reduced
from synthink.verify.oracles.circled_letters.place import WordPlace
from synthink.verify.oracles.circled_letters.reference import SetWord

Floats = npt.NDArray[np.float64]

WORKED_PX = 24.0  # a larger em is made about as small as this
ROUGH_EM = 0.15  # blur of both pictures in the first round
FIRST_BLUR_PX = 1.0
SPACINGS_EM = (0.02, 0.09)  # of the first guesses
ENDS = 0.005, 0.995  # quantiles of the ink across and down that are its ends
LINE_EM, RING_SCALE, OPACITY = 0.07, 1.4, 0.9  # what lines and rings are first taken to be
BELOW_EM, CENTRAL_EM = 0.1, 0.02  # an underline below the word, a strike below its middle
SLIMMEST = 0.5  # ratio of a ring's radii
SETTLED, ALIKE = 0.2, 0.36  # difference from the control at which no better place is looked for, at first and later
MOST_NUMBERS = 200_000  # of a picture that is drawn anew: what holds more is no word in its lines
NOTICED = 0.03  # what a pixel owes to the word from which it is compared
FLAT_EM = 0.25  # blur that leaves of a word no more than a smear


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
        self.target: Floats = np.tensordot(TO_YCC, cut.mean(axis=(1, 3)), (1, 2))
        self.canvas = Canvas((height, width), Shades(1 - np.array(colours.text) / paper, shades))

    def first(self, place: WordPlace, blur_px: float) -> Drawing:
        """The word there, its lines where they usually are, and each ring around the letter where it looks best."""
        bare = Drawing(place, blur_px, 1.0, np.zeros((0, 4)), np.zeros((0, 6)))
        (_, top), (_, bottom) = bare.ends
        heights = {"underline": bottom + BELOW_EM, "strike": (top + bottom) / 2 + CENTRAL_EM}
        lines = [(heights[kind], heights[kind], 0.0, LINE_EM) for kind in self.kinds if kind in heights]
        rings = len(self.kinds) - len(lines)
        drawing = replace(bare, lines=np.array(lines).reshape(-1, 4), rings=np.tile(around(bare, 0), (rings, 1)))
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
            rings[ring] = around(drawing, letter)
            trials.append(replace(drawing, rings=rings))
        return min(trials, key=lambda trial: unlike(self.canvas.picture(trial, rough_px, text, level), target))


def around(drawing: Drawing, letter: int) -> Floats:
    """(6,): the usual ring around a letter."""
    low, high = drawing.place.level_box(letter)
    radii = RING_SCALE * (high - low) / 2
    ring: Floats = np.array((*(low + high) / 2, *np.maximum(radii, SLIMMEST * radii.max()), LINE_EM, OPACITY))
    return ring


def redrawn(pair: Comparison, line: SetWord, colours: Colours) -> Redrawn | None:
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
        drawing = fitted(first, page.canvas, page.target, everything(first), ROUGH_EM * first.place.size_px)
        if len(drawing.rings):
            drawing = page.first(drawing.place, drawing.blur_px)
        drawing = fitted(drawing, page.canvas, page.target, everything(drawing))
        trial = compared(drawing, page, shrink)
        if best is None or trial.apart < best.apart:
            best = trial
    return best


def compared(drawing: Drawing, page: Page, shrink: int) -> Redrawn:
    """How unlike drawing and picture are beside what the word makes of it; a smear would explain the rest."""
    canvas, place = page.canvas, drawing.place
    text, level = canvas.text(drawing), canvas.level(drawing)
    picture = canvas.picture(drawing, 0.0, text, level)
    word = (picture - canvas.picture(drawing, 0.0, 0 * text, level)) * WEIGHTS
    near = np.abs(word).sum(axis=0) > NOTICED
    flat_px = FLAT_EM * place.size_px
    differ = (page.target - picture) * WEIGHTS * near
    differ, word = differ - reduced(differ, flat_px), word - reduced(word, flat_px)
    ys, xs = np.nonzero(near)
    middles = letter_middles(place)
    along = place.level(np.column_stack((xs, ys)).astype(np.float64) + 0.5)[:, 0]
    letter = np.searchsorted((middles[1:] + middles[:-1]) / 2, along)
    left, power = (np.bincount(letter, np.square(part[:, ys, xs]).sum(axis=0), len(middles)) for part in (differ, word))
    drawing = replace(drawing, place=scaled(place, shrink), blur_px=drawing.blur_px * shrink)
    return Redrawn(drawing, float(left.sum() / max(power.sum(), 1e-6)), left / np.maximum(power, 1e-6))


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
