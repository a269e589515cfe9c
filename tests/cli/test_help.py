"""`--help`: every verb lists its keys with what they mean, and imports little to do so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from synthink.cli.groups import option_settings, options
from synthink.cli.help import field_docs
from synthink.cli.verbs import VERBS
from synthink.core.registry import find_generator
from synthink.settings import Settings, field_types
from tests.cases import NAMES
from tests.support import Result, python

Command = Callable[..., Result]
HEAVY = {"jax", "flax", "torch", "transformers", "tensorflow", "sentencepiece", "matplotlib", "datasets", "big_vision"}


@pytest.mark.parametrize("arguments", [(), ("--help",), ("help",)], ids=str)
def test_the_overview_names_every_verb(command: Command, arguments: tuple[str, ...]) -> None:
    result = command(*arguments)
    assert (result.returncode, result.stderr) == (0, "")
    for verb in VERBS.values():
        assert f"  {verb.name} " in result.stdout and verb.summary in result.stdout


@pytest.mark.parametrize("name", VERBS)
def test_every_key_of_a_verb_is_listed_and_explained(command: Command, name: str) -> None:
    result = command(name, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"usage: synthink {name} ")
    for key in VERBS[name].key_types():
        assert f"  {key}=" in result.stdout or f"  {key}: " in result.stdout
    notes = field_docs(VERBS[name])
    assert {key.removesuffix("_") for key in notes} | {"splits"} >= {*VERBS[name].key_types()}
    for note in notes.values():
        assert note[0].isupper() and note.endswith((".", "`")), "a sentence that can be read alone"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("generate",), "picture_px"),
        (("generate", "generator=circled_letters_grid"), "paddings"),
        (("generate", "experiment=blindtest"), "paddings"),
        (("generate",), "experiment=blindtest"),
        (("generate",), "executor.workers=null"),
        (("verify", "executor=ray"), "executor.num_cpus=1.0"),
        (("train",), "trainer.big_vision=null"),
        (("train", "experiment=meter_paligemma"), "trainer.lora_rank=8"),
        (("generate", "experiment=blindtest"), "paddings=[25.0,50.0,100.0,200.0]"),
        (("generate", "experiment=tiny_letters"), "output=data/tiny_letters"),
        (("generate", "camera=scan", "seed=7"), "seed=7  (a whole number)"),
        (("generate",), "mark_scale=[1.3,1.5]  (a number, 1 to 4, or [low,high])"),
        (("generate",), "camera.preset=none  (none, scan, photo, device)"),
        (("generate",), "picture_px=448  (a whole number, 16 to 4096, or two of them)"),
        (("generate",), "output=data/circled_letters"),
        (("train", "model=paligemma2_3b_448"), "model.image_px=448"),
        (("train", "experiment=meter_paligemma"), "trainer.adapter="),
        (("verify",), "[DATASET]"),
        (("list",), "[generators|fonts|gestures]"),
        (("completion",), "[bash|zsh|fish]"),
    ],
    ids=str,
)
def test_help_of_what_was_chosen(command: Command, arguments: tuple[str, ...], text: str) -> None:
    result = command(*arguments, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert text in result.stdout


@pytest.mark.parametrize(
    ("arguments", "texts"),
    [
        (
            ("train",),
            ("dataset", "trainer.steps=1000", "model.image_px=null", "trainer=big_vision|", "stop_at", "control"),
        ),
        (("train", "trainer=transformers"), ("trainer.adapter=none", "trainer.lora_rank=8")),
        (("evaluate",), ("checkpoint", "before", "predictor=", "metric", "threshold")),
        (("evaluate", "predictor=gemini"), ("predictor.shots",)),
        (("validate", "generator=gestures"), ("fields of gestures", "trainer.learning_rate", "threshold")),
        (("train", "trainer.stream=true"), ("fields of circled_letters", "picture_px")),
    ],
    ids=str,
)
def test_help_names_the_fields(command: Command, arguments: tuple[str, ...], texts: tuple[str, ...]) -> None:
    result = command(*arguments, "--help")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.startswith(f"usage: synthink {arguments[0]} ")
    for text in texts:
        assert text in result.stdout
    assert ("picture_px" in result.stdout) == (arguments[0] == "validate" or "trainer.stream=true" in arguments)


def test_help_says_what_a_field_is(command: Command) -> None:
    """Every field of trainer and model that has a line of its own in the source."""
    text = " ".join(command("train", "--help").stdout.split())
    for note in (
        "The number of parts into which a batch is split",
        "The side of the square picture",
        "The time after which the run stops learning",
    ):
        assert note in text


@pytest.mark.heavy
@pytest.mark.whole
def test_help_completion_and_configs_import_no_backend() -> None:
    code = """if True:
        import sys
        import synthink.train.settings
        from synthink.cli.complete import candidates
        from synthink.cli.compose import compose
        from synthink.cli.help import verb_help
        from synthink.cli.verbs import VERBS
        for verb in VERBS.values():
            verb_help(verb, [])
            list(candidates([verb.name], ""))
        compose(VERBS["train"], ["trainer=transformers"])
        print(*sys.modules)
    """
    result = python("-c", code)
    assert result.returncode == 0, result.stderr
    assert not {*result.stdout.split()} & HEAVY


def undocumented(cls: type[Settings], prefix: str) -> list[str]:
    """The keys of settings, nested ones included, that `--help` could not explain."""
    keys: list[str] = []
    notes = field_docs(cls)
    for name, hint in field_types(cls).items():
        if isinstance(hint, type) and issubclass(hint, Settings):
            keys += undocumented(hint, f"{prefix}{name}.")
        elif not notes.get(name):
            keys.append(prefix + name)
    return keys


def test_help_explains_every_field() -> None:
    classes: dict[str, type[Settings] | None] = {name: find_generator(name) for name in NAMES}
    for group in ("trainer", "model", "predictor", "executor"):
        classes |= {option: option_settings(group, option) for option in options(group)}
    assert len(classes) > 10
    assert [key for option, cls in classes.items() if cls is not None for key in undocumented(cls, f"{option}.")] == []
