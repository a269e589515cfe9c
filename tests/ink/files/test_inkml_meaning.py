"""InkML's numbers as what they mean: times, lengths, pressures, canvases; and foreign annotations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthink.ink.files.inkml.reader import InkMLFormat
from synthink.ink.model import Ink, InkError, Span
from tests.ink.files.reading import read as read_file

NAN = float("nan")


def read(body: str, tmp_path: Path, name: str = "a.inkml", strict: bool = True) -> Ink:
    path = tmp_path / name
    path.write_text(f'<ink xmlns="http://www.w3.org/2003/InkML">{body}</ink>', encoding="utf-8")
    (ink,) = read_file(InkMLFormat, path, strict)
    return ink


def form(*channels: str) -> str:
    """A trace format of channels, each with its attributes: `T units="s"`."""
    about = ((name, rest) for name, _, rest in (channel.partition(" ") for channel in channels))
    return "<traceFormat>" + "".join(f'<channel name="{name}" {rest}/>' for name, rest in about) + "</traceFormat>"


def source(channels: str, properties: str = "", rate: str = "") -> str:
    """A context with an ink source of these channels and properties, for traces without references."""
    return (
        f"<context><inkSource>{rate}{channels}<channelProperties>{properties}</channelProperties></inkSource></context>"
    )


def resolution(channel: str, value: str, units: str) -> str:
    return f'<channelProperty channel="{channel}" name="resolution" value="{value}" units="{units}"/>'


XYT = form("X", "Y", 'T units="ms"')
TWO = "<trace {}>0 0 {},1 1 {}</trace><trace {}>2 2 {},3 3 {}</trace>"
CLOCKS = """<definitions><timestamp xml:id="a" timeString="2026-01-01T10:00:00Z"/><timestamp xml:id="b"
timestampRef="#a" timeOffset="3000"/><context xml:id="c" timestampRef="#a"/><context xml:id="d" timestampRef="#b"/>
</definitions>"""


@pytest.mark.parametrize(
    ("body", "times"),
    [
        (XYT + TWO.format('timeOffset="0"', 0, 10, 'timeOffset="500"', 0, 10), [0, 10, 500, 510]),
        (XYT + TWO.format("", 0, 10, 'timeOffset="500.5"', 0, 10), [0, 10, 500.5, 510.5]),
        (XYT + TWO.format('timeOffset="100"', 0, 10, 'timeOffset="600"', 0, 10), [0, 10, 500, 510]),
        (XYT + TWO.format('timeOffset="100"', 5, 10, 'timeOffset="600"', 0, 10), [0, 5, 495, 505]),
        # Times that go on from trace to trace include their offsets.
        (XYT + TWO.format('timeOffset="0"', 0, 10, 'timeOffset="500"', 500, 510), [0, 10, 500, 510]),
        (XYT + TWO.format('timeOffset="7"', 1000, 1010, 'timeOffset="507"', 1501, 1511), [0, 10, 501, 511]),
        # Offsets are ms whatever the unit of T.
        (
            form("X", "Y", 'T units="s"') + TWO.format("", 0, 0.01, 'timeOffset="500"', 0, 0.01),
            [0, 10, 500, 510],
        ),
        (form("X", "Y", 'T units="µs"') + TWO.format("", 0, 9000, "", 20000, 30000), [0, 9, 20, 30]),
        # A channel that says what it counts from needs no offset.
        (
            form("X", "Y", 'T respectTo="#a"') + TWO.format("", 0, 10, 'timeOffset="9"', 500, 510),
            [0, 10, 500, 510],
        ),
        (CLOCKS + XYT + TWO.format('contextRef="#c"', 0, 10, 'contextRef="#d"', 0, 10), [0, 10, 3000, 3010]),
        # Without a unit the sampling rate tells microseconds from milliseconds.
        (
            source(form("X", "Y", "T"), rate='<sampleRate value="100"/>')
            + TWO.format("", 0, 10000, "", 20000, 30000).replace("</trace>", ",9 9 40000</trace>", 1),
            [0, 10, 40, 20, 30],
        ),
        (
            source(form("X", "Y", "T"), resolution("T", "1000", "1/s")) + TWO.format("", 0, 10, "", 20, 30),
            [0, 10, 20, 30],
        ),
        (
            XYT
            + '<trace id="a" continuation="begin" timeOffset="100">0 0 0,1 1 10</trace>'
            + '<trace timeOffset="0">9 9 0</trace>'
            + '<trace priorRef="#a" continuation="end">2 2 20,3 3 30</trace>',
            [0, 10, 20, 30, -100],
        ),
    ],
)
def test_times(tmp_path, body, times):
    assert read(body, tmp_path).points[:, 2].tolist() == pytest.approx(times)


@pytest.mark.parametrize(
    ("step", "note"),
    [
        (10, None),
        (10_000, "by the sampling rate, times were in units of 0.001 ms"),
        (300, "3.33333 points a second by the times, another rate by the ink source"),
    ],
)
def test_what_the_sampling_rate_says_of_times_is_metadata(tmp_path, step, note):
    points = ",".join(f"{n} 0 {n * step}" for n in range(5))
    ink = read(source(form("X", "Y", "T"), rate='<sampleRate value="100"/>') + f"<trace>{points}</trace>", tmp_path)
    assert ink.metadata.get("times_note") == note


def test_times_in_a_unit_that_nobody_knows_are_kept_as_they_are(tmp_path):
    ink = read(form("X", "Y", 'T units="ticks"') + TWO.format("", 0, 10, "", 20, 30), tmp_path)
    assert np.isnan(ink.points[:, 2]).all() and ink.metadata["channels"] == {"T": [[0, 10], [20, 30]]}
    assert ink.metadata["channel_properties"] == {"T": {"units": "ticks"}}


def test_offsets_and_durations_without_times_are_kept(tmp_path):
    ink = read('<trace timeOffset="5" duration="40">0 0</trace><trace>1 1</trace>', tmp_path)
    assert ink.metadata == {"time_offsets_ms": [5, None], "durations_ms": [40, None]} and not ink.has_time
    body = XYT + '<trace timeOffset="soon">0 0 0</trace><trace>5 5 5</trace>'
    with pytest.raises(InkError, match="timeOffset='soon' is no time; strict=False"):
        read(body, tmp_path)
    assert read(body, tmp_path, strict=False).points[:, 0].tolist() == [5]


WORD = 'type="integer" units="cm"'
FINE = resolution("X", "1000", "1/cm") + resolution("Y", "1000", "1/cm")
HUNDREDTHS = resolution("X", "0.01", "mm") + resolution("Y", "0.02", "mm")
NO_RESOLUTION = resolution("X", "0", "1/cm") + resolution("Y", "x", "")


@pytest.mark.parametrize(
    ("body", "x_y", "units"),
    [
        (source(form(f"X {WORD}", f"Y {WORD}"), FINE), (2, 3), "cm"),
        (source(form("X", "Y"), FINE), (2, 3), "cm"),
        (source(form(f"X {WORD}", f"Y {WORD}"), resolution("X", "1000", "1/cm")), (2, 3), "cm"),
        (source(form(f"X {WORD}", f"Y {WORD}"), resolution("Y", "1000", "1/cm")), (2, 3), "cm"),
        (source(form(f"X {WORD}", 'Y units="mm"'), resolution("X", "1000", "1/cm")), (2, 300), "cm"),
        (source(form('X type="integer"', 'Y type="integer"'), HUNDREDTHS), (20, 60), "mm"),
        (source(form(f"X {WORD}", f"Y {WORD}"), resolution("X", "1000", "dev/cm")), (2, 3), "cm"),
        (source(form(f"X {WORD}", f"Y {WORD}"), resolution("X", "200", "dpi")), (10, 15), "in"),
        # Decimals with a unit are in it; the resolution says how fine they are.
        (source(form('X units="mm"', 'Y units="mm"'), resolution("X", "10", "1/mm")), (2000, 3000), "mm"),
        (source(form(f"X {WORD}", f"Y {WORD}"), NO_RESOLUTION), (2000, 3000), "cm"),
        (form('X units="cm"', 'Y units="mm"'), (2000, 300), "cm"),
        (form('X units="in"', 'Y units="pt"'), (2000, 3000 / 72), "in"),
        (form('X units="cm"', "Y"), (2000, 3000), None),
        (form('X units="cm"', 'Y units="dev"'), (2000, 3000), None),
        (form('X units="ink"', 'Y units="ink"'), (2000, 3000), "ink"),
        ("", (2000, 3000), None),
    ],
)
def test_lengths(tmp_path, body, x_y, units):
    ink = read(body + "<trace>2000 3000</trace>", tmp_path)
    assert (tuple(ink.points[0, :2].tolist()), ink.units) == (pytest.approx(x_y), units)


@pytest.mark.parametrize(("second", "x", "units"), [("mm", 0.1, "cm"), ("cm", 1, "cm"), ("dev", 1, None)])
def test_traces_of_several_devices_are_in_one_unit(tmp_path, second, x, units):
    formats = "".join(
        f'<context xml:id="{name}">' + form(f'X units="{unit}"', f'Y units="{unit}"') + "</context>"
        for name, unit in (("a", "cm"), ("b", second))
    )
    ink = read(formats + '<trace contextRef="#a">1 1</trace><trace contextRef="#b">1 1</trace>', tmp_path)
    assert (ink.points[:, 0].tolist(), ink.units) == ([1, pytest.approx(x)], units)


@pytest.mark.parametrize(
    ("force", "values", "pressures", "clipped"),
    [
        ('F max="1000"', (0, 250), (0, 0.25), None),
        ('F min="200" max="1000"', (200, 600), (0, 0.5), None),
        ('F min="-1" max="1"', (-1, 0), (0, 0.5), None),
        ('F min="200" max="1000"', (100, 2000), (0, 1), 2),
        ('F min="200"', (200, 600), (0, 1), None),
        ('F min="5" max="5"', (5, 10), (0, 1), None),
        ("F", (50, 200), (0.25, 1), None),
    ],
)
def test_pressures(tmp_path, force, values, pressures, clipped):
    ink = read(form("X", "Y", force) + "<trace>{} {} {},1 1 {}</trace>".format(0, 0, *values), tmp_path)
    assert ink.points[:, 3].tolist() == pytest.approx(pressures)
    assert ink.metadata.get("clipped_pressures") == clipped


CANVAS = '<canvas xml:id="v">' + form('X units="px"', 'Y units="px"') + "</canvas>"


@pytest.mark.parametrize(
    ("mapping", "x_y", "units"),
    [
        ('<mapping type="affine"><affine>2 0 10, 0 3 20</affine></mapping>', (14, 35), "px"),
        ('<mapping type="affine"><affine>0 1 0 1 0 0</affine></mapping>', (5, 2), "px"),
        ('<mapping type="affine"><affine>1 0 0, 0 1 0</affine></mapping>', (2, 5), "mm"),
        ('<mapping type="identity"/>', (2, 5), "mm"),
        ('<mapping type="lookup"><table>1 2</table></mapping>', (2, 5), "mm"),
    ],
)
@pytest.mark.parametrize("place", ["in", "by reference"])
def test_canvas_transforms(tmp_path, mapping, x_y, units, place):
    transform = f'<canvasTransform xml:id="t">{mapping}</canvasTransform>'
    inside, about = (transform, "") if place == "in" else ("", 'canvasTransformRef="#t"')
    body = f"""<definitions>{CANVAS}{"" if inside else transform}<context xml:id="c" canvasRef="#v" {about}>
    {form('X units="mm"', 'Y units="mm"')}{inside}</context></definitions><trace contextRef="#c">2 5</trace>"""
    ink = read(body, tmp_path)
    assert (tuple(ink.points[0, :2].tolist()), ink.units) == (x_y, units)
    left_out = {"canvasTransform of type 'lookup'": 1, "table": 1} if "lookup" in mapping else None
    assert ink.metadata.get("left_out") == left_out
    assert ("canvas_transform" in ink.metadata) == (units == "px")


def test_the_format_of_a_canvas_is_not_that_of_traces(tmp_path):
    body = f'<definitions><canvas xml:id="v">{form("Y", "X")}</canvas></definitions><trace>2 5</trace>'
    assert read(body, tmp_path).points[0, :2].tolist() == [2, 5]


def test_sources_by_reference_timestamps_and_brushes_are_kept(tmp_path):
    ink = read(
        f"""<definitions><inkSource xml:id="s" manufacturer="Acme" model="T1"><sampleRate value="100"/>
        <latency value="5"/>
        {form("X", "Y", 'OTx units="deg" max="90"')}<channelProperties>{resolution("OTx", "100", "1/deg")}
        </channelProperties></inkSource><brush xml:id="a"><brushProperty name="color" value="#ff0000"/></brush>
        <brush xml:id="b" brushRef="#a"><brushProperty name="width" value="0.5" units="mm"/></brush>
        <context xml:id="c" inkSourceRef="#s" brushRef="#b"><timestamp timeString="2026-01-01"/></context></definitions>
        <trace contextRef="#c">1 2 300</trace>
        <trace contextRef="#c" brushRef="#a" type="indeterminate">1 2 4</trace>""",
        tmp_path,
    )
    assert ink.metadata == {
        "ink_source": {
            "manufacturer": "Acme",
            "model": "T1",
            "sampleRate": {"value": "100"},
            "latency": {"value": "5"},
        },
        "brushes": [{"color": "#ff0000", "width": "0.5 mm"}, {"color": "#ff0000"}],
        "timestamp": {"timeString": "2026-01-01"},
        "channels": {"OTx": [[300], [4]]},
        "channel_properties": {"OTx": {"units": "deg", "max": "90", "resolution": "100 1/deg"}},
        "indeterminate_traces": 1,
    }


IMADOC = """<annotationXML type="Writer characteristics"><name>{name}</name><age>16-25</age>
<captureTime year="2004">14:15</captureTime></annotationXML>
<traceGroup><annotationXML type="Input zone"><page>1</page></annotationXML>
<annotationXML type="Ground truth"><type>Sentence</type><label>you take</label></annotationXML>
<traceGroup><annotationXML type="Ground truth"><type>Word</type><label>you</label></annotationXML>
<trace>0 0,1 1</trace><trace>2 2</trace></traceGroup>
<traceGroup><annotationXML type="Ground truth"><type>Word</type><label>take</label></annotationXML>
<trace>3 3</trace></traceGroup></traceGroup>"""


@pytest.mark.parametrize(
    ("file", "name", "writer"),
    [
        ("s1.inkml", "anna", "anna"),
        ("sentence1.inkml", "writer10-sentence1", "writer10"),  # the writer of other files, too
        ("a.inkml", "writer10-sentence1", "writer10-sentence1"),
        ("anna.inkml", "anna", "anna"),
    ],
)
def test_foreign_xml_gives_label_writer_and_words(tmp_path, file, name, writer):
    ink = read(IMADOC.format(name=name), tmp_path, file)
    assert (ink.label, ink.writer) == ("you take", writer)
    assert ink.spans == (
        Span("you take", "line", ((0, 0, 2), (1, 0, 1), (2, 0, 1))),
        Span("you", "word", ((0, 0, 2), (1, 0, 1))),
        Span("take", "word", ((2, 0, 1),)),
    )
    about = {"name": name, "age": "16-25", "captureTime": "14:15", "captureTime year": "2004"}
    assert ink.metadata == {"Writer characteristics": about, "left_out": {"annotationXML page": 1}}


def test_a_group_with_a_damaged_trace_says_nothing(tmp_path):
    body = """<traceGroup><annotation type="truth">x</annotation><trace>1 1</trace><trace>2</trace></traceGroup>
    <traceGroup><annotation type="truth">y</annotation><trace>3 3</trace></traceGroup>"""
    ink = read(body, tmp_path, strict=False)
    assert ink.spans == (Span("y", "symbol", ((1, 0, 1),)),) and len(ink) == 2 and ink.label is None
    assert ink.metadata == {"skipped_strokes": 1, "skipped_spans": 1}


@pytest.mark.parametrize(
    ("xml", "label"),
    [
        ('<annotationXML type="truth">$a$</annotationXML>', "a"),
        (
            '<annotationXML type="x"><label>no</label></annotationXML>'
            '<annotationXML type="Ground truth"><label>a</label></annotationXML>',
            "a",
        ),
        ('<annotationXML type="truth"><math><mi>a</mi></math></annotationXML>', None),
        ('<annotationXML type="truth"><transcription>a</transcription></annotationXML>', "a"),
    ],
)
def test_labels_in_foreign_xml(tmp_path, xml, label):
    assert read(xml + "<trace>0 0</trace>", tmp_path).label == label


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ('<trace own="1">0 0</trace><trace own="2">0 0</trace>', {"trace own": 2}),
        ("<trace>0 0</trace><poem><line/></poem>", {"poem": 1}),
        (
            '<annotationXML type="truth" href="x"><math><mi>a</mi></math></annotationXML>',
            {"annotationXML href": 1, "annotationXML math": 1},
        ),
        (
            '<traceGroup><annotation type="truth">a</annotation><annotation type="mood">b</annotation></traceGroup>',
            {"annotation mood": 1},
        ),
        ('<definitions><brush><annotation type="x">b</annotation></brush></definitions>', {"annotation x": 1}),
    ],
)
def test_what_is_not_read_is_counted(tmp_path, body: str, counts: dict[str, Any]):
    assert read(body + "<trace>1 1</trace>", tmp_path).metadata == {"left_out": counts}
