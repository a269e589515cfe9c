"""Own ink for tests: arrows, underlines and rings as somebody may have drawn them, in InkML files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from synthink.ink import Ink, write_ink
from synthink.streams import Stream, StreamKey

WRITERS = 12


def arrow(stream: Stream) -> list[np.ndarray]:
    """A shaft and two heads, the heads first in half of the cases."""
    length, head = 300.0, stream.uniform(30.0, 60.0)
    heads = [
        np.array(((x + side * head, -head), (x, 0.0), (x + side * head, head))) for x, side in ((0.0, 1), (length, -1))
    ]
    shaft = np.stack((np.linspace(0, length, 12), stream.normal(0.0, 6.0) * np.sin(np.linspace(0, 3.14, 12))), axis=1)
    lines = [*heads, shaft] if stream.chance(0.5) else [shaft, *heads]
    angle = stream.normal(0.0, 0.2)
    turn = np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
    return [line @ turn + (500, 900) for line in lines]


def underline(stream: Stream) -> list[np.ndarray]:
    x = np.linspace(0, 100 * stream.uniform(1.0, 8.0), 30)
    return [np.stack((x, stream.normal(0.0, 1.0) * np.sin(x / 40)), axis=1)]


def ring(stream: Stream) -> list[np.ndarray]:
    turn = np.linspace(0, 6.4, 50)
    wide = stream.uniform(40.0, 200.0)
    return [np.stack((wide * np.cos(turn), 30.0 * np.sin(turn) + stream.normal(0.0, 1.0)), axis=1)]


def picture_ring(stream: Stream) -> list[np.ndarray]:
    return [stroke * (stream.uniform(0.2, 0.5), 1.0) for stroke in ring(stream)]


def caret(stream: Stream) -> list[np.ndarray]:
    half, lean = stream.uniform(12.0, 25.0), stream.normal(0.0, 2.0)
    legs = np.array(((-half, 30.0), (lean - half / 2, 15.0), (lean, 0.0), (lean + half / 2, 15.0), (half, 30.0)))
    return [legs + np.array((40.0, 700.0))]


def bracket_pair(stream: Stream) -> list[np.ndarray]:
    wide, arm = stream.uniform(60.0, 400.0), stream.uniform(6.0, 10.0)
    return [
        np.array(((x + side * arm, 0.0), (x, 0.0), (x, 20.0), (x, 40.0), (x + side * arm, 40.0)))
        for x, side in ((0.0, 1), (wide, -1))
    ]


Draw = Callable[[Stream], list[np.ndarray]]
MARKS: Mapping[str, Draw] = {"\\leftrightarrow": arrow, "Underline": underline, "select.loop": ring}
BESIDE_WRITING: Mapping[str, Draw] = {
    "insert": caret,
    "question.ring": ring,
    "question.underline": underline,
    "instruct_text.ring": ring,
    "instruct_text.brackets": bracket_pair,
    "instruct_image": picture_ring,
}
"""The marks of classes that write something beside them."""


def inks(count: int, marks: Mapping[str, Draw] = MARKS) -> Iterator[tuple[int, Ink]]:
    """Inks with labels in turn, each writer's among others', each with its writer's number."""
    stream = StreamKey("own ink").stream(0, "marks")
    for number in range(count):
        label = list(marks)[number % len(marks)]
        writer = number // len(marks) % WRITERS
        yield writer, Ink(marks[label](stream), label=label, writer=f"writer {writer}")


def write_marks(folder: Path, count: int = 108, marks: Mapping[str, Draw] = MARKS) -> Path:
    """A folder with a file an ink."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (_, ink) in enumerate(inks(count, marks)):
        write_ink(folder / f"{number:03}.inkml", [ink])
    return folder
