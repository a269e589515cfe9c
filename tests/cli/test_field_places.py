"""Keys that lead into the parts of a mixture, and several names in one mapping."""

from __future__ import annotations

from typing import Any

import pytest

from synthink.cli.compose import compose
from synthink.cli.field_places import NoSuchField, find_field
from synthink.cli.jobs import job_overrides
from synthink.cli.overrides import expanded, joined
from synthink.cli.verbs import VERBS
from synthink.cli.words import read_words
from synthink.core.mixture import Mixture
from synthink.core.registry import find_generator
from synthink.errors import ConfigError, SynthinkError
from synthink.settings import field_types

MIXED = ("experiment=forgetting_mixed",)


def parts(*words: str) -> list[dict[str, Any]]:
    """The parts of the recipe's mixture, as `validate` composes them from words."""
    composed: list[dict[str, Any]] = compose(VERBS["validate"], [*MIXED, *words])["generator"]["parts"]
    return composed


@pytest.mark.parametrize(
    ("path", "full"),
    [
        ("parts.0.marks", "parts.0.fields.marks"),
        ("parts.0.fields.marks", "parts.0.fields.marks"),
        ("parts.1.weight", "parts.1.weight"),
        ("parts.1.words.source", "parts.1.fields.words.source"),
        ("parts.1.parts.0.camera", "parts.1.fields.parts.0.fields.camera"),
        ("parts.2", "parts.2"),
    ],
)
def test_the_fields_of_a_part_are_found(path: str, full: str) -> None:
    place = find_field(field_types(Mixture), path)
    assert (place.path, place.in_list) == (full, True)
    with pytest.raises(NoSuchField):
        find_field(field_types(Mixture), "parts.first.marks")


def test_validate_sets_the_fields_of_a_mixtures_parts() -> None:
    usual = parts()
    changed = parts("parts.0.marks=my ink", "generator.parts.1.weight=3", "parts.1.tasks={transcribe: 1}")
    assert changed[0] == {**usual[0], "fields": {**usual[0]["fields"], "marks": "my ink"}}
    assert changed[1]["weight"] == 3
    assert changed[1]["fields"]["tasks"] == {"recognise_gesture": 1, "detect_text": 0, "transcribe": 1}
    (second,) = parts("parts=[{generator: meters}]", "++parts.0.camera=scan")
    assert second == {"generator": "meters", "fields": {"camera": "scan"}}


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("parts.7.marks=x", "parts.7.fields.marks=x: the list has no item of that number; they are counted from 0"),
        ("parts.one.marks=x", "parts.one.marks='x': no such key"),
        ("~parts.0.marks", "~parts.0.marks=None: a key cannot be taken away"),
    ],
)
def test_a_part_that_there_is_not_is_refused(word: str, message: str) -> None:
    with pytest.raises(SynthinkError, match=message.replace(".", r"\.")):
        parts(word)


def test_a_field_that_a_part_has_not_is_named() -> None:
    with pytest.raises(ConfigError, match=r"parts\[0\]\.fields\.mark='x': no such field; did you mean marks"):
        Mixture.build({"parts": parts("parts.0.mark=x")})


def test_several_dotted_names_of_a_mapping_are_swept_over_together() -> None:
    words = read_words(["gestures.select.loop=1,2", "gestures.delete.strike=0,3", "seed=1", "gestures.insert=1,2"])
    overrides = joined([expanded(VERBS["generate"], word, [find_generator("gestures")], True) for word in words])
    weights = [job[0].partition("=")[2] for job in job_overrides(read_words(overrides))]
    values = [read_words([f"gestures={text}"])[0].value for text in weights]
    assert values[::2] == [{"select.loop": one, "delete.strike": other} for one in (1, 2) for other in (0, 3)]
    assert values[1::2] == values[::2]
    (interval,) = read_words(["gestures.select.loop=interval(0,1)"])
    with pytest.raises(ConfigError, match=r"gestures\.select\.loop='interval\(0,1\)': has a dot in its name"):
        expanded(VERBS["generate"], interval, [find_generator("gestures")], True)


def test_a_key_that_one_of_several_generators_lacks_names_it() -> None:
    (word,) = read_words(["words=random"])
    both = [find_generator("circled_letters"), find_generator("meters")]
    with pytest.raises(ConfigError, match="words='random': no such key of meters, over which the sweep goes, too"):
        expanded(VERBS["generate"], word, both, True)


@pytest.mark.parametrize(
    ("words", "output"),
    [
        ((*MIXED, "output=data/${experiment}-${seed}"), "data/forgetting_mixed-0"),
        ((*MIXED, "output=${parts.1.camera}-${parts.0.weight}", "parts.1.camera=scan"), "scan-1"),
    ],
)
def test_patterns_take_recipes_and_parts(words: tuple[str, ...], output: str) -> None:
    assert compose(VERBS["generate"], words)["output"] == output


def test_a_pattern_without_a_recipe_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"\$\{experiment\}.*experiment=\.\.\. chooses one"):
        compose(VERBS["generate"], ["output=data/${experiment}"])
