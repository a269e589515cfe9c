"""The dataset card (README.md with YAML front matter) and the preview picture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from synthink.build.changed_fields import changed_fields
from synthink.build.formats import find_format
from synthink.build.licence import card_fields
from synthink.build.plan import Plan
from synthink.build.received import ReceivedSource
from synthink.build.shard import ShardRecord
from synthink.core.columns import OTHER_COLUMNS
from synthink.pages.text import code_block, for_markdown
from synthink.previews.contact_sheet import contact_sheet
from synthink.previews.row import row_for_preview

NAMES = ("README.md", "preview.png")
PREVIEW_ROWS = 12
LONGEST_CODE = 20_000
"""The most characters by which the files of a generator's code are told."""
LONGEST_SUMMARY, LONGEST_CHANGE, MOST_CHANGES = 2000, 120, 30
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))


def files(plan: Plan, shards: Sequence[ShardRecord]) -> dict[str, bytes]:
    """The contents of `README.md` and `preview.png`."""
    split = next(iter(plan.identity["splits"]))
    count = min(PREVIEW_ROWS, plan.splits[split])
    rows = [row_for_preview(plan.source.row(split, index)) for index in range(count)]
    sheet = contact_sheet(plan.generator.columns, rows)
    return {"README.md": text(plan, shards), "preview.png": sheet}


def text(plan: Plan, shards: Sequence[ShardRecord]) -> bytes:
    """The content of `README.md`."""
    return _card(plan, shards).encode(errors="backslashreplace")


def yaml_text(front: Mapping[str, Any]) -> str:
    """The front matter of a card as YAML."""
    import yaml

    return str(yaml.safe_dump(front, sort_keys=False, allow_unicode=True))


def _card(plan: Plan, shards: Sequence[ShardRecord]) -> str:
    front = yaml_text(front_matter(plan, shards))
    identity = plan.identity
    name = identity["generator"]
    form = find_format(plan.format)
    left_out = form.columns_left_out(plan.generator.columns)
    columns = "\n".join(_column_lines(form.card_features(plan.generator.columns)))
    return f"""---
{front}---

# {for_markdown(_title(plan))}

{for_markdown(plan.generator.describe(), LONGEST_SUMMARY)}
{_changed_fields(plan)}
![rows of the dataset](preview.png)

Made by synthink {identity["synthink"]}, generator `{name}` version \
{identity["generator_version"]}. Every label was read off what was drawn.

{sizes(identity)}

No {_owned(plan)} of one split occurs in another{_but_own(identity)}, unless the configuration below shares them.

## Columns

| column | type |
|---|---|
{columns}
{_not_stored(left_out, form.holds)}
Boxes are left, top, right, bottom in pixels, the origin at the top-left corner of the top-left pixel, right and bottom
exclusive; quads are the corners x, y from the top left onwards, clockwise.

## Make it again

```sh
synthink generate from=synthink.json{_permission(plan)} output=../again
```

makes the same bytes with the library versions in `synthink.json`{_code(plan)}. In Python, the rows and the generator \
that drew them:

```python
import synthink

rows, generator = synthink.load("."{', code="allow"' if "code" in identity else ""})
```

## Configuration

Seed {identity["seed"]}, split seed {identity["split_seed"]}.

{code_block(_json(identity["fields"]), "json")}
{_own_fields(identity)}
## Licences

The dataset: {for_markdown(plan.licence)}. What it was made from:

{_licences(identity["assets"])}
"""


def front_matter(plan: Plan, shards: Sequence[ShardRecord]) -> dict[str, Any]:
    """The card's data for the hub and `load_dataset`. The plan's assets need not be there."""
    splits = plan.sizes
    size = {split: sum(shard.bytes for shard in shards if shard.split == split) for split in splits}
    form = find_format(plan.format)
    patterns = [{"split": split, "path": form.data_files(split)} for split in splits]
    rows = sum(splits.values())
    front: dict[str, Any] = {
        **card_fields(plan.licence),
        "pretty_name": _title(plan),
        "task_categories": ["visual-question-answering", "image-to-text"],
        "tags": ["synthetic", "synthink", plan.generator.name],
        "size_categories": [next((label for limit, label in _SIZES if rows < limit), "n>10M")],
    }
    if all(pattern["path"] for pattern in patterns):
        front["configs"] = [{"config_name": "default", "data_files": patterns}]
    if "configs" in front:
        front["dataset_info"] = {
            "features": form.card_features(plan.generator.columns),
            "splits": [{"name": split, "num_bytes": size[split], "num_examples": splits[split]} for split in splits],
            "download_size": sum(size.values()),
            "dataset_size": sum(size.values()),
        }
    return front


def _title(plan: Plan) -> str:
    return plan.generator.name.replace("_", " ").capitalize()


def _permission(plan: Plan) -> str:
    """The words that have `from=` run and open what the manifest names, where it names code, files or addresses."""
    opens = bool(ReceivedSource(plan.generator).not_opened)
    return " code=allow" * ("code" in plan.identity) + " sources=allow" * opens


