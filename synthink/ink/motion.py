"""Movement by the sigma-lognormal model: targets and durations in, samples of a digitiser out. No random choice here.

A handstroke i is commanded at t0 and covers the share F of its way by the time t,

    F(t) = 1/2 (1 + erf((ln(t - t0) - mu) / (sigma sqrt 2))),

and the pen is where the sum of all handstrokes has brought it (Plamondon's kinematic theory; O'Reilly and Plamondon
2009). The way is an arc: chord * F + bend * 4 F (1 - F), the circle's arc to second order, which turns with F as the
theory has it. Handstrokes overlap in time, pen-up ones with pen-down ones too; the sum therefore rounds the targets,
and a hand aims further so that letters come out as wanted: `aimed` does this, as iDeLog (Ferrer et al., "iDeLog:
Iterative Dual Spatial and Kinematic Extraction of Sigma-Lognormal Parameters", 2018) does by visual feedback.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.geometry import Points

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

EARLIEST, LATEST = -3.0, 3.2  # sigmas of ln(t - t0) at which a handstroke begins and is over: 0.1 % of its way are cut
ROUNDS = 4  # of correction; the rest is then below 0.01 x-heights for handstrokes of usual overlap
FARTHEST = 0.5  # of the neighbouring ways: how far beyond its mark a hand aims at most


@dataclass(frozen=True, slots=True)
class Plan:
    """What the hand is to do. Handstroke i leads from target i to target i + 1 in its slot of time.

    marks: (n, 2) where the ink shall be at `passing`; bends: (n - 1, 2); begin, length: (n - 1) seconds, the slots;
    passing: (n) seconds; reach: (n - 1) how much of its slot's length lies between a handstroke's command and the
    middle of its movement, exp(mu) / length; sigma: of all.
    """

    marks: Points
    bends: Points
    begin: Floats
    length: Floats
    passing: Floats
    reach: Floats
    sigma: float


@lru_cache(maxsize=256)
def _course(sigma: float) -> tuple[Floats, Floats]:
    """F at times in units of exp(mu), evenly spaced so that it can be looked up; 0 before and 1 after."""
    first, last = math.exp(EARLIEST * sigma), math.exp(LATEST * sigma)
    at = np.linspace(first, last, 160)
    share = np.array([0.5 * (1 + math.erf(math.log(u) / (sigma * math.sqrt(2)))) for u in at.tolist()])
    return at, (share - share[0]) / (share[-1] - share[0])


def covered(plan: Plan, which: Any, at: Any) -> Floats:
    """The share of handstrokes `which` that is done at the times `at` (same shape)."""
    course = _course(plan.sigma)
    scale = plan.length * plan.reach
    command = plan.begin + plan.length / 2 - scale
    return np.interp((at - command[which]) / scale[which], *course)


def aimed(plan: Plan, care: float) -> tuple[Points, Points, Points]:
    """Aims (n, 2), chords and bends (n - 1, 2) with which the pen comes by the marks, and by the middles of the arcs;
    of the way to there only the share `care` is gone.

    Only the two handstrokes before and after are looked at: those further away are over, or have not begun.
    """
    marks, strokes = plan.marks, len(plan.begin)
    order = np.arange(-2, strokes + 2)
    near = np.clip(np.stack((order[:-3], order[1:-2], order[2:-1], order[3:])), 0, strokes - 1)  # (4, n): k - 2 .. k + 1
    done = covered(plan, near, plan.passing)
    done[:2] -= 1  # what is missing of those that should be over
    done[0, :2] = done[1, 0] = done[2, -1] = done[3, -2:] = 0
    hump = 4 * done * np.where(np.arange(4)[:, np.newaxis] < 2, -1 - done, 1 - done)
    middle = plan.begin + plan.length / 2
    side = np.clip(np.stack((order[1:-3], order[3:-1])), 0, strokes - 1)  # (2, n - 1): the one before, the one after
    beside = covered(plan, side, middle)
    beside[0] -= 1
    beside[0, 0] = beside[1, -1] = 0
    limit = np.hypot(*np.diff(marks, axis=0).T)
    limit = FARTHEST * np.concatenate((limit[:1], np.minimum(limit[1:], limit[:-1]) * 0.5 + limit[1:] * 0.25 + limit[:-1] * 0.25, limit[-1:]))
    want = (marks[1:] + marks[:-1]) / 2 + plan.bends
    aims, bends = marks.copy(), plan.bends
    weights, humps, sides = done[:, :, np.newaxis], hump[:, :, np.newaxis], beside[:, :, np.newaxis]
    for _ in range(ROUNDS):
        chords = np.diff(aims, axis=0)
        off = marks - aims - (weights * chords[near] + humps * bends[near]).sum(axis=0)
        aims = aims + off
        too_far = np.hypot(*(aims - marks).T) / limit
        aims = marks + (aims - marks) / np.maximum(too_far, 1.0)[:, np.newaxis]
        chords = np.diff(aims, axis=0)
        bends = want - (aims[1:] + aims[:-1]) / 2 - (sides * chords[side]).sum(axis=0)
    aims = marks + care * (aims - marks)
    bends = plan.bends + care * (bends - plan.bends)
    return aims, np.diff(aims, axis=0), bends


def run(plan: Plan, chords: Points, bends: Points, origin: Points, at: Floats) -> Points:
    """(m, 2): where the pen is at the times `at` (m, ascending), by the sum of all handstrokes from `origin` on.

    Each handstroke is evaluated at the few samples that it lasts, and their steps are added up where they fall.
    """
    course, share = _course(plan.sigma)
    scale = plan.length * plan.reach
    command = plan.begin + plan.length / 2 - scale
    first = at.searchsorted(command + course[0] * scale)
    last = at.searchsorted(command + course[-1] * scale)  # the first sample at which all is done
    counts = last - first + 1
    ends = counts.cumsum()
    which = np.repeat(np.arange(len(counts)), counts)
    sample = np.arange(ends[-1]) + np.repeat(first - ends + counts, counts)
    times = np.append(at, np.inf)[np.minimum(sample, len(at))]
    done = np.interp((times - command[which]) / scale[which], course, share)
    hump = 4 * done * (1 - done)
    step, rise = np.empty_like(done), np.empty_like(done)
    step[0], rise[0] = done[0], hump[0]
    np.subtract(done[1:], done[:-1], out=step[1:])
    np.subtract(hump[1:], hump[:-1], out=rise[1:])
    step[ends[:-1]], rise[ends[:-1]] = done[ends[:-1]], hump[ends[:-1]]
    path = np.empty((len(at), 2))
    for axis in (0, 1):
        moved = step * chords[which, axis] + rise * bends[which, axis]
        path[:, axis] = np.bincount(sample, moved, len(at) + 1)[: len(at)].cumsum() + origin[axis]
    return path
