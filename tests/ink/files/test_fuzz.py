"""Damaged files of every format: whatever happens to the bytes, a reader gives ink or one `InkError`, and soon."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from synthink.ink.files.base import Reading
from synthink.ink.files.registry import find_format, formats
from synthink.ink.model import FARTHEST, Ink, InkError
from synthink.ink.reading import read_ink
from synthink.streams import Stream, StreamKey
from tests.ink.files import samples

KEY = StreamKey("ink fuzz")
# fmt: off
TOKENS = [
    b"nan", b"NaN", b"inf", b"-Infinity", b"1e30", b"-1e309", b"1e-400", b"999999999999999999999999999999", b"-1",
    b"0", b"2147483648", b"18446744073709551616", b"null", b"true", b"[]", b"{}", b'"', b"'", b"\\", b"\x00", b"\r\n",
    b"\n.", b"<", b">", b"/>", b"<!--", b"]]>", b"&amp;", b"&x;", b"&#0;", b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"[" * 200, b"{" * 50, b"(" * 60, b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"PK\x03\x04",
    b"cos\nsystem\n(S'false'\ntR", b"\x8c\x05posix\x94\x8c\x06system\x94\x93", b"r\xff\xff\xff\xff",
    b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f", b".INCLUDE f.dat\n", b".INCLUDE ../../secret\n", b".PEN_DOWN\n",
    b'.SEGMENT WORD 0:9-4:1,7 ? "a\\"\n', b".COORD T\n", b".COORD Y X P T\n", b"(10000000000,)", b"(-1,)",
    b"(2, 3, 4)", b"'<U1'", b"'|O'", b"'<f8'", b"M0 0", b"1e5 1e5 0 1 1", b"a", b"e", b"#FF", b"?", b"*", b"!", b",",
]
# fmt: on


def damaged(data: bytes, stream: Stream) -> bytes:
    """The bytes with one bit flipped, or with one to four changes."""
    if stream.chance(0.3):
        at = stream.integers(0, len(data))
        return data[:at] + bytes([data[at] ^ 1 << stream.integers(0, 8)]) + data[at + 1 :]
    for _ in range(stream.integers(1, 5)):
        data = stream.choice(CHANGES)(data, stream)
    return data


def _flip(data: bytes, stream: Stream) -> bytes:
    changed = bytearray(data)
    for _ in range(stream.integers(1, 9)):
        if changed:
            changed[stream.integers(0, len(changed))] ^= 1 << stream.integers(0, 8)
    return bytes(changed)


def _cut(data: bytes, stream: Stream) -> bytes:
    return data[: stream.integers(0, len(data) + 1)]


def _piece(data: bytes, stream: Stream) -> tuple[int, int]:
    first = stream.integers(0, len(data) + 1)
    return first, min(len(data), first + stream.integers(1, 64))


def _remove(data: bytes, stream: Stream) -> bytes:
    first, stop = _piece(data, stream)
    return data[:first] + data[stop:]


def _repeat(data: bytes, stream: Stream) -> bytes:
    first, stop = _piece(data, stream)
    return data[:first] + data[first:stop] * stream.integers(2, 30) + data[stop:]


def _insert(data: bytes, stream: Stream) -> bytes:
    at = stream.integers(0, len(data) + 1)
    return data[:at] + stream.choice(TOKENS) + data[at:]


def _swap_number(data: bytes, stream: Stream) -> bytes:
    """Another number, or something that looks like one, in the place of a run of digits."""
    at = stream.integers(0, len(data) + 1)
    while at < len(data) and not data[at : at + 1].isdigit():
        at += 1
    stop = at
    while stop < len(data) and data[stop : stop + 1].isdigit():
        stop += 1
    return data[:at] + stream.choice(TOKENS[:14]) + data[stop:]


CHANGES: list[Callable[[bytes, Stream], bytes]] = [_flip, _flip, _cut, _remove, _repeat, _insert, _insert, _swap_number]


def mutants(path: Path, format: str, count: int) -> Iterator[None]:
    """Makes damaged versions of a sample under its name. Half of those that are packed are damaged inside."""
    stream = KEY.stream(0, format)
    data = path.read_bytes()
    inner = samples.members(path) if data.startswith(b"PK") else {}
    other = path.parents[3] / "include/org/data/f.dat" if format == "unipen" else None
    included = other.read_bytes() if other else b""
    for number in range(count):
        path.unlink()  # faster than to write over a file
        if inner and number % 2:
            name = stream.choice(sorted(inner))
            samples.zipped(path, inner | {name: damaged(inner[name], stream)})
        elif data.startswith(b"\x1f\x8b") and number % 2:
            path.write_bytes(gzip.compress(damaged(gzip.decompress(data), stream), 1))
        elif other and number % 2:
            path.write_bytes(data)
            other.write_bytes(damaged(included, stream))
        else:
            path.write_bytes(damaged(data, stream))
        yield


def read(format: str, path: Path, strict: bool) -> list[Ink]:
    """The inks of a file; none where it was refused by an `InkError` of one line with the file's name."""
    started = time.process_time()
    try:
        inks = list(find_format(format).read(path, Reading(path.name, strict)))
    except InkError as error:
        assert error.reason and "\n" not in str(error)
        assert error.file in (path.name, "")
        inks = []
    assert time.process_time() - started < 5
    return inks


