"""Golden shards: the files of two small datasets in every format, byte for byte where the libraries are the same.

Bytes depend on the libraries that compress and wrap them. Where those are other ones, the rows that are read back from
the files are compared instead: pixels and columns. The files are read here without the help of synthink.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from synthink import generate
from tests.golden.cases import SEED
from tests.golden.files import installed_versions, json_lines, other_versions
from tests.golden.rows import canonical

FILE = "shards.json"
SHARD_SIZE = 8
DATASETS: dict[str, tuple[int, dict[str, Any]]] = {
    "circled_letters": (24, {}),
    "gestures": (12, {"documents": {"count": 40}}),
}
"""Generator -> rows of its split `train`, and its fields."""
LIBRARIES = ("numpy", "pillow", "pyarrow", "zlib-ng", "datasets")
VERSIONS = ("generator_version", "format_version", "synthink")
"""The numbers in a manifest under one of which, at least, a dataset has to change for its golden shards to change."""
LEVELS = 5
"""Dicts inside each other that stand on lines of their own: file, formats, generators, dataset, its shards."""

Columns = dict[str, Any]
Dataset = dict[str, Any]
"""`versions` of what made it, `rows`: the digest of what is read back, `shards`: file -> SHA-256."""
Shards = dict[str, Any]
"""`libraries`, and `formats`: format -> generator -> dataset."""


def made_dataset(format: str, generator: str, folder: Path) -> Dataset:
    """Make a dataset in a folder, and the digests of its files and rows."""
    rows, fields = DATASETS[generator]
    generate(
        generator, output=folder, splits={"train": rows}, seed=SEED, format=format, shard_size=SHARD_SIZE, **fields
    )
    manifest = json.loads((folder / "synthink.json").read_text(encoding="utf-8"))
    names = [shard["file"] for shard in manifest["shards"]]
    return {
        "versions": {name: manifest[name] for name in VERSIONS},
        "rows": rows_digest(format, [folder / name for name in names]),
        "shards": {name: file_digest(folder / name) for name in names},
    }


def file_digest(path: Path) -> str:
    """SHA-256 of a file; of a folder, of the names and contents of its files."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    listed = {file.name: file_digest(file) for file in path.iterdir()}
    return hashlib.sha256(canonical(listed).encode()).hexdigest()


def rows_digest(format: str, shards: list[Path]) -> str:
    """SHA-256 of the pixels and columns of all rows in a dataset's files."""
    digest = hashlib.sha256()
    for shard in shards:
        for columns, data in READERS[format](shard):
            picture = Image.open(io.BytesIO(data)).convert("RGB")
            digest.update(canonical([columns, picture.size]).encode() + picture.tobytes())
    return digest.hexdigest()


def _parquet_rows(shard: Path) -> Iterator[tuple[Columns, bytes]]:
    for row in pq.read_table(shard).to_pylist():
        yield row, row.pop("image")["bytes"]


def _arrow_rows(shard: Path) -> Iterator[tuple[Columns, bytes]]:
    with pa.ipc.open_stream(shard.read_bytes()) as stream:
        for row in stream.read_all().to_pylist():
            yield row, row.pop("image")["bytes"]


def _webdataset_rows(shard: Path) -> Iterator[tuple[Columns, bytes]]:
    with tarfile.open(shard) as archive:
        contents = [(member.name, archive.extractfile(member)) for member in archive]
        files = {name: file.read() for name, file in contents if file is not None}
    for name, data in files.items():
        if name.endswith(".json"):
            pictures = [other for other in files if other != name and Path(other).stem == Path(name).stem]
            yield json.loads(data), files[pictures[0]]


def _jsonl_rows(shard: Path) -> Iterator[tuple[Columns, bytes]]:
    for line in (shard / "rows.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row, (shard / row.pop("image")).read_bytes()


READERS: dict[str, Callable[[Path], Iterator[tuple[Columns, bytes]]]] = {
    "parquet": _parquet_rows,
    "arrow": _arrow_rows,
    "webdataset": _webdataset_rows,
    "jsonl": _jsonl_rows,
}


def read_shards(folder: Path) -> Shards | None:
    """The file of golden shards, None where there is none yet."""
    path = folder / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def write_shards(folder: Path, datasets: dict[str, dict[str, Dataset]]) -> None:
    """Write what was made, by format and generator, with the versions of the libraries that made it."""
    content = {"libraries": installed_versions(LIBRARIES), "formats": datasets}
    (folder / FILE).write_text(json_lines(content, LEVELS), encoding="utf-8")


def shard_differences(kept: Shards | None, format: str, generator: str, made: Dataset) -> list[str]:
    """How a dataset that was made now differs from the file: in its rows and, with the same libraries, its bytes."""
    old = kept_dataset(kept, format, generator)
    if kept is None or old is None:
        return [f"{generator} as {format}: is not in {FILE}"]
    changes = ["the rows that are read back changed"] if old["rows"] != made["rows"] else []
    if list(old["shards"]) != list(made["shards"]):
        changes.append("the names of the shards changed")
    elif same_libraries(kept):
        changes += [
            f"the bytes of {name} changed" for name in old["shards"] if old["shards"][name] != made["shards"][name]
        ]
    raised = [f"{name} was {old['versions'][name]}, is {made['versions'][name]}" for name in raised_versions(old, made)]
    return [
        f"{generator} as {format}: {change} ({', '.join(raised) or 'under the same versions'})" for change in changes
    ]


def kept_dataset(kept: Shards | None, format: str, generator: str) -> Dataset | None:
    """What the file has of a dataset; None for nothing."""
    dataset: Dataset | None = kept["formats"].get(format, {}).get(generator) if kept else None
    return dataset


def raised_versions(old: Dataset, made: Dataset) -> list[str]:
    """The versions that are other ones than the file's."""
    return [name for name in VERSIONS if old["versions"][name] != made["versions"][name]]


def same_libraries(kept: Shards) -> bool:
    """Whether the libraries that made the files are those that are installed."""
    return not other_versions(kept["libraries"])


def is_allowed(kept: Shards | None, format: str, generator: str, made: Dataset) -> bool:
    """Whether a dataset may take the place of the one in the file: it is the same, or made by another version."""
    old = kept_dataset(kept, format, generator)
    return not old or bool(raised_versions(old, made)) or not shard_differences(kept, format, generator, made)
