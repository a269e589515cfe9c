"""How often the best guess of a reading is right where the reading cannot be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .units import SCALES


def best_guess(task: str, row: Mapping[str, Any], decimals: tuple[int, int], blanks: float) -> float | None:
    """The probability of the likeliest answer to a task; None where the task is not about the reading.

    Of wheels and dials all values are alike, of gauges all ticks of the scale. Seven-segment digits may be dark before
    the number: then the shortest number is the likeliest. decimals, blanks: as of `Meters`.
    """
    if task in ("type", "detect"):
        return None
    places = len(row["place_digits"])
    if row["kind"] in ("drum", "dials"):
        return 10.0**-places
    if row["kind"] == "gauge":
        scales = [
            scale for scale in SCALES if scale.unit == row["unit"] and {*row["scale_values"]} <= {*scale.figures()}
        ]
        return 1 / min((len(scale.ticks()) for scale in scales), default=1)
    fewest = decimals[0] + 1  # digits, one before the mark
    of_decimals = 1 / (decimals[1] - decimals[0] + 1)
    full, short = (1 - blanks) * 10.0**-places, blanks / (places - decimals[0]) * 10.0**-fewest
    return of_decimals * (full + short if places == fewest else max(full, short))
