"""Answers that stand in sentences: whether a row's suffix is one of its generator's templates around its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

PLACE = "{answer}"
OTHER_SENTENCE = "the suffix is not the answer in one of its sentences"

Templates = Mapping[str, tuple[str, ...]]
"""Task -> the templates of its answers; the empty name stands for every other task."""


def templates_of(generator: Any, fields: Sequence[str] = ("answers",)) -> Templates:
    """The templates of a generator's answers, in fields that hold them by task or for all other tasks; empty where all
    of its answers stand alone."""
    templates: dict[str, tuple[str, ...]] = {}
    for field in fields:
        answers = getattr(generator, field, None)
        if answers is not None:
            templates |= {"": tuple(answers)} if isinstance(answers, tuple | list) else vars(answers)
    return templates if any(sentence != PLACE for own in templates.values() for sentence in own) else {}


def without_sentence(row: Mapping[str, Any], templates: Templates) -> Mapping[str, Any] | None:
    """The row with its answer alone as suffix; None where the suffix is no sentence around its answer."""
    suffix = row.get("suffix")
    if not templates or suffix is None:
        return row
    own = templates.get(str(row.get("task")), templates.get("", ()))
    for sentence in sorted(own, key=len, reverse=True):
        before, after = sentence.split(PLACE)
        answer = row.get("answer", suffix[len(before) : len(suffix) - len(after)])
        if suffix == before + answer + after:
            return {**row, "suffix": answer}
    return None
