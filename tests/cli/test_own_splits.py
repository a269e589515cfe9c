"""Splits of one's own on the command line, in a recipe and in a sweep, as a user types them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from synthink.cli.help import verb_help
from synthink.cli.verbs.generate import Generate
from tests.cli.support import SMALL, assert_refused, manifest_of
from tests.support import Result

pytestmark = pytest.mark.whole

Command = Callable[..., Result]

RECIPE = """# @package _global_
splits:
  test: {rows: 2, camera: scan}
  test_photo: {rows: 2, like: test, camera: {preset: photo, noise: 3}}
"""


@pytest.mark.heavy
def test_a_recipe_has_splits_of_its_own_and_words_change_them(command: Command, tmp_path: Path) -> None:
    (tmp_path / "recipes/experiment").mkdir(parents=True)
    (tmp_path / "recipes/experiment/mine.yaml").write_text(RECIPE)
    few = ("splits.train=3", "splits.validation=0", "picture_px=64", "words=random")
    words = ("splits.test_photo.rows=1", "splits.test_photo.camera.noise=5", "splits.dev={rows: 1, like: validation}")
    result = command("generate", "--config-dir", "recipes", "experiment=mine", *few, *words, "output=out")
    assert result.returncode == 0, result.stderr
    assert "  train 3  test 2  test_photo 1  dev 1" in result.stdout
    manifest = manifest_of(tmp_path / "out")
    assert manifest["splits"] == {"train": 3, "test": 2, "test_photo": 1, "dev": 1}
    own = manifest["own_splits"]
    assert own["dev"] == {"like": "validation", "fields": {}}
    assert (own["test"]["like"], own["test"]["fields"]["camera"]["preset"]) == ("test", "scan")
    camera = own["test_photo"]["fields"]["camera"]
    assert (camera["preset"], camera["noise"], camera["jpeg_quality"]) == ("photo", [5.0, 5.0], [40, 90])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("splts: {dev: 3}", "splts={'dev': 3}: no such key; did you mean splits"),
        ("splits: {tset: 3}", "splits.tset=3: no such split; did you mean test?"),
        ("generator: {camera: scan}", "'scan' stands where the fields of Camera are wanted; write {preset: scan}"),
        ("base: 3\nseed: ${base}\nsplits: {dev: {rows: 2, like: test}}", ""),
    ],
)
def test_a_recipe_is_read_to_the_last_key(command: Command, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "recipes/experiment").mkdir(parents=True)
    (tmp_path / "recipes/experiment/mine.yaml").write_text(f"# @package _global_\n{text}\n")
    words = ("--config-dir", "recipes", "experiment=mine", *SMALL, "dry_run=true", "output=out")
    result = command("generate", *words)
    if message:
        assert result.returncode == 2 and message in result.stderr.splitlines()[-1], result.stderr
        assert not (tmp_path / "out").exists()
    else:
        assert result.returncode == 0 and "train 5  test 2  dev 2" in result.stdout, result.stderr


def test_all_splits_may_be_given_at_once(command: Command) -> None:
    splits = "splits={train: 3, validation: 0, test: 0, test_photo: {rows: 2, like: test, camera: photo}}"
    result = command("generate", splits, "words=random", "picture_px=64", "dry_run=true")
    assert result.returncode == 0 and "  train 3  test_photo 2" in result.stdout, result.stderr
    assert_refused(command("generate", "splits=5"), "splits=5: says nothing by itself; write splits.train=...")


@pytest.mark.whole
def test_a_sweep_over_whole_definitions_of_a_split(command: Command, tmp_path: Path) -> None:
    words = "splits.dev={rows: 1, like: test},{rows: 2, like: test, camera: scan}"
    result = command("generate", "-m", *SMALL, words, "output=out")
    assert result.returncode == 0, result.stderr
    manifests = [manifest_of(folder) for folder in sorted((tmp_path / "out").glob("0*"))]
    assert [manifest["splits"]["dev"] for manifest in manifests] == [1, 2]
    assert [list(manifest["own_splits"]["dev"]["fields"]) for manifest in manifests] == [[], ["camera"]]


@pytest.mark.whole
def test_a_sweep_over_a_field_of_a_split_names_its_jobs_by_it(command: Command, tmp_path: Path) -> None:
    words = ("splits.photo.rows=1", "splits.photo.like=test", "splits.photo.camera=photo,scan")
    result = command("generate", "-m", *SMALL, *words, "output=out")
    assert result.returncode == 0, result.stderr
    assert "splits.photo.camera" in result.stdout and "++" not in result.stdout
    folders = sorted((tmp_path / "out").glob("0*"))
    cameras = [manifest_of(folder)["own_splits"]["photo"]["fields"]["camera"]["preset"] for folder in folders]
    assert cameras == ["photo", "scan"]


def test_a_text_in_a_split_of_ones_own_needs_no_quotes_inside_those_of_the_shell(
    command: Command, tmp_path: Path
) -> None:
    result = command(
        *("generate", *SMALL, "splits.dev={rows: 2, like: test}", "splits.dev.prompts=What's in the ring?"),
        *("dry_run=true", "output=out"),
    )
    assert result.returncode == 0, result.stderr
    assert "train 5  test 2  dev 2" in result.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("splits.dev=5",), "splits.dev=5: no such split; known: test, train, validation; one of your own says whose"),
        (("splits.dev={rows: 5}",), "splits.dev.like=None: must say whose words, fonts and documents the split has"),
        (("splits.dev={rows: x, like: test}",), "splits.dev='x': must be a whole number of rows"),
        (("splits.dev={like: test}",), "splits.dev=None: circled_letters has no end: say how many rows"),
        (("splits.dev.camra=scan",), "splits.dev.camra='scan': no such key; did you mean camera?"),
        (("splits.dev={rows: 5, like: test, words: nltk}",), "splits.dev.words='nltk': words is divided between"),
        (("splits.test.camera=scan",), "as in 'splits.test={rows: 100, camera: scan}'"),
        (("splits.all={rows: 5, like: test}",), "splits.all={'rows': 5, 'like': 'test'}: the name is taken"),
        (("splits={tset: 5}",), "splits.tset=5: no such key; did you mean test?"),
    ],
)
def test_what_cannot_be_one_is_one_error(
    command: Command, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    assert_refused(command("generate", *words, "words=random", "output=out"), message, tmp_path)


def test_the_help_shows_how_to_write_one_and_those_that_there_are() -> None:
    text = verb_help(Generate, ["splits.dev={rows: 5, like: test}"])
    assert "splits.NAME={...}" in text and "splits.dev={rows:5,like:test}" in text
    assert "splits.own" not in text
