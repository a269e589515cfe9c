"""Where a word stands in a picture, and what it would look like there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from synthink.verify.oracles.circled_letters.inks import Layers
from synthink.verify.oracles.circled_letters.reference import PICTURE_PX, Letter, SetWord

Floats = npt.NDArray[np.float64]

HIDDEN = 0.12  # cover of a mark above which the text below it is not judged
SPOT_EM = 0.08  # side of the spots over which cover is compared
OPEN = 0.3  # least share of a word that must lie in the open
FOREIGN = 0.3  # most that cover may differ, as a share of the word's and the picture's together


@dataclass(frozen=True, eq=False)
class WordPlace:
    """A word's place: the point p (em) of letter k lies where `projection` puts p + pen_k + k spacing."""

    line: SetWord
    pens: Floats
    spacing: float
    """The length in em that is added to every step of the pen."""
    projection: Floats
    """(3, 3): em on the level line, as (x, y, 1), to the cut's pixels; the last number is 1."""

    @classmethod
    def affine(cls, line: SetWord, pens: Floats, spacing: float, matrix: Floats, shift: Floats) -> WordPlace:
        """A place without perspective: `matrix` turns and scales, `shift` is where the first letter's pen stands."""
        return cls(line, pens, spacing, np.vstack((np.column_stack((matrix, shift)), (0.0, 0.0, 1.0))))

    @property
    def matrix(self) -> Floats:
        """(2, 2): how a place without perspective turns and scales."""
        matrix: Floats = self.projection[:2, :2]
        return matrix

    @property
    def shift(self) -> Floats:
        """(2,): where the first letter's pen stands in the picture."""
        shift: Floats = self.projection[:2, 2]
        return shift

    @cached_property
    def steps(self) -> Floats:
        """(K, 2): where the pen stands for every letter, in em on the level line."""
        along = self.pens + self.spacing * np.arange(len(self.pens))
        return np.column_stack((along, np.zeros_like(along)))

    @cached_property
    def size_px(self) -> float:
        """The em in pixels, in the middle of the word."""
        depth = float(self.projection[2, :2] @ self.steps.mean(axis=0)) + 1.0
        return float(np.sqrt(abs(np.linalg.det(self.projection) / depth**3)))

    def picture(self, points: Floats) -> Floats:
        """(..., 2) points of the level line, in em, as points of the cut."""
        flat: Floats = points @ self.matrix.T + self.shift
        if self.projection[2, :2].any():
            flat = flat / (points @ self.projection[2, :2] + 1.0)[..., np.newaxis]
        return flat

    def level(self, points: Floats) -> Floats:
        """Points of the picture in em, the first letter's pen at the origin and the baseline level."""
        back = np.linalg.inv(self.projection)
        flat = points @ back[:2, :2].T + back[:2, 2]
        level: Floats = flat / (points @ back[2, :2] + back[2, 2])[..., np.newaxis]
        return level

    def rim(self, index: int) -> Floats:
        """(N, 2) outermost points of a letter."""
        return self.picture(self.line.letters[index].rim + self.steps[index])

    def specks(self) -> Floats:
        """(K, SPECKS, 2) points spread over the ink of every letter."""
        return self.picture(np.stack([letter.ink for letter in self.line.letters]) + self.steps[:, np.newaxis])

    def level_letters(self) -> list[Floats]:
        """(T, 2) outline points of every letter, as `level` gives them."""
        return [letter.tracked + step for letter, step in zip(self.line.letters, self.steps, strict=True)]

    def level_box(self, index: int) -> tuple[Floats, Floats]:
        """Top-left and bottom-right corner of a letter, as `level` gives them."""
        points = self.line.letters[index].rim + self.steps[index]
        return points.min(axis=0), points.max(axis=0)

    def drawn(self, shape: tuple[int, int]) -> Floats:
        """(H, W): the word's cover of every pixel as the reference has it."""
        canvas = Image.new("L", (shape[1], shape[0]))
        shrink = max(int(PICTURE_PX / self.size_px / 1.25), 1)
        back: Floats = np.asarray(np.linalg.inv(self.projection), dtype=np.float64)
        for letter, step in zip(self.line.letters, self.steps, strict=True):
            _paste(canvas, letter, step, self, back, shrink)
        return np.asarray(canvas).astype(np.float64) / 255


def _paste(canvas: Image.Image, letter: Letter, step: Floats, place: WordPlace, back: Floats, shrink: int) -> None:
    """Lay a letter on the canvas, the darker pixel winning; `back` takes the canvas to the level line."""
    small = letter.picture.reduce(shrink) if shrink > 1 else letter.picture
    low = np.array(letter.corner) + step
    high = low + np.array(letter.picture.size) / PICTURE_PX
    corners = place.picture(np.array((low, (high[0], low[1]), high, (low[0], high[1]))))
    x0, y0 = np.floor(np.clip(corners.min(axis=0), 0, canvas.size)).astype(int).tolist()
    x1, y1 = np.ceil(np.clip(corners.max(axis=0), 0, canvas.size)).astype(int).tolist()
    if x1 <= x0 or y1 <= y0:
        return
    scale = PICTURE_PX / shrink
    from_line = np.array(((scale, 0.0, -low[0] * scale), (0.0, scale, -low[1] * scale), (0.0, 0.0, 1.0)))
    way = from_line @ back @ np.array(((1.0, 0.0, x0), (0.0, 1.0, y0), (0.0, 0.0, 1.0)))
    way /= way[2, 2]
    pixels = small.transform(
        (x1 - x0, y1 - y0),
        Image.Transform.PERSPECTIVE,
        tuple(way.reshape(-1)[:8].tolist()),
        resample=Image.Resampling.BILINEAR,
    )
    box = (x0, y0, x1, y1)
    canvas.paste(ImageChops.lighter(pixels, canvas.crop(box)), box)


def disagreement(place: WordPlace, layers: Layers) -> float:
    """The most by which cover differs from the reference over any spot the size of a stroke; 0 to 1.

    1 where most of the word would be hidden, or most of the ink is not the word's.
    """
    drawn = place.drawn(layers.text.shape)
    open_ = layers.hidden < HIDDEN
    visible, ink = np.where(open_, drawn, 0.0), np.where(open_, np.minimum(layers.text, 1.0), 0.0)
    differ = visible - ink
    apart = float(np.abs(differ).sum())
    if visible.sum() < OPEN * drawn.sum() or apart > FOREIGN * float(visible.sum() + ink.sum()):
        return 1.0
    side = max(3, int(SPOT_EM * place.size_px) | 1)
    padded = np.pad(differ, ((side // 2 + 1, side // 2), (side // 2 + 1, side // 2))).cumsum(axis=0).cumsum(axis=1)
    spots = padded[side:, side:] - padded[:-side, side:] - padded[side:, :-side] + padded[:-side, :-side]
    return float(np.abs(spots).max()) / side**2


def sampled(image: Floats, x: Floats, y: Floats) -> Floats:
    """Bilinear samples at picture coordinates; outside the image its edge goes on."""
    height, width = image.shape
    column = np.clip(x - 0.5, 0, width - 1.001)
    row = np.clip(y - 0.5, 0, height - 1.001)
    left, top = column.astype(np.intp), row.astype(np.intp)
    column -= left
    row -= top
    base = top * width + left
    cells = image.reshape(-1)
    first, second, third, fourth = (cells[base + step] for step in (0, 1, width, width + 1))
    upper = first + (second - first) * column
    lower = third + (fourth - third) * column
    mixed: Floats = upper + (lower - upper) * row
    return mixed
