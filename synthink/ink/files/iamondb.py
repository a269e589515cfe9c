"""IAM-OnDB: a line of handwriting on a whiteboard as XML (or a whole form, from `original`), its text in `ascii`.

Which text belongs to a line: the text of the form `a01-000u`, `ascii/a01/a01-000/a01-000u.txt`, has after `CSR:` a line
for each file `a01-000u-01.xml`, -02, .. of `lineStrokes/a01/a01-000`. A form is refused when that cannot be right: a
stroke file with a number beyond the last line of the text; or files that are numbered from 1 without a gap, two or more
of them and at least half as many as the lines, and yet fewer: those are a whole form whose lines were counted
differently. Anything less is a selection of a form's files, for which the number alone decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from synthink.errors import quoted
from synthink.ink.files import safe_xml
from synthink.ink.files.base import InkFileFormat, Reading
from synthink.ink.files.fates import ALL, EVERYTHING, Fates, left_out
from synthink.ink.files.safe_xml import XmlNode, unknown_in
from synthink.ink.files.strokes import Budget, Points, decimal, fault, point_array, relative_times
from synthink.ink.model import Ink

_ROOT = "WhiteboardCaptureSession"
_LINE = re.compile(r"([a-z]\d\d)-(\d{3})([a-z]?)-(\d+)", re.ASCII)
_WRITER = re.compile(rb"""writerID\s*=\s*["']([^"']*)["']""")
_TEXT_BYTES = 1 << 20  # of a form's text or the list of writers: some kilobytes


class IamOnDbFormat(InkFileFormat):
    """Files of IAM-OnDB: a line, or a whole form, each."""

    suffixes = (".xml",)
    sniff_order = 20
    fates = Fates(
        read={
            "WhiteboardCaptureSession": "",
            "StrokeSet": "",
            "Stroke": "",
            "Point": "x y time",
            "General": "",
            "WriterInfo": "writerID",
            "Transcription": "",
            "TextLine": "text id",
        },
        metadata={"WhiteboardDescription": EVERYTHING, "Stroke": "colour", "CaptureTime": ALL, "Form": ALL},
    )

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the root element is `WhiteboardCaptureSession`."""
        return safe_xml.root_name(head) == _ROOT

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield the one ink of the file; its label is None where there is no text for it. Raises `InkError`."""
        root = safe_xml.load(path, reading)
        if root.tag != _ROOT:
            reading.fail(f"is no IAM-OnDB file: its root element is {quoted(root.tag)}, not {_ROOT}", "", root.offset)
        before = reading.skipped.total()
        strokes: list[Points] = []
        colours: list[str] = []
        budget = Budget(reading)
        for node in (stroke for holder in root.find("StrokeSet") for stroke in holder.find("Stroke")):
            stroke = _stroke(node, len(strokes), reading)
            if stroke is not None:
                budget.add(len(stroke))
                strokes.append(stroke)
                colours.append(node.attributes.get("colour", ""))
        strokes, start = relative_times(strokes)
        properties: dict[str, Any] = {"t0_ms": start, "colour": _shared(colours)}
        properties |= {"skipped_strokes": reading.skipped.total() - before, "whiteboard": _whiteboard(root)}
        general = [node for holder in root.find("General") for node in holder.walk()]
        properties |= {node.tag: dict(node.attributes) for node in general if node.tag in ("CaptureTime", "Form")}
        properties |= left_out(unknown_in(root, self.fates))
        label, writer = _form_text(root), _own_writer(root)
        line = _LINE.fullmatch(path.stem)
        if line is not None:
            properties |= {"form": f"{line[1]}-{line[2]}{line[3]}", "line": int(line[4])}
            label = label if label is not None else _line_text(path, line, reading)
            writer = writer or _writer(path, properties["form"])
        metadata = {name: value for name, value in properties.items() if value}
        yield Ink(strokes, label=label, writer=writer, source=path.name, metadata=metadata)


def _stroke(node: XmlNode, index: int, reading: Reading) -> Points | None:
    """Its points, time in ms as the file has it (absolute); None for an empty stroke or one that was skipped."""
    rows = [child.attributes for child in node.children if child.tag == "Point"]
    if not rows:
        return None
    try:
        x, y = [decimal(row["x"]) for row in rows], [decimal(row["y"]) for row in rows]
        seconds = np.array([decimal(row["time"]) if "time" in row else np.nan for row in rows])
        with np.errstate(all="ignore"):  # infinite times are refused below
            # The file has hundredths of a second, which are whole milliseconds.
            points = point_array(x, y, np.round(seconds * 1000, 3))
        reason = fault(points)
    except KeyError as error:
        reason = f"has a Point without {error}"
    except ValueError as error:
        reason = f"has a Point that is no number: {error}"
    if reason is not None:
        reading.skip(reason, f"stroke {index} on line {node.line}", node.offset)
        return None
    return points


def _whiteboard(root: XmlNode) -> dict[str, dict[str, str]]:
    """Where the corners of the board are, as the file says it."""
    return {
        node.tag: dict(node.attributes) for holder in root.find("WhiteboardDescription") for node in holder.children
    }


def _shared(colours: list[str]) -> str | list[str] | None:
    return colours if len(set(colours)) > 1 else next(iter(colours), None)


def _form_text(root: XmlNode) -> str | None:
    """The text that a file of a whole form holds itself."""
    nodes = [node for holder in root.find("Transcription") for node in holder.walk() if node.tag == "TextLine"]
    lines = [node.attributes["text"] for node in nodes if "text" in node.attributes]
    return "\n".join(lines) if lines else None


def _own_writer(root: XmlNode) -> str | None:
    nodes = (node for holder in root.find("General") for node in holder.walk())
    return next((node.attributes["writerID"] for node in nodes if node.attributes.get("writerID")), None)


def _line_text(path: Path, line: re.Match[str], reading: Reading) -> str | None:
    """The line's text, None where the form has no text file or was refused."""
    form = path.stem.rpartition("-")[0]
    text = _companion(path, "ascii", line, f"{form}.txt")
    if text is None:
        return None
    rows = (row.strip() for row in _read(text).decode("latin-1").partition("CSR:")[2].splitlines())
    lines = [row for row in rows if row]
    numbers = sorted(
        int(match[4])
        for file in path.parent.glob(f"{form}-*.xml")
        if (match := _LINE.fullmatch(file.stem)) and file.stem.rpartition("-")[0] == form
    )
    complete = len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1)) and 2 * len(numbers) >= len(lines)
    if numbers[-1] > len(lines) or (complete and len(numbers) != len(lines)) or int(line[4]) < 1:
        files = f"{len(numbers)} stroke files, up to number {numbers[-1]}"
        reading.skip(
            f"form {form} has {files}, but {len(lines)} lines of text in {text.name}: which is whose is unknown"
        )
        return None
    return lines[int(line[4]) - 1]


