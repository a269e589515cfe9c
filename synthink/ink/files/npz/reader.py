"""synthink's own .npz: exact, flat, and without pickles, so that `numpy.load` reads it as it is.

points          (P, 4) float32: x, y, t, pressure of all inks, one after the other
stroke_points   (S,) int64: number of points of each stroke
ink_strokes     (I,) int64: number of strokes of each ink
about           (B,) uint8: UTF-8 JSON {"format": "synthink ink", "version": 1, "inks": [{...}, ...]}, each ink with
                label, writer, source, units, metadata, and spans [[label, kind, [[stroke, first, stop], ...]], ...]
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy_format

from synthink.errors import quoted
from synthink.files import write_atomically
from synthink.ink.files.base import Reading, WritableInkFormat, parse_json
from synthink.ink.files.fates import Fates, left_out
from synthink.ink.files.npz.arrays import Arrays, member_names, opened
from synthink.ink.files.strokes import assemble, limited
from synthink.ink.model import KINDS, Ink, InkError, Span

_FORMAT, _VERSION = "synthink ink", 1
_TEXTS = ("label", "writer", "source", "units")
_FATES = Fates(
    read={"": "points stroke_points ink_strokes about", "about": f"{' '.join(_TEXTS)} spans"},
    metadata={"about": "metadata"},
)


class NpzFormat(WritableInkFormat):
    """Files of many inks in synthink's own format."""

    suffixes = (".npz",)
    sniff_order = 75
    fates = _FATES

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the file is a zip of our four arrays."""
        return {"points", "stroke_points", "ink_strokes", "about"} <= member_names(path, head)

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield the inks that were written, equal in everything, `source` too."""
        return limited(_inks(path, reading), reading)

    def write(self, path: Path, inks: Sequence[Ink]) -> None:
        """Write all inks into one file; the same inks always make the same bytes.

        Raises `InkError` naming the ink whose metadata would not come back from JSON as it is (tuples, NaN, objects).
        """
        about = {"format": _FORMAT, "version": _VERSION, "inks": [_about(ink, n) for n, ink in enumerate(inks)]}
        empty = np.zeros((0, 4), np.float32)
        lengths = np.concatenate([np.zeros(0, np.int64), *(ink.lengths for ink in inks)])
        arrays = {
            "points": np.concatenate([empty, *(ink.points for ink in inks)]).astype("<f4"),
            "stroke_points": lengths.astype("<i8"),
            "ink_strokes": np.array([len(ink) for ink in inks], "<i8"),
            "about": np.frombuffer(json.dumps(about, separators=(",", ":")).encode("ascii"), np.uint8),
        }
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # deflate differs between zlib releases
            for name, array in arrays.items():
                member = io.BytesIO()
                npy_format.write_array(member, array, version=(1, 0), allow_pickle=False)
                info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
                info.create_system = 3
                archive.writestr(info, member.getvalue())
        write_atomically(path, packed.getvalue())


def _inks(path: Path, reading: Reading) -> Iterator[Ink]:
    with opened(path, reading) as arrays:
        points, lengths, counts = _flat(arrays, reading)
        abouts = _abouts(arrays, reading)
        others = _FATES.unknown(arrays)
    if len(abouts) != len(counts):
        reading.fail(f"tells about {len(abouts)} inks, there are {len(counts)}", "array about")
    bounds = np.concatenate(([0], np.cumsum(lengths))).tolist()
    at = 0
    for number, (about, count) in enumerate(zip(abouts, counts.tolist(), strict=True)):
        strokes = [points[bounds[index] : bounds[index + 1]] for index in range(at, at + count)]
        at += count
        element = f"ink {number}"
        try:
            properties = _properties(about)
            properties["metadata"] = {**about["metadata"], **left_out(others + _FATES.unknown(about, "about"))}
        except InkError as error:
            reading.skip(error.reason, element)
            continue
        ink = assemble(reading, element, strokes, **properties)
        if ink is not None:
            yield ink


def _flat(arrays: Arrays, reading: Reading) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """points, stroke_points and ink_strokes, which must add up."""
    points = arrays.plain("points", "f", 2)
    lengths, counts = (arrays.plain(name, "iu") for name in ("stroke_points", "ink_strokes"))
    if points.shape[1] != 4:
        reading.fail(f"has shape {points.shape}, not (P, 4)", "array points")
    for name, parts, total in (("stroke_points", lengths, len(points)), ("ink_strokes", counts, len(lengths))):
        smallest = 1 if name == "stroke_points" else 0
        if len(parts) and (int(parts.min()) < smallest or int(parts.max()) > total):
            reading.fail(f"has values outside {smallest}..{total}", f"array {name}")
        if int(parts.sum(dtype=np.float64)) != total:
            reading.fail(f"adds up to {int(parts.sum(dtype=np.float64))}, there are {total}", f"array {name}")
    return points, lengths.astype(np.int64), counts.astype(np.int64)


def _abouts(arrays: Arrays, reading: Reading) -> list[Any]:
    about = parse_json(arrays.plain("about", "u").astype(np.uint8).tobytes(), reading, "array about")
    if not isinstance(about, dict) or about.get("format") != _FORMAT or not isinstance(about.get("inks"), list):
        reading.fail(f"is not marked as {_FORMAT}", "array about")
    if about.get("version") != _VERSION:
        reading.fail(f"is of version {quoted(about.get('version'))}; this release reads {_VERSION}", "array about")
    inks: list[Any] = about["inks"]
    return inks


def _properties(about: Any) -> dict[str, Any]:
    """The keywords of one ink."""
    if not isinstance(about, dict) or not isinstance(about.get("metadata"), dict):
        raise InkError(f"is no object with metadata: {quoted(about)}")
    for name in _TEXTS:
        if not isinstance(about.get(name), (str, type(None))):
            raise InkError(f"has a {name} that is no text: {quoted(about[name])}")
    spans = about.get("spans")
    if not isinstance(spans, list):
        raise InkError(f"has spans that are no list: {quoted(spans)}")
    texts = {name: about.get(name) for name in _TEXTS}
    return {**texts, "metadata": about["metadata"], "spans": [_span(span) for span in spans]}


def _span(span: Any) -> Span:
    match span:
        case [str(label), str(kind), list(parts)] if kind in KINDS:
            if all(isinstance(part, list) and [type(n) for n in part] == [int] * 3 for part in parts):
                return Span(label, kind, tuple((part[0], part[1], part[2]) for part in parts))
    raise InkError(f"has a span that is not [label, kind, parts]: {quoted(span)}")


def _about(ink: Ink, number: int) -> dict[str, Any]:
    spans = [[span.label, span.kind, [list(part) for part in span.parts]] for span in ink.spans]
    properties = {**ink.about, "spans": spans}
    try:
        same = json.loads(json.dumps(properties, allow_nan=False)) == properties
    except (TypeError, ValueError, RecursionError):
        same = False
    if not same:
        raise InkError("has metadata that JSON cannot hold as it is", "", f"ink {number}")
    return properties
