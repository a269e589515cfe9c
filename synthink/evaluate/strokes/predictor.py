"""`predictor=strokes`: a classical baseline for rows of gestures, beside the models that are shown the picture.

It is given what no model gets: the strokes as they were drawn, and the boxes and texts of the page's words. It reads no
handwriting, so that a label's text, and answers that are text, stay empty. Of a row it is handed the question and the
columns `READS`, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from synthink.core.generator import Generator
from synthink.draw.geometry import around
from synthink.errors import ConfigError, ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.predictor import Predictor, Progress
from synthink.evaluate.strokes.page_reader import pauses, templates_of
from synthink.evaluate.strokes.reader import read_mark
from synthink.evaluate.strokes.surroundings import Surroundings
from synthink.labels.formats import Label, format_box, format_label

READS = ("task", "part", "strokes", "ink_width_px", "words", "word_boxes", "image_boxes")
"""The columns that it reads: what was drawn, by how broad a pen, and what is printed around; `task` and `part` tell
what is asked, and by which generator of a mixture."""
FARTHEST = 1e6  # pixels
Row = Mapping[str, Any]
Numbers = npt.NDArray[np.float64]
NEEDED = ("strokes", "words", "word_boxes", "image_boxes")


@runtime_checkable
class AsksAboutGestures(Protocol):
    """A generator of gestures, as far as its questions and answers go."""

    @property
    def gestures(self) -> Mapping[str, float]: ...
    @property
    def size_px(self) -> tuple[int, int]: ...
    @property
    def answer_format(self) -> str: ...
    @property
    def prompts(self) -> Any: ...
    def cased(self, text: str) -> str: ...


class Strokes(Predictor):
    """The nearest synthetic strokes, and geometry: reads the strokes of `gestures`, not the picture."""

    name = "strokes"

    def check(self) -> None:
        super().check()
        if self.shots != (0,):
            raise ConfigError("shots", self.shots, "must be [0]: it learns nothing from examples")

    def open_for(
        self, generator: Generator | None, examples: Sequence[Example], folder: Path, progress: Progress
    ) -> StrokesAnswerer:
        parts = generator.drawing_generators() if generator is not None else []
        if not any(_has_strokes(part) and isinstance(part, AsksAboutGestures) for part in parts):
            drew = " and ".join(part.name for part in parts) or "another program"
            reason = f"reads the strokes of gestures, and {drew} drew no rows with any; name a checkpoint instead"
            raise ConfigError("predictor", self.name, reason)
        assert generator is not None
        return StrokesAnswerer(generator, progress)


def _has_strokes(generator: Generator) -> bool:
    """Whether its rows have all columns that are needed."""
    return generator.columns.keys() >= set(NEEDED)


class StrokesAnswerer:
    """A `RowAnswerer`: it looks at strokes and words instead of pictures."""

    name = "strokes"
    reads = READS

    def __init__(self, generator: Generator, progress: Progress = lambda advance: None) -> None:
        self.generator, self.progress = generator, progress

    def row_answers(self, rows: Sequence[Row]) -> list[str]:
        """The answer to each row; empty for rows of other generators, and where text alone is asked for.

        Raises `ModelError` naming a row that lacks a column.
        """
        answers = []
        for row in rows:
            generator = self.generator.drawn_by(row)
            if _has_strokes(generator) and isinstance(generator, AsksAboutGestures):
                answers.append(_answer(generator, row))
            else:
                answers.append("")
            self.progress(1)
        return answers


def _answer(generator: AsksAboutGestures, row: Row) -> str:
    if row["task"] not in ("recognise_gesture", "detect_text"):
        return ""
    missing = next((name for name in NEEDED if row.get(name) is None), None)
    if missing:
        raise ModelError(f"{row['id']}: the row has no {missing}, which predictor=strokes reads")
    page = Surroundings(
        _numbers(row, "word_boxes", row["word_boxes"]), _numbers(row, "image_boxes", row["image_boxes"])
    )
    if len(page.words) != len(row["words"]):
        raise ModelError(f"{row['id']}: the row has {len(row['words'])} words and {len(page.words)} word_boxes")
    if row["task"] == "detect_text":
        return _box_of_words(generator, row, page)
    strokes = [_numbers(row, "strokes", stroke)[:, :3] for stroke in row["strokes"]]
    if not strokes or not all(len(stroke) for stroke in strokes):
        raise ModelError(f"{row['id']}: the row has no strokes, which predictor=strokes reads")
    places = [stroke[:, :2] for stroke in strokes]
    pen = float(row.get("ink_width_px") or 0.0)
    reading = read_mark(places, pauses(strokes), pen, page, templates_of(generator.gestures))
    ends, box = reading.aim.ends, reading.aim.box
    where = box if ends is None else (*ends[0].centre, *ends[1].centre)
    return format_label(Label(reading.template.kind.name, where), generator.size_px, generator.answer_format)


def _box_of_words(generator: AsksAboutGestures, row: Row, page: Surroundings) -> str:
    """The box around the words that are asked for; an empty answer where they are not among the row's words."""
    words = [generator.cased(word) for word in row["words"]]
    for prompt in generator.prompts.detect_text:
        before, _, after = prompt.partition("{text}")
        if row["prefix"].startswith(before) and row["prefix"].endswith(after):
            wanted = row["prefix"][len(before) : len(row["prefix"]) - len(after)].split()
            for start in range(len(words) - len(wanted) + 1):
                if wanted and words[start : start + len(wanted)] == wanted:
                    box = around(page.words[start : start + len(wanted)].tolist())
                    return format_box(box, generator.size_px, generator.answer_format)
    return ""


def _numbers(row: Row, column: str, entries: Sequence[Any]) -> Numbers:
    """(N, 4) the numbers of boxes or of points, as a dataset or a generator holds them; `ModelError` where they are
    none. Times and pressures may be missing."""
    try:
        rows = [list(entry.values() if isinstance(entry, Mapping) else entry) for entry in entries]
        numbers = np.array(rows, dtype=np.float64).reshape(-1, 4)
    except (TypeError, ValueError):
        numbers = np.full((1, 4), np.nan)
    places = numbers[:, :2] if column == "strokes" else numbers
    if not (np.abs(places) < FARTHEST).all():
        raise ModelError(f"{row['id']}: {column} holds something else than places in a picture")
    return numbers
