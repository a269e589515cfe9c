"""What a format must do."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from synthink.core.columns import card_features, schema, table
from synthink.core.row_buffer import RowBuffer
from synthink.errors import quoted

if TYPE_CHECKING:
    import pyarrow as pa

    from synthink.build.plan import Plan, Shard

Row = Mapping[str, Any]
GROUP_BYTES = 32 * 2**20
"""Encoded pictures gathered before they are written: bounds memory, and row groups of a Parquet file (the library
that shows datasets on the web refuses them over 300 MB)."""
GROUP_ROWS = 1000
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
"""The first bytes of the files that pictures are stored as."""


class Format(ABC):
    """Writes and reads shards. A shard is a file, or a folder when its name has no suffix."""

    name: str
    loader: str = "load_dataset"
    """The function of `datasets` that loads a folder of the format."""
    holds: str = ""
    """The columns that the format has room for, such as `all columns but points of strokes`; empty where it takes
    all."""
    media_type: str = "application/octet-stream"
    """The media type of the files that `data_files` names."""
    about: str = ""
    """A sentence for cards on how the files keep rows cheap, and fit for those who look at some of them."""
    most_shard_rows: int | None = None
    """The most rows of a shard, beyond which readers would have too much to look at before the first; None: any
    number."""
    loader_keeps_order: bool = True
    """Whether `loader` gives the rows of a split in their order; else their ids do."""
    left_by_readers: ClassVar[tuple[str, ...]] = ()
    """Patterns of the names of files that readers of the format leave among the shards, and never take for rows."""

    @abstractmethod
    def shard_name(self, shard: Shard) -> str:
        """The shard's path below the dataset folder."""

    @abstractmethod
    def write(self, path: Path, columns: Mapping[str, Any], rows: Iterable[Row]) -> None:
        """Write rows (as `Source.row` gives them) to a new file or folder at `path`."""

    @abstractmethod
    def read(self, path: Path) -> Iterator[dict[str, Any]]:
        """The rows of a shard in order; `image` is the stored file's bytes."""

    def columns_left_out(self, columns: Mapping[str, Any]) -> list[str]:
        """The generator's columns that the format has no room for."""
        return []

    def layout_faults(self, path: Path, columns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Whatever is wrong with a shard that `read` does not show and another reader would be misled by: columns of
        other types, members of other names or in another order, fields that nobody wrote. Pairs of a fault's kind and
        the row or place; raises what `read` raises.
        """
        yield from ()

    def extras(self, plan: Plan, identity: Mapping[str, Any], folder: Path) -> Mapping[str, Iterable[bytes]]:
        """Files beside the plan's shards that readers of the format need: path below the folder -> content in pieces.

        identity: of the dataset, as its manifest has it. The shards are there when the pieces are asked for.
        """
        return {}

    def extra_names(self, splits: Iterable[str]) -> list[str]:
        """The names of `extras` for a dataset with those splits."""
        return []

    def card_features(self, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The features of what `datasets` reads, as the YAML of a dataset card has them."""
        left_out = self.columns_left_out(columns)
        return card_features({name: kind for name, kind in columns.items() if name not in left_out})

    def data_files(self, split: str) -> str | None:
        """The split's pattern for a dataset card; None when `load_dataset` does not read the format."""
        return None


def schema_faults(columns: Mapping[str, Any], actual: pa.Schema) -> Iterator[str]:
    """The ways in which a shard's Arrow schema is not that of the columns."""
    wanted = schema(columns)
    missing, others = set(wanted.names) - set(actual.names), set(actual.names) - set(wanted.names)
    yield from (f"no column {name}" for name in wanted.names if name in missing)
    yield from (f"column {quoted(name)}, which is not the generator's" for name in actual.names if name in others)
    for field in wanted:
        if field.name not in missing and actual.names.count(field.name) == 1:
            kind = actual.field(field.name).type
            if kind != field.type:
                yield f"column {field.name} is of type {str(kind)[:80]}, not {str(field.type)[:80]}"
    if not (missing or others) and actual.names != wanted.names:
        yield "columns in another order"
    if actual.metadata != wanted.metadata:
        yield "features or other metadata that synthink did not write"


def field_faults(
    values: Mapping[str, Any], fields: Collection[str], text: bytes, row_id: Any
) -> Iterator[tuple[str, str]]:
    """The faults of a row's JSON object: fields that it should not have, and text that another reader reads in another
    way, such as two values of one field. What it lacks `read` shows."""
    for name in values.keys() - set(fields):
        yield f"field {quoted(name)}, which is not the generator's", str(row_id)
    if json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass") != text:
        yield "JSON in another form than synthink writes", str(row_id)


def name_faults(row_id: Any, file_name: Any, data: bytes) -> Iterator[tuple[str, str]]:
    """The fault of a picture's file name, which is the row's id and a suffix that tells the truth."""
    stem, _, suffix = str(file_name).rpartition(".")
    form = next((name for start, name in SIGNATURES.items() if data.startswith(start)), suffix)
    if stem != row_id or suffix != form:
        yield f"picture named other than its row, with the suffix {form}", f"{row_id}: {str(file_name)[:80]}"


def picture_faults(batch: pa.RecordBatch) -> Iterator[tuple[str, str]]:
    """The faults of the names of a batch's pictures."""
    for row_id, image in zip(batch["id"], batch["image"], strict=True):
        name, data = image["path"].as_py(), image["bytes"]
        start = data.as_buffer()[:8].to_pybytes() if data.is_valid else b""
        yield from name_faults(row_id.as_py(), name, start)


def with_picture_bytes(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row with its picture's bytes as `image`, in place of bytes and name; other values stay as they are."""
    image = row.get("image")
    return {**row, "image": image.get("bytes") if isinstance(image, Mapping) else image}


def row_groups(columns: Mapping[str, Any], rows: Iterable[Row]) -> Iterator[pa.Table]:
    """The rows as Arrow tables, each as large as a group may be."""
    buffer = RowBuffer(columns)
    for row in rows:
        buffer.add(row)
        if len(buffer) >= GROUP_ROWS or buffer.image_bytes >= GROUP_BYTES:
            yield table(columns, buffer.take())
    if len(buffer):
        yield table(columns, buffer.take())
