"""Which letter of a word is circled, told from pixels: the check of circled_letters' labels.

It shares no code with the generator and the renderer, and draws its letters with another library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from synthink.verify.finding import Finding
from synthink.verify.oracle_fit import Fit, lay
from synthink.verify.oracle_inks import Inked, Layers, inked, layers
from synthink.verify.oracle_reference import Reference
from synthink.verify.oracle_ring import DRAWN, Ring, extent, ring

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Sighting:
    """What the pixels show."""

    reason: str
    index: int | None = None
    letter_box: Box | None = None
    mark_box: Box | None = None
    disagreement: float = 1.0
    held: Floats | None = None
    offset: Floats | None = None


class CircledLettersOracle:
    columns = ("word", "font", "suffix", "letter_index", "letter_box", "mark_box")

    def __init__(self, generator: Any) -> None:
        self._fonts = generator.fonts.open() if hasattr(generator.fonts, "open") else generator.fonts
        self._references: dict[str, Reference] = {}

    def reference(self, font: str) -> Reference:
        if font not in self._references:
            face = self._fonts.face(font)
            self._references[font] = Reference(face.data(), face.index)
        return self._references[font]

    def see(self, picture: Image.Image, word: str, font: str, colour: str | None = None) -> Sighting:
        """From pixels, the word and the font's name alone: which letter is marked."""
        page = inked(picture)
        if not page.inks:
            return Sighting("no ink")
        line = self.reference(font).line(word)
        assert line is not None
        if len(page.inks) == 1:
            return Sighting("no mark")
        best, loop = None, None
        for text, mark, found in readings(page):
            laid = lay(line, found)
            if laid is None:
                continue
            fit, error = laid
            if best is None or error < best:
                best = error
            if error < 0.35:
                ys, xs = np.nonzero(found.mark > DRAWN)
                points = fit.flat(np.column_stack((xs, ys)) + 0.5)
                loop = ring(points, np.minimum(found.mark[ys, xs], 1.0))
                if loop is not None:
                    break
        if best is None:
            return Sighting("no ring")
        if best > 0.35:
            return Sighting("word does not fit", disagreement=best)
        if loop is None:
            return Sighting("no ring", disagreement=error)
        corner = np.array(page.corner * 2)
        held, offs = [], []
        step = np.linalg.inv(fit.matrix) @ fit.step
        for k, letter in enumerate(line.letters):
            pts = letter.contour + (fit.pens[k], 0) + k * step
            held.append(loop.holds(pts[letter.tracked]).mean())
            lo, hi = pts.min(0), pts.max(0)
            offs.append((loop.centre - (lo + hi) / 2) / (hi - lo))
        k = int(np.argmax(held))
        pts = fit.contour(k)
        lb = np.concatenate([pts.min(0), pts.max(0)]) + corner
        mb = np.array(extent(np.where(found.mark > 0.2, found.mark, 0))) + corner
        return Sighting("seen", k, tuple(lb), tuple(mb), error, np.array(held), offs[k])


def readings(page: Inked) -> Iterator[tuple[int, int, Layers]]:
    """Ways to tell text from mark"""
    angles = page.colours @ np.array([ink / np.linalg.norm(ink) for ink in page.inks]).T
    nearest = np.argmax(angles, axis=1)
    lengths = np.array([np.linalg.norm(i) for i in page.inks])
    strong = angles.max(axis=1) > 0.5 * lengths[nearest]
    ring_like = []
    for j in range(len(page.inks)):
        ys, xs = np.nonzero((strong & (nearest == j))[page.codes])
        if len(ys) < 8: continue
        p = np.column_stack((xs, ys)) + 0.5
        c, r = (p.max(0) + p.min(0)) / 2, (p.max(0) - p.min(0)) / 2 + 0.5
        share = (np.hypot(*((p - c) / r).T) < 0.6).mean()
        ring_like.append((share, j))
    for share, mark in sorted(ring_like):
        if share > 0.25: continue
        for text in range(len(page.inks)):
            if text != mark:
                yield text, mark, layers(page, text, mark)
