"""Ink as SVG that browsers show, and that this package's reader gives back point for point."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

import numpy as np

from synthink.ink.files import safe_xml
from synthink.ink.model import Ink

USER_SPACE = "data-synthink-space"
"""Attribute of the root of what we write: coordinates are the ink's, the viewBox only shows them."""
_PEN = 0.008  # share of the larger side of the ink: what looks like a pen on a line of text
_LEAST_PEN = 1e-3


def svg_lines(ink: Ink) -> Iterator[str]:
    """The lines of the SVG file of an ink."""
    x_y = ink.points[:, :2].astype(np.float64)
    low, high = (x_y.min(axis=0), x_y.max(axis=0)) if len(x_y) else (np.zeros(2), np.zeros(2))
    pen = max(float((high - low).max()) * _PEN, _LEAST_PEN)
    left, top = (low - 2 * pen).tolist()
    width, height = (high - low + 4 * pen).tolist()
    about = {"label": ink.label, "writer": ink.writer, "units": ink.units}
    attributes = [f'{USER_SPACE}="ink"']
    attributes += [
        f"data-{name}={quoteattr(safe_xml.checked(text, name))}" for name, text in about.items() if text is not None
    ]
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.6g}" height="{height:.6g}"'
        f' viewBox="{left:.6g} {top:.6g} {width:.6g} {height:.6g}" {" ".join(attributes)}>'
    )
    yield f'<g fill="none" stroke="#000" stroke-width="{pen:.4g}" stroke-linecap="round" stroke-linejoin="round">'
    # The shortest decimals that read back as the same float32.
    rows = [" ".join(row) for row in ink.points[:, :2].astype("U32").tolist()]
    for start, length in zip(ink.starts.tolist(), ink.lengths.tolist(), strict=True):
        dot = "Z" if length == 1 else ""  # a closed path of no length is drawn as a round dot
        yield f'<path d="M{"L".join(rows[start : start + length])}{dot}"/>'
    yield "</g>"
    yield "</svg>"
