"""What a format must do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.core.columns import table
from synthink.core.row_buffer import RowBuffer

if TYPE_CHECKING:
    import pyarrow as pa

    from synthink.build.plan import Plan, Shard

Row = Mapping[str, Any]
GROUP_BYTES = 32 * 2**20
"""Encoded pictures gathered before they are written: bounds memory, and row groups of a Parquet file (the library
that shows datasets on the web refuses them over 300 MB)."""
GROUP_ROWS = 1000


class Format(ABC):
    """Writes and reads shards. A shard is a file, or a folder when its name has no suffix."""

    name: str

    @abstractmethod
    def shard_name(self, shard: Shard) -> str:
        """The shard's path below the dataset folder."""

    @abstractmethod
    def write(self, path: Path, columns: Mapping[str, Any], rows: Iterable[Row]) -> None:
        """Write rows (as `Source.row` gives them) to a new file or folder at `path`."""

    @abstractmethod
    def read(self, path: Path) -> Iterator[dict[str, Any]]:
        """The rows of a shard in order; `image` is the stored file's bytes."""

    def extras(self, plan: Plan, folder: Path, shards: Sequence[Shard]) -> dict[str, bytes]:
        """Files beside the shards that readers of the format need: path below the folder -> content."""
        return {}

    def data_files(self, split: str) -> str | None:
        """The split's pattern for a dataset card; None when `load_dataset` does not read the format."""
        return None


def row_groups(columns: Mapping[str, Any], rows: Iterable[Row]) -> Iterator[pa.Table]:
    """The rows as Arrow tables, each as large as a group may be."""
    buffer = RowBuffer(columns)
    for row in rows:
        buffer.add(row)
        if len(buffer) >= GROUP_ROWS or buffer.image_bytes >= GROUP_BYTES:
            yield table(columns, buffer.take())
    if len(buffer):
        yield table(columns, buffer.take())
