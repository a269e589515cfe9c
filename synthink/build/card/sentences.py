"""What a card says of a plan in sentences: its parts, its splits and what they share, storage, commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from types import MappingProxyType
from typing import Any, NamedTuple

from synthink.build.card.changed_fields import changed_fields
from synthink.build.formats import find_format
from synthink.build.plan import Plan
from synthink.build.received import ReceivedSource
from synthink.build.shard import ShardRecord
from synthink.core.generator import Generator
from synthink.core.mixture import Mixture, Part
from synthink.pages.markdown import Markdown, code_span, listed
from synthink.pages.text import for_markdown
from synthink.previews.row import Row
from synthink.progress import size_text

LONGEST_SUMMARY, LONGEST_CHANGE, MOST_CHANGES = 2000, 120, 30
LONGEST_CODE = 20_000
"""The most characters in which the files of a generator's code are named."""
WIDE_BYTES, MOST_WIDE = 200, 4
"""The characters of a row from which a column is wide, and the most of such columns that are named."""
MODEL_SIDES_PX = (224, 448, 896)
"""The sides of the pictures that PaliGemma 2 takes."""


class PartLine(NamedTuple):
    """A line of the table of a mixture's parts."""

    generator: Markdown
    version: str
    weight: str
    summary: Markdown


def parts(plan: Plan) -> list[PartLine]:
    """The parts of a mixture, in the order of the column `part`; none where it is no mixture."""
    mixture = plan.generator
    return list(_parts(mixture, plan.public_names, "")) if isinstance(mixture, Mixture) else []


def _parts(mixture: Mixture, names: Mapping[str, str], above: str) -> Iterator[PartLine]:
    for part, generator in zip(mixture.parts, mixture.generators, strict=True):
        weight = f"{above}{_weight(part)}"
        if isinstance(generator, Mixture):
            yield from _parts(generator, names, f"{weight} of it: ")
        else:
            about, changed = for_markdown(generator.describe(), LONGEST_SUMMARY), changes(generator, names)
            summary = Markdown(f"{about} Other than by default: {changed}." if changed else about)
            yield PartLine(code_span(generator.name), str(generator.version), weight, summary)


def _weight(part: Part) -> str:
    if not part.schedule:
        return f"{part.weight:g}"
    return ", ".join(f"{weight:g} at row {number:,}" for number, weight in part.schedule)


class SplitLine(NamedTuple):
    """A line of the table of splits."""

    split: str
    rows: str
    note: Markdown


def changes(generator: Generator, names: Mapping[str, str] = MappingProxyType({})) -> Markdown:
    """The fields that are other than by default, in the middle of a sentence; empty where none is, and for a mixture,
    whose parts have a table. names: what stands in place of paths."""
    if isinstance(generator, Mixture):
        return Markdown("")
    changed = [f"{name}={value}" for name, value in changed_fields(generator, names).items()]
    more = f" and {len(changed) - MOST_CHANGES:,} more" if len(changed) > MOST_CHANGES else ""
    return Markdown(", ".join(for_markdown(change, LONGEST_CHANGE) for change in changed[:MOST_CHANGES]) + more)


def splits(identity: Mapping[str, Any]) -> list[SplitLine]:
    """The splits, with the content and the fields of those that have a definition of their own."""
    own = identity.get("own_splits", {})
    notes = {split: _difference(split, one["like"], list(one["fields"])) for split, one in own.items()}
    return [SplitLine(split, f"{rows:,}", notes.get(split, Markdown(""))) for split, rows in identity["splits"].items()]


def _difference(split: str, like: str, fields: Sequence[str]) -> Markdown:
    """How a split with a definition of its own differs from the split that it is like."""
    named = listed(map(code_span, fields))
    if split == like:
        return Markdown(f"with {named} of its own")
    if fields:
        return Markdown(f"the scenes of `{like}`, row for row, with {named} of its own")
    return Markdown(f"rows of its own, with the content of `{like}`")


def sharing(plan: Plan) -> Markdown:
    """The sentences about what no two splits have in common, and what they share."""
    specs = plan.generator.asset_fields()
    own: dict[str, None] = {}
    shared: dict[str, None] = {}
    for field, opened in plan.source.assets.items():
        (shared if specs[field].share_across_splits else own)[opened.kind] = None
    owned = listed([*(kind.rstrip("s") for kind in own)] or ["row"], "or")
    others = [split for split, one in plan.identity.get("own_splits", {}).items() if one["like"] != split]
    but = f", but for {listed(f'`{split}`' for split in others)} as the table says" if others else ""
    text = f"No {owned} of one split occurs in another{but}."
    return Markdown(f"{text} All splits draw from the same {listed(shared)}." if shared else text)


