"""InkML (W3C Recommendation of 2011) in its dialects: MathWriting, CROHME, InkSight, IAMonDo, ImadocSen, Office.

Namespaces are not looked at. y grows downwards, as InkML has it for a channel of orientation +ve. Numbers that count
steps of a resolution are turned into its unit, those of a canvas into the canvas's; where x and y, or two traces, have
units that cannot be turned into each other, the ink has none. Traces of pen-up movement are left out and counted in
metadata `pen_up_traces`; further channels are kept in `channels` as they are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from synthink.errors import quoted
from synthink.ink.files import safe_xml
from synthink.ink.files.base import Reading, WritableInkFormat
from synthink.ink.files.fates import ALL, EVERYTHING, Fates, left_out
from synthink.ink.files.inkml.annotations import (
    LABELS,
    OWN,
    annotation_texts,
    first_annotation,
    unread,
    xml_label,
    xml_metadata,
    xml_writer,
)
from synthink.ink.files.inkml.definitions import HOLDERS
from synthink.ink.files.inkml.groups import LABELS as GROUP_LABELS
from synthink.ink.files.inkml.groups import TYPES, Groups
from synthink.ink.files.inkml.traces import Traces
from synthink.ink.files.inkml.writer import inkml_lines
from synthink.ink.files.safe_xml import XmlNode, unknown_in
from synthink.ink.files.strokes import relative_times
from synthink.ink.model import Ink, Span

_OTHER_ROOTS = ("svg", "Gesture", "xournal", "WhiteboardCaptureSession")


class InkMLFormat(WritableInkFormat):
    """InkML files of one ink each."""

    suffixes = (".inkml",)
    sniff_order = 10
    fates = Fates(
        read={
            "ink": "",
            "definitions": "",
            "annotation": "type xml:space",
            "annotationXML": EVERYTHING,
            "context": f"id xml:id {' '.join(HOLDERS.values())}",
            "traceFormat": "id xml:id",
            "channel": "id xml:id name type units min max default orientation respectTo",
            "intermittentChannels": "",
            "channelProperties": "",
            "channelProperty": "channel name value units",
            "canvas": "id xml:id traceFormatRef",
            "canvasTransform": "id xml:id",
            "mapping": "id xml:id type",
            "affine": "",
            "brush": "id xml:id brushRef",
            "trace": "id xml:id type continuation priorRef timeOffset contextRef brushRef",
            "traceGroup": "id xml:id contextRef brushRef",
            "traceView": "id xml:id traceDataRef from to",
        },
        metadata={
            "ink": "documentID",
            "inkSource": ALL,
            "sampleRate": ALL,
            "latency": ALL,
            "activeArea": ALL,
            "timestamp": ALL,
            "brushProperty": "name value units",
            "trace": "duration",
        },
    )

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the root element is `ink`; a file named .inkml without another known root is taken for one, too."""
        root = safe_xml.root_name(head)
        return root == "ink" or (path.suffix.lower() == ".inkml" and root not in _OTHER_ROOTS)

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield the one ink of the file. Raises `InkError` naming the element and its byte offset."""
        root = safe_xml.load(path, reading)
        if root.tag != "ink":
            reading.fail(f"is no InkML: its root element is {quoted(root.tag)}, not ink", "", root.offset)
        before = reading.skipped.total()
        traces = Traces(root, reading)
        strokes, start = traces.points(), 0.0
        groups = Groups(root, traces.named, traces.parts, traces.damaged, reading)
        spans = groups.spans()
        about = annotation_texts(root)
        is_ours = OWN in about
        own = _own(about, reading) if is_ours else {}
        if own.get("times") != "as written":
            strokes, start = relative_times(strokes)
        label = _label(root, about)
        writer = first_annotation(about, ("writer",)) or _foreign_writer(root, path)
        counts = unknown_in(root, self.fates) + traces.left_out() + unread(root, (*GROUP_LABELS, *TYPES))
        properties = {
            "documentID": root.attributes.get("documentID"),
            "t0_ms": start,
            **traces.about(),
            "skipped_strokes": reading.skipped.total() - before,
            "skipped_spans": groups.lost,
            **left_out(counts),
        }
        yield Ink(
            strokes,
            spans,
            label=label[1] if label else None if is_ours else _label_of_all(spans, strokes),
            writer=writer[1] if writer and (writer[1] or is_ours) else None,
            source=path.name,
            units=traces.units,
            metadata={
                **xml_metadata(root),
                **_rest(about, label[0] if label else None),
                **own.get("metadata", {}),
                **{name: value for name, value in properties.items() if value},
            },
        )

    def write(self, path: Path, inks: Sequence[Ink]) -> None:
        """Write one ink so that `read` gives it back exactly, and MathWriting's and CROHME's readers can read it.

        Raises `InkError` for several inks, and for what XML cannot hold (control characters).
        """
        safe_xml.write_lines(path, inks, "InkML", inkml_lines)


def _label(root: XmlNode, about: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """The label and the type of the annotation that holds it, as (type, label)."""
    foreign, _ = xml_label(root)
    plain = first_annotation(about, LABELS)
    return plain if plain is not None and (plain[1] or not foreign) else None if foreign is None else ("", foreign)


def _foreign_writer(root: XmlNode, path: Path) -> tuple[str, str] | None:
    """The writer that foreign XML names. A name that ends in the file's own, as ImadocSen's do (`writer10-sentence1`),
    is without it: the writer is the same in other files."""
    name = xml_writer(root)
    if name is None:
        return None
    return "", name.removesuffix(path.stem).rstrip("-_ ") or name


def _label_of_all(spans: Sequence[Span], strokes: Sequence[Any]) -> str | None:
    """The label of a group that holds all strokes: some files have no other label."""
    everything = {(index, 0, len(stroke)) for index, stroke in enumerate(strokes)}
    return next((span.label for span in spans if everything and set(span.parts) == everything), None)


def _rest(about: Mapping[str, Sequence[str]], label: str | None) -> dict[str, Any]:
    """The annotations that are neither label nor writer; of several of one type a list. Ours have the label twice."""
    known = {label, "writer", OWN, *(LABELS if OWN in about else ())}
    left = {name: texts for name, texts in about.items() if name not in known}
    return {name or "annotation": texts[0] if len(texts) == 1 else list(texts) for name, texts in left.items()}


def _own(about: Mapping[str, Sequence[str]], reading: Reading) -> dict[str, Any]:
    try:
        own = json.loads(about[OWN][0])
    except (ValueError, RecursionError) as error:
        reading.fail(f"is no JSON: {error}", f"annotation {OWN}")
    if not isinstance(own, dict) or not isinstance(own.get("metadata", {}), dict):
        reading.fail("is no JSON object with an object `metadata`", f"annotation {OWN}")
    return own
