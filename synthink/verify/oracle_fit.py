"""Laying a word over the text's ink: where every letter stands, and how well it is borne out by the pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from synthink.verify.oracle_inks import Layers
from synthink.verify.oracle_reference import PICTURE_PX, Letter, Line

Floats = npt.NDArray[np.float64]

SPACINGS = np.linspace(-0.15, 2.2, 471)  # em; tried when the first guess is made
TURNS = (0, -1.5, 1.5, -3, 3, -6, 6, 180)  # degrees from the first guess, tried when all else fails
SPOT_EM = 0.06
AGREED = 0.35  # disagreement of a word that is the one drawn; 0.05 to 0.2 is usual, one other letter makes 0.8
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


def lay(line: Line, layers: Layers, free: bool = False) -> tuple[Fit, float] | None:
    """The best fit of a line of letters to the text's ink and its `disagreement`; None when there is no text."""
    best: tuple[Fit, float] | None = None
    for start in starts(line, layers):
        fit = start
        for reach in (0.14 * start.size_px, 0.07 * start.size_px, 2.0, 1.5):
            fit = follow(fit, layers.text, layers.hidden, reach, free)
        error = disagreement(fit, layers)
        if best is None or error < best[1]:
            best = fit, error
        if error < AGREED:
            break
    return best


def starts(line: Line, layers: Layers) -> Iterator[Fit]:
    """First guesses, the likeliest first: with kerning and without, then with the ink that the mark hides left out."""
    moments = _moments(layers)
    if moments is None:
        return
    settings = [line.kerned] if np.array_equal(line.pens, line.kerned) else [line.kerned, line.pens]
    firsts = [_guess(line, pens, moments) for pens in settings]
    yield from firsts
    for first in firsts:
        fit = first
        for _ in range(3):
            fit = _guess(line, fit.pens, moments, _visible(fit, layers))
            yield fit
    for first in firsts:
        way = float(np.arctan2(first.matrix[1, 0], first.matrix[0, 0]))
        for turn in np.radians(TURNS):
            yield _framed(line, first.pens, layers, way + turn)


def _framed(line: Line, pens: Floats, layers: Layers, way: float) -> Fit:
    """The word turned by `way` and stretched between the ink's edges: height gives the size, width the spacing."""
    ys, xs = np.nonzero((layers.text > 0.5) & (layers.hidden < HIDDEN))
    turn = np.array(((np.cos(way), -np.sin(way)), (np.sin(way), np.cos(way))))
    level = (np.column_stack((xs, ys)) + 0.5) @ turn
    low, high = level.min(axis=0) - 0.5, level.max(axis=0) + 0.5
    lows = np.array([letter.contour.min(axis=0) for letter in line.letters]) + pens[:, np.newaxis] * (1.0, 0.0)
    highs = np.array([letter.contour.max(axis=0) for letter in line.letters]) + pens[:, np.newaxis] * (1.0, 0.0)
    top, bottom = lows[:, 1].min(), highs[:, 1].max()
    size = (high[1] - low[1]) / (bottom - top)
    wide = highs[-1, 0] - lows[0, 0]
    spacing = ((high[0] - low[0]) / size - wide) / max(len(pens) - 1, 1)
    matrix = turn * size
    corner = turn @ np.array((low[0] - lows[0, 0] * size, low[1] - top * size))
    return Fit(line, pens, matrix, matrix[:, 0] * spacing, corner)


@dataclass(frozen=True, eq=False)
class Moments:
    """Area, middle and covariance of the text's ink, in pixels."""

    area: float
    centre: Floats
    spread: Floats


def _moments(layers: Layers) -> Moments | None:
    ys, xs = np.nonzero((layers.text > 0.1) & (layers.hidden < HIDDEN))
    if len(ys) < 12:
        return None
    weight = np.minimum(layers.text[ys, xs], 1.0)
    points = np.column_stack((xs, ys)) + 0.5
    centre = weight @ points / weight.sum()
    spread = (points - centre).T @ ((points - centre) * weight[:, np.newaxis]) / weight.sum()
    return Moments(float(weight.sum()), centre, spread)


def _visible(fit: Fit, layers: Layers) -> Floats:
    """(K, SPECKS): 1 for each speck of ink that lies in the open, 0 for one under another mark."""
    specks = np.stack([letter.ink for letter in fit.line.letters]) @ fit.matrix.T + fit.origins[:, np.newaxis]
    return (sampled(layers.hidden, specks[..., 0], specks[..., 1]) < HIDDEN).astype(np.float64)


def _guess(line: Line, pens: Floats, seen: Moments, visible: Floats | None = None) -> Fit:
    """The ink's area gives the size, its spread along the word the letter spacing and the rotation."""
    masses = np.array([letter.mass for letter in line.letters])
    means = np.array([letter.mean for letter in line.letters])
    spreads = np.array([letter.spread for letter in line.letters])
    if visible is not None:
        specks = np.stack([letter.ink for letter in line.letters])
        share = np.maximum(visible.mean(axis=1), 1e-3)
        even = visible / np.maximum(visible.sum(axis=1, keepdims=True), 1e-3)
        masses = masses * share
        means = np.where(share[:, np.newaxis] > 0.1, np.einsum("ks,ksx->kx", even, specks), means)
        apart = specks - means[:, np.newaxis]
        spreads = np.einsum("ks,ksx,ksy->kxy", even, apart, apart)
    size = float(np.sqrt(seen.area / masses.sum()))
    shares = masses / masses.sum()
    places = np.repeat((means + pens[:, np.newaxis] * (1.0, 0.0))[np.newaxis], len(SPACINGS), axis=0)
    places[:, :, 0] += SPACINGS[:, np.newaxis] * np.arange(len(pens))
    middles = np.einsum("k,skx->sx", shares, places)
    apart = places - middles[:, np.newaxis]
    modelled = np.tensordot(shares, spreads, 1) + np.einsum("k,skx,sky->sxy", shares, apart, apart)
    seen_long, seen_way = _principal(seen.spread[np.newaxis])
    long, way = _principal(modelled)
    best = int(np.argmin(np.abs(np.log(long * size * size / seen_long))))
    turn = seen_way[0] - way[best]
    turn = (turn + np.pi / 2) % np.pi - np.pi / 2
    cos, sin = size * np.cos(turn), size * np.sin(turn)
    matrix = np.array(((cos, -sin), (sin, cos)))
    return Fit(line, pens, matrix, matrix[:, 0] * SPACINGS[best], seen.centre - matrix @ middles[best])


def disagreement(fit: Fit, layers: Layers) -> float:
    """The most by which cover differs from the reference over any spot the size of a thin stroke; 0 to 1."""
    differ = np.where(layers.hidden < HIDDEN, fit.drawn(layers.text.shape) - np.minimum(layers.text, 1.0), 0.0)
    side = max(3, int(SPOT_EM * fit.size_px) | 1)
    padded = np.pad(differ, ((side // 2 + 1, side // 2), (side // 2 + 1, side // 2))).cumsum(axis=0).cumsum(axis=1)
    spots = padded[side:, side:] - padded[:-side, side:] - padded[side:, :-side] + padded[:-side, :-side]
    return float(np.abs(spots).max()) / side**2


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
