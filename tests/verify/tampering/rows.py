"""Rows, in whatever format they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.verify.folders import Change, Rows, repainted


def rows() -> Iterator[Any]:
    def swap_pictures(rows: Rows) -> None:
        rows[0]["image"]["bytes"], rows[1]["image"]["bytes"] = rows[1]["image"]["bytes"], rows[0]["image"]["bytes"]

    def swap_labels(rows: Rows) -> Rows:
        return [{**rows[1 - i], "id": row["id"], "image": row["image"]} if i < 2 else row for i, row in enumerate(rows)]

    def put(**values: Any) -> Change:
        return lambda rows: rows[1].update(values)

    def box(rows: Rows, value: float) -> None:
        rows[1]["letter_box"] = [value, *rows[1]["letter_box"][1:]]

    yield "pictures change places", swap_pictures, "made again"
    yield "labels change places", swap_labels, "labels"
    yield "a row is gone", lambda rows: rows[:-1], "shards"
    yield "a row is twice there", lambda rows: [*rows, rows[0]], "shards"
    yield "a row stands in another's place", lambda rows: [rows[0], rows[0], *rows[2:]], "shards"
    yield "rows in another order", lambda rows: rows[::-1], "shards"
    yield "an id", put(id="circled_letters-train-0000099"), "shards"
    yield "an answer", lambda rows: rows[1].update(suffix="q" if rows[1]["suffix"] != "q" else "p"), "labels"
    yield "an empty answer", put(suffix=""), "made again"
    yield "a question", put(prefix="Which letter is underlined?"), "made again"
    yield "a task", put(task="transcribe"), "made again"
    yield "a word", put(word="poison"), "made again"
    yield "a pixel", lambda rows: rows[1]["image"].update(bytes=repainted(rows[1]["image"]["bytes"])), "made again"
    yield (
        "a picture of another kind",
        lambda rows: rows[1]["image"].update(bytes=repainted(rows[1]["image"]["bytes"], "JPEG")),
        "shards",
    )
    yield "a picture that is none", lambda rows: rows[1]["image"].update(bytes=b"\x89PNG or not"), "pictures"
    yield "a picture of no bytes", lambda rows: rows[1]["image"].update(bytes=b""), "pictures"
    yield "no picture", put(image=None), "pictures"
    yield "no answer", put(suffix=None), "shards"
    yield "no word", put(word=None), "shards"
    yield "a number in place of an answer", put(suffix=7), "shards", "webdataset", "jsonl"
    yield "a list in place of an answer", put(suffix=["a"]), "shards", "webdataset", "jsonl"
    yield "an object in place of a word", put(word={"a": {}}), "shards", "webdataset", "jsonl"
    yield "a field more", put(prompt="poison"), "shards", "webdataset", "jsonl"
    yield "a field less", lambda rows: rows[1].pop("word") and None, "shards", "webdataset", "jsonl"
    with_boxes = ("parquet", "arrow", "webdataset")
    for name, value, check in (
        ("NaN", float("nan"), "shards"),
        ("infinite", float("inf"), "shards"),
        ("outside", -5.0, "boxes"),
        ("shifted", 1.0, "made again"),
        ("backwards", 3e4, "boxes"),
    ):
        yield f"a box {name}", lambda rows, value=value: box(rows, value), check, *with_boxes
    yield "a box of three numbers", put(letter_box=[1.0, 2.0, 3.0]), "shards", "webdataset"
    yield "a box of words", put(letter_box=["1", "2", "3", "4"]), "shards", "webdataset"
    yield "a huge number", put(text_size_px=10**400), "shards", "webdataset"
    yield (
        "a number a little larger",
        lambda rows: rows[1].update(text_size_px=rows[1]["text_size_px"] + 1),
        "made again",
        *with_boxes,
    )
    yield "no box", put(letter_box=None), "shards", *with_boxes
    yield (
        "a picture under another row's name",
        lambda rows: rows[1]["image"].update(path="circled_letters-train-0000077.png"),
        "shards",
    )
    yield (
        "a picture with a suffix that lies",
        lambda rows: rows[1]["image"].update(path=rows[1]["id"] + ".jpg"),
        "shards",
    )
