"""How many right rows an oracle finds right, wrong and unsure, by configuration, and what a row costs it.

    python -m benchmarks.oracles [rows] [generator] [seed]

Rows are drawn in this process; the time of an oracle holds the controls that it asks for, and neither the row's own
drawing nor the opening of fonts.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import synthink
from synthink.core.registry import find_oracle

OTHERS = ("circle", "strike", "underline")


def circled_letters() -> Iterator[dict[str, Any]]:
    """Plain rows of several sizes, and every camera with every size of picture and text, with distractors or none."""
    yield {}
    yield from ({"picture_px": side} for side in (64, 224, 896))
    yield from ({"distractors": OTHERS}, {"text_size_px": (20, 20)}, {"text_size_px": (9, 12)})
    for camera, side, text, others in product(("photo", "scan"), (224, 448, 896), (None, (9, 14)), ((), OTHERS)):
        yield {"camera": camera, "picture_px": side, "text_size_px": text, "distractors": others}


def circled_letters_grid() -> Iterator[dict[str, Any]]:
    """The benchmark's grid, and the same through a camera."""
    words = {"source": ["Acknowledgement", "Subdermatoglyphic", "tHyUiKaRbNqWeOpXcZvM"], "share_across_splits": True}
    yield from ({"words": words, "camera": camera} for camera in ("none", "photo", "scan"))


def ink_strokes() -> Iterator[dict[str, Any]]:
    """Each task alone, and all of them in several sizes and through every camera."""
    yield {}
    tasks = ("recognise", "transcribe_lines", "classify", "derender", "locate")
    yield from ({"tasks": {task: 1.0}} for task in tasks[1:])
    every = {"tasks": dict.fromkeys(tasks, 1.0)}
    yield from ({**every, "picture_px": side} for side in (224, 896))
    yield from ({**every, "camera": camera, "picture_px": side} for camera in ("photo", "scan") for side in (224, 448))


def gestures() -> Iterator[dict[str, Any]]:
    """Each task alone, every label format, and all tasks in several sizes, in black, and through every camera."""
    tasks = ("recognise_gesture", "detect_text", "transcribe", "edited_text")
    every = {"tasks": dict.fromkeys(tasks, 1.0)}
    yield {}
    yield from ({"tasks": {**dict.fromkeys(tasks, 0.0), task: 1.0}} for task in tasks)
    yield from ({"label_format": name} for name in ("plain", "gemini", "florence2", "qwen"))
    yield from ({**every, "picture_px": side} for side in (224, 896))
    yield {**every, "ink_colours": ("black",)}
    yield from ({**every, "camera": camera, "picture_px": side} for camera in ("photo", "scan") for side in (224, 448))


def meters() -> Iterator[dict[str, Any]]:
    """The defaults, states in which nobody could decide, mist on every glass, and every camera."""
    yield from ({}, {"undecided": "interval"}, {"condensation": 1.0})
    yield from ({"camera": camera} for camera in ("scan", "device"))


CONFIGURATIONS = {
    "circled_letters": circled_letters,
    "circled_letters_grid": circled_letters_grid,
    "ink_strokes": ink_strokes,
    "gestures": gestures,
    "meters": meters,
}


def judged(generator: str, rows: int, seed: int, fields: dict[str, Any]) -> tuple[Counter[str], float, list[str]]:
    """Verdicts, milliseconds of processor a row, and a line for every row that was not found right."""
    drawn = synthink.dataset(generator, size=rows, seed=seed, **fields)
    oracle = find_oracle(generator)(drawn.generator)  # type: ignore[misc]
    verdicts: Counter[str] = Counter()
    others = []
    spent = 0.0
    for index in range(rows):
        row = drawn[index]
        before = time.process_time()
        finding = oracle.check(row, lambda index=index: drawn.control(index)["image"])
        spent += time.process_time() - before
        verdicts[finding.verdict] += 1
        if finding.verdict != "right":
            others.append(f"  {row['id']}: {finding.verdict}, {finding.reason}")
    return verdicts, 1000 * spent / rows, others


def shown(value: Any) -> str:
    """A field's value; of weights the names of those above 0."""
    return " ".join(name for name, weight in value.items() if weight) if isinstance(value, dict) else str(value)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    names = [sys.argv[2]] if len(sys.argv) > 2 else list(CONFIGURATIONS)
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    print("| generator | fields | right | wrong | unsure | ms a row |\n|---|---|---|---|---|---|")
    for name in names:
        for fields in CONFIGURATIONS[name]():
            verdicts, spent, others = judged(name, rows, seed, fields)
            told = ", ".join(f"{field}={shown(value)}" for field, value in fields.items() if value and field != "words")
            counts = " | ".join(str(verdicts[verdict]) for verdict in ("right", "wrong", "unsure"))
            print(f"| {name} | {told or 'defaults'} | {counts} | {spent:.1f} |", flush=True)
            print("\n".join(others), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
