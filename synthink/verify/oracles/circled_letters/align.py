"""Laying a word over blurred or small ink: by all pixels at once (Lucas and Kanade, 1981) instead of by edges."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.circled_letters.inks import Layers
from synthink.verify.oracles.circled_letters.place import HIDDEN, WordPlace

Floats = npt.NDArray[np.float64]
Places = tuple[npt.NDArray[np.intp], ...]

WORKED_PX = 24.0  # a larger em is made about as small as this: a letter's place is read off its whole area
ROOM_EM = 0.25  # how far around the first guess pixels are compared
ROUGH_EM = 0.15  # blur of both pictures in the first round
STEPS = {True: 6, False: 8}  # of the rough round and of the fine one
STILL = {True: 0.96, False: 0.995}  # share of the last step's cost from which a round ends
OUTLIER = 0.5  # difference in cover from which a pixel counts less
FIRST_BLUR_PX, LEAST_BLUR_PX, MOST_BLUR_PX = 0.8, 0.15, 2.5
FINE_PX, FINEST = 20.0, 3  # an em that is smaller is drawn larger, by three at most, and made smaller
FLAT_EM = 0.25  # blur that leaves of a word no more than a smear, which any word could be

# How far a word may stray from what is likely, as standard deviations: of two scales or a shear as a share of the em,
# of the change of size for each em of the way, of the strength of the ink, of the square of the blur.
SKEW, TILT, STRENGTH, BLUR = 0.06, 0.006, 0.1, 0.6
TRUST = 0.06  # standard deviation of cover against which these are weighed


@dataclass(frozen=True, eq=False)
class Pose:
    """A word in its place, the blur of the picture and the strength of the ink."""

    place: WordPlace
    blur_px: float
    gain: float

    def moved(self, change: Floats) -> Pose:
        """The pose after a step; `change` counts as the columns of `_linear` do."""
        u, v, a, b, c, d, spacing, g, h, gain, blur = change.tolist()
        projection = self.place.projection + np.array(((a, b, u), (c, d, v), (g, h, 0.0)))
        place = replace(self.place, projection=projection, spacing=self.place.spacing + spacing)
        square = min(max(self.blur_px**2 + blur, LEAST_BLUR_PX**2), MOST_BLUR_PX**2)
        return Pose(place, square**0.5, min(max(self.gain + gain, 0.4), 1.6))


@dataclass(frozen=True, eq=False)
class Laid:
    """A word over ink, and how unlike it is to the ink; what a smear would explain, too, is not compared."""

    place: WordPlace
    blur_px: float
    apart: float
    """Squared differences in cover over the word's own squared cover, the noise taken out."""
    letters_apart: Floats
    """(K,): the same around each letter; 0 where most of it is hidden."""
    open_share: float
    """Share of the word that nothing hides."""


def lay(start: WordPlace, layers: Layers, noise: float) -> Laid | None:
    """The word moved, bent and blurred until it looks most like the ink; None where it slides away.

    noise: standard deviation of a pixel's cover.
    """
    shrink = max(1, int(start.size_px / WORKED_PX))
    text = _reduced(layers.text, shrink)
    opened = _reduced((layers.hidden < HIDDEN).astype(np.float64), shrink) > 0.5
    first = scaled(start, 1 / shrink)
    where = np.nonzero(opened & (blurred(_drawn(first, text.shape), ROOM_EM * first.size_px) > 0.01))
    pose = Pose(first, FIRST_BLUR_PX, 1.0)
    if len(where[0]) < 4 * len(first.pens):
        return None
    for rough in (True, False):
        extra = ROUGH_EM * first.size_px if rough else 0.0
        pose = _settled(pose, blurred(text, extra) if rough else text, where, extra, rough)
        if not 0.5 * first.size_px < pose.place.size_px < 2 * first.size_px:
            return None
    return _compared(pose, text, opened, noise / shrink, shrink)


def _settled(pose: Pose, text: Floats, where: Places, extra: float, rough: bool) -> Pose:
    """Gauss-Newton steps, damped when they make things worse (Levenberg and Marquardt), until nothing gets better."""
    damping = 1e-3
    best = pose
    cost, matrix, side = _linear(pose, text, where, extra)
    for _ in range(STEPS[rough]):
        damped = matrix + np.diag(np.diag(matrix) * damping + 1e-9)
        trial = best.moved(np.asarray(np.linalg.solve(damped, side), dtype=np.float64))
        trial_cost, *trial_system = _linear(trial, text, where, extra)
        if trial_cost >= cost:
            damping *= 30
            if damping > 1:
                break
            continue
        ended = trial_cost > STILL[rough] * cost
        best, cost, (matrix, side) = trial, trial_cost, trial_system
        damping /= 5
        if ended:
            break
    return best


