"""Movement by the sigma-lognormal model: targets and durations in, samples of a digitiser out. No random choice here.

A handstroke i is commanded at t0 and covers the share F of its way by the time t,

    F(t) = 1/2 (1 + erf((ln(t - t0) - mu) / (sigma sqrt 2))),

and the pen is where the sum of all handstrokes has brought it (Plamondon's kinematic theory; O'Reilly and Plamondon
2009). The way is an arc: chord * F + bend * 4 F (1 - F), the circle's arc to second order, which turns with F as the
theory has it. Handstrokes overlap in time, pen-up ones with pen-down ones too; the sum therefore rounds the targets,
and a hand aims further so that letters come out as wanted: `corrected_aims` does this, as iDeLog (Ferrer et al.,
"iDeLog: Iterative Dual Spatial and Kinematic Extraction of Sigma-Lognormal Parameters", 2018) does by visual feedback.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Plane = npt.NDArray[np.complex128]
"""Points or vectors as x + iy: half as many numpy calls as with pairs, and words are short."""
Rows = npt.NDArray[np.intp]

EARLIEST, LATEST = -3.0, 3.2  # sigmas of ln(t - t0) at which a handstroke begins and is over: 0.1 % of its way are cut
ROUNDS = 4  # of correction; the rest is then below 0.01 x-heights for handstrokes of usual overlap
FARTHEST = 0.5  # of the neighbouring ways: how far beyond its mark a hand aims at most


@dataclass(frozen=True, slots=True)
class MotionPlan:
    """The movement that the hand is to make, before it is known where it must aim. Handstroke i leads from target i to
    target i + 1.

    marks: (n) where the ink shall be at `passing`; bends: (n - 1), what the middle of a handstroke's way lies off the
    middle between its ends; middle: (n - 1) seconds at which half of the way is done; scale: (n - 1) exp(mu) in
    seconds, so that middle - scale is the time of command; passing: (n) seconds; sigma: of all handstrokes.
    """

    marks: Plane
    bends: Plane
    middle: Floats
    scale: Floats
    passing: Floats
    sigma: float

    @property
    def command(self) -> Floats:
        """(n - 1): t0 of each handstroke."""
        return self.middle - self.scale


@lru_cache(maxsize=2048)
def _course(sigma: float) -> tuple[Floats, Floats]:
    """F at times in units of exp(mu), evenly spaced so that it can be looked up; 0 before and 1 after."""
    first, last = math.exp(EARLIEST * sigma), math.exp(LATEST * sigma)
    at = np.linspace(first, last, 160)
    share = np.array([0.5 * (1 + math.erf(math.log(u) / (sigma * math.sqrt(2)))) for u in at.tolist()])
    return at, (share - share[0]) / (share[-1] - share[0])


def corrected_aims(plan: MotionPlan, care: float) -> tuple[Plane, Plane]:
    """Aims (n) and bends (n - 1) with which the pen comes by the marks, and by the middles of the arcs; of the way
    from the marks to these aims only the share `care` is gone.

    Only the two handstrokes before and after are looked at: those further away are over, or have not begun.
    """
    strokes = len(plan.middle)
    wanted_chords = plan.marks[1:] - plan.marks[:-1]
    half = (0.5 * FARTHEST) * np.abs(wanted_chords)
    limit = np.concatenate((2 * half[:1], (half[1:] + half[:-1]) / 2 + np.minimum(half[1:], half[:-1]), 2 * half[-1:]))
    weights, which, near_shares, near_rows = _overlaps(plan)
    vectors = np.concatenate((wanted_chords, plan.bends))  # chords and bends, corrected round by round
    chords, bends = vectors[:strokes], vectors[strokes:]
    for _ in range(ROUNDS):
        further = np.add.reduce(weights * vectors.take(which), axis=0)
        further *= limit / np.maximum(np.abs(further), limit)
        here, there = further[:-1], further[1:]
        np.add(wanted_chords, there - here, out=chords)
        # The middle of the way is half the chord, the bend, and what the neighbours lack or have begun.
        np.subtract(plan.bends, (there + here) / 2, out=bends)
        bends -= np.add.reduce(near_shares * chords.take(near_rows), axis=0)
    return plan.marks + care * further, plan.bends + care * (bends - plan.bends)


def _overlaps(plan: MotionPlan) -> tuple[Floats, Rows, Floats, Rows]:
    """How much the neighbours have to do with where the pen is, as shares of their chords and bends.

    For each mark (8, n) shares and rows, chords k - 2 .. k + 1 and then bends, these counted after the chords; for each
    handstroke's middle (2, n - 1) shares and rows of the chords before and after. Of marks what is not yet gone counts
    as positive, what has gone as negative; of middles the other way round.
    """
    course, command, strokes = _course(plan.sigma), plan.command, len(plan.middle)
    last = strokes - 1
    row = np.arange(strokes + 1)
    near = np.minimum(np.maximum(row + _FOUR, 0), last)
    near_rows = np.minimum(np.maximum(row[:-1] + _TWO, 0), last)
    done = np.interp((plan.passing - command[near]) / plan.scale[near], *course)
    near_shares = np.interp((plan.middle - command[near_rows]) / plan.scale[near_rows], *course)
    weights = np.concatenate((-done, -4 * done * (1 - done)))
    weights[:2] += 1
    near_shares[0] -= 1
    shares = weights.reshape(2, 4, -1)
    shares[:, 0, :2] = shares[:, 1, 0] = shares[:, 2, -1] = shares[:, 3, -2:] = 0  # there is none
    near_shares[0, 0] = near_shares[1, -1] = 0
    return weights, np.concatenate((near, near + strokes)), near_shares, near_rows


_FOUR = np.arange(-2, 2)[:, np.newaxis]
_TWO = np.array(((-1,), (1,)))


def pen_path(plan: MotionPlan, aims: Plane, bends: Plane, at: Floats) -> Plane:
    """(m): where the pen is at the times `at` (m, ascending), by the sum of all handstrokes from the first aim on.

    Each handstroke is evaluated at the few samples that it lasts, and its steps are added up where they fall.
    """
    course, share = _course(plan.sigma)
    command = plan.command
    first = at.searchsorted(command + course[0] * plan.scale)
    last = at.searchsorted(command + course[-1] * plan.scale)  # the first sample at which all is done
    counts = last - first + 1
    ends = counts.cumsum()
    which = np.arange(len(counts)).repeat(counts)
    sample = np.arange(ends[-1]) + (first - ends + counts).repeat(counts)
    times = np.concatenate((at, (1e9,)))[sample]
    done = np.interp((times - command[which]) / plan.scale[which], course, share)
    hump = 4 * done * (1 - done)
    step, rise = done.copy(), hump.copy()
    step[1:] -= done[:-1]
    rise[1:] -= hump[:-1]
    begins = ends[:-1]
    step[begins], rise[begins] = done[begins], hump[begins]
    moved = step * (aims[1:] - aims[:-1])[which] + rise * bends[which]
    path = np.empty(len(at), np.complex128)
    path.real = np.bincount(sample, moved.real, len(at) + 1)[:-1].cumsum()
    path.imag = np.bincount(sample, moved.imag, len(at) + 1)[:-1].cumsum()
    path += aims[0]
    return path
