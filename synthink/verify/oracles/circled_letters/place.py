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
    """A word's place: a point p (em) of letter k lies at matrix (p + pen_k) + k step + shift, in the cut's pixels."""

    line: SetWord
    pens: Floats
    matrix: Floats
    step: Floats
    shift: Floats

    @property
    def size_px(self) -> float:
        """The em in pixels."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix))))

    @property
    def spacing_em(self) -> float:
        """The length in em that is added to every step of the pen."""
        along = self.matrix[:, 0]
        return float(self.step @ along / (along @ along))

    @cached_property
    def origins(self) -> Floats:
        """(K, 2): where the pen stands for every letter."""
        order = np.arange(len(self.pens))[:, np.newaxis]
        origins: Floats = self.pens[:, np.newaxis] * self.matrix[:, 0] + order * self.step + self.shift
        return origins

    def rim(self, index: int) -> Floats:
        """(N, 2) outermost points of a letter."""
        points: Floats = self.line.letters[index].rim @ self.matrix.T + self.origins[index]
        return points

    def specks(self) -> Floats:
        """(K, SPECKS, 2) points spread over the ink of every letter."""
        inks = np.stack([letter.ink for letter in self.line.letters])
        specks: Floats = inks @ self.matrix.T + self.origins[:, np.newaxis]
        return specks

    def level(self, points: Floats) -> Floats:
        """Points of the picture in em, the first letter's pen at the origin and the baseline level."""
        level: Floats = (points - self.shift) @ np.linalg.inv(self.matrix).T
        return level

    def level_letters(self) -> list[Floats]:
        """(T, 2) outline points of every letter, as `level` gives them."""
        pens = self.level(self.origins)
        return [letter.tracked + pen for letter, pen in zip(self.line.letters, pens, strict=True)]

    def level_box(self, index: int) -> tuple[Floats, Floats]:
        """Top-left and bottom-right corner of a letter, as `level` gives them."""
        points = self.line.letters[index].rim + self.level(self.origins[index])
        return points.min(axis=0), points.max(axis=0)

    def drawn(self, shape: tuple[int, int]) -> Floats:
        """(H, W): the word's cover of every pixel as the reference has it."""
        canvas = Image.new("L", (shape[1], shape[0]))
        shrink = max(int(PICTURE_PX / self.size_px / 1.25), 1)
        back = np.linalg.inv(self.matrix) * PICTURE_PX / shrink
        for letter, origin in zip(self.line.letters, self.origins, strict=True):
            _paste(canvas, letter, origin, self.matrix, back, shrink)
        return np.asarray(canvas).astype(np.float64) / 255


def _paste(canvas: Image.Image, letter: Letter, origin: Floats, matrix: Floats, back: Floats, shrink: int) -> None:
    """Lay a letter on the canvas, the darker pixel winning."""
    small = letter.picture.reduce(shrink) if shrink > 1 else letter.picture
    left, top = letter.corner
    right, bottom = left + letter.picture.width / PICTURE_PX, top + letter.picture.height / PICTURE_PX
    corners = np.array(((left, top), (right, top), (right, bottom), (left, bottom))) @ matrix.T + origin
    x0, y0 = np.floor(corners.min(axis=0)).astype(int)
    x1, y1 = np.ceil(corners.max(axis=0)).astype(int)
    if x1 <= 0 or y1 <= 0 or x0 >= canvas.width or y0 >= canvas.height:
        return
    start = back @ (np.array((x0, y0)) - origin) - np.array(letter.corner) * PICTURE_PX / shrink
    pixels = small.transform(
        (x1 - x0, y1 - y0),
        Image.Transform.AFFINE,
        (back[0, 0], back[0, 1], start[0], back[1, 0], back[1, 1], start[1]),
        resample=Image.Resampling.BILINEAR,
    )
    box = (int(x0), int(y0), int(x1), int(y1))
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
