"""What an oracle says about one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["right", "wrong", "unsure"]


@dataclass(frozen=True)
class Finding:
    """`right`: the picture bears out every label that was compared; `wrong`: it contradicts one; `unsure`: it does
    not show enough to tell, which counts neither as right nor as a find."""

    verdict: Verdict
    reason: str
    """Short, and the same words for the same kind of thing, so that they can be counted."""
