"""One small valid file of each format of ink, with content made up here: `SAMPLES[format](folder)` writes it."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from synthink.ink.files.npz.reader import NpzFormat
from synthink.ink.model import Ink, Span

INKML = """<?xml version="1.0" encoding="UTF-8"?>
<ink xmlns="http://www.w3.org/2003/InkML">
<annotation type="label">a+ b</annotation><annotation type="normalizedLabel">a+b</annotation>
<annotation type="splitTagOriginal">train</annotation><annotation type="sampleId">00000000000000a1</annotation>
<traceFormat><channel name="X" type="decimal"/><channel name="Y" type="decimal"/>
<channel name="T" type="decimal" units="ms"/></traceFormat>
<trace id="0">10.5 20.0 0.0,11.25 22.5 12.0,13.0 25.0 24.0</trace>
<trace id="1">30 20 180,30 31.5 196</trace>
<traceGroup xml:id="5"><annotation type="truth">Segmentation</annotation>
<traceGroup xml:id="6"><annotation type="truth">a</annotation><traceView traceDataRef="0"/></traceGroup></traceGroup>
</ink>
"""
IAMONDB = """<?xml version="1.0" encoding="ISO-8859-1"?>
<WhiteboardCaptureSession><WhiteboardDescription><SensorLocation corner="top_left"/>
<DiagonallyOppositeCoords x="6000" y="1400"/></WhiteboardDescription><StrokeSet>
<Stroke colour="black" start_time="100.05" end_time="100.09"><Point x="1000" y="900" time="100.05"/>
<Point x="1002" y="915" time="100.07"/><Point x="1001" y="930" time="100.09"/></Stroke>
<Stroke colour="black" start_time="101.05" end_time="101.05"><Point x="1010" y="900" time="101.05"/></Stroke>
</StrokeSet></WhiteboardCaptureSession>
"""
DOLLAR = """<?xml version="1.0" encoding="utf-8"?>
<Gesture Name="caret01" Subject="2" Speed="fast" Number="1" NumPts="3" Millseconds="500">
<Point X="10" Y="20" T="1000"/><Point X="12.5" Y="10" T="1010"/><Point X="15" Y="21" T="1022"/>
</Gesture>
"""
XOURNAL = """<?xml version="1.0"?><xournal creator="none" fileversion="4"><title>t</title>
<page width="595.2" height="841.8"><background type="solid" color="#ffffffff" style="lined"/><layer>
<stroke tool="pen" color="#000000ff" width="1.41 1.2 0.9">10 20 12.5 22 14 25.25</stroke>
<stroke tool="pen" color="#ff0000ff" width="1.41">30 20 30 21</stroke></layer></page></xournal>
"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50">
<g transform="translate(5 2) scale(2)"><path fill="none" stroke="black" d="M1 2 L3 4 h5 v-2 c1 1 2 2 3 0
q1 1 2 0 a2 2 0 0 1 4 4 z m2 2 l3 3"/></g>
<polyline fill="none" points="1,2 3,4 5,6"/><line x1="0" y1="1" x2="9" y2="8" stroke="red"/></svg>
"""
RICH_INKML = """<?xml version="1.0"?><!DOCTYPE ink [<!ENTITY u "cm"><!ATTLIST ink x CDATA "1">]>
<ink documentID="d"><annotationXML type="Writer characteristics"><name>a-rich</name><age>9</age></annotationXML>
<definitions><timestamp xml:id="t" timeString="2026-01-01T10:00:00Z"/>
<timestamp xml:id="v" timestampRef="#t" timeOffset="9"/>
<inkSource xml:id="s" model="m"><sampleRate value="100"/><traceFormat><channel name="X" type="integer" units="&u;"/>
<channel name="Y" type="integer" units="mm"/><channel name="T"/><channel name="F" min="1" max="1000"/>
<channel name="OTx"/></traceFormat><channelProperties>
<channelProperty channel="X" name="resolution" value="1000" units="1/cm"/>
</channelProperties></inkSource><canvas xml:id="k"><traceFormat><channel name="X" units="px"/>
<channel name="Y" units="px"/></traceFormat></canvas>
<brush xml:id="a"><brushProperty name="width" value="2" units="mm"/></brush>
<brush xml:id="b" brushRef="#a"/><context xml:id="c" inkSourceRef="#s" brushRef="#b" timestampRef="#t"/>
<context xml:id="d" contextRef="#c" timestampRef="#v" canvasRef="#k"><canvasTransform><mapping type="affine">
<affine>2 0 1, 0 2 1</affine></mapping></canvasTransform></context></definitions>
<traceGroup><annotationXML type="Ground truth"><type>Sentence</type><label>a b</label></annotationXML>
<traceGroup><annotationXML type="Ground truth"><type>Word</type><label>a</label></annotationXML>
<trace xml:id="x" contextRef="#c" timeOffset="0" duration="20">0 0 0 1 5,'1 '1 '10 '1 '0,"1 * * * *</trace></traceGroup>
<trace contextRef="#d" timeOffset="500" type="indeterminate">0 0 0 1 5,1 1 10 900 5</trace>
<trace contextRef="#c" continuation="end" priorRef="#x">7 7 40 ? 5</trace></traceGroup></ink>
"""
RICH_SVG = """<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg"><!ATTLIST g a CDATA "b">]>
<svg xmlns="&ns;" viewBox="0 0 9 9" width="90"><style>/* c */
@media print{.a{fill:red}} g > .a, #p * , [d="x"]{fill:none
!important;stroke:red} @import "x"; @supports (a){path{display:inline}} .z:hover{fill:blue}</style>
<defs><g id="q"><path class="a" d="M0 0L1 1"/><use href="#r" x="1"/></g></defs><symbol id="r" viewBox="0 0 2 2">
<polyline points="0,0 1,1 2,0"/></symbol><g id="p"><use href="#q" x="2" y="3" width="4" height="4"/></g>
<switch><foreignObject/><line x2="3" style="stroke:none"/></switch><rect/></svg>
"""
RAW_DRAWING = {
    "key_id": "1",
    "word": "circle",
    "countrycode": "XX",
    "timestamp": "2020-01-01 00:00:00.00000 UTC",
    "recognized": True,
    "drawing": [[[10, 20, 30], [10.5, 25, 10.5], [0, 16, 32]], [[40], [41], [900]]],
}
UNIPEN_INK = """.COMMENT made up
   .PEN_DOWN is no keyword here
