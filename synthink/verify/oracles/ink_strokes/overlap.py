"""Whether the ink in a picture lies where the strokes say, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ImageColor

from synthink.verify.oracle import Finding
from synthink.verify.oracles.ink_strokes.row import Floats, Strokes

Reals = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

OTHER_PAPER, OTHER_INK = "the paper has another colour", "the ink has another colour"
NO_INK, MISSING, STRAY = "there is no ink", "a stroke is not in the picture", "there is ink where no stroke goes"
OTHER_EDGES = "the lines have another width or place"
FAINT = "the ink can hardly be told from the paper's rules"

AWAY = -1.0  # depth below which a pixel's ink belongs to no stroke
AREA = 0.4  # pixels of full ink that are stray: the least dot has more
LEAST_INK, LEAST_INK_OF_DOT = 0.5, 0.4  # share of a stroke's ink that must be there; a dot's ends are thin
DOT_PX = 1.5  # way of the pen in a dot
EDGE = 0.05  # share of ink by which pixels at the lines' edges may be off on the average
DOUBT = 0.2  # share of ink off at one pixel that says nothing: two rasterisers differ by as much
NAMED = 70  # levels by which two people's ideas of a colour's name differ
LEVELS = 14  # of each colour channel between ink and its column
ALONG = 0.9  # cosine between a colour and that of rules from which on it is one of them


def check_overlap(picture: Bytes, strokes: Strokes, depth: Reals, row: Mapping[str, Any]) -> Finding | None:
    """None where the ink of one colour in (H, W, 3) levels is that of the strokes, drawn once more as `depth`."""
    paper_column, ink_column = row.get("paper_colour"), row.get("ink_colour")
    paper, drawn = paper_and_rest(picture)
    if paper_column is not None and not is_colour(paper, paper_column):
        return Finding("wrong", OTHER_PAPER)
    if ink_column is None:
        return None

    def colours(where: Flags) -> Reals:
        """(M, 3): the colours there, less the paper's."""
        return picture[where].astype(np.float32) - paper.astype(np.float32)

    covered = np.clip(depth + 0.5, 0, 1)
    core = covered >= min(0.9, float(np.quantile(covered[covered > 0.3], 0.8)))
    in_core, core_covered = colours(core), covered[core]
    ink = rgb(ink_column) - paper
    if not ink_column.startswith("#"):
        # What a name stands for is seen in the picture, and only compared.
        colour = (np.median(in_core, axis=0) / np.median(core_covered)).astype(np.float64)
        if not np.abs(colour).max() > 20:
            return Finding("wrong", NO_INK)
        if np.abs(colour * (float(colour @ ink) / float(colour @ colour)) - ink).max() > NAMED:
            return Finding("wrong", OTHER_INK)
        ink = colour
    far = drawn & (depth <= AWAY)
    rules = colours(far if row.get("paper") != "plain" else far & False)
    share, printed = _shares(colours(drawn), rules, ink)
    amount = np.zeros(depth.shape, np.float32)
    amount[drawn] = share
    full = float(np.median(amount[core] / core_covered))
    if full < 0.2:
        return Finding("wrong", NO_INK)
    if full > 1.06 + printed:
        return Finding("wrong", OTHER_INK)
    colour = np.median(in_core - amount[core][:, np.newaxis] * ink, axis=0)
    if np.abs(colour).max() > LEVELS:
        return Finding("unsure", FAINT) if _is_rule(colour, rules) else Finding("wrong", OTHER_INK)
    if printed > 0.75:
        return Finding("unsure", FAINT)
    return _compared(amount / full, covered, strokes, far, printed / full)


def _is_rule(colour: Floats, printed: Reals) -> bool:
    """Whether what the ink leaves unexplained is a printed rule, along which a thin line may be drawn."""
    if not len(printed):
        return False
    rule = np.median(printed, axis=0)
    return float(rule @ colour) > ALONG * float(np.linalg.norm(rule) * np.linalg.norm(colour))


