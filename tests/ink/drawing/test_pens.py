"""How wide a line a pen leaves."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.ink import Ink
from synthink.ink.drawing.pens import PENS, Pen, widths
from tests.ink.drawing.strokes import ONE, TURN, T, ink_of


@pytest.mark.parametrize("name", PENS)
def test_without_time_and_pressure_a_round_pen_is_even_between_its_ends(name: str) -> None:
    pen = Pen.build({**PENS[name].plain(), "nib": 1.0})
    ink = ink_of(4 + 60 * T, 20 + 0 * T)
    full = widths(ink.points, ink.starts, pen, 3.0)
    assert np.allclose(full[15:-15], 3.0)
    assert full[0] == pytest.approx(3.0 * pen.tip) and full[-1] == pytest.approx(3.0 * pen.tip)


def test_pressure_widens_and_speed_narrows() -> None:
    pen = Pen(pressure=0.4, speed=0.3, tip=1.0)
    x, y, t = 60 * T, 0 * T, 1000 * T
    hard, soft = (widths(ink_of(x, y, t, p).points, ONE, pen, 4.0)[40] for p in (0.9, 0.1))
    assert hard / soft == pytest.approx(1.32 / 0.68, rel=1e-3)
    faster = widths(ink_of(60 * T**3, y, t, 0.5).points, ONE, pen, 4.0)
    assert faster[5] == pytest.approx(4.0, rel=0.02) and faster[-1] == pytest.approx(4.0 * 0.7, rel=0.02)
    assert (np.diff(faster) <= 1e-9).all()


def test_a_broad_nib_is_narrow_along_its_edge() -> None:
    pen = Pen(pressure=0.0, speed=0.0, tip=1.0, nib=0.4, nib_deg=45.0)
    rising = widths(ink_of(30 * T, -30 * T).points, ONE, pen, 5.0)  # y is down: this goes up to the right
    falling = widths(ink_of(30 * T, 30 * T).points, ONE, pen, 5.0)
    assert np.allclose(rising, 2.0) and np.allclose(falling, 5.0)


def test_strokes_do_not_touch_each_others_widths() -> None:
    pen = PENS["fountain"]
    one = np.column_stack((60 * T, 9 * np.sin(TURN), 900 * T, 0.5 + 0.3 * np.sin(TURN)))
    both = Ink([one, one + np.array((5, 5, 1200, 0)), one[:1]])
    full = widths(both.points, both.starts, pen, 3.0)
    assert np.allclose(full[:80], full[80:160], rtol=1e-4)
    dot = Pen.build({**pen.plain(), "pressure": 0.0, "speed": 0.0})
    assert widths(both.points, both.starts, dot, 3.0)[160] == 3.0


def test_times_that_stand_still_or_run_backwards_leave_finite_widths() -> None:
    for t in (np.zeros(80), 500 - 500 * T, np.round(T * 3) * 100):
        full = widths(ink_of(60 * T, 9 * T, t, 0.5).points, ONE, PENS["pencil"], 3.0)
        assert np.isfinite(full).all() and (full > 0.5).all() and (full < 6).all()
