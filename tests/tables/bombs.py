"""Small files that would take gigabytes or for ever, or that lead elsewhere: what each reader of tables must refuse."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Make = Callable[[Path], object]

# --- Parquet ----------------------------------------------------------------------------------------------------------


def long_text(path: Path) -> None:
    pq.write_table(pa.table({"suffix": ["A" * 70_000_000]}), path, compression="zstd", write_statistics=False)


def one_text_for_many_rows(path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), ["A" * 1_000_000])
    pq.write_table(pa.table({"suffix": texts}), path, compression="zstd", store_schema=False)


def one_text_for_many_values_of_a_row(path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 500_000, pa.int32()), ["A" * 10_000])
    rows = pa.ListArray.from_arrays(pa.array([0, 500_000], pa.int32()), texts)
    pq.write_table(pa.table({"words": rows}), path, compression="zstd", store_schema=False)


def many_row_groups(path: Path) -> None:
    """Each has little to unpack; all of them together have five gigabytes."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), ["A" * 1_000_000])
    pq.write_table(pa.table({"suffix": texts}), path, compression="zstd", store_schema=False, row_group_size=100)


def many_columns(path: Path) -> None:
    pq.write_table(pa.table({f"c{number}": [1] for number in range(1001)}), path)


def deep_columns(path: Path) -> None:
    value: object = 1
    for _ in range(20):
        value = [value]
    pq.write_table(pa.table({"deep": [value]}), path)


def schema_that_ends_the_stack(path: Path) -> None:
    """Fifty thousand groups, each in the one before: readers of schemas call themselves for each."""
    count = 50_000
    number = bytes([count & 127 | 128, count >> 7 & 127 | 128, count >> 14])
    footer = b"\x15\x02\x19\xfc" + number + b"\x48\x01a\x15\x02\x00" * count + b"\x16\x00\x19\x0c\x00"
    path.write_bytes(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")


def schema_of_a_million(path: Path) -> None:
    count = 1 << 20
    number = bytes([128, 128, count >> 14])
    footer = b"\x15\x02\x19\xfc" + number + b"\x48\x01a\x00" * count + b"\x16\x00\x19\x0c\x00"
    path.write_bytes(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")


def footer_that_lies(path: Path) -> None:
    """The footer says that a page has a thousand bytes, the page itself that it has seventy million."""
    pq.write_table(
        pa.table({"suffix": ["B" * 70_000_000]}),
        path,
        use_dictionary=False,
        compression="zstd",
        write_statistics=False,
        write_page_index=False,
        store_schema=False,
    )
    size = pq.ParquetFile(path).metadata.row_group(0).column(0).total_uncompressed_size
    before, after = (
        bytes(value << 1 >> 7 * place & 127 | 128 * (place < 3) for place in range(4)) for value in (size, 1000)
    )
    path.write_bytes(path.read_bytes().replace(before, after))
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).total_uncompressed_size == 1000


def footer_longer_than_the_file(path: Path) -> None:
    path.write_bytes(b"PAR1" + b"\0" * 40 + (2**31).to_bytes(4, "little") + b"PAR1")


def large_footer(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(17 * 2**20)
        file.seek(17 * 2**20 - 8)
        file.write((17 * 2**20 - 20).to_bytes(4, "little") + b"PAR1")


def torn_parquet(path: Path) -> None:
    pq.write_table(pa.table({"suffix": ["A"]}), path)
    path.write_bytes(path.read_bytes()[:-9] + b"PAR1")


PARQUET: dict[str, tuple[Make, str]] = {
    "long text": (long_text, r"column suffix: a page of 70,000,004 bytes; at most 67,108,864 are unpacked"),
    "one text for many rows": (one_text_for_many_rows, "would become"),
    "one text for many values of a row": (one_text_for_many_values_of_a_row, "would become"),
    "many row groups": (many_row_groups, "would become"),
    "many columns": (many_columns, "more than 1,000 columns"),
    "deep columns": (deep_columns, "nested more than 16 deep"),
    "schema that ends the stack": (schema_that_ends_the_stack, "a list of 50,000 values"),
    "schema of a million": (schema_of_a_million, "a list of 1,048,576 values"),
    "footer that lies": (footer_that_lies, "a page of 70,000,010 bytes"),
    "footer longer than the file": (footer_longer_than_the_file, "no Parquet file, or cut short"),
    "large footer": (large_footer, "a footer of"),
    "torn": (torn_parquet, "no Parquet file|cannot be read"),
    "empty": (Path.touch, "no Parquet file"),
}

# --- Arrow ------------------------------------------------------------------------------------------------------------


def arrow(path: Path, table: pa.Table, compression: str | None = None) -> None:
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)


def packed(path: Path) -> None:
    arrow(path, pa.table({"suffix": ["A" * 70_000_000]}), "zstd")


def packed_otherwise(path: Path) -> None:
    arrow(path, pa.table({"suffix": ["A" * 70_000_000]}), "lz4")


def shared_texts(path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), ["A" * 1_000_000])
    arrow(path, pa.table({"suffix": texts}))


def run_of_texts(path: Path) -> None:
    arrow(path, pa.table({"suffix": pa.RunEndEncodedArray.from_arrays(pa.array([2**30], pa.int32()), ["A"])}))


def views(path: Path) -> None:
    arrow(path, pa.table({"suffix": pa.array(["A" * 100], pa.string_view())}))


def nothing_again_and_again(path: Path) -> None:
    arrow(path, pa.table({"suffix": pa.nulls(2**24)}))


def many_arrow_columns(path: Path) -> None:
    arrow(path, pa.table({f"c{number}": [1] for number in range(1001)}))


