"""The constants of the motion, sought on openly licensed real ink: its paths, performed by our motion, are to move as
they did.

    python -m benchmarks.fit_motion FOLDER [--lines 60] [--rounds 12]

FOLDER is the part data/8 of UNIPEN's train_r01_v07 (CC BY 4.0, The International Unipen Foundation, doi
10.5281/zenodo.1195803; its CD-ROM of 1999 said research only), with its folder `include` beside `data`. Only files that
name their points a second are taken. The search is CMA-ES (Hansen, "The CMA Evolution Strategy: A Tutorial", 2016; `pip
install cma`) over Wasserstein distances of the rows of the realism table that
depend on motion alone. It prints the constants; nobody writes them into the code but you.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.kinematics import measure
from synthink.ink.handwriting.device import Device
from synthink.ink.handwriting.script import Script, line_script
from synthink.ink.handwriting.timing import Timing
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink
from synthink.streams import Stream, StreamKey

Floats = npt.NDArray[np.float64]
SETS = ("sta", "cea", "cec", "hpp", "hpb")  # written with a pen on paper or glass, at 100 points a second or more
OF_A_WRITER = 2
LETTERS = (12, 60)
X_HEIGHT = 0.72  # of a line's body height
GAP_MS = 150.0  # between strokes, whose true pauses these files do not tell
KEYS = ("peaks_s", "speed", "speed_95", "slope", "slope_r2", "speed_cov", "minima", "start", "end", "jerk", "stroke_ms")
DEVICE = Device(noise=0.001)
# Start, step, least and most of the search; fields of `Timing` and of a writer, these with the deviation among writers.
TIMES: Mapping[str, tuple[float, float, float, float]] = {
    "bent": (0.8, 0.2, 0.0, 3.0),
    "uneven": (0.045, 0.02, 0.0, 0.2),
    "wander": (0.11, 0.04, 0.0, 0.5),
    "briefest_s": (0.045, 0.01, 0.01, 0.1),
    "landing": (-0.27, 0.15, -0.6, 0.4),
    "landing_spread": (0.18, 0.06, 0.0, 0.5),
    "lifting": (0.02, 0.1, -0.4, 0.6),
    "lifting_spread": (0.10, 0.05, 0.0, 0.5),
}
HABITS: Mapping[str, tuple[float, float, float, float]] = {
    "tempo": (0.09, 0.012, 0.06, 0.3),
    "isochrony": (0.12, 0.06, 0.0, 1.0),
    "sigma": (0.22, 0.02, 0.1, 0.5),
    "reach": (1.6, 0.12, 0.8, 2.5),
    "care": (0.87, 0.12, 0.0, 1.0),
}
SPREADS: Mapping[str, tuple[float, float, float, float]] = {
    "tempo spread": (0.15, 0.04, 0.0, 0.6),
    "sigma spread": (0.03, 0.01, 0.0, 0.2),
    "reach spread": (0.12, 0.05, 0.0, 0.6),
    "care spread": (0.07, 0.04, 0.0, 0.4),
}
CONSTANTS = {**TIMES, **HABITS, **SPREADS}


@dataclass(frozen=True, eq=False)
class RealPath:
    """A real line: its script in x-heights, and how long such an x-height is."""

    script: Script
    unit: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    inks = real_lines(options.folder, options.lines)
    search(inks, options.rounds, options.seed)


def real_lines(folder: Path, count: int) -> list[Ink]:
    """Lines with times, a few of each writer, from every set in turn."""
    from synthink.ink.reading import read_ink

    sets: list[list[Ink]] = []
    for name in SETS:
        own: list[Ink] = []
        written: Counter[str | None] = Counter()
        for file in sorted((folder / name).rglob("*.dat")):
            for ink in read_ink(file, strict=False):
                rate = ink.metadata.get("points_per_second")
                if rate and LETTERS[0] <= len(ink.label or "") <= LETTERS[1] and written[ink.writer] < OF_A_WRITER:
                    written[ink.writer] += 1
                    own.append(_timed(ink, 1000 / float(rate)))
            if len(own) >= count:
                break
        sets.append(own)
    turns = max(map(len, sets))
    return [own[turn] for turn in range(turns) for own in sets if turn < len(own)][:count]


def _timed(ink: Ink, interval: float) -> Ink:
    strokes, begin = [], 0.0
    for stroke in ink.strokes:
        times = begin + interval * np.arange(len(stroke))
        strokes.append(np.column_stack((stroke[:, :2].astype(np.float64), times)))
        begin = times[-1] + GAP_MS
    return Ink(strokes, label=ink.label, writer=ink.writer)


def search(inks: Sequence[Ink], rounds: int, seed: int) -> None:
    """Print the mean of the search after each round."""
    import cma

    stream = StreamKey("fit motion", seed).stream(0, "search")
    real = rows_of(inks)
    paths = [_path(ink, stream) for ink in inks]
    names = tuple(CONSTANTS)
    start, steps, least, most = (list(column) for column in zip(*CONSTANTS.values(), strict=True))
    print(f"{len(inks)} lines; start {loss(real, paths, dict(zip(names, start, strict=True))):.3f}", flush=True)
    options = {"CMA_stds": steps, "bounds": [least, most], "seed": seed + 1, "verbose": -9}
    strategy = cma.CMAEvolutionStrategy(start, 1.0, options)
    for number in range(rounds):
        tries = strategy.ask()
        losses = [loss(real, paths, dict(zip(names, values, strict=True))) for values in tries]
        strategy.tell(tries, losses)
        told = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, strategy.result.xfavorite, strict=True))
        print(f"round {number + 1}: best {strategy.best.f:.3f}, mean {np.mean(losses):.3f}: {told}", flush=True)


def rows_of(inks: Sequence[Ink]) -> dict[str, Floats]:
    """The values of the rows over all lines."""
    lines = measure(inks, lognormals=False)
    return {key: np.concatenate([line.rows[key] for line in lines if key in line.rows]) for key in KEYS}


def _path(ink: Ink, stream: Stream) -> RealPath:
    points = ink.points[:, :2].astype(np.float64)
    x, y = (points - points.mean(axis=0)).T
    low, high = np.percentile(y - (x * y).sum() / (x * x).sum() * x, (10, 90))
    unit = X_HEIGHT * float(high - low)
    lines = [stroke[:, :2].astype(np.float64) - points.mean(axis=0) for stroke in ink.strokes]
    return RealPath(line_script(lines, Writer(name="path", hand="", sloppiness=0.0), stream, unit=unit), unit)


def loss(real: Mapping[str, Floats], paths: Sequence[RealPath], values: Mapping[str, float]) -> float:
    """The mean over rows of Wasserstein-1 over the real interquartile range, the paths performed with the constants."""
    from scipy.stats import wasserstein_distance

    times: dict[str, Any] = {name: values[name] for name in TIMES}
    timing = Timing(**times)
    inks = [_performed(path, values, timing, number) for number, path in enumerate(paths)]
    distances = []
    for key, own in rows_of(inks).items():
        low, high = np.percentile(real[key], (25, 75))
        distances.append(wasserstein_distance(real[key], own) / (high - low))
    return float(np.mean(distances))


def _performed(path: RealPath, values: Mapping[str, float], timing: Timing, number: int) -> Ink:
    stream = StreamKey("fit motion", number).stream(0, "writer")  # the same chance for all constants
    fields: dict[str, Any] = {}
    for name, (_, _, least, most) in HABITS.items():
        deviation = stream.normal() * values.get(f"{name} spread", 0.0)
        value = values[name] * np.exp(deviation) if name == "tempo" else values[name] + deviation
        fields[name] = float(np.clip(value, least, most))
    writer = Writer(name="path", hand="", tremor=0.003, sloppiness=0.0, **fields)
    movement = path.script.performed(writer, stream, DEVICE, timing)
    return Ink.packed(movement.points, movement.starts, label=None)


if __name__ == "__main__":
    main()
