"""A sample of rows, spread evenly: the same rows on every machine, and some of every part of a split."""

from __future__ import annotations


def is_sampled(index: int, total: int, count: int) -> bool:
    """Whether row `index` of `total` is in a sample of `count` rows; all are when count >= total."""
    return bool(sampled(index, index + 1, total, count))


def sampled(start: int, stop: int, total: int, count: int) -> list[int]:
    """The rows of a sample of `count` of `total` rows, `i * total // count`, from row `start` up to `stop`."""
    count = min(count, total)
    if not count:
        return []
    first, last = -(-start * count // total), -(-stop * count // total)
    return [i * total // count for i in range(first, last)]
