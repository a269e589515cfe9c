"""Numbers of ink files: decimals in ASCII, and nothing else that Python's `float` would take."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from synthink.ink.files.strokes import decimal
from synthink.ink.model import InkError
from synthink.ink.reading import read_ink
from tests.ink.files.samples import DOLLAR, IAMONDB, INKML, SVG, UNIPEN_INK, XOURNAL

ODD = ["1_000", "nan", "infinity", "-inf", "\uff11\uff12", "\u0661", "0x10", "1e", "--1", "\u00b2"]

PLACES: list[tuple[str, str, str, str]] = [
    ("a.inkml", INKML, "11.25", "#"),
    ("a.inkml", INKML, '"X"', '"X" max="#"'),
    ("a.xml", IAMONDB, '"1002"', '"#"'),
    ("a.xml", IAMONDB, '"100.07"', '"#"'),
    ("a.xml", DOLLAR, '"12.5"', '"#"'),
    ("a.xml", DOLLAR, '"1010"', '"#"'),
    ("a.xopp", XOURNAL, "12.5", "#"),
    ("a.xopp", XOURNAL, "1.2 ", "# "),
    ("a.svg", SVG, "5,6", "5,#"),
    ("a.svg", SVG, "M1 2", "M1 #"),
    ("a.svg", SVG, '"9"', '"#"'),
    ("a.svg", SVG, "scale(2)", "scale(#)"),
    ("a.svg", SVG, "0 0 100 50", "0 0 # 50"),
    ("a.dat", UNIPEN_INK, "12 26", "12 #"),
]
"""Name and content of a file, a place in it, and the place with another number."""


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("name", "text", "place", "other"), PLACES)
def test_no_reader_takes_what_is_no_number(
    tmp_path: Path, name: str, text: str, place: str, other: str, odd: str
) -> None:
    assert place in text
    data = text.replace(place, other.replace("#", odd), 1).encode("utf-8")
    if "ISO-8859-1" in text:
        data = data.decode("utf-8").encode("latin-1", "xmlcharrefreplace")
    (tmp_path / name).write_bytes(gzip.compress(data, mtime=0) if name == "a.xopp" else data)
    with pytest.raises(InkError):
        list(read_ink(tmp_path / name))


@pytest.mark.parametrize("text", ["1", "-1.5", "+.5", "5.", "1e3", " 12\n", "1E-3"])
def test_decimals_are_read(text: str) -> None:
    assert decimal(text) == float(text)


def arcs(count: int) -> str:
    return "M0 0" + "a1e9 1e9 0 1 1 1e-9 1e-9" * count


COSTLY: dict[str, Callable[[], str]] = {
    "arcs of a great radius": lambda: f'<path d="{arcs(20_000)}"/>',
    "arcs that draw much": lambda: f'<path d="M0 0{"a4e8 4e8 0 1 1 1e-9 0" * 20_000}"/>',
    "arcs under a transform": lambda: f'<g transform="scale(1e6)"><path d="M0 0{"a1e4 1e4 0 1 1 1 1" * 20_000}"/></g>',
    "ends far away": lambda: f'<path d="M0 0{"L1e30 1e30" * 50_000}"/>',
    "curves that draw much": lambda: f'<path d="M0 0{"c9e8 9e8-9e8 9e8 0 0" * 20_000}"/>',
    "many paths that draw much": lambda: '<path d="M0 0a4e8 4e8 0 1 1 1e-9 0"/>' * 20_000,
    "numbers beyond floats": lambda: f'<path d="M0 0{"C1e308 1e308-1e308-1e308 1e308 0" * 20_000}"/>',
    "a long chain of transforms": lambda: f'<path transform="{"scale(1)" * 50_000}" d="M0 0L1 1"/>',
    "an endless command": lambda: f'<path d="M0 0L{"1 " * 400_001}"/>',
}


@pytest.mark.heavy
@pytest.mark.parametrize("body", COSTLY.values(), ids=COSTLY.keys())
@pytest.mark.timeout(20)
def test_a_drawing_is_refused_before_its_points_are_made(tmp_path: Path, body: Callable[[], str]) -> None:
    file = tmp_path / "a.svg"
    file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{body()}</svg>', "ascii")
    with pytest.raises(InkError, match=r"a\.svg"):
        list(read_ink(file))


def test_a_flat_arc_of_a_great_radius_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0a1e12 1e12 0 0 1 8 6"/></svg>'
    )
    (ink,) = read_ink(tmp_path / "a.svg")
    assert ink.points[:, :2].tolist() == [[0, 0], [8, 6]]
