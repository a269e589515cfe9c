"""The command in processes of its own: exit status, output and interruption of each verb, as a shell sees them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synthink import DrawContext, DrawError, Sample
from synthink.generators.circled_letters import CircledLetters
from synthink.version import VERSION
from tests.cli.support import SMALL, assert_refused, files_in, manifest_of
from tests.support import Result, environment, python

pytestmark = pytest.mark.heavy

Command = Callable[..., Result]


@pytest.mark.whole
def test_generate_preview_and_verify(synthink: Command, tmp_path: Path) -> None:
    result = synthink("generate", *SMALL, "output=data/x", env={"HYDRA_FULL_ERROR": "1", "SECRET": "hunter2"})
    assert (result.returncode, result.stderr) == (0, "")
    for path in (tmp_path / "data" / "x").rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes()
        assert not path.is_file() or str(tmp_path).encode() not in path.read_bytes()
    shown = synthink("preview", "dataset=data/x", "rows=2")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert [Path(line).name for line in shown.stdout.splitlines()] == ["x-preview.png", "x-preview.html"]
    verified = synthink("verify", "dataset=data/x", "remake=2", "unsure=1")
    assert (verified.returncode, verified.stderr) == (0, "")
    not_judged = synthink("verify", "dataset=data/x", "rows=0")
    assert (not_judged.returncode, not_judged.stderr) == (3, ""), "nothing is wrong, and not everything is proved"
    shard = next((tmp_path / "data" / "x" / "data").glob("train-*"))
    shard.write_bytes(shard.read_bytes()[:-1])
    damaged = synthink("verify", "dataset=data/x", "remake=2")
    assert (damaged.returncode, damaged.stderr) == (1, ""), "a check found something"
    assert shard.name in damaged.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("generat",), "did you mean generate?"),
        (("train", "dataset=nowhere"), "nowhere: no such folder"),
        (("evaluate", "checkpoint=nowhere", "datset=x"), "did you mean dataset?"),
        (("validate", "trainer.stps=5", "output=out"), "did you mean steps?"),
    ],
    ids=str,
)
def test_bad_input_ends_with_status_2(
    synthink: Command, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    assert_refused(synthink(*arguments), message)
    assert files_in(tmp_path) == []


def test_the_list_into_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m synthink list fonts | head -1"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert result.returncode in (0, 141)
    assert result.stderr == ""


@pytest.mark.whole
def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(tmp_path: Path) -> None:
    # So many rows that the signal comes before the end, however busy the machine is.
    overrides = ("splits.train=1500", "splits.validation=0", "splits.test=0", "picture_px=64", "words=random")
    arguments = ["-m", "synthink", "generate", *overrides, "shard_size=10", "executor.workers=1", "output=out"]
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while len(list(tmp_path.glob("out*/**/*.parquet"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "synthink: interrupted; the same command goes on from here\n")
    result = python(*arguments, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "of them kept from before" in result.stdout


@pytest.mark.whole
def test_another_language_of_the_shell(synthink: Command, tmp_path: Path) -> None:
    env = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii:strict"}
    result = synthink("generate", *SMALL, "output=plain", env=env)
    assert result.returncode == 0, result.stderr


@pytest.mark.whole
def test_words_of_a_corpus_by_an_environment_variable(synthink: Command, tmp_path: Path) -> None:
    corpus = tmp_path / "nltk_data" / "corpora" / "words"
    corpus.mkdir(parents=True)
    letters = "abcdefghijklmnop"
    (corpus / "en").write_text("\n".join(f"w{a}{b}rd" for a in letters for b in letters) + "\n")
    (corpus / "en-basic").write_text("word\n")
    result = synthink(
        *("generate", "splits.train=4", "splits.validation=0", "splits.test=0", "picture_px=64", "words=nltk"),
        "output=out",
        env={"NLTK_DATA": str(tmp_path / "nltk_data")},
    )
    assert result.returncode == 0, result.stderr
    assert manifest_of(tmp_path / "out")["fields"]["words"]["source"] == "nltk"


MISSING_PACKAGE = """
import importlib.util, sys
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name.partition(".")[0] == "PACKAGE" else find_spec(name, *rest)
from synthink.cli.main import main
for arguments in COMMANDS:
    try:
        main(arguments)
    except SystemExit as ended:
        print(ended.code)
