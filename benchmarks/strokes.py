"""How well `predictor=strokes` reads fresh rows of `gestures`, by class, and how long it takes.

    python -m benchmarks.strokes [rows] [seed]

The classes without handwriting stand first; of the others the text is left out, which the baseline does not read.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from time import process_time

import numpy as np

import synthink
from synthink import Sample
from synthink.evaluate.strokes.predictor import READS, StrokesAnswerer
from synthink.gestures import kind_named


def main(count: int = 1000, seed: int = 4711) -> None:
    source = synthink.dataset("gestures", size=1, seed=seed, split="test", tasks={"detect_text": 0}).source
    generator = source.generator
    answerer = StrokesAnswerer(generator)
    figures: dict[str, list[tuple[float, float]]] = defaultdict(list)
    times = []
    for index in range(count):
        row = {**source.row("test", index), "image": b""}
        columns = {name: row.get(name) for name in ("id", "prefix", *READS)}
        start = process_time()
        [answer] = answerer.row_answers([columns])
        times.append(1000 * (process_time() - start))
        scores = generator.score(Sample.from_row(row), answer)
        figures[row["gesture"]].append((scores["gesture"], scores["overlap"]))
    groups = {name: [name] for name in sorted(figures, key=lambda name: (bool(kind_named(name).writes), name))}
    groups["without handwriting"] = [name for name in figures if not kind_named(name).writes]
    groups["all"] = list(figures)
    for name, members in groups.items():
        values = np.array([pair for member in members for pair in figures[member]])
        print(f"{name:20} {len(values):5} rows   class {values[:, 0].mean():.3f}   overlap {values[:, 1].mean():.3f}")
    median, late, worst = np.percentile(times[1:], (50, 99, 100))
    print(f"ms a mark: median {median:.1f}, 99 % {late:.1f}, worst {worst:.1f}; the first one {times[0]:.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
