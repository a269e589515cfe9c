"""Readers of tables from outside: what they read, what they refuse, and with how much memory."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthink.errors import AssetError
from synthink.tables.arrow import ArrowTable
from synthink.tables.json_lines import read_json_lines
from synthink.tables.parquet import ParquetTable
from synthink.tables.tar import check_tar, read_tar
from tests.support import environment
from tests.tables.bombs import BOMBS, arrow


def check_parquet(file: BinaryIO, name: str) -> None:
    ParquetTable(file, name)


def read_parquet(file: BinaryIO, name: str) -> Iterator[dict[str, Any]]:
    return ParquetTable(file, name).rows()


def check_arrow(file: BinaryIO, name: str) -> None:
    assert sum(map(len, ArrowTable(file, name).batches())) >= 0


def read_arrow(file: BinaryIO, name: str) -> Iterator[dict[str, Any]]:
    return ArrowTable(file, name).rows()


READERS: dict[str, list[Callable[..., Any]]] = {
    ".parquet": [check_parquet, read_parquet],
    ".arrow": [check_arrow, read_arrow],
    ".tar": [check_tar, read_tar],
    ".jsonl": [read_json_lines],
}


def read_all(path: Path, read: Callable[..., Any]) -> list[Any]:
    with path.open("rb") as file:
        rows: Iterator[Any] | None = read(file, path.name)
        return list(rows or ())


REFUSED = """
import json, sys
from pathlib import Path
from synthink.errors import AssetError
from tests.support import peak_memory_kb
from tests.tables.bombs import BOMBS
from tests.tables.test_tables import READERS, read_all
messages = {}
for number, (name, (suffix, _, _)) in enumerate(BOMBS.items()):
    for read in READERS[suffix]:
        try:
            read_all(Path(sys.argv[1]) / f"{number}{suffix}", read)
        except AssetError as error:
            messages.setdefault(name, []).append(str(error))
print(json.dumps([messages, peak_memory_kb()]))
"""


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[str]], int]:
    """What a process says of all bombs, one after the other, and the memory that it took."""
    folder = tmp_path_factory.mktemp("bombs")
    for number, (suffix, make, _) in enumerate(BOMBS.values()):
        make(folder / f"{number}{suffix}")
    command = [sys.executable, "-c", REFUSED, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    assert done.returncode == 0, done.stderr
    messages, memory = json.loads(done.stdout)
    return messages, memory


@pytest.mark.heavy
@pytest.mark.whole
def test_what_takes_too_much_is_refused(refused: tuple[dict[str, list[str]], int]) -> None:
    messages, memory = refused
    for name, (suffix, _, message) in BOMBS.items():
        assert len(messages[name]) == len(READERS[suffix]), name
        for text in messages[name]:
            assert re.search(rf"^\d+\{suffix}: .*({message})", text), (name, text)
    if sys.platform == "linux":
        assert memory < 600_000, "kilobytes, most of them of the libraries"


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"row-{number}",
            "image": {"bytes": bytes([number % 256]) * (100 + number), "path": None},
            "suffix": "Äß"[number % 2] * (number % 7),
            "words": ["a", None, "b" * number][: number % 4],
            "strokes": [[[1.0, 2.0, None, number], [0.5, 0.25, 0.0, 1.0]]] if number % 3 else None,
            "count": number if number % 5 else None,
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("dictionary", [True, False, ["suffix"]], ids=str)
def test_parquet_is_read_as_arrow_reads_it(tmp_path: Path, compression: str, version: str, dictionary: Any) -> None:
    table = pa.Table.from_pylist(rows(150))
    options = {"compression": compression, "data_page_version": version, "use_dictionary": dictionary}
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=60, data_page_size=500, **options)
    assert read_all(tmp_path / "a.parquet", check_parquet) == []
    assert read_all(tmp_path / "a.parquet", read_parquet) == table.to_pylist()


@pytest.mark.heavy
@pytest.mark.slow
def test_a_page_of_many_photographs_is_read(tmp_path: Path) -> None:
    photos = [bytes(number) + os.urandom(700_000) for number in range(100)]
    pq.write_table(pa.table({"image": photos}), tmp_path / "a.parquet")  # one page, which cannot be packed
    assert [row["image"] for row in read_all(tmp_path / "a.parquet", read_parquet)] == photos


def test_honest_columns_of_all_encodings_are_read(tmp_path: Path) -> None:
    """What becomes much larger than it is, but not as large as a bomb: repeated, constant and missing values."""
    count = 300_000
    table = pa.table(
        {
            "constant": ["a sentence that is the same in every row of all"] * count,
            "one is long": [*["short"] * (count - 1), "x" * 20_000],
            "missing": pa.nulls(count, pa.string()),
            "numbers": np.zeros(count),
            "day": pa.array([1] * count, pa.date32()),
            "class": pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int8()), ["cat"]),
        }
    )
    for compression in ("zstd", "snappy"):
        pq.write_table(table, tmp_path / "a.parquet", compression=compression)
        read_all(tmp_path / "a.parquet", check_parquet)
    encoding = {
        "constant": "DELTA_BYTE_ARRAY",
        "one is long": "DELTA_LENGTH_BYTE_ARRAY",
        "numbers": "BYTE_STREAM_SPLIT",
    }
    few = table.slice(count - 2000)
    pq.write_table(few, tmp_path / "b.parquet", use_dictionary=False, column_encoding=encoding)
    assert read_all(tmp_path / "b.parquet", read_parquet) == few.to_pylist()


def test_too_many_numbers_at_once_are_refused_before_they_become_objects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthink.tables.bounds.LARGEST_NUMBERS", 2**20)
    pq.write_table(pa.table({"points": [[0.0] * 200_000]}), tmp_path / "a.parquet")
    with pytest.raises(AssetError, match="1 rows of 1,625,004 bytes, 1,625,004 of them no pictures"):
        read_all(tmp_path / "a.parquet", read_parquet)


def test_arrow_is_read_as_it_was_written(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(rows(50))
    arrow(tmp_path / "a.arrow", table)
    assert read_all(tmp_path / "a.arrow", check_arrow) == []
    assert read_all(tmp_path / "a.arrow", read_arrow) == table.to_pylist()
    damaged = bytearray((tmp_path / "a.arrow").read_bytes())
    for place in range(0, len(damaged), 97):
        damaged[place] ^= 0xFF
        (tmp_path / "b.arrow").write_bytes(damaged)
        try:
            read_all(tmp_path / "b.arrow", read_arrow)
        except AssetError as error:
            assert str(error).startswith("b.arrow: ")
        damaged[place] ^= 0xFF


def test_json_lines_are_objects_and_empty_lines_nothing() -> None:
    content = b'{"a": 1}\n\n  \n{"b": [[1]], "a": "\xc3\xa4"}\r\n{"c": NaN}'
    first, second, third = read_json_lines(io.BytesIO(content), "a.jsonl")
    assert (first, second) == ({"a": 1}, {"b": [[1]], "a": "ä"})
    assert third["c"] != third["c"]
