"""What only one kind of file has: schemas, members of tars, lines of JSON, the files that tie shards together."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.verify.folders import bring_in_line, pair, shard_path, tar_rows, write_tar
from tests.verify.tampering.edits import (
    change_table,
    compress,
    replace_by_link,
    set_json,
    write_file,
)

TABLES = ("parquet", "arrow")


def tables() -> Iterator[Any]:
    """Changes of what an Arrow or Parquet file says about itself."""

    def cast(table: pa.Table, name: str, kind: pa.DataType) -> pa.Table:
        return table.set_column(table.schema.get_field_index(name), name, table[name].cast(kind))

    def features(table: pa.Table) -> pa.Table:
        told_features = table.schema.metadata[b"huggingface"].replace(b'"letter_box"', b'"mark_box"')
        return table.replace_schema_metadata({b"huggingface": told_features})

    for name, change in {
        "a column of larger strings": lambda table: cast(table, "suffix", pa.large_string()),
        "numbers of another type": lambda table: cast(table, "letter_index", pa.float64()),
        "answers as bytes": lambda table: cast(table, "suffix", pa.binary()),
        "a column more": lambda table: table.append_column("prompt", pa.array(["x"] * len(table))),
        "a column less": lambda table: table.drop_columns(["letter_box"]),
        "columns in another order": lambda table: table.select(table.column_names[::-1]),
        "a column of another name": lambda table: table.rename_columns(
            ["text" if name == "word" else name for name in table.column_names]
        ),
        "other features": features,
        "no features": lambda table: table.replace_schema_metadata({}),
        "more metadata": lambda table: table.replace_schema_metadata({**table.schema.metadata, b"pandas": b"{}"}),
        "no rows": lambda table: table.slice(0, 0),
        "a column twice": lambda table: table.append_column("suffix", pa.array(["x"] * len(table))),
    }.items():
        yield name, lambda folder, change=change: change_table(folder, change), "shards", *TABLES

    def state(folder: Path, split: str, **values: Any) -> None:
        set_json(folder / split / "state.json", **values)

    test_file = [{"filename": "../test/data-00000-of-00001.arrow"}]
    for name, edit in {
        "state.json names another split's file": lambda folder: state(folder, "train", _data_files=test_file),
        "state.json lacks a file": lambda folder: state(
            folder, "train", _data_files=json.loads((folder / "train/state.json").read_text())["_data_files"][:1]
        ),
        "state.json picks columns": lambda folder: state(folder, "train", _format_columns=["image"]),
        "state.json picks rows": lambda folder: state(folder, "train", _indices_data_files=[{"filename": "i.arrow"}]),
        "state.json names another split": lambda folder: state(folder, "train", _split="test"),
        "state.json is gone": lambda folder: (folder / "train/state.json").unlink(),
        "state.json is a link": lambda folder: replace_by_link(folder / "train/state.json"),
        "dataset_dict.json lacks a split": lambda folder: set_json(folder / "dataset_dict.json", splits=["train"]),
        "dataset_dict.json has splits in another order": lambda folder: set_json(
            folder / "dataset_dict.json", splits=["test", "train"]
        ),
        "dataset_dict.json is gone": lambda folder: (folder / "dataset_dict.json").unlink(),
        "dataset_info.json has other features": lambda folder: set_json(folder / "test/dataset_info.json", features={}),
        "dataset_info.json has another licence": lambda folder: set_json(
            folder / "test/dataset_info.json", license="mit"
        ),
        "a split more": lambda folder: shutil.copytree(folder / "test", folder / "validation"),
        "a file beside a split's": lambda folder: shutil.copy(
            folder / "test/data-00000-of-00001.arrow", folder / "test/more.arrow"
        ),
    }.items():
        yield name, edit, "files", "arrow"


def texts() -> Iterator[Any]:
    """Changes of tars, and of lines of JSON."""

    def retar(
        folder: Path, change: Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]], mode: str = "w"
    ) -> None:
        path = shard_path(folder)
        write_tar(path, change([member for row in tar_rows(path) for member in pair(row)]), mode)
        bring_in_line(folder)

    for name, change in {
        "JSON before its picture": lambda members: [members[1], members[0], *members[2:]],
        "a member more": lambda members: [*members, ("train-0.cls", b"7")],
        "a text beside a picture": lambda members: [members[0], (members[0][0][:-3] + "txt", b"q"), *members[1:]],
        "a member is gone": lambda members: members[1:],
        "pictures' names change places": lambda members: [
            (members[2][0], members[0][1]),
            members[1],
            (members[0][0], members[2][1]),
            *members[3:],
        ],
        "JSONs' names change places": lambda members: [
            members[0],
            (members[3][0], members[1][1]),
            members[2],
            (members[1][0], members[3][1]),
            *members[4:],
        ],
        "a pair twice": lambda members: [*members, *members[:2]],
        "a field twice": lambda members: [
            members[0],
            (members[1][0], members[1][1].replace(b"{", b'{"suffix": "q", ', 1)),
            *members[2:],
        ],
        "JSON that is a list": lambda members: [members[0], (members[1][0], b"[]"), *members[2:]],
        "JSON that is none": lambda members: [members[0], (members[1][0], b"{"), *members[2:]],
        "deep JSON": lambda members: [members[0], (members[1][0], b"[" * 10**5), *members[2:]],
        "a name that leaves the folder": lambda members: [("../" + members[0][0], members[0][1]), *members[1:]],
    }.items():
        yield name, lambda folder, change=change: retar(folder, change), "shards", "webdataset"
    yield (
        "a tar that is compressed",
        lambda folder: (compress(shard_path(folder)), bring_in_line(folder)),
        "shards",
        "webdataset",
    )

    def relines(folder: Path, change: Callable[[list[str]], list[str]], name: str = "train.jsonl") -> None:
        path = folder / name
        path.write_bytes("".join(change(path.read_text(encoding="utf-8").splitlines(keepends=True))).encode())

    for name, change in {
        "an answer": lambda lines: [lines[0].replace('"suffix": "', '"suffix": "q'), *lines[1:]],
        "a line is gone": lambda lines: lines[:-1],
        "a line more": lambda lines: [*lines, lines[0]],
        "lines in another order": lambda lines: lines[::-1],
        "a picture elsewhere": lambda lines: [lines[0].replace('"image": "', '"image": "../'), *lines[1:]],
        "another row's picture": lambda lines: [lines[0].replace("0000000.png", "0000001.png"), *lines[1:]],
        "cut": lambda lines: [*lines[:-1], lines[-1][:-9]],
        "an empty line": lambda lines: [*lines, "\n"],
        "lines of Windows": lambda lines: [line.replace("\n", "\r\n") for line in lines],
        "a mark of the byte order": lambda lines: ["\ufeff", *lines],
        "nothing": lambda lines: [],
        "a field twice": lambda lines: [lines[0].replace("{", '{"suffix": "q", ', 1), *lines[1:]],
    }.items():
        yield f"train.jsonl: {name}", lambda folder, change=change: relines(folder, change), "files", "jsonl"
    yield "train.jsonl is gone", lambda folder: (folder / "train.jsonl").unlink(), "files", "jsonl"
    yield "train.jsonl is a link", lambda folder: replace_by_link(folder / "train.jsonl"), "files", "jsonl"
    yield (
        "test.jsonl is train.jsonl",
        lambda folder: shutil.copy(folder / "train.jsonl", folder / "test.jsonl"),
        "files",
        "jsonl",
    )
    for name, change in {
        "a field twice": lambda lines: [lines[0].replace("{", '{"suffix": "q", ', 1), *lines[1:]],
        "an empty line": lambda lines: [*lines, "\n"],
        "no end": lambda lines: [*lines[:-1], lines[-1][:-1]],
    }.items():
        inner = lambda folder: f"{shard_path(folder).relative_to(folder).as_posix()}/rows.jsonl"  # noqa: E731
        yield (
            f"rows.jsonl: {name}",
            lambda folder, change=change, inner=inner: (relines(folder, change, inner(folder)), bring_in_line(folder)),
            "shards",
            "jsonl",
        )
    yield (
        "a picture that no row names",
        lambda folder: (write_file(shard_path(folder) / "x.png", b""), bring_in_line(folder)),
        "shards",
        "jsonl",
    )
    yield (
        "a picture is a link",
        lambda folder: replace_by_link(next(shard_path(folder).glob("*.png"))),
        "shards",
        "jsonl",
    )
    yield (
        "a picture is gone",
        lambda folder: (next(shard_path(folder).glob("*.png")).unlink(), bring_in_line(folder)),
        "shards",
        "jsonl",
    )
