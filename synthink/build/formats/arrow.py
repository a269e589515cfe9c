"""Arrow files as `datasets.load_from_disk` reads them: memory-mapped, nothing to convert. By the card
`load_dataset` reads them, too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from synthink.build.formats.base import Format, Row, picture_faults, row_groups, schema_faults, with_picture_bytes
from synthink.build.plan import identity_digest
from synthink.confined import file_inside
from synthink.core.columns import features, schema
from synthink.tables.arrow import ArrowTable

if TYPE_CHECKING:
    from synthink.build.plan import Plan, Shard


class ArrowFormat(Format):
    """One stream file a shard, a folder a split."""

    name = "arrow"
    media_type = "application/vnd.apache.arrow.stream"
    loader = "load_from_disk"
    left_by_readers = ("cache-*.arrow",)  # of `datasets.map`; `state.json` says which files have rows

    def shard_name(self, shard: Shard) -> str:
        return f"{shard.split}/data-{shard.number:05d}-of-{shard.count:05d}.arrow"

    def write(self, path: Path, columns: Mapping[str, Any], rows: Iterable[Row]) -> None:
        with path.open("wb") as sink, pa.ipc.new_stream(sink, schema(columns)) as writer:
            for group in row_groups(columns, rows):
                writer.write_table(group)

    def read(self, path: Path) -> Iterator[dict[str, Any]]:
        with file_inside(path.parent, path.name) as file:
            yield from map(with_picture_bytes, ArrowTable(file, str(path)).rows())

    def layout_faults(self, path: Path, columns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        with file_inside(path.parent, path.name) as file:
            table = ArrowTable(file, str(path))
            yield from ((fault, path.name) for fault in schema_faults(columns, table.schema))
            for batch in table.batches():
                yield from picture_faults(batch)

    def extras(self, plan: Plan, identity: Mapping[str, Any], folder: Path) -> Mapping[str, Iterable[bytes]]:
        digest = identity_digest(identity)
        splits = list(identity["splits"])
        files = {"dataset_dict.json": _json({"splits": splits})}
        for split in splits:
            names = [Path(self.shard_name(shard)).name for shard in plan.shards if shard.split == split]
            files[f"{split}/dataset_info.json"] = _json(
                {"citation": "", "description": "", "features": features(plan.generator.columns), "homepage": ""}
                | {"license": plan.licence}
            )
            files[f"{split}/state.json"] = _json(
                {
                    "_data_files": [{"filename": name} for name in names],
                    "_fingerprint": hashlib.sha256(f"{digest} {split}".encode()).hexdigest()[:16],
                    "_format_columns": None,
                    "_format_kwargs": {},
                    "_format_type": None,
                    "_output_all_columns": False,
                    "_split": split,
                }
            )
        return files

    def extra_names(self, splits: Iterable[str]) -> list[str]:
        return [
            "dataset_dict.json",
            *(f"{split}/{name}.json" for split in splits for name in ("dataset_info", "state")),
        ]

    def data_files(self, split: str) -> str:
        return f"{split}/data-*.arrow"


def _json(content: Any) -> list[bytes]:
    return [(json.dumps(content, indent=2, sort_keys=True) + "\n").encode()]
