"""The displays of a meter, one for each of its registers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from synthink import Stream
from synthink.draw import Face

from .dials import dial_display, gauge_display
from .displays import Display, drum_display
from .glass import misted
from .segments import lcd_display, led_display
from .states import Scale, State

REGISTERS = (("HT", "NT"), ("T1", "T2"), ("I", "II"), ("A", "B"))
LEAST_PX = {"drum": 6.5, "lcd": 6.5, "led": 6.0, "dials": 14.0, "gauge": 30.0}  # a display's unit, to be legible


def displays_of(
    look: Stream,
    face: Face,
    kind: str,
    states: Sequence[State],
    unit: str,
    scale: Scale | None,
    condensation: float,
) -> list[Display]:
    """The displays of a meter's registers, which look alike; condensation: the probability of mist on the glass."""
    displays = _clear(look, face, kind, states, unit, scale)
    if look.chance(condensation):
        return [replace(display, node=misted(look, display)) for display in displays]
    return displays


def _clear(
    look: Stream, face: Face, kind: str, states: Sequence[State], unit: str, scale: Scale | None
) -> list[Display]:
    if scale is not None:
        return [gauge_display(look, face, states[0], scale)]
    if kind == "dials":
        return [dial_display(look, face, states[0])]
    seed = look.integers(0, 2**64)
    alike = [Stream((seed, 0)) for _ in states]
    if kind == "drum":
        return [drum_display(stream, face, state) for stream, state in zip(alike, states, strict=True)]
    if kind == "led":
        return [led_display(stream, state) for stream, state in zip(alike, states, strict=True)]
    codes = look.choice(((), ("1.8.0",), ("T1",), ("1.8.1", "T2"), ("L1 L2 L3",)))
    return [lcd_display(stream, face, state, unit, codes) for stream, state in zip(alike, states, strict=True)]