def _linear(pose: Pose, text: Floats, where: Places, extra: float) -> tuple[float, Floats, Floats]:
    """The cost of a pose, and the normal equations of the step that makes it smaller.

    Columns: two for the place, four for size, rotation and shear, one for the letter spacing, two for perspective, one
    for the ink's strength, one for the square of the blur.
    """
    place, gain = pose.place, pose.gain
    drawn = blurred(_drawn(place, text.shape), float(np.hypot(pose.blur_px, extra)))
    slopes = np.gradient(drawn)
    bend = (np.gradient(slopes[0], axis=0) + np.gradient(slopes[1], axis=1))[where]
    points: Floats = np.column_stack((where[1], where[0])).astype(np.float64) + 0.5
    level = place.level(points)
    p = place.projection
    depth = level @ p[2, :2] + 1.0
    u, v = gain * slopes[1][where] / depth, gain * slopes[0][where] / depth
    away = u * points[:, 0] + v * points[:, 1]
    middles = letter_middles(place)
    order = np.interp(level[:, 0], middles, np.arange(len(middles)))
    along = (p[0, 0] * u + p[1, 0] * v - p[2, 0] * away) * order
    x, y = level.T
    columns = [-u, -v, -u * x, -u * y, -v * x, -v * y, -along, away * x, away * y, drawn[where], 0.5 * gain * bend]
    system = np.stack(columns)
    left = text[where] - gain * drawn[where]
    weighted = system / (1 + np.square(left / OUTLIER))
    likely, stray = _likely(pose)
    cost = float((OUTLIER**2 * np.log1p(np.square(left / OUTLIER))).sum() + stray @ stray)
    return cost, weighted @ system.T + likely.T @ likely, weighted @ left - likely.T @ stray


def _likely(pose: Pose) -> tuple[Floats, Floats]:
    """What is expected of a pose, as six linear equations in the columns of `_linear`, and how far it is from that."""
    p, size = pose.place.projection, pose.place.size_px
    equations = np.zeros((6, 11))
    equations[0, [2, 5]] = 1, -1
    equations[1, [3, 4]] = 1, 1
    equations[[2, 3, 4, 5], [7, 8, 9, 10]] = 1
    stray = (p[0, 0] - p[1, 1], p[0, 1] + p[1, 0], p[2, 0], p[2, 1], pose.gain - 1, pose.blur_px**2 - FIRST_BLUR_PX**2)
    weights = TRUST / np.array((SKEW * size, SKEW * size, TILT, TILT, STRENGTH, BLUR))
    return equations * weights[:, np.newaxis], np.array(stray) * weights


def _compared(pose: Pose, text: Floats, opened: npt.NDArray[np.bool_], noise: float, shrink: int) -> Laid:
    """How unlike ink and word are once they lie on each other."""
    place = pose.place
    drawn = blurred(_drawn(place, text.shape), pose.blur_px) * pose.gain
    near = opened & (blurred(drawn, 0.06 * place.size_px + 1) > 0.02)
    flat = FLAT_EM * place.size_px
    differ, power = np.where(near, text - drawn, 0.0), np.where(near, drawn, 0.0)
    differ, power = differ - blurred(differ, flat), power - blurred(power, flat)
    differ, power = near * (np.square(differ) - noise * noise), near * np.square(power)
    ys, xs = np.nonzero(near | (drawn > 0.01))
    middles = letter_middles(place)
    level = place.level(np.column_stack((xs, ys)).astype(np.float64) + 0.5)
    letter = np.searchsorted((middles[1:] + middles[:-1]) / 2, level[:, 0])
    ink, visible, powers, differs = (
        np.bincount(letter, part[ys, xs], len(middles))
        for part in (np.square(drawn), np.square(drawn) * near, power, differ)
    )
    return Laid(
        scaled(place, shrink),
        pose.blur_px * shrink,
        float(differs.sum() / max(powers.sum(), 1e-6)),
        np.where(visible > 0.5 * ink, differs / np.maximum(powers, 1e-6), 0.0),
        float(visible.sum() / max(ink.sum(), 1e-6)),
    )


def letter_middles(place: WordPlace) -> Floats:
    """(K,): the middle of every letter's ink along the level line, in em."""
    middles: Floats = np.array([letter.mean[0] for letter in place.line.letters]) + place.steps[:, 0]
    return middles


def _drawn(place: WordPlace, shape: tuple[int, int]) -> Floats:
    """The word's cover of every pixel; a small word is drawn larger first, so that thin strokes keep their weight."""
    fine = min(max(1, math.ceil(FINE_PX / place.size_px)), FINEST)
    return _reduced(scaled(place, fine).drawn((shape[0] * fine, shape[1] * fine)), fine)


def scaled(place: WordPlace, by: float) -> WordPlace:
    """The place in a picture that is larger by that factor."""
    return replace(place, projection=np.diag((by, by, 1.0)) @ place.projection)


def _reduced(image: Floats, by: int) -> Floats:
    """Means over squares of `by` pixels; at the ends the last pixels are repeated."""
    if by == 1:
        return image
    height, width = -(-image.shape[0] // by), -(-image.shape[1] // by)
    padded = np.pad(image, ((0, height * by - image.shape[0]), (0, width * by - image.shape[1])), mode="edge")
    reduced: Floats = padded.reshape(height, by, width, by).mean(axis=(1, 3))
    return reduced


def blurred(image: Floats, sigma: float) -> Floats:
    """The image under a Gaussian blur, nothing being outside of it."""
    reach = max(1, int(3 * sigma + 0.5))
    kernel = np.exp(-np.square(np.arange(-reach, reach + 1)) / (2 * sigma * sigma))
    kernel /= kernel.sum()
    height, width = image.shape
    tall = np.pad(image, ((reach, reach), (0, 0)))
    image = sum((weight * tall[i : i + height] for i, weight in enumerate(kernel)), np.zeros_like(image))
    wide = np.pad(image, ((0, 0), (reach, reach)))
    return sum((weight * wide[:, i : i + width] for i, weight in enumerate(kernel)), np.zeros_like(image))
