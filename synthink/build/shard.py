"""One shard's way: draw its rows, write them under a temporary name, make them durable, name them."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from synthink.build.formats import find_format
from synthink.build.plan import Plan, Shard
from synthink.errors import DrawError, SynthinkError, with_notes
from synthink.files import digest, remove, sync_folder, sync_tree

WORK = ".synthink"
"""Folder of an unfinished run inside the dataset folder (`synthink.build`)."""


@dataclass(frozen=True)
class ShardRecord:
    """What the manifest says of a shard.

    pixels: SHA-256 over the CRC-32 of each row's raster before the codec, so that codecs can change and pixels be
    compared all the same. refused: reason -> what was drawn for its rows and thrown away.
    """

    file: str
    split: str
    rows: int
    bytes: int
    sha256: str
    pixels: str
    refused: dict[str, int] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """In JSON types."""
        return asdict(self)


def make_shard(plan: Plan, shard: Shard, folder: Path, progress: Callable[[int], None]) -> ShardRecord:
    """Draw and write one shard; `progress` is told of every row. Leaves nothing under the final name on failure."""
    form = find_format(plan.format)
    name = form.shard_name(shard)
    final = folder / name
    temporary = folder / WORK / "tmp" / f"{shard.stem}.{os.getpid()}{final.suffix}"
    pixels = hashlib.sha256()
    refused = Counter[str]()

    def rows() -> Iterator[dict[str, Any]]:
        source = plan.source
        for index in range(shard.start, shard.stop):
            row = source.row(shard.split, index, packed=True, refusals=refused)
            pixels.update(row["image"].checksum().to_bytes(4, "little"))
            yield row
            progress(1)

    try:
        try:
            form.write(temporary, plan.generator.columns, rows())
        except (SynthinkError, OSError):
            raise
        except Exception as error:  # a column of another type, a picture that cannot be encoded
            raise DrawError(
                f"{plan.generator.name} rows {shard.start} to {shard.stop - 1} of split {shard.split} "
                f"(seed {plan.source.seed}): {type(error).__name__}: {with_notes(error)}"
            ) from error
        sync_tree(temporary)
        checksum, size = digest(temporary)
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.is_dir():
            remove(final)
        temporary.rename(final) if temporary.is_dir() else temporary.replace(final)
    except BaseException:
        remove(temporary)
        raise
    sync_folder(final.parent)
    rows_made = shard.stop - shard.start
    return ShardRecord(name, shard.split, rows_made, size, checksum, pixels.hexdigest(), dict(sorted(refused.items())))
