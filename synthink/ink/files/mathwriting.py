"""MathWriting's `symbols.jsonl`: symbols as some of the strokes of an expression, which is an InkML file beside it.

    {"sourceSampleId": "00a1b2c3d4e5f607", "strokeIndices": [3, 4], "label": "\\\\leftrightarrow"}

names the strokes 3 and 4, counted from 0, of `train/00a1b2c3d4e5f607.inkml` (Gervais, Fadeeva and Maksai,
"MathWriting", arXiv 2404.10690). The expressions themselves are InkML.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from synthink.errors import quoted
from synthink.ink.files.base import InkFileFormat, Reading, parse_json, read_bytes, unpacked_head
from synthink.ink.files.fates import Fates, left_out
from synthink.ink.files.inkml.reader import InkMLFormat
from synthink.ink.files.strokes import assemble, limited
from synthink.ink.model import Ink, InkError

FOLDERS = ("train", ".")  # beside the file, in which expressions lie
MOST_EXPRESSIONS = 64  # held in memory, since several symbols in a row may be of one
_HEAD = re.compile(rb'(\xef\xbb\xbf)?\s*\{[^\n]*"sourceSampleId"\s*:\s*"[0-9a-f]{16}"')
_NAME = re.compile(r"[0-9a-f]{16}")
_FATES = Fates(read={"": "strokeIndices label"}, metadata={"": "sourceSampleId"})


class MathWritingFormat(InkFileFormat):
    """MathWriting's list of symbols, with the expressions that they are cut out of in the folder `train` beside it."""

    suffixes = (".jsonl",)
    sniff_order = 85
    fates = _FATES

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the first line names an expression that a symbol is cut out of."""
        return _HEAD.match(unpacked_head(head)) is not None

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield one ink a symbol, in the unit of its expression; metadata `form` is the expression, so that symbols of
        one hand stay together, besides what the expression's file says."""
        return limited(_symbols(path, reading), reading)


def _symbols(path: Path, reading: Reading) -> Iterator[Ink]:
    expressions: dict[str, Ink] = {}
    offset = 0
    for number, line in enumerate(read_bytes(path, reading).split(b"\n"), 1):
        element = f"line {number}"
        if line.strip():
            try:
                symbol = _symbol(parse_json(line, reading, element, offset))
                name = symbol["sourceSampleId"]
                if name not in expressions:
                    if len(expressions) == MOST_EXPRESSIONS:
                        expressions.pop(next(iter(expressions)))
                    expressions[name] = _expression(path, name)
                strokes = _strokes(expressions[name], symbol["strokeIndices"])
            except InkError as error:
                reading.skip(error.reason, element, offset)
            else:
                ink = assemble(
                    reading, element, strokes, offset=offset, **_about(path, number, symbol, expressions[name])
                )
                if ink is not None:
                    yield ink
        offset += len(line) + 1


def _symbol(record: Any) -> dict[str, Any]:
    """A line's object. Raises `InkError` where it names no strokes of an expression."""
    if not isinstance(record, dict):
        raise InkError("is no object")
    name, indices, label = (record.get(key) for key in ("sourceSampleId", "strokeIndices", "label"))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InkError(f"sourceSampleId is {quoted(name)}, not 16 digits of 0 to f")
    if not isinstance(indices, list) or not indices or not all(type(index) is int for index in indices):
        raise InkError(f"strokeIndices is {quoted(indices)}, not a list of numbers")
    if not isinstance(label, str):
        raise InkError(f"label is {quoted(label)}, not text")
    return record


def _expression(path: Path, name: str) -> Ink:
    """The ink of an expression. Raises `InkError` where its file is not there, or damaged: strokes are counted."""
    places = [path.parent / folder / f"{name}.inkml" for folder in FOLDERS]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        raise InkError(f"its expression is not beside the file, as {FOLDERS[0]}/{name}.inkml")
    try:
        [ink] = InkMLFormat().read(file, Reading(file.name))
    except InkError as error:
        raise InkError(f"its expression cannot be read: {error}") from None
    return ink


def _strokes(expression: Ink, indices: list[int]) -> list[np.ndarray[Any, Any]]:
    if len(set(indices)) < len(indices) or not all(0 <= index < len(expression) for index in indices):
        raise InkError(
            f"strokeIndices is {quoted(indices)}, and its expression has the strokes 0 to {len(expression) - 1}"
        )
    return [expression.strokes[index] for index in indices]


def _about(path: Path, number: int, symbol: dict[str, Any], expression: Ink) -> dict[str, Any]:
    """What is known of a symbol besides its strokes."""
    metadata = dict(expression.metadata)
    counts = Counter(metadata.pop("left_out", {})) + _FATES.unknown(symbol)
    return {
        "label": symbol["label"] or None,
        "writer": expression.writer,
        "source": f"{path.name}#{number}",
        "units": expression.units,
        "metadata": {**metadata, "form": symbol["sourceSampleId"], **left_out(counts)},
    }
