"""Scripts of several parts performed at one go."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.ink.handwriting import script
from synthink.ink.handwriting.device import TABLET
from synthink.ink.handwriting.script import PlacedScript, line_script, text_script, write_together
from synthink.ink.handwriting.timing import Timing
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink
from synthink.streams import StreamKey

UNIT = 6.0
LINE = np.stack((np.full(8, 50.0), np.linspace(100.0, 140.0, 8)), axis=1)


def written(number: int, first: bool = False) -> tuple[Ink, Ink, Ink]:
    """A line down and, far to the right, a word twice as large: all, the line, the word."""
    writer, stream = Writer.named(f"w{number}"), StreamKey("script", number).stream(0, "hand")
    line = PlacedScript(
        line_script([LINE], writer, stream, unit=UNIT, sparse=True), (0.0, 0.0), UNIT, 0.8 if first else None
    )
    word = PlacedScript(text_script("ample", writer, stream)[0], (700.0, 90.0), 2 * UNIT, None if first else 0.8)
    ink, parts = write_together([word, line] if first else [line, word], writer, stream, TABLET)
    return ink, parts[first], parts[not first]


def astray(line: Ink) -> float:
    """How far a line's ink is from where it was meant, in x-heights."""
    x, y = line.points[:, 0], line.points[:, 1]
    return float(np.maximum(np.abs(x - 50.0), np.maximum(100.0 - y, y - 140.0)).max()) / UNIT


@pytest.mark.parametrize("first", [False, True])
def test_each_part_lies_in_its_place_and_times_go_on(first: bool) -> None:
    for number in range(30):
        ink, line, word = written(number, first)
        assert (np.diff(ink.points[:, 2]) > 0).all() and len(ink) == len(line) + len(word)
        assert astray(line) < 0.8
        left, top = word.points[:, :2].min(axis=0) - (700.0, 90.0)
        right, bottom = word.points[:, :2].max(axis=0) - (700.0, 90.0)
        assert -UNIT < left < UNIT and 30.0 < right < 150.0 and -60.0 < top < -UNIT and bottom < 30.0
        earlier, later = (word, line) if first else (line, word)
        assert later.points[0, 2] - earlier.points[-1, 2] > 500.0


def test_a_far_way_would_pull_the_end_of_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the bound is for: without it some of these lines end in a hook."""
    monkeypatch.setattr(script, "APART", 1e9)
    assert max(astray(written(number)[1]) for number in range(30)) > 0.8


def lost(timing: Timing) -> float:
    """How much of long straight lines is missing at either end, in x-heights, the worse one, on the average."""
    found = []
    line = np.array(((0.0, 0.0), (25.0, 0.0)))
    for number in range(60):
        writer, stream = Writer.named(f"w{number}"), StreamKey("script", number).stream(0, "hand")
        x = line_script([line], writer, stream, sparse=True).performed(writer, stream, TABLET, timing).points[:, 0]
        found.append(max(x.min(), 25.0 - x.max()))
    return float(np.mean(found))


def test_a_long_line_begins_and_ends_where_it_was_meant() -> None:
    """Unlike one that the pen meets, and leaves, in full swing."""
    assert lost(Timing()) < 1.2
    assert lost(Timing(swing=1e9)) > 1.4