def left_out(columns: Sequence[str], holds: str) -> Markdown:
    """The columns that the format has no room for; empty where it takes all."""
    names = listed(map(code_span, columns))
    return Markdown(f"This format holds {holds}, and leaves out {names}." if columns else "")


def storage(plan: Plan, shards: Sequence[ShardRecord], rows: Sequence[Row]) -> Markdown:
    """The bytes that a row takes, those of its picture and of its widest columns, and how the format keeps them."""
    total = sum(shard.rows for shard in shards)
    if not total or not rows:
        return Markdown("")
    form = find_format(plan.format)
    row_bytes = sum(shard.bytes for shard in shards) / total
    picture_bytes = sum(len(row["image"]) for row in rows) / len(rows)
    text = f"A row takes {size_text(row_bytes)} on disk; the pictures above average {size_text(picture_bytes)}."
    names = plan.generator.columns.keys() - form.columns_left_out(plan.generator.columns)
    widths = {name: sum(len(str(row[name])) for row in rows) / len(rows) for name in sorted(names)}
    wide = [name for name in sorted(widths, key=lambda name: -widths[name]) if widths[name] >= WIDE_BYTES][:MOST_WIDE]
    if wide:
        columns = listed(f"{code_span(name)} with {size_text(widths[name])}" for name in wide)
        text += f" The widest columns besides, as plain text before they are compressed: {columns}."
    return Markdown(f"{text} {form.about}" if form.about else text)


def people(plan: Plan) -> str:
    """The sentence about persons in the rows: something is known where only our own assets and generators were used."""
    leaves = plan.generator.leaves if isinstance(plan.generator, Mixture) else (plan.generator,)
    brought = any(spec.outside() for spec in plan.generator.asset_fields().values())
    if brought or not all(type(leaf).__module__.startswith("synthink.generators.") for leaf in leaves):
        return (
            "Files or code of those who made this dataset went into it: whether they tell of persons, they have to say."
        )
    made_up = "names, addresses and numbers are made up, but for words that the configuration lists"
    return f"No picture, page or handwriting of a person is in the rows: programs drew them, and {made_up}."


def permission(plan: Plan) -> Markdown:
    """The words that have `from=` run and open what the manifest names, where it names code, files or addresses."""
    opens = bool(ReceivedSource(plan.generator).not_opened)
    return Markdown(" code=allow" * ("code" in plan.identity) + " sources=allow" * opens)


def code_files(plan: Plan) -> Markdown:
    """The files that hold the code of generators that no package brings along, in the middle of a sentence."""
    digests: dict[str, str] = {}
    for code in plan.identity.get("code", {}).values():
        digests |= {code["file"]: code["sha256"], **code.get("helpers", {})}
    names = [f"{file} with the SHA-256 {digest}" for file, digest in digests.items()]
    return Markdown(f" and the generator's code: {for_markdown(', '.join(names), LONGEST_CODE)}" if names else "")


def training(plan: Plan, rows: Sequence[Row]) -> list[Markdown]:
    """The commands that train a model on the dataset and ask it; the latter alone where there is no split `train`."""
    words = permission(plan).replace(" sources=allow", "")
    held_out = next((split for split in ("test", "validation") if split in plan.sizes), next(iter(plan.sizes)))
    if "train" not in plan.sizes:
        return [Markdown(f"synthink evaluate dataset=. split={held_out} predictor=gemini rows=100{words}")]
    model = f"model=paligemma2_3b_{_model_px(rows)}"
    return [
        Markdown(f"synthink train dataset=. {model} output=../run{words}"),
        Markdown(f"synthink evaluate dataset=. checkpoint=../run split={held_out}{words}"),
    ]


def _model_px(rows: Sequence[Row]) -> int:
    """The side of the model's pictures that loses the least of the rows' pictures."""
    from PIL import Image

    longest = max((max(Image.open(BytesIO(row["image"])).size) for row in rows), default=0)
    return next((side for side in MODEL_SIDES_PX if longest <= side), MODEL_SIDES_PX[-1])
