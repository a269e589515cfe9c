"""Laying a word over the text's ink: where every letter stands, and how well it is borne out by the pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from synthink.verify.oracle_reference import GLYPH_PX, Letter, Line

Floats = npt.NDArray[np.float64]

SPACINGS = np.linspace(-0.15, 2.2, 471)  # em; tried when the first guess is made
HIDDEN = 0.12  # cover of the mark above which the text below it is not judged


@dataclass(frozen=True, eq=False)
class Fit:
    """A word's place: a point p (em) of letter k lies at matrix (p + pen_k) + k step + shift, in the cut's pixels."""

    line: Line
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
        """What is added to every step of the pen."""
        along = self.matrix[:, 0]
        return float(self.step @ along / (along @ along))

    @cached_property
    def origins(self) -> Floats:
        """(K, 2): where the pen stands for every letter."""
        order = np.arange(len(self.pens))[:, np.newaxis]
        origins: Floats = self.pens[:, np.newaxis] * self.matrix[:, 0] + order * self.step + self.shift
        return origins

    def contour(self, index: int) -> Floats:
        """(N, 2) outline points of a letter."""
        points: Floats = self.line.letters[index].contour @ self.matrix.T + self.origins[index]
        return points

    def flat(self, points: Floats) -> Floats:
        """Points of the picture in em, the first letter's pen at the origin and the baseline level."""
        level: Floats = (points - self.shift) @ np.linalg.inv(self.matrix).T
        return level

    def drawn(self, shape: tuple[int, int]) -> Floats:
        """(H, W): the word's cover of every pixel as the reference has it."""
        canvas = Image.new("L", (shape[1], shape[0]))
        shrink = max(int(GLYPH_PX / self.size_px / 1.25), 1)
        back = np.linalg.inv(self.matrix) * GLYPH_PX / shrink
        for letter, origin in zip(self.line.letters, self.origins, strict=True):
            _paste(canvas, letter, origin, self.matrix, back, shrink)
        return np.asarray(canvas).astype(np.float64) / 255


def _paste(canvas: Image.Image, letter: Letter, origin: Floats, matrix: Floats, back: Floats, shrink: int) -> None:
    """Lay a letter on the canvas, the darker pixel winning."""
    small = letter.picture.reduce(shrink) if shrink > 1 else letter.picture
    left, top = np.array(letter.corner) / GLYPH_PX
    right, bottom = left + letter.picture.width / GLYPH_PX, top + letter.picture.height / GLYPH_PX
    corners = np.array(((left, top), (right, top), (right, bottom), (left, bottom))) @ matrix.T + origin
    x0, y0 = np.floor(corners.min(axis=0)).astype(int)
    x1, y1 = np.ceil(corners.max(axis=0)).astype(int)
    if x1 <= 0 or y1 <= 0 or x0 >= canvas.width or y0 >= canvas.height:
        return
    start = back @ (np.array((x0, y0)) - origin) - np.array(letter.corner) / shrink
    pixels = small.transform(
        (x1 - x0, y1 - y0),
        Image.Transform.AFFINE,
        (back[0, 0], back[0, 1], start[0], back[1, 0], back[1, 1], start[1]),
        resample=Image.Resampling.BILINEAR,
    )
    box = (int(x0), int(y0), int(x1), int(y1))
    canvas.paste(ImageChops.lighter(pixels, canvas.crop(box)), box)


def guess(line: Line, pens: Floats, text: Floats, mark: Floats) -> Fit | None:
    """A first fit: the ink's area gives the size, its spread along the word the letter spacing and the rotation."""
    ys, xs = np.nonzero((text > 0.3) & (mark < HIDDEN))
    if len(ys) < 12:
        return None
    weight = np.minimum(text[ys, xs], 1.0)
    points = np.column_stack((xs, ys)) + 0.5
    centre = weight @ points / weight.sum()
    spread = (points - centre).T @ ((points - centre) * weight[:, np.newaxis]) / weight.sum()
    return _from_moments(line, pens, float(weight.sum()), centre, spread)


def _from_moments(line: Line, pens: Floats, area: float, centre: Floats, spread: Floats) -> Fit:
    masses = np.array([letter.mass for letter in line.letters])
    size = float(np.sqrt(area / masses.sum()))
    shares = masses / masses.sum()
    means = np.array([letter.mean for letter in line.letters]) + pens[:, np.newaxis] * (1.0, 0.0)
    within = np.tensordot(shares, np.array([letter.spread for letter in line.letters]), 1)
    places = np.repeat(means[np.newaxis], len(SPACINGS), axis=0)
    places[:, :, 0] += SPACINGS[:, np.newaxis] * np.arange(len(pens))
    middles = np.einsum("k,skx->sx", shares, places)
    apart = places - middles[:, np.newaxis]
    spreads = within + np.einsum("k,skx,sky->sxy", shares, apart, apart)
    seen_long, seen_way = _principal(spread[np.newaxis])
    long, way = _principal(spreads)
    best = int(np.argmin(np.abs(np.log(long * size * size / seen_long))))
    turn = seen_way[0] - way[best]
    turn = (turn + np.pi / 2) % np.pi - np.pi / 2
    cos, sin = size * np.cos(turn), size * np.sin(turn)
    matrix = np.array(((cos, -sin), (sin, cos)))
    return Fit(line, pens, matrix, matrix[:, 0] * SPACINGS[best], centre - matrix @ middles[best])


