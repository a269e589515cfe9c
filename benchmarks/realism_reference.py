"""What real lines of handwriting measure: the rows of the realism table and their percentiles.

Source: measured on a random sample of 597 lines (14,900 strokes) of IAM-OnDB (M. Liwicki and H. Bunke, "IAM-OnDB - an
on-line English sentence database acquired from handwritten text on a whiteboard", ICDAR 2005), an eBeam whiteboard pen
at 60 to 100 points a second. Rows of a line are percentiles over lines, rows of a stroke over the strokes of all lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Need = Literal["shape", "time"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `need` is `time` when it cannot be had from ink without times; `device` when the pen's hardware and the
    writing surface decide it rather than the hand; `percentiles` are p5, p25, median, p75, p95 of real lines."""

    key: str
    title: str
    percentiles: tuple[float, float, float, float, float]
    need: Need = "time"
    device: bool = False

    @property
    def spread(self) -> float:
        """Interquartile range."""
        return self.percentiles[3] - self.percentiles[1]


ROWS: tuple[Row, ...] = (
    Row("points_char", "points / character", (18.1, 22.6, 25.4, 29.0, 37.3), "shape", device=True),
    Row("strokes_char", "strokes / character", (0.46, 0.83, 1.07, 1.23, 1.39), "shape"),
    Row("ms_char", "ms / character, with pauses", (531, 684, 776, 917, 1440)),
    Row("up_time", "pen-up share of time", (0.31, 0.45, 0.53, 0.60, 0.74)),
    Row("up_path", "pen-up share of path length", (0.15, 0.25, 0.30, 0.36, 0.41), "shape"),
    Row("stroke_ms", "stroke duration, ms", (60, 160, 300, 450, 980)),
    Row("gap_ms", "pen-up gap, ms", (60, 130, 180, 320, 1940), device=True),
    Row("points_stroke", "points / stroke", (5, 11, 21, 30, 65), "shape", device=True),
    Row("spacing", "median point spacing / Hb", (0.062, 0.081, 0.095, 0.110, 0.133), "shape", device=True),
    Row("peaks_char", "speed peaks / character", (1.96, 2.43, 2.71, 3.00, 3.42)),
    Row("peaks_s", "speed peaks / s pen-down", (5.9, 7.1, 7.9, 8.6, 10.1)),
    Row("speed", "median speed, Hb/s", (3.9, 5.2, 6.1, 7.1, 8.5)),
    Row("speed_95", "p95 speed, Hb/s", (8.8, 11.0, 12.7, 14.7, 18.0)),
    Row("slope", "ln v / ln k slope", (-0.316, -0.288, -0.268, -0.249, -0.223)),
    Row("slope_r2", "R2 of that fit", (0.30, 0.38, 0.42, 0.47, 0.55)),
    Row("speed_cov", "speed CoV within stroke", (0.27, 0.39, 0.46, 0.55, 0.74)),
    Row("minima", "v at minima / v at peaks", (0.05, 0.21, 0.31, 0.44, 0.69)),
    Row("start", "start speed / peak", (0.03, 0.10, 0.21, 0.39, 0.78)),
    Row("end", "end speed / peak", (0.10, 0.29, 0.51, 0.78, 1.0)),
    Row("length", "stroke length / Hb", (0.94, 1.7, 2.4, 3.6, 7.4), "shape"),
    Row("jerk", "normalised jerk", (14, 33, 65, 121, 615)),
    Row("width_char", "line width / character / Hb", (0.55, 0.76, 0.91, 1.10, 1.44), "shape"),
    Row("slant", "slant, deg (+ leans right)", (-14, -7.3, -1.8, 5.0, 21), "shape"),
    Row("baseline", "baseline slope, deg (+ downhill)", (-4.7, -2.5, -1.1, 0.4, 2.8), "shape"),
    Row("turns_15", "share of turns < 15 deg", (0.59, 0.65, 0.68, 0.72, 0.76), "shape"),
    Row("turns_45", "share of turns < 45 deg", (0.86, 0.89, 0.91, 0.93, 0.95), "shape"),
    Row("turns_90", "share of turns > 90 deg", (0.016, 0.023, 0.032, 0.042, 0.060), "shape"),
    Row("jumps", "strokes that jump back left", (0, 0.08, 0.14, 0.22, 0.35), "shape"),
    Row("residual", "rms above 10 Hz / Hb", (0.012, 0.018, 0.022, 0.028, 0.039)),
    Row("snr", "lognormal fit SNR, dB", (19.6, 23.4, 25.7, 28.9, 35)),
    Row("lognormals", "lognormals / stroke", (1, 2, 3, 4, 8)),
    Row("snr_lognormal", "SNR / lognormals", (3.2, 6.4, 8.8, 11.7, 23.5)),
)
KEYS = tuple(row.key for row in ROWS)
