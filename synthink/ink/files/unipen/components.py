"""UNIPEN's ink: components (what lies between two lifts of the pen) and segments (what parts of them say)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted
from synthink.ink.files.base import Reading
from synthink.ink.files.strokes import decimal, median_interval, to_milliseconds
from synthink.ink.files.unipen.statements import Statement
from synthink.ink.model import InkError, SpanKind

Part = tuple[int, int, int]
"""(component, first point, point after the last), as in a span."""

ABOUT = (
    *("STYLE", "HAND", "SEX", "AGE", "COUNTRY", "SKILL", "DATE", "WRITER_INFO", "SETUP", "PAD"),
    *("DATA_SOURCE", "DATA_ID", "DATA_CONTACT", "DATA_INFO", "ALPHABET", "ALPHABET_FREQ"),
    *("LEXICON_SOURCE", "LEXICON_ID", "LEXICON_CONTACT", "LEXICON_INFO", "LEXICON", "LEXICON_FREQ"),
    *("X_DIM", "Y_DIM", "H_LINE", "V_LINE"),
)
"""Keywords whose texts are metadata, unless they are too long."""
RATES = ("X_POINTS_PER_INCH", "Y_POINTS_PER_INCH", "X_POINTS_PER_MM", "Y_POINTS_PER_MM", "POINTS_PER_SECOND")
KINDS: dict[str, SpanKind] = {
    "CHARACTER": "character",
    "CHAR": "character",
    "LETTER": "character",
    "WORD": "word",
    **dict.fromkeys(("PAGE", "TEXT", "PARAGRAPH", "SENTENCE", "PHRASE", "LINE"), "line"),
}
"""Any other level's segments are symbols."""
LONGEST_TEXT = 1000
"""Characters of a text that becomes metadata."""
_MOST_UNEQUAL = 10  # times that a tablet's steps along one axis are as long as along the other

_SEGMENT = re.compile(r"\s*(\S+)\s+([\d:,-]+|\?)\s*([^\s\"]*)\s*(.*)", re.DOTALL)
_READ = ("X", "Y", "T", "P")
_POINTS = re.compile(r"(\d{1,9})(?::(\d{1,9}))?(?:-(\d{1,9})(?::(\d{1,9}))?)?")


