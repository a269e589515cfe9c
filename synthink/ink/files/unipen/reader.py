"""UNIPEN 1.0 `.dat` files, alone or as the CD-ROM train_r01_v07 has them: segments in data/, their ink in include/.

What a file is taken to mean, where contributors differ:

* One ink for each segment that lies in no segment of a higher level: a file of isolated characters gives characters, a
  file of words gives words with their characters as spans. `by="file"` gives the whole file as one ink with all spans.
  Ink that no segment names is left out then (a data file names one category's share of the ink in its include); a file
  without segments is one ink.
* Components are numbered from 0; `counting` says whether blocks with the pen up count, too. "auto": they do when a
  number is used that is too high for the pen-down blocks alone.
* `y_axis` says where y grows, and "up" is turned down. "auto" asks the ink, see `axis.runs_upward`; ink of few
  strokes and without neighbours stays as it is. The metadata's `y_axis` is what was found.
* Times are those of channel T only, in ms; where the sampling rate shows that they are in another unit they are turned,
  and where the two do not agree metadata `times_note` says so. Pressures are divided by the largest one in the file.
* Coordinates stay in the tablet's units; where the file says that its steps along y have another length, y is turned
  into steps of x, and metadata `resolution_note` says so. Metadata has the points per inch or mm, and what else the
  file's keywords say.
* Text is Latin-1, or UTF-8 where all of a file is.
* Metadata `qualities` has the quality of each span where there are several.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from synthink.ink.files.base import InkFileFormat, Reading, unpacked_head
from synthink.ink.files.fates import Fates, left_out
from synthink.ink.files.strokes import assemble, limited, relative_times
from synthink.ink.files.unipen.axis import runs_upward
from synthink.ink.files.unipen.components import (
    ABOUT,
    KINDS,
    RATES,
    Component,
    Part,
    Recording,
    Segment,
    parts,
    recorded,
)
from synthink.ink.files.unipen.statements import highest_component, statements
from synthink.ink.model import Ink, InkError, Span

_LEVELS = ("PAGE", "TEXT", "PARAGRAPH", "SENTENCE", "PHRASE", "LINE", "WORD")
_INK = re.compile(rb"^\.(PEN_DOWN|PEN_UP|SEGMENT|INCLUDE)\b", re.MULTILINE)
_KEYWORD = re.compile(rb"^\.(VERSION|COORD|HIERARCHY|WRITER_ID|DATA_SOURCE|DATE|COMMENT)\b", re.MULTILINE)

Counting = Literal["auto", "down", "both"]
Located = list[tuple[Segment, tuple[Part, ...]]]
"""Segments and where their ink is."""


@dataclass(frozen=True)
class UnipenFormat(InkFileFormat):
    """UNIPEN files. See the module for the choices.

    by: an ink for each segment of the highest level, or one for the file. counting: whether blocks with the pen up have
    numbers. y_axis: where y grows.
    """

    by: Literal["segment", "file"] = "segment"
    counting: Counting = "auto"
    y_axis: Literal["auto", "up", "down"] = "auto"

    suffixes = (".dat",)
    fates = Fates(
        read={"": "VERSION COORD HIERARCHY INCLUDE WRITER_ID PEN_DOWN PEN_UP SEGMENT"},
        metadata={"": " ".join((*ABOUT, *RATES))},
    )
    sniff_order = 200  # it recognises a file by little

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether lines of the head begin with the keywords of ink, or, in a `.dat`, with other keywords.

        Not so for what lies in a folder `include` beside one named `data`: those files are read through the ones in
        `data`.
        """
        if any(parent.name == "include" and (parent.parent / "data").is_dir() for parent in path.absolute().parents):
            return False
        lines = unpacked_head(head).replace(b"\r", b"\n")
        return bool(_INK.search(lines) or (path.suffix.lower() in self.suffixes and _KEYWORD.search(lines)))

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield the inks of a file and of what it includes."""
        return limited(_inks(path, reading, self), reading)


def _inks(path: Path, reading: Reading, choices: UnipenFormat) -> Iterator[Ink]:
    recording = recorded(statements(path, reading), reading)
    if not recording.components:
        reading.fail("has no .PEN_DOWN, nor do the files that it includes")
    up = runs_upward(recording) if choices.y_axis == "auto" else choices.y_axis == "up"
    components = _upright(recording.components, up)
    about: dict[str, Any] = {**recording.about, **({"y_axis": "up"} if up else {}), **left_out(recording.left_out)}
    counted = _counted(components, choices.counting, highest_component(path, reading))
    located = _located(recording, counted, reading)
    if choices.by == "file" or not located:
        everything = tuple((number, 0, len(c.points)) for number, c in enumerate(counted) if c.down and len(c.points))
        ink = _ink(everything, located, counted, reading, "", path.name, about)
        if ink is not None:
            yield ink
        return
    for count, (top, inside) in enumerate(_nested(located, recording.levels), 1):
        element = f"SEGMENT {top[0].level} at offset {top[0].offset}"
        about_segment = {**about, **({"quality": top[0].quality} if top[0].quality else {})}
        source = f"{path.name}#{count}"
        ink = _ink(top[1], [top, *inside], counted, reading, element, source, about_segment, top[0].label)
        if ink is not None:
            yield ink


def _upright(components: Sequence[Component], up: bool) -> list[Component]:
    """The components with y down and pressures in 0..1."""
    pressures = [c.points[:, 3].max() for c in components if c.down and len(c.points)]
    highest = max((float(p) for p in pressures if p > 0), default=1.0)
    scale = np.array([1, -1 if up else 1, 1, 1 / highest if np.isfinite(highest) else 1])
    return [replace(component, points=component.points * scale) for component in components]


def _counted(components: Sequence[Component], counting: Counting, highest: int) -> list[Component]:
    """The components that have a number."""
    down = [component for component in components if component.down]
    if counting == "both" or (counting == "auto" and highest >= len(down)):
        return list(components)
    return down


def _located(recording: Recording, counted: Sequence[Component], reading: Reading) -> Located:
    """The segments and where their ink is, without the bad ones."""
    located = []
    for segment in recording.segments:
        try:
            located.append((segment, parts(segment, counted)))
        except InkError as error:
            reading.skip(error.reason, f"SEGMENT {segment.level}", segment.offset)
    return located


def _nested(located: Located, levels: Sequence[str]) -> list[tuple[tuple[Segment, tuple[Part, ...]], Located]]:
    """Each segment that lies in none of a higher level, with those that lie in it, in the file's order."""
    known = [*levels, *_LEVELS] if levels else list(_LEVELS)
    rank = {
        segment.level: known.index(segment.level) if segment.level in known else len(known) for segment, _ in located
    }
    tops: dict[int, Located] = {}
    owners: dict[int, list[tuple[int, int, int]]] = {}  # component -> (first point, point after the last, segment)
    for place in sorted(range(len(located)), key=lambda place: (rank[located[place][0].level], place)):
        segment, where = located[place]
        number, first, stop = where[0]
        for start, end, owner in owners.get(number, ()):
            above = located[owner]
            if (
                start <= first
                and stop <= end
                and rank[above[0].level] < rank[segment.level]
                and _within(where, above[1])
            ):
                tops[owner].append(located[place])
                break
        else:
            tops[place] = []
            for number, first, stop in where:
                owners.setdefault(number, []).append((first, stop, place))
    return [(located[place], tops[place]) for place in sorted(tops)]


