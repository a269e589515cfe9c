"""JSON lines beside picture files, in the form of big_vision's `jsonl` data source: flat string fields only.

big_vision takes the fields' types from the first line and wants the same in all, so a line holds id, image (a path
below the dataset folder), prefix, suffix, task, and those annotations that are text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.build.formats.base import Format, Row
from synthink.core.columns import stored

if TYPE_CHECKING:
    from synthink.build.plan import Plan, Shard

LINES = "rows.jsonl"


class JsonLinesFormat(Format):
    """A folder of pictures and lines a shard; `SPLIT.jsonl` joins the lines of a split's shards."""

    name = "jsonl"

    def shard_name(self, shard: Shard) -> str:
        return f"data/{shard.stem}"

    def write(self, path: Path, columns: Mapping[str, Any], rows: Iterable[Row]) -> None:
        path.mkdir()
        texts = [name for name, kind in columns.items() if stored(kind) is str]
        with (path / LINES).open("w", encoding="utf-8", newline="\n") as lines:
            for row in rows:
                data, suffix = row["image"].encode()
                name = f"{row['id']}.{suffix}"
                (path / name).write_bytes(data)
                fields = {"id": row["id"], "image": name, "prefix": row["prefix"], "suffix": row["suffix"]}
                fields |= {"task": row["task"], **{text: row[text] or "" for text in texts}}
                lines.write(json.dumps(fields, ensure_ascii=False) + "\n")

    def read(self, path: Path) -> Iterator[dict[str, Any]]:
        with (path / LINES).open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if Path(row["image"]).name != row["image"]:
                    raise ValueError(f"image {row['image']!r} lies outside the shard")
                yield {**row, "image": (path / row["image"]).read_bytes()}

    def extras(self, plan: Plan, folder: Path, shards: Sequence[Shard]) -> dict[str, bytes]:
        joined: dict[str, list[str]] = {split: [] for split in plan.identity["splits"]}
        for shard in shards:
            name = self.shard_name(shard)
            for line in (folder / name / LINES).read_text(encoding="utf-8").split("\n")[:-1]:
                row = json.loads(line)
                row["image"] = f"{name}/{row['image']}"
                joined[shard.split].append(json.dumps(row, ensure_ascii=False) + "\n")
        return {f"{split}.jsonl": "".join(lines).encode() for split, lines in joined.items()}

    def data_files(self, split: str) -> str:
        return f"{split}.jsonl"
