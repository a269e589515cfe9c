"""One shard, checked row by row: what is wrong with it, and what the checks over all shards need to know."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tarfile import TarError
from typing import Any

import numpy as np
import numpy.typing as npt
import threadpoolctl
from zlib_ng import zlib_ng

from synthink.build.formats import find_format
from synthink.build.manifest import Manifest
from synthink.build.received import Sources
from synthink.build.shard import ShardRecord
from synthink.build.stored_rows import Row, shard_rows
from synthink.core.generator import Generator
from synthink.core.source import Source
from synthink.draw.fields import picture_size
from synthink.draw.picture import decoded_with_checksum
from synthink.draw.shown import PictureError
from synthink.errors import AssetError
from synthink.files import digest_inside
from synthink.verify.duplicates import thumbnail
from synthink.verify.faults import Faults
from synthink.verify.folder_files import is_there
from synthink.verify.judges import LEFT_OUT, Judges
from synthink.verify.oracle import Finding
from synthink.verify.picture_check import picture_file_faults
from synthink.verify.redraw import Redraw
from synthink.verify.row_check import box_faults, column_faults, own_columns
from synthink.verify.sample import is_sampled

NEAR_ROWS = 20_000
"""The rows of each split that are compared for near duplicates."""
REPORT_ROWS = 10
"""Rows between two reports of how far a shard is checked."""
BRIEF = 100  # characters of a long text that are kept


@dataclass(frozen=True)
class Job:
    """A shard to check.

    start: the index of its first row in its split. split_rows: the rows of its split, and judged_rows: how many of
    these an oracle judges, spread evenly.
    """

    record: ShardRecord
    start: int
    split_rows: int
    judged_rows: int


@dataclass
class ShardFindings:
    """The findings about one shard. What grows with its rows: 8 bytes of `pixels` each, 3 kB for each of
    `thumbnails`, and the distinct values of `groups` and `answers`."""

    record: ShardRecord
    start: int
    rows: int = 0
    boxes_seen: int = 0
    shards: Faults = field(default_factory=Faults)
    """The faults of the shard as a whole and of its columns."""
    pictures: Faults = field(default_factory=Faults)
    boxes: Faults = field(default_factory=Faults)
    labels: Faults = field(default_factory=Faults)
    unsure: Faults = field(default_factory=Faults)
    judged: int = 0
    without_oracle: Counter[str] = field(default_factory=Counter)
    groups: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """(generator, asset field) -> the pieces of the asset's content that were drawn, in lower case."""
    pixels: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    """A number for each row that stands for its decoded pixels; 0 where there are none."""
    thumbnails: dict[int, npt.NDArray[np.float32]] = field(default_factory=dict)
    """By index in the split."""
    answers: Counter[str] = field(default_factory=Counter)
    shares: dict[str, Counter[str]] = field(default_factory=dict)
    """The counts of values by column of `balance_columns`: value -> the number of rows that have it."""


