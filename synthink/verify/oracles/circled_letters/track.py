"""Moving a word until its outline lies on the edges of the text's ink."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.circled_letters.inks import Layers
from synthink.verify.oracles.circled_letters.place import HIDDEN, WordPlace, sampled

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]

LOOKS = 13  # places along its normal where a point looks for the edge
COARSE = 320  # points that are enough for a coarse step
HOPEFUL = 0.75  # least share of the word that lies on ink after the coarse steps
SETTLED_PX = 0.02  # movement after which the word stands still
STEPS = 6


def settle(start: WordPlace, layers: Layers, aslant: bool) -> WordPlace | None:
    """The word moved from a first guess until it stands still; with `aslant` it may also be sheared.

    None when it is soon clear that it comes to nothing.
    """
    place = start
    for reach in (0.14, 0.07):
        place = follow(place, layers, reach * start.size_px, COARSE, aslant)
    specks = place.specks()
    on_ink = sampled(np.maximum(layers.text, layers.hidden), specks[..., 0], specks[..., 1]) > 0.4
    if on_ink.mean() < HOPEFUL:
        return None
    for _ in range(STEPS):
        before, place = place, follow(place, layers, max(1.5, 0.035 * start.size_px), None, aslant)
        moved = np.abs(place.picture(place.steps) - before.picture(before.steps)).max()
        moved += np.abs(place.matrix - before.matrix).max()
        if moved < SETTLED_PX:
            break
    return place


def follow(place: WordPlace, layers: Layers, reach: float, points: int | None, aslant: bool) -> WordPlace:
    """One step of contour tracking: each outline point looks `reach` pixels both ways along its normal for the edge.

    The edge is where cover falls through one half on the way out. All letters move together: two numbers for the
    place, one for the letter spacing, two for size and rotation (four with `aslant`).
    """
    local, normals, order = _outline(place, points)
    way = normals @ np.linalg.inv(place.matrix)
    way /= np.sqrt(np.einsum("nc,nc->n", way, way))[:, np.newaxis]
    points_px = local @ place.matrix.T + place.shift
    gap = _gaps(points_px, way, layers.text, reach)
    on_edge = np.isfinite(gap)
    edge = points_px[on_edge] + gap[on_edge, np.newaxis] * way[on_edge]
    on_edge[on_edge] = sampled(layers.hidden, edge[:, 0], edge[:, 1]) < HIDDEN
    if on_edge.sum() < 8:
        return place
    return _moved(place, local[on_edge], order[on_edge], way[on_edge], gap[on_edge], aslant)


def _outline(place: WordPlace, points: int | None) -> tuple[Floats, Floats, Numbers]:
    """Outline points on the level line, their normals, and the letters that they belong to."""
    letters = place.line.letters
    order = np.repeat(np.arange(len(letters)), [len(letter.tracked) for letter in letters])
    local = np.concatenate([letter.tracked for letter in letters])
    local += place.steps[order]
    normals = np.concatenate([letter.normals for letter in letters])
    thin = slice(None, None, max(1, len(order) // points) if points else 1)
    return local[thin], normals[thin], order[thin]


def _gaps(points: Floats, way: Floats, text: Floats, reach: float) -> Floats:
    """How far along its way each point meets the nearest edge; infinite where there is none."""
    offsets = np.linspace(-reach, reach, LOOKS)
    x = points[:, :1] + offsets * way[:, :1]
    y = points[:, 1:] + offsets * way[:, 1:]
    values = sampled(text, x, y)
    before, after = values[:, :-1], values[:, 1:]
    falls = (before >= 0.5) & (after < 0.5)
    share = (before - 0.5) / np.where(falls, before - after, 1.0)
    where = np.where(falls, offsets[:-1] + (offsets[1] - offsets[0]) * share, np.inf)
    nearest: Floats = where[np.arange(len(where)), np.argmin(np.abs(where), axis=1)]
    return nearest


def _moved(place: WordPlace, local: Floats, order: Numbers, way: Floats, gap: Floats, aslant: bool) -> WordPlace:
    """The place after a robust least-squares step (Tukey's weights) that closes the gaps along the normals."""
    x, y, (u, v) = local[:, 0], local[:, 1], way.T
    columns = [u, v, (way @ place.matrix[:, 0]) * order]
    columns += [u * x, u * y, v * x, v * y] if aslant else [u * x + v * y, v * x - u * y]
    system = np.column_stack(columns)
    ridge = np.eye(system.shape[1]) * 1e-6
    weighted = system
    for _ in range(3):
        change = np.linalg.solve(weighted.T @ system + ridge, weighted.T @ gap)
        left = np.abs(gap - system @ change)
        bound = 3 * max(float(np.median(left)), 0.1)
        weighted = system * np.square(np.maximum(1 - np.square(left / bound), 0))[:, np.newaxis]
    grown = change[3:].reshape(2, 2) if aslant else np.array(((change[3], -change[4]), (change[4], change[3])))
    spacing = place.spacing + float(change[2])
    return WordPlace.affine(place.line, place.pens, spacing, place.matrix + grown, place.shift + change[:2])
