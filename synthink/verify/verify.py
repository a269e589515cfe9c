"""All checks of a dataset folder, one after the other, and their report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from synthink.build import manifest as manifests
from synthink.build.executors import Executor
from synthink.build.executors.local import LocalExecutor
from synthink.build.manifest import Manifest
from synthink.build.received import Code, Sources
from synthink.core.source import Source
from synthink.errors import quoted
from synthink.processes import WorkerDied
from synthink.progress import Stages
from synthink.verify.card_check import card_faults
from synthink.verify.faults import Faults
from synthink.verify.folder_files import file_faults, missing
from synthink.verify.redraw import open_redraw
from synthink.verify.remake import remade
from synthink.verify.report import Check, Report
from synthink.verify.shard_check import Job, ShardCheck, ShardFindings
from synthink.verify.splits_check import splits_check

ROWS = 2000
"""The rows of each split that the oracle judges, unless more or fewer are asked for."""
UNSURE = 0.02
"""The share of judged rows of which the oracle may be unsure."""
ONE_SIDED, MOSTLY = 0.9, 0.5
"""The share of the commonest answer that is a fault, and the one that is noted."""
FEWEST_ANSWERS = 20
"""With fewer answers than these, no share of one of them says anything."""


def verify(
    folder: Path,
    rows: int | None = ROWS,
    remake_rows: int | None = 100,
    unsure: float = UNSURE,
    sources: Sources = "refuse",
    code: Code = "refuse",
    *,
    progress: Stages = lambda stage, count, total: None,
    executor: Executor | None = None,
) -> Report:
    """Check a finished dataset folder: its files, rows, labels, splits and balance, and whether it can be made again.

    rows: how many rows of each split the oracle judges, spread evenly (None: all). remake_rows: how many rows, of all
    splits together, are drawn again and compared (None: all). unsure: the share of judged rows of which the oracle may
    be unsure before the labels count as not proved. sources: whether what the manifest names is opened, to draw rows
    again. code: whether the file of its generator is run. executor: where shards are read and judged; None: in
    processes of this machine. Raises `AssetError` when the folder has no readable manifest, `SourceNotOpened` when the
    code of its generator must not be run, and `ConfigError` when its generator or format is not installed here.
    """
    manifest = manifests.load(folder)
    plan = manifest.plan(sources, code)
    redraw = open_redraw(manifest, sources, code)
    check = ShardCheck(folder, manifest, plan.source, redraw, sources)
    total = sum(shard.rows for shard in manifest.shards)
    remake_rows = total if remake_rows is None else remake_rows
    jobs = _jobs(manifest, rows)
    absent = missing(folder, [job.record.file for job in jobs])
    to_read = [job for job in jobs if job.record.file not in absent]
    advance = partial(_advance, progress, "reading and judging", total)
    findings = _all_shards(check, to_read, advance, executor or LocalExecutor(), manifest.file)
    findings += _missing([job for job in jobs if job.record.file in absent])
    progress("comparing splits", 0, total)
    splits = splits_check(findings, manifest, plan.source)
    again = partial(_advance, progress, "drawing again", min(remake_rows, total))
    files, notes = file_faults(folder, manifest, plan)
    files.merge(card_faults(folder, manifest, plan))
    return Report(
        folder,
        [
            Check("files", f"those that readers are given, as {plan.format}", files.lines(), notes=notes),
            _shards(findings, manifest),
            _pictures(findings),
            _boxes(findings),
            _labels(findings, unsure),
            splits,
            _balance(findings),
            remade(folder, manifest, redraw, remake_rows, again),
        ],
    )


def verify_shards(folder: Path, findings: Sequence[ShardFindings], unsure: float = UNSURE) -> Report:
    """The report about some shards of a dataset that is still being made: their files, pictures, boxes and labels."""
    shards = _merged(findings, lambda shard: shard.shards)
    files = Check("shards", f"{len(findings)} files, checksums, ids, columns", shards.lines())
    return Report(folder, [files, _pictures(findings), _boxes(findings), _labels(findings, unsure)])


def verify_sent(manifest: Manifest, source: Source, findings: Sequence[ShardFindings]) -> Report:
    """The report about a dataset whose shards were checked one by one and have left the disk. findings: about them all,
    but for those that a run which was killed did not keep."""
    report = verify_shards(manifest.file.parent, findings)
    lost = len(manifest.shards) - len(findings)
    if lost:
        reason = f"{lost:,} of {len(manifest.shards):,} shards left the disk before, and what was found in them is gone"
        return Report(report.folder, [*report.checks, Check("splits", "not compared", unproved=[reason])])
    places = {shard.file: place for place, shard in enumerate(manifest.shards)}
    in_order = sorted(findings, key=lambda shard: places[shard.record.file])
    return Report(report.folder, [*report.checks, splits_check(in_order, manifest, source), _balance(findings)])


def _advance(progress: Stages, stage: str, total: int, count: int) -> None:
    progress(stage, count, total)


def _jobs(manifest: Manifest, rows: int | None) -> list[Job]:
    sizes: Counter[str] = Counter()
    for shard in manifest.shards:
        sizes[shard.split] += shard.rows
    jobs: list[Job] = []
    reached: Counter[str] = Counter()
    for shard in manifest.shards:
        size = sizes[shard.split]
        jobs.append(Job(shard, reached[shard.split], size, size if rows is None else rows))
        reached[shard.split] += shard.rows
    return jobs


def _all_shards(
    check: ShardCheck, jobs: Sequence[Job], progress: Callable[[int], None], executor: Executor, file: Path
) -> list[ShardFindings]:
    """The findings of all shards, in order. What kills a process that reads a shard is that shard's fault."""
    findings: dict[int, ShardFindings] = {}
    first_of: dict[str, ShardFindings] = {}
    counts = Counter[int]()

    def advance(job: Job, count: int) -> None:
        counts[id(job)] += count
        progress(count)

    with closing(executor.call(check, jobs, advance, file)) as results:
        for job, result in results:
            advance(job, job.record.rows - counts[id(job)])
            if isinstance(result, WorkerDied):
                findings[id(job)] = ShardFindings(job.record, job.start)
                fault = f"unreadable: its process died ({result}); out of memory?"
                findings[id(job)].shards.add(fault, job.record.file)
            else:
                findings[id(job)] = result
                _hold_once(result, first_of.setdefault(result.record.split, result))
    return [findings[id(job)] for job in jobs]