def _companion(path: Path, tree: str, line: re.Match[str], name: str) -> Path | None:
    """A file of the form in another tree of the database, or beside the line itself."""
    folder = Path(line[1], f"{line[1]}-{line[2]}")
    places = [path.parent / name]
    for parent in path.absolute().parents[2:5]:
        places += [parent / tree / folder / name, parent / f"{tree}-all" / tree / folder / name]
    return next((place for place in places if place.is_file()), None)


def _writer(path: Path, form: str) -> str | None:
    """The form's writer, from `forms.txt` (form, writer, ..) or from the form's own file in `original`."""
    for parent in path.absolute().parents[2:5]:
        listed = parent / "forms.txt"
        if listed.is_file():
            writer = _writers(listed, listed.stat().st_mtime_ns).get(form)
            if writer:
                return writer
    line = _LINE.fullmatch(path.stem)
    original = _companion(path, "original", line, f"strokes{line[3]}.xml") if line else None
    match = _WRITER.search(_read(original)[:65536]) if original else None
    return match[1].decode("latin-1") if match else None


@lru_cache(maxsize=4)
def _writers(listed: Path, _changed: int) -> dict[str, str]:
    rows = (row.split() for row in _read(listed).decode("latin-1").splitlines() if not row.startswith("#"))
    return {row[0]: row[1] for row in rows if len(row) > 1}


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_TEXT_BYTES)