def _changed_fields(plan: Plan) -> str:
    """A paragraph of the fields that are other than by default; empty where none is."""
    changes = [f"{name}={value}" for name, value in changed_fields(plan.generator, plan.public_names).items()]
    if not changes:
        return ""
    more = f" and {len(changes) - MOST_CHANGES:,} more" if len(changes) > MOST_CHANGES else ""
    listed = ", ".join(for_markdown(change, LONGEST_CHANGE) for change in changes[:MOST_CHANGES])
    return f"\nOther than by default: {listed}{more}.\n"


def _not_stored(columns: Sequence[str], holds: str) -> str:
    names = ", ".join(f"`{name}`" for name in columns)
    return f"\nThis format holds {holds}, and leaves out {names}.\n" if columns else ""


def _code(plan: Plan) -> str:
    """The files that hold the code of generators that no package brings along, in the middle of a sentence."""
    digests: dict[str, str] = {}
    for code in plan.identity.get("code", {}).values():
        digests |= {code["file"]: code["sha256"], **code.get("helpers", {})}
    files = [f"{file} with the SHA-256 {digest}" for file, digest in digests.items()]
    return f" and the generator's code: {for_markdown(', '.join(files), LONGEST_CODE)}" if files else ""


def sizes(identity: Mapping[str, Any]) -> str:
    """The table of splits; of those of one's own it says whose content they have, and which fields differ."""
    own = identity.get("own_splits", {})
    head = ["| split | rows | what is drawn |", "|---|---|---|"] if own else ["| split | rows |", "|---|---|"]
    notes = {split: _difference(split, one["like"], list(one["fields"])) for split, one in own.items()}
    return "\n".join(
        [*head, *(f"| {split} | {rows:,} |{_cell(notes, split)}" for split, rows in identity["splits"].items())]
    )


def _cell(notes: Mapping[str, str], split: str) -> str:
    return f" {notes.get(split, '')} |" if notes else ""


def _difference(split: str, like: str, fields: Sequence[str]) -> str:
    """How a split with a definition of its own differs from the split that it is like."""
    named = " and ".join(f"`{field}`" for field in fields)
    if split == like:
        return f"with {named} of its own"
    if fields:
        return f"the scenes of `{like}`, row for row, with {named} of its own"
    return f"rows of its own, with the content of `{like}`"


def _own_fields(identity: Mapping[str, Any]) -> str:
    """The definitions of splits of one's own, after the configuration that they differ from."""
    own = identity.get("own_splits")
    return f"\nSplits with a definition of their own:\n\n{code_block(_json(own), 'json')}\n" if own else ""


def _but_own(identity: Mapping[str, Any]) -> str:
    """The exception of splits that have the content of another one."""
    others = [split for split, own in identity.get("own_splits", {}).items() if own["like"] != split]
    return f", but for {' and '.join(f'`{split}`' for split in others)} as the table says" if others else ""


def _owned(plan: Plan) -> str:
    kinds = [opened.kind.rstrip("s") for opened in plan.source.assets.values()]
    return " or ".join(kinds) if kinds else "row"


def _column_lines(columns: Iterable[Mapping[str, Any]], within: str = "") -> Iterator[str]:
    """The lines of the table of columns; those inside a column are `json.word`."""
    for column in columns:
        name = f"{within}{column['name']}"
        if "struct" in column:
            yield from _column_lines(column["struct"], f"{name}.")
        else:
            note = ", the other columns as JSON" if name == OTHER_COLUMNS else ""
            yield f"| `{name}` | {_kind(column)}{note} |"


def _kind(column: Mapping[str, Any]) -> str:
    """A column's YAML feature in a word."""
    if "sequence" in column:
        if "length" in column:
            return {4: "box", 8: "quad"}[column["length"]]
        inner = column["sequence"]
        return f"list of {inner if isinstance(inner, str) else _kind(inner)}"
    return column["dtype"] if isinstance(column["dtype"], str) else "image"


def _licences(assets: Mapping[str, Any]) -> str:
    lines = []
    for field, record in assets.items():
        for licence in record.get("licences", []):
            text = ", ".join(map(str, licence.values())) if isinstance(licence, Mapping) else str(licence)
            lines.append(f"* {for_markdown(field)}: {for_markdown(text)}")
    return "\n".join(lines) or "* nothing but code"


def _json(fields: Mapping[str, Any]) -> str:
    """The fields as JSON in which nothing can be taken for HTML, or turns the text around it."""
    text = json.dumps(fields, indent=1, ensure_ascii=False)
    return "".join(
        char if char not in "<>&" and (char.isprintable() or char == "\n") else _escape(char) for char in text
    )


def _escape(char: str) -> str:
    return json.dumps(char)[1:-1] if ord(char) > 127 else f"\\u{ord(char):04x}"
