"""The dataset card (README.md with YAML front matter) and the preview picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from synthink.build.card import origins, sentences
from synthink.build.card.balance import balance, chance
from synthink.build.card.blocks import TEMPLATES, proof_block, sealed
from synthink.build.card.citation import citation_blocks
from synthink.build.card.columns import columns_of
from synthink.build.card.croissant import NAME as CROISSANT
from synthink.build.card.croissant import croissant
from synthink.build.card.difficulty import cameras, difficulty
from synthink.build.card.front_matter import front_matter, languages, title, yaml_text
from synthink.build.formats import find_format
from synthink.build.plan import Plan
from synthink.build.shard import ShardRecord
from synthink.build.tally import Tally
from synthink.pages.markdown import Markdown, code_span, render_markdown
from synthink.pages.text import code_block, for_markdown
from synthink.previews.contact_sheet import contact_sheet
from synthink.previews.row import Row, row_for_preview
from synthink.version import VERSION

NAMES = ("README.md", "preview.png", CROISSANT)
PREVIEW_ROWS = 12
LONGEST_LINE = 100


def files(plan: Plan, shards: Sequence[ShardRecord], tally: Tally | None = None) -> dict[str, bytes]:
    """Name -> content of the card, its picture, and the description in Croissant.

    tally: the counts of all rows; None where there are none yet.
    """
    rows = preview_rows(plan)
    sheet = contact_sheet(plan.generator.columns, rows)
    text = sealed(_card(plan, shards, tally or Tally(), rows)).encode(errors="backslashreplace")
    return dict(zip(NAMES, (text, sheet, croissant(plan, languages(plan))), strict=True))


def preview_rows(plan: Plan) -> list[Row]:
    """Rows from all over the first split: those that follow each other may ask about one picture."""
    split = next(iter(plan.identity["splits"]))
    size = plan.splits[split]
    count = min(PREVIEW_ROWS, size)
    return [row_for_preview(plan.source.row(split, number * size // count)) for number in range(count)]


def _card(plan: Plan, shards: Sequence[ShardRecord], tally: Tally, rows: Sequence[Row]) -> str:
    identity, generator, form = plan.identity, plan.generator, find_format(plan.format)
    front = front_matter(plan, shards)
    if codes := languages(plan):
        front = {"language": codes, **front}
    left_out = form.columns_left_out(generator.columns)
    return render_markdown(
        TEMPLATES / "card.md.jinja",
        front=Markdown(yaml_text(front)),
        title=title(plan),
        summary=Markdown(for_markdown(generator.describe(), sentences.LONGEST_SUMMARY)),
        version=Markdown(VERSION),
        changes=sentences.changes(generator, plan.public_names),
        identity=identity,
        generator=code_span(identity["generator"]),
        parts=sentences.parts(plan),
        splits=sentences.splits(identity),
        sharing=sentences.sharing(plan),
        columns=columns_of(plan),
        left_out=sentences.left_out(left_out, form.holds),
        storage=sentences.storage(plan, shards, rows),
        proof=Markdown(proof_block(())),
        balance=balance(tally, generator),
        chance=chance(tally),
        difficulty=difficulty(tally, generator),
        cameras=cameras(tally),
        limits=list(generator.known_limits),
        people=sentences.people(plan),
        permission=sentences.permission(plan),
        code_files=sentences.code_files(plan),
        load_code=Markdown(', code="allow"' if "code" in identity else ""),
        split=Markdown(next(iter(identity["splits"]))),
        training=sentences.training(plan, rows),
        fields=Markdown(code_block(_json(identity["fields"]), "json")),
        own_fields=Markdown(code_block(_json(identity["own_splits"]), "json")) if "own_splits" in identity else "",
        licences=origins.licences(plan),
        citation=Markdown(citation_blocks(title(plan), identity)),
    )


def _json(fields: Mapping[str, Any]) -> str:
    """The fields as JSON in which nothing can be taken for HTML, or turns the text around it."""
    return "".join(
        char if char not in "<>&" and (char.isprintable() or char == "\n") else _escape(char) for char in _lines(fields)
    )


def _lines(value: Any, indent: str = "") -> str:
    """A value as JSON: on one line where that is short, else with a line for each item."""
    text = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(text) <= LONGEST_LINE or not value or not isinstance(value, Mapping | list | tuple):
        return text
    below = f"{indent} "
    if isinstance(value, Mapping):
        items = [
            f"{below}{json.dumps(name, ensure_ascii=False)}: {_lines(item, below)}" for name, item in value.items()
        ]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    return "[\n" + ",\n".join(f"{below}{_lines(item, below)}" for item in value) + f"\n{indent}]"


def _escape(char: str) -> str:
    return json.dumps(char)[1:-1] if ord(char) > 127 else f"\\u{ord(char):04x}"
