"""`predictor=strokes`: gestures read off their strokes, in rows and on pages, and what it refuses."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import Generator, Sample
from synthink.documents import apply
from synthink.draw.geometry import Box
from synthink.errors import ConfigError, ModelError
from synthink.evaluate.data.rows import Dataset
from synthink.evaluate.evaluate import Evaluation
from synthink.evaluate.predictor import evaluate_predictor
from synthink.evaluate.strokes.page_reader import read_gesture
from synthink.evaluate.strokes.predictor import READS, Strokes, StrokesAnswerer
from synthink.generators.circled_letters import CircledLetters
from synthink.generators.gestures import Gestures
from synthink.gestures import PageCrop, StrokeSketcher, Target, gesture_of, kind_named
from synthink.gestures.kind import KINDS, GestureKind, Mark
from synthink.gestures.target import Strip
from synthink.ink import Ink
from synthink.labels import intersection_over_union
from synthink.streams import StreamKey
from tests.page_makers import page_of_rows

BARE = ("crop", "delete", "point", "select", "underline")


def rows(count: int, seed: int, **fields: Any) -> tuple[Generator, list[dict[str, Any]]]:
    source = synthink.dataset("gestures", size=1, seed=seed, **fields).source
    drawn = [source.row("test", index) for index in range(count)]
    return source.generator, [{**row, "image": b""} for row in drawn]


def columns(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row.get(name) for name in ("id", "prefix", *READS)} for row in drawn]


def mean_scores(generator: Generator, drawn: list[dict[str, Any]]) -> dict[str, float]:
    answers = StrokesAnswerer(generator).row_answers(columns(drawn))
    scores = [generator.score(Sample.from_row(row), answer) for row, answer in zip(drawn, answers, strict=True)]
    return {name: float(np.mean([score[name] for score in scores])) for name in ("gesture", "overlap")}


@pytest.mark.heavy
def test_classes_and_targets_of_fresh_rows() -> None:
    """With 40 rows: half of them have handwriting, of which 0.9 of the classes are read, too."""
    generator, drawn = rows(40, 8101, documents={"count": 24}, tasks={"detect_text": 0})
    scores = mean_scores(generator, drawn)
    assert scores["gesture"] >= 0.85
    assert scores["overlap"] >= 0.85


@pytest.mark.slow
def test_nine_of_ten_classes_and_an_overlap_of_seven_tenths_within_fifty_milliseconds() -> None:
    generator, drawn = rows(900, 8102, tasks={"detect_text": 0})
    bare = [row for row in drawn if row["gesture"] in BARE]
    assert {row["gesture"] for row in bare} == set(BARE)
    scores = mean_scores(generator, bare)
    assert scores["gesture"] >= 0.95
    assert scores["overlap"] >= 0.95
    assert mean_scores(generator, drawn)["gesture"] >= 0.93
    asked, start = columns(drawn), process_time()
    StrokesAnswerer(generator).row_answers(asked)
    assert (process_time() - start) / len(asked) < 0.05


def test_words_that_are_asked_for_are_found() -> None:
    generator, drawn = rows(8, 8103, documents={"count": 8}, tasks={"recognise_gesture": 0}, label_format="qwen")
    answers = StrokesAnswerer(generator).row_answers(columns(drawn))
    scores = [generator.score(Sample.from_row(row), answer) for row, answer in zip(drawn, answers, strict=True)]
    assert all(score["overlap"] > 0.95 for score in scores)
    hidden = [{**row, "words": [f"x{word}" for word in row["words"]]} for row in drawn]
    assert StrokesAnswerer(generator).row_answers(columns(hidden)) == [""] * 8


def test_ink_on_a_page_is_read_as_what_it_means_there() -> None:
    source = synthink.dataset("gestures", size=1, seed=8104, documents={"count": 8}, tasks={"detect_text": 0}).source
    generator = source.generator
    assert isinstance(generator, Gestures)
    right: Counter[str] = Counter()
    for index in range(16):
        crop: PageCrop = generator._search(source.split("test").context(index), Counter())[2]
        composed = crop.composed
        assert composed is not None
        meant, read = gesture_of(composed), read_gesture(crop.page, composed.ink, pen=composed.broad or 1.75)
        right["class"] += read.kind == meant.kind
        right["place"] += (
            np.abs(np.array(read.places) - meant.places).max() < 8 or intersection_over_union(read.box, meant.box) > 0.7
        )
        if composed.kind.name == "delete" and read.kind == "delete":
            assert apply(crop.page, read).text == apply(crop.page, meant).text
    assert right["class"] >= 13
    assert right["place"] >= 13


@pytest.mark.parametrize(
    ("strokes", "kind", "words"),
    [
        ("under", "underline", ["two", "three"]),
        ("through", "delete", ["two", "three"]),
        ("around", "select", ["two", "three"]),
        ("between", "point", ["one", "four"]),
    ],
)
def test_plain_marks_with_neither_times_nor_pressure(strokes: str, kind: str, words: list[str]) -> None:
    page = page_of_rows([["alpha", "beta", "gamma"], ["one", "two", "three", "four"], ["more", "of", "it"]])
    boxes = dict(zip(page.words, page.word_boxes.tolist(), strict=True))
    left, top, _, bottom = boxes["two"]
    right = boxes["three"][2]
    middle, height = (top + bottom) / 2, bottom - top
    turn = np.linspace(0, 2 * np.pi, 40)
    start, end = (np.array(((b[0] + b[2]) / 2, middle)) for b in (boxes["one"], boxes["four"]))
    lines = {
        "under": [np.linspace((left, bottom), (right, bottom + 1), 30)],
        "through": [np.linspace((left - 1, middle), (right + 2, middle - 1), 30)],
        "around": [
            np.stack(
                (
                    (left + right) / 2 + 0.55 * (right - left) * np.cos(turn),
                    middle + 0.75 * height * np.sin(turn),
                ),
                axis=1,
            )
        ],
        "between": [
            np.linspace(start, end, 30),
            np.array([(6.0, -6.0), (0.0, 0.0), (6.0, 6.0)]) + start,
            np.array([(-6.0, -6.0), (0.0, 0.0), (-6.0, 6.0)]) + end,
        ],
    }[strokes]
    gesture = read_gesture(page, Ink(lines))
    assert gesture.kind == kind
    if kind == "point":
        assert {tuple(np.round(place)) for place in gesture.places} == {tuple(np.round(start)), tuple(np.round(end))}
    else:
        assert np.allclose(gesture.box, (left, top, right, bottom), atol=0.1)
    assert gesture.text == ""


def test_a_class_of_ones_own_is_read_by_its_variants() -> None:
    try:

        class Tick(GestureKind):
            """Words that are right: a tick above them."""

            target_kind = "word"

        @Tick.variant(name="tick")
        def tick(self: GestureKind, target: Target, pen: StrokeSketcher) -> Mark:
            x, y = target.box.centre[0], target.box.top - 0.1 * target.height
            size = pen.uniform(0.8, 1.2) * target.height
            return Mark([np.array(((x - 0.3 * size, y - 0.4 * size), (x, y), (x + 0.7 * size, y - size)))])

        page = page_of_rows([["one", "two", "three"]])
        box = Box(*page.word_boxes[1].tolist())
        target = Target(box, (1,), (Strip(box, box, box.bottom, None, None),))
        pen = StrokeSketcher(StreamKey("test").stream(0, "tick"))
        strokes = tick(kind_named("tick"), target, pen).strokes
        read = read_gesture(page, Ink(strokes), {"tick": 1, "underline": 1, "select": 1, "delete": 1})
        assert (read.kind, read.box) == ("tick", box)
    finally:
        KINDS.pop("tick", None)


@pytest.mark.parametrize(
    "gestures", [{"question": 1}, {"instruct_image": 1, **dict.fromkeys(("instruct_image.ring",), 0)}, {"crop": 1}]
)
@pytest.mark.parametrize("words", [[], [["one", "two"]]])
def test_any_ink_is_read_as_one_of_the_classes(gestures: dict[str, float], words: list[list[str]]) -> None:
    page = page_of_rows(words)
    for strokes in ([[(10, 10)]], [[(5, 5), (5, 900)], [(700, 3), (8, 3)]], [[(x, x % 7) for x in range(3000)]]):
        assert read_gesture(page, Ink(strokes), gestures).kind in gestures


def test_what_it_cannot_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ink='no strokes'"):
        read_gesture(page_of_rows([["one"]]), Ink([]))
    with pytest.raises(ConfigError, match="shots"):
        Strokes(shots=(0, 2))
    for generator in (CircledLetters(), None):
        with pytest.raises(ConfigError, match="predictor='strokes': reads the strokes of gestures"):
            Strokes().open_for(generator, [], tmp_path, lambda advance: None)
    generator, [row] = rows(1, 8105, documents={"count": 8}, tasks={"detect_text": 0})
    for change, reason in (
        ({"strokes": None}, "the row has no strokes"),
        ({"strokes": []}, "the row has no strokes"),
        ({"word_boxes": []}, "the row has [0-9]+ words and 0 word_boxes"),
        ({"word_boxes": None}, "the row has no word_boxes"),
        ({"strokes": [[(float("nan"), 1, 0, 0)]]}, "strokes holds something else than places"),
        ({"image_boxes": [("a", "b", "c", "d")]}, "image_boxes holds something else than places"),
    ):
        with pytest.raises(ModelError, match=f"^{row['id']}: {reason}"):
            StrokesAnswerer(generator).row_answers(columns([{**row, **change}]))


@pytest.mark.heavy
@pytest.mark.whole
def test_a_folder_without_rows_to_learn_from_and_with_other_parts(tmp_path: Path) -> None:
    parts = [
        {"generator": "gestures", "fields": {"documents": {"count": 8}, "tasks": {"detect_text": 0}}},
        {"generator": "circled_letters"},
    ]
    synthink.generate("mixture", splits={"train": 0, "test": 14}, seed=8106, output=tmp_path / "data", parts=parts)
    dataset = Dataset(tmp_path / "data")
    result = evaluate_predictor(Evaluation([dataset], rows=14), Strokes(), tmp_path / "report")
    [summary] = result.summaries.values()
    drawn = [dataset.rows("test").row(index)["part"] for index in range(14)]
    assert summary.scores["gesture"].mean >= 0.8
    assert 0 < summary.scores["correct"].mean <= drawn.count(0) / 14
    assert (tmp_path / "report" / "report.html").exists()
