"""Which row comes when: a pure function of the seed and the step, so that a run goes on where it was killed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

GOLDEN = 0.6180339887498949
"""Multiples of it, modulo 1, fill the unit interval evenly: every stretch of a mixture has its shares."""


class Order:
    """Deals the rows of several datasets out by weight: each dataset in a new permutation an epoch."""

    def __init__(self, sizes: Sequence[int], weights: Sequence[float], seed: int, shuffled: bool = True) -> None:
        """shuffled: False takes each dataset's rows as they stand, for rows that are drawn once each."""
        self.sizes = list(sizes)
        self.bounds = np.cumsum(np.asarray(weights, np.float64) / np.sum(weights))[:-1]
        self.seed, self.shuffled = seed, shuffled
        self._reached = 0
        self._taken = np.zeros(len(self.sizes), np.int64)
        self._epochs: dict[int, tuple[int, npt.NDArray[np.int64]]] = {}

    def batch(self, start: int, count: int) -> list[tuple[int, int]]:
        """The (dataset, row) of the examples `start` to `start + count`; cheapest when called in order."""
        if start < self._reached:
            self._reached, self._taken = 0, np.zeros_like(self._taken)
        for first in range(self._reached, start, 1 << 20):
            self._taken += np.bincount(self._owners(first, min(start, first + (1 << 20))), minlength=len(self.sizes))
        picks = []
        for owner in self._owners(start, start + count).tolist():
            picks.append((owner, self._row(owner, int(self._taken[owner]))))
            self._taken[owner] += 1
        self._reached = start + count
        return picks

    def _owners(self, start: int, stop: int) -> npt.NDArray[np.int64]:
        spread = (np.arange(start, stop, dtype=np.float64) * GOLDEN + 0.5) % 1.0
        return np.searchsorted(self.bounds, spread, side="right")

    def _row(self, dataset: int, place: int) -> int:
        if not self.shuffled:
            return place % self.sizes[dataset]
        epoch, within = divmod(place, self.sizes[dataset])
        if self._epochs.get(dataset, (-1,))[0] != epoch:
            key = hashlib.sha256(f"order/{self.seed}/{dataset}/{epoch}".encode()).digest()[:16]
            bits = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
            self._epochs[dataset] = epoch, bits.permutation(self.sizes[dataset])
        return int(self._epochs[dataset][1][within])
