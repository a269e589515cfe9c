"""Whether the picture shows the row's ink where its strokes run, nothing else in its colour, and print in words' boxes.

Ink has a hue and the faded page hardly any: what a pixel has of the ink's hue tells how much ink covers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor, ImageDraw

from synthink.verify.oracle import Finding
from synthink.verify.oracles.gestures.row import Flags, Floats, RowScene

MISSING, STRAY = "ink is missing in the picture", "there is ink in the picture that is not told"
DARK = "the page is not faded"
NO_PRINT, OTHER_PRINT = "a word's box holds no print", "the print is not where the words' boxes are"
PALE, SCARCE = "the ink's colour can hardly be told", "there is too little print to tell where it is"

HUE = 90  # least difference of an ink's channels, of 255, by which it is told from print
INKED = 0.35  # of the ink's colour that its middle shows at least
COVERED = 0.97  # of the strokes' length must be seen
STRAYING = 3  # px may have more of the hue than faded print can have
SLACK = 1.6  # px beyond the pen's width, and one pixel of the page, enlarged
# px less, where ink is sought that no stroke laid: of 500 right rows two had a pixel more at 1.2, none more at 0.8.
CLOSER = 0.8
WEDGED = 12.0  # px: Pillow leaves wedges open between the pieces of wider lines
STEP = 12  # levels from one pixel to the next: print
PALEST = 10  # levels, before the page is faded, of print that can just be seen
EMPTY = 0.004  # share of steep pixels in a box
SOME = 2  # letters, all of which the border may cut off
LOW = 12.0  # px: smaller print runs together
FEW, BLEEDING = 5, 0.5  # gaps that are looked at, and print in them beside that in boxes
TRIM = 0.15  # of a line's height, which gaps lack above and below
# Letters end where the line does, pictures under them do not: print above and below a gap beside that in it.
BEYOND = 0.5
# Print in the boxes of words and images beside all: in 80 right rows 0.66 at least, 0.85 in 19 of 20; in pictures of
# other rows, where gaps did not tell them, 0.59 at most.
LISTED = 0.75
POOR, MANY = 0.3, 0.1  # print in a word's box beside that in all, and share of words that have less
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sight:
    """The colours of a picture and its ink. bands: (H, W) red, green, blue; ink: (H, W) how much of the ink's hue each
    pixel has, `full` where ink covers it; covered: (H, W) where strokes may reach."""

    bands: tuple[Grey, Grey, Grey]
    ink: npt.NDArray[np.int16]
    full: int
    covered: Flags

    @property
    def has_hue(self) -> bool:
        """Whether the ink's hue tells it from print."""
        return self.full >= HUE


def look(picture: Image.Image, scene: RowScene, colour: str | None) -> Sight:
    """Look at a picture for ink of a colour."""
    one, two, three = (np.asarray(band) for band in picture.convert("RGB").split())
    red, green, blue = ImageColor.getrgb(colour or "red")[:3]
    channels = (red, green, blue)
    most, least = int(np.argmax(channels)), int(np.argmin(channels))
    bands = one, two, three
    hue = bands[most].astype(np.int16) - bands[least]
    return Sight(bands, hue, channels[most] - channels[least], reached(scene))


def reached(scene: RowScene, beyond: float = 0.0) -> Flags:
    """(H, W) the strokes as wide as they may seem, and by so many px wider to each side."""
    canvas = Image.new("L", scene.size_px)
    draw = ImageDraw.Draw(canvas)
    wide = scene.width + 2 * (SLACK + max(1.0, scene.scale) + beyond)
    for stroke in scene.strokes:
        draw.line([tuple(point) for point in stroke.tolist()], fill=255, width=round(wide), joint="curve")
        for x, y in (stroke if wide > WEDGED else stroke[[0, -1]]).tolist():
            draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=255)
    drawn = np.asarray(canvas) > 0
    widened = drawn.copy()  # Pillow leaves pin holes where short pieces meet
    widened[1:] |= drawn[:-1]
    widened[:, 1:] |= drawn[:, :-1]
    return widened


def check_ink(sight: Sight, scene: RowScene, white: float) -> Finding | None:
    """The strokes are seen all along, and no ink beside them that could not be print."""
    if scene.strokes:
        depth = seen_along(sight.ink, scene)
        strong = min(1.0, float(np.median(depth)) / (0.9 * sight.full))
        least = INKED * max(strong, INKED) * min(1.0, scene.width) * sight.full
        if (depth > least).mean() < COVERED:
            return Finding("wrong", MISSING)
    # Print may have any colour, which white lightens: what has more of the hue and less light in a channel is ink.
    deep = np.minimum(np.minimum(*sight.bands[:2]), sight.bands[2]) < 255 * (white - 0.12)
    elsewhere = (sight.ink > (1 - white + 0.12) * sight.full) & deep & ~reached(scene, -CLOSER)
    if np.count_nonzero(elsewhere) > STRAYING:
        return Finding("wrong", STRAY)
    return None


