"""The command with one more generator: `dots`, whose rows take a set time and fail as asked."""

from __future__ import annotations

import os
import signal
import sys
import time

import numpy as np

from synthink import Generator, Sample
from synthink.cli.main import main


class Unpicklable(Exception):
    def __init__(self, index: int) -> None:
        super().__init__(f"no pickle of {index}")
        self.index = (index for _ in range(1))  # a generator object cannot be pickled


class Dots(Generator):
    """One grey, or noise; can be slow, and can fail at one row."""

    columns = {"number": int, "text": str}  # noqa: RUF012
    picture_px: int = 16
    noise: bool = False
    pause_ms: float = 0.0
    fault: str = ""
    """raise, exit, unpicklable, kill, segfault, type, late, hog: at row `at` of split train."""
    at: int = 0

    def draw(self, ctx):
        time.sleep(self.pause_ms / 1000)
        if self.fault and ctx.index == self.at and ctx.split.name == "train":
            return self.fail(ctx.index)
        colours = ctx.stream("colour").raw(self.picture_px**2 * 3 // 8 if self.noise else 1).view(np.uint8)
        pixels = np.resize(colours[:: 1 if self.noise else 8], (self.picture_px, self.picture_px, 3))
        return Sample(pixels, "how many?", str(ctx.index), {"number": ctx.index, "text": "é"})

    def fail(self, index):
        if self.fault == "raise":
            raise ValueError(f"no dots today\nat {index}")
        if self.fault == "exit":
            sys.exit(0)
        if self.fault == "unpicklable":
            raise Unpicklable(index)
        if self.fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        if self.fault == "hog":
            return bytearray(2**50)
        pixels = np.zeros((self.picture_px, self.picture_px, 3), np.uint8)
        if self.fault == "late":
            return Sample(pixels, "how many?", "0", {"number": 2**80, "text": ""})
        return Sample(pixels, "how many?", "0", {"number": "seven", "text": ""})


if __name__ == "__main__":
    main()
