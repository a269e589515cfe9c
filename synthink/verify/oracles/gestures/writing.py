"""Whether handwriting says a text: both as columns of how much of what ink lies how high, laid over each other.

Words are told by their columns as in Rath and Manmatha, "Word image matching using dynamic time warping", CVPR 2003;
the columns hold how much the pen moved up or down, and how much to the side, at some heights. Place, size, slope and
slant are taken from both by their moments, so that nothing need be known of the writer but the hand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthink.verify.oracle import Finding
from synthink.verify.oracles.gestures.hands import Letters, expected, letters_of, may_have
from synthink.verify.oracles.gestures.row import Floats

OTHER_TEXT, DOUBTFUL, UNKNOWN_HAND = "other words are written", "what is written can hardly be read", "no such hand"
NOT_IN_HAND = "a character that the hand does not have"

COLUMNS = 7  # to a letter
LEVELLED = 3  # letters over which the middle of the ink is taken for the line
LEVELS = 4  # heights at which the ink of a column is counted
HIGHEST = 2.6  # deviations from the middle, up and down
BAND = 0.07  # of the width by which letters may be off their places: gaps between words vary most
# `unlike` with what the width adds, from which on a text is another, and from which on it is doubtful. Measured on
# 5,000 rows with true texts of three letters or more: two went beyond -0.006, none beyond 0; 1 in 100 beyond -0.04.
# None was wider or narrower by more than 0.61.
UNLIKE, DOUBT = 0.006, -0.04
FEWER_LETTERS, SHORT = 9, 0.25  # below so many, ink may be farther from the text, by so much over their number
STOCK, STARTS = (
    "the quick brown fox jumps over a lazy dog while many sphinxes of black quartz judge my vow",
    (0, 20, 41),
)
USUALLY, WIDER = -0.13, 0.75  # logarithm of the width for the height, beside that of the hand's specimen
NO_WIDER, WIDTH_TELLS = 0.15, 0.06  # by how much all hands vary, and what that beyond adds to `unlike`
FEW_LETTERS = 3  # below so many letters the width alone is looked at


def pieces_of(strokes: Sequence[Floats]) -> Floats:
    """(N, 5) the pieces between the strokes' points."""
    return np.concatenate([np.column_stack((s[:-1], s[1:], np.ones(len(s) - 1))) for s in strokes])


def check_any_writing(parts: Sequence[Sequence[Floats]], text: str | None, hand: str | None) -> Finding | None:
    """Check handwriting whose strokes may be those of any of the parts: the one that says the text best."""
    findings = []
    for strokes in parts:
        findings.append(check_writing(strokes, text, hand))
        if findings[-1] is None:
            return None
    return next((finding for finding in findings if finding and finding.verdict == "unsure"), findings[0])


def check_writing(strokes: Sequence[Floats], text: str | None, hand: str | None) -> Finding | None:
    """Whether strokes, those of the handwriting alone, say the text; None where there is nothing to say or to read."""
    if not strokes or not text or hand is None:
        return None
    letters, ink = letters_of(hand), pieces_of(strokes)
    if letters is None or not set(text) <= letters.keys() | {" "}:
        return Finding("wrong", UNKNOWN_HAND if letters is None else NOT_IN_HAND)
    if not len(ink) or not may_have(len(strokes), text, letters):
        return Finding("wrong", OTHER_TEXT)
    wider = abs(_width(ink) - _width(expected(text, letters)) - USUALLY)
    if len(text) < FEW_LETTERS:
        return Finding("wrong", OTHER_TEXT) if wider > 2 * WIDER else None
    beyond = unlike(ink, text, letters) + WIDTH_TELLS * max(0.0, wider - NO_WIDER)
    few = max(0.0, 1 / len(text) - 1 / FEWER_LETTERS)
    if beyond > UNLIKE + SHORT * few or wider > WIDER:
        return Finding("wrong", OTHER_TEXT)
    return Finding("unsure", DOUBTFUL) if beyond > DOUBT else None


def unlike(ink: Floats, text: str, letters: Letters) -> float:
    """The amount by which the ink is farther from its text than it would be, by its distance from other texts."""
    count = COLUMNS * len(text) + 4
    ink_columns = columns(ink, count)

    def from_text(other: str) -> float:
        return away(columns(expected(other, letters), count), ink_columns)

    near = float(np.mean([from_text(other) for other in reordered(text)]))
    far = float(np.mean([from_text(STOCK[start : start + len(text)].strip()) for start in STARTS]))
    return from_text(text) - 0.5 * near - 0.25 * far - 0.4 / len(text)