def check_fading(sight: Sight, white: float) -> Finding | None:
    """Nothing but ink is darker than print under the white."""
    limit = 255 * white - 40
    if limit <= 0:
        return None
    red, green, blue = sight.bands
    dark = (red < limit) & (green < limit) & (blue < limit) & ~sight.covered
    return Finding("wrong", DARK) if np.count_nonzero(dark) > 5 else None


def check_print(sight: Sight, scene: RowScene, own: tuple[int, ...], white: float) -> Finding | None:
    """Words' boxes hold print, those of the target all of them but dashes and dots, which a line may cover; the gaps
    between them hold hardly any. Of a word that the border cuts the print may lie outside."""
    lag = max(1, round(scene.scale))  # a pixel of the page
    bare = ~sight.covered
    edges = _edges(sight, lag)
    steep, faint = edges > min(STEP, 2 * STEP * (1 - white)), edges > PALEST * (1 - white)
    print_, paper = _table(steep), _table(bare)
    printed, free = _sums(print_, scene.boxes), _sums(paper, scene.boxes)
    areas = np.maximum((scene.boxes[:, 2:] - scene.boxes[:, :2]).prod(axis=1), 1.0)
    letters = np.array([sum(map(str.isalnum, word)) for word in scene.words], np.intp)
    cut = scene.cut(scene.boxes)
    there = ~(cut[:, 1] | cut[:, 3]) & ((letters > SOME) | ~cut.any(axis=1)) & (areas > 40)
    spelt = there & (letters > 0) & (free > 0.5 * areas)
    some = _sums(_table(faint), scene.boxes)
    empty = spelt & (some < EMPTY * free)
    blank = empty | (there & (letters == 0) & (some == 0) & (free > 0.95 * areas))
    if (empty & (free > 0.8 * areas))[list(own)].any() or blank.sum() > 1 + 0.05 * len(blank):
        return Finding("wrong", NO_PRINT)
    gaps = _gaps(scene.boxes, lag)
    few = len(gaps) < FEW
    between, room = _sums(print_, gaps).sum(), _sums(paper, gaps).sum()
    inside, area = printed.sum(), free.sum()
    if not few and between * area > BLEEDING * inside * room:
        usual = inside / max(area, 1)
        poor = (spelt & (printed < POOR * usual * free)).sum() > MANY * len(spelt)
        between, beyond = _letters(steep, bare, gaps, lag)
        if between > BLEEDING * usual and (poor or beyond < BEYOND * between):
            return Finding("wrong", OTHER_PRINT)
    is_told = bool(scene.strokes) or not (few or _share_in_boxes(steep, scene) < LISTED)
    return None if is_told else Finding("unsure", SCARCE)


def _share_in_boxes(steep: Flags, scene: RowScene) -> float:
    """The share of all print that lies in boxes of words and images, or a pixel beside."""
    boxes = np.concatenate((scene.boxes, scene.images))
    listed = np.zeros_like(steep)
    for left, top, right, bottom in np.clip(np.rint(boxes), 1, None).astype(np.intp).tolist():
        listed[top - 1 : bottom + 1, left - 1 : right + 2] = True
    return float((steep & listed).sum() / max(steep.sum(), 1))


def _edges(sight: Sight, lag: int) -> npt.NDArray[np.int16]:
    """(H, W) how much a pixel differs from the one `lag` to the left; 0 where ink lies on either."""
    most = np.zeros(sight.covered.shape, np.int16)
    for band in sight.bands:  # colours may differ in one alone
        values = band.astype(np.int16)
        np.maximum(most[:, lag:], np.abs(values[:, lag:] - values[:, :-lag]), out=most[:, lag:])
    most[:, lag:] *= ~(sight.covered[:, lag:] | sight.covered[:, :-lag])
    return most