def _hold_once(findings: ShardFindings, first: ShardFindings) -> None:
    """Move the distinct values of a shard to another one of its split: a thousand shards would each hold the same."""
    if findings is first:
        return
    for key, values in findings.groups.items():
        first.groups.setdefault(key, set()).update(values)
    first.answers.update(findings.answers)
    findings.groups, findings.answers = {}, Counter()


def _missing(jobs: Sequence[Job]) -> list[ShardFindings]:
    """The findings about shards whose files are not there, together: there can be a hundred thousand of them."""
    if not jobs:
        return []
    findings = ShardFindings(jobs[0].record, jobs[0].start)
    for job in jobs:
        findings.shards.add("missing file", job.record.file)
    return [findings]


def _merged(findings: Sequence[ShardFindings], part: Callable[[ShardFindings], Faults]) -> Faults:
    faults = Faults()
    for shard in findings:
        faults.merge(part(shard))
    return faults


def _shards(findings: Sequence[ShardFindings], manifest: Manifest) -> Check:
    faults = _merged(findings, lambda shard: shard.shards)
    rows_of_split: Counter[str] = Counter()
    for shard in findings:
        rows_of_split[shard.record.split] += shard.rows
    for split, rows in manifest.identity["splits"].items():
        if rows_of_split[split] != rows:
            faults.add(f"{rows_of_split[split]} rows where the manifest says {rows}", split)
    counts = ", ".join(f"{split} {rows:,}" for split, rows in rows_of_split.items())
    unproved = [] if rows_of_split.total() else ["there are no rows"]
    return Check("shards", f"{len(manifest.shards)} files, checksums, ids, columns; {counts}", faults.lines(), unproved)


def _pictures(findings: Sequence[ShardFindings]) -> Check:
    rows = sum(shard.rows for shard in findings)
    faults = _merged(findings, lambda shard: shard.pictures)
    return Check("pictures", f"{rows:,} decoded and compared with what was drawn", faults.lines())


def _boxes(findings: Sequence[ShardFindings]) -> Check:
    count = sum(shard.boxes_seen for shard in findings)
    faults = _merged(findings, lambda shard: shard.boxes)
    return Check("boxes", f"{count:,} inside their pictures" if count else "none are stored", faults.lines())


def _labels(findings: Sequence[ShardFindings], most_unsure: float) -> Check:
    wrong, unsure = _merged(findings, lambda shard: shard.labels), _merged(findings, lambda shard: shard.unsure)
    judged, rows = sum(shard.judged for shard in findings), sum(shard.rows for shard in findings)
    missing = sum((shard.without_oracle for shard in findings), Counter[str]())
    abstained = unsure.counts.total()
    right = judged - abstained - wrong.counts.total()
    counts = f"{right:,} right, {wrong.counts.total():,} wrong, {abstained:,} unsure"
    unproved = [f"no oracle for {name}: {count:,} rows were not judged" for name, count in missing.items()]
    if not judged and not missing:
        unproved.append("no row was judged")
    if judged and abstained > most_unsure * judged:
        unproved.append(
            f"the oracle is unsure of {abstained / judged:.1%} of the rows, more than {most_unsure:.1%} (unsure=)"
        )
    notes = [f"unsure: {line}" for line in unsure.lines()]
    summary = f"{judged:,} of {rows:,} judged from their pixels: {counts}"
    return Check("labels", summary, wrong.lines(), unproved, notes)


def _balance(findings: Sequence[ShardFindings]) -> Check:
    answers = Counter[str]()
    for shard in findings:
        answers.update(shard.answers)  # `sum` would copy what there is so far for each shard
    total = answers.total()
    if not total:
        return Check("balance", "no answers", unproved=["nothing to count"])
    commonest, count = min(answers.items(), key=lambda item: (-item[1], item[0]))
    entropy = -sum(n / total * math.log(n / total) for n in answers.values())
    summary = (
        f"{len(answers):,} distinct answers, as many as {math.exp(entropy):.1f} equally frequent ones; "
        f"commonest {quoted(commonest)} {count / total:.1%}"
    )
    is_small = total < FEWEST_ANSWERS
    faults = [f"{quoted(commonest)} is nearly always the answer"] if count / total > ONE_SIDED and not is_small else []
    notes = (
        [f"{quoted(commonest)} is the answer of most rows"]
        if not faults and count / total > MOSTLY and not is_small
        else []
    )
    for column in dict.fromkeys(column for shard in findings for column in shard.shares):
        shares = sum((shard.shares.get(column, Counter()) for shard in findings), Counter[str]())
        percentages = ", ".join(f"{value} {count / shares.total():.1%}" for value, count in sorted(shares.items()))
        notes.append(f"{column}: {percentages}")
    return Check("balance", summary, faults, notes=notes)
