"""Xournal documents."""

from __future__ import annotations

import gzip
import zipfile

import numpy as np
import pytest

from synthink.ink.files.base import Reading
from synthink.ink.files.xournal import XournalFormat
from synthink.ink.model import InkError
from synthink.ink.reading import read_ink
from tests.ink.files.reading import read

NAN = float("nan")

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
        first, third = read(XournalFormat, path)
        assert (first.source, third.source) == ("a.xopp#1", "a.xopp#3")
        assert first.units == "pt" and first.metadata["whiteout_strokes"] == 1
        assert first.metadata["tools"] == ["pen", "highlighter"] and first.metadata["widths"] == ["1.41", "2"]
        assert first.strokes[1][:, [0, 1, 3]].tolist() == [[1, 2, 0.25], [3, 4, 1], [5, 6, 1]]
        assert np.isnan(first.strokes[0][:, 3]).all() and third.points[:, :2].tolist() == [[7, 8]]
        assert XournalFormat().sniff(path, path.read_bytes()[:4096])

    @pytest.mark.parametrize(
        "old, new, reason",
        [
            ("1 2 3 4<", "1 2 3<", "page 1, stroke 0 on line 3.*has 3 numbers"),
            ("1 2 3 4<", "1 2 x 4<", "cannot be read"),
            ("1 2 3 4<", "1 2 1e30 4<", "finite"),
        ],
    )
    def test_bad_strokes(self, tmp_path, old, new, reason):
        path = tmp_path / "a.xopp"
        path.write_bytes(gzip.compress(PAGES.replace(old, new, 1).encode()))
        with pytest.raises(InkError, match=reason):
            read(XournalFormat, path)
        first, _ = read(XournalFormat, path, strict=False)
        assert len(first) == 1 and first.metadata["skipped_strokes"] == 1

    @pytest.mark.parametrize(
        ("widths", "reason", "pressures", "lost"),
        [
            ("2 nan 4", "stroke 1 on line 4.*the width 'nan' at its point 0; strict=False", [NAN, 1, 1], 1),
            ("2 1 -nan", "the width '-nan' at its point 1", [0.5, NAN, NAN], 1),
            ("2 -1 4", "the width '-1' at its point 0", [NAN, 1, 1], 1),
            ("2 1 x", "the width 'x' at its point 1", [0.5, NAN, NAN], 1),
            ("nan 1 4", None, [0.25, 1, 1], None),
            ("2 0 4", None, [0, 1, 1], None),
            ("2 0 0", None, [0, 0, 0], None),
            ("2 1 4 3", None, [0.25, 1, 0.75], None),
            ("2 1 4 5 6", "5 widths for 3 points", [NAN] * 3, 3),
            ("2 1", "2 widths for 3 points", [NAN] * 3, 3),
            ('7" pressures="0.5 0.25', None, [1, 0.5, 0.5], None),
        ],
    )
    def test_widths_that_are_no_pressures_cost_no_points(self, tmp_path, widths, reason, pressures, lost):
        path = tmp_path / "a.xopp"
        path.write_text(PAGES.replace('"2 1 4"', f'"{widths}"'))
        if reason is not None:
            with pytest.raises(InkError, match=reason):
                read(XournalFormat, path)
        first, _ = read(XournalFormat, path, strict=reason is None)
        assert first.strokes[1][:, :2].tolist() == [[1, 2], [3, 4], [5, 6]]
        assert np.array_equal(first.strokes[1][:, 3], np.float32(pressures), equal_nan=True)
        assert first.metadata.get("lost_pressures") == lost and "skipped_strokes" not in first.metadata

    @pytest.mark.parametrize("suffix", [".xopp", ".zip"])
    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_the_zip_of_newer_versions(self, tmp_path, suffix, method):
        path = tmp_path / f"a{suffix}"
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("mimetype", "application/xournal++", zipfile.ZIP_STORED)
            archive.writestr("META-INF/version", "current=1\nmin=1\n")
            archive.writestr("content.xml", PAGES)
        assert [ink.source for ink in read_ink(path)] == [f"a{suffix}#1", f"a{suffix}#3"]

    @pytest.mark.parametrize(
        ("members", "method", "reason"),
        [
            ({"mimetype": "application/xournal++"}, zipfile.ZIP_DEFLATED, "zip without content.xml"),
            ({"content.xml": "<xournal>" + " " * 2**25}, zipfile.ZIP_DEFLATED, "unpacks to more than"),
            ({"content.xml": PAGES}, zipfile.ZIP_LZMA, "unknown method"),
            ({"content.xml": "<ink/>"}, zipfile.ZIP_STORED, "root element is 'ink'"),
        ],
    )
    def test_zips_that_are_refused(self, tmp_path, members, method, reason):
        path = tmp_path / "a.xopp"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, text in members.items():
                archive.writestr(name, text)
        with pytest.raises(InkError, match=reason):
            read(XournalFormat, path)
        path.write_bytes(path.read_bytes()[:-30])
        with pytest.raises(InkError, match="zip that cannot be unpacked"):
            read(XournalFormat, path)

    @pytest.mark.parametrize("packed", [True, False])
    def test_a_document_that_is_cut_off_gives_its_whole_pages(self, tmp_path, packed):
        path = tmp_path / "a.xopp"
        numbers = " ".join(f"{n} {n * n % 97}" for n in range(5000))  # so that the first page is unpacked
        page = f'<page><layer><stroke width="1">{numbers}</stroke></layer></page>'
        text = PAGES.replace("</xournal>", page * 2)
        whole = text.encode()
        data = gzip.compress(whole)[:-200] if packed else whole[: whole.rindex(b"4999")]
        path.write_bytes(data)
        with pytest.raises(InkError, match="ends inside its gzip data" if packed else "strict=False reads the pages"):
            read(XournalFormat, path)
        reading = Reading("a.xopp", strict=False)
        inks = list(XournalFormat().read(path, reading))
        assert [len(ink.points) for ink in inks] == [5, 1, 5000] and reading.skipped.total() == 1

    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_a_zip_that_is_cut_off_gives_its_whole_pages(self, tmp_path, method):
        path = tmp_path / "a.xopp"
        page = '<page><layer><stroke width="1">1 2 3 4</stroke></layer></page>'
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("mimetype", "application/xournal++", zipfile.ZIP_STORED)
            archive.writestr("content.xml", f"<xournal>{page * 500}</xournal>")
        path.write_bytes(path.read_bytes()[:-200])
        with pytest.raises(InkError, match=r"cannot be unpacked: .*; strict=False reads the pages before"):
            read(XournalFormat, path)
        assert 100 < len(list(XournalFormat().read(path, Reading("a.xopp", strict=False)))) < 500

    def test_what_is_no_stroke_is_kept_or_counted(self, tmp_path):
        path = tmp_path / "a.xopp"
        path.write_text(
            PAGES.replace('<stroke width="1">7', '<text x="1">t</text><stroke ts="0" style="dash" width="1">7').replace(
                "<layer><text", '<layer name="n"><text'
            )
        )
        first, third = read(XournalFormat, path)
        assert first.metadata["background"] == {"type": "solid"} and first.metadata["creator"] == "x"
        assert third.metadata["left_out"] == {"text": 1, "stroke ts": 1} and first.metadata["title"] == "t"
        assert third.metadata["styles"] == ["dash"] and third.metadata["layers"] == ["n"]
        path.write_text("<xournal><page><layer><text/><text/><image/></layer></page></xournal>")
        with pytest.raises(InkError, match="no strokes on its 1 pages, but 2 text, 1 image; strict=False"):
            read(XournalFormat, path)
        assert read(XournalFormat, path, strict=False) == []

    @pytest.mark.timeout(30)
    def test_bombs_and_broken_archives(self, tmp_path):
        path = tmp_path / "a.xopp"
        path.write_bytes(gzip.compress(b"<xournal>" + b" " * 2**25))
        with pytest.raises(InkError, match="unpacks to more than"):
            read(XournalFormat, path)
        packed = gzip.compress(PAGES.encode())
        for broken in (packed[:-20], packed[:50] + b"\0" * 9 + packed[59:], packed[:2]):
            path.write_bytes(broken)
            with pytest.raises(InkError, match=r"unpacked|gzip data"):
                read(XournalFormat, path)
