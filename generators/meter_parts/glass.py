"""Condensation on the glass before a display: a patch of mist, and drops, which pale what lies behind."""

from __future__ import annotations

from synthink import Stream
from synthink.draw import Group, Layer, RadialGradient, disc, joined

from .displays import Display

MIST = "#eef1f2"
DENSEST = 0.34  # opacity of the mist in its middle


def misted(look: Stream, display: Display) -> Group:
    """A display and the mist before it, which is thickest near one edge."""
    left, top, right, bottom = display.box
    width, height = right - left, bottom - top
    centre = left + look.uniform(0.05, 0.95) * width, look.choice((top + 0.1 * height, bottom - 0.1 * height))
    radius = look.uniform(0.3, 0.6) * max(width, 1.5 * height)
    densest = look.uniform(0.15, DENSEST)
    mist = RadialGradient(centre, radius, (MIST, MIST, MIST), (densest, 0.6 * densest, 0.0))
    drops = []
    for _ in range(look.integers(5, 16)):
        x = centre[0] + look.uniform(-0.7, 0.7) * radius
        # Near the edges: between two digits a drop could be taken for a decimal point.
        y = look.choice((top, bottom)) + look.uniform(-0.06, 0.06) * height
        drops.append(disc((x, y), look.uniform(0.004, 0.014) * width))
    layers = [Layer(disc(centre, radius), mist), Layer(joined(drops), MIST, look.uniform(0.15, 0.3))]
    return Group((display.node, *layers))
