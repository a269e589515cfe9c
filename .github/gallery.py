"""Writes generators/README.md, the gallery of what synthink draws: `python .github/gallery.py`.

Everything in it is read from the generators: summaries, fields, defaults, and a contact sheet of drawn rows. Each sheet
carries the digest of its rows' labels, so that a test can tell a sheet that shows older rows.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

import synthink
from synthink.cli.help import field_docs
from synthink.core.registry import find_generator
from synthink.previews.contact_sheet import contact_sheet
from synthink.settings import Settings, field_types

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "generators" / "README.md"
PICTURES = ROOT / ".github" / "pictures" / "gallery"
ROWS, ACROSS, SEED = 6, 6, 11

HEAD = """\
# Generators

What synthink draws: one file a generator, with the class, its fields, `draw`, and how answers are scored. `gestures`
and `ink_strokes` keep what they ask in a second file, `*_tasks.py`; what is written stands in `written_ink.py`.
What both generators of circled letters share, and what `circled_letters` may ask, lies in `circled_parts/`; the
mechanisms, displays, cases and print of `meters` in `meter_parts/`. The shortest complete one is `Dots`
in the [README](../README.md).

Generators import the facades `synthink`, `synthink.draw`, `.ink`, `.documents`, `.gestures`, `.assets`, `.labels` and
`.camera`, and nothing behind them, as yours would; import-linter holds it. To add one, write the file and name its
class in `pyproject.toml` under `[project.entry-points."synthink.generators"]`, as in
`clock = "synthink.generators.clock:Clock"`: this folder is installed as `synthink.generators`. Install again, and give
it cases in `tests/golden/cases.py`. Where labels can be told from pixels, write an oracle in `synthink/verify/oracles`,
too. The rules are in [CONTRIBUTING.md](../CONTRIBUTING.md).

Every answer has two scores. `correct`, by which verdicts go, wants the answer alone, or in one of the sentences that
were asked for. `correct_lenient` takes it out of whatever sentence it stands in, also a box, strokes or a reading,
whatever the case and the punctuation around it, but from no sentence that denies something or names several answers.

This page is made by `python .github/gallery.py`; a test compares it with the code.
"""
GENERATORS: dict[str, tuple[str, dict[str, Any]]] = {
    "circled_letters": (
        "synthink generate generator=circled_letters distractors='[circle,underline]' output=data/circled",
        {"distractors": ["circle", "underline"]},
    ),
    "circled_letters_grid": (
        "synthink generate experiment=blindtest output=data/blindtest",
        {},
    ),
    "ink_strokes": (
        "synthink generate generator=ink_strokes tasks='{recognise: 1, locate: 1, classify: 1}' output=data/ink",
        {"tasks": {"recognise": 1, "locate": 1, "classify": 1}},
    ),
    "meters": ("synthink generate generator=meters camera=device output=data/meters", {"camera": "device"}),
    "gestures": (
        "synthink generate generator=gestures tasks.detect_text=0 output=data/gestures",
        {"tasks": {"detect_text": 0}},
    ),
    "mixture": (
        "synthink generate generator=mixture output=data/mixed "
        "parts='[{generator: circled_letters, weight: 3}, {generator: ink_strokes}]'",
        {"parts": [{"generator": "circled_letters", "weight": 3}, {"generator": "ink_strokes"}]},
    ),
}
"""Generator -> its command, and the fields that the command sets."""


def dataset_of(name: str) -> synthink.RowDataset:
    """The rows on a generator's contact sheet."""
    return synthink.dataset(name, size=ROWS, seed=SEED, split="train", shares={"train": 1.0}, **GENERATORS[name][1])


def drawn_rows(dataset: synthink.RowDataset) -> list[dict[str, Any]]:
    """The rows of a dataset, with their pictures as the bytes of files."""
    rows = [dataset.source.row(dataset.split, number) for number in dataset.indices]
    return [{**row, "image": row["image"].encode()[0]} for row in rows]


def digest(rows: list[dict[str, Any]]) -> str:
    """SHA-256 of the labels of some rows."""
    labels = [{name: value for name, value in row.items() if name != "image"} for row in rows]
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()


def write_sheet(name: str) -> None:
    """Draw a generator's contact sheet, with the digest of its rows inside."""
    dataset = dataset_of(name)
    rows = drawn_rows(dataset)
    notes = PngImagePlugin.PngInfo()
    notes.add_text("rows", digest(rows))
    sheet = Image.open(io.BytesIO(contact_sheet(dataset.generator.columns, rows, ACROSS)))
    sheet.save(PICTURES / f"{name}.png", pnginfo=notes, optimize=True)


def page() -> str:
    """The text of generators/README.md."""
    return "\n".join([HEAD, *(section(name) for name in GENERATORS)])


def section(name: str) -> str:
    """A generator's part of the page: what it draws, its sheet, its command, its fields."""
    generator = find_generator(name)
    rows = ["| field | default | |", "|---|---|---|", *table_rows(generator)]
    return "\n".join(
        [
            f"## {name}\n",
            f"{generator.summary()}\n",
            f"![Rows of {name}](../.github/pictures/gallery/{name}.png)\n",
            f"```sh\n{GENERATORS[name][0]}\n```\n",
            "<details><summary>Fields</summary>\n",
            *rows,
            "\n</details>\n",
        ]
    )


def table_rows(cls: type[Settings], prefix: str = "") -> list[str]:
    """A table's row for each field; nested settings stand below the field that holds them."""
    docs, lines = field_docs(cls), []
    defaults = {
        field.name: field.default if field.default_factory is MISSING else field.default_factory()
        for field in fields(cls)  # type: ignore[arg-type]
    }
    for name, kind in field_types(cls).items():
        nested = isinstance(kind, type) and issubclass(kind, Settings)
        default = "" if nested or defaults[name] is MISSING else f"`{written(defaults[name])}`"
        text = (kind.__doc__ or "").strip().partition("\n")[0] if nested else docs.get(name, "")
        lines.append(f"| `{prefix}{name}` | {default} | {text.replace('|', '&#124;')} |")
        if nested:
            lines += table_rows(kind, f"{prefix}{name}.")
    return lines


def written(default: Any) -> str:
    """A default as it is typed on the command line, cut where it is long."""
    if isinstance(default, tuple):
        text = "[" + ", ".join(written(item) for item in default) + "]"
    elif default is None or isinstance(default, bool):
        text = {None: "null", True: "true", False: "false"}[default]
    else:
        text = f"{default:g}" if isinstance(default, float) else str(default)
    return text if len(text) <= 60 else f"{text[:57]}..."


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    for generator_name in GENERATORS:
        write_sheet(generator_name)
    PAGE.write_text(page(), encoding="utf-8")
