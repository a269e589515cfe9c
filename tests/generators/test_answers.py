"""Answers in sentences, from the field to the proof: what is stored, how it is scored, and what the oracles find."""

from __future__ import annotations

from typing import Any

import pytest

import synthink
from synthink import ConfigError, RowDataset, Sample
from synthink.core.registry import find_oracle
from synthink.evaluate.scoring import score_answers
from synthink.evaluate.summary import summarise
from synthink.evaluate.verdict import form_remark

SENTENCES = ["The letter is {answer}.", "{answer}!", "{answer}"]
CASES: dict[str, dict[str, Any]] = {
    "circled_letters": {"answers": SENTENCES, "picture_px": 160},
    "circled_letters_grid": {"answers": SENTENCES, "picture_px": 128},
    "ink_strokes": {"answers": {"recognise": ["It says {answer}"]}, "tasks": {"recognise": 1, "locate": 1}},
    "gestures": {
        "answers": {"transcribe": ["Note: {answer}"]},
        "tasks": {"transcribe": 1},
        "documents": {"count": 4, "share_across_splits": True},
        "picture_px": 224,
    },
}
ROWS = 2


def rows_of(name: str, **fields: Any) -> RowDataset:
    split = "test" if name == "circled_letters_grid" else "train"
    shares = {"test": 1.0} if split == "test" else None
    return synthink.dataset(name, size=ROWS, seed=4, split=split, **({"shares": shares} if shares else {}), **fields)


@pytest.mark.parametrize("name", CASES)
def test_sentences_change_the_answers_alone(name: str) -> None:
    fields = {field: value for field, value in CASES[name].items() if field != "answers"}
    said, plain = rows_of(name, **CASES[name]), rows_of(name, **fields)
    assert list(said.generator.columns) == [*plain.generator.columns, "answer"]
    for index in range(ROWS):
        row, bare = said[index], plain[index]
        assert row["answer"] == bare["suffix"] and bare["suffix"] in row["suffix"]
        changed = {column for column in bare if row[column] != bare[column]}
        assert changed <= {"suffix"}
        assert row["suffix"] in {
            template.replace("{answer}", row["answer"]) for template in templates(row["task"], name)
        }


@pytest.mark.parametrize("name", CASES)
def test_oracles_want_one_of_the_sentences(name: str) -> None:
    oracle_class = find_oracle(name)
    if oracle_class is None:
        pytest.skip("its labels are not proved")
    rows = rows_of(name, **CASES[name])
    oracle = oracle_class(rows.generator)
    row = next(row for row in map(rows.__getitem__, range(ROWS)) if row["suffix"] != row["answer"])
    assert oracle.check(row).verdict == "right"
    assert "answer" in oracle.columns
    for wrong in ({"suffix": f"No {row['suffix']}"}, {"answer": f"{row['answer']}x"}):
        assert oracle.check({**row, **wrong}).verdict == "wrong"


def templates(task: str, name: str) -> list[str]:
    answers = CASES[name]["answers"]
    return answers if isinstance(answers, list) else answers.get(task, ["{answer}"])


def letter(suffix: str = "The letter is D.", answer: str = "D", word: str = "RIDER") -> Sample:
    return Sample(None, "?", suffix, {"answer": answer, "word": word}, "circled_letters")


@pytest.mark.parametrize(
    ("text", "correct", "lenient"),
    [
        ("The letter is D.", 1, 1),
        ("D!", 1, 1),
        (" D ", 1, 1),
        ("the letter is D.", 0, 1),
        ("The circled letter is d", 0, 1),
        ("The letter is E.", 0, 0),
        ("The letter is not D.", 0, 0),
        ("It is D or E.", 0, 0),
        ("R, I, D, E, R", 0, 0),
        ("The letter is .", 0, 0),
        ("", 0, 0),
    ],
)
def test_letters_are_scored_strictly_and_leniently(text: str, correct: int, lenient: int) -> None:
    generator = rows_of("circled_letters", **CASES["circled_letters"]).generator
    scores = generator.score(letter(), text)
    assert (scores["correct"], scores["correct_lenient"]) == (correct, lenient)
    assert generator.in_domain(letter(), text) == (text in ("The letter is D.", "The letter is E.", "D!", " D "))


def test_the_other_case_is_another_letter_where_the_word_has_both() -> None:
    generator = rows_of("circled_letters", **CASES["circled_letters"]).generator
    both = letter("The letter is d.", "d", "Dad")
    assert generator.score(both, "It is the D")["correct_lenient"] == 0
    assert generator.score(both, "It is the d")["correct_lenient"] == 1


def test_texts_shapes_and_places_are_scored_leniently() -> None:
    ink = synthink.dataset("ink_strokes", size=1, answers={"recognise": "It says {answer}"}).generator
    text = Sample(None, "?", "It says Dear Ada", {"answer": "Dear Ada"}, "recognise")
    assert ink.score(text, "It says Dear Ada") == dict.fromkeys(("correct", "correct_lenient", "character_accuracy"), 1)
    assert ink.score(text, 'The text reads "dear Ada".')["correct_lenient"] == 1
    assert ink.score(text, "Dear Ada")["correct"] == 0
    assert ink.errors(text, "It says Dear Ada") == {"cer": 0} and ink.errors(text, "Dear Ada")["cer"] > 0
    shape = Sample(None, "?", "circle", {"answer": "circle"}, "classify")
    assert ink.score(shape, "I see a circle.")["correct_lenient"] == 1
    assert ink.score(shape, "A circle or a triangle.")["correct_lenient"] == 0
    box = "<loc0100><loc0100><loc0200><loc0200>"
    place = Sample(None, "?", box, {"answer": box}, "locate")
    assert ink.score(place, f"The box is {box}")["correct_lenient"] == 1
    assert ink.score(place, f"{box} {box}")["correct_lenient"] == 0


@pytest.mark.parametrize(
    ("name", "answers", "told"),
    [
        ("circled_letters", ["The letter."], r"answers\[0\]='The letter\.': must be text with {answer} in it once"),
        ("circled_letters", ["{answer} {answer}"], r"answers\[0\].*once"),
        ("circled_letters", ["{letter}: {answer}"], "nothing else in braces"),
        ("circled_letters", [], "must not be empty"),
        ("ink_strokes", {"locate": ["At {answer}"]}, "answers.locate.*location tokens, which a sentence breaks"),
        ("gestures", {"detect_text": ["At {answer}"]}, "answers.detect_text.*boxes, which a sentence breaks"),
    ],
)
def test_templates_that_make_no_sense_are_refused(name: str, answers: Any, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        synthink.dataset(name, size=1, answers=answers)


def test_both_scores_are_reported() -> None:
    rows = rows_of("circled_letters", **CASES["circled_letters"])
    drawn = [dict(rows[index]) for index in range(ROWS)]
    answers = [f"I believe it is {row['answer']}, you see" for row in drawn]
    summary = summarise(score_answers(drawn, answers, by=rows.generator))
    assert summary.scores["correct"].mean == 0
    assert summary.scores["correct_lenient"].mean == 1
    assert "Read leniently, 1.000 of the answers are right, and 0.000 in the form" in form_remark(summary)
    assert form_remark(summary, "correct_lenient") == ""
    right = summarise(score_answers(drawn, [row["suffix"] for row in drawn], by=rows.generator))
    assert form_remark(right) == ""
