"""The other files of XML: IAM-OnDB, $-family logs, Xournal, SVG; and XML itself when it is hostile."""

from __future__ import annotations

import gzip
import itertools
import os
import re
import zlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.ink.files import dollar, iamondb, xournal
from synthink.ink.files import safe_xml as safexml
from synthink.ink.files.base import Limits, Reading
from synthink.ink.files.svg import reader as svg
from synthink.ink.files.svg import writer as svg_writer
from synthink.ink.files.svg.paths import TOLERANCE, polylines, transform
from synthink.ink.model import Ink, InkError


def read(module: ModuleType, path: Path, strict: bool = True, **limits: int) -> list[Ink]:
    return list(module.read(path, Reading(path.name, strict, Limits(**limits))))


LINE = """<?xml version="1.0" encoding="ISO-8859-1"?>
<WhiteboardCaptureSession>{general}<WhiteboardDescription><SensorLocation corner="top_left"/></WhiteboardDescription>
<StrokeSet><Stroke colour="black" start_time="13090916.05" end_time="13090916.09">
<Point x="1000" y="900" time="13090916.05"/><Point x="1002" y="915" time="13090916.07"/></Stroke>
<Stroke colour="black"/><Stroke colour="black"><Point x="7" y="8" time="13090917.00"/></Stroke>
</StrokeSet></WhiteboardCaptureSession>"""


def form(folder: Path, numbers: list[int], lines: list[str], name: str = "a01-000u") -> Path:
    """A form as the database has it; returns its folder of stroke files."""
    place = folder / "lineStrokes/a01/a01-000"
    text = folder / "ascii/a01/a01-000"
    place.mkdir(parents=True, exist_ok=True)
    text.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (place / f"{name}-{number:02}.xml").write_text(LINE.format(general=""))
    content = "\n".join(("OCR: ", "", "something else", "", "CSR: ", "", *lines, ""))
    text.joinpath(f"{name}.txt").write_bytes(content.encode("latin-1"))
    return place


