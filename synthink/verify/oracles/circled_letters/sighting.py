"""What an oracle makes out in a picture: where the word is, which letter the ring holds, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthink.verify.oracles.circled_letters.place import WordPlace
from synthink.verify.oracles.circled_letters.ring import FittedRing

Box = tuple[float, float, float, float]

BARE, NO_MARK, BETWEEN = "nothing is drawn", "no letter is marked", "the mark lies between letters"
OTHER_PICTURE = "the picture is another row's"
OTHER_WORD, PARTLY = "another word is drawn", "the word is not drawn clearly"

HELD, AHEAD = 0.35, 0.25  # least share of the marked letter's outline in the ring, and its lead over any other's
SMALL_PX = 15.0  # em below which what cannot be made out may still be there
DRAWN = 0.35  # cover from which a pixel belongs to a mark's line


@dataclass(frozen=True)
class Sighting:
    """The word and mark that a picture shows. Boxes are left, top, right, bottom in the picture's pixels."""

    reason: str
    index: int | None = None
    """The number of the marked letter in the word; None when it is not clear, for `reason`."""
    doubtful: bool = False
    """The picture shows too little to say that the labels are wrong."""
    vague: bool = False
    """The word is so small or so covered that the mark may be on another letter than it seems."""
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


@dataclass(frozen=True)
class Tolerances:
    """How well the middle and the sides of the letter's box and of the mark's are known, px."""

    letter: tuple[float, float]
    mark: tuple[float, float]
    centre: float = 0.0
    """How well the ring's middle is known."""


def judged(
    corner: tuple[int, int],
    place: WordPlace,
    edges: Box,
    loop: FittedRing,
    tolerances: Tolerances,
    doubtful: bool,
    error: float,
) -> Sighting:
    """The letter whose outline lies in the ring, when no other does."""
    left, top, right, bottom = edges
    mark_box = left + corner[0], top + corner[1], right + corner[0], bottom + corner[1]
    shares = [float((loop.reach(points) < 1).mean()) for points in place.level_letters()]
    index = int(np.argmax(shares))
    held = shares.pop(index)
    if held < HELD or held - max(shares, default=0.0) < AHEAD:
        doubtful |= place.size_px < SMALL_PX
        return Sighting(
            BETWEEN,
            doubtful=doubtful,
            mark_box=mark_box,
            mark_tolerance=tolerances.mark,
            disagreement=error,
            held=held,
        )
    outline = place.rim(index) + np.array(corner)
    low, high = place.level_box(index)
    slack = tolerances.centre / place.size_px
    return Sighting(
        "seen",
        index,
        letter_box=(*outline.min(axis=0).tolist(), *outline.max(axis=0).tolist()),
        mark_box=mark_box,
        held=held,
        astray=float((np.maximum(np.abs(loop.centre - (low + high) / 2) - slack, 0) / (high - low)).max()),
        doubtful=doubtful,
        letter_tolerance=tolerances.letter,
        mark_tolerance=tolerances.mark,
        disagreement=error,
    )