.COORD X Y T
.POINTS_PER_SECOND 100
.HIERARCHY WORD CHARACTER
.WRITER_ID w7
.PEN_DOWN
10 20 0
12 26 10
.PEN_UP
.PEN_DOWN
20 20 200
20 30 210
.PEN_UP
"""
UNIPEN = """.VERSION 1.0
.INCLUDE org/data/f.dat
.SEGMENT WORD 0-1 GOOD "hi"
.SEGMENT CHARACTER 0 ? "h"
.SEGMENT CHARACTER 1:0-1:1 OK "i"
"""


def ink() -> Ink:
    """Two strokes with a time and a pressure that are not known."""
    strokes = [[[1, 2, 0, 0.5], [3.25, 4, 8, 0.75], [5, 6.5, 16, 1]], [[7, 8, np.nan, np.nan]]]
    spans = (Span("h", "character", ((0, 0, 2),)), Span("hi", "word", ((0, 0, 3), (1, 0, 1))))
    about: dict[str, Any] = {"metadata": {"n": 1, "deep": [None, {"x": 1.5}]}, "units": "mm", "source": "here"}
    return Ink(strokes, spans, label="hi", writer="w1", **about)


EXPRESSION = "00a1b2c3d4e5f607"
"""The name of MathWriting's expression."""


def text(name: str, content: str) -> Callable[[Path], Path]:
    """A builder of a text file."""

    def build(folder: Path) -> Path:
        (folder / name).write_text(content)
        return folder / name

    return build


def objects(values: Sequence[Any]) -> np.ndarray:
    """A one-dimensional object array."""
    array = np.empty(len(values), object)
    array[:] = list(values)
    return array


