"""The gestures of the AMLD workshop on ink: {"<hash>": {"strokes": [{"xs": [...], "ys": [...]}, ...]}, ...}.

https://github.com/google-deepmind/amld_workshop_natural_interactions_with_llms, data/gestures. Coordinates are pixels
of the document that was drawn on; there is no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.files.base import InkFileFormat, Reading, parse_json, read_bytes, unpacked_head
from synthink.ink.files.fates import Fates, left_out
from synthink.ink.files.strokes import assemble, limited, number_list, stacked_rows
from synthink.ink.model import Ink, InkError

_HEAD = re.compile(rb'\s*(\xef\xbb\xbf)?\{\s*"[^"]*"\s*:\s*\{\s*"strokes"\s*:\s*\[')
_FATES = Fates(read={"ink": "strokes", "stroke": "xs ys"}, metadata={"": "hash"})


class WorkshopFormat(InkFileFormat):
    """The workshop's JSON files of gestures."""

    suffixes = (".json",)
    sniff_order = 90
    fates = _FATES

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the file begins with a named object that has strokes."""
        return _HEAD.match(unpacked_head(head)) is not None

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield one ink for each hash, which is its metadata `ink_hash`; annotations in other files join by it."""
        return limited(_inks(path, reading), reading)


def _inks(path: Path, reading: Reading) -> Iterator[Ink]:
    drawings = parse_json(read_bytes(path, reading), reading)
    if not isinstance(drawings, dict):
        reading.fail("is no object of inks by their hash")
    for count, (name, about) in enumerate(drawings.items(), 1):
        element = f"ink {quoted(name, 40)}"
        if not isinstance(about, dict) or not isinstance(about.get("strokes"), list):
            reading.skip("is no object with a list `strokes`", element)
            continue
        strokes = []
        skipped = 0
        for index, stroke in enumerate(about["strokes"]):
            try:
                strokes.append(_stroke(stroke))
            except InkError as error:
                reading.skip(error.reason, f"{element}, stroke {index}")
                skipped += 1
        if about["strokes"] and not strokes:
            continue
        counts = _FATES.unknown(about, "ink")
        for stroke in about["strokes"]:
            counts.update(_FATES.unknown(stroke if isinstance(stroke, dict) else (), "stroke"))
        metadata = {"ink_hash": name, **({"skipped_strokes": skipped} if skipped else {}), **left_out(counts)}
        source = f"{path.name}#{count}"
        ink = assemble(reading, element, strokes, source=source, units="px", metadata=metadata)
        if ink is not None:
            yield ink


def _stroke(stroke: Any) -> npt.NDArray[np.float64]:
    if not isinstance(stroke, dict) or not {"xs", "ys"} <= stroke.keys():
        raise InkError(f"is no object with `xs` and `ys`: {quoted(stroke)}")
    return stacked_rows([number_list(stroke["xs"], "xs"), number_list(stroke["ys"], "ys")])
