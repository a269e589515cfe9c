"""Random streams: the algorithm against its paper, golden values for every distribution, and keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.errors import ArgumentError
from synthink.streams import BLOCK, Stream, StreamKey

WORD = 2**64 - 1
M0, M1 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
W0, W1 = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B


def philox_words(key: tuple[int, int], block: int = 0) -> Iterator[int]:
    """Philox-4x64-10 as Salmon et al. (SC'11) define it; the counter is raised before the first block."""
    while True:
        block += 1
        c0, c1, c2, c3 = block, 0, 0, 0
        k0, k1 = key
        for _ in range(10):
            product0, product1 = M0 * c0, M1 * c2
            c0, c1, c2, c3 = (product1 >> 64) ^ c1 ^ k0, product1 & WORD, (product0 >> 64) ^ c3 ^ k1, product0 & WORD
            k0, k1 = (k0 + W0) & WORD, (k1 + W1) & WORD
        yield from (c0, c1, c2, c3)


def fresh(*parts: int | str) -> Stream:
    return StreamKey("streams", 0, *parts).stream(0, "golden")


keys = st.tuples(st.integers(0, WORD), st.integers(0, WORD))


@given(keys)
def test_words_are_those_of_the_paper(key: tuple[int, int]) -> None:
    stream = Stream(key)
    assert [stream._next() for _ in range(3 * BLOCK)] == list(islice(philox_words(key), 3 * BLOCK))


@given(keys, st.integers(0, 150), st.integers(1, 50))
def test_raw_words_go_on_from_whole_blocks(key: tuple[int, int], singles: int, count: int) -> None:
    stream = Stream(key)
    for _ in range(singles):
        stream._next()
    block = -(-singles // BLOCK) * (BLOCK // 4)
    expected = list(islice(philox_words(key, block), count))
    assert stream.raw(count).tolist() == expected
    after = philox_words(key, block + -(-count // 4))
    assert stream._next() == next(after)


def test_the_reference_gives_the_papers_known_answer() -> None:
    """Counter 0 and key 0, from the known answers that the paper's authors publish."""
    block = philox_words((0, 0), -1)
    assert list(islice(block, 4)) == [
        0x16554D9ECA36314C,
        0xDB20FE9D672D0FDC,
        0xD7E772CEE186176B,
        0x7E68B68AEC7BA23B,
    ]


GOLDEN: dict[str, tuple[Callable[[Stream], object], list[object]]] = {
    "uniform": (
        lambda s: s.uniform(-2.0, 3.0),
        [-1.7981348510742565, -0.6264931746585267, -0.7778294907632954, -0.6540674894549281],
    ),
    "within": (
        lambda s: s.within((1.0, 1.5)),
        [1.0201865148925744, 1.1373506825341473, 1.1222170509236704, 1.1345932510545071],
    ),
    "integers": (lambda s: s.integers(-5, 1000), [35, 271, 240, 265, 848, 616]),
    "wide integers": (lambda s: s.integers(0, 2**64), [744750947926892393, 5067345778113489033]),
    "choice": (lambda s: s.choice("abcdefghijklmnopqrstuvwxyz"), ["b", "h", "g", "g", "w", "q", "e", "t"]),
    "weighted choice": (lambda s: s.choice("abc", (1.0, 0.0, 3.0)), ["a", "c", "a", "c", "c", "c", "a", "c"]),
    "weighted": (lambda s: s.weighted((0.2, 0.3, 0.5)), [0, 1, 1, 1, 2, 2, 0, 2]),
    "chance": (lambda s: s.chance(0.3), [True, True, True, True, False, False, True, False]),
    "normal": (
        lambda s: s.normal(10.0, 2.0),
        [6.507252861060914, 8.80268927716923, 8.615779845546795, 8.769449634922717],
    ),
    "shuffled": (lambda s: "".join(s.shuffled("abcdefgh")), ["chedfgba", "cfebhadg", "dcegafhb"]),
    "raw": (lambda s: s.raw(1).tolist(), [[744750947926892393], [15661804332063252566]]),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_values(name: str) -> None:
    draw, expected = GOLDEN[name]
    stream = fresh()
    assert [draw(stream) for _ in range(len(expected))] == expected


DISTRIBUTIONS = [draw for draw, _ in GOLDEN.values()]


@given(st.lists(st.sampled_from(DISTRIBUTIONS), max_size=30))
def test_one_stream_never_moves_another(others: list[Callable[[Stream], object]]) -> None:
    key = StreamKey("streams", 1)
    alone = key.stream(3, "word")
    expected = [alone.uniform() for _ in range(40)]
    stream, other = key.stream(3, "word"), key.stream(3, "mark")
    drawn = []
    for i in range(40):
        drawn.append(stream.uniform())
        if i < len(others):
            others[i](other)
    assert drawn == expected


PARTS = [("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"), (1, "2"), ("1", "2"), (12, ""), ("12", ""), (-1, "2")]


@pytest.mark.parametrize(("one", "other"), list(combinations(PARTS, 2)), ids=str)
def test_other_parts_other_streams(one: tuple[int | str, str], other: tuple[int | str, str]) -> None:
    assert StreamKey().stream(*one).raw(4).tolist() != StreamKey().stream(*other).raw(4).tolist()
    assert StreamKey(*one).stream(0, "").raw(4).tolist() != StreamKey(*other).stream(0, "").raw(4).tolist()


def test_parts_may_come_at_once_or_one_after_the_other() -> None:
    whole = StreamKey("a", 1).stream("b", "2").raw(8).tolist()
    assert StreamKey("a").inside(1).stream("b", "2").raw(8).tolist() == whole
    assert StreamKey("a", 1, "b").inside().stream("c", "").raw(8).tolist() != whole


@pytest.mark.parametrize("seeds", [(42, 43), (0, 1), (0, 2**64), (1, -1)])
def test_neighbouring_seeds_share_nothing(seeds: tuple[int, int]) -> None:
    drawn = [{StreamKey(seed).stream(i, "word").raw(1).item() for i in range(2000)} for seed in seeds]
    assert len(drawn[0]) == len(drawn[1]) == 2000
    assert not drawn[0] & drawn[1]


def test_a_lone_surrogate_in_a_name_is_a_key_too() -> None:
    assert StreamKey().stream(0, "\ud800").raw(1).tolist() != StreamKey().stream(0, "?").raw(1).tolist()


def test_integers_are_unbiased() -> None:
    """Chi-square of 60,000 draws over 13 values; 32.9 is the bound at one in a thousand for 12 degrees of freedom."""
    stream = fresh("unbiased")
    counts = Counter(stream.integers(0, 13) for _ in range(60_000))
    expected = 60_000 / 13
    assert set(counts) == set(range(13))
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 32.9


def test_integers_reject_the_uneven_rest() -> None:
    """A span of 3/4 of 2^64: without rejection one third of the values would come twice as often."""
    stream = fresh("rejection")
    span = 3 * 2**62
    thirds = Counter(stream.integers(0, span) * 3 // span for _ in range(9_000))
    assert all(abs(count - 3000) < 200 for count in thirds.values())
    parity = Counter(stream.integers(0, span) % 3 for _ in range(9_000))
    assert all(abs(count - 3000) < 200 for count in parity.values())


@given(st.integers(-(2**70), 2**70), st.integers(1, 2**64))
def test_integers_stay_in_their_range(low: int, span: int) -> None:
    assert low <= fresh(low, span).integers(low, low + span) < low + span


@pytest.mark.parametrize("bounds", [(0, 0), (5, 4), (0, 2**64 + 1)])
def test_integers_refuse_an_impossible_range(bounds: tuple[int, int]) -> None:
    with pytest.raises(ArgumentError, match=f"^high={bounds[1]}: must be more than low, {bounds[0]}"):
        fresh().integers(*bounds)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_uniform_stays_in_its_range(low: float, width: float) -> None:
    stream = fresh("range")
    assert all(low <= stream.uniform(low, low + width) <= low + width for _ in range(5))
    assert stream.uniform(low, low) == low


def test_shuffles_are_permutations_and_reach_all_orders() -> None:
    stream = fresh("orders")
    counts = Counter("".join(stream.shuffled("abcd")) for _ in range(4800))
    assert len(counts) == 24
    assert all(sorted(order) == list("abcd") and 120 < count < 290 for order, count in counts.items())


def test_normal_has_its_mean_and_sigma() -> None:
    stream = fresh("normal")
    values = np.array([stream.normal(3.0, 0.5) for _ in range(20_000)])
    assert abs(values.mean() - 3.0) < 0.015
    assert abs(values.std() - 0.5) < 0.01
    assert abs((np.abs(values - 3.0) < 0.5).mean() - 0.6827) < 0.015


def test_weights_and_chances_are_kept() -> None:
    stream = fresh("weights")
    counts = Counter(stream.weighted((0.0, 1.0, 0.0, 3.0, 0.0)) for _ in range(8000))
    assert set(counts) == {1, 3}
    assert abs(counts[3] - 6000) < 200
    assert not any(stream.chance(0.0) for _ in range(500))
    assert all(stream.chance(1.0) for _ in range(500))
