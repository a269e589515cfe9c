"""Formats that others bring along, by an entry point of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin import unpacked
from tests.support import python

DOTS = '''
"""Ink as lines of x and y, by somebody else."""

from synthink.files import write_atomically
from synthink.ink import Ink, WritableInkFormat


class DotsFormat(WritableInkFormat):
    suffixes = (".dots",)

    def sniff(self, path, head):
        return head.startswith(b"dots\\n")

    def read(self, path, reading):
        try:
            yield Ink([[[float(word) for word in line.split()] for line in path.read_text().splitlines()[1:]]])
        except ValueError as error:
            reading.fail(f"is no list of dots: {error}")

    def write(self, path, inks):
        rows = [f"{x:g} {y:g}" for ink in inks for x, y in ink.points[:, :2].tolist()]
        write_atomically(path, "\\n".join(["dots", *rows, ""]).encode())
'''
USE = """
import synthink
from synthink.ink import Ink, read_ink, write_ink

write_ink("a.dots", Ink([[[1, 2], [3, 4.5]]]))
for name in ("auto", "dots"):
    (ink,) = read_ink("a.dots", name)
    print(ink.source, ink.points[:, :2].tolist())
write_ink("b", ink, "dots")
open("c.dots", "w").write("dots\\n1 x\\n")
try:
    list(read_ink("c.dots"))
except synthink.ink.InkError as error:
    print(error)
"""


def test_a_format_of_others_is_read_and_written(tmp_path: Path) -> None:
    unpacked(tmp_path / "site", "dots", "synthink_dots_ink", DOTS, "DotsFormat", "synthink.ink_files")
    result = python("-c", USE, env={"PYTHONPATH": str(tmp_path / "site")}, cwd=tmp_path)
    assert result.stdout.splitlines() == [
        "a.dots#1 [[1.0, 2.0], [3.0, 4.5]]",
        "a.dots#1 [[1.0, 2.0], [3.0, 4.5]]",
        "c.dots: is no list of dots: could not convert string to float: 'x'",
    ], result.stderr
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a.dots").read_bytes()


@pytest.mark.parametrize(
    "text, message",
    [
        ("import no_such_module_anywhere", "cannot be loaded: ModuleNotFoundError"),
        ("class DotsFormat: pass", "is no subclass of InkFileFormat"),
    ],
)
def test_a_broken_format_is_named_with_its_package(tmp_path: Path, text: str, message: str) -> None:
    unpacked(tmp_path / "site", "dots", "synthink_dots_ink", text, "DotsFormat", "synthink.ink_files")
    code = "from synthink.ink import read_ink; list(read_ink('a.txt'))"
    (tmp_path / "a.txt").write_text("")
    result = python("-c", code, env={"PYTHONPATH": str(tmp_path / "site")}, cwd=tmp_path)
    assert "ink format 'dots' of synthink-dots-ink 1.2.3" in result.stderr and message in result.stderr