def text_that_begins_elsewhere(path: Path) -> None:
    """Offsets of texts that lie far behind the file: what is there would be read, or nothing at all."""
    arrow(path, pa.table({"suffix": ["A" * 7777, "B", "C"]}))
    before, after = (b"".join(end.to_bytes(4, "little") for end in ends) for ends in ((7777, 7778), (7777, 2**30)))
    data = path.read_bytes()
    assert data.count(before) == 1
    path.write_bytes(data.replace(before, after))


def batch_in_place_of_the_schema(path: Path) -> None:
    arrow(path, pa.table({"suffix": ["A", "B"]}))
    data = path.read_bytes()
    path.write_bytes(data[8 + int.from_bytes(data[4:8], "little") :])


ARROW: dict[str, tuple[Make, str]] = {
    "batch in place of the schema": (batch_in_place_of_the_schema, "begins with a message of type record batch"),
    "packed": (packed, "holds a packed batch"),
    "packed otherwise": (packed_otherwise, "holds a packed batch"),
    "shared texts": (shared_texts, "column suffix holds dictionary|or a dictionary"),
    "run of texts": (run_of_texts, "column suffix holds run_end_encoded"),
    "views": (views, "column suffix holds string_view"),
    "nothing again and again": (nothing_again_and_again, "a batch of 16,777,216 rows"),
    "many columns": (many_arrow_columns, "more than 1,000 columns"),
    "text that begins elsewhere": (text_that_begins_elsewhere, "cannot be read"),
    "empty": (Path.touch, "cannot be read"),
    "no Arrow": (lambda path: path.write_bytes(b"\xff\xff\xff\xff\xf0\xff\xff\x7f" + b"\0" * 60), "cannot be read"),
}

# --- tar --------------------------------------------------------------------------------------------------------------


def tar_of(path: Path, kind: bytes, size: int = 0, link: str = "", mode: str = "w", name: str = "a.png") -> None:
    """A tar of one member, whose head says what it will."""
    member = tarfile.TarInfo(name)
    member.type, member.size, member.linkname = kind, size, link
    if mode == "w":
        path.write_bytes(member.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024)
        return
    with tarfile.open(path, mode) as tar:
        member.size = 3
        tar.addfile(member, io.BytesIO(b"abc"))


def sparse(path: Path) -> None:
    member = tarfile.TarInfo("a.png")
    member.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    head[483:495] = b"%011o\0" % (20 << 30)  # what it becomes
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head[:512])
    path.write_bytes(bytes(head) + b"\0" * 1024)


def member_that_fills_the_disk(path: Path) -> None:
    tar_of(path, tarfile.REGTYPE, 70 * 2**20)
    with path.open("r+b") as file:
        file.truncate(71 * 2**20)


def long_name(path: Path) -> None:
    tar_of(path, tarfile.GNUTYPE_LONGNAME, 5 << 30)
    with path.open("r+b") as file:
        file.truncate(6 << 30)


TAR: dict[str, tuple[Make, str]] = {
    "sparse": (sparse, "member 'a.png' is no plain file"),
    "link": (lambda path: tar_of(path, tarfile.SYMTYPE, link="/etc/passwd"), "is no plain file"),
    "hard link": (lambda path: tar_of(path, tarfile.LNKTYPE, link="/etc/passwd"), "is no plain file"),
    "pipe": (lambda path: tar_of(path, tarfile.FIFOTYPE), "is no plain file"),
    "device": (lambda path: tar_of(path, tarfile.CHRTYPE), "is no plain file"),
    "member that fills the disk": (member_that_fills_the_disk, "has 73,400,320 bytes; at most 67,108,864 are read"),
    "long name": (long_name, "a header of 5,368,709,120 bytes"),
    **{
        f"member {name}": (lambda path, name=name: tar_of(path, tarfile.REGTYPE, name=name), f"'{name}' is none of")
        for name in ("a.npz", "a.npy", "a.pth", "a.cbor", "a.png.gz", "a")
    },
    "packed": (lambda path: tar_of(path, tarfile.REGTYPE, mode="w:gz"), "cannot be read"),
    "no tar": (lambda path: path.write_bytes(b"x" * 2000), "cannot be read"),
}

# --- JSON lines -------------------------------------------------------------------------------------------------------


def many_keys(path: Path) -> None:
    path.write_text("".join(json.dumps({f"k{number}": 1}) + "\n" for number in range(1001)))


JSON_LINES: dict[str, tuple[Make, str]] = {
    "long line": (
        lambda path: path.write_bytes(b'{"a":"' + b"x" * (17 * 2**20)),
        "line 1 has more than 16,777,216 bytes",
    ),
    "deep": (
        lambda path: path.write_bytes(b'{"a":' + b"[" * 30 + b"]" * 30 + b"}"),
        "line 1: nested more than 16 deep",
    ),
    "deeper": (lambda path: path.write_bytes(b'{"a":' + b"[" * 200_000), "line 1: is not JSON"),
    "many keys": (many_keys, "line 1001: more than 1,000 different keys"),
    "a list": (lambda path: path.write_bytes(b'{"a": 1}\n[1]\n'), "line 2: is no JSON object, but list"),
    "torn": (lambda path: path.write_bytes(b'{"a": 1}\n{"a": "x'), "line 2: is not JSON"),
    "not UTF-8": (lambda path: path.write_bytes(b'{"a": "\xff"}\n'), "line 1: is not JSON"),
    "long number": (lambda path: path.write_bytes(b'{"a": ' + b"1" * 5000 + b"}"), "line 1: is not JSON"),
}

BOMBS = {
    f"{suffix}: {name}": (suffix, make, message)
    for suffix, table in ((".parquet", PARQUET), (".arrow", ARROW), (".tar", TAR), (".jsonl", JSON_LINES))
    for name, (make, message) in table.items()
}