@dataclass(frozen=True, slots=True)
class Component:
    """The pen's movement between two lifts: `points` (N, 4); hovering when not `down`. is_damaged: its points are bad,
    and it has none."""

    down: bool
    points: npt.NDArray[np.float64]
    writer: str | None
    is_damaged: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A `.SEGMENT` statement; `ranges` are first and last (component, point), None where the file says none. There
    are no ranges for a segment whose place is not known (`?`)."""

    level: str
    ranges: tuple[tuple[int, int | None, int, int | None], ...]
    quality: str
    label: str | None
    offset: int


@dataclass(slots=True)
class Recording:
    """Everything in a file and its includes. left_out: counts of what is neither ink nor in `about`."""

    components: list[Component] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    about: dict[str, str | float] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    path: Path | None = None
    """The file of the last component."""


def recorded(statements: Iterable[Statement], reading: Reading) -> Recording:
    """The ink and segments of the statements. Bad components and segments go through `reading.skip`; a bad component
    keeps its number."""
    recording = Recording()
    channels: list[str] | None = None
    writer = None
    for statement in statements:
        match statement.keyword:
            case "PEN_DOWN" | "PEN_UP":
                recording.components.append(_component(recording, statement, channels, writer, reading))
                recording.path = statement.path
            case "SEGMENT":
                _add_segment(recording, statement, reading)
            case "COORD":
                channels = statement.argument.upper().split()
                if not {"X", "Y"} <= set(channels):
                    reading.fail(f"names no channels X and Y: {quoted(channels)}", "COORD", statement.offset)
            case "WRITER_ID":
                writer = " ".join(statement.argument.split()) or None
            case "HIERARCHY":
                recording.levels = statement.argument.split()
            case "VERSION":
                pass
            case keyword:
                _describe(recording, keyword, statement.argument)
    _correct_times(recording)
    _make_square(recording)
    return recording


def _component(
    recording: Recording, statement: Statement, channels: list[str] | None, writer: str | None, reading: Reading
) -> Component:
    """The movement of a statement; without points where they are bad, so that it has its number."""
    down = statement.keyword == "PEN_DOWN"
    points = np.zeros((0, 4))
    is_damaged = False
    try:
        points = _points(statement.argument, channels)
    except InkError as error:
        is_damaged = True
        if down:
            place = f"component {len(recording.components)} in {statement.path.name}"
            reading.skip(error.reason, place, statement.offset)
    if down:
        recording.left_out.update(f"channel {name}" for name in channels or () if name not in _READ)
    else:
        recording.left_out["points with the pen up"] += len(points)
    return Component(down, points, writer, is_damaged)


def _add_segment(recording: Recording, statement: Statement, reading: Reading) -> None:
    try:
        one = segment(statement.argument, statement.offset)
    except InkError as error:
        reading.skip(error.reason, f"SEGMENT {len(recording.segments)}", statement.offset)
        return
    if one.ranges:
        recording.segments.append(one)
    else:
        recording.left_out["segments without a place"] += 1


def _describe(recording: Recording, keyword: str, argument: str) -> None:
    """Keep what a keyword says, or count it."""
    text = " ".join(argument.split())
    if keyword not in (*ABOUT, *RATES) or len(text) > LONGEST_TEXT:
        recording.left_out[f".{keyword}"] += 1
    elif keyword in ABOUT:
        recording.about[keyword.lower()] = text
    else:
        try:
            recording.about[keyword.lower()] = decimal(text.partition(" ")[0])
        except ValueError:
            recording.about[keyword.lower()] = text


def _correct_times(recording: Recording) -> None:
    """Turn times into ms by the sampling rate, where it shows that they are in another unit; `times_note` says so, or
    that the two do not agree."""
    rate = recording.about.get("points_per_second")
    measured = median_interval([component.points[:, 2] for component in recording.components if component.down])
    if not isinstance(rate, float) or not 1e-6 < rate < 1e9 or measured is None:
        return
    scale = to_milliseconds(measured, 1000 / rate)
    if scale is None:
        recording.about["times_note"] = f"{1000 / measured:g} points a second by the times, {rate:g} by the header"
    elif scale != 1:
        recording.about["times_note"] = f"by the sampling rate, times were in units of {scale:g} ms"
        for component in recording.components:
            component.points[:, 2] *= scale


def _make_square(recording: Recording) -> None:
    """Scale y to steps as long as those of x, where the file says that the tablet's steps differ; `resolution_note`
    says so, and the metadata has the steps of x for both."""
    for unit in ("inch", "mm"):
        across, down = (recording.about.get(f"{axis}_points_per_{unit}") for axis in "xy")
        if not (isinstance(across, float) and isinstance(down, float) and across != down > 0):
            continue
        scale = across / down
        if 1 / _MOST_UNEQUAL <= scale <= _MOST_UNEQUAL:
            recording.about[f"y_points_per_{unit}"] = across
            recording.about["resolution_note"] = f"y had {down:g} points per {unit} and was multiplied by {scale:g}"
            for component in recording.components:
                component.points[:, 1] *= scale
        return


def _points(argument: str, channels: list[str] | None) -> npt.NDArray[np.float64]:
    """(N, 4) of the lines of numbers in a component; a missing T or P is NaN."""
    lines = [line.split() for line in argument.splitlines() if line.strip()]
    if not lines:
        return np.zeros((0, 4))
    width = len(channels) if channels else len(lines[0])
    if width < 2 or any(len(line) != width for line in lines):
        raise InkError(f"has points that are not of {max(width, 2)} numbers each")
    try:
        values = np.array([[decimal(word) for word in line] for line in lines])
    except ValueError as error:
        raise InkError(f"has a point that is no number: {str(error)[:80]}") from None
    points = np.full((len(lines), 4), np.nan)
    names = channels or ["X", "Y"]
    for place, name in enumerate("XYTP"):
        if name in names:
            points[:, place] = values[:, names.index(name)]
    return points


def segment(argument: str, offset: int = 0) -> Segment:
    """The content of the argument of `.SEGMENT`: level, delineation, quality and label. Raises `InkError`."""
    match = _SEGMENT.fullmatch(argument)
    if match is None:
        raise InkError(f"is no segment: {quoted(argument.strip())}", offset=offset)
    level, delineation, quality, rest = match.groups()
    first, last = rest.find('"'), rest.rfind('"')
    label = None
    if first >= 0:
        label = rest[first + 1 : last if last > first else len(rest.rstrip())]
        label = " ".join(re.split(r"[ \t\r\n]*[\r\n\t][ \t\r\n]*", label))
        label = re.sub(r'\\(["\\])', r"\1", label)
    ranges = []
    for part in filter(None, delineation.strip("?").split(",")):
        numbers = _POINTS.fullmatch(part)
        if numbers is None:
            raise InkError(f"has the delineation {quoted(delineation)}", offset=offset)
        start, point, stop, last_point = (None if number is None else int(number) for number in numbers.groups())
        assert start is not None
        single = stop is None
        ranges.append((start, point, start if stop is None else stop, point if single else last_point))
    return Segment(level, tuple(ranges), quality, label, offset)


def parts(segment: Segment, components: Sequence[Component | None]) -> tuple[Part, ...]:
    """The ink of a segment: of `components`, which are those that the file counts, the parts with the pen down.

    Both ends of a delineation belong to it. Raises `InkError` when it names what is not there, or holds no ink.
    """
    result: list[Part] = []
    for first, first_point, last, last_point in segment.ranges:
        if not first <= last < len(components):
            raise InkError(f"names the components {first}-{last}, there are {len(components)}", offset=segment.offset)
        for number in range(first, last + 1):
            component = components[number]
            assert component is not None
            if component.down and component.is_damaged:
                raise InkError(f"holds component {number}, which cannot be read", offset=segment.offset)
            length = len(component.points)
            start = first_point or 0 if number == first else 0
            stop = last_point + 1 if number == last and last_point is not None else length
            if component.down and length:
                if not 0 <= start < stop <= length:
                    reason = f"names the points {start}-{stop - 1} of component {number}, which has {length}"
                    raise InkError(reason, offset=segment.offset)
                result.append((number, start, stop))
    if not result:
        raise InkError("holds no ink", offset=segment.offset)
    return tuple(result)


def upright_strokes(components: Iterable[Component]) -> npt.NDArray[np.bool_]:
    """(N,): of each stroke that goes more up or down than sideways, whether it ends at a smaller y than it began."""
    ends = [c.points[-1, :2] - c.points[0, :2] for c in components if c.down and len(c.points) > 1]
    moved = np.array(ends).reshape(-1, 2)
    upright: npt.NDArray[np.bool_] = moved[np.abs(moved[:, 1]) > 1.5 * np.abs(moved[:, 0]), 1] < 0
    return upright
