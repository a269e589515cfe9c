"""One shard, checked row by row: what is wrong with it, and what the checks over all shards need to know."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from zlib_ng import zlib_ng

from synthink.build.manifest import Manifest
from synthink.build.shard import ShardRecord
from synthink.build.stored_rows import Row, shard_rows
from synthink.core.columns import stored
from synthink.core.generator import Generator
from synthink.draw.geometry import Box, InkPoint, Quad
from synthink.draw.picture_file import PictureError, decode
from synthink.errors import AssetError
from synthink.files import digest
from synthink.verify.duplicates import thumbnail
from synthink.verify.judges import Judges
from synthink.verify.oracle import Finding

if TYPE_CHECKING:
    from PIL import Image

EXAMPLES = 5
"""The faulty rows of each kind that are named."""


@dataclass
class Faults:
    """Faulty rows by kind: how many, and the first few by id."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, example: str) -> None:
        """Count one more fault of that kind; `example` is the row's id, or says where it is."""
        self.counts[kind] += 1
        self.examples.setdefault(kind, [])
        if len(self.examples[kind]) < EXAMPLES:
            self.examples[kind].append(example)

    def merge(self, other: Faults) -> None:
        """Add the faults of another shard."""
        self.counts.update(other.counts)
        for kind, examples in other.examples.items():
            self.examples[kind] = [*self.examples.get(kind, []), *examples][:EXAMPLES]

    def lines(self) -> list[str]:
        """A line for each kind, the commonest first."""
        return [f"{count:,} x {kind}: {', '.join(self.examples[kind])}" for kind, count in self.counts.most_common()]


@dataclass
class ShardFindings:
    """The faults that the check of one shard found, by kind."""

    record: ShardRecord
    rows: int = 0
    checksum: Faults = field(default_factory=Faults)
    schema: Faults = field(default_factory=Faults)
    pictures: Faults = field(default_factory=Faults)
    boxes: Faults = field(default_factory=Faults)
    labels: Faults = field(default_factory=Faults)
    unsure: Faults = field(default_factory=Faults)
    judged: int = 0
    without_oracle: Counter[str] = field(default_factory=Counter)
    groups: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """(generator, asset field) -> the pieces of the asset's content that were drawn, in lower case."""
    pixels: dict[int, str] = field(default_factory=dict)
    """CRC-32 and size of the decoded picture in one number -> the first row's id."""
    repeated: Faults = field(default_factory=Faults)
    thumbnails: list[npt.NDArray[np.float32]] = field(default_factory=list)
    thumbnail_ids: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    shares: dict[str, Counter[str]] = field(default_factory=dict)
    """The counts of values by column of `balance_columns`: value -> the number of rows that have it."""


def check_shard(
    folder: Path, manifest: Manifest, shard: ShardRecord, start: int, judge_rows: int, thumbnails: int
) -> ShardFindings:
    """Check a shard whose first row has index `start` in its split.

    The oracle judges its first `judge_rows` rows; the first `thumbnails` rows are kept for the search for near
    duplicates.
    """
    findings = ShardFindings(shard)
    path = folder / shard.file
    if not path.exists():
        findings.checksum.add("missing file", shard.file)
        return findings
    try:
        if digest(path) != (shard.sha256, shard.bytes):
            findings.checksum.add("other bytes than the manifest says", shard.file)
    except OSError as error:
        findings.checksum.add(f"unreadable: {error.strerror}", shard.file)
        return findings
    generator = manifest.plan().generator
    judges = Judges(manifest)
    flat = manifest.identity["format"] == "jsonl"
    try:
        for row in shard_rows(folder, manifest, shard):
            _check_row(findings, generator, judges, row, start + findings.rows, judge_rows, thumbnails, flat)
            findings.rows += 1
    except AssetError as error:
        findings.schema.add("unreadable", str(error))
        return findings
    if findings.rows != shard.rows:
        findings.schema.add(f"{findings.rows} rows where the manifest says {shard.rows}", shard.file)
    return findings


