"""How lines of ink look without times: a classifier on directions, what it goes by, wobble, flat pieces, heights.

    python -m benchmarks.directions PATH --real FOLDER [--lines 300]     # PATH as for benchmarks.realism

The strokes' way is taken at even steps, in body heights, and smoothed; a line's features are the square roots of how
often each pair of directions follows the other at two distances, and of the directions in four zones of height. Lines
of one writer, or of one form where no writer is named, stay in one fold. Lines of different real collections are told
apart, too (IAM-OnDB from five of UNIPEN's: 0.90 and 0.85), so look at several.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from benchmarks.ink_sources import LINES_OF_A_WRITER, inks_of, is_line
from synthink.ink.model import Ink

Floats = npt.NDArray[np.float64]
STEP, SMOOTH = 0.04, 0.09  # body heights between places, and deviation of the smoothing
BINS, ZONE_BINS = 12, 8  # directions
LAGS = (5, 12)  # steps between the two directions of a pair: 0.2 and 0.5 body heights
ZONES = (0.0, 0.5, 1.0)  # limits, from the top of the body to its bottom
PIECE, STRAIGHT = 0.6, 0.985  # body heights of a piece, and its chord's share of the way from which it is straight
FLAT_DEG = 20.0
FOLDS = 5
FEW = 16  # of the features that tell most
TOPS, BOTTOMS = (-0.5, 0.6), (0.5, 2.0)  # heights between which tops and bottoms of small letters are looked for


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", help="a folder or file of ink, a dataset of synthink, or the word synthetic")
    parser.add_argument("--real", metavar="FOLDER", required=True, help="real ink to tell it from")
    parser.add_argument("--lines", type=int, default=300, metavar="N", help="at most so many of each (300)")
    options = parser.parse_args(arguments)
    inks, real = (
        [ink for ink in inks_of(path, options.lines) if is_line(ink)] for path in (options.path, options.real)
    )
    logistic, boosting = separate_directions(real, inks)
    print(f"directions: logistic regression AUC {logistic:.3f}, gradient boosting AUC {boosting:.3f}")
    print("what tells most, with its mean share in real lines and in these:")
    for name, known, other in telling(real, inks):
        print(f"  {name}: {known:.2%}, {other:.2%}")
    for name, own in (("real", real), (options.path, inks)):
        flat, low = np.mean([flatness(ink) for ink in own], axis=0)
        wobbles, small = (np.nanmedian([each(ink) for ink in own]) for each in (wobble, small_letters))
        print(
            f"{name}: wobble {wobbles:.2f} % of the body height; flat between the lines {flat:.1%}, on them {low:.1%}; "
            f"small letters {small:.2f} body heights"
        )


def separate_directions(real: Sequence[Ink], other: Sequence[Ink]) -> tuple[float, float]:
    """The area under the curve of two classifiers that tell real lines from others."""
    from sklearn.decomposition import PCA
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    values = np.array([directions(ink) for ink in (*real, *other)])
    kinds = np.repeat((0, 1), (len(real), len(other)))
    groups = [ink.writer or str(ink.source)[:7] for ink in real]
    groups += [ink.writer or f"line {number // LINES_OF_A_WRITER}" for number, ink in enumerate(other)]
    boosting = GradientBoostingClassifier(n_estimators=60, max_depth=2, subsample=0.7, max_features=8, random_state=0)
    scores = []
    for model, parts in ((LogisticRegression(C=0.3, max_iter=2000), 60), (boosting, 30)):
        steps = make_pipeline(PCA(min(parts, len(values) // 2), random_state=0), StandardScaler(), model)
        score = cross_val_score(steps, values, kinds, groups=groups, cv=GroupKFold(FOLDS), scoring="roc_auc")
        scores.append(float(score.mean()))
    return scores[0], scores[1]


def telling(real: Sequence[Ink], other: Sequence[Ink]) -> list[tuple[str, float, float]]:
    """The features that part the means of both samples most by the logistic regression: name, share in each."""
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    known, asked = (np.array([directions(ink) for ink in inks]) for inks in (real, other))
    values = np.concatenate((known, asked))
    pca, scaler, model = PCA(min(60, len(values) // 2), random_state=0), StandardScaler(), LogisticRegression(C=0.3)
    make_pipeline(pca, scaler, model.set_params(max_iter=2000)).fit(values, np.repeat((0, 1), (len(real), len(other))))
    parted = (model.coef_[0] / scaler.scale_) @ pca.components_ * (asked.mean(axis=0) - known.mean(axis=0))
    names = [
        f"{360 * before // BINS} to {360 * after // BINS} degrees within {lag * STEP:.1f} body heights"
        for lag, before, after in product(LAGS, range(BINS), range(BINS))
    ]
    names += [
        f"{360 * way // ZONE_BINS} degrees in zone {zone}" for zone in range(len(ZONES) + 1) for way in range(ZONE_BINS)
    ]
    shares = zip(*((sample**2).mean(axis=0) for sample in (known, asked)), strict=True)
    rows = [(name, *pair) for name, pair in zip(names, shares, strict=True)]
    return [rows[row] for row in np.argsort(-np.abs(parted))[:FEW]]


def small_letters(ink: Ink) -> float:
    """The height of small letters in body heights: from the median of the tops to that of the bottoms; NaN without."""
    tops, bottoms = (
        np.concatenate([_peaks(sign * way[:, 1]) * sign for way in _ways(ink)] or [np.zeros(0)]) for sign in (-1, 1)
    )
    tops, bottoms = (
        places[(places > low) & (places < high)] for places, (low, high) in ((tops, TOPS), (bottoms, BOTTOMS))
    )
    return float(np.median(bottoms) - np.median(tops)) if len(tops) and len(bottoms) else float("nan")


def _peaks(values: Floats) -> Floats:
    return values[1:-1][(values[1:-1] >= values[:-2]) & (values[1:-1] > values[2:])]


def directions(ink: Ink) -> Floats:
    """The features of a line, (320,)."""
    pairs, zones = np.zeros((len(LAGS), BINS, BINS)), np.zeros((len(ZONES) + 1, ZONE_BINS))
    for way in _ways(ink):
        steps = np.diff(way, axis=0)
        angles = np.arctan2(steps[:, 1], steps[:, 0]) / (2 * np.pi)
        fine = np.round(angles * BINS).astype(np.intp) % BINS
        for table, lag in zip(pairs, LAGS, strict=True):
            np.add.at(table, (fine[:-lag], fine[lag:]), 1)
        coarse = np.round(angles * ZONE_BINS).astype(np.intp) % ZONE_BINS
        np.add.at(zones, (np.digitize(way[:-1, 1], ZONES), coarse), 1)
    shares = [table.ravel() / max(table.sum(), 1.0) for table in (*pairs, zones)]
    features: Floats = np.sqrt(np.concatenate(shares))
    return features


def wobble(ink: Ink) -> float:
    """The median distance of straight pieces from the best parabola, in % of the body height; NaN without one."""
    away = []
    for line in _level(ink):
        along = _along(line)
        for number in range(int(along[-1] / PIECE)):
            at = np.linspace(number * PIECE, (number + 1) * PIECE, 25)
            x, y = (np.interp(at, along, axis) for axis in line.T)
            chord = np.array((x[-1] - x[0], y[-1] - y[0]))
            if np.hypot(*chord) > STRAIGHT * PIECE:
                right, down = chord / np.hypot(*chord)
                far, off = (x - x[0]) * right + (y - y[0]) * down, (y - y[0]) * right - (x - x[0]) * down
                away.append(np.sqrt(np.mean((off - np.polyval(np.polyfit(far, off, 2), far)) ** 2)))
    return 100 * float(np.median(away)) if away else float("nan")


def flatness(ink: Ink) -> tuple[float, float]:
    """The share of a line's way that is flat in the middle of its body, and that is flat on the baseline."""
    whole = middle = low = 0.0
    for way in _ways(ink):
        steps = np.diff(way, axis=0)
        lengths, y = np.hypot(*steps.T), way[:-1, 1]
        flat = np.abs(steps[:, 1]) < np.tan(np.radians(FLAT_DEG)) * np.abs(steps[:, 0])
        whole += lengths.sum()
        middle += lengths[flat & (y > 0.15) & (y < 0.75)].sum()
        low += lengths[flat & (y >= 0.8) & (y < 1.15)].sum()
    return middle / max(whole, 1e-9), low / max(whole, 1e-9)


