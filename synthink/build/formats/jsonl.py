"""JSON lines beside picture files, in the form of big_vision's `jsonl` data source: flat string fields only.

big_vision takes the fields' types from the first line and wants the same in all, so a line holds id, image (a path
below the dataset folder), prefix, suffix, task, and those annotations that are text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.build.formats.base import Format, Row, field_faults, name_faults
from synthink.confined import file_inside, read_inside
from synthink.core.columns import stored
from synthink.tables.bounds import LARGEST_VALUE
from synthink.tables.json_lines import lines, read_json, read_json_lines

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
        texts = _texts(columns)
        with (path / LINES).open("w", encoding="utf-8", newline="\n") as lines:
            for row in rows:
                data, suffix = row["image"].encode()
                name = f"{row['id']}.{suffix}"
                (path / name).write_bytes(data)
                fields = {"id": row["id"], "image": name, "prefix": row["prefix"], "suffix": row["suffix"]}
                fields |= {"task": row["task"], **{text: row[text] or "" for text in texts}}
                lines.write(json.dumps(fields, ensure_ascii=False) + "\n")

    def columns_left_out(self, columns: Mapping[str, Any]) -> list[str]:
        return [name for name in columns if name not in _texts(columns)]

    def read(self, path: Path) -> Iterator[dict[str, Any]]:
        with file_inside(path, LINES) as file:
            for row in read_json_lines(file, str(path / LINES)):
                image = row.get("image")
                yield {**row, "image": read_inside(path, image, LARGEST_VALUE) if isinstance(image, str) else image}

    def layout_faults(self, path: Path, columns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        fields = {"id", "image", *_texts(columns), "prefix", "suffix", "task"}
        names, line = {LINES}, b""
        with file_inside(path, LINES) as file:
            for line in lines(file, str(path / LINES)):
                row = read_json(line, str(path / LINES))
                if not isinstance(row.get("image"), str):
                    yield "image that names no file", str(row.get("id"))
                    continue
                names.add(row["image"])
                with file_inside(path, row["image"]) as picture:
                    yield from name_faults(row["id"], row["image"], picture.read(8))
                yield from field_faults(row, fields, line.removesuffix(b"\n"))
            if not line.endswith(b"\n"):
                yield "last line without an end", path.name
        for name in {file.name for file in path.iterdir()} - names:
            yield "a file that no row names", f"{path.name}/{name}"

    def extras(self, plan: Plan, identity: Mapping[str, Any], folder: Path) -> Mapping[str, Iterable[bytes]]:
        return {f"{split}.jsonl": self._joined(plan, split, folder) for split in identity["splits"]}

    def _joined(self, plan: Plan, split: str, folder: Path) -> Iterator[bytes]:
        """The lines of a split's shards, with the pictures' paths below the dataset folder."""
        for name in (self.shard_name(shard) for shard in plan.shards if shard.split == split):
            with (folder / name / LINES).open(encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    row = json.loads(line)
                    row["image"] = f"{name}/{row['image']}"
                    yield (json.dumps(row, ensure_ascii=False) + "\n").encode()

    def extra_names(self, splits: Iterable[str]) -> list[str]:
        return [f"{split}.jsonl" for split in splits]

    def data_files(self, split: str) -> str:
        return f"{split}.jsonl"


def _texts(columns: Mapping[str, Any]) -> list[str]:
    return [name for name, kind in columns.items() if stored(kind) is str]
