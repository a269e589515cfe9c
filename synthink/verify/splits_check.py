"""No word, font, document or picture of one split occurs in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from synthink.build.manifest import Manifest
from synthink.core.generator import Generator
from synthink.core.source import Source
from synthink.verify.duplicates import nearly_same, stacked
from synthink.verify.faults import Faults
from synthink.verify.report import Check
from synthink.verify.shard_check import NEAR_ROWS, ShardFindings, row_id

Keys = npt.NDArray[np.uint64]


def splits_check(findings: Sequence[ShardFindings], manifest: Manifest, source: Source) -> Check:
    """Compare each two splits: the content that each should own alone, pictures, and pictures nearly the same.

    Splits that have the content of one split on purpose are not compared with each other.
    """
    splits = list(manifest.identity["splits"])
    faults, notes, compared = Faults(), list[str](), set[str]()
    pixels = {split: _pixels(findings, split) for split in splits}
    for one, other in combinations(splits, 2):
        if source.content_of(one) == source.content_of(other):
            notes.append(_relation(source, one, other, pixels))
            continue
        common_by_kind, shared = _common_content(findings, source.generator, one, other)
        compared |= common_by_kind.keys()
        for kind, common in common_by_kind.items():
            examples = ", ".join(sorted(common)[:5])
            if common and kind in shared:
                notes.append(f"{len(common)} of {kind} in {one} and {other}: {examples} (share_across_splits)")
            elif common:
                faults.add(f"{kind} in both {one} and {other}", examples)
        _compare_pictures(findings, source.generator, (one, other), pixels, faults)
    repeated = Faults()
    shared_on_purpose = "picture_number" in source.generator.columns
    if shared_on_purpose:
        notes.append("rows of one picture_number share a picture")
    for split in () if shared_on_purpose else splits:
        for first, second in _repeated(pixels[split]):
            repeated.add("same picture twice", f"{row_id(source.generator, split, second)} and {first}")
    notes += repeated.lines()
    contents = list(dict.fromkeys(map(source.content_of, splits)))
    if len(contents) == 1:
        return Check("splits", f"{', '.join(splits)} alone", notes=notes)
    if any(rows > NEAR_ROWS for rows in manifest.identity["splits"].values()):
        notes.append(f"near duplicates were sought among {NEAR_ROWS:,} rows of each split")
    summary = f"disjoint in {', '.join([*sorted(compared), 'pictures', 'near duplicates'])}"
    return Check("splits", summary, faults.lines(), notes=notes)


def _relation(source: Source, one: str, other: str, pixels: dict[str, Keys]) -> str:
    """How two splits with the same content belong together, by their definition."""
    if source.scenes_of(one) == source.scenes_of(other):
        return f"{one} and {other}: the same scenes, row for row, drawn with other fields"
    count = np.count_nonzero(np.intersect1d(pixels[one], pixels[other]))
    return f"{one} and {other}: the same content, other rows; {count:,} pictures are in both"


def _common_content(
    findings: Sequence[ShardFindings], generator: Generator, one: str, other: str
) -> tuple[dict[str, set[str]], set[str]]:
    """Kind of content -> what two splits have in common, and the kinds that they may share."""
    fields = [name for name, spec in generator.asset_fields().items() if spec.share_across_splits]
    common: dict[str, set[str]] = {}
    for key in sorted({key for shard in findings for key in shard.groups}):
        common.setdefault(key[1], set()).update(_groups(findings, one, key) & _groups(findings, other, key))
    return common, {kind for kind in common if any(name == kind or name.endswith(f".{kind}") for name in fields)}


def _groups(findings: Sequence[ShardFindings], split: str, key: tuple[str, str]) -> set[str]:
    return set().union(*(shard.groups.get(key, set()) for shard in findings if shard.record.split == split))


def _pixels(findings: Sequence[ShardFindings], split: str) -> Keys:
    """The numbers that stand for a split's pictures, by the rows' indices."""
    return np.concatenate(
        [np.zeros(0, np.uint64), *(shard.pixels for shard in findings if shard.record.split == split)]
    )


def _repeated(pixels: Keys) -> Iterator[tuple[int, int]]:
    """Pairs of rows with the same picture: the first that has it, and another."""
    order = np.argsort(pixels, kind="stable")
    sorted_pixels = pixels[order]
    same = np.flatnonzero((sorted_pixels[1:] == sorted_pixels[:-1]) & (sorted_pixels[1:] != 0)) + 1
    firsts = np.searchsorted(sorted_pixels, sorted_pixels[same])
    yield from zip(order[firsts].tolist(), order[same].tolist(), strict=True)


def _compare_pictures(
    findings: Sequence[ShardFindings],
    generator: Generator,
    splits: tuple[str, str],
    pixels: dict[str, Keys],
    faults: Faults,
) -> None:
    one, other = splits
    common, ones, others = np.intersect1d(pixels[one], pixels[other], return_indices=True)
    exact = set()
    for key, i, j in zip(common.tolist(), ones.tolist(), others.tolist(), strict=True):
        if key:
            exact.add((i, j))
            faults.add("the same picture", f"{row_id(generator, one, i)} and {row_id(generator, other, j)}")
    thumbnails = [
        {index: flat for shard in findings if shard.record.split == split for index, flat in shard.thumbnails.items()}
        for split in splits
    ]
    rows = [list(by_index) for by_index in thumbnails]
    ours, theirs = (stacked(list(by_index.values())) for by_index in thumbnails)
    for i, j in nearly_same(ours, theirs):
        pair = rows[0][i], rows[1][j]
        if pair not in exact:
            faults.add(
                "nearly the same picture", f"{row_id(generator, one, pair[0])} and {row_id(generator, other, pair[1])}"
            )
