"""Rows gathered as columns until a table is written: a dict per row would cost more than drawing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthink.core.sample import RESERVED_COLUMNS


class RowBuffer:
    """Columns of the rows added so far. `image_bytes` is the size of their encoded pictures."""

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._names = (*RESERVED_COLUMNS, *columns)
        self._columns: dict[str, list[Any]] = {name: [] for name in self._names}
        self.image_bytes = 0

    def __len__(self) -> int:
        return len(self._columns["id"])

    def add(self, row: Mapping[str, Any]) -> None:
        """Encode the row's picture and keep its columns."""
        data, suffix = row["image"].encode()
        self.image_bytes += len(data)
        for name in self._names:
            self._columns[name].append(row[name] if name != "image" else (data, f"{row['id']}.{suffix}"))

    def take(self) -> dict[str, list[Any]]:
        """The columns, and an empty buffer."""
        columns = self._columns
        self._columns = {name: [] for name in self._names}
        self.image_bytes = 0
        return columns
