"""How far answers are from the truth."""

from __future__ import annotations

import math

import pytest

from synthink.draw.geometry import Box
from synthink.labels import centre_distance, character_error_rate, intersection_over_union


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        (Box(0, 0, 2, 2), Box(1, 1, 3, 3), 1 / 7),
        (Box(0, 0, 2, 2), Box(2, 0, 3, 3), 0),
        (Box(1, 1, 5, 3), Box(1, 1, 5, 3), 1),
        (Box(1, 1, 1, 3), Box(1, 1, 1, 3), 1),
        (Box(0, 0, 2, 2), Box(2, 2, 0, 0), 0),
        (Box(0, 0, 2, 2), None, 0),
        (None, Box(0, 0, 2, 2), 0),
    ],
)
def test_intersection_over_union(one: Box | None, other: Box | None, share: float) -> None:
    assert intersection_over_union(one, other) == pytest.approx(share)
    assert intersection_over_union(other, one) == pytest.approx(share)


def test_character_error_rate() -> None:
    assert character_error_rate("abcd", "abcd") == 0
    assert character_error_rate("abcd", "abxd") == 0.25
    assert character_error_rate("", "ab") == 1
    assert character_error_rate("a", "abcd") == 3


def test_distance_between_centres() -> None:
    truth = Box(0, 0, 2, 2)
    assert centre_distance(truth, Box(3, 4, 5, 6), (100, 100)) == 5
    assert centre_distance(truth, None, (30, 40)) == 50
    assert centre_distance(truth, Box(1e6, 0, 1e6, 0), (30, 40)) == pytest.approx(math.hypot(30, 40))