class TestIam:
    def test_a_line_with_its_text(self, tmp_path):
        place = form(tmp_path, [1, 2], ["Mr . Gaitskell", "café"])
        (ink,) = read(iamondb, place / "a01-000u-02.xml")
        assert ink.label == "café" and ink.writer is None and ink.source == "a01-000u-02.xml"
        assert ink.metadata == {"t0_ms": 13090916050.0, "colour": "black", "form": "a01-000u", "line": 2}
        assert ink.points[:, :3].tolist() == [[1000, 900, 0], [1002, 915, 20], [7, 8, 950]]
        assert ink.lengths.tolist() == [2, 1]

    def test_without_texts_there_is_no_label(self, tmp_path):
        (tmp_path / "a01-000u-01.xml").write_text(LINE.format(general=""))
        assert read(iamondb, tmp_path / "a01-000u-01.xml")[0].label is None

    @pytest.mark.parametrize("numbers, lines", [([1, 2, 3], 2), ([1, 2, 3, 4], 5), ([1, 2, 4], 3), ([3], 2), ([1], 0)])
    def test_a_form_of_other_lines_is_refused_by_name(self, tmp_path, numbers, lines):
        path = form(tmp_path, numbers, list("abcdefgh"[:lines])) / f"a01-000u-{numbers[0]:02}.xml"
        with pytest.raises(InkError, match=f"form a01-000u has {len(numbers)} stroke files.*but {lines} lines"):
            read(iamondb, path)
        reading = Reading(path.name, strict=False)
        (ink,) = iamondb.read(path, reading)
        assert ink.label is None and len(ink) == 2 and reading.skipped.total() == 1

    @pytest.mark.parametrize("numbers", [[1], [2, 3], [1, 2], [8], [1, 3, 7]])
    def test_of_a_selection_of_files_the_numbers_decide(self, tmp_path, numbers):
        place = form(tmp_path, numbers, list("abcdefgh"))
        labels = [read(iamondb, path)[0].label for path in sorted(place.iterdir())]
        assert labels == ["abcdefgh"[number - 1] for number in numbers]

    def test_forms_in_one_folder_are_counted_apart(self, tmp_path):
        form(tmp_path, [1, 2], ["a", "b"], "a01-000")
        place = form(tmp_path, [1, 2, 3], ["c", "d", "e"], "a01-000u")
        labels = [read(iamondb, path)[0].label for path in sorted(place.iterdir())]
        assert labels == ["a", "b", "c", "d", "e"]

    def test_the_writer_from_the_list_of_forms_or_the_form(self, tmp_path):
        path = form(tmp_path, [1], ["a"]) / "a01-000u-01.xml"
        original = tmp_path / "original/a01/a01-000"
        original.mkdir(parents=True)
        general = '<General><TextLine writerID="10001"/></General><Transcription><TextLine id="1" text="a &amp; b"/>'
        (original / "strokesu.xml").write_text(LINE.format(general=general + '<TextLine text="c"/></Transcription>'))
        assert read(iamondb, path)[0].writer == "10001"
        (ink,) = read(iamondb, original / "strokesu.xml")
        assert (ink.writer, ink.label) == ("10001", "a & b\nc")
        (tmp_path / "forms.txt").write_text("# form writer\na01-000u 10052 x\n")
        assert read(iamondb, path)[0].writer == "10052"

    @pytest.mark.parametrize(
        "old, new, reason",
        [
            ('x="1002"', "", "stroke 0 on line 3, offset 164: has a Point without 'x'"),
            ('x="1002"', 'x="nan"', "point 1 must be finite"),
            ('x="1002"', 'x="1e30"', "point 1 must be finite"),
            ('x="1002"', 'x="abc"', "no number"),
            ('time="13090916.07"', 'time="inf"', "t of point 1"),
            ("</StrokeSet>", "", "mismatched tag"),
        ],
    )
    def test_bad_files(self, tmp_path, old, new, reason):
        path = tmp_path / "a.xml"
        path.write_text(LINE.format(general="").replace(old, new, 1))
        with pytest.raises(InkError, match=reason):
            read(iamondb, path)
        if "mismatched" not in reason:
            (ink,) = read(iamondb, path, strict=False)
            assert ink.points[:, :2].tolist() == [[7, 8]] and ink.metadata["skipped_strokes"] == 1

    @pytest.mark.skipif("SYNTHINK_REAL_INK" not in os.environ, reason="needs a folder of real ink in SYNTHINK_REAL_INK")
    def test_real_lines_lose_no_points(self):
        for path in sorted(Path(os.environ["SYNTHINK_REAL_INK"]).rglob("lineStrokes/**/*.xml")):
            (ink,) = read(iamondb, path)
            assert len(ink.points) == path.read_bytes().count(b"<Point "), path
            assert ink.has_time and ink.label, path


class TestDollar:
    @pytest.mark.parametrize(
        "name, label", [("caret01", "caret"), ("caret10", "caret"), ("D~03", "D"), ("circle", "circle"), ("x2", "x2")]
    )
    def test_a_log_of_one_stroke(self, tmp_path, name, label):
        (tmp_path / "a.xml").write_text(
            f'<Gesture Name="{name}" Subject="2" Speed="fast" Number="9" NumPts="2" Millseconds="500">'
            '<Point X="10" Y="20" T="1000"/><Point X="11.5" Y="21" T="1016"/></Gesture>'
        )
        (ink,) = read(dollar, tmp_path / "a.xml")
        assert (ink.label, ink.writer, ink.metadata["Speed"], ink.metadata["t0_ms"]) == (label, "2", "fast", 1000)
        assert ink.points[:, :3].tolist() == [[10, 20, 0], [11.5, 21, 16]]

    def test_several_strokes_and_no_times(self, tmp_path):
        (tmp_path / "a.xml").write_text(
            '<Gesture Name="T"><Stroke index="1"><Point X="1" Y="2"/></Stroke><Stroke index="2"/>'
            '<Stroke index="3"><Point X="3" Y="4"/><Point X="5" Y="6"/></Stroke></Gesture>'
        )
        (ink,) = read(dollar, tmp_path / "a.xml")
        assert ink.lengths.tolist() == [1, 2] and not ink.has_time and ink.label == "T"

    def test_bad_points(self, tmp_path):
        (tmp_path / "a.xml").write_text('<Gesture Name="T"><Point X="1"/></Gesture>')
        with pytest.raises(InkError, match=r"a\.xml, stroke 0, offset 0: has a Point without 'Y'"):
            read(dollar, tmp_path / "a.xml")