class ShardCheck:
    """Checks shards of one dataset, in whatever process it is called."""

    def __init__(
        self, folder: Path, manifest: Manifest, source: Source, redraw: Redraw, sources: Sources = "refuse"
    ) -> None:
        self.folder, self.manifest, self.source, self.generator = folder, manifest, source, source.generator
        self._left_out = find_format(manifest.identity["format"]).columns_left_out(source.generator.columns)
        self._judges = Judges(redraw, sources, self._left_out)

    def __call__(self, job: Job, report: Callable[[int], None]) -> ShardFindings:
        """Check a shard; `report` is called with numbers of rows that have been checked."""
        # Threads for an oracle's small products of matrices take three times what they save.
        with threadpoolctl.threadpool_limits(1, user_api="blas"):
            return self._check(job, report)

    def _check(self, job: Job, report: Callable[[int], None]) -> ShardFindings:
        record = job.record
        findings = ShardFindings(record, job.start)
        if not is_there(self.folder, record.file, findings.shards):
            return findings
        path = self.folder / record.file
        pixels: list[int] = []
        drawn = hashlib.sha256()
        try:
            if digest_inside(self.folder, record.file, record.bytes) != (record.sha256, record.bytes):
                findings.shards.add("other bytes than the manifest says", record.file)
            for row in shard_rows(self.folder, self.manifest, record):
                key, checksum = self._check_row(findings, job, row)
                pixels.append(key)
                drawn.update(checksum)
                findings.rows += 1
                if findings.rows % REPORT_ROWS == 0:
                    report(REPORT_ROWS)
            for kind, where in find_format(self.manifest.identity["format"]).layout_faults(
                path, self.generator.columns
            ):
                findings.shards.add(kind, where)
        except (AssetError, OSError, ValueError, KeyError, TypeError, TarError) as error:
            findings.shards.add("unreadable", str(error))
        else:
            if findings.rows != record.rows:
                findings.shards.add(f"{findings.rows} rows where the manifest says {record.rows}", record.file)
            if drawn.hexdigest() != record.pixels:
                findings.pictures.add(
                    "pictures that are not those that were drawn, as the manifest has it", record.file
                )
        report(findings.rows % REPORT_ROWS)
        findings.pixels = np.array(pixels, np.uint64)
        return findings

    def _check_row(self, findings: ShardFindings, job: Job, row: Row) -> tuple[int, bytes]:
        """Check one row; a number that stands for its pixels, and the checksum of what its picture's file was encoded
        from (0 and none where there is no picture)."""
        index = job.start + findings.rows
        name, expected = str(row.get("id")), row_id(self.generator, job.record.split, index)
        if name != expected:
            findings.shards.add(f"id where {expected} should be", name)
        faults = list(column_faults(self.generator.columns, row, self._left_out))
        for fault in faults:
            findings.shards.add(fault, name)
        try:
            picture, checksum = decoded_with_checksum(row["image"])
        except PictureError as error:
            findings.pictures.add(f"picture {error}", name)
            return 0, b""
        for fault in picture_file_faults(row["image"]):
            findings.pictures.add(fault, name)
        if is_sampled(index, job.split_rows, NEAR_ROWS):
            findings.thumbnails[index] = thumbnail(picture)
        if not faults:
            self._check_labels(findings, job, index, {**row, "image": picture})
        pixels = np.asarray(picture)
        key = int(zlib_ng.crc32(pixels)) << 32 | int(zlib_ng.adler32(pixels))
        return key, checksum.to_bytes(4, "little")

    def _check_labels(self, findings: ShardFindings, job: Job, index: int, row: Row) -> None:
        name = str(row["id"])
        count, faults = box_faults(self.generator.columns, row, row["image"].size)
        findings.boxes_seen += count
        for fault in faults:
            findings.boxes.add(fault, name)
        is_judged = is_sampled(index, job.split_rows, job.judged_rows)
        try:
            author = self.source.generator_of(job.record.split).drawn_by(row)
        except AssetError as error:
            if "part" not in self._left_out:
                findings.shards.add(str(error), name)
            elif is_judged:
                _add(findings, Finding("unsure", f"{LEFT_OUT} part"), name)
            return
        row, others = own_columns(self.generator.columns, author.columns, row)
        for column in others:
            findings.shards.add(f"{column} filled in, a column of another part of the mixture", name)
        _count(findings, author, row)
        wanted = getattr(author, "picture_px", None)
        if isinstance(wanted, int | tuple) and row["image"].size != picture_size(wanted):
            findings.pictures.add("picture of another size than picture_px", name)  # an oracle could need gigabytes
            return
        if not is_judged:
            return
        finding = self._judges.judge(author, row, job.record.split, index)
        if finding is None:
            findings.without_oracle[author.name] += 1
            return
        _add(findings, finding, name)


def row_id(generator: Generator, split: str, index: int) -> str:
    """The id of a row, by its place."""
    return f"{generator.name}-{split}-{index:07d}"


def _add(findings: ShardFindings, finding: Finding, name: str) -> None:
    """Note an oracle's finding about a row."""
    findings.judged += 1
    if finding.verdict == "wrong":
        findings.labels.add(finding.reason, name)
    elif finding.verdict == "unsure":
        findings.unsure.add(finding.reason, name)


def _count(findings: ShardFindings, author: Generator, row: Mapping[str, Any]) -> None:
    """Note the row's answer, its values in the columns that should balance, and the content that its split owns."""
    findings.answers[_brief(str(row.get("answer") or row["suffix"]))] += 1  # the answer without its sentence
    for column in author.balance_columns:
        if row.get(column):
            findings.shares.setdefault(column, Counter())[_brief(str(row[column]))] += 1
    for asset, column in author.split_columns.items():
        if row.get(column):
            findings.groups.setdefault((author.name, asset), set()).add(_brief(str(row[column]).casefold()))


def _brief(text: str) -> str:
    """A text, or what stands for a long one: a million of them are held in memory."""
    if len(text) <= 2 * BRIEF:
        return text
    return f"{text[:BRIEF]}... {hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
