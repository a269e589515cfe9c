"""The drawings of a Quick, Draw! file as plain values: JSON lines, one JSON list, or CSV as competitions gave them.

What is wrong with one record costs that record where the reading is not strict; a file that is cut off costs the record
in which it is.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal, cast

from synthink.errors import quoted
from synthink.ink.files.base import GZIP, Reading, check_depth, no_constant, parse_json, read_bytes, unpacked_head
from synthink.ink.model import InkError

Layout = Literal["lines", "list", "csv"]
Record = tuple[str, int | None, Any]
"""Where a record stands, its offset in the (unpacked) file where that is known, and what it holds: an `InkError` where
it cannot be read."""
_LONGEST_LINE = 64 * 2**20  # bytes; raw drawings take some 10,000
_ENDS_INSIDE = "ends inside its gzip data"
_GAP = re.compile(r"[ \t\r\n,]*")


def layout_of(head: bytes) -> Layout | None:
    """How a file whose first bytes these are holds drawings, None for one that seems to hold none."""
    text = unpacked_head(head).lstrip(b"\xef\xbb\xbf \t\r\n")
    if b'"drawing"' in text and text[:1] in (b"{", b"["):
        is_list = re.match(rb"\[\s*\{|\{[ \t]*\r?\n", text) is not None
        return "list" if is_list else "lines" if text[:1] == b"{" else None
    return "csv" if _delimiter(text.split(b"\n", 1)[0].decode("utf-8", "replace")) else None


def _delimiter(line: str) -> str:
    """What parts the columns of a CSV file, by the names in its first line; empty where these are none of drawings."""
    names = line.replace('"', "").strip()
    return next((mark for mark in ",;\t" if {"drawing", "key_id"} <= {*names.split(mark)}), "")


def records(path: Path, reading: Reading) -> Iterator[Record]:
    """The records of a file. Raises `InkError` for an empty file, and beyond the limits."""
    try:
        with path.open("rb") as file:
            layout = layout_of(file.read(4096))
    except OSError as error:
        reading.fail(f"cannot be read: {error.strerror or error}")
    if layout == "list":
        yield from _listed(path, reading)
    elif layout == "csv":
        yield from _rows(path, reading)
    else:
        yield from _json_lines(path, reading)


def _json_lines(path: Path, reading: Reading) -> Iterator[Record]:
    empty = True
    for number, (offset, line) in enumerate(_lines(path, reading), 1):
        if not line.strip():
            continue
        empty = False
        element = f"line {number}"
        yield element, offset, _parsed(line, reading, element, offset)
    if empty:
        reading.fail("is empty")


def _listed(path: Path, reading: Reading) -> Iterator[Record]:
    """The elements of one JSON list, or objects of several lines each; where the next begins behind one that is no JSON
    cannot be known."""
    data = read_bytes(path, reading)
    check_depth(data, reading)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reading.fail("is not UTF-8", "", error.start)
    decode = json.JSONDecoder(parse_constant=no_constant).raw_decode
    begin = _skip_gap(text, 0)
    is_list = text[begin : begin + 1] == "["
    at = begin + is_list
    for number in range(1, len(text)):
        at = _skip_gap(text, at)
        element = f"drawing {number}"
        if text[at : at + 1] == ("]" if is_list else ""):
            return
        try:
            value, at = decode(text, at)
        except (ValueError, RecursionError) as error:
            reading.skip(f"is no JSON: {str(error)[:100]}", element)
            return
        yield element, None, value


def _skip_gap(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def _rows(path: Path, reading: Reading) -> Iterator[Record]:
    """The rows of a CSV file by the names in its first, their drawings parsed."""
    if csv.field_size_limit() < _LONGEST_LINE:
        csv.field_size_limit(_LONGEST_LINE)
    lines = (line.decode("utf-8-sig" if not offset else "utf-8") for offset, line in _lines(path, reading))
    names: list[str] = []
    rows = csv.reader(lines, strict=True)
    try:
        first = next(lines, "")
        rows = csv.reader(itertools.chain([first], lines), strict=True, delimiter=_delimiter(first) or ",")
        for row in rows:
            element = f"line {rows.line_num}"
            if not names:
                names = row
                if names.count("drawing") != 1:
                    reading.fail(f"has the columns {quoted(names)}, which is not `drawing` once", element)
            elif len(row) != len(names):
                yield element, None, InkError(f"has {len(row)} columns, the first line has {len(names)}")
            else:
                yield element, None, _drawing(dict(zip(names, row, strict=True)), element, reading)
    except csv.Error as error:
        reading.skip(f"is no CSV: {error}", f"line {rows.line_num}")
    except UnicodeDecodeError:
        reading.fail("is not UTF-8", f"line {rows.line_num + 1}")


def _drawing(row: dict[str, Any], element: str, reading: Reading) -> dict[str, Any] | InkError:
    strokes = _parsed(row["drawing"].encode("utf-8", "replace"), reading, element, None)
    if isinstance(strokes, InkError):
        return strokes
    recognized = {"True": True, "False": False}.get(row.get("recognized", ""))
    return {**row, "drawing": strokes, **({} if recognized is None else {"recognized": recognized})}


def _parsed(data: bytes, reading: Reading, element: str, offset: int | None) -> Any:
    """The value of a JSON text, or the `InkError` that says why it has none."""
    try:
        return parse_json(data, reading, element, offset or 0)
    except InkError as error:
        return InkError(error.reason, "", element, None if offset is None else error.offset)


def _lines(path: Path, reading: Reading) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of every line of a file, which may be gzipped."""
    offset = 0
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
            file.seek(0)
            stream = cast(IO[bytes], gzip.GzipFile(fileobj=file) if packed else file)
            limit = min(reading.limits.bytes, reading.limits.unpacked_bytes)
            while line := stream.readline(_LONGEST_LINE + 1):
                if len(line) > _LONGEST_LINE or offset + len(line) > limit:
                    reading.fail("has a line or a size beyond the limits", "", offset)
                yield offset, line
                offset += len(line)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = _ENDS_INSIDE if isinstance(error, EOFError) else f"cannot be unpacked: {error}"
        reading.skip(reason, "", offset, "strict=False reads what comes before")
    except OSError as error:
        reading.fail(f"cannot be read: {error.strerror or error}")
