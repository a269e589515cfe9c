"""What a card says of how hard rows are: the spread of what makes them so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from synthink.build.card.balance import share_text
from synthink.build.tally import ANSWER, CAMERA, NO_CAMERA, SPREAD, Tally
from synthink.core.columns import stored
from synthink.core.generator import Generator
from synthink.draw.geometry import Box
from synthink.pages.markdown import Markdown, code_span, listed

SHARES = (0.0, 0.05, 0.5, 0.95, 1.0)
"""The shares of rows that are not beyond a figure: least, 5 %, half, 95 % and most."""
_UNITS = {Box: "shorter side, px", list[Box]: "shorter side of the smallest, px", str: "characters"}


class Spread(NamedTuple):
    """A line of the table."""

    name: Markdown
    sizes: Markdown


def difficulty(tally: Tally, generator: Generator) -> list[Spread]:
    """A line for each column of `difficulty_columns`, and for the answer's length; none that is the same in all
    rows."""
    lines = []
    for name in sorted(key.removeprefix(SPREAD) for key in tally.counts if key.startswith(SPREAD)):
        sizes = tally.spread(name)
        if len(sizes) > 1:
            label, kind = (ANSWER, str) if name == ANSWER else (code_span(name), stored(generator.columns.get(name)))
            unit = "" if kind in (int, float) else f", {_UNITS.get(kind, 'number')}"  # whose names tell units
            lines.append(
                Spread(Markdown(f"{label}{unit}"), Markdown(" | ".join(f"{size:g}" for size in _quantiles(sizes))))
            )
    return lines


def _quantiles(sizes: Sequence[tuple[float, int]]) -> list[float]:
    """The sizes that so many of the rows do not go beyond."""
    reached = list(accumulate(rows for _, rows in sizes))
    return [sizes[bisect_left(reached, share * reached[-1])][0] for share in SHARES]


def cameras(tally: Tally) -> Markdown:
    """The pictures that a camera has taken, in a sentence; empty where that was not counted."""
    counts = tally.counts.get(CAMERA)
    if not counts:
        return Markdown("")
    shares = {name: share_text(rows / counts.total()) for name, rows in sorted(counts.items()) if name != NO_CAMERA}
    taken = listed(f"{share} by {code_span(name)}" for name, share in shares.items())
    text = f"Pictures that a camera has taken: {taken}." if shares else "No camera lies between drawing and picture."
    return Markdown(text)
