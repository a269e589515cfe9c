"""What a reader sees at once: lines that do not tremble, pressure that rises, stops that stand clear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.directions import small_letters, wobble
from synthink.ink.handwriting.device import TABLET
from synthink.ink.handwriting.write import handwriting
from synthink.ink.handwriting.writer import Writer
from synthink.ink.model import Ink
from synthink.streams import StreamKey

TEXT = "Fog hid the far bank, so we judged."
WRITERS = 6


def written(number: int, noise: float = TABLET.noise) -> Ink:
    stream = StreamKey("looks", number).stream(0, "hand")
    return handwriting(TEXT, Writer.draw(f"w{number}", stream), stream, device=replace(TABLET, noise=noise))


def test_straight_pieces_wobble_as_on_a_real_tablet() -> None:
    """0.12 % of the body height there; noise that a digitiser does not have is seen."""
    assert np.median([wobble(written(number)) for number in range(WRITERS)]) < 0.15
    assert np.median([wobble(written(number, noise=0.006)) for number in range(WRITERS)]) > 0.2


def test_long_ascenders_make_small_letters() -> None:
    shares = [small_letters(handwriting(TEXT, Writer(name="w", hand="upright", ascenders=a))) for a in (0.8, 1.2, 1.6)]
    assert 0.4 < shares[2] < shares[1] < shares[0] < 1


def test_pressure_begins_at_nothing_and_rises() -> None:
    strokes = [stroke[:, 3] for number in range(WRITERS) for stroke in written(number).strokes if len(stroke) > 30]
    assert np.median([pressure[0] / np.median(pressure) for pressure in strokes]) < 0.1
    risen = [int(np.argmax(pressure >= 0.8 * np.median(pressure))) for pressure in strokes]
    assert 4 <= np.median(risen) <= 8  # hundredths of a second


def test_stops_stand_clear_of_the_letters_before_them() -> None:
    touching = 0
    for number in range(40):
        stream = StreamKey("looks", number).stream(0, "stop")
        ink = handwriting("end.", Writer.draw(f"w{number}", stream), stream)
        letter, stop = (
            np.concatenate([ink.strokes[part][first:last, :2] for part, first, last in span.parts])
            for span in ink.of_kind("character")[-2:]
        )
        touching += bool(stop[:, 0].min() < letter[letter[:, 1] > -0.4, 0].max())
    assert touching <= 4
