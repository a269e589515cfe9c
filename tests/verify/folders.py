"""Dataset folders of any format, their rows taken out, changed and put back with every checksum brought in line: what
somebody could do who knows how `verify` works."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from synthink.build import manifest as manifests
from synthink.build.formats import find_format
from synthink.build.manifest import MANIFEST
from synthink.build.stored_rows import shard_rows
from synthink.draw.picture import stored_checksum
from synthink.errors import SynthinkError
from synthink.files import digest

Rows = list[dict[str, Any]]
"""Rows with the columns as they are stored; `image` is a mapping of `bytes` and `path`."""
Change = Callable[[Rows], Rows | None]


def told(folder: Path) -> dict[str, Any]:
    """The manifest's content."""
    content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return content


def tell(folder: Path, content: dict[str, Any]) -> None:
    """Write the manifest."""
    (folder / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def shard_path(folder: Path, split: str = "train", number: int = 0) -> Path:
    """A shard's file or folder."""
    files = [shard["file"] for shard in told(folder)["shards"] if shard["split"] == split]
    return folder / files[number]


def edit_rows(folder: Path, change: Change, split: str = "train", number: int = 0, in_line: bool = True) -> None:
    """Change the rows of one shard, in place or by what `change` returns, and bring the checksums in line."""
    path = shard_path(folder, split, number)
    rows, write = _opened(path)
    changed = change(rows)
    write(rows if changed is None else changed)
    if in_line:
        bring_in_line(folder)


def bring_in_line(folder: Path) -> None:
    """Make the manifest's checksums those of the shards as they are, and what ties shards together follow them."""
    content = told(folder)
    for shard in content["shards"]:
        shard["sha256"], shard["bytes"] = digest(folder / shard["file"])
    tell(folder, content)
    manifest = manifests.load(folder)
    for shard, record in zip(content["shards"], manifest.shards, strict=True):
        drawn = hashlib.sha256()
        try:
            for row in shard_rows(folder, manifest, record):
                drawn.update(stored_checksum(row["image"]).to_bytes(4, "little"))
        except (SynthinkError, TypeError, AttributeError):
            continue
        shard["pixels"] = drawn.hexdigest()
    tell(folder, content)
    try:
        plan = manifest.plan()
        for name, pieces in find_format(plan.format).extras(plan, manifest.identity, folder).items():
            (folder / name).write_bytes(b"".join(pieces))
    except (SynthinkError, OSError, ValueError, KeyError, TypeError):
        pass


def repainted(data: bytes, form: str = "PNG") -> bytes:
    """The picture with one pixel of another colour."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture.putpixel((2, 2), (9, 99, 199))
    return saved(picture, form)


def saved(picture: Image.Image, form: str = "PNG") -> bytes:
    """The picture's file."""
    file = io.BytesIO()
    picture.save(file, form)
    return file.getvalue()


def _opened(path: Path) -> tuple[Rows, Callable[[Rows], None]]:
    """A shard's rows, and what writes it again."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        return table.to_pylist(), lambda rows: pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    if path.suffix == ".arrow":
        with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as reader:
            table = reader.read_all()
        return table.to_pylist(), lambda rows: write_arrow(pa.Table.from_pylist(rows, schema=table.schema), path)
    if path.suffix == ".tar":
        return tar_rows(path), lambda rows: write_tar(path, [member for row in rows for member in pair(row)])
    return _folder_rows(path), lambda rows: _write_folder(path, rows)


def write_arrow(table: pa.Table, path: Path) -> None:
    """Write a shard of the Arrow format."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)


def tar_rows(path: Path) -> Rows:
    """The rows of a tar."""
    with tarfile.open(path) as tar:
        members = [(member.name, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    return [
        {**json.loads(text), "image": {"bytes": data, "path": name}}
        for (name, data), (_, text) in zip(members[::2], members[1::2], strict=True)
    ]


def pair(row: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The two members of a row in a tar."""
    text = json.dumps({name: value for name, value in row.items() if name != "image"}, ensure_ascii=False)
    image = row["image"] or {"path": f"{row['id']}.png", "bytes": b""}
    return [(image["path"], image["bytes"]), (f"{row['id']}.json", text.encode())]


def write_tar(path: Path, members: list[tuple[str, bytes]], mode: str = "w") -> None:
    """Write a tar of these members."""
    with tarfile.open(path, mode, format=tarfile.USTAR_FORMAT) as tar:  # type: ignore[call-overload]
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            tar.addfile(member, io.BytesIO(data))


def _folder_rows(path: Path) -> Rows:
    rows = [json.loads(line) for line in (path / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{**row, "image": {"bytes": (path / row["image"]).read_bytes(), "path": row["image"]}} for row in rows]


def _write_folder(path: Path, rows: Rows) -> None:
    for file in path.iterdir():
        file.unlink()
    lines = []
    for row in rows:
        image = row["image"] or {"path": f"{row['id']}.png", "bytes": b""}
        (path / image["path"]).write_bytes(image["bytes"])
        lines.append(json.dumps({**row, "image": image["path"]}, ensure_ascii=False) + "\n")
    (path / "rows.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")
