"""Answers are scored by the generator that drew the rows, or by a metric that is named."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthink.core.sample import RESERVED_COLUMNS, Sample
from synthink.draw.geometry import Points
from synthink.errors import ModelError
from synthink.evaluate.named_metrics import Scorer, metric_named
from synthink.files import write_atomically

GROUPED = ("font", "font_family", "variant")  # columns by which scores are told apart, with the balance columns
FEW = 20  # values of any other column of text for the same, at most, each in
ROWS_A_VALUE = 3  # rows on average
SHORT = 100  # characters of such a value, at most
PICTURES = 2000  # rows whose picture is kept for reports

Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class ScoredAnswer:
    """An answer to a row, with its scores.

    scores: numbers 0..1, `correct` first. errors: numbers of which 0 is best. groups: column -> the row's value.
    truth_parts, answer_parts: part of the truth -> its class, and the class that was answered.
    truth_shapes, answer_shapes: what truth and answer point at, as lines of (N, 2) pixels. image: the picture's file;
    it may be empty.
    """

    id: str
    task: str
    prefix: str
    suffix: str
    answer: str
    scores: Mapping[str, float]
    errors: Mapping[str, float]
    truth_class: str | None
    answer_class: str | None
    in_domain: bool
    groups: Mapping[str, str]
    truth_parts: Mapping[str, str] = field(default_factory=dict)
    answer_parts: Mapping[str, str] = field(default_factory=dict)
    truth_shapes: Sequence[Points] = ()
    answer_shapes: Sequence[Points] = ()
    image: bytes = field(default=b"", repr=False)


def score_answers(rows: Iterable[Row], answers: Sequence[str], by: Scorer | str = "exact") -> list[ScoredAnswer]:
    """The scored answers, in the order of the rows.

    rows: mappings with `image` (the bytes of a picture file), `prefix`, `suffix`, annotations, and where they are known
    `id` and `task`; read once. by: the rows' generator, or a metric's name. Raises `ModelError` naming the row that
    cannot be scored, `ConfigError` for an unknown metric, ValueError for another number of answers than rows.
    """
    complete_rows = [
        ({**row, "id": str(row.get("id") or number), "task": row.get("task") or ""}) for number, row in enumerate(rows)
    ]
    if len(complete_rows) != len(answers):
        raise ValueError(f"{len(answers)} answers to {len(complete_rows)} rows")
    scorer = metric_named(by, (row["suffix"] for row in complete_rows)) if isinstance(by, str) else by
    columns = grouped_columns(complete_rows, getattr(scorer, "balance_columns", ()))
    scored = []
    for number, (row, answer) in enumerate(zip(complete_rows, answers, strict=True)):
        try:
            scored.append(_scored(row, answer, scorer, columns, number < PICTURES))
        except ModelError as error:
            raise ModelError(f"{row['id']}: {error}") from None
    return scored


def _scored(row: Row, answer: str, scorer: Scorer, columns: Sequence[str], with_picture: bool) -> ScoredAnswer:
    sample = Sample.from_row(row)
    scores = scorer.score(sample, answer)
    truth_class = scorer.answer_class(sample, row["suffix"])
    groups = {"task": row["task"], "class": truth_class} | {column: row.get(column) for column in columns}
    return ScoredAnswer(
        id=row["id"],
        task=row["task"],
        prefix=row["prefix"],
        suffix=row["suffix"],
        answer=answer,
        scores={"correct": scores["correct"], **scores},
        errors=scorer.errors(sample, answer),
        truth_class=truth_class,
        answer_class=scorer.answer_class(sample, answer),
        in_domain=scorer.in_domain(sample, answer),
        groups={name: str(value) for name, value in groups.items() if value not in (None, "")},
        truth_parts=scorer.part_classes(sample, row["suffix"]),
        answer_parts=scorer.part_classes(sample, answer),
        truth_shapes=scorer.answer_shapes(sample, row["suffix"]),
        answer_shapes=scorer.answer_shapes(sample, answer),
        image=picture_file(row["image"]) if with_picture else b"",
    )


def grouped_columns(rows: Sequence[Row], always: Sequence[str] = ()) -> list[str]:
    """The columns by whose values scores are told apart: font, variant and a generator's balance columns, and every
    other column of short texts or of yes and no with few values, each in several rows."""
    values: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items():
            if name not in RESERVED_COLUMNS and value is not None:
                values.setdefault(name, []).append(value)
    wanted = {*GROUPED, *always}
    return [
        name
        for name, column in values.items()
        if all(isinstance(value, bool) or (isinstance(value, str) and len(value) <= SHORT) for value in column)
        and (name in wanted or 2 <= len(set(column)) <= min(FEW, len(column) / ROWS_A_VALUE))
    ]


def picture_file(image: Any) -> bytes:
    """The bytes of a picture file, from them, from what `datasets` makes of them undecoded, or encoded as PNG."""
    if isinstance(image, Mapping):
        image = image.get("bytes") or b""
    if isinstance(image, bytes | bytearray | memoryview):
        return bytes(image)
    from synthink.draw.picture import as_picture

    return as_picture(image).encode()[0]


def save_predictions(path: Path, answers: Sequence[ScoredAnswer]) -> None:
    """Write all answers as a Parquet file: a row each, a column for each score and error, empty where a row has none.

    `datasets.load_dataset("parquet", data_files=...)` reads it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = ("id", "task", "prefix", "suffix", "answer", "truth_class", "answer_class")
    columns: dict[str, pa.Array] = {
        name: pa.array([_storable(getattr(answer, name)) for answer in answers], pa.string()) for name in texts
    }
    columns["in_domain"] = pa.array([answer.in_domain for answer in answers], pa.bool_())
    for kind in ("scores", "errors"):
        for name in dict.fromkeys(name for answer in answers for name in getattr(answer, kind)):
            figures = pa.array([getattr(answer, kind).get(name) for answer in answers], pa.float64())
            columns[name if name not in columns else f"{kind}_{name}"] = figures
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    write_atomically(path, file.getvalue())


def _storable(text: str | None) -> str | None:
    """Text without halves of surrogate pairs, which no UTF-8 has."""
    return None if text is None else text.encode("utf-8", "replace").decode()
