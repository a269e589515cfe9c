"""Checks of a finished dataset folder; none of them trusts the code that made it more than it must."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from synthink.build import manifest as manifests
from synthink.build.manifest import Manifest
from synthink.build.received import Sources
from synthink.build.shard import ShardRecord
from synthink.errors import AssetError
from synthink.processes import Send, WorkerDied, WorkerPool, cores
from synthink.verify.duplicates import nearly_same, stacked
from synthink.verify.remake import remake
from synthink.verify.shard_check import Faults, ShardFindings, check_shard

NEAR_ROWS = 20_000
"""The rows of each split that are compared for near duplicates."""
ONE_SIDED, MOSTLY = 0.9, 0.5
"""The share of the commonest answer that is a fault, and the one that is noted."""
FEWEST_ANSWERS = 20
"""With fewer answers than these, no share of one of them says anything."""

Job = tuple[Path, Manifest, ShardRecord, int, int, int]
"""The arguments of `check_shard`."""


@dataclass
class Check:
    """One line of the report: what was checked, what is wrong, and what is worth knowing."""

    name: str
    summary: str
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether the check found no fault."""
        return not self.faults


@dataclass
class Report:
    """The report that `synthink verify` prints."""

    folder: Path
    checks: list[Check]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    def __str__(self) -> str:
        width = max(len(check.name) for check in self.checks)
        lines = []
        for check in self.checks:
            lines.append(f"{'ok  ' if check.passed else 'FAIL'}  {check.name:<{width}}  {check.summary}")
            lines += [f"{'':{width + 8}}{line}" for line in (*check.faults, *(f"note: {note}" for note in check.notes))]
        verdict = "every check passed" if self.passed else "this dataset has faults"
        return "\n".join([*lines, f"{self.folder}: {verdict}"])


def verify(
    folder: Path,
    rows: int | None = None,
    remake_rows: int = 100,
    progress: Callable[[int], None] = lambda rows: None,
    sources: Sources = "refuse",
) -> Report:
    """Check a finished dataset folder: its files, rows, labels, splits and balance, and whether it can be made again.

    rows: how many rows of each split the oracle judges (None: all). remake_rows: how many rows, of all splits together,
    are drawn again and compared. progress: called with numbers of rows that have been checked. sources: whether what
    the manifest names is opened, to draw rows again. Raises `AssetError` when the folder has no readable manifest.
    """
    manifest = manifests.load(folder)
    findings = _all_shards(folder, manifest, rows, progress)
    return Report(
        folder,
        [
            _shards(findings, manifest),
            _of_rows("pictures", "decoded", findings, lambda shard: shard.pictures),
            _of_rows("boxes", "inside their pictures", findings, lambda shard: shard.boxes),
            _labels(findings),
            _splits(findings, manifest),
            _balance(findings),
            _remade(folder, manifest, remake_rows, sources),
        ],
    )


def _all_shards(
    folder: Path, manifest: Manifest, rows: int | None, progress: Callable[[int], None]
) -> list[ShardFindings]:
    jobs: list[Job] = []
    reached: Counter[str] = Counter()
    for shard in manifest.shards:
        start = reached[shard.split]
        reached[shard.split] += shard.rows
        judged = shard.rows if rows is None else max(0, min(shard.rows, rows - start))
        jobs.append((folder, manifest, shard, start, judged, max(0, min(shard.rows, NEAR_ROWS - start))))
    workers = min(len(jobs), cores())
    if workers <= 1:
        return [_counted(check_shard(*job), progress) for job in jobs]
    findings: dict[str, ShardFindings] = {}
    for job, result in WorkerPool(_check, workers).map(jobs):
        if isinstance(result, WorkerDied):
            raise AssetError(f"{folder / job[2].file}: the process that checked it died ({result}); out of memory?")
        findings[job[2].file] = _counted(result, progress)
    return [findings[shard.file] for shard in manifest.shards]


def _check(job: Job, report: Send) -> ShardFindings:
    return check_shard(*job)


def _counted(findings: ShardFindings, progress: Callable[[int], None]) -> ShardFindings:
    progress(findings.rows)
    return findings


def _merged(findings: Sequence[ShardFindings], part: Callable[[ShardFindings], Faults]) -> Faults:
    faults = Faults()
    for shard in findings:
        faults.merge(part(shard))
    return faults


def _shards(findings: Sequence[ShardFindings], manifest: Manifest) -> Check:
    faults = _merged(findings, lambda shard: shard.checksum)
    faults.merge(_merged(findings, lambda shard: shard.schema))
    rows_of_split: Counter[str] = Counter()
    for shard in findings:
        rows_of_split[shard.record.split] += shard.rows
    for split, rows in manifest.identity["splits"].items():
        if rows_of_split[split] != rows:
            faults.add(f"{rows_of_split[split]} rows where the manifest says {rows}", split)
    counts = ", ".join(f"{split} {rows:,}" for split, rows in rows_of_split.items())
    return Check("shards", f"{len(findings)} files, checksums, ids, columns; {counts}", faults.lines())


