"""What becomes of all that a file says: the README's table, and counts of what is neither read nor kept."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from synthink.ink.files.fates import EVERYTHING, Fates, left_out
from synthink.ink.files.registry import formats
from synthink.ink.reading import read_ink
from tests.ink.files import samples
from tests.support import ROOT

README = ROOT / "synthink" / "ink" / "files" / "README.md"


def cell(names: Mapping[str, str]) -> str:
    """Holders and their names, those of the same names together."""
    holders: dict[str, list[str]] = {}
    for holder, text in names.items():
        holders.setdefault(text, []).append(f"`{holder}`" if holder else "")
    parts = (f"{', '.join(of)} {text.replace('*', chr(92) + '*')}".strip() for text, of in holders.items())
    return "; ".join(parts)


def table() -> str:
    """The table that the README must hold."""
    fates = {name: format.fates for name, format in sorted(formats().items())}
    rows = [f"| {name} | {cell(own.read)} | {cell(own.metadata)} |" for name, own in fates.items()]
    return "\n".join(["| format | read into the ink | kept as metadata |", "|---|---|---|", *rows]) + "\n"


def test_the_table_in_the_readme_is_what_the_code_does():
    _, _, found_table = README.read_text(encoding="utf-8").partition("A test holds this table to the code.\n\n")
    assert found_table == table(), "put this into the README:\n" + table()


@pytest.mark.parametrize("name", formats())
def test_every_format_says_what_it_reads(name):
    fates = formats()[name].fates
    assert any(fates.read.values()) and fates.metadata


def replaced(old: str, new: str) -> Callable[[Path], None]:
    """Changes a text file, packed or not."""

    def change(path: Path) -> None:
        data = path.read_bytes()
        packed = data.startswith(b"\x1f\x8b")
        text = (gzip.decompress(data) if packed else data).decode()
        assert old in text
        changed = text.replace(old, new, 1).encode()
        path.write_bytes(gzip.compress(changed) if packed else changed)

    return change


def with_array(path: Path) -> None:
    with np.load(path, allow_pickle=True) as arrays:
        np.savez(path, **arrays, own=np.zeros(3))


def with_key(path: Path) -> None:
    first, *others = (json.loads(line) for line in path.read_text().splitlines())
    lines = [{**first, "own": {"a": 1}}, *others]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "deepwriting": (with_array, "own"),
    "dollar": (replaced('T="1000"', 'T="1000" own="1"'), "Point own"),
    "iamondb": (replaced("<Point", '<Point own="1"'), "Point own"),
    "inkml": (replaced('<trace id="0"', '<trace own="1" id="0"'), "trace own"),
    "mathwriting": (with_key, "own"),
    "npz": (with_array, "own"),
    "quickdraw": (with_key, "own"),
    "sketchrnn": (with_array, "own"),
    "svg": (replaced("<path", '<path own="1"'), "path own"),
    "unipen": (replaced(".VERSION", ".OWN 1\n.VERSION"), ".OWN"),
    "workshop": (replaced('"xs"', '"own": 1, "xs"'), "stroke own"),
    "xournal": (replaced("<stroke", '<stroke own="1"'), "stroke own"),
}


@pytest.mark.parametrize("name", sorted(set(formats()) - {"quickdraw_bin"}))  # which has no room for more
def test_what_is_neither_read_nor_kept_is_counted(name, tmp_path):
    path = samples.SAMPLES[name](tmp_path)
    before = next(read_ink(path, name)).metadata.get("left_out", {})
    change, what = CHANGES[name]
    change(path)
    ink = next(read_ink(path, name))
    assert ink.metadata["left_out"] == before | {what: 1}


def test_counts_are_bounded():
    counts = left_out({"a" * 100 + str(number): number for number in range(100)} | {"zero": 0})["left_out"]
    assert len(counts) <= 41 and all(len(name) <= 60 for name in counts)
    assert left_out({"zero": 0}) == {}


def test_names_that_are_known():
    fates = Fates(read={"a": "x y", "c": EVERYTHING}, metadata={"a": "z", "": "k", "b": "*"})
    assert fates.unknown("xyzwx", "a") == {"a w": 1}
    assert fates.unknown(["k", "l"]) == {"l": 1}
    assert fates.unknown(["k", "l"], "b") == {}