PAGES = """<?xml version="1.0"?><xournal creator="x"><title>t</title>
<page width="595" height="841"><background type="solid"/><layer>
<stroke tool="pen" color="#000000ff" width="1.41">1 2 3 4</stroke>
<stroke tool="highlighter" color="#ff0000ff" width="2 1 4">1 2 3 4 5 6</stroke>
<stroke tool="eraser" color="#ffffffff" width="9">1 2 3 4</stroke></layer></page>
<page width="1" height="1"><layer/></page>
<page width="1" height="1"><layer><stroke width="1">7 8</stroke></layer></page></xournal>"""


class TestXournal:
    @pytest.mark.parametrize("packed", [True, False])
    def test_pages(self, tmp_path, packed):
        path = tmp_path / "a.xopp"
        path.write_bytes(gzip.compress(PAGES.encode()) if packed else PAGES.encode())
        first, third = read(xournal, path)
        assert (first.source, third.source) == ("a.xopp#1", "a.xopp#3")
        assert first.units == "pt" and first.metadata["whiteout_strokes"] == 1
        assert first.metadata["tools"] == ["pen", "highlighter"] and first.metadata["widths"] == ["1.41", "2"]
        assert first.strokes[1][:, [0, 1, 3]].tolist() == [[1, 2, 0.25], [3, 4, 1], [5, 6, 1]]
        assert np.isnan(first.strokes[0][:, 3]).all() and third.points[:, :2].tolist() == [[7, 8]]
        assert xournal.sniff(path, path.read_bytes()[:4096])

    @pytest.mark.parametrize(
        "old, new, reason",
        [
            ("1 2 3 4<", "1 2 3<", "page 1, stroke 0 on line 3.*has 3 numbers"),
            ("1 2 3 4<", "1 2 x 4<", "cannot be read"),
            ("1 2 3 4<", "1 2 1e30 4<", "finite"),
            ('"2 1 4"', '"2 1 4 5 6"', "5 widths for 3 points"),
            ('"2 1 4"', '"2 -1 4"', "3 widths"),
        ],
    )
    def test_bad_strokes(self, tmp_path, old, new, reason):
        path = tmp_path / "a.xopp"
        path.write_bytes(gzip.compress(PAGES.replace(old, new, 1).encode()))
        with pytest.raises(InkError, match=reason):
            read(xournal, path)
        first, _ = read(xournal, path, strict=False)
        assert len(first) == 1 and first.metadata["skipped_strokes"] == 1

    @pytest.mark.timeout(30)
    def test_bombs_and_broken_archives(self, tmp_path):
        path = tmp_path / "a.xopp"
        path.write_bytes(gzip.compress(b"<xournal>" + b" " * 2**25))
        with pytest.raises(InkError, match="unpacks to more than"):
            read(xournal, path)
        packed = gzip.compress(PAGES.encode())
        for broken in (packed[:-20], packed[:50] + b"\0" * 9 + packed[59:], packed[:2]):
            path.write_bytes(broken)
            with pytest.raises(InkError, match=r"unpacked|gzip data"):
                read(xournal, path)


