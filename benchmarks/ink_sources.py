"""Lines of ink to measure: from files, from a dataset with strokes, or written for the purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthink.ink.model import Ink, InkError
from synthink.streams import StreamKey

SYNTHETIC = "synthetic"
LINES_OF_A_WRITER = 3  # as in the reference, where 221 writers wrote some 600 lines
LONGEST = 32  # characters of a synthetic line; real ones have 30 in the median
SENTENCES = (
    "The ferry left a little before seven and nobody on board had slept.",
    "She keeps the old maps in a drawer under the window, next to the stamps.",
    "Bring two lamps, some rope and a dry blanket; we shall be late.",
    "In March the river rose by nearly 40 centimetres within a day.",
    "Most of the village voted against the bridge, and yet it was built.",
    '"Where have you put my gloves?" he asked without looking up.',
    "A quiet street, three houses wide, led down to the harbour.",
    "They agreed on a price of 250 pounds, half of it to be paid in June.",
    "Nothing in the letter explained why the clock had been sold.",
    "What began as a hobby became, in the end, a small but steady business.",
    "Every Tuesday the baker's boy cycled past with a basket of warm rolls.",
    "The committee has not yet decided whether to repair the roof.",
    "Fog hid the far bank, so we judged the distance by the church bell.",
    "It is hard to say which of the brothers was the better carpenter.",
    "Please answer by Friday, for the hall must be booked in advance.",
    "Queen Elizabeth's visit was remembered there for fifty years.",
)


def inks_of(path: str, most: int, every: int = 1) -> list[Ink]:
    """At most `most` inks, every so-manieth of the source: the word `synthetic`, a synthink dataset with a column
    `strokes`, or any ink files. Raises `SynthinkError`."""
    if path == SYNTHETIC:
        return list(synthetic(most))
    tables = _tables(Path(path))
    if not tables:
        from synthink.ink.reading import read_ink

    inks = dataset(tables) if tables else read_ink(path)
    return list(islice(inks, 0, most * every, every))


def synthetic(count: int, seed: int = 1) -> Iterator[Ink]:
    """Lines by many writers, recorded as by the whiteboard pen of the reference."""
    from synthink.ink.handwriting.device import WHITEBOARD
    from synthink.ink.handwriting.write import handwriting
    from synthink.ink.handwriting.writer import Writer

    key = StreamKey("realism", seed)
    for index in range(count):
        number = index // LINES_OF_A_WRITER
        writer = Writer.draw(f"writer {number}", key.stream(number, "writer"))
        stream = key.stream(index, "ink")
        text = passage(stream.integers(0, len(SENTENCES)), stream.integers(0, 6), stream.integers(18, LONGEST))
        yield handwriting(text, writer, stream, device=WHITEBOARD)


def passage(sentence: int, word: int, letters: int) -> str:
    """Whole words from the given place on, of at most `letters` characters but at least one word."""
    words = " ".join((*SENTENCES[sentence:], *SENTENCES[:sentence])).split(" ")[word:]
    line = words[0]
    for following in words[1:]:
        if len(line) + 1 + len(following) > letters:
            break
        line += " " + following
    return line


def dataset(tables: Sequence[Path]) -> Iterator[Ink]:
    """The lines in the columns `strokes` (lists of strokes of [x, y, t, p]) and `text` of Parquet files."""
    import pyarrow.parquet as parquet

    for table in tables:
        file = parquet.ParquetFile(table)
        named = [name for name in ("strokes", "text") if name in file.schema_arrow.names]
        number = 0
        for batch in file.iter_batches(64, columns=named):
            for row in batch.to_pylist():
                try:
                    strokes = [_numbers(stroke) for stroke in row["strokes"] or () if stroke]
                    yield Ink(strokes, label=row.get("text"), source=str(table))
                except (TypeError, ValueError) as error:
                    raise InkError(f"no strokes of [x, y, t, p]: {error}", str(table), f"row {number}") from None
                number += 1


def constant_speed(ink: Ink) -> Ink:
    """The same strokes, taking as long, seen at the same times, by a pen that runs along them at one speed."""
    strokes = []
    for stroke in ink.strokes:
        points = stroke.astype(np.float64)
        along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points[:, :2], axis=0).T))))
        begin, end = points[[0, -1], 2]
        if end > begin and along[-1] > 0:
            at = np.clip((points[:, 2] - begin) / (end - begin), 0, 1) * along[-1]
            points[:, :2] = np.column_stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)])
        strokes.append(points)
    return Ink(strokes, **ink.about)


def is_line(ink: Ink) -> bool:
    """Whether the ink can be measured: the rows of the table mean nothing for a page."""
    return len(ink) > 0 and "\n" not in (ink.label or "").strip()


def _tables(path: Path) -> list[Path]:
    """The Parquet files that have a column `strokes`."""
    found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path] * (path.suffix == ".parquet")
    if not found:
        return []
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        return [table for table in found if "strokes" in parquet.read_schema(table).names]
    except (OSError, pyarrow.ArrowException) as error:
        raise InkError(f"no Parquet file: {str(error).splitlines()[0]}", str(path)) from None


def _numbers(stroke: list[list[float | None]]) -> npt.NDArray[np.float64]:
    return np.array([[np.nan if value is None else value for value in point] for point in stroke], dtype=np.float64)
