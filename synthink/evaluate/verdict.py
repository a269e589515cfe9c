"""Whether a dataset teaches what it claims: learned, the control leaks, or inconclusive.

A model that learns shows that a dataset can be learned; one that does not shows nothing about the dataset, only that
this budget was not enough. So there is no verdict "bad data" but for a control that answers without the signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from synthink.errors import ConfigError, did_you_mean
from synthink.evaluate.curves import CurvePoint, course
from synthink.evaluate.intervals import Interval
from synthink.evaluate.intervals import figure as f
from synthink.evaluate.summary import Summary

Word = Literal["learned", "control leaks", "inconclusive"]

MARGIN = 0.08  # above chance: what counts as clear
THRESHOLD = 0.9  # a held-out score from which on a skill counts as learned
WIDE = 0.2  # of an interval from which more rows are asked for
MEMORISED = 0.1  # of the first loss, or of a nat: where training answers are known by heart
LENIENT = "correct_lenient"  # the score of answers that are taken out of whatever sentence they stand in
FORM = 0.05  # by which that is above the strict score: where the form of answers is what is wrong
GAP = 0.1  # below the threshold: where held-out rows are clearly worse


@dataclass(frozen=True)
class Verdict:
    """The word, and the reasons: one sentence each, with its numbers, and first the one that decided."""

    word: Word
    reasons: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """The verdict as JSON types."""
        return {**asdict(self), "reasons": list(self.reasons)}


def verdict(
    held_out: Summary | Interval,
    control: Summary | Interval | None,
    chance: float,
    *,
    curve: Sequence[CurvePoint] = (),
    control_trained: bool = True,
    score: str = "correct",
    threshold: float = THRESHOLD,
    margin: float = MARGIN,
) -> Verdict:
    """The verdict on a run, from its score on held-out rows.

    control: the score of a model that learned from, and was asked about, pictures without their signal or, with
    `control_trained=False`, of the run's own model asked without it; None where there is none. chance: the score 0..1
    of somebody who guesses. curve: the run's loss and validation score by step. score: the name of the score that
    counts in a summary. threshold: the score that held-out rows must reach. margin: how far above chance is clear.

    Raises `ConfigError` where a summary has no such score.
    """
    held, out = _interval(held_out, score), _interval(control, score)
    assert held is not None, "held-out rows are always there"
    clear = min(margin, (1 - chance) / 2)  # where chance is high there is less room above it
    facts = f"held-out {score} is {held} on {held.rows} rows; chance is {f(chance)}"
    if out is not None and out.low > chance + clear:
        leak = (
            f"without the signal {score} is still {out} on {out.rows} rows, over {f(clear)} above chance, {f(chance)}"
        )
        return Verdict("control leaks", (_sentence(leak), _sentence(f"pictures or questions tell answers; {facts}")))
    doubts = _doubts(held, out, chance, clear, threshold, score)
    if not doubts:
        assert out is not None
        reasons = [
            f"{facts}, and {f(threshold)} was asked for",
            f"without the signal {score} is {out} on {out.rows} rows",
        ]
        if not control_trained:
            reasons.append(_weak(out))
        return Verdict("learned", tuple(map(_sentence, reasons)))
    doubts += _course(held, chance, clear, threshold, curve)
    if out is not None and not control_trained:
        doubts.append(_weak(out))
    return Verdict("inconclusive", tuple(map(_sentence, [facts, *doubts])))


def _doubts(
    held: Interval, out: Interval | None, chance: float, clear: float, threshold: float, score: str
) -> list[str]:
    """What stands between a run and `learned`."""
    doubts = []
    if held.mean < threshold:
        doubts.append(f"held-out {score}, {f(held.mean)}, is below the {f(threshold)} that was asked for")
    if held.low <= chance + clear:
        doubts.append(
            f"the held-out lower bound, {f(held.low)}, is not clearly above chance, {f(chance)} and {f(clear)}"
        )
    if held.high - held.low > WIDE or (held.mean > chance + clear >= held.low):
        doubts.append(f"the interval is {f(held.high - held.low)} wide on {held.rows} rows: ask more rows")
    if out is None:
        doubts.append(f"no control is at hand, so that {f(held.mean)} may have been reached without the signal")
    else:
        if out.mean > chance + clear:
            doubts.append(f"the control, {out} on {out.rows} rows, may lie above chance, {f(chance)}: ask more rows")
        if held.low <= out.high:
            doubts.append(
                f"the held-out lower bound, {f(held.low)}, is not above the control's upper bound, {f(out.high)}"
            )
    return doubts


def _course(held: Interval, chance: float, clear: float, threshold: float, curve: Sequence[CurvePoint]) -> list[str]:
    """What the training curve says about a run that did not get there."""
    if held.mean >= threshold:
        return []
    run = course(curve)
    if run is None:
        return ["the training curve is too short to say whether more steps would help"]
    if run.score_rise is not None and run.score_rise > 0.03:
        return [f"the validation score still rose by {f(run.score_rise)} in the last quarter of {run.steps} steps"]
    if run.last <= max(MEMORISED * run.first, MEMORISED / 10) and held.mean < threshold - GAP:
        return [
            f"over-fitted: the training loss fell from {f(run.first)} to {f(run.last)} while held-out rows stay at "
            f"{f(held.mean)}; give it more rows"
        ]
    if run.falls:
        return [f"the loss still fell from {f(run.before)} to {f(run.last)} in the last quarter of {run.steps} steps"]
    place = "near chance" if held.mean <= chance + clear else f"at a score of {f(held.mean)}"
    return [
        f"a plateau {place}: the loss was {f(run.last)} in the last quarter of {run.steps} steps and {f(run.before)} "
        "before, which says nothing against the data; give it more steps or a larger model"
    ]


def form_remark(held_out: Summary, score: str = "correct") -> str:
    """A sentence that says how much better answers are when they are read leniently; empty where that is little, or
    where the verdict goes by another score than the strict one."""
    lenient, strict = held_out.scores.get(LENIENT), held_out.scores["correct"]
    if score != "correct" or lenient is None or lenient.mean - strict.mean < FORM:
        return ""
    return (
        f"Read leniently, {f(lenient.mean)} of the answers are right, and {f(strict.mean)} in the form asked for: "
        "see the wrong answers, and answers or prompts of the generator."
    )


def _weak(out: Interval) -> str:
    return f"the control is a weak one, {f(out.mean)} by a model that was trained with the signal and asked without it"


def _interval(source: Summary | Interval | None, score: str) -> Interval | None:
    if not isinstance(source, Summary):
        return source
    if score not in source.scores:
        raise ConfigError("score", score, f"these answers have no such score; {did_you_mean(score, source.scores)}")
    return source.scores[score]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
