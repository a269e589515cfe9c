"""How well two samples of lines can be told apart: a classifier's AUC, and every feature by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthink.errors import ConfigError

Floats = npt.NDArray[np.float64]
FOLDS = 5
FARTHEST = 8.0  # deviations; what lies beyond is drawn in, or a few freaks would rule the logistic regression


@dataclass(frozen=True, slots=True)
class Separation:
    """Of two samples with f features. `logistic`, `boosting`: mean AUC over the folds, 0.5 when no better than chance.
    `features` (f,): AUC of each feature alone, whichever way round it is, 0.5 to 1. `distances` (f,): Wasserstein-1
    over the real sample's IQR. Both NaN for a feature that a sample lacks."""

    logistic: float
    boosting: float
    features: Floats
    distances: Floats

    @property
    def auc(self) -> float:
        """The better classifier's."""
        return max(self.logistic, self.boosting)


def separate(real: Floats, other: Floats) -> Separation:
    """Two samples (n, f) and (m, f) of at least 10 lines each; NaN where a line lacks a feature."""
    if min(len(real), len(other)) < 2 * FOLDS:
        raise ConfigError("lines", min(len(real), len(other)), f"a classifier needs {2 * FOLDS} of each kind")
    values = np.concatenate((real, other))
    kinds = np.repeat((0, 1), (len(real), len(other)))
    # A feature that one sample lacks altogether tells of the file, not of the hand.
    known = np.isfinite(real).any(0) & np.isfinite(other).any(0)
    logistic, boosting = _classifiers(values[:, known], kinds)
    pairs = [_alone(real[:, i], other[:, i]) for i in range(real.shape[1])]
    features, distances = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return Separation(logistic, boosting, features, distances)


def _classifiers(values: Floats, kinds: npt.NDArray[np.intp]) -> tuple[float, float]:
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    if not values.shape[1]:
        return 0.5, 0.5
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    models = (
        LogisticRegression(C=0.3, max_iter=1000),
        GradientBoostingClassifier(n_estimators=80, max_depth=2, subsample=0.7, max_features=8, random_state=0),
    )
    scores = []
    for model in models:
        steps = SimpleImputer(strategy="median"), StandardScaler(), FunctionTransformer(_drawn_in), model
        scores.append(cross_val_score(make_pipeline(*steps), values, kinds, cv=folds, scoring="roc_auc").mean())
    return float(scores[0]), float(scores[1])


def _drawn_in(values: Floats) -> Floats:
    return np.clip(values, -FARTHEST, FARTHEST)


def _alone(real: Floats, other: Floats) -> tuple[float, float]:
    """AUC and Wasserstein-1 / IQR of one feature."""
    from scipy.stats import mannwhitneyu, wasserstein_distance

    real, other = real[np.isfinite(real)], other[np.isfinite(other)]
    if not len(real) or not len(other):
        return float("nan"), float("nan")
    area = mannwhitneyu(real, other).statistic / (len(real) * len(other))
    low, high = np.percentile(real, (25, 75))
    distance = wasserstein_distance(real, other) / (high - low) if high > low else float("nan")
    return float(max(area, 1 - area)), float(distance)
