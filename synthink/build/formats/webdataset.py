"""Tar files of picture and JSON pairs, for sequential reading (the WebDataset convention)."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.build.formats.base import Format, Row, field_faults, name_faults
from synthink.core.columns import Packed

if TYPE_CHECKING:
    from synthink.build.plan import Shard


class WebDatasetFormat(Format):
    """One tar a shard; members of a row share the row's id: `ID.png` (or `.jpg`) and `ID.json`."""

    name = "webdataset"

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
        with tarfile.open(path) as tar:
            image = b""
            for member in tar:
                file = tar.extractfile(member)
                data = file.read() if file is not None else b""
                if member.name.endswith(".json"):
                    row = json.loads(data)
                    yield {"id": row["id"], "task": row["task"], "image": image, **row}
                else:
                    image = data

    def layout_faults(self, path: Path, columns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        fields = {"id", "task", "prefix", "suffix", *columns}
        with tarfile.open(path, "r:") as tar:
            picture, start = "", b""
            for number, member in enumerate(tar):
                file = tar.extractfile(member) if member.isreg() else None
                if file is None:
                    yield "member that is no file", member.name[:80]
                elif number % 2 == 0:
                    picture, start = member.name, file.read(8)
                    if picture.endswith(".json"):
                        yield "rows that are not pairs of a picture and its JSON", picture[:80]
                        return
                else:
                    text = file.read()
                    row = json.loads(text)
                    if member.name != f"{row['id']}.json":
                        yield "JSON named other than its row", f"{row['id']}: {member.name[:80]}"
                    yield from name_faults(row["id"], picture, start)
                    yield from field_faults(row, fields, text)

    def data_files(self, split: str) -> str:
        return f"data/{split}-*.tar"


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    """A member without owner or time, so that the archive repeats byte for byte."""
    member = tarfile.TarInfo(name)
    member.size = len(data)
    member.mode = 0o644
    tar.addfile(member, io.BytesIO(data))
