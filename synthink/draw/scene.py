"""A scene: what is on the page, as plain geometry. No random choice and no pixel is made here."""

from __future__ import annotations

from dataclasses import dataclass

from synthink.draw.colours import RGB
from synthink.draw.outline import Outline, RuledLines


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """An outline, or the lines of ruled paper, filled with a colour; opacity 0..1."""

    outline: Outline | RuledLines
    colour: RGB
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Layers over plain paper, the first at the bottom."""

    size_px: tuple[int, int]
    paper: RGB
    layers: tuple[Layer, ...]
