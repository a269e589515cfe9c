"""Which shape is drawn: the ink beside templates of this file, both moved to one middle and scaled to one spread."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthink.verify.oracles.ink_strokes.row import Floats, Strokes

PLACES = 96  # along a shape
TURNS_DEG = (-4.0, 0.0, 4.0)  # by which templates are turned
CLOSER = 45  # templates that are looked at closely
ROUNDS = 3  # of moving and scaling to the nearest places


class Recognised(NamedTuple):
    """The two shapes that fit best, and by how much their ink is off them, as shares of its spread."""

    name: str
    away: float
    second: str
    second_away: float
    away_of: dict[str, float]


def recognise(strokes: Strokes) -> Recognised:
    """Recognise the shape that the strokes draw."""
    lines = [strokes.points[first:stop] for first, stop in strokes.parts]
    ink = _even(lines)
    names, forms = _templates()
    away = _differences(ink[1::3].astype(np.float32), forms[:, 1::3], 1)
    near = np.argsort(away)[:CLOSER]
    away[near] = _differences(ink.astype(np.float32), forms[near], ROUNDS)
    best: dict[str, float] = {}
    for name, value in zip(names, away.tolist(), strict=True):
        best[name] = min(value, best.get(name, math.inf))
    first, second = sorted(best, key=best.__getitem__)[:2]
    return Recognised(first, best[first], second, best[second], best)


def _differences(ink: npt.NDArray[np.float32], forms: npt.NDArray[np.float32], rounds: int) -> npt.NDArray[np.float32]:
    """(F,): root mean square of how far ink and each form are from each other, in both directions."""
    ink = _normal(ink)
    here = np.broadcast_to(ink, (len(forms), *ink.shape)).copy()
    for step in range(rounds):
        square = (
            (here**2).sum(axis=2)[:, :, np.newaxis]
            + (forms**2).sum(axis=2)[:, np.newaxis, :]
            - 2 * here @ forms.transpose(0, 2, 1)
        )
        to_form, to_ink = square.argmin(axis=2), square.argmin(axis=1)
        away = np.sqrt(np.maximum((square.min(axis=2).mean(axis=1) + square.min(axis=1).mean(axis=1)) / 2, 0))
        if step + 1 == rounds:
            break
        goal = np.concatenate((np.take_along_axis(forms, to_form[:, :, np.newaxis], 1), forms), axis=1)
        own = np.concatenate((here, np.take_along_axis(here, to_ink[:, :, np.newaxis], 1)), axis=1)
        middle, aim = own.mean(axis=1, keepdims=True), goal.mean(axis=1, keepdims=True)
        grown = ((own - middle) * (goal - aim)).sum(axis=(1, 2)) / ((own - middle) ** 2).sum(axis=(1, 2))
        here = (here - middle) * grown[:, np.newaxis, np.newaxis] + aim
    distances: npt.NDArray[np.float32] = away
    return distances


def _normal(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    away = points - points.mean(axis=0)
    spread = np.float32(max(1e-6, math.sqrt(float((away**2).sum(axis=1).mean()))))
    result: npt.NDArray[np.float32] = (away / spread).astype(np.float32)
    return result


def _even(lines: list[Floats]) -> Floats:
    """(PLACES, 2): places along all lines in proportion to their lengths."""
    spans = [float(np.sqrt(((line[1:] - line[:-1]) ** 2).sum(axis=1)).sum()) + 1e-6 for line in lines]
    stops = np.cumsum(spans)
    at = (np.arange(PLACES) + 0.5) / PLACES * stops[-1]
    owner = np.minimum(np.searchsorted(stops, at), len(lines) - 1)
    places = np.empty((PLACES, 2))
    for number, line in enumerate(lines):
        rows = np.flatnonzero(owner == number)
        walked = np.concatenate(([0.0], np.cumsum(np.sqrt(((line[1:] - line[:-1]) ** 2).sum(axis=1)))))
        for axis in (0, 1):
            places[rows, axis] = np.interp(at[rows] - (stops[number] - spans[number]), walked, line[:, axis])
    return places


@lru_cache(maxsize=1)
def _templates() -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """Names, and (F, PLACES, 2) normal forms: each a little turned to both sides."""
    names, forms = [], []
    for name, lines in _shapes():
        for turn in TURNS_DEG:
            cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            names.append(name)
            forms.append(_normal((_even(lines) @ np.array(((cos, sin), (-sin, cos)))).astype(np.float32)))
    return tuple(names), np.array(forms)


def _shapes() -> list[tuple[str, list[Floats]]]:
    """Every shape in some of its proportions; y points down."""
    some: list[tuple[str, list[Floats]]] = [
        ("circle", [_ring(1, 0, 0)]),
        ("square", [_corners(-1, -1, -1, 1, 1, 1, 1, -1, -1, -1)]),
        ("triangle", [_ring(1, 0, 0, -90, 360, 3)]),
        ("pentagon", [_ring(1, 0, 0, -90, 360, 5)]),
        ("star", [_ring(1, 0, 0, -90, 720, 5)]),
        ("check mark", [_corners(-8, 1, -2.5, 8, 9, -8)]),
        ("cross", [_corners(-1, -1, 1, 1), _corners(1, -1, -1, 1)]),
        ("plus", [_corners(0, -1, 0, 1), _corners(-1, 0, 1, 0)]),
        ("line", [_corners(-1, 0, 1, 0)]),
        ("caret", [_corners(-6, 7, 0, -7, 6, 7)]),
        ("house", [_corners(-7, -1, -7, 9, 7, 9, 7, -1), _corners(-9.5, -0.5, 0, -9.5, 9.5, -0.5)]),
    ]
    some += [
        ("rectangle", [_corners(-1, -low, -1, low, 1, low, 1, -low, -1, -low)]) for low in (0.36, 0.42, 0.48, 0.54)
    ]
    some += [("diamond", [_corners(0, -1, slim, 0, 0, 1, -slim, 0, 0, -1)]) for slim in (0.55, 0.63, 0.72, 0.8)]
    for wing in (0.36, 0.43, 0.5):
        for joined in (False, True):
            shaft, head = _corners(-1, 0, 1, 0), _corners(1 - wing, -0.8 * wing, 1, 0, 1 - wing, 0.8 * wing)
            lines = [np.concatenate((shaft, head, head[1:2]))] if joined else [shaft, head]
            some += [
                ("arrow right", lines),
                ("arrow left", [-line for line in lines]),
                ("arrow down", [line[:, ::-1] for line in lines]),
                ("arrow up", [-line[:, ::-1] for line in lines]),
            ]
    for count in (4, 5, 6, 7):
        places = [(2 * number / count - 1, 0.45 if number % 2 else -0.45) for number in range(count + 1)]
        some.append(("zigzag", [np.array(places)]))
    share = np.linspace(0, 1, 129)
    some += [
        ("wave", [np.stack((2 * share - 1, -0.4 * np.sin(2 * math.pi * periods * share)), 1)]) for periods in (2, 3, 4)
    ]
    for turns in (2.4, 2.7, 3.0, 3.3, 3.6):
        for start in range(8):
            angle = 2 * math.pi * (turns * share + start / 8)
            some.append(
                ("spiral", [np.stack((np.cos(angle), np.sin(angle)), 1) * (0.04 + 0.96 * share)[:, np.newaxis]])
            )
    angle = 2 * math.pi * share
    bulge = 13 * np.cos(angle) - 5 * np.cos(2 * angle) - 2 * np.cos(3 * angle) - np.cos(4 * angle)
    some.append(("heart", [np.stack((np.sin(angle) ** 3, -bulge / 16), 1)]))
    some.append(("infinity", [np.stack((np.cos(angle), 0.45 * np.sin(2 * angle)), 1)]))
    eyes = [_corners(x, -0.45, x, -0.25) for x in (-0.35, 0.35)]
    some.append(("smiley", [_ring(1, 0, 0), *eyes, _ring(0.55, 0, 0, 20, 140)]))
    left, top, right = (
        _ring(0.38, -0.55, 0.15, 100, 165),
        _ring(0.48, -0.1, -0.2, 175, 150),
        _ring(0.42, 0.5, 0.1, -85, 170),
    )
    some.append(("cloud", [np.concatenate((left, top, right, left[:1]))]))
    return some


def _ring(radius: float, x: float, y: float, start_deg: float = 0, turn_deg: float = 360, steps: int = 48) -> Floats:
    angle = np.radians(start_deg + turn_deg * np.arange(steps + 1) / steps)
    return np.stack((x + radius * np.cos(angle), y + radius * np.sin(angle)), 1)


def _corners(*numbers: float) -> Floats:
    return np.array(numbers, np.float64).reshape(-1, 2)
