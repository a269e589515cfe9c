"""Ink in .npz files: DeepWriting, sketch-rnn, our own."""

from __future__ import annotations

import itertools
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.ink.files import sketchrnn
from synthink.ink.files.base import Reading
from synthink.ink.files.deepwriting import reader as deepwriting
from synthink.ink.files.npz import reader as npz
from synthink.ink.model import Ink, InkError, Span
from tests.ink.ink_samples import deepwriting as deepwriting_sample
from tests.ink.ink_samples import ink, objects
from tests.ink.ink_samples import sketchrnn as sketchrnn_sample


def read(module: ModuleType, path: Path, strict: bool = True, **options: Any) -> list[Ink]:
    return list(module.read(path, Reading(path.name, strict), **options))


def spans(ink: Ink) -> list[tuple[str, str, tuple[tuple[int, int, int], ...]]]:
    return [(span.kind, span.label, span.parts) for span in ink.spans]


class TestDeepWriting:
    @pytest.mark.parametrize("old", [False, True])
    def test_points_text_and_marks(self, tmp_path, old):
        whole, cut = read(deepwriting, deepwriting_sample(tmp_path, old))
        assert (whole.label, whole.writer, whole.source) == ("ab c", "10094", "deepwriting.npz#1")
        assert [stroke[:, :2].tolist() for stroke in whole.strokes] == [
            [[0, 0], [1, 1], [2, 0]],
            [[4, 0], [5, 1]],
            [[11, 1], [12, 3]],
        ]
        assert not whole.has_time and whole.metadata == {}
        assert spans(whole) == [
            ("word", "ab", ((0, 0, 3), (1, 0, 2))),
            ("word", "c", ((2, 0, 2),)),
            ("character", "a", ((0, 0, 3),)),
            ("character", "b", ((1, 0, 2),)),
            ("character", "c", ((2, 0, 2),)),
        ]
        assert (cut.label, cut.metadata, cut.writer) == ("b", {"text": "ab"}, "123467")

    def test_a_text_with_letters_that_the_alphabet_lacks(self, tmp_path):
        whole, _ = read(deepwriting, deepwriting_sample(tmp_path, texts=np.array(["ab, c!", "ab"])))
        assert whole.label == "ab, c!"

    @pytest.mark.parametrize(("unscale", "width"), [(False, 12), (True, 36), ("auto", 12)])
    def test_scaling_is_undone_where_letters_get_their_usual_width(self, tmp_path, unscale, width):
        wide = read(deepwriting, deepwriting_sample(tmp_path), unscale=unscale)[0]
        assert np.ptp(wide.points[:, 0]) == width

    def test_narrow_letters_are_stretched(self, tmp_path):
        normal = {"std": np.float32([0.5, 2, 1]), "mean": np.float32([0.125, 0.5, 0])}
        plain = read(deepwriting, deepwriting_sample(tmp_path, **normal), unscale=False)[0]
        assert np.ptp(plain.points[:, 0]) == 3
        assert np.ptp(read(deepwriting, deepwriting_sample(tmp_path, **normal))[0].points[:, 0]) == 9

    def test_what_was_not_done_is_not_undone(self, tmp_path):
        path = deepwriting_sample(tmp_path, preprocessing=np.array(["relative_representation"]))
        first = read(deepwriting, path)[0].points[:2, :2]
        assert first.tolist() == [[-0.25, -0.25], [0, 0]]

    def test_bad_samples_are_refused_or_left_out(self, tmp_path):
        classes = objects([np.array([1, 1, 1, 2, 2, 9, 9], np.int32), np.array([2, 2], np.int32)])
        path = deepwriting_sample(tmp_path, char_labels=classes)
        with pytest.raises(InkError, match="array samples, sample 0: has the character class 9, the alphabet has 4"):
            read(deepwriting, path)
        reading = Reading(path.name, strict=False)
        assert [ink.label for ink in deepwriting.read(path, reading)] == ["b"]
        assert reading.skipped.total() == 1

    def test_arrays_of_different_lengths(self, tmp_path):
        path = deepwriting_sample(tmp_path, texts=np.array(["a"]))
        with pytest.raises(InkError, match="array texts: has 1 entries for 2 samples"):
            read(deepwriting, path, strict=False)


class TestSketchRnn:
    def test_drawings_with_their_splits(self, tmp_path):
        inks = read(sketchrnn, sketchrnn_sample(tmp_path))
        assert [ink.metadata["split"] for ink in inks] == ["train", "train", "valid", "test"]
        assert [stroke[:, :2].tolist() for stroke in inks[0].strokes] == [[[1, 2], [4, 2]], [[9, 7], [8, 8]]]
        assert [ink.source for ink in inks] == [f"cat.npz#{number}" for number in (1, 2, 3, 4)]
        assert inks[0].label is None

    def test_a_pen_of_two_is_refused_or_left_out(self, tmp_path):
        path = tmp_path / "bad.npz"
        np.savez(path, train=objects([np.array([[1, 2, 2]], np.int16), np.array([[1, 2, 1]], np.int16)]))
        with pytest.raises(InkError, match="array train, drawing 0: has pen states"):
            read(sketchrnn, path)
        assert len(read(sketchrnn, path, strict=False)) == 1


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
        npz.write(path, inks)
        assert read(npz, path) == inks
        with np.load(path, allow_pickle=False) as arrays:
            assert len(arrays["points"]) == sum(len(ink.points) for ink in inks)

    def test_the_same_ink_makes_the_same_bytes(self, tmp_path):
        for name in "ab":
            npz.write(tmp_path / name, [ink(), ink()])
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]

    @pytest.mark.parametrize("value", [(1, 2), float("nan"), {1: 2}, object(), np.float32(1)])
    def test_metadata_that_would_not_come_back_is_refused(self, tmp_path, value):
        with pytest.raises(InkError, match="ink 1: has metadata"):
            npz.write(tmp_path / "x.npz", [ink(), Ink([[[0, 0]]], metadata={"a": value})])
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
        npz.write(path, [ink()])
        with np.load(path) as arrays:
            changed = dict(arrays) | {name: np.array(values)}
        np.savez(path, **changed)
        with pytest.raises(InkError, match=message):
            read(npz, path)

    def test_bad_ink_is_left_out_and_counted(self, tmp_path):
        path = tmp_path / "x.npz"
        npz.write(path, [Ink([[[1, 2]]]), Ink([[[3, 4]], [[5, 6]]])])
        with np.load(path) as arrays:
            changed = dict(arrays)
        changed["points"][1, 0] = np.inf
        np.savez(path, **changed)
        with pytest.raises(InkError, match=r"x.npz, ink 1, stroke 0: x, y of point 0 must be finite"):
            read(npz, path)
        first, second = read(npz, path, strict=False)
        assert first.points[:, :2].tolist() == [[1, 2]] and second.points[:, :2].tolist() == [[5, 6]]


def test_no_two_formats_claim_a_file(tmp_path):
    npz.write(tmp_path / "ours.npz", [ink()])
    made = {
        npz: tmp_path / "ours.npz",
        deepwriting: deepwriting_sample(tmp_path),
        sketchrnn: sketchrnn_sample(tmp_path),
    }
    for module, (other, path) in itertools.product(made, made.items()):
        assert module.sniff(path, path.read_bytes()[:4096]) == (module is other)


def test_a_zip_of_other_things(tmp_path):
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    for module in (npz, deepwriting, sketchrnn):
        with pytest.raises(InkError, match="has no array"):
            read(module, path)