def _ways(ink: Ink) -> list[Floats]:
    """Each stroke at even steps, smoothed."""
    reach = int(np.ceil(3 * SMOOTH / STEP))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) * STEP / SMOOTH) ** 2)
    weights /= weights.sum()
    ways = []
    for line in _level(ink):
        along = _along(line)
        at = np.arange(0.0, along[-1], STEP)
        if len(at) > max(LAGS[0], 3):
            even = [np.pad(np.interp(at, along, axis), reach, mode="edge") for axis in line.T]
            ways.append(np.stack([np.convolve(axis, weights, "valid") for axis in even], axis=1))
    return ways


def _level(ink: Ink) -> list[Floats]:
    """The strokes in body heights, the line's slope taken off, y from 0 at the body's top to 1 at its bottom."""
    points = ink.points[:, :2].astype(np.float64)
    middle = points.mean(axis=0)
    x, y = (points - middle).T
    slope = float((x * y).sum() / max(float((x * x).sum()), 1e-9))
    low, high = np.percentile(y - slope * x, (10, 90))
    strokes = [stroke[:, :2].astype(np.float64) - middle for stroke in ink.strokes]
    size = max(float(high - low), 1e-9)
    return [np.stack((line[:, 0], line[:, 1] - slope * line[:, 0] - low), axis=1) / size for line in strokes]


def _along(line: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))


if __name__ == "__main__":
    main()