def _check_row(
    findings: ShardFindings,
    generator: Generator,
    judges: Judges,
    row: Row,
    index: int,
    judge_rows: int,
    thumbnails: int,
    flat: bool,
) -> None:
    """Check one row; a `flat` format has no columns but text."""
    name = str(row.get("id"))
    expected = f"{generator.name}-{findings.record.split}-{index:07d}"
    if name != expected:
        findings.schema.add(f"id where {expected} should be", name)
    if not _check_columns(findings, generator, row, flat):
        return
    picture = _check_picture(findings, row, findings.rows < thumbnails)
    if picture is None:
        return
    _check_boxes(findings, generator.columns, row, picture, name)
    author = generator.drawn_by(row)
    _count(findings, author, row)
    if findings.rows < judge_rows:
        finding = judges.judge(author, {**row, "image": picture}, findings.record.split, index)
        _note(findings, author, finding, name)


def _check_columns(findings: ShardFindings, generator: Generator, row: Row, flat: bool) -> bool:
    """Whether the row has every column, of its type."""
    name, complete = str(row.get("id")), True
    for column, kind in {"task": str, "prefix": str, "suffix": str, **generator.columns}.items():
        if column not in row:
            if kind is str or not flat:
                findings.schema.add(f"no column {column}", name)
                complete = False
        elif row[column] is not None and not _is(stored(kind), row[column]):
            findings.schema.add(f"{column} of another type", name)
            complete = False
    return complete


def _check_picture(findings: ShardFindings, row: Row, with_thumbnail: bool) -> Image.Image | None:
    """The row's picture, noted for the search for duplicates; None when it cannot be decoded."""
    name = str(row.get("id"))
    try:
        picture = decode(row["image"])
    except PictureError as error:
        findings.pictures.add(f"picture {error}", name)
        return None
    pixels = np.asarray(picture)
    key = int(zlib_ng.crc32(pixels)) << 32 | int(zlib_ng.adler32(pixels))
    if key in findings.pixels:
        findings.repeated.add("same picture twice", f"{name} and {findings.pixels[key]}")
    findings.pixels.setdefault(key, name)
    if with_thumbnail:
        findings.thumbnails.append(thumbnail(picture))
        findings.thumbnail_ids.append(name)
    return picture


def _count(findings: ShardFindings, author: Generator, row: Row) -> None:
    """Note the row's answer, its values in the columns that should balance, and the content that its split owns."""
    findings.answers[row["suffix"]] += 1
    for column in author.balance_columns:
        if row.get(column):
            findings.shares.setdefault(column, Counter())[str(row[column])] += 1
    for asset, column in author.split_columns.items():
        if row.get(column):
            findings.groups.setdefault((author.name, asset), set()).add(row[column].casefold())


def _note(findings: ShardFindings, author: Generator, finding: Finding | None, name: str) -> None:
    """Count what an oracle found in a row, or that there is none."""
    if finding is None:
        findings.without_oracle[author.name] += 1
        return
    findings.judged += 1
    if finding.verdict == "wrong":
        findings.labels.add(finding.reason, name)
    elif finding.verdict == "unsure":
        findings.unsure.add(finding.reason, name)


def _check_boxes(
    findings: ShardFindings, columns: Mapping[str, Any], row: Row, picture: Image.Image, name: str
) -> None:
    width, height = picture.size
    for column, kind in columns.items():
        value, kind = row.get(column), stored(kind)
        if value is None or kind not in (Box, list[Box]):
            continue
        for left, top, right, bottom in [value] if kind is Box else value:
            if not (0 <= left < right <= width and 0 <= top < bottom <= height):
                findings.boxes.add(f"{column} empty or outside the picture", name)
                break


def _is(kind: Any, value: Any) -> bool:
    """Whether a value that was read back is of a column's type."""
    if kind in (Box, Quad):
        size = 4 if kind is Box else 8
        return isinstance(value, list) and len(value) == size and bool(np.isfinite(value).all())
    if kind is InkPoint:
        return isinstance(value, list) and len(value) == 4 and all(map(math.isfinite, (*value[:2], *_known(value[2:]))))
    if kind is bool:
        return isinstance(value, bool)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is str:
        return isinstance(value, str)
    inner = kind.__args__[0]
    return isinstance(value, list) and all(_is(inner, item) for item in value)


def _known(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def same(one: Any, other: Any) -> bool:
    """Whether two column values are equal once both went through JSON."""
    return bool(json.loads(json.dumps(one)) == json.loads(json.dumps(other)))