def svg_of(body: str, about: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {about}>{body}</svg>'.encode()


def strokes_of(tmp_path: Path, body: str, about: str = "", strict: bool = True) -> list[list[list[float]]]:
    (tmp_path / "a.svg").write_bytes(svg_of(body, about))
    (ink,) = read(svg, tmp_path / "a.svg", strict)
    return [np.round(stroke[:, :2].astype(float), 4).tolist() for stroke in ink.strokes]


class TestSvg:
    @pytest.mark.parametrize(
        "path, strokes",
        [
            ("M1 2L3 4", [[[1, 2], [3, 4]]]),
            ("M1,2 3,4 5,6", [[[1, 2], [3, 4], [5, 6]]]),
            ("m1 2 3 4l1 1h5v-1H0V0", [[[1, 2], [4, 6], [5, 7], [10, 7], [10, 6], [0, 6], [0, 0]]]),
            ("M0 0L4 0L4 4z", [[[0, 0], [4, 0], [4, 4], [0, 0]]]),
            ("M0 0L4 0L0 0Z", [[[0, 0], [4, 0], [0, 0]]]),
            ("M1 1L2 2M5 5L6 6", [[[1, 1], [2, 2]], [[5, 5], [6, 6]]]),
            ("M1 1L2 2m5 5l1 1", [[[1, 1], [2, 2]], [[7, 7], [8, 8]]]),
            ("M1 1l1 1zm5 5l1 1", [[[1, 1], [2, 2], [1, 1]], [[6, 6], [7, 7]]]),  # from where the path closed
            ("M1 1L2 2M2 2L3 3", [[[1, 1], [2, 2]], [[2, 2], [3, 3]]]),  # two strokes though they touch
            ("M1 1Z", [[[1, 1]]]),
            ("M1 1l0 0", [[[1, 1], [1, 1]]]),
            ("M1 1M2 2L3 3M9 9", [[[2, 2], [3, 3]]]),
            ("M.5.5-1-1e0", [[[0.5, 0.5], [-1, -1]]]),
            ("", []),
        ],
    )
    def test_paths(self, tmp_path, path, strokes):
        assert strokes_of(tmp_path, f'<path d="{path}"/>') == strokes

    @pytest.mark.parametrize(
        "path, curve",
        [
            ("M0 0C0 60 80 60 80 0", lambda s: (80 * (3 * s**2 - 2 * s**3), 180 * s * (1 - s))),
            ("M0 0Q40 80 80 0", lambda s: (80 * s, 160 * s * (1 - s))),
            ("M0 0q20 40 40 40t40 -40", None),
            ("M0 0c0 20 20 40 40 40s40 -20 40 -40", None),
            ("M80 0A40 40 0 0 1 0 0", lambda s: (40 + 40 * np.cos(np.pi * s), 40 * np.sin(np.pi * s))),
            ("M80 0a40 40 0 0 1-80 0", lambda s: (40 + 40 * np.cos(np.pi * s), 40 * np.sin(np.pi * s))),
        ],
    )
    @pytest.mark.parametrize("scale", [1.0, 9.0])
    def test_curves_within_the_tolerance(self, path, curve, scale):
        (points,) = polylines(path, np.diag((scale, scale, 1.0)))
        fine = polylines(path, np.diag((scale * 256, scale * 256, 1.0)))
        share = np.linspace(0, 1, 2000)
        exact = np.stack(curve(share), axis=1) * scale if curve else next(iter(fine)) / 256
        starts, steps = points[:-1], np.diff(points, axis=0)
        along = np.einsum("pij,ij->pi", exact[:, None] - starts, steps) / (steps**2).sum(axis=1)
        nearest = starts + np.clip(along, 0, 1)[..., None] * steps
        distance = np.hypot(*(exact[:, None] - nearest).T).min(axis=0)
        assert distance.max() <= TOLERANCE and 4 <= len(points) <= 20 * scale
        assert np.allclose(points[[0, -1]], exact[[0, -1]])

    @pytest.mark.parametrize(
        "text, point",
        [
            ("translate(10)", (12, 3)),
            ("translate(10,20) scale(2)", (14, 26)),
            ("scale(2 3)translate(1 1)", (6, 12)),
            ("rotate(90)", (-3, 2)),
            ("rotate(90, 2, 3)", (2, 3)),
            ("matrix(1 2 3 4 5 6)", (16, 22)),
            ("skewX(45)", (5, 3)),
            ("skewY(45)", (2, 5)),
        ],
    )
    def test_transforms(self, text, point):
        assert np.allclose(transform(text) @ (2, 3, 1), (*point, 1))

    @pytest.mark.parametrize(
        "about, point",
        [
            ('viewBox="10 10 100 100" width="200" height="200"', [0, 20]),
            ('viewBox="10 10 100 100" width="200" height="400"', [0, 120]),  # in the middle, of one scale
            ('viewBox="10 10 100 100" width="200" height="400" preserveAspectRatio="xMinYMin"', [0, 20]),
            ('viewBox="10 10 100 100" width="200" height="400" preserveAspectRatio="xMidYMax slice"', [-100, 40]),
            ('viewBox="10 10 100 100" width="200" height="400" preserveAspectRatio="none"', [0, 40]),
            ('viewBox="10 10 100 100"', [0, 10]),
            ('viewBox="10 10 96 96" width="1in"', [0, 10]),
            ('viewBox="10 10 100 100" width="100%" height="100%"', [0, 10]),
            ('width="5"', [10, 20]),
        ],
    )
    def test_viewports(self, tmp_path, about, point):
        assert strokes_of(tmp_path, '<path d="M10 20L9 9"/>', about)[0][0] == point

    def test_groups_other_shapes_and_styles(self, tmp_path):
        body = """<style>.out, rect {fill:#123} .line{fill:none}</style><defs><path d="M0 0L1 1"/></defs>
        <g transform="translate(5 0)" fill="none"><g transform="scale(2)"><polyline points="1,1 2,2 3 3"/></g>
        <line x1="1" y1="2" x2="3" y2="4"/><path fill="black" d="M0 0L5 5L0 5Z"/><polygon points="0 0 1 0 1 1"/></g>
        <path class="out" d="M0 0L1 1"/><path style="fill: red ;stroke:none" d="M0 0L1 1"/><rect width="3"/><circle/>
        <path class="out line" d="M9 9L8 8"/><g display="none"><path d="M0 0L1 1"/></g>
        <path visibility="hidden" d="M0 0L1 1"/><title>page</title>"""
        assert strokes_of(tmp_path, body) == [
            [[7, 2], [9, 4], [11, 6]],
            [[6, 2], [8, 4]],
            [[5, 0], [6, 0], [6, 1], [5, 0]],
            [[9, 9], [8, 8]],
        ]
        (ink,) = read(svg, tmp_path / "a.svg")
        assert ink.metadata == {"title": "page", "ignored_outlines": 3, "ignored_shapes": 2} and ink.units == "px"

    def test_the_usual_doctype_is_accepted_and_nothing_is_loaded(self, tmp_path):
        doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:1/svg11.dtd">'
        (tmp_path / "a.svg").write_bytes(doctype + svg_of('<path d="M0 0L1 1"/>'))
        assert len(read(svg, tmp_path / "a.svg")[0]) == 1
        (tmp_path / "a.svg").write_bytes(doctype + svg_of("<title>&secret;</title>"))
        with pytest.raises(InkError, match="entities"):
            read(svg, tmp_path / "a.svg")

    @pytest.mark.parametrize(
        "body, reason",
        [
            ('<path d="L1 1"/>', "does not begin with M"),
            ('<path d="M0 0L1"/>', "path 'M0 0L1' cannot be read"),
            ('<path d="M0 0 hello"/>', "cannot be read"),
            ('<path d="M0 0C1 1"/>', "cannot be read"),
            ('<path d="M"/>', "cannot be read"),
            ('<path d="M0 0L1e30 1"/>', "path on line 1, offset 41: x, y of point 1 must be finite"),
            ('<path d="M0 0C1e200 0 1e300 1e300 5 5"/>', "finite|bounds"),
            ('<path d="M0 0A1e-300 1e300 0 0 1 5 5"/>', "finite|bounds|cannot be read"),
            ('<polyline points="1 2 3"/>', "3 coordinates"),
            ('<polyline points="1 x"/>', "no list of numbers"),
            ('<path transform="turn(3)" d="M0 0L1 1"/>', "transform 'turn"),
            ('<path transform="scale(1e400)" d="M0 0L1 1"/>', "beyond all bounds"),
            ('<path transform="rotate(1 2)" d="M0 0L1 1"/>', "takes no 2 numbers"),
            ('<line x1="5%" x2="1"/>', "no length in px"),
        ],
    )
    @pytest.mark.timeout(30)
    def test_bad_shapes(self, tmp_path, body, reason):
        with pytest.raises(InkError, match=reason):
            strokes_of(tmp_path, body)
        assert strokes_of(tmp_path, body + '<path d="M0 0L1 1"/>', strict=False) == [[[0, 0], [1, 1]]]

    def test_a_bad_viewbox(self, tmp_path):
        with pytest.raises(InkError, match="viewBox"):
            strokes_of(tmp_path, "", 'viewBox="0 0 0 5"')

    @given(
        st.lists(st.lists(st.tuples(*[st.floats(-1e9, 1e9, width=32)] * 2), min_size=1, max_size=5), max_size=4),
        st.none()
        | st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\r\t\"'<&"), max_size=5),
    )
    def test_the_geometry_that_is_written_is_read_again(self, tmp_path_factory, strokes, text):
        ink = Ink([np.array(points, np.float32) for points in strokes], label=text, writer=text, units=text)
        path = tmp_path_factory.mktemp("svg") / "a.svg"
        svg_writer.write(path, [ink])
        (again,) = read(svg, path)
        again.source = None
        assert again == ink


