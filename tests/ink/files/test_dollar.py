"""Gesture logs of the $-family."""

from __future__ import annotations

import pytest

from synthink.ink.files.dollar import DollarFormat
from synthink.ink.model import InkError
from tests.ink.files.reading import read


class TestDollar:
    @pytest.mark.parametrize(
        "name, label", [("caret01", "caret"), ("caret10", "caret"), ("D~03", "D"), ("circle", "circle"), ("x2", "x2")]
    )
    def test_a_log_of_one_stroke(self, tmp_path, name, label):
        (tmp_path / "a.xml").write_text(
            f'<Gesture Name="{name}" Subject="2" Speed="fast" Number="9" NumPts="2" Millseconds="500">'
            '<Point X="10" Y="20" T="1000"/><Point X="11.5" Y="21" T="1016"/></Gesture>'
        )
        (ink,) = read(DollarFormat, tmp_path / "a.xml")
        assert (ink.label, ink.writer, ink.metadata["Speed"], ink.metadata["t0_ms"]) == (label, "2", "fast", 1000)
        assert ink.points[:, :3].tolist() == [[10, 20, 0], [11.5, 21, 16]]

    def test_several_strokes_and_no_times(self, tmp_path):
        (tmp_path / "a.xml").write_text(
            '<Gesture Name="T"><Stroke index="1"><Point X="1" Y="2"/></Stroke><Stroke index="2"/>'
            '<Stroke index="3"><Point X="3" Y="4"/><Point X="5" Y="6"/></Stroke></Gesture>'
        )
        (ink,) = read(DollarFormat, tmp_path / "a.xml")
        assert ink.lengths.tolist() == [1, 2] and not ink.has_time and ink.label == "T"

    def test_bad_points(self, tmp_path):
        (tmp_path / "a.xml").write_text('<Gesture Name="T"><Point X="1"/></Gesture>')
        with pytest.raises(InkError, match=r"a\.xml, stroke 0, offset 0: has a Point without 'Y'"):
            read(DollarFormat, tmp_path / "a.xml")
