"""Xournal documents."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from synthink.ink.files.xournal import XournalFormat
from synthink.ink.model import InkError
from tests.ink.files.reading import read

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
            ('"2 1 4"', '"2 1 4 5 6"', "5 widths for 3 points"),
            ('"2 1 4"', '"2 -1 4"', "3 widths"),
        ],
    )
    def test_bad_strokes(self, tmp_path, old, new, reason):
        path = tmp_path / "a.xopp"
        path.write_bytes(gzip.compress(PAGES.replace(old, new, 1).encode()))
        with pytest.raises(InkError, match=reason):
            read(XournalFormat, path)
        first, _ = read(XournalFormat, path, strict=False)
        assert len(first) == 1 and first.metadata["skipped_strokes"] == 1

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
