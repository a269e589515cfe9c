"""Weights of choices: what is written is all there is, in Python, on the command line and in a recipe alike."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthink.cli.compose import compose
from synthink.cli.help import verb_help
from synthink.cli.verbs import VERBS
from synthink.core.dataset import make_generator
from synthink.core.own_splits import OwnSplit, varied
from synthink.core.weights import Weight, Weights
from synthink.errors import ConfigError, SynthinkError


class Shapes(Weights):
    """The weights of shapes."""

    noun = "shape"

    disc: Weight = 0.5
    """A disc."""
    ring: Weight = 0.25
    """A ring."""
    star: Weight = 0.0
    """A star."""


DEFAULT = {"disc": 0.5, "ring": 0.25, "star": 0.0}


@pytest.mark.parametrize(
    ("given", "weights"),
    [
        ({}, DEFAULT),
        ({"star": 1}, {"disc": 0.0, "ring": 0.0, "star": 1.0}),
        ({"ring": 0}, {**DEFAULT, "ring": 0.0}),
        ({"ring": 0, "star": 2}, {"disc": 0.0, "ring": 0.0, "star": 2.0}),
        (DEFAULT, DEFAULT),
    ],
)
def test_what_is_given_is_all_there_is(given: dict[str, Any], weights: dict[str, float]) -> None:
    assert Shapes(**given).plain() == Shapes.build(given).plain() == weights
    shapes = Shapes(**given)
    assert pickle.loads(pickle.dumps(shapes)) == replace(shapes) == shapes
    assert Shapes.build(shapes.plain()) == shapes


def test_bad_weights_are_refused() -> None:
    for bad, message in (({"disc": 0, "ring": 0}, "at least one shape"), ({"disc": "x"}, "disc='x': must be a number")):
        with pytest.raises(ConfigError, match=message):
            Shapes.build(bad)
    with pytest.raises(ConfigError, match="did you mean disc"):
        Shapes.build({"disk": 1})
    for other, message in (("gague", "kinds.gague=1.0: no such field; did you mean gauge"), (7, "kinds=7: must be")):
        with pytest.raises(ConfigError, match=message):
            make_generator("meters", {"kinds": other})


def test_settings_show_what_is_other_than_by_default() -> None:
    assert repr(make_generator("meters", {})) == "Meters()"
    kinds = "MeterKinds(drum=0.0, lcd=0.0, led=0.0, dials=0.0, gauge=1.0)"
    assert (
        repr(make_generator("meters", {"picture_px": 224, "kinds": "gauge"}))
        == f"Meters(kinds={kinds}, picture_px=224)"
    )


GAUGES = {"drum": 0.0, "lcd": 0.0, "led": 0.0, "dials": 0.0, "gauge": 1.0}
DRUMS = {"drum": 0.35, "lcd": 0.2, "led": 0.1, "dials": 0.15, "gauge": 0.0}


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (["kinds={gauge: 1}"], GAUGES),
        (["kinds.gauge=1"], GAUGES),
        (["generator.kinds.gauge=1"], GAUGES),
        (["kinds=gauge"], GAUGES),
        (["kinds=[gauge, drum]"], {**GAUGES, "drum": 1.0}),
        (["kinds.gauge=0"], DRUMS),
        (["kinds={gauge: 0}"], DRUMS),
        (["kinds.gauge=1", "kinds.drum=3"], {**GAUGES, "drum": 3.0}),
        (["kinds={}"], {**DRUMS, "gauge": 0.2}),
        ([], {**DRUMS, "gauge": 0.2}),
    ],
    ids=str,
)
def test_on_the_command_line_and_in_python(words: list[str], kinds: dict[str, float]) -> None:
    fields = compose(VERBS["generate"], ["generator=meters", *words])["generator"]
    assert make_generator(fields.pop("name"), fields).plain()["kinds"] == kinds
    written = fields["kinds"]
    assert make_generator("meters", {"kinds": written}).plain()["kinds"] == kinds


def test_in_a_recipe_and_in_a_split_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    recipe = "# @package _global_\ndefaults: [{override /generator: meters}]\ngenerator: {kinds: {gauge: 1}}\n"
    (tmp_path / "experiment" / "gauges.yaml").write_text(recipe)
    fields = compose(VERBS["generate"], ["experiment=gauges"], str(tmp_path))["generator"]
    assert make_generator(fields.pop("name"), fields).plain()["kinds"] == GAUGES
    gauges = make_generator("meters", {"kinds": {"gauge": 1}})
    own = OwnSplit.read("dev", {"like": "test", "kinds": {"drum": 1, "lcd": 1}})
    assert varied(gauges, "dev", own.fields).plain()["kinds"] == {**GAUGES, "drum": 1.0, "lcd": 1.0, "gauge": 0.0}
    both = make_generator("meters", {"kinds": {"gauge": 1, "drum": 1}})
    assert varied(both, "dev", {"kinds": {"drum": 0}}).plain()["kinds"] == GAUGES


def test_help_says_so_and_typos_get_a_hint() -> None:
    text = " ".join(verb_help(VERBS["generate"], ["generator=meters", "kinds={gauge: 2}"]).split())
    assert "What you write is all there is, the others are 0" in text
    assert "kinds.gauge=2.0" in text and "kinds.drum=0.0" in text
    assert "kinds.drum=0.35" in verb_help(VERBS["generate"], ["generator=meters"])
    for word in ("kinds.guage=1", "kinds={guage: 1}"):
        with pytest.raises(SynthinkError, match="no such key; did you mean gauge"):
            compose(VERBS["generate"], ["generator=meters", word])
