"""Which row comes when: nothing but the seed and the place decide."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.evaluate.data.rows import ENDLESS
from synthink.train.data.order import Order

pytestmark = pytest.mark.heavy

Case = tuple[list[int], list[float], int]
OFF = 4
"""Rows by which a stretch of up to some thousands may miss a dataset's share: the golden ratio's multiples are even."""


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.integers(1, 4))
    sizes = draw(st.lists(st.integers(1, 300), min_size=count, max_size=count))
    weights = draw(st.lists(st.floats(0.05, 20), min_size=count, max_size=count))
    return sizes, weights, draw(st.integers(0, 2**40))


def picks(case: Case, start: int, count: int) -> list[tuple[int, int]]:
    return Order(*case).batch(start, count)


@given(cases(), st.lists(st.integers(1, 70), max_size=12), st.integers(0, 900))
def test_any_start_and_any_batches_give_the_same_rows(case: Case, counts: list[int], start: int) -> None:
    whole = picks(case, 0, start + sum(counts))
    order = Order(*case)
    place = start
    for count in counts:
        assert order.batch(place, count) == whole[place : place + count]
        place += count
    assert order.batch(0, start) == whole[:start], "going back is allowed"
    assert order.batch(start, sum(counts)) == whole[start:]


@pytest.mark.whole
def test_a_start_far_ahead_is_the_same_as_going_there() -> None:
    """More than the stretch in which shares are counted at a time."""
    order, far = Order([7, 500], [1, 3], 5), (1 << 20) + 77
    gone = [pick for start in range(0, far + 50, 1 << 14) for pick in order.batch(start, 1 << 14)]
    assert Order([7, 500], [1, 3], 5).batch(far, 50) == gone[far : far + 50]


@given(cases(), st.integers(0, 3000), st.integers(1, 2000))
def test_weights_are_kept_in_every_stretch(case: Case, start: int, count: int) -> None:
    _, weights, _ = case
    owners = Counter(dataset for dataset, _ in picks(case, start, count))
    for dataset, weight in enumerate(weights):
        assert abs(owners[dataset] - count * weight / sum(weights)) <= OFF


@given(cases())
def test_every_row_comes_once_an_epoch(case: Case) -> None:
    sizes, _, _ = case
    taken: dict[int, list[int]] = {dataset: [] for dataset in range(len(sizes))}
    for dataset, row in picks(case, 0, 3000):
        taken[dataset].append(row)
    for dataset, size in enumerate(sizes):
        rows = taken[dataset]
        for first in range(0, len(rows) - size + 1, size):
            assert sorted(rows[first : first + size]) == list(range(size))
        rest = rows[len(rows) // size * size :]
        assert len(set(rest)) == len(rest)


def test_epochs_seeds_and_datasets_are_shuffled_differently() -> None:
    first = picks(([50], [1.0], 0), 0, 150)
    epochs = [tuple(row for _, row in first[start : start + 50]) for start in (0, 50, 100)]
    assert len({*epochs, tuple(range(50))}) == 4
    assert picks(([50], [1.0], 1), 0, 50) != first[:50]
    both = picks(([50, 50], [1.0, 1.0], 0), 0, 100)
    one, other = ([row for dataset, row in both if dataset == number] for number in (0, 1))
    assert one != other


def test_golden_rows() -> None:
    """A run that was begun with another release goes on with the same rows."""
    rows = [(0, 4), (0, 3), (1, 2), (0, 2), (1, 1), (0, 1), (0, 0), (1, 0), (0, 0), (0, 3), (1, 0), (0, 1)]
    assert picks(([5, 3], [2.0, 1.0], 7), 0, 12) == rows


def test_datasets_of_very_different_size() -> None:
    owners: dict[int, Counter[int]] = {0: Counter(), 1: Counter()}
    for dataset, row in picks(([3, 100_000], [1.0, 1.0], 0), 0, 6000):
        owners[dataset][row] += 1
    assert set(owners[0].values()) <= {998, 999, 1000, 1001, 1002}, "the small one comes again and again"
    assert set(owners[1].values()) == {1}


def test_one_row() -> None:
    assert picks(([1], [0.3], 9), 4, 6) == [(0, 0)] * 6


def test_a_dataset_with_nearly_no_weight_still_comes() -> None:
    assert Counter(dataset for dataset, _ in picks(([9, 9], [1.0, 0.001], 0), 0, 5000))[1] in range(1, 10)


@pytest.mark.parametrize("size", [ENDLESS, 10])
def test_rows_that_are_drawn_once_come_as_they_stand(size: int) -> None:
    order = Order([size], [1.0], 3, shuffled=False)
    assert [row for _, row in order.batch(2_000_000, 12)] == [row % size for row in range(2_000_000, 2_000_012)]
