"""What a gesture asks of a page: its class, its place, and what was written."""

from __future__ import annotations

from dataclasses import dataclass

from synthink.draw.geometry import Box
from synthink.errors import ConfigError

FARTHEST = 1e7  # pixels; beyond it is no place on any page


@dataclass(frozen=True, slots=True)
class Gesture:
    """A gesture as it was drawn, labelled or read by a model, in page pixels.

    ends: the two places that a `point` joins; the box's top-left and bottom-right corners stand for them when None, so
    a box may run from right to left. `ConfigError` for coordinates that are not finite.
    """

    kind: str
    box: Box
    text: str = ""
    ends: tuple[tuple[float, float], tuple[float, float]] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.box, Box):  # four numbers will do
            if len(self.box) != 4:
                raise ConfigError("box", self.box, "must be left, top, right, bottom")
            object.__setattr__(self, "box", Box(*self.box))
        for field, values in (("box", self.box), ("ends", () if self.ends is None else sum(self.ends, ()))):
            if not all(abs(value) <= FARTHEST for value in values):
                raise ConfigError(field, tuple(values), f"has a coordinate that is no number within {FARTHEST:.0e} px")

    @property
    def places(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The two places that a `point` joins."""
        return self.ends or ((self.box.left, self.box.top), (self.box.right, self.box.bottom))
