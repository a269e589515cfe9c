"""A folder of configs of the user's own (`--config-dir`): help, completion, errors, recipes that are sweeps."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from synthink.cli.complete import candidates
from tests.cli.support import SMALL, assert_refused, manifest_of
from tests.support import Result

pytestmark = pytest.mark.heavy

Command = Callable[..., Result]
RECIPES = {
    "experiment/pens.yaml": "defaults: [{override /generator: gestures}]\nseed: 5\n",
    "experiment/sweep.yaml": "output: mine\n"
    "hydra: {mode: MULTIRUN, sweeper: {params: {seed: '1,2', text_size_px: 20}}}\n",
    "experiment/run.yaml": "hydra: {run: {dir: there}}\n",
    "experiment/flat.yaml": "picture_px: 64\n",
    "model/mine.yaml": "name: mine\nlearning_rate: 0.5\n",
}


@pytest.fixture
def own(command: Command, tmp_path: Path) -> Command:
    """The command, typed beside a folder `own` of configs."""
    for name, text in RECIPES.items():
        file = tmp_path / "own" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(("# @package _global_\n" if name.startswith("experiment") else "") + text)
    return command


@pytest.mark.whole
def test_help_knows_recipes_and_presets_of_ones_own(own: Command) -> None:
    result = own("generate", "--config-dir", "own", "experiment=pens", "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert "fields of gestures" in result.stdout and "seed=5" in result.stdout
    assert "|pens|run|sweep|" in result.stdout
    result = own("train", "--help", "--config-dir=own", "model=mine")
    assert (result.returncode, result.stderr) == (0, "")
    assert "model.learning_rate=0.5" in result.stdout
    assert_refused(own("generate", "--config-dir", "own", "experiment=pen", "--help"), "did you mean pens?")


@pytest.mark.parametrize(
    ("before", "typed", "candidate"),
    [
        (("generate",), "--c", "--config-dir"),
        (("generate", "--config-dir"), "o", "own"),
        (("generate",), "--config-dir=o", "--config-dir=own"),
        (("generate", "--config-dir", "own"), "experiment=p", "experiment=pens"),
        (("train", "-m", "--config-dir=own"), "model=m", "model=mine"),
        (("generate", "--config-dir", "own", "experiment=pens"), "docu", "documents="),
    ],
)
@pytest.mark.usefixtures("own")
def test_completion_knows_them_too(before: tuple[str, ...], typed: str, candidate: str) -> None:
    assert candidate in {word for word in candidates(before, typed) if word.startswith(typed)}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--config-dir", "own", "experiment=pens", "picture_px=16"), "picture_px=16: must be between 32 and 4096"),
        (
            ("--config-dir", "own", "experiment=run"),
            "hydra.run.dir='there': no output goes there; say where with output=",
        ),
        (("hydra.searchpath=[file://own]", "experiment=run"), "hydra.run.dir='there': no output goes there"),
        (("hydra.run.dir=there",), "hydra.run.dir='there': no output goes there"),
        (
            ("-m", "seed=1,2", "hydra.sweep.subdir=${hydra.job.num}"),
            "hydra.sweep.subdir='${hydra.job.num}': names no job",
        ),
        (
            ("--config-dir", "own", "experiment=flat"),
            "picture_px=64: is a field of the generator: in a recipe it stands",
        ),
        (("--config-dir", "own", "experiment=sweep", "text_size_px=5,x"), "text_size_px='x': must be a number"),
    ],
    ids=str,
)
@pytest.mark.whole
def test_one_line_says_what_is_wrong(own: Command, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    words = tuple(word.replace("file://own", f"file://{tmp_path}/own") for word in words)
    assert_refused(own("generate", *words, "output=out"), message, tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--config-dir", "own", "experiment=sweep"), marks=pytest.mark.whole),
        pytest.param(("-m", "--config-dir", "own", "experiment=sweep"), marks=pytest.mark.slow),
        pytest.param(("hydra.searchpath=[file://own]", "experiment=sweep"), marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_a_recipe_sweeps_by_itself(own: Command, tmp_path: Path, words: tuple[str, ...]) -> None:
    words = tuple(word.replace("file://own", f"file://{tmp_path}/own") for word in words)
    result = own("generate", *words, *SMALL)
    assert (result.returncode, result.stderr) == (0, "")
    jobs = [manifest_of(path.parent) for path in sorted((tmp_path / "mine").glob("00*/synthink.json"))]
    assert [(job["seed"], job["fields"]["text_size_px"]) for job in jobs] == [(1, [20, 20]), (2, [20, 20])]


@pytest.mark.slow
def test_what_is_typed_goes_before_what_a_recipe_sweeps_over(own: Command, tmp_path: Path) -> None:
    result = own(
        "generate", "--config-dir", "own", "experiment=sweep", *SMALL, "seed=7", "text_size_px=20,30", "output=o"
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert [manifest_of(path.parent)["seed"] for path in (tmp_path / "o").glob("00*/synthink.json")] == [7, 7]
    once = own("generate", "--config-dir", "own", "experiment=sweep", *SMALL, "hydra.mode=RUN", "output=once")
    assert (once.returncode, once.stderr) == (0, "")
    assert manifest_of(tmp_path / "once")["seed"] == 0


@pytest.mark.whole
def test_flags_stand_anywhere(own: Command, tmp_path: Path) -> None:
    result = own("generate", *SMALL[:2], "seed=1,2", "-m", *SMALL[2:], "--config-dir", "own", "output=sweep")
    assert (result.returncode, result.stderr) == (0, "")
    assert len(list((tmp_path / "sweep").glob("00*/synthink.json"))) == 2


@pytest.mark.whole
def test_the_exit_status_is_the_verbs(own: Command, tmp_path: Path) -> None:
    assert own("generate", *SMALL, "output=a").returncode == 0
    manifest = tmp_path / "a" / "synthink.json"
    manifest.write_text(re.sub(r'("(sha256|pixels)": )"\w{8}', r'\1"00000000', manifest.read_text()))
    result = own("generate", "--config-dir", "own", "from=a/synthink.json", "output=b")
    assert result.returncode == 1 and "NOT the pixels" in result.stdout, result.stderr
