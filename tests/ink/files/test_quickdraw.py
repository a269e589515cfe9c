"""Quick, Draw! as lines of JSON, a list and CSV, gzipped or not."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.ink.files.base import Limits, Reading
from synthink.ink.files.quickdraw import QuickDrawFormat
from synthink.ink.model import Ink, InkError
from synthink.ink.reading import read_ink
from tests.ink.files.reading import read
from tests.ink.files.samples import RAW_DRAWING, ink
from tests.ink.files.samples import quickdraw as sample


def lines(path: Path, *drawings: Any) -> Path:
    """A file with a line for each, text as it is."""
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in drawings) + "\n")
    return path


class TestLines:
    def test_raw_and_simplified(self, tmp_path):
        raw, simple = read(QuickDrawFormat, sample(tmp_path))
        assert raw.points[:, :3].tolist() == [[10, 10.5, 0], [20, 25, 16], [30, 10.5, 32], [40, 41, 900]]
        assert raw.lengths.tolist() == [3, 1]
        assert (raw.label, raw.units, raw.source) == ("circle", "px", "circle.ndjson#1")
        assert raw.metadata == {key: RAW_DRAWING[key] for key in ("key_id", "countrycode", "timestamp", "recognized")}
        assert simple.points[:, :2].tolist() == [[0, 0], [255, 128], [3, 4]]
        assert not simple.has_time and simple.units is None and simple.metadata["key_id"] == "2"

    def test_times_count_from_the_first_point(self, tmp_path):
        path = lines(tmp_path / "a.ndjson", {"drawing": [[[1, 2], [3, 4], [5, 7]], [[0], [0], [1]]]})
        (ink,) = read(QuickDrawFormat, path)
        assert ink.points[:, 2].tolist() == [0, 2, -4] and ink.metadata == {"t0_ms": 5} and ink.label is None

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("{", r"line 2, offset \d+: is no JSON: Expecting property name"),
            ("[1]", r"line 2, offset \d+: is no object with a list `drawing`"),
            ({"drawing": 7}, "is no object with a list `drawing`"),
            ({"drawing": [[[1], [2], [3], [4]]]}, r"line 2, stroke 0, offset \d+: is no list of two or three rows"),
            ({"drawing": [[[1, 2], [3], [4]]]}, "x, y and t have 2, 1, 1 values"),
            ({"drawing": [[["1"], [2]]]}, "x is no list of numbers"),
            ({"drawing": [[[1, True, None], [1, 2, 3]]]}, "x is no list of numbers"),
            ({"drawing": [[[True], [True]]]}, "x is no list of numbers"),
            ({"drawing": [[[[1]], [[2]]]]}, "x is no list of numbers"),
            ({"drawing": [[[1e30], [0]]]}, "stroke 0.*must be finite and within"),
            ('{"drawing": [[[1e999], [0]]]}', "stroke 0.*must be finite and within"),
            ('{"drawing": [[[1' + "0" * 400 + "], [0]]]}", "x is no list of numbers"),
            ('{"drawing": [[[1' + "0" * 5000 + "], [0]]]}", "is no JSON"),
            ('{"drawing": [[[NaN], [0]]]}', "NaN is no number"),
            ('{"drawing": [[[-Infinity], [0]]]}', "-Infinity is no number"),
            ('{"a": ' + "[" * 200 + "]" * 200 + ', "drawing": []}', "nested more than 100 deep"),
            ('{"drawing": ' + "[" * 100_000, "nested more than 100 deep"),
            ('{"drawing": "\\ud800', "is no JSON"),
        ],
    )
    def test_a_bad_line_is_refused_or_left_out(self, tmp_path, line, message):
        path = lines(tmp_path / "a.ndjson", RAW_DRAWING, line, RAW_DRAWING)
        with pytest.raises(InkError, match=rf"^a\.ndjson, .*{message}"):
            read(QuickDrawFormat, path)
        reading = Reading("a.ndjson", strict=False)
        assert [ink.source for ink in QuickDrawFormat().read(path, reading)] == ["a.ndjson#1", "a.ndjson#3"]
        assert reading.skipped.total() == 1

    def test_offsets_are_those_of_the_file(self, tmp_path):
        path = lines(tmp_path / "a.ndjson", RAW_DRAWING, '{"drawing": ?}')
        with pytest.raises(InkError) as caught:
            read(QuickDrawFormat, path)
        assert path.read_bytes()[caught.value.offset :] == b"?}\n"

    def test_one_bad_stroke_leaves_the_others(self, tmp_path):
        path = lines(tmp_path / "a.ndjson", {"drawing": [[[1], [2]], [[3], []], [[], []], [[5], [6]]]})
        (ink,) = read(QuickDrawFormat, path, strict=False)
        assert ink.points[:, :2].tolist() == [[1, 2], [5, 6]]

    def test_empty_lines_a_byte_order_mark_and_empty_drawings(self, tmp_path):
        path = lines(tmp_path / "a.ndjson", "\ufeff" + json.dumps(RAW_DRAWING), "", {"drawing": []}, "\r")
        assert [len(ink) for ink in read(QuickDrawFormat, path)] == [2, 0]

    def test_limits_hold(self, tmp_path):
        path = sample(tmp_path)
        for limits in (Limits(points=6), Limits(strokes=3), Limits(bytes=200)):
            with pytest.raises(InkError):
                read(QuickDrawFormat, path, limits=limits)
        assert len(read(QuickDrawFormat, path, limits=Limits(points=7, strokes=4))) == 2


coordinate = st.floats(-1e9, 1e9, width=32) | st.integers(-(2**24), 2**24)
plain = st.none() | st.booleans() | st.text() | st.integers(-(2**60), 2**60) | st.floats(-1e99, 1e99)


@st.composite
def drawings(draw: st.DrawFn) -> Ink:
    point = st.tuples(coordinate, coordinate, coordinate | st.just(float("nan")))
    strokes = draw(st.lists(st.lists(point, min_size=1, max_size=5), min_size=1, max_size=4))
    words = {name: draw(st.none() | st.text()) for name in ("label", "writer", "units")}
    keys = st.sampled_from(("key_id", "countrycode", "recognized", "a b"))
    return Ink(strokes, **words, source="x.ndjson#1", metadata=draw(st.dictionaries(keys, plain)))


class TestWriting:
    @given(ink=drawings())
    def test_round_trip_is_exact(self, tmp_path_factory, ink):
        path = tmp_path_factory.mktemp("quickdraw") / "x.ndjson"
        QuickDrawFormat().write(path, [ink])
        assert read(QuickDrawFormat, path) == [ink]

    def test_what_was_read_is_written_as_it_was(self, tmp_path):
        late = {"key_id": "3", "drawing": [[[1, 2.25], [3, 4], [5, 70]]], "word": "cat"}
        path = lines(tmp_path / "a.ndjson", RAW_DRAWING, late)
        QuickDrawFormat().write(tmp_path / "b.ndjson", read(QuickDrawFormat, path))
        first, second = (
            [*map(json.loads, (tmp_path / name).read_text().splitlines())] for name in ("a.ndjson", "b.ndjson")
        )
        assert second == [first[0], first[1] | {"t0_ms": 5.0}]

    def test_numbers_are_short(self, tmp_path):
        QuickDrawFormat().write(tmp_path / "x.ndjson", [Ink([[[0.1, 2, 0], [1 / 3, 1e9, 7]]])])
        text = (tmp_path / "x.ndjson").read_text()
        assert text == '{"units": null, "drawing": [[[0.1,0.33333334],[2,1e+09],[0,7]]]}\n'

    def test_pressure_and_spans_have_no_place(self, tmp_path):
        QuickDrawFormat().write(tmp_path / "x.ndjson", [Ink(ink().strokes, ink().spans)])
        (again,) = read(QuickDrawFormat, tmp_path / "x.ndjson")
        assert np.array_equal(again.points[:, :3], ink().points[:, :3], equal_nan=True)
        assert again.spans == () and not again.has_pressure

    def test_metadata_that_json_cannot_hold(self, tmp_path):
        with pytest.raises(InkError, match="ink 2: has metadata"):
            QuickDrawFormat().write(tmp_path / "x.ndjson", [ink(), Ink([[[0, 0]]], metadata={"a": object()})])


RECORDS = [RAW_DRAWING, RAW_DRAWING | {"key_id": "2", "word": "a,b", "drawing": [[[0, 255], [0, 128]]]}]


def csv_of(records: list[dict[str, Any]]) -> str:
    """As the competition has them: a column of JSON, one for each key, in the order of the alphabet."""
    file = io.StringIO()
    writer = csv.DictWriter(file, sorted(records[0]))
    writer.writeheader()
    writer.writerows({**record, "drawing": json.dumps(record["drawing"])} for record in records)
    return file.getvalue()


LAYOUTS: dict[str, Callable[[list[dict[str, Any]]], str]] = {
    "ndjson": lambda records: "".join(json.dumps(record) + "\n" for record in records),
    "json": json.dumps,
    "indented": lambda records: json.dumps(records, indent=1),
    "csv": csv_of,
}


class TestLayouts:
    @pytest.mark.parametrize("layout", LAYOUTS)
    @pytest.mark.parametrize("packed", [False, True])
    def test_the_same_drawings_in_every_layout(self, tmp_path, layout, packed):
        expected = [ink.about for ink in read(QuickDrawFormat, lines(tmp_path / "x.ndjson", *RECORDS))]
        path = tmp_path / f"x.{layout}{'.gz' if packed else ''}"
        data = LAYOUTS[layout](RECORDS).encode()
        path.write_bytes(gzip.compress(data) if packed else data)
        inks = list(read_ink(path))
        assert [{**one.about, "source": None} for one in inks] == [{**about, "source": None} for about in expected]
        assert inks[0].metadata["recognized"] is True and inks[0].units == "px" and inks[1].units is None
        assert inks[0].strokes[0][:, :3].tolist() == [[10, 10.5, 0], [20, 25, 16], [30, 10.5, 32]]

    @pytest.mark.parametrize(
        ("layout", "old", "new", "message"),
        [
            ("json", '"word": "circle"', '"word" "circle"', "drawing 1: is no JSON"),
            ("csv", "[[[10, 20", "[[[10, , 20", "line 2: is no JSON"),
            ("csv", "XX,", "", "line 2: has 5 columns, the first line has 6"),
            ("csv", "[[[10, 20", "[[[20", "line 2, stroke 0: x, y and t have 2, 3, 3 values"),
        ],
    )
    def test_a_bad_record_is_named(self, tmp_path, layout, old, new, message):
        path = tmp_path / "a"
        text = LAYOUTS[layout](RECORDS)
        assert old in text
        path.write_text(text.replace(old, new, 1))
        with pytest.raises(InkError, match=f"a, {message}.*; strict=False"):
            read(QuickDrawFormat, path)
        inks = read(QuickDrawFormat, path, strict=False)
        assert [ink.label for ink in inks][-1:] == ([] if layout == "json" else ["a,b"])

    @pytest.mark.parametrize("layout", LAYOUTS)
    @pytest.mark.parametrize("packed", [False, True])
    def test_a_file_that_is_cut_off_costs_one_drawing(self, tmp_path, layout, packed):
        data = LAYOUTS[layout](RECORDS * 1500).encode()
        data = data[: len(data) // 2 - 30]
        (tmp_path / "a").write_bytes(gzip.compress(data)[:-9] if packed else data)
        with pytest.raises(InkError):
            list(read_ink(tmp_path / "a"))
        reader = read_ink(tmp_path / "a", strict=False)
        assert 1480 < len(list(reader)) <= 1510 and 1 <= reader.skipped.total() <= 2

    def test_lists_and_objects_beside_a_drawing_are_counted(self, tmp_path):
        (ink,) = read(QuickDrawFormat, lines(tmp_path / "a.ndjson", RAW_DRAWING | {"tags": ["a"], "place": {}, "n": 1}))
        assert ink.metadata["left_out"] == {"tags": 1, "place": 1} and ink.metadata["n"] == 1


@pytest.mark.parametrize(
    "text",
    [
        '{\n "word": 7,\n "drawing": [[[0, 1], [2, 3]]]\n}\n{\n "word": 7, "drawing": [[[0, 1], [2, 3]]]}',
        'key_id;word;drawing\n1;cat;"[[[0, 1], [2, 3]]]"\n2;cat;"[[[0, 1], [2, 3]]]"\n',
        "drawing\tkey_id\tword\n[[[0, 1], [2, 3]]]\t1\tcat\n[[[0, 1], [2, 3]]]\t2\tcat\n",
    ],
)
def test_objects_of_several_lines_and_other_marks_between_columns(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    inks = list(read_ink(tmp_path / "a.json"))
    assert [ink.strokes[0][:, :2].tolist() for ink in inks] == [[[0, 2], [1, 3]]] * 2
    # A number of a class is no label, and is kept.
    assert {ink.label or ink.metadata["word"] for ink in inks} in ({7}, {"cat"})
