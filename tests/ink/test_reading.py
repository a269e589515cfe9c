"""read_ink and write_ink: files, folders and globs of any format, and what they say about those that are none."""

from __future__ import annotations

import os
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from synthink.errors import ConfigError, OutputError
from synthink.ink.files.registry import formats
from synthink.ink.model import Ink, InkError, Span
from synthink.ink.reading import InkReader, read_ink
from synthink.ink.writing import writable_formats, write_ink
from tests.support import python

NAN = float("nan")
INKML = "<ink><annotation type='truth'>{}</annotation><trace>1 2,3 4</trace></ink>"
BAD = "<ink><trace>1 2,3</trace><trace>5 6</trace></ink>"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L1 1"/></svg>'
GESTURE = '<Gesture Name="star01"><Point X="1" Y="2" T="3"/></Gesture>'
NDJSON = '{"key_id":"1","word":"cat","drawing":[[[1,2],[3,4],[0,9]]]}\n' * 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ink of several formats among other files; none of it is named for what it is."""
    root = tmp_path / "ink"
    for name, content in {
        "b/2.inkml": INKML.format("two"),
        "b/10.inkml": INKML.format("ten"),
        "a.txt": INKML.format("first"),
        "c.xml": GESTURE,
        "d": SVG,
        "e.json": NDJSON,
        "README.md": "Not ink.",
        "symbols.jsonl": '{"sourceSampleId":"00","strokeIndices":[3,4],"label":"f"}\n',
        "forms.txt": "a01-000u 10052\n",
        "writers.xml": "<writers/>",
        "empty.txt": "",
        ".hidden.inkml": INKML.format("hidden"),
        ".git/x.inkml": INKML.format("hidden"),
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def test_a_folder_in_sorted_order_by_content(folder):
    reader = read_ink(folder)
    inks = list(reader)
    assert [(ink.source, ink.label) for ink in inks] == [
        ("a.txt", "first"),
        ("10.inkml", "ten"),
        ("2.inkml", "two"),
        ("c.xml", "star"),
        ("d", None),
        ("e.json#1", "cat"),
        ("e.json#2", "cat"),
    ]
    assert (reader.files, reader.ignored, reader.skipped.total()) == (6, 5, 0)
    assert list(reader) == []


def test_a_file_a_path_and_globs(folder):
    assert next(read_ink(str(folder / "d"))).lengths.tolist() == [2]
    assert [ink.label for ink in read_ink(f"{folder}/**/*.inkml")] == ["ten", "two"]
    assert [ink.label for ink in read_ink(folder / "b" / "?.inkml")] == ["two"]
    (folder / "[1].inkml").write_text(INKML.format("brackets"))
    assert [ink.label for ink in read_ink(folder / "[1].inkml")] == ["brackets"]


def test_an_explicit_format_takes_the_files_of_that_format_alone(folder):
    reader = read_ink(folder, "inkml")
    assert [ink.label for ink in reader] == ["first", "ten", "two"] and reader.ignored == 8
    with pytest.raises(InkError, match="root element is 'svg'"):
        list(read_ink(folder / "d", "inkml"))


def test_the_order_in_which_formats_are_asked():
    assert " ".join(formats()) == (
        "inkml iamondb dollar svg xournal deepwriting sketchrnn npz quickdraw mathwriting workshop unipen quickdraw_bin"
    )


@pytest.mark.parametrize("name", formats())
def test_a_format_recognises_no_other_file(name):
    format = formats()[name]
    assert format.suffixes and all(suffix.startswith(".") for suffix in format.suffixes)
    assert not format.sniff(Path("a"), b"") and not format.sniff(Path("a.txt"), b"Some text.\n")
    assert not format.sniff(Path("a.png"), b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


def test_the_first_bad_file_stops_a_strict_reader(folder):
    (folder / "b" / "3.inkml").write_text(BAD)
    reader = read_ink(folder)
    message = (
        "b/3.inkml, trace on line 1, offset 5: point 1 has 1 values, not 2; strict=False leaves it out and counts it"
    )
    with pytest.raises(InkError, match=f"^{re.escape(message)}$") as caught:
        list(reader)
    assert reader.files == 4
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.file, error.element, error.offset) == ("b/3.inkml", "trace on line 1", 5)


def test_a_file_of_many_that_is_no_ink_names_strict(folder):
    (folder / "b" / "3.inkml").write_bytes(b"\0\1\2")
    with pytest.raises(InkError, match=r"^b/3\.inkml, .*invalid token\); strict=False leaves it out"):
        list(read_ink(folder))
    with pytest.raises(InkError, match=r"invalid token\)$"):  # of one file nothing would be left
        list(read_ink(folder / "b" / "3.inkml"))


def test_a_lenient_reader_counts_what_it_leaves_out(folder):
    (folder / "b" / "3.inkml").write_text(BAD)
    (folder / "b" / "4.inkml").write_text("<ink><trace>1 2</trace>")
    (folder / "b" / "5.inkml").write_bytes(b"\0\1\2")
    reader = read_ink(folder, strict=False)
    inks = list(reader)
    assert len(inks) == 8 and reader.files == 9
    assert dict(reader.skipped) == {
        "point 1 has 1 values, not 2": 1,
        "is no XML that can be read: no element found": 1,
        "is no XML that can be read: not well-formed (invalid token)": 1,
    }
    assert [ink.metadata["skipped_strokes"] for ink in inks if "skipped_strokes" in ink.metadata] == [1]


@pytest.mark.parametrize(
    "name, reason",
    [
        ("nowhere", "there is no such file or folder"),
        ("nowhere/*.inkml", "fits no files"),
        ("empty", "holds no files"),
        ("x.inkml", "holds no files"),
        ("a" * 5000, "no such file|cannot be read"),
        ("a\0b", "no such file|cannot be read"),
    ],
)
def test_paths_that_hold_nothing(tmp_path, name, reason):
    for made in ("empty", "x.inkml"):
        (tmp_path / made).mkdir()
    with pytest.raises(InkError, match=reason):
        read_ink(tmp_path / name)


@pytest.mark.parametrize("name, content", [("a.txt", b"text"), ("a.txt", b""), ("a.png", b"\x89PNG\r\n\x1a\n")])
def test_a_file_that_is_no_ink(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InkError, match=rf"^{name}: is (empty|in no format).*inkml, iamondb"):
        list(read_ink(tmp_path / name))
    (tmp_path / "more.txt").write_text("text")
    with pytest.raises(InkError, match="none of 2 files holds ink"):
        list(read_ink(tmp_path))


def test_special_files_are_left_alone(folder):
    os.mkfifo(folder / "pipe.inkml")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "gone.inkml").symlink_to(folder / "nowhere")
    assert len(list(read_ink(folder))) == 7


def test_a_wrong_format_is_told_what_there_is():
    with pytest.raises(ConfigError, match="did you mean inkml"):
        read_ink("x", "inkmml")
    with pytest.raises(ConfigError, match="path="):
        read_ink("")
    with pytest.raises(ConfigError, match="path="):
        read_ink(5)  # type: ignore[arg-type]


INK = Ink(
    [np.array([[1, 2, 0, 0.5], [3, 4.25, 8, NAN]], np.float32), np.array([[5, 6, NAN, 1]], np.float32)],
    [Span("a", "word", ((0, 1, 2), (1, 0, 1)))],
    label="a <b> $c$",
    writer="w1",
    units="mm",
    metadata={"age": 5, "hand": "left"},
)


@pytest.mark.parametrize("suffix", writable_formats())
def test_what_is_written_by_suffix_or_format_is_read_again(tmp_path, suffix):
    for path, format in ((tmp_path / f"a.{suffix}", "auto"), (tmp_path / "b", suffix)):
        write_ink(path, INK, format)
        (again,) = read_ink(path)
        assert again.label == INK.label and again.source and again.source.startswith(path.name)
        assert again.points[:, :2].tolist() == INK.points[:, :2].tolist() and again.lengths.tolist() == [2, 1]
        if suffix in ("inkml", "npz"):
            again.source = None
            assert again == INK
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("suffix", ["ndjson", "npz"])
def test_files_of_many_number_their_inks(tmp_path, suffix):
    write_ink(tmp_path / f"a.{suffix}", (INK for _ in range(3)))
    assert [ink.source for ink in read_ink(tmp_path)] == [f"a.{suffix}#{number}" for number in (1, 2, 3)]


@pytest.mark.parametrize("suffix", ["inkml", "svg"])
@pytest.mark.parametrize("inks", [[], [INK, INK]])
def test_one_ink_to_a_file(tmp_path, suffix, inks):
    with pytest.raises(InkError, match=f"^a.{suffix}: .* holds one ink.*ndjson or npz"):
        write_ink(tmp_path / f"a.{suffix}", inks)
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_written(tmp_path):
    with pytest.raises(ConfigError, match=r"path=.*did you mean inkml"):
        write_ink(tmp_path / "a.inkm", INK)
    with pytest.raises(ConfigError, match="format='unipen'"):
        write_ink(tmp_path / "a.inkml", INK, "unipen")
    with pytest.raises(ConfigError, match="must be Ink"):
        write_ink(tmp_path / "a.inkml", [[[1, 2]]])  # type: ignore[list-item]
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_ink(tmp_path / "file" / "a.inkml", INK)
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_ink(tmp_path / "folder.svg", INK)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.svg"]


@pytest.mark.heavy
def test_nothing_heavy_is_imported_to_read_ink():
    code = (
        "import sys, synthink.ink.writing; from synthink.ink.files.registry import formats; formats()\n"
        "print(*(name for name in ('scipy', 'svgpathtools', 'pyarrow', 'matplotlib') if name in sys.modules))"
    )
    assert python("-c", code).stdout.strip() == ""


@pytest.mark.skipif("SYNTHINK_REAL_INK" not in os.environ, reason="needs a folder of real ink in SYNTHINK_REAL_INK")
def test_real_ink_is_read_without_a_fault():
    reader: InkReader = read_ink(os.environ["SYNTHINK_REAL_INK"])
    labelled = sum(ink.label is not None for ink in reader)
    assert labelled > 0 and reader.files > 0 and not reader.skipped
