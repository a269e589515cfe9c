"""Damaged files of every kind that comes from outside: each is read, or refused in one line; nothing dies or hangs.

    SYNTHINK_FUZZ=10000 pytest -m slow tests/fuzz        # ten thousand of each kind, as without the variable: hours

The same number is the same mutant. One of them again: `python -m tests.fuzz inks 4711`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.fuzz.harness import MOST_MB, MOST_S, Fuzzer, mutants
from tests.fuzz.targets import TARGETS

COUNT = int(os.environ.get("SYNTHINK_FUZZ", "10000"))
EVERYDAY = 8


@pytest.fixture(scope="module")
def fuzzer() -> Iterator[Fuzzer]:
    fuzzer = Fuzzer()
    yield fuzzer
    fuzzer.stop()


def check(fuzzer: Fuzzer, target: str, count: int, first: int) -> None:
    outcome = fuzzer.run(target, count, first)
    print(f"{target}: {dict(outcome.counts)}, at most {outcome.most_mb} MB and {outcome.slowest_s:.2f} s")
    assert outcome.faults == [], "\n".join(outcome.faults[:5])
    assert outcome.most_mb <= MOST_MB and outcome.slowest_s <= MOST_S
    assert outcome.counts["refused"], "mutants that are all read were not damaged"


@pytest.mark.heavy
@pytest.mark.parametrize("target", TARGETS)
def test_a_few_damaged_files(fuzzer: Fuzzer, target: str) -> None:
    check(fuzzer, target, EVERYDAY, first=0)


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
@pytest.mark.parametrize("target", TARGETS)
def test_many_damaged_files(fuzzer: Fuzzer, target: str) -> None:
    check(fuzzer, target, COUNT, first=EVERYDAY)


def test_the_same_number_is_the_same_mutant() -> None:
    assert list(mutants("inks", 30)) == list(mutants("inks", 30))
    assert len({data for _, _, data in mutants("inks", 30)}) > 25
