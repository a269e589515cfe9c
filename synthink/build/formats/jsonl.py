"""JSON lines beside picture files, in the form of big_vision's `jsonl` data source: flat string fields only.

big_vision takes the fields' types from the first line and wants the same in all, so a line holds id, image (a path
below the dataset folder), prefix, suffix, task, those annotations that are text, and the others as one text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.build.formats.picture_folder import PictureFolderFormat
from synthink.core.columns import stored

if TYPE_CHECKING:
    from synthink.build.plan import Plan, Shard


class JsonLinesFormat(PictureFolderFormat):
    """A folder of pictures and lines a shard; `SPLIT.jsonl` joins the lines of a split's shards."""

    name = "jsonl"
    media_type = "application/jsonlines"
    lines_name = "rows.jsonl"
    picture_field = "image"
    row_fields = ("id", "image", "prefix", "suffix", "task")

    def shard_name(self, shard: Shard) -> str:
        return f"data/{shard.stem}"

    def has_field(self, kind: Any) -> bool:
        return stored(kind) is str

    def card_features(self, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Texts alone; a picture is the path of its file."""
        return [{"name": name, "dtype": "string"} for name in self.fields(columns)]

    def extras(self, plan: Plan, identity: Mapping[str, Any], folder: Path) -> Mapping[str, Iterable[bytes]]:
        return {f"{split}.jsonl": self._joined(plan, split, folder) for split in identity["splits"]}

    def _joined(self, plan: Plan, split: str, folder: Path) -> Iterator[bytes]:
        """The lines of a split's shards, with the pictures' paths below the dataset folder."""
        for name in (self.shard_name(shard) for shard in plan.shards if shard.split == split):
            with (folder / name / self.lines_name).open(encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    row = json.loads(line)
                    row["image"] = f"{name}/{row['image']}"
                    yield (json.dumps(row, ensure_ascii=False) + "\n").encode()

    def extra_names(self, splits: Iterable[str]) -> list[str]:
        return [f"{split}.jsonl" for split in splits]

    def data_files(self, split: str) -> str:
        return f"{split}.jsonl"
