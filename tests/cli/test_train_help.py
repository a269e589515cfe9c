"""What the verbs train, evaluate and validate say about themselves, and how little they import to do so."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from synthink.cli.complete import candidates
from synthink.cli.main import main
from tests.support import Result, python

Command = Callable[..., Result]
HEAVY = {"jax", "flax", "torch", "transformers", "tensorflow", "sentencepiece", "matplotlib", "datasets", "big_vision"}


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """The command within this process."""
    before = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        output = capfd.readouterr()
        return Result(["python", "-m", "synthink", *arguments], int(left.value.code or 0), output.out, output.err)

    yield run
    for number, handler in before:
        signal.signal(number, handler)


# --- help and completion ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
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
def test_help_names_the_fields(here: Command, arguments: tuple[str, ...], told: tuple[str, ...]) -> None:
    answer = here(*arguments, "--help")
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    assert answer.stdout.startswith(f"usage: synthink {arguments[0]} ")
    for text in told:
        assert text in answer.stdout
    assert ("picture_px" in answer.stdout) == (arguments[0] == "validate" or "trainer.stream=true" in arguments)


def test_help_says_what_a_field_is(here: Command) -> None:
    """Every field of trainer and model that has a line of its own in the source."""
    text = " ".join(here("train", "--help").stdout.split())
    for note in (
        "The number of parts into which a batch is split",
        "The side of the square picture",
        "The time after which the run stops learning",
    ):
        assert note in text


@pytest.mark.parametrize(
    ("before", "typed", "there", "not_there"),
    [
        ((), "va", ("validate",), ()),
        (("train",), "trainer=", ("trainer=big_vision", "trainer=transformers"), ()),
        (("train",), "trainer.st", ("trainer.steps=", "trainer.stop_at=", "trainer.stream="), ()),
        (("train",), "mod", ("model=tiny", "model=paligemma2_3b_224"), ()),
        (("train",), "model.vis", ("model.vision=", "model.vision_width="), ()),
        (("train",), "pic", (), ("picture_px=",)),
        (("train", "trainer.stream=true"), "pic", ("picture_px=",), ()),
        (("validate",), "pic", ("picture_px=",), ()),
        (
            ("evaluate",),
            "",
            ("checkpoint=", "before=", "metric=", "predictor=gemini"),
            ("picture_px=", "splits.train="),
        ),
        (("evaluate",), "predictor.", ("predictor.shots=",), ("trainer.steps=",)),
        (("generate",), "", (), ("trainer=big_vision", "checkpoint=")),
    ],
    ids=str,
)
def test_completion(before: tuple[str, ...], typed: str, there: tuple[str, ...], not_there: tuple[str, ...]) -> None:
    found = {each for each in candidates(before, typed) if each.startswith(typed)}
    assert {*there} <= found
    assert not found & {*not_there}


@pytest.mark.parametrize("key", ["dataset", "checkpoint", "before"])
def test_completion_of_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "a").mkdir(parents=True)
    assert list(candidates(("evaluate",), f"{key}=runs/")) == [f"{key}=runs/a"]


# --- import -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "from synthink.train.registry import trainers; assert {'big_vision', 'transformers'} <= {*trainers()}",
        "from synthink.cli.compose import compose; from synthink.cli.verbs import VERBS; compose(VERBS['train'], [])",
        "from synthink.cli.help import verb_help; from synthink.cli.verbs import VERBS; verb_help(VERBS['train'], [])",
        "from synthink.cli.complete import candidates; list(candidates(['train'], 'trainer.'))",
    ],
)
def test_settings_help_and_completion_import_no_backend(code: str) -> None:
    answer = python("-c", f"import sys\n{code}\nprint(*sys.modules)")
    assert answer.returncode == 0, answer.stderr
    assert not set(answer.stdout.split()) & HEAVY
