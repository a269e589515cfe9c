"""Words are read by Hydra's grammar; what is no value in it is text, a list or a mapping all the same."""

from __future__ import annotations

from typing import Any

import pytest

from synthink.cli.words import literal, read_words
from synthink.errors import SynthinkError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("seed=1", 1),
        ("words=nltk", "nltk"),
        ("licence=", ""),
        ("rows=null", None),
        ("from=sweep/000-seed=1", "sweep/000-seed=1"),
        ("output=Ünï (2)/it's", "Ünï (2)/it's"),
        ("output=~/data", "~/data"),
        ("output='a b'", "a b"),
        ("words.source=[中,文]", ["中", "文"]),
        ("mark_scale=[1.5, 2]", [1.5, 2]),
        ("words={source: random, length: [3, 4]}", {"source": "random", "length": [3, 4]}),
        ("dataset={a/b: 1, old c=1: 2}", [{"path": "a/b", "weight": 1}, {"path": "old c=1", "weight": 2}]),
        ("seed=1,2", "1,2"),
    ],
)  # fmt: skip
def test_values(text: str, value: Any) -> None:
    (word,) = read_words([text])
    assert word.value == value


def test_the_values_of_a_sweep() -> None:
    seeds, pattern, plain = read_words(["seed=1,2", "generator=glob(circled*)", "mark_scale=[1,2]"])
    assert seeds.texts() == ["1", "2"]
    assert pattern.pattern is not None and pattern.pattern.filter(["circled", "gestures"]) == ["circled"]
    assert plain.texts() == ["[1,2]"] and plain.pattern is None


def test_prefixes_stay_with_another_key() -> None:
    words = read_words(["a=1", "+a=1", "++a=1", "~a"])
    assert [word.with_key("b.c") for word in words] == ["b.c=1", "+b.c=1", "++b.c=1", "~b.c"]
    assert [word.changes for word in words] == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed", "seed=None: write seed=VALUE"),
        ("ü=1", "ü=1: cannot be read"),
        ("=1", "=1: write KEY=VALUE"),
    ],
)
def test_what_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(SynthinkError, match=message):
        read_words([text])


def test_what_begins_like_a_list_and_is_none_is_text_with_a_fault() -> None:
    (word,) = read_words(["output=[a]b"])
    assert (word.value, word.plain_text) == ("[a]b", "[a]b") and "close what you open" in word.fault


@pytest.mark.parametrize("value", ["it's", "a\\'b", "x\\", "", ["a, b", {"k": None}], True, 1.5, {"a": [1]}])
def test_a_literal_is_read_as_it_was(value: Any) -> None:
    (word,) = read_words([f"key={literal(value)}"])
    assert word.value == value
