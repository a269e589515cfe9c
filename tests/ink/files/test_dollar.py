"""Gesture logs of the $-family."""

from __future__ import annotations

import numpy as np
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
            f'<Gesture Name="{name}" Subject="2" Speed="fast" Number="9" NumPts="2" Millseconds="16">'
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

    @pytest.mark.parametrize(
        ("written", "pressures", "greatest"),
        [
            (("128", "200"), (128 / 255, 200 / 255), 255),
            (("0", "0.5"), (0, 0.5), 1),
            (("1", "1024"), (1 / 2047, 1024 / 2047), 2047),
            (("0", "32767"), (0, 1), 32767),
        ],
    )
    @pytest.mark.parametrize("name", ["Pressure", "pressure"])
    def test_pressures_are_shares_of_what_the_device_has(self, tmp_path, written, pressures, greatest, name):
        points = "".join(f'<Point X="1" Y="{value}" T="0" {name}="{value}"/>' for value in written)
        (tmp_path / "a.xml").write_text(f'<Gesture Name="T">{points}</Gesture>')
        (ink,) = read(DollarFormat, tmp_path / "a.xml")
        assert ink.points[:, 3].tolist() == pytest.approx(pressures)
        assert ink.metadata == {"Name": "T", "greatest_pressure": greatest}

    @pytest.mark.parametrize("value", ["nan", "-1", "soft", "1e9"])
    def test_a_pressure_that_is_none_costs_no_point(self, tmp_path, value):
        (tmp_path / "a.xml").write_text(
            f'<Gesture><Point X="1" Y="2" Pressure="255"/><Point X="3" Y="4" Pressure="{value}"/></Gesture>'
        )
        with pytest.raises(
            InkError, match=f"stroke 0, offset 0: has the pressure '{value}' at its point 1; strict=False"
        ):
            read(DollarFormat, tmp_path / "a.xml")
        (ink,) = read(DollarFormat, tmp_path / "a.xml", strict=False)
        assert np.array_equal(ink.points[:, 3], [1, np.nan], equal_nan=True) and ink.metadata["lost_pressures"] == 1

    @pytest.mark.parametrize(
        ("times", "duration", "expected"),
        [
            ((1000, 1016), 16, [0, 16]),
            ((1000, 1016), 500, [0, 16]),  # the log went on after the last point
            ((1_000_000, 1_016_000), 16, [0, 16]),
            ((1_000_000, 1_160_000), 16, [0, 16]),
            ((1.0, 1.016), 16, [0, 16]),
            ((10, 10), 16, [0, 0]),
            ((10, 20), 0, [0, 10]),
        ],
    )
    def test_times_that_are_not_ms_are_turned_by_the_duration(self, tmp_path, times, duration, expected):
        points = "".join(f'<Point X="1" Y="1" T="{time}"/>' for time in times)
        (tmp_path / "a.xml").write_text(f'<Gesture Millseconds="{duration}">{points}</Gesture>')
        (ink,) = read(DollarFormat, tmp_path / "a.xml")
        assert ink.points[:, 2].tolist() == pytest.approx(expected)
        assert ("times_note" in ink.metadata) == (times[0] in (1_000_000, 1.0))

    def test_strokes_by_their_index_and_what_is_not_read(self, tmp_path):
        (tmp_path / "a.xml").write_text(
            '<Gesture InputType="stylus"><Stroke index="10"><Point X="1" Y="2"/></Stroke>'
            '<Stroke index="9" own="1"><Point X="3" Y="4" Tilt="5"/></Stroke><Note/></Gesture>'
        )
        (ink,) = read(DollarFormat, tmp_path / "a.xml")
        assert ink.points[:, 0].tolist() == [3, 1]
        assert ink.metadata == {"InputType": "stylus", "left_out": {"Stroke own": 1, "Point Tilt": 1, "Note": 1}}
