"""Examples for the prompt, chosen evenly over the classes of a training split, and the turns of a conversation."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from synthink.core.sample import Sample
from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import picture
from synthink.streams import Stream, StreamKey

if TYPE_CHECKING:
    from synthink.core.generator import Generator
    from synthink.evaluate.data.rows import Rows

POOL = 2000  # rows among which examples are looked for; more would only take time
_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


class Inline(NamedTuple):
    """A picture's file as JSON takes it: its media type, and its bytes in base64."""

    mime_type: str
    data: str


class Turn(NamedTuple):
    """One turn of the conversation; the model's have no picture."""

    role: Literal["user", "model"]
    text: str
    picture: Inline | None = None


def pick_shots(
    rows: Rows, generator: Generator | None, count: int, seed: int, evaluated: Sequence[str] = ()
) -> list[Example]:
    """`count` examples of a training split, taking turns over its classes: the first n are those for n shots.

    generator: what drew the rows; its `answer_class` names a row's class, else suffix or task does. evaluated: names
    of the rows that will be asked about, which must not be these. `ModelError` where rows are too few.
    """
    if rows.name in evaluated:
        raise ModelError(f"{rows.name}: examples must not come from the split that is evaluated")
    stream = StreamKey("few-shot", seed).stream(0, "examples")
    pool = stream.shuffled(range(len(rows)))[:POOL] if count else []
    classes = _classes({index: rows.row(index) for index in pool}, generator)
    found = list(islice(_turns_taken(classes, stream), count))
    if len(found) < count:
        raise ModelError(f"{rows.name}: {count} examples asked for, {len(found)} rows have an answer")
    return [rows.example(index) for index in found]


def _classes(pool: Mapping[int, Mapping[str, Any]], generator: Generator | None) -> dict[str, list[int]]:
    """Class -> rows. Where a generator names none, the suffix is the class if it occurs again and again, else the task.

    Rows that answer nothing are left out: they would show nothing.
    """
    classes: dict[str, list[int]] = {}
    unnamed: dict[str, list[int]] = {}
    for index, row in pool.items():
        if row["suffix"].strip():
            named = generator.answer_class(Sample.from_row(row), row["suffix"]) if generator else None
            if named is None:
                unnamed.setdefault(row["task"], []).append(index)
            else:
                classes.setdefault(f"{row['task']} {named}", []).append(index)
    for task, indices in unnamed.items():
        by_suffix = 2 * len({pool[index]["suffix"] for index in indices}) <= len(indices)
        for index in indices:
            classes.setdefault(f"{task} {pool[index]['suffix']}" if by_suffix else task, []).append(index)
    return classes


def _turns_taken(classes: Mapping[str, list[int]], stream: Stream) -> Iterator[int]:
    """Rows, one of each class in every round, as long as there are any; the order changes from round to round."""
    left = {name: list(indices) for name, indices in sorted(classes.items())}
    while left:
        for name in stream.shuffled(sorted(left)):
            yield left[name].pop(0)
        left = {name: indices for name, indices in left.items() if indices}


def inline(image: Any, name: str) -> Inline:
    """An `Example.image` ready for JSON: PNG and JPEG files as they are, anything else as PNG.

    `ModelError` naming the row when it is no picture.
    """
    if not isinstance(image, np.ndarray):
        for start, kind in _KINDS:
            if bytes(image[: len(start)]) == start:
                return Inline(kind, base64.b64encode(image).decode("ascii"))
    file = io.BytesIO()
    picture(image, name).save(file, "PNG")
    return Inline("image/png", base64.b64encode(file.getvalue()).decode("ascii"))


def shown(example: Example) -> tuple[Turn, Turn]:
    """An example with its answer, as the two turns before a question."""
    return Turn("user", example.prefix, inline(example.image, example.id)), Turn("model", example.suffix)


def asked(example: Example) -> Turn:
    """The question about an example; its suffix stays out."""
    return Turn("user", example.prefix, inline(example.image, example.id))
