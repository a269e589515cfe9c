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


EVERY_TASK: dict[str, dict[str, Any]] = {
    "circled_letters": {"questions": dict.fromkeys(("letter", "position", "word", "count", "box"), 1)},
    "circled_letters_grid": {},
    "ink_strokes": {
        "tasks": dict.fromkeys(("recognise", "transcribe_lines", "classify", "derender", "locate"), 1),
        "picture_px": 224,
    },
    "gestures": {
        "tasks": {"transcribe": 1, "edited_text": 1},
        "documents": {"count": 4, "share_across_splits": True},
        "picture_px": 224,
    },
    "meters": {"picture_px": 224},
}


@pytest.mark.heavy
@pytest.mark.parametrize("label_format", ["paligemma", "gemini", "qwen"])
@pytest.mark.parametrize("name", EVERY_TASK)
def test_every_answer_is_scored_strictly_and_leniently(name: str, label_format: str) -> None:
    """By one rule, whatever the generator and the task: letters, texts, numbers, boxes, strokes and labels."""
    fields = EVERY_TASK[name]
    if label_format != "paligemma":
        if name not in ("gestures", "meters"):
            pytest.skip("it has one format of labels")
        fields = {**fields, "label_format": label_format}
    rows = synthink.dataset(name, size=60, seed=4, **fields)
    samples = {sample.task: sample for sample in (rows.source.draw("train", index) for index in range(60))}
    tasks = fields.get("tasks", fields.get("questions", {}))
    assert len(samples) >= len(tasks), samples.keys()
    for sample in samples.values():
        truth = sample.suffix
        assert both(rows, sample, truth) == (1, 1), truth
        sentences = [f"{truth}.", f"The answer is {truth}.", f"I think it is {truth}.", f"```\n{truth}\n```"]
        for sentence in sentences:
            strict, lenient = both(rows, sample, sentence)
            assert lenient == 1 and (strict == 0 or label_format == "qwen"), sentence
        for sentence in (f"It is not {truth}.", f"I cannot say whether it is {truth}", "", "?"):
            assert both(rows, sample, sentence) == (0, 0), sentence


def both(rows: RowDataset, sample: Sample, answer: str) -> tuple[float, float]:
    scores = rows.generator.score(sample, answer)
    return scores["correct"], scores["correct_lenient"]


class Plain(synthink.Generator):
    """A generator that says nothing about scores."""


def test_a_generator_without_a_score_of_its_own_has_both_scores() -> None:
    sample = Sample(None, "how many?", "seven")
    assert Plain().score(sample, "seven") == {"correct": 1.0, "correct_lenient": 1.0}
    assert Plain().score(sample, 'The answer is "Seven".') == {"correct": 0.0, "correct_lenient": 1.0}
    assert Plain().score(sample, "not seven") == {"correct": 0.0, "correct_lenient": 0.0}


@pytest.mark.parametrize(
    ("task", "answer", "strict", "lenient"),
    [
        ("read", "0{reading}", 0, 1),
        ("read", "It reads {reading}, or 1.", 0, 0),
        ("read_unit", "The meter shows {reading}, in {unit}.", 0, 1),
        ("read_unit", "The meter shows {reading}.", 0, 0),
        ("type", "That is an LCD, a liquid one.", 0, None),
        ("caption", "It reads {reading} {unit}.", 0, 0),
    ],
)
def test_readings_of_meters_in_sentences(task: str, answer: str, strict: float, lenient: float | None) -> None:
    rows = synthink.dataset("meters", size=200, picture_px=176)
    samples = (rows.source.draw("train", index) for index in range(200))
    sample = next(sample for sample in samples if sample.task == task and sample.annotations["reading"] != "1")
    notes = sample.annotations
    expected = float(notes["kind"] == "lcd") if lenient is None else lenient
    scored = both(rows, sample, answer.format(reading=notes["reading"], unit=notes["unit"]))
    assert scored == (strict, expected), sample.suffix


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
