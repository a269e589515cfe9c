"""One job of a sweep: what it was asked, and what came of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESULT = "result.json"


@dataclass(frozen=True)
class Job:
    """One job: its folder's name, what it was asked, and its figures; without a score where it did not finish."""

    name: str
    overrides: Mapping[str, Any]
    score: float | None = None
    low: float | None = None
    high: float | None = None
    lenient: float | None = None
    control: float | None = None
    verdict: str = ""
    seconds: float | None = None


def read_job(folder: Path) -> Job:
    """A job's result; what is torn or strange counts as not finished."""
    name = folder.name
    try:
        result = json.loads((folder / RESULT).read_bytes())
    except (OSError, ValueError):
        result = None
    if not isinstance(result, dict):
        return Job(name, {}, verdict="not finished")
    overrides = result.get("overrides")
    figures = {key: as_number(result.get(key)) for key in ("score", "low", "high", "lenient", "control", "seconds")}
    return Job(name, _overrides(overrides), **figures, verdict=str(result.get("verdict") or ""))


def _overrides(overrides: Any) -> dict[str, Any]:
    """Key -> value, also from a list of `key=value`."""
    if isinstance(overrides, list):
        pairs = (str(override).partition("=") for override in overrides)
        return {key.lstrip("+"): value for key, _, value in pairs}
    return dict(overrides) if isinstance(overrides, dict) else {}


def as_number(value: Any) -> float | None:
    """A finite number, also one that was written as text, as overrides are."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def as_text(value: Any) -> str:
    """A value as it was typed: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
