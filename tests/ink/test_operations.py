"""The pure functions on ink, on ink that hypothesis invents."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthink import ConfigError
from synthink.ink import Ink, InkError, Span, operations

coordinates = st.floats(-1000, 1000, width=32)
steps = st.tuples(coordinates, coordinates, st.floats(0, 50, width=32), st.floats(0, 1, width=32))


@st.composite
def inks(draw, least=1):
    """Ink with times that never run backwards and a word over some of its first stroke."""
    strokes, clock = [], 0.0
    for raw in draw(st.lists(st.lists(steps, min_size=1, max_size=12), min_size=least, max_size=5)):
        rows = []
        for x, y, wait, pressure in raw:
            clock += wait
            rows.append((x, y, clock, pressure))
        strokes.append(rows)
    spans = []
    if strokes:
        stop = draw(st.integers(1, len(strokes[0])))
        spans = [Span("ab", "word", ((0, draw(st.integers(0, stop - 1)), stop),))]
    return Ink(strokes, spans, label="ab", writer="w", units="px")


@settings(max_examples=150, deadline=None)
@given(inks(), st.floats(0.5, 40))
def test_resample_by_length_keeps_ends_and_steps(ink, spacing):
    fresh = operations.resample(ink, spacing=spacing)
    assert len(fresh) == len(ink)
    for before, after in zip(ink.strokes, fresh.strokes, strict=True):
        assert np.allclose(before[[0, -1], :2], after[[0, -1], :2], atol=1e-3)
    along = operations.path_lengths(fresh)
    assert (np.diff(along)[np.diff(along) > 0] <= spacing * 1.001 + 1e-2).all()  # chords are never longer
    check_spans(fresh)


@settings(max_examples=150, deadline=None)
@given(inks(), st.floats(0.0, 50))
def test_simplify_stays_within_tolerance(ink, tolerance):
    fresh = operations.simplify(ink, tolerance)
    for before, after in zip(ink.strokes, fresh.strokes, strict=True):
        assert {tuple(p) for p in after.tolist()} <= {tuple(p) for p in before.tolist()}
        assert (before[[0, -1]] == after[[0, -1]]).all()
        away = [min(segment_distance(p, a, b) for a, b in pairs(after)) for p in before[:, :2].astype(float)]
        assert max(away) <= tolerance + 1e-2
    check_spans(fresh)


def pairs(points):
    points = points[:, :2].astype(float)
    return list(pairwise(points)) or [(points[0], points[0])]


def segment_distance(p, a, b):
    d = b - a
    share = 0.0 if not d.any() else min(1.0, max(0.0, float((p - a) @ d / (d @ d))))
    return float(np.linalg.norm(p - a - share * d))


@settings(max_examples=100, deadline=None)
@given(inks())
def test_clean_leaves_only_advancing_times(ink):
    fresh = operations.clean(ink)
    for before, after in zip(ink.strokes, fresh.strokes, strict=True):
        assert (np.diff(after[:, 2]) > 0).all()
        assert {*before[:, 2].tolist()} == {*after[:, 2].tolist()}
    check_spans(fresh)


@settings(max_examples=100, deadline=None)
@given(inks(), st.floats(0.3, 4))
def test_smooth_keeps_ends_and_straight_lines(ink, sigma):
    fresh = operations.smooth(ink, sigma)
    for before, after in zip(ink.strokes, fresh.strokes, strict=True):
        assert np.allclose(before[[0, -1], :2], after[[0, -1], :2], atol=1e-3)
    straight = Ink([np.outer(np.arange(9), (3, -2))])
    assert np.allclose(operations.smooth(straight, sigma).points[:, :2], straight.points[:, :2], atol=1e-3)


@settings(max_examples=100, deadline=None)
@given(st.lists(inks(), min_size=1, max_size=4))
def test_concatenate_then_cut_gives_the_words_back(many):
    whole = operations.concatenate(many, gap_ms=100)
    assert len(whole.points) == sum(len(ink.points) for ink in many)
    assert whole.label == " ".join("ab" for _ in many) and whole.writer == "w"
    for word, ink in zip(operations.split(whole, "word"), many, strict=True):
        own = operations.split(ink, "word")[0]
        assert np.array_equal(word.points[:, [0, 1, 3]], own.points[:, [0, 1, 3]])
        assert word.label == "ab" and len(word.spans) == 1
    times = [stroke[0, 2] for stroke in whole.strokes]
    assert times == sorted(times)


def test_transform_and_bounds():
    ink = Ink([[[0, 0], [2, 1]], [[4, 3]]])
    turned = operations.transform(ink, [[0, -1, 10], [2, 0, 0]], units="px")
    assert turned.points[:, :2].tolist() == [[10, 0], [9, 4], [7, 8]] and turned.units == "px"
    assert operations.bounding_box(turned) == (7, 0, 10, 8)
    with pytest.raises(ConfigError, match=r"^matrix=.*affine"):
        operations.transform(ink, np.ones((3, 3)))


def test_resample_by_time():
    ink = Ink([[[0, 0, 0], [10, 0, 10], [10, 0, 10], [30, 0, 30]], [[5, 5, 100]]])
    fresh = operations.resample(ink, interval_ms=5)
    assert fresh.strokes[0][:, :3].tolist() == [[5 * i, 0, 5 * i] for i in range(7)]
    assert fresh.strokes[1][:, :3].tolist() == [[5, 5, 100]]
    with pytest.raises(InkError, match="without times"):
        operations.resample(Ink([[[0, 0], [1, 1]]]), interval_ms=5)
    with pytest.raises(ConfigError, match=r"^spacing=0.0: must be above 0"):
        operations.resample(ink, spacing=0.0)


def test_ink_without_points():
    empty = Ink(())
    with pytest.raises(InkError, match="no bounding box"):
        operations.bounding_box(empty)
    for fresh in (
        operations.resample(empty, spacing=1),
        operations.simplify(empty, 1),
        operations.smooth(empty, 1),
        operations.clean(empty),
        operations.concatenate([]),
        operations.concatenate([empty, empty]),
        operations.transform(empty, np.eye(3)),
    ):
        assert len(fresh) == 0 and len(fresh.points) == 0


def check_spans(ink):
    Ink(ink.strokes, ink.spans)  # refuses spans outside the strokes


@pytest.mark.parametrize(
    ("strokes", "told"),
    [
        ([[]], "shape"),
        ([[[0, float("nan")]]], "finite"),
        ([[[0, 0], [float("inf"), 0]]], "point 1"),
        ([[[0, 0]], [[1e30, 0]]], "stroke 1"),
        ([[[1e300, 0]]], "finite"),
        ([[[0, 0, float("inf")]]], "infinite"),
        ([[[0, 0, 0, 2]]], "pressure"),
        (["abc"], "no array"),
        ([[[1, 2, 3, 0.5, 5]]], "shape"),
    ],
)
def test_bad_strokes_are_refused(strokes, told):
    with pytest.raises(InkError, match=told):
        Ink(strokes)


def test_spans_outside_the_strokes_are_refused():
    with pytest.raises(InkError, match="outside the strokes"):
        Ink([[[0, 0]]], [Span("a", "character", ((0, 0, 2),))])