def fuzz(format: str, folder: Path, count: int, path: Path | None = None) -> tuple[int, int]:
    """How many mutants were read, and refused; of the format's sample where no path is given."""
    path = path or samples.SAMPLES[format](folder)
    taken = 0
    for _ in mutants(path, format, count):
        strict = read(format, path, True)
        lenient = read(format, path, False)
        assert sum(len(ink.points) for ink in strict) <= sum(len(ink.points) for ink in lenient)
        for ink in lenient:
            assert ink.points.dtype == np.float32 and ink.points.shape == (int(ink.lengths.sum()), 4)
            assert (np.abs(ink.points[:, :2]) <= FARTHEST).all()
            again = Ink(ink.strokes, ink.spans, **ink.about)  # which checks everything
            assert again == ink
        taken += bool(strict)
    return taken, count - taken


def test_every_format_has_a_sample():
    assert set(samples.SAMPLES) == set(formats())


@pytest.mark.parametrize("format", sorted(formats()))
def test_no_two_formats_claim_a_file(format, tmp_path):
    path = samples.SAMPLES[format](tmp_path)
    head = path.read_bytes()[:4096]
    assert [name for name, other in formats().items() if other.sniff(path, head)] == [format]


@pytest.mark.parametrize("format", sorted(formats()))
def test_the_sample_is_good(format, tmp_path):
    path = samples.SAMPLES[format](tmp_path)
    inks = list(find_format(format).read(path, Reading(path.name)))
    assert inks and all(len(ink.points) for ink in inks)
    assert list(read_ink(path)) == inks  # known by its content


@pytest.mark.parametrize("format", sorted(set(formats()) - {"deepwriting", "npz", "sketchrnn"}))  # which are packed
def test_a_gzipped_file_is_read_in_every_format(format, tmp_path):
    path = samples.SAMPLES[format](tmp_path)
    inks = list(read_ink(path))
    data = path.read_bytes()
    path.write_bytes(data if data.startswith(b"\x1f\x8b") else gzip.compress(data))
    assert list(read_ink(path)) == inks


@pytest.mark.parametrize("format", sorted(formats()))
def test_200_damaged_files(format, tmp_path):
    taken, refused = fuzz(format, tmp_path, 200)
    assert taken >= 3 and refused >= 30  # the changes reach the content, and do harm


@pytest.mark.parametrize("name", samples.VARIANTS)
def test_damaged_files_of_other_kinds(name, tmp_path):
    format, build = samples.VARIANTS[name]
    path = build(tmp_path)
    assert all("skipped_strokes" not in ink.metadata for ink in read_ink(path))
    taken, refused = fuzz(format, tmp_path, 60, path)
    assert taken >= 1 and refused >= 10


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", samples.VARIANTS)
def test_10_000_damaged_files_of_other_kinds(name, tmp_path):
    format, build = samples.VARIANTS[name]
    fuzz(format, tmp_path, 10_000, build(tmp_path))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("format", sorted(formats()))
def test_10_000_damaged_files(format, tmp_path):
    fuzz(format, tmp_path, 10_000)


@pytest.mark.parametrize("format", sorted(formats()))
@pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 4096, b"PK\x03\x04", b"[" * 100_000, b"<a>" * 100_000])
def test_what_is_no_ink_at_all(format, content, tmp_path):
    path = tmp_path / "file.dat"
    path.write_bytes(content)
    with pytest.raises(InkError, match=r"file\.dat"):
        list(find_format(format).read(path, Reading(path.name)))
