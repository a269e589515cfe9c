"""How much ink moves like a hand: the realism table, beside what real lines measure, and a classifier against real ink.

    python -m benchmarks.realism PATH                    # a folder or file of ink, or a dataset with a column strokes
    python -m benchmarks.realism synthetic               # lines written for the purpose
    python -m benchmarks.realism PATH --real FOLDER      # ... and tell them from the lines in FOLDER
    python -m benchmarks.realism PATH --control          # ... and tell ink from itself at constant speed

Each ink must be one line of handwriting. A row is `in` when its median lies between p25 and p75 of real lines; `wide`
says whether it lies between p5 and p95; `spread` is its interquartile range over the real one. Rows that the pen's
hardware decides rather than the hand are marked *. The last line is `N of 32 rows inside p25..p75`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.ink_sources import constant_speed, inks_of, is_line
from benchmarks.kinematics import Line, measure
from benchmarks.realism_reference import ROWS, Row
from benchmarks.two_samples import Separation, separate
from synthink.errors import SynthinkError
from synthink.ink.model import Ink, InkError

Floats = npt.NDArray[np.float64]
NARROW = (0.5, 1.5)  # spread ratios that count as a hand's


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", help="a folder or file of ink, a dataset of synthink, or the word synthetic")
    parser.add_argument("--real", metavar="FOLDER", help="real ink to tell it from")
    parser.add_argument("--lines", type=int, default=600, metavar="N", help="at most so many of each (600)")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="take every Kth of --real only (1)")
    parser.add_argument("--control", action="store_true", help="tell the real ink from itself at constant speed, too")
    options = parser.parse_args(arguments)
    if options.lines < 1 or options.every < 1:
        parser.error("--lines and --every must be at least 1")
    try:
        inks = inks_of(options.path, options.lines)
        real = inks_of(options.real, options.lines, options.every) if options.real else []
        for path, found in ((options.path, inks), (options.real, real)):
            if path and not any(map(is_line, found)):
                raise InkError("no line of ink in it", path)
        print("\n".join(report(inks, real, options.control)))
    except SynthinkError as error:
        parser.exit(2, f"{error}\n")


def report(inks: Sequence[Ink], real: Sequence[Ink] = (), control: bool = False) -> list[str]:
    """The lines that the command prints. Empty ink and pages of several lines are left out."""
    left_out = sum(not is_line(ink) for ink in inks)
    inks, real = [ink for ink in inks if is_line(ink)], [ink for ink in real if is_line(ink)]
    lines = measure(inks)
    text = heading(inks, lines) + [f"{left_out} left out: empty, or more than one line"] * (left_out > 0)
    known = measure(real) if real else []
    if real:
        text += ["", f"against {len(real)} real lines:", *told(separate(features(known), features(lines)))]
    if control:
        same, named = (real, known) if real else (inks, lines)
        still = separate(features(named), features(measure(constant_speed(ink) for ink in same if ink.has_time)))
        text += ["", f"control: {len(same)} lines against themselves at constant speed:", *told(still, few=8)]
    return [*text, "", *table(lines)]


def features(lines: Sequence[Line]) -> Floats:
    """(lines, 32), in the order of the table."""
    return np.array([line.features() for line in lines])


def heading(inks: Sequence[Ink], lines: Sequence[Line]) -> list[str]:
    text = [f"{len(inks)} lines, {sum(len(ink) for ink in inks)} strokes"]
    untimed = sum(not line.timed for line in lines)
    if untimed:
        text.append(f"{untimed} of them have no times: they count in the rows about shape alone")
    unsaid = sum(not (ink.label or "").strip() for ink in inks)
    if unsaid:
        text.append(f"{unsaid} of them have no text: they do not count in the rows per character")
    return text


def table(lines: Sequence[Line]) -> list[str]:
    """A row for each metric, then the counts."""
    titles = ("p5", "p25", "median", "p75", "p95")
    text = [f"{'':30}" + "".join(f"{title:>8}" for title in titles) + f" |{'median':>9}{'IQR':>9}    in wide  spread"]
    inside = wide = spread = 0
    for row in ROWS:
        values = np.concatenate([line.rows[row.key] for line in lines if row.key in line.rows] or [np.zeros(0)])
        known = f"{row.title + '*' * row.device:30}" + "".join(f"{_short(value):>8}" for value in row.percentiles)
        if not len(values):
            text.append(f"{known} |{'absent':>9}")
            continue
        judged = Judged(row, values)
        inside, wide, spread = inside + judged.inside, wide + judged.wide, spread + judged.spread_like
        text.append(f"{known} |{judged}")
    text.append(f"{wide} of {len(ROWS)} rows inside p5..p95; {spread} of {len(ROWS)} spread between 0.5 and 1.5")
    return [*text, f"{inside} of {len(ROWS)} rows inside p25..p75"]


class Judged:
    """One row's measured median and interquartile range against the reference."""

    def __init__(self, row: Row, values: Floats) -> None:
        low, self.median, high = (float(value) for value in np.percentile(values, (25, 50, 75)))
        self.iqr = high - low
        self.ratio = self.iqr / row.spread
        self.inside = row.percentiles[1] <= self.median <= row.percentiles[3]
        self.wide = row.percentiles[0] <= self.median <= row.percentiles[4]
        self.spread_like = NARROW[0] <= self.ratio <= NARROW[1]

    def __str__(self) -> str:
        marks = f"{'in' if self.inside else 'out':>6}{'in' if self.wide else 'out':>5}"
        return f"{_short(self.median):>9}{_short(self.iqr):>9}{marks}{self.ratio:8.2f}"


def told(separation: Separation, few: int = len(ROWS)) -> list[str]:
    """The classifiers' AUC, then the features that tell most, first the most telling."""
    text = [f"  {'feature alone':30}{'AUC':>6}{'W1/IQR':>9}"]
    order = np.argsort(-np.nan_to_num(separation.features))[:few]
    for i in order:
        text.append(f"  {ROWS[i].title:30}{separation.features[i]:6.2f}{separation.distances[i]:9.2f}")
    distance = np.nanmean(separation.distances) if np.isfinite(separation.distances).any() else np.nan
    text.append(f"  mean W1/IQR {distance:.2f}")
    text.append(f"  logistic regression AUC {separation.logistic:.2f}, gradient boosting AUC {separation.boosting:.2f}")
    return [*text, f"classifier AUC {separation.auc:.2f}"]


def _short(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