def _letters(steep: Flags, bare: Flags, gaps: Floats, lag: int) -> tuple[float, float]:
    """Share of print in gaps, and above and below them; without what goes through from above to below."""
    counts = np.zeros((2, 2))
    for gap in gaps:
        trim = TRIM / (1 - 2 * TRIM) * (gap[3] - gap[1])
        left, right = np.clip(np.rint(gap[[0, 2]]), 0, steep.shape[1]).astype(np.intp).tolist()
        heights = gap[[1, 1, 1, 3, 3, 3]] + trim * np.array((-2, -1, 0, 0, 1, 2))
        over, top, start, stop, bottom, under = np.clip(np.rint(heights), 0, len(steep)).astype(np.intp).tolist()
        free, print_ = bare[over:under, left:right], steep[over:under, left:right].copy()
        line = print_[start - over : stop - over]
        line &= ~_through(line, lag)
        for place, low, high in ((0, start, stop), (1, over, top), (1, bottom, under)):
            part = slice(low - over, high - over)
            counts[place] += np.count_nonzero(print_[part]), np.count_nonzero(free[part])
    shares = counts[:, 0] / np.maximum(counts[:, 1], 1)
    return float(shares[0]), float(shares[1])


def _through(print_: Flags, lag: int) -> Flags:
    """What belongs to lines that run from the first row to the last: rules and borders, upright or bent."""
    both = print_.copy()
    for rows, out in ((print_, both), (print_[::-1], both[::-1])):
        reached = np.ones(print_.shape[1], np.bool_)
        for row, through in zip(rows, out, strict=True):
            reached = _wider(reached, lag) & row
            through &= reached
    return both


def _wider(flags: Flags, by: int) -> Flags:
    wider = flags.copy()
    for step in range(1, by + 1):
        wider[step:] |= flags[:-step]
        wider[:-step] |= flags[step:]
    return wider


def seen_along(values: npt.NDArray[Any], scene: RowScene) -> npt.NDArray[Any]:
    """The greatest of (H, W) values at or beside places along the strokes; one 0 where all of these are outside."""
    height, width = values.shape
    x, y = np.concatenate([_along(stroke) for stroke in scene.strokes]).T
    inside = (x >= 1) & (y >= 1) & (x < width - 1) & (y < height - 1)
    if not inside.any():
        return np.zeros(1, values.dtype)
    column, line = x[inside].astype(np.intp), y[inside].astype(np.intp)
    most: npt.NDArray[Any] = values[line, column]
    for across, down in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        most = np.maximum(most, values[line + down, column + across])
    return most


def _along(stroke: Floats) -> Floats:
    """Places about a pixel apart."""
    if len(stroke) == 1:
        return stroke
    way = np.zeros(len(stroke))
    np.cumsum(np.sqrt((np.diff(stroke, axis=0) ** 2).sum(axis=1)), out=way[1:])
    at = np.linspace(0, way[-1], max(2, int(way[-1])))
    return np.stack((np.interp(at, way, stroke[:, 0]), np.interp(at, way, stroke[:, 1])), axis=1)


def _gaps(boxes: Floats, lag: int) -> Floats:
    """(G, 4) the middle part of the space between words that stand side by side."""
    one, other = boxes[:-1], boxes[1:]
    height = one[:, 3] - one[:, 1]
    level = np.minimum(one[:, 3], other[:, 3]) - np.maximum(one[:, 1], other[:, 1]) > 0.8 * height
    room = other[:, 0] - one[:, 2]
    rows = level & (room > 2 * lag + 2) & (height > LOW) & (room < 1.5 * height)
    left, right = one[rows, 2] + lag + 0.1 * room[rows], other[rows, 0] - 0.1 * room[rows]
    return np.stack((left, one[rows, 1] + TRIM * height[rows], right, one[rows, 3] - TRIM * height[rows]), axis=1)


def _table(values: Flags) -> npt.NDArray[np.int32]:
    """(H + 1, W + 1) how many there are above and to the left."""
    table = np.zeros((values.shape[0] + 1, values.shape[1] + 1), np.int32)
    np.cumsum(np.cumsum(values, axis=0, dtype=np.int32), axis=1, out=table[1:, 1:])
    return table


def _sums(table: npt.NDArray[np.int32], boxes: Floats) -> npt.NDArray[np.int64]:
    """(N,) how many lie in each box."""
    limits = np.array((table.shape[1] - 1, table.shape[0] - 1) * 2)
    left, top, right, bottom = np.clip(np.rint(boxes), 0, limits).astype(np.intp).T
    sums: npt.NDArray[np.int64] = (table[bottom, right] - table[top, right]).astype(np.int64)
    sums += table[top, left] - table[bottom, left]
    return sums


def check_visibility(picture: Image.Image, scene: RowScene, colour: str | None) -> Finding | None:
    """Whether most of the strokes in a photograph, whose light changes colours, have some of the ink's hue."""
    if not scene.strokes:
        return None
    sight = look(picture, scene, colour)
    if not sight.has_hue:
        return Finding("unsure", PALE)
    depth = seen_along(sight.ink, scene)
    return Finding("wrong", MISSING) if (depth > 0.1 * sight.full).mean() < 0.4 else None
