"""Parquet files of rows whose columns are an export's own, written group by group."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from synthink.build.formats.base import GROUP_BYTES, GROUP_ROWS
from synthink.core.columns import IMAGE_FEATURE

TEXT = {"dtype": "string", "_type": "Value"}
"""A column of text, as `datasets` describes it."""
NUMBER = {"dtype": "int64", "_type": "Value"}
PICTURES = {"feature": dict(IMAGE_FEATURE), "_type": "Sequence"}
PICTURE_TYPE = pa.struct({"bytes": pa.binary(), "path": pa.string()})


class ParquetWriter:
    """Writes rows into one file. features: the columns as `datasets` describes them, in order."""

    def __init__(self, path: Path, features: Mapping[str, Any]) -> None:
        fields = {name: _arrow_type(form) for name, form in features.items()}
        metadata = {"huggingface": json.dumps({"info": {"features": features}})}
        self._schema = pa.schema(fields, metadata=metadata)
        self._file = path.open("wb")
        self._writer = pq.ParquetWriter(self._file, self._schema, write_page_index=True, use_dictionary=False)
        self._rows: list[Mapping[str, Any]] = []
        self._bytes = 0

    def add(self, row: Mapping[str, Any], picture_bytes: int) -> None:
        """Add a row, which is written with those before it once there are enough."""
        self._rows.append(row)
        self._bytes += picture_bytes
        if len(self._rows) >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._rows, self._schema))
        self._rows, self._bytes = [], 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None and self._rows:
                self._flush()
            self._writer.close()
        finally:
            self._file.close()


def _arrow_type(form: Any) -> pa.DataType:
    """The Arrow type of a feature."""
    if isinstance(form, list):
        return pa.list_(_arrow_type(form[0]))
    kind = form.get("_type")
    if kind == "Image":
        return PICTURE_TYPE
    if kind == "Sequence":
        inner = _arrow_type(form["feature"])
        return pa.list_(inner, form["length"]) if form.get("length", -1) > 0 else pa.list_(inner)
    if kind == "Value":
        return pa.bool_() if form["dtype"] == "bool" else getattr(pa, form["dtype"])()
    return pa.struct({name: _arrow_type(inner) for name, inner in form.items()})


def stored_picture(data: bytes, name: str) -> dict[str, Any]:
    """A picture's own bytes as `datasets` stores them."""
    return {"bytes": data, "path": name}