DEEPWRITING: dict[str, Any] = {
    # Two samples: "ab c" whole, and "b" cut out of "ab".
    "samples": [[[0, 0, 0], [1, 1, 0], [1, -1, 1], [2, 0, 0], [1, 1, 1], [6, 0, 0], [1, 2, 1]], [[0, 0, 0], [1, 1, 1]]],
    "char_labels": [[1, 1, 1, 2, 2, 3, 3], [2, 2]],
    "word_labels": [[1, 1, 1, 1, 1, 2, 2], [1, 1]],
    "boc_labels": [[1, 0, 0, 1, 0, 1, 0], [1, 0]],
    "eoc_labels": [[0, 0, 1, 0, 1, 0, 1], [0, 1]],
    "bow_labels": [[1, 0, 0, 0, 0, 1, 0], [0, 0]],
    "eow_labels": [[0, 0, 0, 0, 1, 0, 1], [0, 1]],
}
OLD_NAMES = {"samples": "strokes", "boc_labels": "soc_labels", "bow_labels": "sow_labels"}


def deepwriting(folder: Path, old: bool = False, **changes: Any) -> Path:
    """Deltas of hundredths, normalised with std 2 and mean 0.5; the alphabet is not in its order."""
    normal = {"std": np.float32([2, 2, 1]), "mean": np.float32([0.5, 0.5, 0])}
    arrays: dict[str, Any] = {}
    for name, rows in DEEPWRITING.items():
        if name == "samples":
            per = [np.array((np.float32(row) - [0.5, 0.5, 0]) / [2, 2, 1], np.float32) for row in rows]
        else:
            per = [np.array(row, np.int32) for row in rows]
        arrays[OLD_NAMES.get(name, name) if old else name] = objects(per)
    steps = ["scale", "scale", "origin_translation", "relative_representation", "normalization"]
    arrays |= normal | {
        "subject_labels": np.array([10094, 123467]),
        "texts": np.array(["ab c", "ab"]),
        "alphabet": np.array(["", "c", "a", "b"]),
        "min": np.array([0.0, 0, 0]),
        "max": np.array([3.0, 1, 1]),
        "preprocessing": np.array(steps),
    }
    np.savez_compressed(folder / "deepwriting.npz", **(arrays | changes))
    return folder / "deepwriting.npz"


def sketchrnn(folder: Path) -> Path:
    """Two drawings for training, one each to validate and to test."""
    first = np.array([[1, 2, 0], [3, 0, 1], [5, 5, 0], [-1, 1, 1]], np.int16)
    other = np.array([[4, 4, 1]], np.int16)
    np.savez_compressed(
        folder / "cat.npz", train=objects([first, other]), valid=objects([first[:2]]), test=objects([other])
    )
    return folder / "cat.npz"


def quickdraw(folder: Path) -> Path:
    """A raw drawing and a simplified one."""
    simplified = RAW_DRAWING | {"key_id": "2", "drawing": [[[0, 255], [0, 128]], [[3], [4]]]}
    (folder / "circle.ndjson").write_text(json.dumps(RAW_DRAWING) + "\n" + json.dumps(simplified) + "\n")
    return folder / "circle.ndjson"


def quickdraw_bin(folder: Path) -> Path:
    """Two drawings, the second with an empty stroke."""
    first = struct.pack("<Q2sbIH", 5152802093400064, b"US", 1, 1488314496, 2) + bytes((3, 0, 1, 2, 3, 4, 5, 6))
    first += bytes((1, 0, 255, 0))
    second = struct.pack("<Q2sbIH", 7, b"DE", 0, 1488314497, 2) + bytes((0, 0)) + bytes((1, 0, 9, 8))
    (folder / "cat.bin").write_bytes(first + second)
    return folder / "cat.bin"


def unipen(folder: Path) -> Path:
    """Segments and their ink in the two folders of the CD-ROM."""
    (folder / "include/org/data").mkdir(parents=True, exist_ok=True)
    (folder / "data/7/org").mkdir(parents=True, exist_ok=True)
    (folder / "include/org/data/f.dat").write_text(UNIPEN_INK)
    (folder / "data/7/org/f.dat").write_text(UNIPEN)
    return folder / "data/7/org/f.dat"


def workshop(folder: Path) -> Path:
    """Two inks by hash."""
    inks = {
        "6f1d": {"strokes": [{"xs": [1, 2.5, 3], "ys": [4, 5, 6]}, {"xs": [9], "ys": [8]}]},
        "77aa": {"strokes": [{"xs": [0, 1], "ys": [0, 1]}]},
    }
    (folder / "ink_gestures_train.json").write_text(json.dumps(inks))
    return folder / "ink_gestures_train.json"


