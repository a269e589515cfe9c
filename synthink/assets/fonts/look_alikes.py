"""Which letters of one face cannot be told apart at the same size on the same baseline."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthink.assets.fonts.letter_images import CAP_PX, ROWS, Letterform

CONFUSABLE = ("Il1", "O0o", "cC", "sS", "vV", "wW", "xX", "zZ")
"""Groups that readers confuse (Unicode Technical Standard 39 has them too): here a small difference is not enough."""
CLOSE, ALIKE = 0.05, 0.12  # cap heights: the farthest that ink may stray, for any pair and within a group
_STRAY_PX = 2  # pixels of rasterisation noise that do not count

Frame = npt.NDArray[np.bool_]


def look_alikes(forms: dict[str, Letterform]) -> dict[str, str]:
    """Character -> the others that look the same.

    Two letters look the same when, laid over each other, neither has ink farther from the other's ink than a bound
    (the Hausdorff distance), and both have the same number of parts and of counters: so Q and O, E and F, i and l,
    and a zero with a dot stay different.
    """
    pairs = _pairs(forms, CLOSE)
    for group in CONFUSABLE:
        pairs |= _pairs({char: forms[char] for char in group if char in forms}, ALIKE)
    table: dict[str, str] = {}
    for pair in pairs:
        for char in pair:
            table[char] = "".join(sorted({*table.get(char, ""), *pair} - {char}))
    return dict(sorted(table.items()))


def _pairs(forms: dict[str, Letterform], bound: float) -> set[tuple[str, str]]:
    radius = bound * CAP_PX
    chars = sorted(forms)
    if len(chars) < 2:
        return set()
    extents = np.array(
        [(form.top, form.top + form.ink.shape[0], form.ink.shape[1] / 2) for form in (forms[char] for char in chars)]
    )
    # No ink can be near enough where the boxes already differ by more.
    apart = np.abs(extents[:, None] - extents).max(axis=2, initial=0)
    near = [(chars[i], chars[j]) for i, j in np.argwhere(apart <= radius + 1).tolist() if i < j]
    frames = {char: forms[char].framed() for char in {char for pair in near for char in pair}}
    grown = {char: _grown(frame, radius) for char, frame in frames.items()}
    alike = set()
    for one, other in near:
        stray = max(np.count_nonzero(frames[one] & ~grown[other]), np.count_nonzero(frames[other] & ~grown[one]))
        if stray <= _STRAY_PX and parts_and_counters(frames[one]) == parts_and_counters(frames[other]):
            alike.add((one, other))
    return alike


def _grown(frame: Frame, radius: float) -> Frame:
    """The inked area and everything within `radius` pixels of it."""
    reach = int(radius)
    grown = frame.copy()
    for dy in range(reach + 1):
        half = int((radius * radius - dy * dy) ** 0.5)
        row = frame.copy()
        for dx in range(1, half + 1):
            row[:, dx:] |= frame[:, :-dx]
            row[:, :-dx] |= frame[:, dx:]
        grown[dy:] |= row[: ROWS - dy]
        grown[: ROWS - dy] |= row[dy:]
    return grown


def parts_and_counters(frame: Frame) -> tuple[int, int]:
    """The number of connected parts of the ink, and the number of spaces that it encloses."""
    return _regions(frame, diagonal=True), _regions(~frame, diagonal=False) - 1


def _regions(mask: Frame, diagonal: bool) -> int:
    """Connected regions, row by row: each run of pixels joins the runs that it touches in the row above."""
    reach = 1 if diagonal else 0
    count = 0
    above: list[tuple[int, int, int]] = []  # start, end (exclusive), label
    parents: list[int] = []
    steps = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    for row in steps:
        runs = []
        for start, end in zip(np.flatnonzero(row == 1).tolist(), np.flatnonzero(row == -1).tolist(), strict=True):
            touching = {_root(parents, label) for a, b, label in above if a < end + reach and start < b + reach}
            if touching:
                home = min(touching)
                for other in touching - {home}:
                    parents[other] = home
                    count -= 1
            else:
                home = len(parents)
                parents.append(home)
                count += 1
            runs.append((start, end, home))
        above = runs
    return count


def _root(parents: list[int], label: int) -> int:
    while parents[label] != label:
        label = parents[label]
    return label
