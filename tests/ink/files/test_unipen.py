"""UNIPEN: statements, includes, components, segments, and which way is up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthink.ink.files.base import Limits, Reading
from synthink.ink.files.unipen.components import segment
from synthink.ink.files.unipen.reader import UnipenFormat
from synthink.ink.model import Ink, InkError
from tests.ink.files.samples import UNIPEN, UNIPEN_INK
from tests.ink.files.samples import unipen as sample

HEAD = ".VERSION 1.0\n.COORD X Y T\n.HIERARCHY WORD CHARACTER\n"


def read(path: Path, strict: bool = True, limits: Limits | None = None, **options: Any) -> list[Ink]:
    return list(UnipenFormat(**options).read(path, Reading(path.name, strict, limits or Limits())))


def written(folder: Path, content: str) -> Path:
    (folder / "a.dat").write_bytes(content.encode("latin1"))
    return folder / "a.dat"


def components(*kinds: str) -> str:
    """A component of two points for each, at x = 10 times its number."""
    blocks = (f".PEN_{kind}\n{10 * n} 0 {100 * n}\n{10 * n} 1 {100 * n + 10}\n" for n, kind in enumerate(kinds))
    return HEAD + "".join(blocks)


def xs(ink: Ink) -> list[list[float]]:
    return [stroke[:, 0].tolist() for stroke in ink.strokes]


def test_ink_in_one_folder_and_segments_in_another(tmp_path):
    (ink,) = read(sample(tmp_path))
    assert ink.points[:, :3].tolist() == [[10, 20, 0], [12, 26, 10], [20, 20, 200], [20, 30, 210]]
    assert (ink.label, ink.writer, ink.source) == ("hi", "w7", "f.dat#1")
    assert ink.metadata == {
        "points_per_second": 100,
        "quality": "GOOD",
        "qualities": ["GOOD", "?", "OK"],
        "left_out": {".COMMENT": 1},
    }
    assert [(span.kind, span.label, span.parts) for span in ink.spans] == [
        ("word", "hi", ((0, 0, 2), (1, 0, 2))),
        ("character", "h", ((0, 0, 2),)),
        ("character", "i", ((1, 0, 2),)),
    ]


def test_line_ends_of_other_systems(tmp_path):
    content = (UNIPEN_INK + UNIPEN.replace(".INCLUDE org/data/f.dat\n", "")).replace("\n", "{}")
    expected = read(written(tmp_path, content.replace("{}", "\n")))
    assert len(expected) == 1
    for end in ("\r\n", "\r"):
        assert read(written(tmp_path, content.replace("{}", end))) == expected


def test_isolated_characters_are_an_ink_each(tmp_path):
    content = (
        components("DOWN", "UP", "DOWN", "UP", "DOWN") + '.SEGMENT CHARACTER 0 ? "a"\n.SEGMENT CHARACTER 1-2 OK "b"\n'
    )
    inks = read(written(tmp_path, content))
    assert [(ink.label, xs(ink)) for ink in inks] == [("a", [[0, 0]]), ("b", [[20, 20], [40, 40]])]
    assert inks[1].points[0, 2] == 0 and inks[1].metadata["t0_ms"] == 200  # times are the ink's own


def test_characters_outside_of_words_are_not_lost(tmp_path):
    content = components("DOWN", "DOWN", "DOWN")
    content += '.SEGMENT CHARACTER 0 ? "a"\n.SEGMENT CHARACTER 2 ? "c"\n.SEGMENT WORD 0-1 ? "ab"\n'
    word, character = sorted(read(written(tmp_path, content)), key=lambda ink: -len(ink))
    assert [span.label for span in word.spans] == ["ab", "a"] and character.label == "c"


def test_a_file_without_segments_is_one_ink(tmp_path):
    (ink,) = read(written(tmp_path, components("DOWN", "UP", "DOWN")))
    assert xs(ink) == [[0, 0], [20, 20]] and ink.label is None and ink.spans == ()


def test_a_whole_file_with_all_its_spans(tmp_path):
    content = components("DOWN", "DOWN") + '.SEGMENT CHARACTER 0 ? "a"\n.SEGMENT CHARACTER 1 ? "b"\n'
    (ink,) = read(written(tmp_path, content), by="file")
    assert len(ink) == 2 and [span.parts for span in ink.spans] == [((0, 0, 2),), ((1, 0, 2),)]


@pytest.mark.parametrize(("counting", "expected"), [("auto", [[40, 40]]), ("both", [[40, 40]]), ("down", None)])
def test_a_number_too_high_for_the_pen_downs_counts_both(tmp_path, counting, expected):
    path = written(tmp_path, components("DOWN", "UP", "DOWN", "UP", "DOWN") + '.SEGMENT WORD 4 ? "c"\n')
    if expected is None:
        with pytest.raises(InkError, match=r"a\.dat, SEGMENT WORD, offset \d+: names the components 4-4, there are 3"):
            read(path, counting=counting)
    else:
        assert xs(read(path, counting=counting)[0]) == expected


def test_a_namesake_in_another_category_decides_how_to_count(tmp_path):
    path = sample(tmp_path)
    (tmp_path / "include/org/data/f.dat").write_text(components("DOWN", "UP", "DOWN"))
    path.write_text('.INCLUDE org/data/f.dat\n.SEGMENT WORD 1 ? "b"\n')
    assert xs(read(path)[0]) == [[20, 20]]
    (tmp_path / "data/8/org").mkdir(parents=True)
    (tmp_path / "data/8/org/f.dat").write_text('.INCLUDE org/data/f.dat\n.SEGMENT TEXT 0-2 ? "ab"\n')
    with pytest.raises(InkError, match="holds no ink"):  # component 1 has the pen up
        read(path)


@pytest.mark.parametrize(
    ("delineation", "expected"),
    [
        ("1", [[10, 11, 12]]),
        ("0-1", [[0, 1, 2], [10, 11, 12]]),
        ("0:1-1:0", [[1, 2], [10]]),
        ("0-1:1", [[0, 1, 2], [10, 11]]),
        ("0:2-1", [[2], [10, 11, 12]]),
        ("1:1-1:1", [[11]]),
        ("0:1", [[1]]),
        ("0:0-0:0,0:2-0:2,2", [[0], [2], [20, 21, 22]]),
    ],
)
def test_delineations(tmp_path, delineation, expected):
    blocks = "".join(f".PEN_DOWN\n{10 * n} 0\n{10 * n + 1} 0\n{10 * n + 2} 0\n.PEN_UP\n" for n in range(3))
    (ink,) = read(written(tmp_path, f'.VERSION 1.0\n{blocks}.SEGMENT WORD {delineation} ? "a"\n'))
    assert xs(ink) == expected
    assert [span.parts for span in ink.spans] == [tuple((n, 0, len(part)) for n, part in enumerate(expected))]


@pytest.mark.parametrize(
    ("argument", "label", "quality"),
    [
        (' WORD 1 ? "a"', "a", "?"),
        (' WORD 1 GOOD "a \\"b\\" \\\\" \r\n', 'a "b" \\', "GOOD"),
        (' WORD 1 OK "\\@"', "\\@", "OK"),
        (' WORD 1 "no quality"', "no quality", ""),
        ('\tWORD\t1\tBAD\t"two\n   lines"\n', "two lines", "BAD"),
        (" WORD 1 ?", None, "?"),
        (" WORD 1", None, ""),
        (' WORD 1 ? ""', "", "?"),
    ],
)
def test_labels(argument, label, quality):
    found = segment(argument)
    assert (found.label, found.quality, found.ranges) == (label, quality, ((1, None, 1, None),))


@pytest.mark.parametrize(
    "argument", ["", " WORD", ' WORD a-b ? "x"', ' WORD 1- ? "x"', ' WORD 1:2:3 ? "x"', ' WORD -1 ? "x"']
)
def test_segments_that_are_none(argument):
    with pytest.raises(InkError, match=r"is no segment|has the delineation"):
        segment(argument)


def test_channels_in_any_order_and_pressure_by_its_maximum(tmp_path):
    content = ".COORD P Y X T\n.PEN_DOWN\n50 2 1 1000\n100 4 3 1010\n.PEN_UP\n900 0 0 1020\n"
    (ink,) = read(written(tmp_path, content))
    assert ink.points.tolist() == [[1, 2, 0, 0.5], [3, 4, 10, 1]] and ink.metadata["t0_ms"] == 1000


@pytest.mark.parametrize("encoding", ["latin1", "utf-8"])
def test_labels_are_latin1_or_utf8(tmp_path, encoding):
    content = f'.WRITER_ID Zoë\n{components("DOWN", "DOWN")}.SEGMENT WORD 0-1 GOOD "größe"\n'
    (tmp_path / "a.dat").write_bytes(content.encode(encoding))
    (ink,) = read(tmp_path / "a.dat")
    assert (ink.label, ink.writer, ink.spans[0].label) == ("größe", "Zoë", "größe")


def test_few_points_are_compared_with_the_rate(tmp_path):
    head = ".POINTS_PER_SECOND 100\n.COORD X Y T\n.PEN_DOWN\n"
    (ink,) = read(written(tmp_path, f"{head}0 0 0\n1 0 10000\n2 0 20000\n.PEN_UP\n"))
    assert ink.points[:, 2].tolist() == [0, 10, 20]


@pytest.mark.parametrize(
    ("step", "rate", "scale", "note"),
    [
        (10, "100", 1, None),
        (5, "200", 1, None),
        (50, "100", 1, None),  # a tablet that leaves points out
        (10_000, "100", 1e-3, "by the sampling rate, times were in units of 0.001 ms"),
        (5_000, "200", 1e-3, "by the sampling rate, times were in units of 0.001 ms"),
        (10_000_000, "100", 1e-6, "by the sampling rate, times were in units of 1e-06 ms"),
        (0.01, "100", 1e3, "by the sampling rate, times were in units of 1000 ms"),
        (300, "100", 1, "3.33333 points a second by the times, 100 by the header"),
        (10_000, "fast", 1, None),
        (10_000, "0", 1, None),
        (10_000, None, 1, None),
    ],
)
def test_times_are_compared_with_the_rate(tmp_path, step, rate, scale, note):
    head = f".POINTS_PER_SECOND {rate}\n" if rate else ""
    points = "".join(f"{n} 0 {1000 + n * step:f}\n" for n in range(5))
    (ink,) = read(written(tmp_path, f"{head}.COORD X Y T\n.PEN_DOWN\n{points}.PEN_UP\n0 0 0\n"))
    assert ink.points[:, 2].tolist() == pytest.approx([n * step * scale for n in range(5)])
    assert ink.metadata.get("times_note") == note and ink.metadata["left_out"] == {"points with the pen up": 1}


@pytest.mark.parametrize(
    ("head", "y"),
    [
        (".X_POINTS_PER_INCH 400\n.Y_POINTS_PER_INCH 200\n", 40.0),
        (".X_POINTS_PER_MM 10\n.Y_POINTS_PER_MM 40\n", 5.0),
        (".X_POINTS_PER_INCH 200\n.Y_POINTS_PER_INCH 200\n", 20.0),
        (".X_POINTS_PER_INCH 200\n", 20.0),
        (".X_POINTS_PER_INCH 200\n.Y_POINTS_PER_INCH 0\n", 20.0),
        (".X_POINTS_PER_INCH 20000\n.Y_POINTS_PER_INCH 200\n", 20.0),
    ],
)
def test_steps_along_y_are_made_as_long_as_those_along_x(tmp_path, head, y):
    (ink,) = read(written(tmp_path, f"{head}.COORD X Y\n.PEN_DOWN\n0 0\n10 20\n.PEN_UP\n"))
    assert ink.points[-1, :2].tolist() == [10, y]
    assert ("resolution_note" in ink.metadata) == (y != 20)


def test_what_keywords_say_is_metadata_or_counted(tmp_path):
    ink, other = read(
        written(
            tmp_path,
            '.VERSION 1.0\n.X_DIM 1000\n.H_LINE 450 1500\n.PAD A tablet,\n  grey\n.ALPHABET "0" "1"\n.LEXICON '
            + "word " * 300
            + "\n.OWN x\n.COORD x Y Z p\n.PEN_DOWN\n1 2 3 4\n.DT 100\n.PEN_DOWN\n3 4 5 6\n.DT 100\n"
            '.SEGMENT WORD ? OK "a"\n.SEGMENT WORD 0 OK "b"\n.SEGMENT WORD 1 "c"\n',
        )
    )
    header = {"x_dim": "1000", "h_line": "450 1500", "pad": "A tablet, grey", "alphabet": '"0" "1"'}
    counts = {".LEXICON": 1, ".OWN": 1, ".DT": 2, "channel Z": 2, "segments without a place": 1}
    assert ink.metadata == {**header, "quality": "OK", "left_out": counts}
    assert (ink.label, other.label, other.metadata) == ("b", "c", {**header, "left_out": counts})


def test_without_channels_the_first_two_are_x_and_y(tmp_path):
    (ink,) = read(written(tmp_path, ".PEN_DOWN\n1 2 7\n3 4 8\n"))
    assert ink.points[:, :2].tolist() == [[1, 2], [3, 4]] and not ink.has_time


def downstrokes(count: int, way: int) -> str:
    return ".COORD X Y\n" + "".join(f".PEN_DOWN\n{n} {100}\n{n} {100 + way}\n.PEN_UP\n" for n in range(count))


@pytest.mark.parametrize(
    ("way", "count", "y_axis", "first"),
    [(-9, 12, "auto", -100), (-9, 4, "auto", 100), (9, 12, "auto", 100), (9, 12, "up", -100), (-9, 12, "down", 100)],
)
def test_y_is_turned_down_when_strokes_run_up(tmp_path, way, count, y_axis, first):
    (ink,) = read(written(tmp_path, downstrokes(count, way)), y_axis=y_axis)
    assert ink.points[0, 1] == first
    assert ink.metadata == ({"y_axis": "up"} if first < 0 else {})


def test_a_file_of_few_strokes_asks_those_beside_it(tmp_path):
    path = written(tmp_path, downstrokes(2, -9))
    assert read(path)[0].points[0, 1] == 100
    (tmp_path / "b.dat").write_text(downstrokes(30, -9))
    (tmp_path / "c.dat").write_text("no UNIPEN")
    assert read(path)[0].points[0, 1] == -100


class TestIncludes:
    def test_in_order_as_if_pasted(self, tmp_path):
        path = sample(tmp_path)
        (tmp_path / "include/org/a.doc").write_text(".COORD Y X\n.COMMENT\n.WRITER_ID w9\n")
        (tmp_path / "include/org/data/f.dat").write_text(".INCLUDE org/a.doc\n.PEN_DOWN\n1 2\n")
        path.write_text('.INCLUDE org/data/f.dat\n.SEGMENT WORD 0 ? "a"\n')
        (ink,) = read(path)
        assert ink.points[0, :2].tolist() == [2, 1] and ink.writer == "w9"

    def test_loops_and_repetitions_are_refused(self, tmp_path):
        path = sample(tmp_path)
        (tmp_path / "include/org/data/f.dat").write_text(".INCLUDE org/data/f.dat\n.PEN_DOWN\n1 2\n")
        with pytest.raises(InkError, match=r"INCLUDE 'org/data/f.dat', offset 0: is included twice"):
            read(path)

    @pytest.mark.parametrize("name", ["../secret.dat", "/etc/passwd", "org/../../secret.dat", "link.dat"])
    def test_nothing_outside_the_folder_is_read(self, tmp_path, name):
        path = sample(tmp_path)
        (tmp_path / "secret.dat").write_text(".PEN_DOWN\n666 666\n")
        (tmp_path / "include/link.dat").symlink_to(tmp_path / "secret.dat")
        path.write_text(f".INCLUDE {name}\n")
        for strict in (True, False):
            with pytest.raises(InkError, match="lies outside the folder"):
                read(path, strict)

    @pytest.mark.parametrize("name", ["no/such.dat", "", "org", "a" * 5000, "a\0b"])
    def test_a_missing_file(self, tmp_path, name):
        path = sample(tmp_path)
        path.write_text(f".INCLUDE {name}\n.PEN_DOWN\n1 2\n")
        with pytest.raises(InkError, match=r"f\.dat, INCLUDE .*is missing"):
            read(path)
        assert len(read(path, strict=False)) == 1

    def test_together_they_keep_to_the_limits(self, tmp_path):
        path = sample(tmp_path)
        total = sum(file.stat().st_size for file in tmp_path.rglob("*.dat"))
        assert read(path, limits=Limits(bytes=total))
        with pytest.raises(InkError, match="with what it includes"):
            read(path, limits=Limits(bytes=total - 1))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("hello\n", r"a\.dat, offset 0: has no line with a keyword"),
        (".VERSION 1.0\n", r"a\.dat: has no \.PEN_DOWN"),
        (".COORD T P\n.PEN_DOWN\n1 2\n", r"COORD, offset 0: names no channels X and Y: \['T', 'P'\]"),
        (HEAD + ".PEN_DOWN\n1 2\n", r"component 0 in a\.dat, offset \d+: has points that are not of 3 numbers"),
        (".PEN_DOWN\n1 2\n3\n", "has points that are not of 2 numbers"),
        (".PEN_DOWN\n1 a\n", "has a point that is no number"),
        (".PEN_DOWN\n1 nan\n", "a point that is no number: 'nan' is no number"),
        (".PEN_DOWN\n1 1e30\n", "stroke 0: x, y of point 0 must be finite"),
        (".PEN_DOWN\n.PEN_UP\n", "has no points with the pen down"),
        ('.PEN_DOWN\n1 2\n.SEGMENT WORD 0:1 ? "a"\n', "names the points 1-1 of component 0, which has 1"),
        ('.PEN_DOWN\n1 2\n.SEGMENT WORD 1-0 ? "a"\n', "names the components 1-0"),
        ('.PEN_DOWN\n1 2\n.SEGMENT WORD 0-999999999 ? "a"\n', "names the components 0-999999999"),
    ],
)
def test_bad_files(tmp_path, content, message):
    with pytest.raises(InkError, match=message):
        read(written(tmp_path, content))


def test_a_bad_component_keeps_its_number(tmp_path):
    content = '.PEN_DOWN\n1 2\n.PEN_DOWN\nx\n.PEN_DOWN\n5 6\n.SEGMENT WORD 0 ? "a"\n.SEGMENT WORD 2 ? "c"\n'
    reading = Reading("a.dat", strict=False)
    inks = list(UnipenFormat().read(written(tmp_path, content), reading))
    assert [(ink.label, ink.points[0, 0]) for ink in inks] == [("a", 1), ("c", 5)]
    assert reading.skipped.total() == 1 and np.isnan(inks[0].points[0, 2])


def test_a_label_whose_ink_is_damaged_is_left_out(tmp_path):
    content = '.PEN_DOWN\n1 2\n.PEN_DOWN\nx\n.PEN_DOWN\n5 6\n.SEGMENT WORD 0-1 ? "ab"\n.SEGMENT WORD 2 ? "c"\n'
    reading = Reading("a.dat", strict=False)
    assert [ink.label for ink in UnipenFormat().read(written(tmp_path, content), reading)] == ["c"]
    assert reading.skipped["holds component 1, which cannot be read"] == 1


def test_only_files_of_ink_are_claimed(tmp_path):
    path = sample(tmp_path)
    ink = tmp_path / "include/org/data/f.dat"
    assert UnipenFormat().sniff(path, path.read_bytes())
    assert not UnipenFormat().sniff(ink, ink.read_bytes())  # read through the one above
    assert UnipenFormat().sniff(tmp_path / "x.dat", ink.read_bytes())
    assert not UnipenFormat().sniff(tmp_path / "x.doc", b".VERSION 1.0\n.DATA_INFO\n")
    assert not UnipenFormat().sniff(tmp_path / "x.txt", b"...\n.a\n")
