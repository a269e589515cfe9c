"""Tar files of picture and JSON pairs, for sequential reading (the WebDataset convention)."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.build.formats.base import Format, Row, field_faults, name_faults
from synthink.confined import file_inside
from synthink.core.columns import Packed, card_features
from synthink.tables.json_lines import read_json
from synthink.tables.tar import read_tar

if TYPE_CHECKING:
    from synthink.build.plan import Shard


class WebDatasetFormat(Format):
    """One tar a shard; members of a row share the row's id: `ID.png` (or `.jpg`) and `ID.json`."""

    name = "webdataset"
    media_type = "application/x-tar"

    def shard_name(self, shard: Shard) -> str:
        return f"data/{shard.stem}.tar"

    def write(self, path: Path, columns: Mapping[str, Any], rows: Iterable[Row]) -> None:
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
            for row in rows:
                data, suffix = row["image"].encode()
                rest = {name: value for name, value in row.items() if name != "image"}
                _add(tar, f"{row['id']}.{suffix}", data)
                _add(tar, f"{row['id']}.json", json.dumps(rest, ensure_ascii=False, default=Packed.tolist).encode())

    def read(self, path: Path) -> Iterator[dict[str, Any]]:
        image = b""
        with file_inside(path.parent, path.name) as file:
            for name, data in read_tar(file, str(path)):
                if name.endswith(".json"):
                    row = read_json(data, f"{path}: {name}")
                    yield {"id": row.get("id"), "task": row.get("task"), "image": image, **row}
                else:
                    image = data

    def layout_faults(self, path: Path, columns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        fields = {"id", "task", "prefix", "suffix", *columns}
        picture, start, number = "", b"", -1
        with file_inside(path.parent, path.name) as file:
            for number, (name, data) in enumerate(read_tar(file, str(path))):
                if number % 2 == 0:
                    picture, start = name, data[:8]
                    if picture.endswith(".json"):
                        yield "rows that are not pairs of a picture and its JSON", picture[:80]
                        return
                else:
                    row = read_json(data, f"{path}: {name}")
                    if name != f"{row['id']}.json":
                        yield "JSON named other than its row", f"{row['id']}: {name[:80]}"
                    yield from name_faults(row["id"], picture, start)
                    yield from field_faults(row, fields, data, row["id"])
        if number % 2 == 0:
            yield "member without its pair", picture[:80]

    def card_features(self, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A picture in one of two members, and a structure of the other columns: what the first rows hold does not tell
        the types of columns that may be null or empty."""
        others = [column for column in card_features(columns) if column["name"] != "image"]
        pictures = [{"name": suffix, "dtype": {"image": {"mode": "RGB"}}} for suffix in ("png", "jpg")]
        texts = [{"name": name, "dtype": "string"} for name in ("__key__", "__url__")]
        return [*pictures, {"name": "json", "struct": others}, *texts]

    def data_files(self, split: str) -> str:
        return f"data/{split}-*.tar"


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    """A member without owner or time, so that the archive repeats byte for byte."""
    member = tarfile.TarInfo(name)
    member.size = len(data)
    member.mode = 0o644
    tar.addfile(member, io.BytesIO(data))
