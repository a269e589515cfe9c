"""Lines of IAM-OnDB, their texts and writers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthink.ink.files.base import Reading
from synthink.ink.files.iamondb import IamOnDbFormat
from synthink.ink.model import InkError
from tests.ink.files.reading import read

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
        (ink,) = read(IamOnDbFormat, place / "a01-000u-02.xml")
        assert ink.label == "café" and ink.writer is None and ink.source == "a01-000u-02.xml"
        assert ink.metadata == {
            "t0_ms": 13090916050.0,
            "colour": "black",
            "form": "a01-000u",
            "line": 2,
            "whiteboard": {"SensorLocation": {"corner": "top_left"}},
            "left_out": {"Stroke start_time": 1, "Stroke end_time": 1},
        }
        assert ink.points[:, :3].tolist() == [[1000, 900, 0], [1002, 915, 20], [7, 8, 950]]
        assert ink.lengths.tolist() == [2, 1]

    def test_without_texts_there_is_no_label(self, tmp_path):
        (tmp_path / "a01-000u-01.xml").write_text(LINE.format(general=""))
        assert read(IamOnDbFormat, tmp_path / "a01-000u-01.xml")[0].label is None

    @pytest.mark.parametrize("numbers, lines", [([1, 2, 3], 2), ([1, 2, 3, 4], 5), ([1, 2, 4], 3), ([3], 2), ([1], 0)])
    def test_a_form_of_other_lines_is_refused_by_name(self, tmp_path, numbers, lines):
        path = form(tmp_path, numbers, list("abcdefgh"[:lines])) / f"a01-000u-{numbers[0]:02}.xml"
        with pytest.raises(InkError, match=f"form a01-000u has {len(numbers)} stroke files.*but {lines} lines"):
            read(IamOnDbFormat, path)
        reading = Reading(path.name, strict=False)
        (ink,) = IamOnDbFormat().read(path, reading)
        assert ink.label is None and len(ink) == 2 and reading.skipped.total() == 1

    @pytest.mark.parametrize("numbers", [[1], [2, 3], [1, 2], [8], [1, 3, 7]])
    def test_of_a_selection_of_files_the_numbers_decide(self, tmp_path, numbers):
        place = form(tmp_path, numbers, list("abcdefgh"))
        labels = [read(IamOnDbFormat, path)[0].label for path in sorted(place.iterdir())]
        assert labels == ["abcdefgh"[number - 1] for number in numbers]

    def test_forms_in_one_folder_are_counted_apart(self, tmp_path):
        form(tmp_path, [1, 2], ["a", "b"], "a01-000")
        place = form(tmp_path, [1, 2, 3], ["c", "d", "e"], "a01-000u")
        labels = [read(IamOnDbFormat, path)[0].label for path in sorted(place.iterdir())]
        assert labels == ["a", "b", "c", "d", "e"]

    def test_the_writer_from_the_list_of_forms_or_the_form(self, tmp_path):
        path = form(tmp_path, [1], ["a"]) / "a01-000u-01.xml"
        original = tmp_path / "original/a01/a01-000"
        original.mkdir(parents=True)
        general = '<General><TextLine writerID="10001"/></General><Transcription><TextLine id="1" text="a &amp; b"/>'
        (original / "strokesu.xml").write_text(LINE.format(general=general + '<TextLine text="c"/></Transcription>'))
        assert read(IamOnDbFormat, path)[0].writer == "10001"
        (ink,) = read(IamOnDbFormat, original / "strokesu.xml")
        assert (ink.writer, ink.label) == ("10001", "a & b\nc")
        (tmp_path / "forms.txt").write_text("# form writer\na01-000u 10052 x\n")
        assert read(IamOnDbFormat, path)[0].writer == "10052"

    @pytest.mark.parametrize(
        "old, new, reason",
        [
            ('x="1002"', "", "stroke 0 on line 3, offset 164: has a Point without 'x'"),
            ('x="1002"', 'x="nan"', "'nan' is no number"),
            ('x="1002"', 'x="1e30"', "point 1 must be finite"),
            ('x="1002"', 'x="abc"', "no number"),
            ('time="13090916.07"', 'time="1e300"', "t of point 1"),
            ("</StrokeSet>", "", "mismatched tag"),
        ],
    )
    def test_bad_files(self, tmp_path, old, new, reason):
        path = tmp_path / "a.xml"
        path.write_text(LINE.format(general="").replace(old, new, 1))
        with pytest.raises(InkError, match=reason):
            read(IamOnDbFormat, path)
        if "mismatched" not in reason:
            (ink,) = read(IamOnDbFormat, path, strict=False)
            assert ink.points[:, :2].tolist() == [[7, 8]] and ink.metadata["skipped_strokes"] == 1

    @pytest.mark.skipif("SYNTHINK_REAL_INK" not in os.environ, reason="needs a folder of real ink in SYNTHINK_REAL_INK")
    def test_real_lines_lose_no_points(self):
        for path in sorted(Path(os.environ["SYNTHINK_REAL_INK"]).rglob("lineStrokes/**/*.xml")):
            (ink,) = read(IamOnDbFormat, path)
            assert len(ink.points) == path.read_bytes().count(b"<Point "), path
            assert ink.has_time and ink.label, path
