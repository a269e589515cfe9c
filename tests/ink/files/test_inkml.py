"""InkML in its dialects: labels, channels, spans, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthink.ink.files.base import Limits, Reading
from synthink.ink.files.inkml.reader import InkMLFormat
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
    (ink,) = InkMLFormat().read(path, Reading("a.inkml", strict, Limits(**limits)))
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
        left_out = {"annotationXML href": 1}
        assert (ink.label, ink.writer, ink.metadata) == ("x+1", "w7", {"UI": "demo_1", "left_out": left_out})
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
    "entities": (
        '<!DOCTYPE ink [<!ENTITY a "b"><!ENTITY c "&a;">]><ink>&c;</ink>',
        "entity 'c', which is made of others",
    ),
    "an outside entity": (
        '<!DOCTYPE ink [<!ENTITY a SYSTEM "file:///etc/passwd">]><ink>&a;</ink>',
        "entity 'a', which stands outside the file",
    ),
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
