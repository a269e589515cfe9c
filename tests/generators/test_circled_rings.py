"""Circled letters with no ring or several, in turn, and with several questions: rows, controls, scores and chance."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import Box, ConfigError, RowDataset, Sample, dataset
from synthink.testing import check_generator
from synthink.verify import verify

pytestmark = [pytest.mark.heavy, pytest.mark.whole]

ALL = ("letter", "position", "word", "count", "box")
EVERY = {"questions": dict.fromkeys(ALL, 1.0), "questions_per_picture": "all"}


def made(size: int = 2000, seed: int = 3, **fields: Any) -> RowDataset:
    return dataset("circled_letters", size=size, seed=seed, **{"picture_px": 128, **fields})


def samples(rows: RowDataset, count: int) -> list[Sample]:
    return [rows.source.draw("train", index) for index in range(count)]


# --- none, and several ------------------------------------------------------------------------------------------------


def test_rows_without_a_ring_are_other_rows_without_theirs() -> None:
    """The picture of such a row is the control of the row that it would have been: nothing else tells."""
    rows, marked = made(unmarked=0.3), made()
    bare = 0
    for index in range(20):
        row, other = rows.source.row("train", index), marked.source.row("train", index)
        control = rows.source.row("train", index, control=True)["image"].array()
        if row["letter_indices"]:
            assert row["suffix"] == other["suffix"] and row["letter_indices"] == [other["letter_index"]]
            assert (row["image"].array() == other["image"].array()).all()
            continue
        bare += 1
        assert row["suffix"] == "none"
        assert not any(
            row[name] for name in ("letter_boxes", "letter_quads", "mark_boxes", "mark_quads", "mark_shapes")
        )
        assert row["mark_opacity"] is row["mark_scale"] is row["mark_line_width_px"] is None
        assert row["prefix"] == other["prefix"] and row["mark_colour"] == other["mark_colour"]
        assert (row["image"].array() == control).all()
        assert (control == marked.source.row("train", index, control=True)["image"].array()).all()
    assert 2 <= bare <= 12


def test_several_rings_lie_apart_and_are_named_in_reading_order() -> None:
    counts = Counter[int]()
    for sample in samples(made(mark_count=(1, 3), rotation_deg=(0, 0)), 30):
        notes = sample.annotations
        counts[len(notes["letter_indices"])] += 1
        assert sample.suffix == ", ".join(notes["word"][index] for index in notes["letter_indices"])
        assert notes["letter_boxes"] == [notes["glyph_boxes"][index] for index in notes["letter_indices"]]
        marks = [Box(*box) for box in notes["mark_boxes"]]
        for mark, letter in zip(marks, notes["letter_boxes"], strict=True):
            assert mark.left < Box(*letter).centre[0] < mark.right
        gap = 0.15 * notes["text_size_px"]
        assert all(one.right + gap * 0.9 < other.left for one, other in pairwise(marks))
    assert min(counts[1], counts[2], counts[3]) >= 4, counts


@pytest.mark.parametrize(
    "fields",
    [
        {"balance_letters": True, "unmarked": 0.5, "answers": ["It is {answer}."]},
        {**EVERY, "mark_count": 2, "camera": "scan"},
    ],
    ids=str,
)
def test_the_contract_holds(fields: dict[str, Any]) -> None:
    check_generator("circled_letters", rows=3, fresh_process=False, picture_px=128, **fields)


# --- letters that take turns ------------------------------------------------------------------------------------------


def test_every_letter_has_as_many_turns() -> None:
    rows = made(picture_px=96, balance_letters=True)
    drawn = samples(rows, 104)
    assert set(Counter(sample.suffix for sample in drawn).values()) == {2}, "26 letters in two cases, two turns each"
    blocks = [[sample.suffix for sample in drawn[start : start + 52]] for start in (0, 52)]
    assert blocks[0] != blocks[1] and sorted(blocks[0]) == sorted(blocks[1])
    again = dataset("circled_letters", size=9, seed=3, picture_px=96, balance_letters=True)
    assert again.source.draw("train", 7).suffix == drawn[7].suffix, "whatever was drawn before"


def test_letters_that_look_alike_in_every_font_have_no_turn() -> None:
    one = {"families": ("DejaVu Sans",), "bold": False, "italic": False, "share_across_splits": True}
    words = {"source": "random", "alphabet": "aIlb", "length": (3, 5)}
    drawn = samples(made(balance_letters=True, fonts=one, words=words), 4)
    assert sorted(sample.suffix for sample in drawn) == ["a", "a", "b", "b"]
    with pytest.raises(ConfigError, match=r"balance_letters=True: takes one letter"):
        made(balance_letters=True, mark_count=(1, 2))
    words = ["".join(letters) for letters in product("abcdefghijklm", repeat=3)]
    with pytest.raises(
        ConfigError, match=r"='z': the letter stands in . of 4,000 words .*leave it out with words.alphabet"
    ):
        made(balance_letters=True, words={"source": [*words, "zab"], "share_across_splits": True})[0]


def test_the_best_guess_is_as_good_as_told() -> None:
    """With turns, whoever names a rare letter of each word is right as often as `chance` says."""
    rows = made(balance_letters=True, words={"source": "random", "alphabet": "abee", "length": (3, 4)}, picture_px=64)
    drawn, chance = samples(rows, 300), rows.generator.chance
    guesses = [next(letter for letter in "abe" if letter in sample.annotations["word"]) for sample in drawn]
    hits = sum(guess == sample.suffix for guess, sample in zip(guesses, drawn, strict=True)) / len(drawn)
    assert hits == pytest.approx(sum(map(chance, drawn)) / len(drawn), abs=0.08)


# --- questions --------------------------------------------------------------------------------------------------------


def test_all_questions_are_asked_about_one_picture() -> None:
    rows = made(**EVERY, mark_count=(1, 2))
    for first in (0, 5):
        asked = [rows.source.row("train", first + number) for number in range(5)]
        assert [row["task"] for row in asked] == ["circled_letters", *ALL[1:]]
        assert {row["picture_number"] for row in asked} == {first // 5}
        assert len({row["image"].checksum() for row in asked}) == 1
        assert len({row["prefix"] for row in asked}) == 5
        letters, positions, word, count, box = (row["suffix"] for row in asked)
        assert word == asked[0]["word"] and count == str(len(asked[0]["letter_indices"]))
        assert letters == ", ".join(word[int(position) - 1] for position in positions.split(", "))
        assert box.count("<loc") == 4 * int(count)
    assert rows.source.row("train", 0)["image"].checksum() != rows.source.row("train", 5)["image"].checksum()


def test_questions_come_as_often_as_their_weights_say() -> None:
    rows = made(questions={"letter": 1, "count": 3}, mark_count=(1, 2), picture_px=64)
    tasks = Counter(sample.task for sample in samples(rows, 80))
    assert tasks.keys() == {"", "count"} and 48 <= tasks["count"] <= 72
    plain = made(picture_px=64).source.draw("train", 0)
    other = made(picture_px=64, questions={"letter": 0, "position": 1}).source.draw("train", 0)
    assert (other.picture.array() == plain.picture.array()).all(), "the question does not move the picture"
    assert other.suffix == str(plain.annotations["letter_index"] + 1)


def test_a_second_circle_makes_questions_name_the_colour() -> None:
    rows = made(**EVERY, mark_count=(1, 2), distractors=["circle"], distractor_chance=1.0)
    for index in range(20):
        row = rows.source.row("train", index)
        if row["distractors"] and row["task"] != "word":
            assert row["mark_colour"] in row["prefix"]


# --- scores -----------------------------------------------------------------------------------------------------------

GENERATOR = made(**EVERY, mark_count=(1, 3), unmarked=0.2).generator
BOXES = ("<loc0100><loc0100><loc0300><loc0300>", "<loc0500><loc0100><loc0600><loc0300>")


def row(task: str, suffix: str, indices: list[int], word: str = "RIDER") -> Sample:
    glyphs = [Box(10.0 * i, 10, 10.0 * i + 8, 30) for i in range(len(word))]
    notes = {"word": word, "letter_indices": indices, "glyph_boxes": glyphs}
    return Sample(np.zeros((128, 128, 3), np.uint8), "?", suffix, notes, task)


@pytest.mark.parametrize(
    ("sample", "answer", "correct", "lenient"),
    [
        (row("circled_letters", "I, E", [1, 3]), "I, E", 1, 1),
        (row("circled_letters", "I, E", [1, 3]), "The letters I and E are circled.", 0, 1),
        (row("circled_letters", "I, E", [1, 3]), "E, I", 0, 0),
        (row("circled_letters", "I, E", [1, 3]), "I", 0, 0),
        (row("circled_letters", "I, E", [1, 3]), "I, D, E", 0, 0),
        (row("circled_letters", "none", []), "none", 1, 1),
        (row("circled_letters", "none", []), "No letter is circled.", 0, 1),
        (row("circled_letters", "none", []), "R", 0, 0),
        (row("circled_letters", "D", [2]), "none", 0, 0),
        (row("circled_letters", "D", [2]), "No letter is circled.", 0, 0),
        (row("position", "2, 4", [1, 3]), "The second and the 4th", 0, 1),
        (row("position", "2, 4", [1, 3]), "2, 3", 0, 0),
        (row("word", "RIDER", [1]), "It says rider.", 0, 1),
        (row("word", "RIDER", [1]), "RIDERS", 0, 0),
        (row("count", "2", [1, 3]), "There are two.", 0, 1),
        (row("count", "0", []), "There are no circled letters", 0, 1),
        (row("count", "2", [1, 3]), "2 or 3", 0, 0),
        (row("box", " ; ".join(BOXES), [1, 3]), " ; ".join(BOXES), 1, 1),
        (row("box", " ; ".join(BOXES), [1, 3]), " ; ".join(BOXES[::-1]), 0, 0),
        (row("box", " ; ".join(BOXES), [1, 3]), BOXES[0], 0, 0),
        (row("box", "none", []), "none", 1, 1),
    ],
)
def test_answers_are_scored(sample: Sample, answer: str, correct: int, lenient: int) -> None:
    scores = GENERATOR.score(sample, answer)
    assert (scores["correct"], scores["correct_lenient"]) == (correct, lenient)


def test_graded_scores_errors_and_shapes() -> None:
    letters, boxes = row("circled_letters", "I, E", [1, 3]), row("box", " ; ".join(BOXES), [1, 3])
    assert GENERATOR.score(letters, "I, D")["letters"] == GENERATOR.score(letters, "I")["letters"] == 0.5
    assert GENERATOR.score(boxes, " ; ".join(BOXES))["overlap"] == 1
    diagonal = pytest.approx(128 * 2**0.5)
    assert GENERATOR.errors(boxes, "?")["distance_px"] == GENERATOR.errors(boxes, BOXES[0])["distance_px"] == diagonal
    assert GENERATOR.errors(boxes, " ; ".join(BOXES)) == {"distance_px": 0}
    assert GENERATOR.errors(row("box", "none", []), "?") == {}
    assert len(GENERATOR.answer_shapes(letters, "I, E")) == 2
    assert len(GENERATOR.answer_shapes(boxes, BOXES[0])) == 1
    assert len(GENERATOR.answer_shapes(row("position", "2", [1]), "5")) == 1
    assert GENERATOR.answer_shapes(letters, "none") == GENERATOR.answer_shapes(letters, "X, Y") == []
    assert GENERATOR.in_domain(letters, "none") and GENERATOR.in_domain(letters, "R")
    assert not GENERATOR.in_domain(letters, "X") and not GENERATOR.in_domain(row("count", "1", [1]), "77")


def test_an_unmarked_answer_stands_alone() -> None:
    rows = made(unmarked=0.5, answers=["It is {answer}."], unmarked_answer="There is no ring.")
    seen = {row["suffix"] for row in map(rows.__getitem__, range(12)) if not row["letter_indices"]}
    assert seen == {"There is no ring."}
    said = Sample(
        None, "?", "There is no ring.", {"word": "RIDER", "letter_indices": [], "answer": "There is no ring."}
    )
    assert rows.generator.score(said, "There is no ring.")["correct"] == 1
    assert rows.generator.score(said, "It is There is no ring..")["correct"] == 0
    assert rows.generator.answer_class(said, "It is R.") == "R"
    marked = Sample(None, "?", "It is R.", {"word": "RIDER", "letter_indices": [0], "answer": "R"})
    assert rows.generator.answer_class(marked, "There is no ring.") == "There is no ring."


def test_chance_is_that_of_the_best_guess() -> None:
    def chance(task: str, **fields: Any) -> float | None:
        return made(**fields).generator.chance(row(task, "?", [1]))

    assert chance("circled_letters", unmarked=0.1) == pytest.approx(0.9 * 2 / 5)
    assert chance("circled_letters", unmarked=0.7) == 0.7
    assert chance("position", unmarked=0.1) == chance("box", unmarked=0.1) == pytest.approx(0.9 / 5)
    assert chance("count", mark_count=(1, 3), unmarked=0.1) == pytest.approx(0.3)
    assert chance("word", unmarked=0.1) == 1
    assert chance("circled_letters", mark_count=(2, 2)) == pytest.approx(1 / 10)


def test_a_shared_picture_stays_one_in_a_mixture() -> None:
    part = {"generator": "circled_letters", "fields": {**EVERY, "picture_px": 64}}
    rows = synthink.dataset("mixture", size=10, seed=3, parts=[part])
    pictures = [rows.source.row("train", index) for index in range(10)]
    assert len({row["image"].checksum() for row in pictures[:5]}) == 1
    assert [row["picture_number"] for row in pictures] == [0] * 5 + [1] * 5


def test_a_dataset_of_all_questions_is_proved(tmp_path: Path) -> None:
    fields = {**EVERY, "mark_count": [1, 3], "unmarked": 0.2, "answers": ["It is {answer}."], "picture_px": 160}
    synthink.generate("circled_letters", splits={"train": 15}, seed=2, output=tmp_path / "letters", **fields)
    report = verify(tmp_path / "letters").text()
    assert "15 of 15 judged from their pixels: 15 right" in report and "every check passed" in report
    assert "note: rows of one picture_number share a picture" in report and "same picture twice" not in report