def _within(inner: Sequence[Part], outer: Sequence[Part]) -> bool:
    """Whether every inner part lies in one of the outer parts."""
    ordered = sorted(outer)
    for number, first, stop in inner:
        around = ordered[bisect_right(ordered, (number, first, 10**9)) - 1]
        if around[0] != number or around[1] > first or stop > around[2]:
            return False
    return True


def _ink(
    where: Sequence[Part],
    located: Located,
    counted: Sequence[Component],
    reading: Reading,
    element: str,
    source: str,
    about: dict[str, Any],
    label: str | None = None,
) -> Ink | None:
    """The ink at some parts of the components, with spans for the segments found in it."""
    if not where:
        reading.fail("has no points with the pen down")
    where = sorted(where)
    strokes: list[npt.NDArray[np.float64]] = [counted[number].points[first:stop] for number, first, stop in where]
    strokes, start = relative_times(strokes)
    if start:
        about = {**about, "t0_ms": start}
    labelled = [(segment, inner) for segment, inner in located if segment.label is not None]
    spans = [_span(segment, inner, where) for segment, inner in labelled]
    if len(labelled) > 1 and any(segment.quality for segment, _ in labelled):
        about = {**about, "qualities": [segment.quality for segment, _ in labelled]}
    writer = counted[where[0][0]].writer
    return assemble(reading, element, strokes, spans, label=label, writer=writer, source=source, metadata=about)


def _span(segment: Segment, inner: Sequence[Part], where: Sequence[Part]) -> Span:
    """A segment as a span of the strokes cut at `where`."""
    at: list[Part] = []
    for number, first, stop in inner:
        stroke = bisect_right(where, (number, first, 10**9)) - 1
        start = where[stroke][1]
        at.append((stroke, first - start, stop - start))
    return Span(segment.label or "", KINDS.get(segment.level, "symbol"), tuple(at))