def _principal(spreads: Floats) -> tuple[Floats, Floats]:
    """The larger eigenvalue of each 2 x 2 covariance and the angle of its axis."""
    xx, xy, yy = spreads[:, 0, 0], spreads[:, 0, 1], spreads[:, 1, 1]
    return (xx + yy) / 2 + np.hypot((xx - yy) / 2, xy), 0.5 * np.arctan2(2 * xy, xx - yy)


def follow(fit: Fit, text: Floats, mark: Floats, reach: float, free: bool = False) -> Fit:
    """One step of contour tracking: each outline point looks `reach` pixels along its normal for the ink's edge.

    The edge is where cover falls through one half on the way out. All letters move together: four numbers for size,
    rotation and place (six with `free`, for a picture taken aslant) and two for the letter spacing.
    """
    letters = fit.line.letters
    order = np.concatenate([np.full(len(letter.tracked), k) for k, letter in enumerate(letters)])
    local = np.concatenate([letter.contour[letter.tracked] for letter in letters])
    local = local + fit.pens[order][:, np.newaxis] * (1.0, 0.0)
    normals = np.concatenate([letter.normals[letter.tracked] for letter in letters]) @ np.linalg.inv(fit.matrix)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    places = local @ fit.matrix.T + order[:, np.newaxis] * fit.step + fit.shift
    offsets = np.linspace(-reach, reach, max(9, int(reach * 4) | 1))
    along = places[:, np.newaxis] + offsets[:, np.newaxis] * normals[:, np.newaxis]
    values = sampled(text, along[..., 0], along[..., 1])
    falls = (values[:, :-1] >= 0.5) & (values[:, 1:] < 0.5)
    where = offsets[:-1] + (offsets[1] - offsets[0]) * (values[:, :-1] - 0.5) / np.where(
        falls, values[:, :-1] - values[:, 1:], 1.0
    )
    where = np.where(falls, where, np.inf)
    nearest = np.argmin(np.abs(where), axis=1)
    gap = where[np.arange(len(where)), nearest]
    found = np.isfinite(gap)
    edge = places + np.where(found, gap, 0.0)[:, np.newaxis] * normals
    found &= sampled(mark, edge[:, 0], edge[:, 1]) < HIDDEN
    if found.sum() < 8:
        return fit
    return _moved(fit, local[found], order[found], normals[found], gap[found], free)


def _moved(fit: Fit, local: Floats, order: npt.NDArray[np.intp], normals: Floats, gap: Floats, free: bool) -> Fit:
    """The fit after a robust least-squares step that closes the gaps along the normals."""
    x, y, (u, v) = local[:, 0], local[:, 1], normals.T
    columns = [u, v, u * order, v * order]
    columns += [u * x, u * y, v * x, v * y] if free else [u * x + v * y, v * x - u * y]
    system = np.column_stack(columns)
    weight = np.ones(len(gap))
    change = np.zeros(system.shape[1])
    ridge = np.eye(system.shape[1]) * 1e-6
    for _ in range(3):
        change = np.linalg.solve((system.T * weight) @ system + ridge, (system.T * weight) @ gap)
        left = np.abs(gap - system @ change)
        bound = 3 * max(float(np.median(left)), 0.1)
        weight = np.square(np.maximum(1 - np.square(left / bound), 0))
    grown = change[4:].reshape(2, 2) if free else np.array(((change[4], -change[5]), (change[5], change[4])))
    return Fit(fit.line, fit.pens, fit.matrix + grown, fit.step + change[2:4], fit.shift + change[:2])


def sampled(image: Floats, x: Floats, y: Floats) -> Floats:
    """Bilinear samples at picture coordinates; outside the image its edge goes on."""
    height, width = image.shape
    column = np.clip(x - 0.5, 0, width - 1.001)
    row = np.clip(y - 0.5, 0, height - 1.001)
    left, top = column.astype(np.intp), row.astype(np.intp)
    column, row = column - left, row - top
    base = top * width + left
    cells = image.reshape(-1)
    upper = cells[base] * (1 - column) + cells[base + 1] * column
    lower = cells[base + width] * (1 - column) + cells[base + width + 1] * column
    mixed: Floats = upper * (1 - row) + lower * row
    return mixed
