"""A card's table of columns: name, type and meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from synthink.build.formats import find_format
from synthink.build.plan import Plan
from synthink.core.columns import OTHER_COLUMNS, is_of_strokes
from synthink.pages.markdown import Markdown, code_span

FIXED_MEANINGS = {
    "id": "the row's name: generator, split and number",
    "task": "the kind of question",
    "image": "the picture",
    "prefix": "what the model is asked",
    "suffix": "what it must answer",
    OTHER_COLUMNS: "the other columns as JSON",
}


class Column(NamedTuple):
    """A line of the table."""

    name: Markdown
    type: str
    meaning: str


def columns_of(plan: Plan) -> list[Column]:
    """The columns that readers of the plan's format are given; those inside a column are `json.word`."""
    columns = plan.generator.columns
    form = find_format(plan.format)
    meanings = {**plan.generator.column_meanings, **FIXED_MEANINGS}
    size = getattr(plan.generator, "size_px", None)
    if isinstance(size, tuple) and len(size) == 2:
        meanings["image"] = f"the picture, {size[0]} x {size[1]} px"
    strokes = {name for name, kind in columns.items() if is_of_strokes(kind)}
    return [
        Column(code_span(path), _type(column, strokes), meanings.get(column["name"], ""))
        for path, column in _leaves(form.card_features(columns))
    ]


def _leaves(columns: Iterable[Mapping[str, Any]], within: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for column in columns:
        path = f"{within}{column['name']}"
        if "struct" in column:
            yield from _leaves(column["struct"], f"{path}.")
        else:
            yield path, column


def _type(column: Mapping[str, Any], strokes: Iterable[str], name: str = "") -> str:
    """A column's YAML feature in a word."""
    name = column.get("name", name)
    if "sequence" in column:
        if "length" in column:
            return "point" if name in strokes else {4: "box", 8: "quad"}[column["length"]]
        inner = column["sequence"]
        return f"list of {inner if isinstance(inner, str) else _type(inner, strokes, name)}"
    return column["dtype"] if isinstance(column["dtype"], str) else "image"
