"""What a card says of how its rows are spread: tasks, classes, answers, and what a guess is worth."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from synthink.build.tally import ANSWERS, CAMERA, CHANCE, MOST_VALUES, PART, SPREAD, TASK, Tally
from synthink.core.generator import Generator
from synthink.core.mixture import Mixture
from synthink.pages.markdown import Markdown, code_span, listed
from synthink.pages.text import for_markdown

SHOWN_VALUES = 12
"""The values of a column that a card names; the rest are counted together."""
SELDOM = 3
"""Answers that come less often than this on the average are not named."""


class Spread(NamedTuple):
    """A line about the values of a column."""

    name: Markdown
    values: Markdown


def balance(tally: Tally, generator: Generator) -> list[Spread]:
    """A line for each column that was counted: the part of a mixture and the tasks first, the answers last."""
    lines, varied = [], []
    tasks: Mapping[str, int] = tally.counts.get(TASK) or {}
    for name in sorted(tally.counts, key=lambda name: (name != PART, name != TASK, name.startswith(ANSWERS), name)):
        values, task = tally.counts[name], name.removeprefix(ANSWERS)
        if name.startswith((CHANCE, SPREAD)) or name == CAMERA or (name == TASK and len(tasks) == 1):
            continue
        hardly_repeat = values is None or (task != name and sum(values.values()) < SELDOM * len(values))
        named = code_span(name) if task == name else _answers([task], tasks)
        if hardly_repeat and task != name:
            varied.append(task)
        elif values is None:
            lines.append(Spread(named, Markdown(f"more than {MOST_VALUES} values")))
        else:
            lines.append(Spread(named, _values(name, values, generator)))
    return [*lines, Spread(_answers(varied, tasks), Markdown("they hardly repeat"))] if varied else lines


def _answers(tasks: Sequence[str], every: Collection[str]) -> Markdown:
    return Markdown("answers" if len(every) == 1 else f"answers to {listed(map(code_span, tasks))}")


def _values(name: str, values: Mapping[str, int], generator: Generator) -> Markdown:
    """The commonest values of a column, with their shares."""
    total = sum(values.values())
    leaves = generator.leaves if name == PART and isinstance(generator, Mixture) else ()
    names = {str(number): f"{leaf.name} ({number})" for number, leaf in enumerate(leaves)}
    common = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    shares = [
        f"{for_markdown(names.get(value, value)) or 'empty'} {share_text(count / total)}"
        for value, count in common[:SHOWN_VALUES]
    ]
    if others := common[SHOWN_VALUES:]:
        shares.append(f"{len(others):,} others {share_text(sum(count for _, count in others) / total)}")
    return listed(shares)


def chance(tally: Tally) -> Markdown:
    """How often the best guess is right that does not see the signal: the level of chance, task by task."""
    tasks = sorted(tally.counts.get(TASK) or {})
    shares = {task: share for task in tasks if (share := tally.chance(task)) is not None}
    unknown = [code_span(task) for task in tasks if task not in shares]
    if not shares:
        return Markdown("The level of chance, what a guess without the mark or ink is worth, is not known.")
    of_task = len(tasks) > 1
    known = listed(
        f"{share_text(share)} of the rows{f' of {code_span(task)}' * of_task}" for task, share in shares.items()
    )
    text = f"Without the mark or ink the best guess is right in {known}, which is the level of chance."
    return Markdown(f"{text} That of {listed(unknown)} is not known." if unknown else text)


def share_text(share: float) -> str:
    """A share in per cent."""
    return "less than 0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"
