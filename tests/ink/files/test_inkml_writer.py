"""InkML as we write it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.ink.files.base import Reading
from synthink.ink.files.inkml.reader import InkMLFormat
from synthink.ink.model import Ink, InkError, Span
from tests.ink.files.test_inkml import CROHME, MATHWRITING, read

NAN = float("nan")


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("$\n\t\r<&\"' "), max_size=8)
finite = st.floats(-1e9, 1e9, width=32)
times = st.just(NAN) | st.floats(-(2.0**40), 2.0**40, width=32)
pressures = st.just(NAN) | st.floats(0, 1, width=32)


@st.composite
def inks(draw: st.DrawFn) -> Ink:
    point = st.tuples(finite, finite, times, pressures)
    strokes = draw(st.lists(st.lists(point, min_size=1, max_size=4), max_size=4))
    spans = []
    for stroke, points in enumerate(strokes):
        first = draw(st.integers(0, len(points) - 1))
        part = (stroke, first, draw(st.integers(first + 1, len(points))))
        kind = draw(st.sampled_from(["character", "word", "line", "symbol"]))
        spans.append(Span(draw(texts), kind, (part,)))
    about = {name: draw(st.none() | texts) for name in ("writer", "label")}
    units = draw(st.sampled_from([None, "mm", 'a"b'])) if strokes else None
    values = texts | st.integers() | st.lists(texts, max_size=2) | st.dictionaries(texts, st.booleans(), max_size=2)
    metadata = draw(st.dictionaries(texts | st.sampled_from(["label", "truth", "writer"]), values, max_size=3))
    return Ink([np.array(points, np.float32) for points in strokes], spans, units=units, metadata=metadata, **about)


@given(inks())
def test_what_is_written_is_read_again(tmp_path_factory, ink):
    path = tmp_path_factory.mktemp("inkml") / "a.inkml"
    InkMLFormat().write(path, [ink])
    (again,) = InkMLFormat().read(path, Reading("a.inkml"))
    again.source = None
    assert again == ink


def test_reading_and_writing_again_changes_nothing(tmp_path):
    for text in (MATHWRITING, CROHME):
        ink = read(text, tmp_path)
        InkMLFormat().write(tmp_path / "a.inkml", [ink])
        (again,) = InkMLFormat().read(tmp_path / "a.inkml", Reading("a.inkml"))
        assert again == ink


def test_traces_are_written_as_simple_readers_split_them(tmp_path):
    InkMLFormat().write(tmp_path / "b.inkml", [read(MATHWRITING, tmp_path)])
    text = re.findall(r"<trace [^>]*>([^<]*)<", (tmp_path / "b.inkml").read_text())[0]
    assert [[float(word) for word in point.split(" ")] for point in text.split(",")][1] == [11.25, 22.5, 12.0]


@pytest.mark.parametrize(
    "ink, reason",
    [
        (Ink([[[1, 2]]], label="a\0b"), "label: .*cannot hold"),
        (Ink([[[1, 2]]], [Span("\x1b", "word", ((0, 0, 1),))]), "span: .*cannot hold"),
        (Ink([[[1, 2]]], [Span("a", "word", ())]), "has no parts"),
        (Ink([[[1, 2]]], metadata={"a": {1, 2}}), "cannot be kept as JSON"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, ink, reason):
    with pytest.raises(InkError, match=f"^a.inkml, .*{reason}"):
        InkMLFormat().write(tmp_path / "a.inkml", [ink])
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif("SYNTHINK_REAL_INK" not in os.environ, reason="needs a folder of real ink in SYNTHINK_REAL_INK")
def test_real_files_lose_no_points():
    """Counted a second way: a point is what stands between two commas."""
    files = sorted(Path(os.environ["SYNTHINK_REAL_INK"]).rglob("*.inkml"))
    for path in files:
        (ink,) = InkMLFormat().read(path, Reading(path.name))
        text = path.read_bytes().decode("utf-8", "replace")
        traces = [found for found in re.findall(r"<trace\b[^>]*>([^<]*)</trace>", text) if found.strip()]
        assert ink.lengths.tolist() == [found.strip().strip(",").count(",") + 1 for found in traces], path
        named = set(re.findall(r'traceDataRef="#?([^"]*)"', text))
        order = re.findall(r'<trace\s[^>]*id="([^"]*)"', text)
        assert {part[0] for span in ink.spans for part in span.parts} == {order.index(name) for name in named}, path
