"""The word and its mark told by drawing all that a row tells of: for small text under other lines in photographs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.circled_letters.align import scaled
from synthink.verify.oracles.circled_letters.comparison import Colours, Comparison
from synthink.verify.oracles.circled_letters.draw_fit import WEIGHTS, fitted, last_ring
from synthink.verify.oracles.circled_letters.drawing import SQUARENESS, Drawing
from synthink.verify.oracles.circled_letters.redrawn import (
    ALIKE,
    NOTICED,
    ROUGH_EM,
    WORKED_PX,
    Page,
    around,
    compared,
    redrawn,
)
from synthink.verify.oracles.circled_letters.reference import SetWord
from synthink.verify.oracles.circled_letters.ring import SECTORS, FittedRing
from synthink.verify.oracles.circled_letters.sighting import (
    BARE,
    NO_MARK,
    OTHER_PICTURE,
    OTHER_WORD,
    Sighting,
    Tolerances,
    judged,
)

Floats = npt.NDArray[np.float64]

MARGIN_PX = 10  # room around the control's ink
LETTER_ALIKE = 0.9  # difference of a letter up to which it may be in the control
MISSING = 0.8  # difference of a picture from which on the word is not in it
FAINT = 0.3  # opacity below which no ring was drawn
EXPLAINED = 0.5  # least share of what the picture has more than its control that the mark's ring is


def sight_by_drawing(pair: Comparison, line: SetWord, colours: Colours) -> Sighting:
    """Find the letter of the line that is marked: the control is drawn anew from the word and the lines and rings that
    the row tells of, then the mark over it."""
    if colours.mark is None or not pair.inked.any():
        return Sighting(BARE, doubtful=True)
    pair = _at_ink(pair)
    control = redrawn(pair, line, colours)
    if control is None or control.apart > ALIKE or control.letters_apart.max() > LETTER_ALIKE:
        return Sighting(OTHER_WORD, doubtful=True)
    marked, explained, apart = _marked(control.drawing, pair, colours)
    if apart > MISSING:
        return Sighting(OTHER_PICTURE, disagreement=apart)
    ring = marked.rings[-1]
    if ring[5] < FAINT or explained < EXPLAINED:
        return Sighting(NO_MARK, doubtful=bool(ring[5] >= FAINT), disagreement=control.apart)
    curve, edges = _outline(ring, marked)
    soft = 0.6 + 0.2 * marked.blur_px
    tolerances = Tolerances((0.4 + soft, 0.7 + soft), (0.7 + soft, 1.3 + soft), 0.5 * marked.blur_px)
    loop = FittedRing(ring[:2], ring[2:4], curve)
    return judged(pair.corner, marked.place, edges, loop, tolerances, True, control.apart)


def _at_ink(pair: Comparison) -> Comparison:
    """The comparison cut to where the control has ink."""
    ys, xs = np.flatnonzero(pair.inked.any(axis=1)), np.flatnonzero(pair.inked.any(axis=0))
    top, left = max(int(ys[0]) - MARGIN_PX, 0), max(int(xs[0]) - MARGIN_PX, 0)
    cut = slice(top, int(ys[-1]) + 1 + MARGIN_PX), slice(left, int(xs[-1]) + 1 + MARGIN_PX)
    corner = pair.corner[0] + left, pair.corner[1] + top
    return replace(pair, corner=corner, below=pair.below[cut], above=pair.above[cut], inked=pair.inked[cut])


def _outline(ring: Floats, drawing: Drawing) -> tuple[Floats, tuple[float, float, float, float]]:
    """(SECTORS,): the ring's line in its radii; and left, top, right, bottom of its ink in the picture."""
    turns = (np.arange(SECTORS) + 0.5) * 2 * np.pi / SECTORS
    ways = np.column_stack((np.cos(turns), np.sin(turns)))
    curve = (np.abs(ways) ** SQUARENESS).sum(axis=1) ** (-1 / SQUARENESS)
    outer = drawing.place.picture(ring[:2] + ways * curve[:, np.newaxis] * (ring[2:4] + ring[4] / 2))
    (left, top), (right, bottom) = outer.min(axis=0).tolist(), outer.max(axis=0).tolist()
    return curve, (left, top, right, bottom)


def _marked(drawing: Drawing, pair: Comparison, colours: Colours) -> tuple[Drawing, float, float]:
    """The drawing with the mark's ring as its last; the share of what it changes that the picture has, too; and how
    unlike the picture's word is to it."""
    shrink = max(1, int(drawing.place.size_px / WORKED_PX))
    page = Page(pair.above, colours, True, shrink)
    bare = replace(drawing, place=scaled(drawing.place, 1 / shrink), blur_px=drawing.blur_px / shrink)
    first = replace(bare, rings=np.vstack((bare.rings, around(bare, 0))))
    first = page.with_best_ring(first, len(bare.rings))
    rough = fitted(first, page.canvas, page.target, last_ring(first), ROUGH_EM * bare.place.size_px)
    marked = fitted(rough, page.canvas, page.target, last_ring(rough))
    hidden = replace(marked, rings=np.vstack((bare.rings, (*marked.rings[-1, :5], 0.0))))
    text, level = page.canvas.text(marked), page.canvas.level(marked)
    without, with_ring = (page.canvas.picture(drawn, 0.0, text, level) for drawn in (hidden, marked))
    near = np.abs(with_ring - without).sum(axis=0) > NOTICED
    left, power = (float(np.square((page.target - drawn) * WEIGHTS)[:, near].sum()) for drawn in (with_ring, without))
    whole_picture = compared(marked, page, shrink)
    return whole_picture.drawing, 1 - left / max(power, 1e-6), whole_picture.apart