def _of_rows(name: str, what: str, findings: Sequence[ShardFindings], part: Callable[[ShardFindings], Faults]) -> Check:
    rows = sum(shard.rows for shard in findings)
    return Check(name, f"{rows:,} {what}", _merged(findings, part).lines())


def _labels(findings: Sequence[ShardFindings]) -> Check:
    wrong, unsure = _merged(findings, lambda shard: shard.labels), _merged(findings, lambda shard: shard.unsure)
    judged = sum(shard.judged for shard in findings)
    missing = sum((shard.without_oracle for shard in findings), Counter[str]())
    abstained = unsure.counts.total()
    right = judged - abstained - wrong.counts.total()
    counts = f"{right:,} right, {wrong.counts.total():,} wrong, {abstained:,} unsure"
    summary = f"{judged:,} judged from their pixels: {counts}"
    notes = [f"unsure: {line}" for line in unsure.lines()]
    notes += [f"no oracle for {name}: {rows:,} rows were not judged" for name, rows in missing.items()]
    return Check("labels", summary, wrong.lines(), notes)


def _splits(findings: Sequence[ShardFindings], manifest: Manifest) -> Check:
    generator = manifest.plan().generator
    shared = {name for name, spec in generator.asset_fields().items() if spec.share_across_splits}
    splits = list(manifest.identity["splits"])
    faults, notes, compared = Faults(), [], set()
    for one, other in combinations(splits, 2):
        for key in sorted({key for shard in findings for key in shard.groups}):
            common = _groups(findings, one, key) & _groups(findings, other, key)
            compared.add(key[1])
            if common:
                text = f"{len(common)} of {key[1]} in {one} and {other}: {', '.join(sorted(common)[:5])}"
                if any(name == key[1] or name.endswith(f".{key[1]}") for name in shared):
                    notes.append(f"{text} (share_across_splits)")
                else:
                    faults.add(f"{key[1]} in both {one} and {other}", ", ".join(sorted(common)[:5]))
        _same_pictures(findings, one, other, faults)
    notes += _merged(findings, lambda shard: shard.repeated).lines()
    if any(rows > NEAR_ROWS for rows in manifest.identity["splits"].values()):
        notes.append(f"near duplicates were sought among the first {NEAR_ROWS:,} rows of each split")
    summary = f"disjoint in {', '.join([*sorted(compared), 'pictures', 'near duplicates'])}"
    return Check("splits", summary, faults.lines(), notes)


def _groups(findings: Sequence[ShardFindings], split: str, key: tuple[str, str]) -> set[str]:
    return set().union(*(shard.groups.get(key, set()) for shard in findings if shard.record.split == split))


def _same_pictures(findings: Sequence[ShardFindings], one: str, other: str, faults: Faults) -> None:
    pixels: list[dict[int, str]] = [{}, {}]
    thumbnails: list[list[Any]] = [[], []]
    names: list[list[str]] = [[], []]
    for side, split in enumerate((one, other)):
        for shard in findings:
            if shard.record.split == split:
                pixels[side].update(shard.pixels)
                thumbnails[side] += shard.thumbnails
                names[side] += shard.thumbnail_ids
    exact = pixels[0].keys() & pixels[1].keys()
    for key in sorted(exact):
        faults.add("the same picture", f"{pixels[0][key]} and {pixels[1][key]}")
    known = {(pixels[0][key], pixels[1][key]) for key in exact}
    for i, j in nearly_same(stacked(thumbnails[0]), stacked(thumbnails[1])):
        if (names[0][i], names[1][j]) not in known:
            faults.add("nearly the same picture", f"{names[0][i]} and {names[1][j]}")


def _balance(findings: Sequence[ShardFindings]) -> Check:
    answers = sum((shard.answers for shard in findings), Counter[str]())
    total = answers.total()
    if not total:
        return Check("balance", "no rows", ["nothing to count"])
    commonest, count = answers.most_common(1)[0]
    entropy = -sum(n / total * math.log(n / total) for n in answers.values())
    summary = (
        f"{len(answers):,} distinct answers, as many as {math.exp(entropy):.1f} equally frequent ones; "
        f"commonest {commonest!r} {count / total:.1%}"
    )
    is_small = total < FEWEST_ANSWERS
    faults = [f"{commonest!r} is nearly always the answer"] if count / total > ONE_SIDED and not is_small else []
    notes = (
        [f"{commonest!r} is the answer of most rows"] if not faults and count / total > MOSTLY and not is_small else []
    )
    for column in dict.fromkeys(column for shard in findings for column in shard.shares):
        shares = sum((shard.shares.get(column, Counter()) for shard in findings), Counter[str]())
        percentages = ", ".join(f"{value} {count / shares.total():.1%}" for value, count in sorted(shares.items()))
        notes.append(f"{column}: {percentages}")
    return Check("balance", summary, faults, notes)


def _remade(folder: Path, manifest: Manifest, count: int, sources: Sources) -> Check:
    faults, notes, compared = remake(folder, manifest, count, sources)
    return Check("made again", f"{compared:,} rows drawn again from the manifest and compared", faults.lines(), notes)
