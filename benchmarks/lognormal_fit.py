"""Fits sums of lognormals to speed profiles, many strokes at once.

One lognormal for each speed peak (R. Plamondon, "A kinematic theory of rapid human movements", Biological Cybernetics
72, 1995: a handstroke's speed is D * Lambda(t; t0, mu, sigma^2)); all parameters are then refined together by
Levenberg-Marquardt steps. The fit is a yardstick: the same number of steps for every stroke, not a search for the best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
STEP = 0.01  # seconds between samples
STEPS = 60
AT_ONCE = 128  # strokes in one batch, for memory
STARTS = ((0.2, -1.8), (0.2, -1.4))  # sigma and mu that every peak starts with; the better fit of the two counts
REACH = np.array([4.0, 0.8, 2.5, 1.6])  # how far ln D, t0 (s), mu, ln sigma may move from the start
BEST = 120.0  # dB; a better fit is rounding


def fitted_snr(speeds: Sequence[Floats], peaks: Sequence[npt.NDArray[np.intp]]) -> Floats:
    """(n,) dB: 10 log10 of the speed's energy over the residual's, for n profiles at 100 Hz and their peaks' indices.

    NaN for a profile without peaks.
    """
    snr = np.full(len(speeds), np.nan)
    counts = np.array([len(peak) for peak in peaks], dtype=int)
    order = np.lexsort((np.array([len(speed) for speed in speeds]), counts))  # like with like: little padding
    for count in np.unique(counts[counts > 0]):
        same = order[counts[order] == count]
        for first in range(0, len(same), AT_ONCE):
            batch = same[first : first + AT_ONCE]
            given = [speeds[i] for i in batch], np.array([peaks[i] for i in batch])
            snr[batch] = np.max([_fit(*given, sigma, delay) for sigma, delay in STARTS], axis=0)
    return snr


def _fit(speeds: list[Floats], peaks: npt.NDArray[np.intp], sigma: float, delay: float) -> Floats:
    """(n,) dB for n profiles of k peaks each; `peaks` (n, k)."""
    longest = max(len(speed) for speed in speeds)
    wanted, known = np.zeros((len(speeds), longest)), np.zeros((len(speeds), longest))
    for row, speed in enumerate(speeds):
        wanted[row, : len(speed)], known[row, : len(speed)] = speed / speed.max(), 1.0
    t = np.arange(longest, dtype=np.float64) * STEP
    at = _start(wanted, peaks, sigma, delay)
    low, high = at - REACH[None, :, None], at + REACH[None, :, None]
    damping = np.full(len(speeds), 1e-2)
    values, slopes = _lognormals(at, t)
    rest = (wanted - values) * known
    error = (rest**2).sum(1)
    for _ in range(STEPS):
        slopes *= known[:, None, :]
        normal = slopes @ slopes.transpose(0, 2, 1)
        diagonal = np.einsum("nii->ni", normal)
        diagonal += damping[:, None] * diagonal + 1e-9
        move = np.linalg.solve(normal, slopes @ rest[:, :, None])[..., 0]
        trial = np.clip(at + move.reshape(at.shape), low, high)
        trial_values, trial_slopes = _lognormals(trial, t)
        trial_rest = (wanted - trial_values) * known
        trial_error = (trial_rest**2).sum(1)
        better = trial_error < error
        at = np.where(better[:, None, None], trial, at)
        rest = np.where(better[:, None], trial_rest, rest)
        slopes = np.where(better[:, None, None], trial_slopes, slopes)
        error = np.where(better, trial_error, error)
        damping = np.clip(np.where(better, damping / 5, damping * 4), 1e-9, 1e9)
    energy = (wanted**2).sum(1)
    snr: Floats = 10 * np.log10(energy / np.maximum(error, energy * 10 ** (-BEST / 10)))
    return snr


def _start(speed: Floats, peaks: npt.NDArray[np.intp], sigma: float, delay: float) -> Floats:
    """(n, 4, k) ln D, t0, mu, ln sigma of lognormals whose modes are the peaks."""
    height = np.maximum(np.take_along_axis(speed, peaks, axis=1), 1e-6)
    mode = np.exp(delay - sigma**2)
    amplitude = height * sigma * np.sqrt(2 * np.pi) * mode * np.exp(sigma**2 / 2)
    fixed = np.ones_like(height)
    parts = (np.log(amplitude), peaks * STEP - mode, delay * fixed, np.log(sigma) * fixed)
    return np.stack(parts, axis=1)


def _lognormals(at: Floats, t: Floats) -> tuple[Floats, Floats]:
    """(n, T) sum of the lognormals and (n, 4k, T) its derivatives by ln D, t0, mu, ln sigma."""
    amplitude, start, delay, sigma = (at[:, i, :, None] for i in range(4))
    sigma = np.exp(sigma)
    since = t - start
    after = since > 1e-4
    since = np.where(after, since, 1.0)
    z = (np.log(since) - delay) / sigma
    with np.errstate(under="ignore"):
        value = after * np.exp(amplitude - z * z / 2) / (sigma * np.sqrt(2 * np.pi) * since)
    slopes = np.stack((value, value / since * (1 + z / sigma), value * z / sigma, value * (z * z - 1)), axis=1)
    return value.sum(1), slopes.reshape(len(at), -1, len(t))
