"""Answers scored: by generators on rows of their own, by named metrics on rows of others."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from synthink import ConfigError, Generator, Sample
from synthink.errors import ModelError
from synthink.evaluate.scoring import grouped_columns, save_predictions, score_answers
from tests.evaluate.answered import FIELDS, rows_of, scored

every = pytest.mark.parametrize("name", FIELDS)


@every
def test_the_truth_is_right_and_garbage_is_not(name: str) -> None:
    generator, rows = rows_of(name)
    for found in score_answers(rows, [row["suffix"] for row in rows], generator):
        assert next(iter(found.scores)) == "correct"
        assert set(found.scores.values()) == {1.0} and not any(found.errors.values())
        assert found.in_domain and found.truth_class == found.answer_class != "<none>"
    for found, row in zip(score_answers(rows, ["%%%"] * len(rows), generator), rows, strict=True):
        assert found.scores["correct"] == 0
        assert all(found.errors.values())
        assert found.answer_class in ("<none>", None) and (found.answer_class is None) == (found.truth_class is None)
        assert found.image == row["image"] and found.id == row["id"]


@every
def test_half_the_answers_right_is_half_the_score(name: str) -> None:
    generator, rows = rows_of(name)
    answers = [row["suffix"] if number % 2 else "%%%" for number, row in enumerate(rows)]
    assert [each.scores["correct"] for each in score_answers(rows, answers, generator)] == [0.0, 1.0] * (len(rows) // 2)


def test_a_letter_of_the_word_is_in_the_domain_and_another_is_not() -> None:
    generator, rows = rows_of("circled_letters")
    row = next(row for row in rows if "q" not in row["word"])
    other = next(letter for letter in row["word"] if letter != row["suffix"])
    right, wrong, outside = score_answers([row] * 3, [f" {row['suffix']} ", other, "q"], generator)
    assert right.scores["correct"] == 1 and right.truth_shapes[0].tolist() == right.answer_shapes[0].tolist()
    assert (wrong.answer_class, wrong.in_domain, len(wrong.answer_shapes)) == (other, True, row["word"].count(other))
    assert (outside.answer_class, outside.in_domain) == ("q", False)


def test_the_chance_of_a_letter_counts_repeated_ones() -> None:
    generator, rows = rows_of("circled_letters")
    row = {**rows[0], "word": "Banana"}
    assert generator.chance(Sample.from_row(row)) == 3 / 6


def test_a_box_that_is_off_has_its_distance_and_no_box_the_diagonal() -> None:
    generator, rows = rows_of("gestures")
    row = {
        **next(row for row in rows if row["task"] == "detect_text"),
        "suffix": "<loc0100><loc0100><loc0200><loc0300>",
    }
    moved, none = score_answers([row, row], ["<loc0100><loc0164><loc0200><loc0364>", "here"], generator)
    assert moved.errors["distance_px"] == pytest.approx(10)
    assert moved.scores["overlap"] == pytest.approx(136 / 264)
    assert none.errors["distance_px"] == pytest.approx(math.hypot(160, 160)) and not none.in_domain


def test_ends_of_a_gesture_may_come_in_either_order() -> None:
    generator, rows = rows_of("gestures")
    truth = "point <loc0100><loc0200><loc0500><loc0600>"
    row = {**rows[0], "task": "recognise_gesture", "suffix": truth}
    swapped, off = score_answers(
        [row, row],
        ["point <loc0500><loc0600><loc0100><loc0200>", "point <loc0164><loc0200><loc0500><loc0600>"],
        generator,
    )
    assert swapped.errors["distance_px"] == 0 and off.errors["distance_px"] == pytest.approx(5)
    assert len(swapped.answer_shapes) == 1 and swapped.answer_shapes[0].shape == (2, 2)


def picture(width: int = 1024, height: int = 512) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return file.getvalue()


def foreign(*suffixes: str) -> list[dict[str, Any]]:
    return [{"image": picture(), "prefix": "?", "suffix": suffix} for suffix in suffixes]


@pytest.mark.parametrize(
    ("metric", "suffix", "answer", "correct"),
    [
        ("exact", "Cat", " Cat\n", 1),
        ("exact", "Cat", "cat", 0),
        ("exact_ignoring_case", "Cat", "cAT ", 1),
        ("contains", "a", "The letter is A.", 1),
        ("contains", "a", "The letter is b, at last.", 0),
        ("contains", "C++", "it is c++", 1),
        ("cer", "cats", "cats", 1),
        ("cer", "cats", "cat", 0),
        ("overlap", "<loc0000><loc0000><loc0100><loc0100> cat", "<loc0000><loc0000><loc0100><loc0110> Cat", 1),
        ("overlap", "<loc0000><loc0000><loc0100><loc0100> cat", "<loc0000><loc0000><loc0100><loc0110> dog", 0),
        ("overlap", "<loc0000><loc0000><loc0100><loc0100>", "<loc0100><loc0100><loc0000><loc0000>", 0),
        ("overlap", "<loc0000><loc0000><loc0100><loc0100>", "a cat", 0),
        ("points", "<loc0500><loc0500>", "<loc0501><loc0510>", 1),
        ("points", "<loc0500><loc0500>", "<loc0500><loc0530>", 0),
        ("points", "<loc0500><loc0500>", "<loc0500>", 0),
    ],
)
def test_named_metrics(metric: str, suffix: str, answer: str, correct: float) -> None:
    (found,) = score_answers(foreign(suffix), [answer], metric)
    assert found.scores["correct"] == correct
    (truth,) = score_answers(foreign(suffix), [suffix], metric)
    assert set(truth.scores.values()) == {1.0} and not any(truth.errors.values()) and truth.in_domain


def test_several_boxes_are_matched_each_with_its_own() -> None:
    one, two = "<loc0000><loc0000><loc0100><loc0100> cat", "<loc0500><loc0500><loc0600><loc0600> cat"
    swapped, half, more = score_answers(
        foreign(*[f"{one} ; {two}"] * 3), [f"{two} ; {one}", two, f"{one};{two};{two}"], "overlap"
    )
    assert swapped.scores == {"correct": 1, "overlap": 1}
    assert half.scores == {"correct": 0, "overlap": 0.5}
    assert more.scores == {"correct": 0, "overlap": pytest.approx(2 / 3)}


def test_cer_may_be_above_one_and_points_are_in_pixels() -> None:
    (found,) = score_answers(foreign("ab"), ["xxxxxx"], "cer")
    assert found.errors == {"cer": 3.0} and found.scores["character_accuracy"] == 0
    (found,) = score_answers(foreign("<loc0500><loc0500>"), ["<loc0510><loc0500>"], "points")
    assert found.errors["distance_px"] == pytest.approx(5)


def test_answers_that_come_again_and_again_are_classes() -> None:
    rows = foreign(*["cat", "dog"] * 4)
    found = score_answers(rows, ["cat"] * 6 + ["bird", ""], "exact")
    assert [each.answer_class for each in found[-3:]] == ["cat", "<none>", "<none>"]
    assert [each.in_domain for each in found[-3:]] == [True, False, False]
    found = score_answers(rows, ["It is a dog."] * 8, "contains")
    assert {each.answer_class for each in found} == {"dog"}
    found = score_answers(foreign(*map(str, range(8))), ["x"] * 8, "exact")
    assert {each.answer_class for each in found} == {None} and found[0].in_domain


def test_what_cannot_be_scored_is_named() -> None:
    with pytest.raises(ConfigError, match="did you mean overlap"):
        score_answers(foreign("a"), ["a"], "overlaps")
    with pytest.raises(ModelError, match=r"1: .*'cat' holds no box"):
        score_answers(foreign("<loc0000><loc0000><loc0100><loc0100>", "cat"), ["a", "b"], "overlap")
    with pytest.raises(ModelError, match="is in no format that is read"):
        score_answers([{"image": b"no", "prefix": "?", "suffix": "<loc0001><loc0001>"}], ["a"], "points")
    with pytest.raises(ValueError, match="1 answers to 2 rows"):
        score_answers(foreign("a", "b"), ["a"])


def test_groups_are_short_texts_of_few_values() -> None:
    rows = [
        {
            "image": b"",
            "prefix": str(i),
            "suffix": str(i),
            "word": f"w{i}",
            "side": "ab"[i % 2],
            "n": i % 2,
            "font": f"f{i}",
            "rolling": i % 3 == 0,
        }
        for i in range(12)
    ]
    assert grouped_columns(rows) == ["side", "font", "rolling"]
    assert grouped_columns(rows, ["word"]) == ["word", "side", "font", "rolling"]
    found = score_answers([{**row, "side": row["side"] if i else None} for i, row in enumerate(rows)], ["0"] * 12)
    assert "side" not in found[0].groups and found[1].groups == {"side": "b", "font": "f1", "rolling": "False"}


def test_generators_groups() -> None:
    asked = next(each for each in scored("gestures") if each.task == "recognise_gesture")
    assert {"task", "class", "variant"} <= set(asked.groups)
    assert {"task", "class", "font", "font_family", "mark_shape"} <= set(scored("circled_letters")[0].groups)


@every
def test_predictions_are_read_back_by_datasets(name: str, tmp_path: Path) -> None:
    import datasets

    found = scored(name)
    save_predictions(tmp_path / "predictions.parquet", found)
    table = datasets.load_dataset("parquet", data_files=str(tmp_path / "predictions.parquet"), cache_dir=str(tmp_path))
    assert len(table["train"]) == len(found)
    for row, each in zip(table["train"], found, strict=True):
        assert (row["id"], row["task"], row["suffix"], row["answer"]) == (each.id, each.task, each.suffix, each.answer)
        assert (row["truth_class"], row["answer_class"]) == (each.truth_class, each.answer_class)
        for figures in (each.scores, each.errors):
            assert {figure: row[figure] for figure in figures} == figures


def test_half_a_surrogate_pair_can_be_saved(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    save_predictions(tmp_path / "p.parquet", score_answers(foreign("a"), ["\ud83d\0"]))
    assert pq.read_table(tmp_path / "p.parquet")["answer"].to_pylist() == ["?\0"]


class TwoOfAName(Generator):
    """A score by the name of a column."""

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"answer": 0.5, "correct": 1.0}


def test_a_score_by_the_name_of_a_column(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    found = score_answers(foreign("a"), ["b"], TwoOfAName())
    assert next(iter(found[0].scores)) == "correct"
    save_predictions(tmp_path / "p.parquet", found)
    row = pq.read_table(tmp_path / "p.parquet").to_pylist()[0]
    assert row["answer"] == "b" and row["scores_answer"] == 0.5
