"""InkML: every dialect, the whole grammar of points, spans, and what is written comes back."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.ink.files.base import Limits, Reading
from synthink.ink.files.inkml import reader as inkml
from synthink.ink.files.inkml import writer as inkml_writer
from synthink.ink.files.inkml.points import PointError, read_points
from synthink.ink.model import Ink, InkError, Span

NAN = float("nan")
MATHWRITING = """<ink xmlns="http://www.w3.org/2003/InkML">
<annotation type="label">a+ b</annotation><annotation type="normalizedLabel">a+b</annotation>
<annotation type="splitTagOriginal">train</annotation><annotation type="sampleId">00000000000000a1</annotation>
<traceFormat><channel name="X" type="decimal"/><channel name="Y" type="decimal"/>
<channel name="T" type="decimal" units="ms"/></traceFormat>
<trace id="0">10.5 20.0 5000.0,11.25 22.5 5012.0,13.0 25.0 5024.0</trace><trace id="2"/>
<trace id="1">30 20 5180,
 30 31.5 5196</trace></ink>"""
CROHME = """<ink xmlns="http://www.w3.org/2003/InkML">
<annotation type="UI">demo_1</annotation><annotation type="truth">$x+1$</annotation>
<annotation type="writer">w7</annotation>
<trace id="0">1 1, 3 4</trace><trace id="1">3 1, 1 4</trace><trace id="2">5 2.5, 8 2.5</trace>
<trace id="3">6.5 1, 6.5 4</trace><trace id="4">10 1, 10 4</trace>
<traceGroup xml:id="5"><annotation type="truth">Segmentation</annotation><traceGroup xml:id="0"/>
<traceGroup xml:id="6"><annotation type="truth">x</annotation>
<traceView traceDataRef="0"/><traceView traceDataRef="1"/><annotationXML href="x_1"/></traceGroup>
<traceGroup xml:id="7"><annotation type="truth">$+$</annotation>
<traceView traceDataRef="#2"/><traceView traceDataRef="3"/></traceGroup>
<traceGroup xml:id="8"><annotation type="truth">1</annotation><traceView traceDataRef="4"/></traceGroup>
</traceGroup></ink>"""
SYMBOL = [1, 2], [3, 4], [5, 6]


def read(text: str | bytes, tmp_path: Path, strict: bool = True, **limits: int) -> Ink:
    path = tmp_path / "a.inkml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    (ink,) = inkml.read(path, Reading("a.inkml", strict, Limits(**limits)))
    return ink


def trace(points: str, channels: str = "", about: str = "") -> str:
    form = f"<traceFormat>{channels}</traceFormat>" if channels else ""
    return f"<ink>{about}{form}<trace>{points}</trace></ink>"


def channels(*names: str) -> str:
    return "".join(f'<channel name="{name}"/>' for name in names)


class TestDialects:
    def test_mathwriting(self, tmp_path):
        ink = read(MATHWRITING, tmp_path)
        assert ink.label == "a+b" and ink.source == "a.inkml"
        assert ink.metadata["label"] == "a+ b" and ink.metadata["sampleId"] == "00000000000000a1"
        assert ink.metadata["t0_ms"] == 5000.0
        assert ink.strokes[0][:, :3].tolist() == [[10.5, 20, 0], [11.25, 22.5, 12], [13, 25, 24]]
        assert ink.strokes[1][:, :3].tolist() == [[30, 20, 180], [30, 31.5, 196]]
        assert np.isnan(ink.points[:, 3]).all() and len(ink) == 2

    def test_crohme(self, tmp_path):
        ink = read(CROHME, tmp_path)
        assert (ink.label, ink.writer, ink.metadata) == ("x+1", "w7", {"UI": "demo_1"})
        assert np.isnan(ink.points[:, 2]).all()
        assert ink.spans == (
            Span("x", "symbol", ((0, 0, 2), (1, 0, 2))),
            Span("+", "symbol", ((2, 0, 2), (3, 0, 2))),
            Span("1", "symbol", ((4, 0, 2),)),
        )

    @pytest.mark.parametrize("points", ["1,2 3,4 5,6", "1 , 2  3,4\n5,6"])
    def test_inksight_has_its_commas_inside_the_points(self, tmp_path, points):
        ink = read(trace(points, about='<annotation type="textField">hi</annotation>'), tmp_path)
        assert ink.label == "hi" and ink.points[:, :2].tolist() == [[1, 2], [3, 4], [5, 6]]

    def test_one_point_of_inksight(self, tmp_path):
        assert read(trace("1,2"), tmp_path).points[:, :2].tolist() == [[1, 2]]

    @pytest.mark.parametrize(
        "start",
        [
            "<ink>",
            '<ink xmlns="http://www.ink-markup.org/2008/inkml">',
            '<i:ink xmlns:i="http://www.w3.org/2003/InkML">',
        ],
    )
    def test_any_namespace(self, tmp_path, start):
        prefix = "i:" if start.startswith("<i:") else ""
        assert len(read(f"{start}<{prefix}trace>1 2,3 4</{prefix}trace></{prefix}ink>", tmp_path).points) == 2

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "utf-8-sig"])
    def test_encodings(self, tmp_path, encoding):
        text = trace("1 2", about='<annotation type="truth">né</annotation>')
        declared = encoding.removesuffix("-sig")
        assert read(f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding), tmp_path).label == "né"

    def test_label_order_and_annotation_xml(self, tmp_path):
        xml = "<annotationXML><a><label>deep</label></a></annotationXML>"
        assert read(trace("1 2", about=xml), tmp_path).label == "deep"
        given = '<annotation type="label">l</annotation>' + xml
        assert read(trace("1 2", about=given), tmp_path).label == "l"
        given = '<annotation type="truth"> $a$ </annotation>' + given
        assert read(trace("1 2", about=given), tmp_path).label == "a"
        given = '<annotation type="normalizedLabel"/>' + given
        assert read(trace("1 2", about=given), tmp_path).label == "a"

    @pytest.mark.parametrize("truth, label", [("$", "$"), ("$$", "$$"), ("$$x$$", "x"), ("a $b$", "a $b$"), ("", "")])
    def test_dollars(self, tmp_path, truth, label):
        assert read(trace("1 2", about=f'<annotation type="truth">{truth}</annotation>'), tmp_path).label == label


class TestChannels:
    def test_by_name_in_any_order_with_units_and_force(self, tmp_path):
        form = (
            '<channel name="F" max="1024"/><channel name="T" units="s"/><channel name="Y" units="himetric"/>'
            '<channel name="OTx"/><channel name="X" units="himetric"/>'
        )
        ink = read(trace("512 2.5 20 45 10, 1024 2.51 21 46 11", form), tmp_path)
        assert ink.points.tolist() == [[10, 20, 0, 0.5], [11, 21, 10, 1]]
        assert ink.units == "himetric" and ink.metadata["channels"] == {"OTx": [[45, 46]]}

    def test_force_without_a_maximum_is_divided_by_the_greatest(self, tmp_path):
        ink = read(trace("1 2 50, 1 3 200", channels("X", "Y", "F")), tmp_path)
        assert ink.points[:, 3].tolist() == [0.25, 1]
        assert read(trace("1 2 .5", channels("X", "Y", "F")), tmp_path).points[0, 3] == 0.5

    def test_y_that_grows_upwards_is_turned(self, tmp_path):
        form = '<channel name="X"/><channel name="Y" orientation="-ve"/>'
        assert read(trace("1 2", form), tmp_path).points[0, :2].tolist() == [1, -2]

    def test_intermittent_channels_may_be_left_out(self, tmp_path):
        form = channels("X", "Y") + f'<intermittentChannels>{channels("F")}<channel name="B" type="boolean"/>'
        ink = read(trace("1 2, 3 4 .5, 5 6 .5 T", form + "</intermittentChannels>"), tmp_path)
        assert np.array_equal(ink.points[:, 3], [NAN, 0.5, 0.5], equal_nan=True)

    @pytest.mark.parametrize("where", ["{}", "<definitions>{}</definitions>", "<context>{}</context>"])
    @pytest.mark.parametrize("inner", ["{}", '<inkSource xml:id="s">{}</inkSource>'])
    def test_a_trace_format_anywhere(self, tmp_path, where, inner):
        form = where.format(inner.format(f"<traceFormat>{channels('Y', 'X')}</traceFormat>"))
        assert read(f"<ink>{form}<trace>1 2</trace></ink>", tmp_path).points[0, :2].tolist() == [2, 1]

    def test_contexts_and_brushes_by_reference(self, tmp_path):
        ink = read(
            f"""<ink><definitions>
            <traceFormat xml:id="f">{channels("Y", "X")}</traceFormat>
            <inkSource xml:id="s"><traceFormat>{channels("X", "Y", "T")}</traceFormat></inkSource>
            <brush xml:id="b"><brushProperty name="color" value="#ff0000"/></brush>
            <context xml:id="c" traceFormatRef="#f" brushRef="#b"/><context xml:id="d" inkSourceRef="#s"/></definitions>
            <trace contextRef="#c">1 2</trace><traceGroup contextRef="#d"><trace>1 2 30</trace>
            <trace contextRef="#c">5 6</trace></traceGroup></ink>""",
            tmp_path,
        )
        assert ink.points[:, :2].tolist() == [[2, 1], [1, 2], [6, 5]]
        assert ink.metadata["brush"] == {"color": "#ff0000"}

    def test_the_format_before_a_trace_holds_for_it(self, tmp_path):
        first, second = (f"<traceFormat>{channels(*names)}</traceFormat>" for names in (("X", "Y"), ("Y", "X")))
        ink = read(f"<ink>{first}<trace>1 2</trace>{second}<trace>1 2</trace></ink>", tmp_path)
        assert ink.points[:, :2].tolist() == [[1, 2], [2, 1]]

    def test_pen_up_traces_are_no_ink_and_continuations_are_one_stroke(self, tmp_path):
        ink = read(
            """<ink><trace id="a" continuation="begin">1 1,2 2</trace><trace type="penUp">2 2,9 9</trace>
            <trace id="b" continuation="end" priorRef="#a">3 3</trace>
            <traceGroup><annotation type="truth">x</annotation><traceView traceDataRef="#b"/></traceGroup></ink>""",
            tmp_path,
        )
        assert ink.lengths.tolist() == [3] and ink.metadata["pen_up_traces"] == 1
        assert ink.spans == (Span("x", "symbol", ((0, 2, 3),)),)


class TestPoints:
    """The grammar of InkML 1.0, section 3.2.1."""

    @pytest.mark.parametrize(
        "text, values",
        [
            ("10-5,-3-4", [[10, -5], [-3, -4]]),
            ("1e1 +2.", [[10, 2]]),
            (".5-.5", [[0.5, -0.5]]),
            ("#FF #a", [[255, 10]]),
            ("-#10 1", [[-16, 1]]),
            ("T F", [[1, 0]]),
            ("1 2,? 3,* *", [[1, 2], [NAN, 3], [1, 3]]),
            ("10 20,'1'2,3 4", [[10, 20], [11, 22], [14, 26]]),  # a prefix holds until the next
            ("10 20,'1 25,2 30", [[10, 20], [11, 25], [13, 30]]),  # for its channel alone
            ("10 20,'1'2,!5 4", [[10, 20], [11, 22], [5, 26]]),
            ("0 0,'10'10,\"2\"-1,0 0", [[0, 0], [10, 10], [22, 19], [34, 28]]),
            ("5 5,'2'3,* *,!* 1", [[5, 5], [7, 8], [9, 11], [9, 12]]),  # the last difference again
            ("1 2,", [[1, 2]]),
            ("' 1 2", None),
            ("* 1", None),
            ("1 2,,3 4", None),
            ("1 2 3", None),
            ("1 2,3", None),
            ("1 nan", None),
            ("1 1_0", None),
            ("1 inf", None),
            ("1 :5", None),
            ("１ ２", None),
            ("0x10 1", None),
        ],
    )
    def test_grammar(self, text, values):
        if values is None:
            with pytest.raises(PointError):
                read_points(text, 2, 2)
        else:
            assert np.array_equal(read_points(text, 2, 2), values, equal_nan=True)

    @given(st.lists(st.tuples(st.integers(-999, 999), st.integers(-999, 999)), min_size=3, max_size=20))
    def test_differences_add_up_to_the_points(self, points):
        array = np.array(points)
        firsts, seconds = np.diff(array, axis=0), np.diff(array, 2, axis=0)
        words = [f"{array[0, 0]} {array[0, 1]}", f"'{firsts[0, 0]}'{firsts[0, 1]}"]
        in_firsts = [*words, *(f"{x} {y}" for x, y in firsts[1:])]
        in_seconds = [*words, *(f'"{x}"{y}' for x, y in seconds)]
        assert read_points(",".join(in_firsts), 2, 2).tolist() == array.tolist()
        assert read_points(",".join(in_seconds), 2, 2).tolist() == array.tolist()


class TestSpans:
    def test_kinds_nesting_and_marks_as_in_iamondo(self, tmp_path):
        ink = read(
            """<ink><trace xml:id="a">1 1,2 2</trace><trace xml:id="b">3 3</trace><trace xml:id="c">4 4</trace>
            <traceView><annotation type="type">Document</annotation>
            <traceView><annotation type="type">Textline</annotation><annotation type="transcription">a b</annotation>
            <traceView><annotation type="type">Word</annotation><annotation type="transcription">a</annotation>
            <traceView traceDataRef="#a"/></traceView>
            <traceView traceDataRef="#b"><annotation type="type">Word</annotation>
            <annotation type="transcription">b</annotation></traceView></traceView>
            <traceView><annotation type="type">Marking_Underline</annotation><traceView traceDataRef="#c"/></traceView>
            </traceView></ink>""",
            tmp_path,
        )
        assert ink.spans == (
            Span("a b", "line", ((0, 0, 2), (1, 0, 1))),
            Span("a", "word", ((0, 0, 2),)),
            Span("b", "word", ((1, 0, 1),)),
            Span("Marking_Underline", "symbol", ((2, 0, 1),)),
        )

    @pytest.mark.parametrize(
        "view, parts",
        [
            ('"#a" from="2" to="3"', ((0, 1, 3),)),
            ('"#a" from="3"', ((0, 2, 4),)),
            ('"#a" to="1"', ((0, 0, 1),)),
            ('"#g"', ((0, 0, 4), (1, 0, 2))),
            ('"#g" from="1:3" to="2:1"', ((0, 2, 4), (1, 0, 1))),
            ('"#g" from="2"', ((1, 0, 2),)),
            ('"#v"', ((0, 1, 4),)),
        ],
    )
    def test_parts_of_traces_groups_and_views(self, tmp_path, view, parts):
        ink = read(
            f"""<ink><traceGroup xml:id="g"><trace id="a">1 1,2 2,3 3,4 4</trace>
            <trace id="b">5 5,6 6</trace></traceGroup>
            <traceView xml:id="v" traceDataRef="#a" from="2"/>
            <traceGroup><annotation type="truth">x</annotation><traceView traceDataRef={view}/></traceGroup></ink>""",
            tmp_path,
        )
        assert ink.spans == (Span("x", "symbol", parts),)

    def test_a_group_of_traces_says_what_the_ink_says_when_nothing_else_does(self, tmp_path):
        group = '<traceGroup><annotation type="truth">ab</annotation><trace>1 2</trace><trace>3 4</trace></traceGroup>'
        ink = read(f"<ink>{group}</ink>", tmp_path)
        assert ink.label == "ab" and ink.spans[0].parts == ((0, 0, 1), (1, 0, 1))


BAD = {
    "truncated": (CROHME[:300], r"line \d+, offset \d+"),
    "tokens": (trace("1 2,3 4 5"), "point 1 has 3 values, not 2"),
    "too few": (trace("1 2 3", channels("X", "Y", "T", "F")), "point 0 has 3 values, not 4"),
    "infinite": (trace("1 2,3 1e999"), "point 1 must be finite"),
    "far": (trace("1 2,3 1e30"), "point 1 must be finite"),
    "unknown x": (trace("1 2,? 3"), "point 1 must be finite"),
    "garbage": (trace("1 2,hello"), "trace on line 1.*point 1, character 4: cannot read 'hello'"),
    "no X": (trace("1", channels("Y")), "not X and Y"),
    "context": ('<ink><trace contextRef="#c">1 2</trace></ink>', "refers to the context '#c'"),
    "brush": ('<ink><trace brushRef="#b">1 2</trace></ink>', "refers to the brush '#b'"),
    "view": ('<ink><trace id="0">1 2</trace><traceView traceDataRef="1"/></ink>', "refers to '1'"),
    "twice": ('<ink><trace id="0">1 2</trace><trace id="0">1 2</trace></ink>', "trace '0'.* another trace has"),
    "circle": (
        '<ink><trace contextRef="#a">1 2</trace><context xml:id="a" contextRef="#b"/>'
        '<context xml:id="b" contextRef="#a"/></ink>',
        "circle",
    ),
    "views in a circle": (
        '<ink><traceView xml:id="a" traceDataRef="#b"><annotation type="truth">x</annotation></traceView>'
        '<traceView xml:id="b" traceDataRef="#a"/></ink>',
        "refers to itself",
    ),
    "from": (
        '<ink><trace id="a">1 2</trace><traceView traceDataRef="#a" from="2">'
        '<annotation type="truth">x</annotation></traceView></ink>',
        "takes 2 to 1 of 1",
    ),
    "other XML": ("<html><trace>1 2</trace></html>", "root element is 'html'"),
    "entities": ('<!DOCTYPE ink [<!ENTITY a "b">]><ink>&a;</ink>', "DOCTYPE"),
    "outside DTD": ('<!DOCTYPE ink SYSTEM "file:///etc/passwd"><ink/>', "DOCTYPE"),
    "undeclared entity": ("<ink>&a;</ink>", "undefined entity"),
    "deep": ("<ink>" * 2_000_000, "nested deeper than 100"),
    "empty": ("", "is empty"),
    "blank": (" \n", "is empty"),
    "binary": (bytes(range(256)), "is no XML"),
    "encoding": ('<?xml version="1.0" encoding="klingon"?><ink/>', "unknown encoding"),
    "two roots": ("<ink/><ink/>", "junk after document element"),
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", BAD)
def test_bad_files_give_one_error(tmp_path, name):
    text, reason = BAD[name]
    with pytest.raises(InkError, match=reason) as caught:
        read(text, tmp_path)
    assert caught.value.file == "a.inkml" and "\n" not in str(caught.value) and len(str(caught.value)) < 300


@pytest.mark.parametrize("name", ["tokens", "infinite", "garbage", "context", "view", "twice", "from"])
def test_what_is_bad_is_left_out_and_counted_when_not_strict(tmp_path, name):
    text = BAD[name][0].replace("</ink>", "<trace>7 8,9 9</trace></ink>")
    ink = read(text, tmp_path, strict=False)
    assert ink.metadata["skipped_strokes"] == 1
    assert ink.strokes[-1][:, :2].tolist() == [[7, 8], [9, 9]]


def test_views_that_multiply_are_bounded(tmp_path):
    views = "".join(
        f'<traceGroup xml:id="g{i}">' + f'<traceView traceDataRef="#g{i - 1}"/>' * 2 + "</traceGroup>"
        for i in range(1, 40)
    )
    text = f'<ink><traceGroup xml:id="g0"><trace>1 2</trace></traceGroup>{views}<traceView traceDataRef="#g39">'
    with pytest.raises(InkError, match="too many others"):
        read(text + '<annotation type="truth">x</annotation></traceView></ink>', tmp_path)


def test_limits(tmp_path):
    with pytest.raises(InkError, match="more than 3 points"):
        read(CROHME, tmp_path, points=3)
    with pytest.raises(InkError, match="more than 100"):
        read(CROHME, tmp_path, bytes=100)


# What InkML can hold: XML has no control characters, and a span must have parts.
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
    inkml_writer.write(path, [ink])
    (again,) = inkml.read(path, Reading("a.inkml"))
    again.source = None
    assert again == ink


def test_reading_and_writing_again_changes_nothing(tmp_path):
    for text in (MATHWRITING, CROHME):
        ink = read(text, tmp_path)
        inkml_writer.write(tmp_path / "a.inkml", [ink])
        (again,) = inkml.read(tmp_path / "a.inkml", Reading("a.inkml"))
        assert again == ink


def test_traces_are_written_as_simple_readers_split_them(tmp_path):
    inkml_writer.write(tmp_path / "b.inkml", [read(MATHWRITING, tmp_path)])
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
        inkml_writer.write(tmp_path / "a.inkml", [ink])
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif("SYNTHINK_REAL_INK" not in os.environ, reason="needs a folder of real ink in SYNTHINK_REAL_INK")
def test_real_files_lose_no_points():
    """Counted a second way: a point is what stands between two commas."""
    files = sorted(Path(os.environ["SYNTHINK_REAL_INK"]).rglob("*.inkml"))
    for path in files:
        (ink,) = inkml.read(path, Reading(path.name))
        text = path.read_bytes().decode("utf-8", "replace")
        traces = [found for found in re.findall(r"<trace\b[^>]*>([^<]*)</trace>", text) if found.strip()]
        assert ink.lengths.tolist() == [found.strip().strip(",").count(",") + 1 for found in traces], path
        named = set(re.findall(r'traceDataRef="#?([^"]*)"', text))
        order = re.findall(r'<trace\s[^>]*id="([^"]*)"', text)
        assert {part[0] for span in ink.spans for part in span.parts} == {order.index(name) for name in named}, path
