"""Intervals that cover what they say, summaries, chance, and the table of verdicts."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from synthink.errors import ConfigError
from synthink.evaluate.chance import chance_level, task_and_suffix
from synthink.evaluate.curves import CurvePoint
from synthink.evaluate.intervals import Interval, interval
from synthink.evaluate.summary import Summary, summarise
from synthink.evaluate.verdict import verdict
from tests.evaluate.answered import FIELDS, rows_of, scored

# --- intervals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "share"), [(20, 0.5), (50, 0.9), (50, 0.98), (200, 0.03), (300, 0.99), (300, 0.7)])
def test_intervals_of_shares_cover_what_they_say(rows: int, share: float) -> None:
    rng, trials = np.random.default_rng(1), 400
    held = 0
    for values in rng.random((trials, rows)) < share:
        found = interval(values)
        held += found.low <= share <= found.high
    assert held / trials > 0.915  # 0.95, less three standard deviations and what a percentile bootstrap lacks


def test_intervals_of_any_figures_cover_what_they_say() -> None:
    rng, trials = np.random.default_rng(2), 300
    held = sum(
        found.low <= 2 <= found.high for found in (interval(rng.gamma(2, 1, 60), bounded=False) for _ in range(trials))
    )
    assert 0.9 < held / trials < 0.985


@pytest.mark.parametrize("rows", [1, 2, 10, 500])
def test_an_interval_is_never_empty_at_the_edges(rows: int) -> None:
    none, every = interval([0.0] * rows), interval([1.0] * rows)
    assert none.mean == none.low == 0 < none.high < 1 or rows == 1
    assert none.high == pytest.approx(1 - every.low) and every.high == every.mean == 1
    assert none.high == pytest.approx(3.84 / (rows + 3.84), abs=0.01)
    middle = interval([0.7] * rows)
    assert middle.low < 0.7 < middle.high
    errors = interval([0.0] * rows, bounded=False)
    assert (errors.mean, errors.low, errors.high, errors.rows) == (0, 0, 0, rows)


def test_an_interval_moves_with_each_right_answer() -> None:
    found = [interval([1.0] * right + [0.0] * (100 - right)) for right in range(101)]
    assert all(one.low <= other.low + 0.01 and one.high <= other.high + 0.01 for one, other in pairwise(found))
    assert found[30] == interval([0.0] * 70 + [1.0] * 30), "order does not matter, and asking again changes nothing"


def test_many_different_values_are_quick() -> None:
    values = np.random.default_rng(0).random(50_000)
    found = interval(values)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.2887 / math.sqrt(50_000), rel=0.02)


def test_what_has_no_mean_is_refused() -> None:
    with pytest.raises(ValueError, match="no figures"):
        interval([])
    with pytest.raises(ValueError, match="not a number"):
        interval([0.0, math.nan])


# --- summaries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIELDS)
def test_a_summary_counts_what_was_answered(name: str) -> None:
    found = scored(name)
    summary = summarise(found)
    right = sum(each.scores["correct"] for each in found)
    assert summary.rows == len(found)
    assert summary.scores["correct"].mean == pytest.approx(right / len(found))
    assert next(iter(summary.scores)) == "correct"
    assert sum(wrong.rows for wrong in summary.wrong) <= len(found) - right
    assert sum(count for row in summary.confusion.values() for count in row.values()) == sum(
        each.truth_class is not None for each in found
    )
    assert sum(figures["correct"].rows for figures in summary.groups["task"].values()) == len(found)
    assert any("<none>" in row for row in summary.confusion.values())
    assert Summary.read(json.loads(json.dumps(summary.plain()))).plain() == summary.plain()


def test_a_summary_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no answers"):
        summarise([])


# --- chance -----------------------------------------------------------------------------------------------------------


def test_chance_by_the_generator_is_the_mean_of_its_rows() -> None:
    generator, rows = rows_of("circled_letters")
    found = chance_level(rows, generator)
    shares = [max(map(row["word"].count, row["word"])) / len(row["word"]) for row in rows]
    assert found.value == pytest.approx(sum(shares) / len(shares)) and "generator" in found.source


def test_chance_where_the_generator_does_not_know_is_that_of_one_answer() -> None:
    generator, rows = rows_of("gestures")
    training = list(map(task_and_suffix, rows))
    whole, gesture = chance_level(rows, generator, training), chance_level(rows, generator, training, "gesture")
    assert 0 <= whole.value < 0.2 < 0.05 + gesture.value + whole.value + 0.2
    assert "training answer" in whole.source
    assert chance_level(rows, generator).value == 0


def test_chance_of_foreign_rows_is_the_commonest_answers_share() -> None:
    rows = [{"image": b"", "prefix": "?", "suffix": "ab"[number % 4 == 0]} for number in range(40)]
    found = chance_level(rows, "exact", [("", "a"), ("", "a"), ("", "b")])
    assert found.value == pytest.approx(0.75)
    luck = [{"image": b"", "prefix": "?", "suffix": str(number)} for number in range(40)]
    assert chance_level(luck, "exact", [("", str(number)) for number in range(40)]).value == 0


# --- verdicts ---------------------------------------------------------------------------------------------------------


def share(mean: float, rows: int = 300) -> Interval:
    return interval([1.0] * round(mean * rows) + [0.0] * (rows - round(mean * rows)))


FLAT = [CurvePoint(step, 1.22 + 0.001 * (step % 3)) for step in range(0, 400, 10)]
FALLING = [CurvePoint(step, 2.0 - step / 300) for step in range(0, 400, 10)]
LEARNED = [CurvePoint(step, 2.0 * 0.98**step + 1e-4) for step in range(0, 400, 10)]
RISING = [*LEARNED, *(CurvePoint(step, None, 0.2 + step / 1000) for step in range(0, 400, 40))]
SOME = [CurvePoint(step, 1 + 1.0 * 0.97**step) for step in range(0, 400, 10)]


@pytest.mark.parametrize(
    ("held", "control", "chance", "curve", "word", "told"),
    [
        (share(0.99), share(0.2), 0.17, LEARNED, "learned", "0.990"),
        (share(0.99), share(0.2), 0.17, FLAT, "learned", "0.990"),
        (share(0.99), share(0.5), 0.17, LEARNED, "control leaks", "without the signal"),
        (share(0.30), share(0.5), 0.17, FLAT, "control leaks", "without the signal"),
        (share(0.99), None, 0.17, LEARNED, "inconclusive", "no control"),
        (share(0.2), share(0.2), 0.17, FLAT, "inconclusive", "plateau near chance"),
        (share(0.2), share(0.2), 0.17, FALLING, "inconclusive", "loss still fell"),
        (share(0.5), share(0.2), 0.17, RISING, "inconclusive", "score still rose"),
        (share(0.2), share(0.2), 0.17, LEARNED, "inconclusive", "over-fitted"),
        (share(0.7), share(0.2), 0.17, SOME, "inconclusive", "plateau at a score of 0.7"),
        (share(0.2), share(0.2), 0.17, [], "inconclusive", "too short"),
        (share(0.95, 10), share(0.2), 0.8, LEARNED, "inconclusive", "ask more rows"),
        (share(0.95), share(0.3, 10), 0.17, LEARNED, "inconclusive", "control, 0.300"),
        (share(0.93, 100), share(0.9, 20), 0.8, LEARNED, "inconclusive", "ask more rows"),
        (share(0.995, 4000), share(0.93, 4000), 0.93, LEARNED, "learned", "0.995"),
        (share(0.89, 4000), share(0.2), 0.17, SOME, "inconclusive", "below the 0.900"),
    ],
)
def test_verdicts(
    held: Interval, control: Interval | None, chance: float, curve: list[CurvePoint], word: str, told: str
) -> None:
    found = verdict(held, control, chance, curve=curve)
    assert found.word == word, found.reasons
    assert any(told in reason.lower() for reason in found.reasons), found.reasons
    assert all(
        reason[0].isupper() and reason.endswith(".") and any(map(str.isdigit, reason))
        for reason in found.reasons
        if "too short" not in reason
    )
    assert json.loads(json.dumps(found.plain()))["word"] == word


def test_a_plateau_says_nothing_against_the_data() -> None:
    found = verdict(share(0.2), share(0.2), 0.17, curve=FLAT)
    assert found.word == "inconclusive" and "says nothing against the data" in " ".join(found.reasons)


def test_a_control_that_was_only_asked_is_called_weak() -> None:
    found = verdict(share(0.99), share(0.2), 0.17, control_trained=False)
    assert found.word == "learned" and "weak" in found.reasons[-1]


def test_another_score_and_threshold() -> None:
    whole = summarise(scored("gestures"))
    summary = replace(whole, scores={**whole.scores, "in_part": share(0.6)})
    found = verdict(summary, Interval(0.1, 0.05, 0.15, 100), 0.1, score="in_part", threshold=0.5)
    assert found.word == "learned" and "in_part" in found.reasons[0]


def test_a_score_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="did you mean overlap"):
        verdict(summarise(scored("gestures")), None, 0.1, score="overlaps")


def test_losses_that_are_no_numbers_are_left_out() -> None:
    found = verdict(
        share(0.2), share(0.2), 0.17, curve=[*FLAT, CurvePoint(395, math.nan), CurvePoint(396, None, math.nan)]
    )
    assert any("plateau" in reason for reason in found.reasons)
