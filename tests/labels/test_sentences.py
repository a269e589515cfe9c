"""Answers in sentences: what a strict and a lenient reader find in them."""

from __future__ import annotations

import pytest

from synthink.labels import (
    alike,
    denies,
    fill_answer,
    named_letters,
    named_numbers,
    named_words,
    read_answer,
    readings,
    says_nothing_there,
)

TEMPLATES = ("{answer}", "The letter is {answer}.", "{answer} is circled")


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("answer", ["D", "two words", '{"a": 1}', "The letter"])
def test_what_is_put_into_a_template_is_read_again(template: str, answer: str) -> None:
    assert read_answer(f" {fill_answer(template, answer)}\n", [template]) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The letter is D.", "D"),
        ("D is circled", "D"),
        ("the letter is D.", None),
        ("The letter is D", None),
        ("The letter is  D.", None),
        ("The letter is.", None),
        ("D", None),
    ],
)
def test_a_strict_reader_wants_a_template_to_the_letter(text: str, answer: str | None) -> None:
    assert read_answer(text, TEMPLATES[1:]) == answer


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("D", ["D"]),
        ("The circled letter is D.", ["D"]),
        ("It's a D!", ["D"]),
        ('I think that the letter "d" in "ridden" is circled.', ["d"]),
        ("**D**", ["D"]),
        ("A is circled", ["A"]),
        ("The letter is A.", ["A"]),
        ("A ring is around I.", ["I"]),
        ("The letters A and C are circled.", ["A", "C"]),
        ("A, C", ["A", "C"]),
        ("It is D or O.", ["D", "O"]),
        ("R-I-D-E-R", ["R", "I", "D", "E", "R"]),
        ("It is not D.", []),
        ("It isn't D", []),
        ("D, rather than O", []),
        ("The word is RIDER.", []),
        ("", []),
    ],
)
def test_letters_that_a_sentence_names(text: str, letters: list[str]) -> None:
    assert named_letters(text) == letters


def test_numbers_and_words_that_a_sentence_names() -> None:
    assert named_numbers("The 3rd letter") == named_numbers("the third one?")[:1] == named_numbers("3") == [3]
    assert named_numbers("two or 3") == [2, 3]
    assert named_numbers("not 3") == named_numbers("many") == []
    shapes = ("circle", "square", "arrow", "double arrow")
    assert named_words("This is a Double Arrow.", shapes) == {"double arrow"}
    assert named_words("a circle or a square", shapes) == {"circle", "square"}
    assert named_words("no circle", shapes) == named_words("circles", shapes) == set()


def test_a_sentence_that_says_that_there_is_none() -> None:
    assert all(map(says_nothing_there, ("none", "None.", "No letter is circled.", "There are no circled letters")))
    assert not any(map(says_nothing_there, ("D", "nonesuch", "No, the letter is D", "")))


@pytest.mark.parametrize(
    "text",
    [
        "dear Ada",
        "Dear Ada.",
        'The text reads "Dear Ada".',
        "The handwriting says: Dear Ada",
        "It says Dear Ada",
        "```\nDear Ada\n```",
        "Sure! Here is the text: Dear  Ada",
    ],
)
def test_a_text_is_found_in_a_sentence(text: str) -> None:
    assert any(alike("Dear Ada", reading) for reading in readings(text))


@pytest.mark.parametrize(
    "text", ['It does not say "Dear Ada".', '"Dear Ada" or "Dear Eve"', "My dear Ada", "Dear Ada and Eve", "", "..."]
)
def test_another_text_is_not(text: str) -> None:
    assert not any(alike("Dear Ada", reading) for reading in readings(text))


def test_a_text_that_says_not_is_itself() -> None:
    assert denies("do not bend")
    assert any(alike("Do not bend", reading) for reading in readings("do not bend."))
    assert not alike("", "?")


def test_long_answers_cost_nothing() -> None:
    for text in ("the answer " * 20_000, '"' * 100_000, "a-" * 100_000, "{answer}" * 20_000):
        readings(text, TEMPLATES), named_letters(text), named_numbers(text), read_answer(text, TEMPLATES)
