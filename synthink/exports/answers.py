"""Answers with boxes in another format of labels: what the generator would have written with that `label_format`.

A box in an answer is looked up among the boxes of the row's columns, which are exact, so that nothing is rounded twice.
An answer with places that are no box of its row (the strokes of `derender`) has no form in another format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from synthink.build.stored_rows import Row
from synthink.core.columns import stored
from synthink.draw.geometry import Box
from synthink.exports.dataset import boxes_of
from synthink.labels import LABEL_FORMATS, Label, LabelFormat, Places, format_box, format_label, parse_label

OWN_FORMAT = "paligemma"
"""The format of places in answers of generators that have no field `label_format`."""
_TOKEN = re.compile(r"<loc_?[0-9]+>")


def rewritten(
    answer: str, row: Row, columns: Mapping[str, Any], size_px: tuple[int, int], source: str, target: str
) -> str | None:
    """The answer with its boxes in the format `target`, in place of `source`; None where it has places that are no
    boxes of the row."""
    if source == target:
        return answer
    form = LABEL_FORMATS[source]
    candidates = list(_candidates(row, columns))
    label = parse_label(answer, size_px, source)
    if label is not None:
        places = _nearest(form.numbers(label.places, size_px), candidates, form, size_px)
        if places is not None:
            return format_label(Label(label.gesture, places, label.text), size_px, target)
    parts: list[str] = []
    end = 0
    for match in _box_pattern(source).finditer(answer):
        numbers = [int(number) for number in match.groups()]
        places = _nearest(numbers, candidates, form, size_px)
        if places is not None:
            parts += [answer[end : match.start()], format_box(places, size_px, target)]
            end = match.end()
        elif form.bins:
            return None
    rest = [*parts[::2], answer[end:]]
    return None if any(map(_TOKEN.search, rest)) else "".join([*parts, answer[end:]])


def _candidates(row: Row, columns: Mapping[str, Any]) -> Iterator[Places]:
    """The boxes of a row, and the middles of each two that stand in one column, as gestures between two places have
    them."""
    yield from (box for _, _, box in boxes_of(columns, row))
    for column, kind in columns.items():
        value = row.get(column)
        if value is not None and stored(kind) == list[Box] and len(value) == 2:
            one, other = Box(*value[0]), Box(*value[1])
            yield (*one.centre, *other.centre)


def _nearest(
    numbers: Sequence[int], candidates: Sequence[Places], form: LabelFormat, size_px: tuple[int, int]
) -> Places | None:
    """The place whose numbers are these, or one off: columns hold float32."""
    best, least = None, 2
    for places in candidates:
        off = max(abs(one - other) for one, other in zip(form.numbers(places, size_px), numbers, strict=True))
        if off < least:
            best, least = places, off
    return best


@cache
def _box_pattern(name: str) -> re.Pattern[str]:
    """The pattern of a box alone in a text, with a group for each number."""
    form = LABEL_FORMATS[name]
    if form.bins:
        return form.box_pattern
    template = f'{{"{form.key}": {form.write}}}' if form.json else form.write
    pattern = re.escape(template).replace(r"\{\}", "([0-9]{1,6})")
    return re.compile(rf"(?<![0-9]){pattern}(?![0-9])")
