"""How well `predictor=strokes` reads fresh rows of `gestures`, by class, and how long it takes.

    python -m benchmarks.strokes [rows] [seed] [wobble]

wobble: strokes are bent by waves of that size, moved by a deviation of as much, and turned by a deviation of 30 degrees
times it; in heights of the type around. The classes without handwriting stand first; of the others the text is left
out, which the baseline does not read.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from time import process_time
from typing import Any

import numpy as np

import synthink
from synthink import Sample
from synthink.draw import Box
from synthink.evaluate.strokes.predictor import READS, StrokesAnswerer
from synthink.evaluate.strokes.surroundings import Surroundings
from synthink.gestures import kind_named
from synthink.streams import Stream, StreamKey

WAVES = 5  # along a stroke


def wobbled(row: dict[str, Any], size: float, stream: Stream) -> list[list[list[float]]]:
    """The row's strokes as a less careful hand would have drawn them; size: in heights of the type around."""
    strokes = [np.array([point[:3] for point in stroke], dtype=np.float64) for stroke in row["strokes"]]
    angle = stream.normal(0.0, np.radians(30.0) * size)
    size *= Surroundings(row["word_boxes"], row["image_boxes"]).type_height(Box(*row["ink_box"]))
    middle = np.concatenate(strokes)[:, :2].mean(axis=0)
    turn = np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
    shift = np.array((stream.normal(0.0, size), stream.normal(0.0, size)))
    for stroke in strokes:
        stroke[:, :2] = (stroke[:, :2] - middle) @ turn + middle + shift
        along = np.linspace(0.0, 2 * np.pi, len(stroke))
        for wave in range(1, WAVES + 1):
            for axis in range(2):
                height, phase = stream.normal(0.0, size / np.sqrt(WAVES)), stream.uniform(0.0, 6.28)
                stroke[:, axis] += height * np.sin(wave * along + phase)
    return [[[*point, 0.0] for point in stroke.tolist()] for stroke in strokes]


def main(count: int = 1000, seed: int = 4711, wobble: float = 0.0) -> None:
    source = synthink.dataset("gestures", size=1, seed=seed, split="test", tasks={"detect_text": 0}).source
    generator = source.generator
    answerer = StrokesAnswerer(generator)
    figures: dict[str, list[tuple[float, float]]] = defaultdict(list)
    times = []
    for index in range(count):
        row = {**source.row("test", index), "image": b""}
        if wobble:
            row["strokes"] = wobbled(row, wobble, StreamKey("wobble").stream(index, "hand"))
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
    main(*map(int, sys.argv[1:3]), *map(float, sys.argv[3:4]))
