"""How a line of ink moves: the rows of the realism table, measured on one line of handwriting.

Protocol: duplicate times merged, linear resampling to 100 Hz, second-order Butterworth filter at 10 Hz run forwards and
backwards on x and y, speed by central differences, strokes of fewer than 18 samples left out of the rows about motion.
Lengths are in body heights (Hb): p90 - p10 of y after the regression line through all points is taken off. Characters
are counted without spaces, except in the line's width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from benchmarks.line_shape import shape_rows
from benchmarks.lognormal_fit import fitted_snr
from benchmarks.realism_reference import KEYS
from synthink.ink.model import Ink

Floats = npt.NDArray[np.float64]
RATE = 100.0  # Hz
CUT = 10.0  # Hz
SHORTEST, LONGEST = 18, 6000  # samples of a stroke that is looked at
FIT_LONGEST = 200  # samples of a stroke that lognormals are fitted to
FITS = 3  # strokes of a line that lognormals are fitted to
PROMINENCE = 0.05  # of the stroke's highest speed
STEEPEST, FAST = 50.0, 0.3  # slant: degrees from the vertical, share of the stroke's highest speed


@dataclass(slots=True)
class Motion:
    """A stroke of n samples at 100 Hz: smoothed x, y (n, 2), velocity (n, 2), speed (n,) in units per second, indices
    of the speed's peaks; `raw` (n, 2) before smoothing."""

    raw: Floats
    smooth: Floats
    velocity: Floats
    speed: Floats
    peaks: npt.NDArray[np.intp]

    @property
    def seconds(self) -> float:
        return (len(self.speed) - 1) / RATE


@dataclass(slots=True)
class Line:
    """What was measured on one line: per row its values (one, or one a stroke); absent where it could not be had."""

    rows: dict[str, Floats]
    to_fit: list[Motion] = field(default_factory=list)
    timed: bool = True

    def features(self) -> Floats:
        """(32,) the median of each row, in the order of the table; NaN where absent."""
        medians = [np.median(self.rows[key]) if len(self.rows.get(key, ())) else np.nan for key in KEYS]
        return np.array(medians, dtype=np.float64)


def measure(inks: Iterable[Ink], lognormals: bool = True) -> list[Line]:
    """Every ink, as one line of handwriting. Ink without times has the geometric rows alone; rows of fitted
    `lognormals`, which take most of the time, may be left out."""
    lines = [_line(ink) for ink in inks]
    if not lognormals:
        return lines
    motions = [motion for line in lines for motion in line.to_fit]
    snr = fitted_snr([motion.speed for motion in motions], [motion.peaks for motion in motions])
    first = 0
    for line in lines:
        if line.to_fit:
            counts = np.array([len(motion.peaks) for motion in line.to_fit], dtype=np.float64)
            here = snr[first : first + len(counts)]
            line.rows |= {"snr": here, "lognormals": counts, "snr_lognormal": here / counts}
            first += len(counts)
            line.to_fit = []
    return lines


