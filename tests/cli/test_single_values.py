"""A single value where a range or a list is wanted, and a dataset's folder that stands alone, as people type them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synthink.cli.compose import compose
from synthink.cli.verb import with_positional
from synthink.cli.verbs import VERBS
from synthink.core.dataset import make_generator
from tests.cli.support import SMALL
from tests.support import Result

Command = Callable[..., Result]

SINGLE: list[tuple[tuple[str, ...], str, Any]] = [
    (("text_size_px=20",), "text_size_px", [20.0, 20.0]),
    (("text_size_px=[20,40]",), "text_size_px", [20.0, 40.0]),
    (("camera.noise=3",), "camera.noise", [3.0, 3.0]),
    (("camera.jpeg_quality=90", "camera=scan"), "camera.jpeg_quality", [90, 90]),
    (("words.length=5",), "words.length", [5, 5]),
    (("mark_shapes=ellipse",), "mark_shapes", ["ellipse"]),
    (("distractors=underline",), "distractors", ["underline"]),
    (("prompts=Which letter, if any, is {colour}?",), "prompts", ["Which letter, if any, is {colour}?"]),
    (("prompts=[\"What's {colour}?\", 'The {colour} one?']",), "prompts", ["What's {colour}?", "The {colour} one?"]),
    (("mark_colours=red",), "mark_colours", ["red"]),
    (("mark_colours=[red,blue]",), "mark_colours", ["red", "blue"]),
    (("words=[1,true,a]", "words.share_across_splits=true"), "words.source", ["1", "true", "a"]),
    (("words.case=upper",), "words.case", "upper"),
    (("generator=circled_letters_grid", "paddings=25"), "paddings", [25.0]),
    (("generator=gestures", "prompts.transcribe='Read it, please'"), "prompts.transcribe", ["Read it, please"]),
    (("picture_px=64",), "picture_px", 64),
]


@pytest.mark.parametrize(("typed", "field", "value"), SINGLE, ids=str)
def test_a_single_value_is_a_list_of_it_or_a_fixed_range(typed: tuple[str, ...], field: str, value: Any) -> None:
    fields = compose(VERBS["generate"], typed)["generator"]
    plain: Any = make_generator(fields.pop("name"), fields).plain()
    for name in field.split("."):
        plain = plain[name]
    assert plain == value


def test_a_recipe_has_single_values_too(command: Command, tmp_path: Path) -> None:
    recipe = tmp_path / "recipes" / "experiment" / "mine.yaml"
    recipe.parent.mkdir(parents=True)
    recipe.write_text("# @package _global_\ngenerator: {mark_shapes: loop, mark_scale: 1.4, words: {length: 4}}\n")
    result = command("generate", "--config-dir", "recipes", "experiment=mine", *SMALL, "output=out")
    assert result.returncode == 0, result.stderr
    text = (tmp_path / "out" / "synthink.json").read_text().replace("\n", "").replace(" ", "")
    assert all(part in text for part in ('"mark_shapes":["loop"]', '"mark_scale":[1.4,1.4]', '"length":[4,4]'))


def test_a_datasets_folder_stands_alone(command: Command, tmp_path: Path) -> None:
    folder = "my data/seed=1"
    assert command("generate", *SMALL, f"output={folder}").returncode == 0
    previewed = command("preview", folder, "rows=1")
    assert (previewed.returncode, previewed.stderr) == (0, "")
    assert command("verify", folder, "rows=0", "remake=1").returncode in (0, 3)
    for verb in ("train", "evaluate"):
        assert with_positional(VERBS[verb], [folder, "seed=1"]) == [f"dataset={folder}", "seed=1"]
    assert with_positional(VERBS["generate"], ["x"]) == ["x"]
    assert with_positional(VERBS["train"], ["trainer.steps=1", "data/x"]) == ["trainer.steps=1", "dataset=data/x"]
