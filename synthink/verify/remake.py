"""Rows made again from the manifest: the same bytes, or the same pixels where only a codec's version differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from synthink.build.formats import find_format
from synthink.build.manifest import Manifest
from synthink.build.plan import CODECS, Plan, library_versions
from synthink.build.received import Sources
from synthink.build.stored_rows import Row, shard_rows
from synthink.draw.picture_file import PictureError, decode
from synthink.errors import AssetError, SourceNotOpened
from synthink.verify.shard_check import Faults, same


def remake(folder: Path, manifest: Manifest, count: int, sources: Sources = "refuse") -> tuple[Faults, list[str], int]:
    """Draw `count` rows again, evenly spread over the dataset, and compare them with the stored ones.

    Returns faults, notes, and the number of rows compared: none where the manifest names what may not be opened.
    """
    faults = Faults()
    notes: list[str] = []
    try:
        plan = manifest.opened(sources)
    except SourceNotOpened as error:
        return faults, [str(error)], 0
    versions = manifest.identity["versions"]
    here = library_versions()
    changed = sorted(name for name in {*versions, *here} if versions.get(name) != here.get(name))
    if plan.generator.version != manifest.identity["generator_version"]:
        drawn, installed = manifest.identity["generator_version"], plan.generator.version
        faults.add(f"generator version {drawn} made it, {installed} is installed", plan.generator.name)
        return faults, notes, 0
    if changed:
        changes = ", ".join(f"{name} {versions.get(name)} -> {here.get(name)}" for name in changed)
        notes.append(f"other versions here: {changes}")
    exact = not changed
    assets = plan.identity["assets"]
    for field, record in manifest.identity["assets"].items():
        if assets.get(field, {}).get("fingerprint") != record.get("fingerprint"):
            faults.add("other assets here", field)
    compared = 0
    for stored, remade in _pairs(folder, manifest, plan, count, faults):
        compared += 1
        _compare(faults, stored, remade, exact or set(changed) <= set(CODECS), exact)
    return faults, notes, compared


def _pairs(folder: Path, manifest: Manifest, plan: Plan, count: int, faults: Faults) -> Iterator[tuple[Row, Row]]:
    """(stored row, row made again), evenly spread; shards that cannot be read become faults."""
    total = sum(shard.rows for shard in manifest.shards)
    wanted = {i * total // min(count, total) for i in range(min(count, total))} if total else set()
    form = find_format(plan.format)
    records = {shard.file: shard for shard in manifest.shards}
    start = 0
    for shard in plan.shards:
        record = records.get(form.shard_name(shard))
        rows = shard.stop - shard.start
        chosen = {place - start for place in wanted if start <= place < start + rows}
        start += rows
        if record is None or not chosen or not (folder / record.file).exists():
            continue
        try:
            for offset, stored in enumerate(shard_rows(folder, manifest, record)):
                if offset in chosen:
                    yield stored, plan.source.row(shard.split, shard.start + offset)
                if offset >= max(chosen):
                    break
        except AssetError as error:
            faults.add("unreadable", str(error))


def _compare(faults: Faults, stored: Mapping[str, Any], remade: Mapping[str, Any], pixels: bool, exact: bool) -> None:
    name = str(stored.get("id"))
    for column, value in remade.items():
        if value is None and stored.get(column) == "":  # JSON lines have no gaps
            continue
        if column != "image" and column in stored and not same(stored[column], value):
            faults.add(f"{column} differs", name)
    picture = remade["image"]
    if exact and stored["image"] != picture.encode()[0]:
        faults.add("picture's bytes differ", name)
    elif pixels and not exact:
        try:
            equal = np.array_equal(np.asarray(decode(stored["image"])), np.asarray(decode(picture.encode()[0])))
        except PictureError:
            equal = False
        if not equal:
            faults.add("picture's pixels differ", name)