def _line(ink: Ink) -> Line:
    strokes = [stroke.astype(np.float64) for stroke in ink.strokes]
    rows, height = shape_rows(strokes, ink.label)
    if not ink.has_time or not np.isfinite(height):
        return Line(rows, timed=ink.has_time)
    strokes = [stroke[np.argsort(stroke[:, 2], kind="stable")] for stroke in strokes]
    letters = len("".join((ink.label or "").split()))
    rows |= _clock_rows(strokes, letters)
    motions = [motion for stroke in strokes if (motion := moved(stroke)) is not None]
    if not motions:
        return Line(rows)
    rows |= _speed_rows(motions, letters, height) | _stroke_rows(motions, height)
    rows["slope"], rows["slope_r2"] = _power_law(motions, height)
    slant = _slant(motions)
    if slant is not None:
        rows["slant"] = np.array([slant])
    to_fit = [motion for motion in motions if len(motion.speed) <= FIT_LONGEST and len(motion.peaks)]
    chosen = to_fit if len(to_fit) <= FITS else [to_fit[(2 * i + 1) * len(to_fit) // (2 * FITS)] for i in range(FITS)]
    return Line(rows, chosen)


def moved(stroke: Floats) -> Motion | None:
    """The motion of a stroke (N, 3 or more) with times in ms that do not run backwards; None if short or at rest."""
    from scipy.signal import butter, filtfilt, find_peaks

    t, at, times = np.unique(stroke[:, 2], return_inverse=True, return_counts=True)
    count = round((t[-1] - t[0]) * RATE / 1000) + 1
    if not SHORTEST <= count <= LONGEST:
        return None
    when = t[0] + np.arange(count) * (1000 / RATE)
    columns = [np.interp(when, t, np.bincount(at, stroke[:, axis]) / times) for axis in (0, 1)]
    raw = np.column_stack(columns)
    smooth = filtfilt(*butter(2, CUT / (RATE / 2)), raw, axis=0)
    velocity = np.gradient(smooth, axis=0) * RATE
    speed = np.hypot(velocity[:, 0], velocity[:, 1])
    top = float(speed.max())
    if not top > 0:
        return None
    peaks = find_peaks(np.pad(speed, 1), prominence=PROMINENCE * top)[0] - 1
    return Motion(raw, smooth, velocity, speed, peaks)


def _clock_rows(strokes: Sequence[Floats], letters: int) -> dict[str, Floats]:
    starts, ends = (np.array([stroke[i, 2] for stroke in strokes]) for i in (0, -1))
    total, down = ends.max() - starts.min(), (ends - starts).sum()
    rows = {"stroke_ms": ends - starts, "gap_ms": starts[1:] - ends[:-1]}
    if letters:
        rows["ms_char"] = np.array([total / letters])
    if total > 0:
        rows["up_time"] = np.array([1 - down / total])
    return rows


def _speed_rows(motions: Sequence[Motion], letters: int, height: float) -> dict[str, Floats]:
    peaks = sum(len(motion.peaks) for motion in motions)
    speeds = np.concatenate([motion.speed for motion in motions]) / height
    rows = {
        "peaks_s": peaks / sum(motion.seconds for motion in motions),
        "speed": np.median(speeds),
        "speed_95": np.percentile(speeds, 95),
    }
    if letters:
        rows["peaks_char"] = peaks / letters
    return {key: np.array([value], dtype=np.float64) for key, value in rows.items()}


def _stroke_rows(motions: Sequence[Motion], height: float) -> dict[str, Floats]:
    """Rows with one value a stroke."""
    tops = np.array([motion.speed.max() for motion in motions])
    minima = np.array([_minima(motion.speed) for motion in motions])
    return {
        "speed_cov": np.array([motion.speed.std() / motion.speed.mean() for motion in motions]),
        "minima": minima[np.isfinite(minima)],
        "start": np.array([motion.speed[0] for motion in motions]) / tops,
        "end": np.array([motion.speed[-1] for motion in motions]) / tops,
        "length": np.array([_length(motion.raw) for motion in motions]) / height,
        "jerk": np.array([_jerk(motion) for motion in motions]),
        "residual": np.array([_rms(motion.raw - motion.smooth) for motion in motions]) / height,
    }


def _minima(speed: Floats) -> float:
    """Mean speed at the minima inside a stroke over mean speed at the peaks inside it; NaN without either."""
    from scipy.signal import find_peaks

    least = PROMINENCE * speed.max()
    peaks, minima = find_peaks(speed, prominence=least)[0], find_peaks(-speed, prominence=least)[0]
    return float(speed[minima].mean() / speed[peaks].mean()) if len(peaks) and len(minima) else float("nan")


def _jerk(motion: Motion) -> float:
    """sqrt(1/2 integral of jerk^2 dt * T^5 / L^2), without unit: 19 for one minimum-jerk movement."""
    jerk = np.gradient(np.gradient(motion.velocity, axis=0), axis=0) * RATE**2
    length = _length(motion.smooth)
    return float(np.sqrt(0.5 * (jerk**2).sum() / RATE * motion.seconds**5) / length)


def _power_law(motions: Sequence[Motion], height: float) -> tuple[Floats, Floats]:
    """Slope and R2 of ln(v / Hb) on ln(k Hb) over all points that are fast and bent enough; empty without such."""
    bends, speeds = [], []
    for motion in motions:
        vx, vy = motion.velocity.T
        ax, ay = np.gradient(motion.velocity, axis=0).T * RATE
        fast = motion.speed > PROMINENCE * motion.speed.max()
        bend = np.abs(vx * ay - vy * ax)[fast] / motion.speed[fast] ** 3 * height
        kept = (bend > 0.05) & (bend < 50)
        bends.append(bend[kept])
        speeds.append(motion.speed[fast][kept] / height)
    x, y = np.log(np.concatenate(bends)), np.log(np.concatenate(speeds))
    if len(x) < SHORTEST or np.ptp(x) < 1e-6:
        return np.zeros(0), np.zeros(0)
    x, y = x - x.mean(), y - y.mean()
    together, alone = (x * y).sum(), (y * y).sum()
    slope = together / (x * x).sum()
    return np.array([slope]), np.array([slope * together / alone if alone > 0 else 0.0])


def _slant(motions: Sequence[Motion]) -> float | None:
    """Median angle to the vertical, degrees, of the fast samples that run down steeply."""
    velocity = np.concatenate([motion.velocity[motion.speed > FAST * motion.speed.max()] for motion in motions])
    angle = np.degrees(np.arctan2(-velocity[:, 0], velocity[:, 1]))
    angle = angle[np.abs(angle) < STEEPEST]  # within 90 degrees of straight down: y grows
    return float(np.median(angle)) if len(angle) else None


def _length(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _rms(offsets: Floats) -> float:
    return float(np.sqrt((offsets**2).sum(1).mean()))
