"""Ink as InkML that this package's reader gives back exactly, and that MathWriting's and CROHME's readers can read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.files.inkml.annotations import LABELS, OWN, unwrapped
from synthink.ink.files.safe_xml import checked, holds
from synthink.ink.model import Ink, InkError, Span


def inkml_lines(ink: Ink) -> Iterator[str]:
    """The lines of the InkML file of an ink. Raises `InkError` for what XML cannot hold (control characters)."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<ink xmlns="http://www.w3.org/2003/InkML">'
    if ink.label is not None:
        if unwrapped(ink.label) == ink.label:  # a truth loses the dollars around it when it is read
            yield _annotation("truth", ink.label, "label")
        yield _annotation("label", ink.label, "label")
    if ink.writer is not None:
        yield _annotation("writer", ink.writer, "writer")
    yield from _metadata(ink)
    columns = [0, 1] + [column for column in (2, 3) if not np.isnan(ink.points[:, column]).all()]
    yield from _format(ink, columns)
    yield '<definitions><brush xml:id="pen"/></definitions>'
    for index, text in enumerate(_texts(ink, columns)):
        yield f'<trace id="{index}" brushRef="#pen">{text}</trace>'
    lengths = ink.lengths
    for index, span in enumerate(ink.spans):
        yield _group(f"span{index}", span, lengths)
    yield "</ink>"


def _metadata(ink: Ink) -> Iterator[str]:
    """Plain texts as annotations of their own, the rest as JSON."""
    plain = {
        name: value
        for name, value in ink.metadata.items()
        if isinstance(value, str)
        and value == value.strip()
        and name
        and name not in (*LABELS, "writer", OWN, "annotation")
    }
    plain = {name: value for name, value in plain.items() if holds(name + value)}
    for name, value in plain.items():
        yield _annotation(name, value, "metadata")
    own: dict[str, Any] = {}
    rest = {name: value for name, value in ink.metadata.items() if name not in plain}
    if rest:
        own["metadata"] = rest
    times = ink.points[:, 2][~np.isnan(ink.points[:, 2])]
    if len(times) and times[0] != 0:
        own["times"] = "as written"
    yield _annotation(OWN, _json(own), "metadata")


def _json(own: dict[str, Any]) -> str:
    try:
        text = json.dumps(own)
        same = json.loads(text) == own
    except (TypeError, ValueError, RecursionError):
        same = False
    if not same:
        raise InkError(f"cannot be kept as JSON: {quoted(own.get('metadata'))}", "", "metadata")
    return text


def _format(ink: Ink, columns: list[int]) -> Iterator[str]:
    units = "" if ink.units is None else f" units={quoteattr(checked(ink.units, 'units'))}"
    channels = [
        f'<channel name="X" type="decimal"{units}/>',
        f'<channel name="Y" type="decimal"{units}/>',
        '<channel name="T" type="decimal" units="ms"/>',
        '<channel name="F" type="decimal" min="0" max="1"/>',
    ]
    yield f"<traceFormat>{''.join(channels[column] for column in columns)}</traceFormat>"


def _texts(ink: Ink, columns: list[int]) -> Iterator[str]:
    """The text of each trace: the shortest decimals that read back as the same float32, `?` for what is unknown."""
    words: npt.NDArray[Any] = ink.points[:, columns].astype("U32")
    words[np.isnan(ink.points[:, columns])] = "?"
    rows = [" ".join(row) for row in words.tolist()]
    for start, length in zip(ink.starts.tolist(), ink.lengths.tolist(), strict=True):
        yield ",".join(rows[start : start + length])


def _group(name: str, span: Span, lengths: npt.NDArray[np.intp]) -> str:
    if not span.parts:
        raise InkError(f"the {span.kind} {quoted(span.label)} has no parts", "", "spans")
    views = []
    for stroke, first, stop in span.parts:
        is_complete = first == 0 and stop == lengths[stroke]
        views.append(
            f'<traceView traceDataRef="#{stroke}"' + ("/>" if is_complete else f' from="{first + 1}" to="{stop}"/>')
        )
    label = _annotation("truth" if unwrapped(span.label) == span.label else "transcription", span.label, "span")
    return f'<traceGroup xml:id="{name}">{label}{_annotation("type", span.kind, "span")}{"".join(views)}</traceGroup>'


def _annotation(name: str, text: str, what: str) -> str:
    # A blank counts as one for str.strip; XML's parsers turn a bare carriage return into a line feed.
    space = "" if text == text.strip() else ' xml:space="preserve"'
    content = escape(checked(text, what), {"\r": "&#13;"})
    return f"<annotation type={quoteattr(name)}{space}>{content}</annotation>"
