"""Our own .npz files."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.ink.files.deepwriting.reader import DeepWritingFormat
from synthink.ink.files.npz.reader import NpzFormat
from synthink.ink.files.sketchrnn import SketchRnnFormat
from synthink.ink.model import Ink, InkError, Span
from tests.ink.files.reading import read
from tests.ink.files.samples import ink

finite = st.floats(-1e9, 1e9, width=32)
unknown = st.just(float("nan"))
point = st.tuples(finite, finite, finite | unknown, st.floats(0, 1, width=32) | unknown)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def any_ink(draw: st.DrawFn) -> Ink:
    strokes = draw(st.lists(st.lists(point, min_size=1, max_size=4), max_size=3))
    kinds = st.sampled_from(("character", "word", "line", "symbol"))
    parts = [(index, 0, len(stroke)) for index, stroke in enumerate(strokes)]
    marked = [Span(draw(st.text()), draw(kinds), (part,)) for part in parts if draw(st.booleans())]
    words = {name: draw(st.none() | st.text()) for name in ("label", "writer", "source", "units")}
    return Ink(strokes, marked, **words, metadata=draw(st.dictionaries(st.text(), json_values, max_size=2)))


class TestOurOwn:
    @given(inks=st.lists(any_ink(), max_size=3))
    def test_round_trip_is_exact(self, tmp_path_factory, inks):
        path = tmp_path_factory.mktemp("npz") / "ours.npz"
        NpzFormat().write(path, inks)
        assert read(NpzFormat, path) == inks
        with np.load(path, allow_pickle=False) as arrays:
            assert len(arrays["points"]) == sum(len(ink.points) for ink in inks)

    def test_the_same_ink_makes_the_same_bytes(self, tmp_path):
        for name in "ab":
            NpzFormat().write(tmp_path / name, [ink(), ink()])
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]

    @pytest.mark.parametrize("value", [(1, 2), float("nan"), {1: 2}, object(), np.float32(1)])
    def test_metadata_that_would_not_come_back_is_refused(self, tmp_path, value):
        with pytest.raises(InkError, match="ink 1: has metadata"):
            NpzFormat().write(tmp_path / "x.npz", [ink(), Ink([[[0, 0]]], metadata={"a": value})])
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        ("name", "values", "message"),
        [
            ("stroke_points", [3, -1, 3], "array stroke_points: has values outside 1..4"),
            ("stroke_points", [2, 1], "array stroke_points: adds up to 3, there are 4"),
            ("ink_strokes", [2**62], "array ink_strokes: has values outside 0..2"),
            ("ink_strokes", [2, 0], "array about: tells about 1 inks, there are 2"),
            ("points", [[1.0, 2, 3]], r"array points: has shape \(1, 3\)"),
        ],
    )
    def test_arrays_that_do_not_fit(self, tmp_path, name, values, message):
        path = tmp_path / "x.npz"
        NpzFormat().write(path, [ink()])
        with np.load(path) as arrays:
            changed = dict(arrays) | {name: np.array(values)}
        np.savez(path, **changed)
        with pytest.raises(InkError, match=message):
            read(NpzFormat, path)

    def test_bad_ink_is_left_out_and_counted(self, tmp_path):
        path = tmp_path / "x.npz"
        NpzFormat().write(path, [Ink([[[1, 2]]]), Ink([[[3, 4]], [[5, 6]]])])
        with np.load(path) as arrays:
            changed = dict(arrays)
        changed["points"][1, 0] = np.inf
        np.savez(path, **changed)
        with pytest.raises(InkError, match=r"x.npz, ink 1, stroke 0: x, y of point 0 must be finite"):
            read(NpzFormat, path)
        first, second = read(NpzFormat, path, strict=False)
        assert first.points[:, :2].tolist() == [[1, 2]] and second.points[:, :2].tolist() == [[5, 6]]


def test_a_zip_of_other_things(tmp_path):
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    for format in (NpzFormat, DeepWritingFormat, SketchRnnFormat):
        with pytest.raises(InkError, match="has no array"):
            read(format, path)