def reordered(text: str) -> list[str]:
    """The letters from behind, from the middle on, and with each word's halves exchanged."""
    half, words = len(text) // 2, text.split(" ")
    parts = [word[len(word) // 2 :] + word[: len(word) // 2] for word in words]
    return [text[::-1], (text[half:] + text[:half]).strip(), " ".join(parts)]


def columns(pieces: Floats, count: int) -> Floats:
    """(count, 2 LEVELS): ink up and down, and across, by place along the line and height; of length 1 on the whole."""
    x, y = (pieces[:, 0] + pieces[:, 2]) / 2, (pieces[:, 1] + pieces[:, 3]) / 2
    across, down = pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]
    weight = np.sqrt(across**2 + down**2) * pieces[:, 4]
    total = weight.sum()
    for _ in range(2):  # slope, and slant with it out of the way
        middle_x, middle_y = float(weight @ x) / total, float(weight @ y) / total
        far = x - middle_x
        slope = float(weight @ (far * (y - middle_y))) / max(float(weight @ far**2), 1e-9)
        y, down = y - middle_y - slope * far, down - slope * across
        slant = float(pieces[:, 4] @ (across * down)) / max(float(pieces[:, 4] @ down**2), 1e-9)
        x, across = x - slant * y, across - slant * down
    left, right = x.min(), x.max()
    at = (x - left) / max(right - left, 1e-9) * (count - 1)
    y = y - _line(at, y, weight, count)
    high = y / max(np.sqrt(float(weight @ y**2) / total), 1e-9)
    level = np.clip((high + HIGHEST) / (2 * HIGHEST) * LEVELS - 0.5, 0, LEVELS - 1.001)
    amounts = np.zeros(count * 2 * LEVELS)
    row, step = at.astype(np.intp), level.astype(np.intp)
    beyond, above = at - row, level - step
    for part, size in ((0, np.abs(down)), (LEVELS, np.abs(across))):
        for column, share in ((row, 1 - beyond), (np.minimum(row + 1, count - 1), beyond)):
            for line, portion in ((step, 1 - above), (step + 1, above)):
                where = column * 2 * LEVELS + part + line
                amounts += np.bincount(where, size * pieces[:, 4] * share * portion, len(amounts))
    grid = amounts.reshape(count, 2 * LEVELS)
    smooth = grid.copy()
    smooth[1:] += grid[:-1] / 2
    smooth[:-1] += grid[1:] / 2
    smooth = np.sqrt(smooth)
    return smooth / max(float(np.sqrt((smooth**2).sum(axis=1)).mean()), 1e-9)


def _line(at: Floats, y: Floats, weight: Floats, count: int) -> Floats:
    """How high the ink around each piece lies in the middle, some letters to a side: lines bend and letters jump."""
    window = np.hanning(min(LEVELLED * COLUMNS, count) + 2)[1:-1]
    column = at.astype(np.intp)
    heights, weights = (
        np.convolve(np.bincount(column, values, count), window, "same") for values in (weight * y, weight)
    )
    line: Floats = np.interp(at, np.arange(count) + 0.5, heights / np.maximum(weights, 1e-9))
    return line


def away(one: Floats, other: Floats) -> float:
    """Mean distance of columns on the cheapest way from begin to end, each stretched to twice its width at most."""
    count = len(one)
    reach = max(4, round(BAND * count))
    cost = np.sqrt(np.maximum((one**2).sum(1)[:, None] + (other**2).sum(1) - 2 * one @ other.T, 0))
    padded = np.full((count, count + 2 * reach), np.inf)
    padded[:, reach : reach + count] = cost
    # A band along the diagonal: column k of a row lies k - reach beside it.
    rows = np.arange(count)[:, None]
    band = padded[rows, rows + np.arange(2 * reach + 1)]
    way = np.full(2 * reach + 3, np.inf)
    way[reach + 1] = 0.0
    for row in band:
        # From the column at the same place of the band, the one before, the one after: one, none or two columns on.
        way[1:-1] = np.minimum(np.minimum(way[:-2], way[1:-1]), way[2:]) + row
    return float(way.min()) / count


def _width(pieces: Floats) -> float:
    """Logarithm of the width to the ink's spread up and down."""
    weight = np.sqrt((pieces[:, 2] - pieces[:, 0]) ** 2 + (pieces[:, 3] - pieces[:, 1]) ** 2) * pieces[:, 4]
    x, y = (pieces[:, 0] + pieces[:, 2]) / 2, (pieces[:, 1] + pieces[:, 3]) / 2
    total = float(weight.sum())
    far, off = x - float(weight @ x) / total, y - float(weight @ y) / total
    off = off - far * (float(weight @ (far * off)) / max(float(weight @ far**2), 1e-9))  # lines may slope
    spread = np.sqrt(float(weight @ off**2) / total)
    wide = float(pieces[:, [0, 2]].max() - pieces[:, [0, 2]].min())
    return float(np.log(max(wide, 1e-6) / max(spread, 1e-6)))
