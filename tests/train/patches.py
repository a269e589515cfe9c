"""A generator that a linear model learns in a second, and folders of it: which quarter of a picture is light?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import synthink
from synthink import DrawContext, Generator, Sample
from synthink.train.settings import Model

SIDE = 12
PLACES = ("top left", "top right", "bottom left", "bottom right")
DARK = 60 + 255 // 5
"""The lightest that a picture without a light quarter is."""
PREFIX = "Where is the light?"


class Patches(Generator):
    """Name the quarter that is light; without the signal none is."""

    columns = {"place": str, "grey": int}  # noqa: RUF012

    light: int = 60
    """How much lighter the quarter is, of 255."""
    fails_at: int = -1
    """The row that cannot be drawn."""

    def draw(self, ctx: DrawContext) -> Sample:
        if ctx.index == self.fails_at:
            raise ValueError("no light today")
        colours = ctx.stream("colours").raw(2).view(np.uint8)[:12].reshape(2, 2, 3) // 5
        picture = 60 + colours.repeat(SIDE // 2, axis=0).repeat(SIDE // 2, axis=1)
        place = ctx.stream("place").integers(0, len(PLACES))
        if ctx.signal:
            y, x = (SIDE // 2 * half for half in divmod(place, 2))
            picture[y : y + SIDE // 2, x : x + SIDE // 2] += np.uint8(self.light)
        return Sample(picture, PREFIX, PLACES[place], {"place": PLACES[place], "grey": 60})

    def answer_class(self, sample: Sample, answer: str) -> str | None:
        return answer if answer in PLACES else "<none>"

    def chance(self, sample: Sample) -> float | None:
        return 1 / len(PLACES)


def make(folder: Path, train: int = 240, validation: int = 40, test: int = 60, **options: Any) -> Path:
    """A dataset folder of patches."""
    splits = {"train": train, "validation": validation, "test": test}
    synthink.generate("patches", output=folder, splits=splits, **options)
    return folder


MODEL = Model(name="numpy", vision="mu/4", learning_rate=0.02)