"""


@pytest.mark.parametrize(
    ("package", "trainer", "message"),
    [
        ("jax", "big_vision", "trainer=big_vision needs the package jax: pip install 'synthink[train]'"),
        ("torch", "transformers", "trainer=transformers needs the package torch: pip install 'synthink[transformers]'"),
    ],
)
@pytest.mark.slow
def test_a_missing_package_is_one_line_that_says_what_to_type(
    tmp_path: Path, package: str, trainer: str, message: str
) -> None:
    """For `train` on rows of a folder and on rows that are drawn, and for `validate`, before anything is written."""
    rows = ["picture_px=48", "words=random", "splits.train=5", "splits.validation=2", "splits.test=2"]
    made = python("-m", "synthink", "generate", *rows, "output=data", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    before = files_in(tmp_path)
    commands = [["train", "dataset=data"], ["train", "trainer.stream=true", *rows], ["validate", *rows]]
    commands = [[*arguments, f"trainer={trainer}"] for arguments in commands]
    code = MISSING_PACKAGE.replace("PACKAGE", package).replace("COMMANDS", json.dumps(commands))
    result = python("-c", code, cwd=tmp_path)
    assert result.stdout.split() == ["2"] * len(commands), result.stderr
    assert result.stderr.splitlines() == [f"synthink: {message}"] * len(commands)
    assert files_in(tmp_path) == before


def test_the_version(command: Command) -> None:
    assert command("--version").stdout == f"synthink {VERSION}\n"


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.parametrize("debug", ["0", "1"])
def test_a_row_that_fails_is_one_line_and_debugging_shows_the_fault(
    command: Command, monkeypatch: pytest.MonkeyPatch, workers: int, expected: bool, debug: str
) -> None:
    draw = CircledLetters.draw

    def failing(self: CircledLetters, ctx: DrawContext) -> Sample:
        if ctx.index != 3:  # with more, two workers may each fail first
            return draw(self, ctx)
        error: Any = DrawError("no ring fits") if expected else ZeroDivisionError("division by zero")
        error.add_note("drawing a ring")
        raise error

    monkeypatch.setattr(CircledLetters, "draw", failing)
    monkeypatch.setenv("SYNTHINK_DEBUG", debug)
    result = command("generate", *SMALL, "shard_size=2", f"executor.workers={workers}", "output=out")
    fault = "circled_letters row 3 of split train (seed 0): ZeroDivisionError: division by zero"
    message = "no ring fits" if expected else fault
    *trace, last = result.stderr.splitlines()
    hint = "; SYNTHINK_DEBUG=1 shows where it happened" if debug == "0" and not expected else ""
    assert (result.returncode, last) == (1, f"synthink: {message}; drawing a ring{hint}")
    assert bool(trace) == (debug == "1")
    assert ("in failing" in result.stderr) == (debug == "1" and (not expected or workers == 1))


def test_the_command_starts_without_what_only_some_verbs_need() -> None:
    code = """
import sys
import synthink.cli.main
from synthink.build.formats import find_format
from synthink.cli.verbs import VERBS
VERBS["generate"]
for name in ("jsonl", "webdataset"):
    find_format(name)
packages = "pyarrow", "pandas", "datasets", "huggingface_hub", "torch", "jax"
rooms = "synthink.publish.publication", "synthink.train.run", "synthink.verify", "synthink.canvas"
print([name for name in (*packages, *rooms) if name in sys.modules])
"""
    assert python("-c", code).stdout == "[]\n"
