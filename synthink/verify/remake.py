"""Rows made again from the manifest: the same bytes, or the same pixels where only a codec's version differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from synthink.build.manifest import MANIFEST, Manifest
from synthink.build.stored_rows import Row, shard_rows
from synthink.core.source import Source
from synthink.draw.picture_file import decode
from synthink.draw.shown import PictureError
from synthink.errors import AssetError, SynthinkError
from synthink.verify.faults import Faults
from synthink.verify.folder_files import is_there
from synthink.verify.judges import unproved_columns
from synthink.verify.redraw import Redraw
from synthink.verify.report import Check
from synthink.verify.row_check import same
from synthink.verify.sample import sampled

Progress = Callable[[int], None]


def remade(folder: Path, manifest: Manifest, redraw: Redraw, count: int, progress: Progress) -> Check:
    """Draw `count` rows again, evenly spread over the dataset, and compare them with the stored ones."""
    faults, other_pixels = Faults(), Faults()
    for name in redraw.other_records:
        faults.add("other records of what the rows were drawn from than it has here", f"{MANIFEST}: assets.{name}")
    compared = 0
    if redraw.source is not None:
        for stored, drawn in _pairs(folder, manifest, redraw.source, count, faults):
            compared += 1
            _compare(stored, drawn, redraw, faults, other_pixels)
            progress(1)
    notes = [f"{name} {versions}, by which pixels or bytes may differ" for name, versions in redraw.changed.items()]
    if compared < sum(shard.rows for shard in manifest.shards):
        notes += _unproved(unproved_columns(manifest.plan().generator), compared)
    return Check(
        "made again",
        f"{compared:,} rows drawn again from the manifest and compared",
        faults.lines(),
        [*_not_compared(redraw, compared, count), *other_pixels.lines()],
        notes,
    )


def _unproved(columns: Sequence[str], compared: int) -> Iterator[str]:
    if columns:
        yield f"compared {f'in these {compared:,} rows only' if compared else 'nowhere'}: {', '.join(columns)}"


def _not_compared(redraw: Redraw, compared: int, count: int) -> Iterator[str]:
    if redraw.source is None:
        yield f"no row was drawn again: {redraw.reason}"
    elif not compared:
        yield "no row was drawn again: " + ("remake=0" if count == 0 else "none could be read")


def _pairs(folder: Path, manifest: Manifest, source: Source, count: int, faults: Faults) -> Iterator[tuple[Row, Row]]:
    """(stored row, row made again), evenly spread; shards that cannot be read become faults."""
    total = sum(shard.rows for shard in manifest.shards)
    reached = 0
    starts: dict[str, int] = {}
    for record in manifest.shards:
        first = starts.get(record.split, 0)
        chosen = [row - reached for row in sampled(reached, reached + record.rows, total, count)]
        reached += record.rows
        starts[record.split] = first + record.rows
        if not chosen or not is_there(folder, record.file, Faults()):  # which is a fault of the shard
            continue
        try:
            rows = islice(shard_rows(folder, manifest, record), chosen[-1] + 1)
            for offset, stored in enumerate(rows):
                if offset in chosen:
                    yield stored, source.row(record.split, first + offset)
        except (AssetError, TypeError, FileNotFoundError) as error:
            faults.add("unreadable", str(error))
        except SynthinkError as error:
            faults.add("rows that the manifest cannot draw", str(error))


def _compare(
    stored: Mapping[str, Any], drawn: Mapping[str, Any], redraw: Redraw, faults: Faults, other_pixels: Faults
) -> None:
    """Compare a stored row with the one that was drawn. Pixels that differ where a library that draws is another one
    prove nothing: they are gathered apart."""
    name = str(stored.get("id"))
    for column, value in drawn.items():
        if value is None and stored.get(column) == "":  # JSON lines have no gaps
            continue
        if column != "image" and column in stored and not same(stored[column], value):
            faults.add(f"{column} differs", name)
    data = drawn["image"].encode()[0]
    if stored["image"] == data:
        return
    if redraw.has_same_bytes:
        faults.add("picture's bytes differ", name)
    elif not _same_pixels(stored["image"], data):
        if redraw.has_same_pixels:
            faults.add("picture's pixels differ", name)
        else:
            other_pixels.add("picture's pixels differ, where other libraries draw", name)


def _same_pixels(stored: Any, drawn: bytes) -> bool:
    try:
        return np.array_equal(np.asarray(decode(stored)), np.asarray(decode(drawn)))
    except PictureError:
        return False