class TestXml:
    BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "' + f"&{old};" * 10 + '">' for old, new in itertools.pairwise("abcdefghi")
    )

    @pytest.mark.timeout(30)
    @pytest.mark.parametrize(
        "text, reason",
        [
            (BOMB + "]><a>&i;</a>", "DOCTYPE"),
            ('<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>', "DOCTYPE"),
            ("<a>" * 3_000_000, "nested deeper than 100"),
            ("<a>" + "<b/>" * 300_000, "more than 250000 elements"),
            ("<a" + "".join(f' a{i}=""' for i in range(50_000)) + "/>", None),
            ("<a><b></a>", "line 1, offset 8: .*mismatched tag"),
        ],
    )
    def test_hostile_text(self, text, reason):
        for doctype in (False, True):
            if reason is None:
                safexml.parse(text.encode(), Reading("f"), doctype)
            else:
                with pytest.raises(InkError, match=reason):
                    safexml.parse(text.encode(), Reading("f"), doctype)

    @pytest.mark.parametrize(
        "head, name",
        [
            (b"<ink/>", "ink"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <svg> --><a:ink>", "ink"),
            ("<?xml version='1.0' encoding='utf-16'?><ink>".encode("utf-16"), "ink"),
            ("<ink>".encode("utf-16-le"), "ink"),
            ("<ink>".encode("utf-16-be"), "ink"),
            (b'<!DOCTYPE svg PUBLIC "a" "b"><svg>', "svg"),
            (b"hello", None),
            (b"", None),
            (b"<!-- never ends", None),
            (b"<!---->" * 500, None),
            (b"\x00\x01\x02", None),
        ],
    )
    @pytest.mark.timeout(30)
    def test_root_name(self, head, name):
        assert safexml.root_name(head) == name

    def test_text_across_comments_and_references_is_one(self):
        root = safexml.parse(b"<a>1 <!-- x -->2 <![CDATA[<3>]]> &lt;&#52;</a>", Reading("f"))
        assert root.text == "1 2 <3> <4"

    def test_a_long_text_is_whole(self):
        text = ",".join(f"{number} {number}" for number in range(100_000))
        assert safexml.parse(f"<a>{text}</a>".encode(), Reading("f")).text == text


def mutated(data: bytes, count: int) -> list[bytes]:
    """The data cut, doubled, and with bytes changed, in `count` ways that are always the same."""
    found = []
    for number in range(count):
        draw = zlib.crc32(b"%d" % number)
        at, to = draw % len(data), (draw >> 8) % len(data)
        token = (b"<", b">", b"\0", b"1e999", b"nan", b"-", b'"', b"&a;", b"\xff", b"," * 50, b"9" * 400, b"#" * 9)[
            draw % 12
        ]
        ways = (data[:at], data[:at] + token + data[at:], data[:at] + token + data[at + len(token) :])
        found.append((*ways, data[: max(at, to)] + data[min(at, to) :])[(draw >> 3) % 4])
    return found


SOUND = {
    iamondb: LINE.format(general="").encode(),
    dollar: b'<Gesture Name="a01"><Stroke><Point X="1" Y="2" T="3"/><Point X="2" Y="2" T="9"/></Stroke></Gesture>',
    xournal: PAGES.encode(),
    svg: svg_of('<g transform="scale(2)"><path d="M1 2C3 4 5 6 7 8a1 2 30 0 1 5 5z"/></g>', 'viewBox="0 0 9 9"'),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("module", SOUND, ids=lambda module: module.NAME)
@pytest.mark.parametrize("strict", [True, False])
def test_changed_files_are_read_or_refused(tmp_path, module, strict):
    assert read(module, _put(tmp_path, SOUND[module]))
    refused = 0
    for data in mutated(SOUND[module], 200):
        try:
            for ink in read(module, _put(tmp_path, data), strict):
                assert np.isfinite(ink.points[:, :2]).all()
        except InkError as error:
            refused += 1
            assert re.match(r"a\.x[, :]", str(error)) and "\n" not in str(error)
    assert refused > 20


def _put(folder: Path, data: bytes) -> Path:
    path = folder / "a.x"
    path.write_bytes(data)
    return path