def _compared(amount: Reals, covered: Reals, strokes: Strokes, far: Flags, printed: float) -> Finding | None:
    """Both shares of ink, pixel by pixel; `far`: what is not paper, away from the strokes; `printed`: what the paper's
    rules may look like."""
    some = covered > 0.02
    own = covered[some]
    off = amount[some] - own
    missing = np.maximum(-off - DOUBT, 0)[own > 0.35]
    if missing.sum() > 0.01 * covered.sum() or lacks_ink(np.minimum(amount, covered), covered, strokes):
        return Finding("wrong", MISSING)
    if np.maximum(amount[far] - printed - 0.12, 0).sum() > AREA:
        return Finding("wrong", STRAY)
    edge = own < 0.98
    if edge.any() and not -EDGE <= float(np.clip(off[edge], -1, 1).mean()) <= EDGE + 0.3 * printed:
        return Finding("wrong", OTHER_EDGES)
    return None


def lacks_ink(amount: Reals, covered: Reals, strokes: Strokes) -> bool:
    """Whether there is too little ink along some stroke."""
    height, width = covered.shape
    x = np.clip(strokes.points[:, 0].astype(np.intp), 0, width - 1)
    y = np.clip(strokes.points[:, 1].astype(np.intp), 0, height - 1)
    firsts = [first for first, _ in strokes.parts]
    there, full = np.add.reduceat(amount[y, x], firsts), np.add.reduceat(covered[y, x], firsts)
    least = np.where(ways(strokes) <= DOT_PX, LEAST_INK_OF_DOT, LEAST_INK)
    return bool((there < least * full).any())


def ways(strokes: Strokes) -> Floats:
    """(S,): how far the pen goes in each stroke, in pixels."""
    way = np.sqrt((np.diff(strokes.points, axis=0, prepend=strokes.points[:1]) ** 2).sum(axis=1))
    firsts = [first for first, _ in strokes.parts]
    way[firsts] = 0
    lengths: Floats = np.add.reduceat(way, firsts)
    return lengths


def _shares(colours: Reals, printed: Reals, ink: Floats) -> tuple[Reals, float]:
    """(M,) share of ink in each colour (less paper), and how much ink a printed rule may pass for.

    A pixel holds paper, rule r and ink i as u r + v i: told apart where their colours lie in different directions.
    """
    strength = float(ink @ ink)
    plain: Reals = (colours @ ink.astype(np.float32)) / np.float32(strength)
    if not len(printed):
        return plain, 0.0
    length = np.sqrt((printed**2).sum(axis=1))
    rule = np.median(printed[length >= np.quantile(length, 0.6)], axis=0).astype(np.float64)
    likeness = float(rule @ ink) / np.sqrt(strength * float(rule @ rule))
    if likeness > 0.99 or float(rule @ rule) < 300:
        return plain, max(0.0, float(np.quantile(printed @ ink, 0.9)) / strength)
    both = np.stack((ink, rule))
    solved = (colours @ np.linalg.pinv(both).astype(np.float32))[:, 0]
    # RuledLines of a colour near to the ink's leave more doubt: a level of rounding counts by so much.
    return solved.astype(np.float32), 1.5 / float(np.sqrt(strength * (1 - likeness**2)))


def paper_and_rest(picture: Bytes) -> tuple[Floats, Flags]:
    """The colour of most pixels of (H, W, 3) levels, and (H, W) which pixels have another."""
    packed = picture[:, :, 0].astype(np.int32)
    for band in (picture[:, :, 1], picture[:, :, 2]):
        packed <<= 8
        packed |= band
    # Some pixels, which no rules of the paper run along: every 11th, in another column of each row.
    some = packed.reshape(-1)[:: 11 if packed.shape[1] % 11 else 13]
    codes, counts = np.unique(some, return_counts=True)
    code = int(codes[counts.argmax()])
    return np.array((code >> 16, code >> 8 & 255, code & 255), np.float64), packed != code


def is_colour(colour: Floats, column: str) -> bool:
    """Whether a colour is what its column says, a number or a name."""
    return float(np.abs(colour - rgb(column)).max()) <= (2 if column.startswith("#") else NAMED)


def rgb(colour: str) -> Floats:
    return np.array(ImageColor.getrgb(colour)[:3], np.float64)