def mathwriting(folder: Path) -> Path:
    """Two symbols of an expression of three strokes."""
    (folder / "train").mkdir(exist_ok=True)
    expression = '<ink><annotation type="label">a \\leftrightarrow b</annotation><trace>0 0,1 2</trace>'
    expression += "<trace>3 1,9 1,8 0</trace><trace>9 1,8 2</trace></ink>"
    (folder / "train" / f"{EXPRESSION}.inkml").write_text(expression)
    symbols = [
        {"sourceSampleId": EXPRESSION, "strokeIndices": [0], "label": "a"},
        {"sourceSampleId": EXPRESSION, "strokeIndices": [2, 1], "label": "\\leftrightarrow"},
    ]
    (folder / "symbols.jsonl").write_text("".join(json.dumps(symbol) + "\n" for symbol in symbols))
    return folder / "symbols.jsonl"


def npz(folder: Path) -> Path:
    """Our own format."""
    NpzFormat().write(folder / "ours.npz", [ink(), Ink([[[0, 0]]], source="there")])
    return folder / "ours.npz"


def xournal(folder: Path) -> Path:
    """Gzipped, as the program saves it."""
    (folder / "notes.xopp").write_bytes(gzip.compress(XOURNAL.encode(), mtime=0))
    return folder / "notes.xopp"


def iamondb(folder: Path) -> Path:
    """A line and the text of its form."""
    for kind in ("lineStrokes", "ascii"):
        (folder / kind / "a01/a01-000").mkdir(parents=True, exist_ok=True)
    (folder / "ascii/a01/a01-000/a01-000u.txt").write_text("OCR:\n\nA Move\n\nCSR:\n\nA move\n")
    path = folder / "lineStrokes/a01/a01-000/a01-000u-01.xml"
    path.write_text(IAMONDB)
    return path


SAMPLES: dict[str, Callable[[Path], Path]] = {
    "deepwriting": deepwriting,
    "dollar": text("caret01.xml", DOLLAR),
    "iamondb": iamondb,
    "inkml": text("a1.inkml", INKML),
    "mathwriting": mathwriting,
    "npz": npz,
    "quickdraw": quickdraw,
    "quickdraw_bin": quickdraw_bin,
    "sketchrnn": sketchrnn,
    "svg": text("drawing.svg", SVG),
    "unipen": unipen,
    "workshop": workshop,
    "xournal": xournal,
}


def members(path: Path) -> dict[str, bytes]:
    """What a zip holds."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(path: Path, contents: dict[str, bytes]) -> None:
    """A zip of these members, with the checksums that they have now."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def xournal_zip(folder: Path) -> Path:
    """The container of newer versions."""
    contents = {"mimetype": b"application/xournal++", "content.xml": XOURNAL.encode()}
    zipped(folder / "notes.xopp", contents)
    return folder / "notes.xopp"


def gzipped(name: str, content: str) -> Callable[[Path], Path]:
    """A builder of a packed text file."""

    def build(folder: Path) -> Path:
        (folder / name).write_bytes(gzip.compress(content.encode(), mtime=0))
        return folder / name

    return build


CSV = """countrycode,drawing,key_id,recognized,timestamp,word
US,"[[[1, 2], [3, 4], [0, 9]]]",5,True,2017,cat
US,"[[[1, 2], [3, 4]], [[5], [6]]]",6,False,2017,dog
"""
VARIANTS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "inkml with everything": ("inkml", text("rich.inkml", RICH_INKML)),
    "svg with everything": ("svg", text("rich.svg", RICH_SVG)),
    "svgz": ("svg", gzipped("a.svgz", SVG)),
    "xournal zip": ("xournal", xournal_zip),
    "quickdraw csv": ("quickdraw", text("a.csv", CSV)),
    "quickdraw list": ("quickdraw", text("a.json", json.dumps([RAW_DRAWING] * 3))),
    "quickdraw gzip": ("quickdraw", gzipped("a.ndjson.gz", (json.dumps(RAW_DRAWING) + "\n") * 2)),
}
"""Other files of a format, whose reading goes other ways: the format and what writes the file."""
