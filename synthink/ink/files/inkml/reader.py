"""InkML (W3C Recommendation of 2011) in its dialects: MathWriting, CROHME, InkSight, IAMonDo, note-taking programs.

Namespaces are not looked at. y grows downwards, as InkML has it for a channel of orientation +ve. Traces of pen-up
movement are left out and counted in metadata `pen_up_traces`; further channels are kept in metadata `channels`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from synthink.errors import shown
from synthink.ink.files import safe_xml as safexml
from synthink.ink.files import strokes
from synthink.ink.files.base import Reading
from synthink.ink.files.inkml.groups import Groups, notes, said
from synthink.ink.files.inkml.traces import Traces
from synthink.ink.files.safe_xml import Node
from synthink.ink.model import Ink, Span

NAME = "inkml"
SUFFIXES = (".inkml",)
LABELS = ("normalizedLabel", "truth", "textField", "label")  # MathWriting has both the first and the last
OWN = "synthink"
"""Type of the annotation in which our writer keeps, as JSON, what InkML has no place for."""
_OTHER_ROOTS = ("svg", "Gesture", "xournal", "WhiteboardCaptureSession")


def sniff(path: Path, head: bytes) -> bool:
    """Whether the root element is `ink`; a file named .inkml that shows no other known root is taken for one, too."""
    root = safexml.root_name(head)
    return root == "ink" or (path.suffix.lower() == ".inkml" and root not in _OTHER_ROOTS)


def read(path: Path, reading: Reading) -> Iterator[Ink]:
    """The one ink of the file. Raises `InkError` naming the element and its byte offset."""
    root = safexml.load(path, reading)
    if root.tag != "ink":
        reading.fail(f"is no InkML: its root element is {shown(root.tag)}, not ink", "", root.offset)
    before = reading.skipped.total()
    traces = Traces(root, reading)
    spans = Groups(root, traces.named, traces.parts, reading).spans()
    said_of_it = notes(root)
    ours = OWN in said_of_it
    own = _own(said_of_it, reading) if ours else {}
    points = traces.points()
    start = None if own.get("times") == "as written" else strokes.from_first(points)
    label = _label(root, said_of_it)
    writer = said(said_of_it, ("writer",))
    told = {
        "t0_ms": start,
        "pen_up_traces": traces.pen_up,
        **traces.brush(),
        "channels": traces.channels(),
        "skipped_strokes": reading.skipped.total() - before,
    }
    yield Ink(
        points,
        spans,
        label=label[1] if label else None if ours else _over_all(spans, points),
        writer=writer[1] if writer and (writer[1] or ours) else None,
        source=path.name,
        units=traces.units,
        metadata={
            **_rest(said_of_it, label[0] if label else None),
            **own.get("metadata", {}),
            **{name: value for name, value in told.items() if value},
        },
    )


def _label(root: Node, about: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """(where it stands, label)."""
    foreign = [each for child in root.find("annotationXML") for each in child.walk() if each.tag == "label"]
    xml = said({"": [each.words() for each in foreign]}, ("",))
    found = said(about, LABELS)
    return found if found is not None and (found[1] or not xml) else xml


def _over_all(spans: Sequence[Span], points: Sequence[Any]) -> str | None:
    """The label of a group that holds all strokes: some files say it nowhere else."""
    whole = {(index, 0, len(each)) for index, each in enumerate(points)}
    return next((span.label for span in spans if whole and set(span.parts) == whole), None)


def _rest(about: Mapping[str, Sequence[str]], label: str | None) -> dict[str, Any]:
    """The annotations that are neither label nor writer; of several of one type a list."""
    left = {name: texts for name, texts in about.items() if name not in (label, "writer", OWN)}
    return {name or "annotation": texts[0] if len(texts) == 1 else list(texts) for name, texts in left.items()}


def _own(about: Mapping[str, Sequence[str]], reading: Reading) -> dict[str, Any]:
    try:
        own = json.loads(about[OWN][0])
    except (ValueError, RecursionError) as error:
        reading.fail(f"is no JSON: {error}", f"annotation {OWN}")
    if not isinstance(own, dict) or not isinstance(own.get("metadata", {}), dict):
        reading.fail("is no JSON object with an object `metadata`", f"annotation {OWN}")
    return own
