"""A run's folder: a damaged checkpoint gives way to the one before it, and nothing of ours leads out of the folder."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import synthink
from synthink.cli.verbs.evaluate import report_folder
from synthink.errors import AssetError, ModelError, OutputError, SynthinkError
from synthink.train.checkpoint import CONTENTS
from synthink.train.learner import Step
from synthink.train.run import train_model
from synthink.train.run_folder import RunFolder
from synthink.train.validate import CONTROL, DATA, RUN, validate
from tests.build.test_foreign_names import snapshot
from tests.train.killed import TRAINER, request, same
from tests.train.numpy_learner import STATE, Batch, NumpyLearner, NumpyTrainer
from tests.train.patches import MODEL

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def stopped(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same run, interrupted at step 25: with checkpoints after steps 14 and 21."""

    class Interrupted(NumpyLearner):
        def step(self, batch: Batch, number: int) -> Step:
            if number == 25:
                raise KeyboardInterrupt
            return super().step(batch, number)

    output = tmp_path_factory.mktemp("stopped") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NumpyTrainer, "learner", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_model(request(data, output))
    return output


@pytest.fixture
def run(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "run"))


def cut(folder: Path) -> None:
    file = folder / STATE
    file.write_bytes(file.read_bytes()[:-100])


def garble(folder: Path) -> None:
    """One bit, in the middle of the weights: no reader of the format need notice."""
    content = bytearray((folder / STATE).read_bytes())
    content[len(content) // 3] ^= 1
    (folder / STATE).write_bytes(bytes(content))


def unreadable(folder: Path) -> None:
    (folder / STATE).unlink()
    (folder / STATE).mkdir()


def linked(folder: Path) -> None:
    (folder / STATE).rename(folder.parent.parent.parent / folder.name)
    (folder / STATE).symlink_to(folder.parent.parent.parent / folder.name)


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def without_record(folder: Path) -> None:
    """As synthink 0.1 wrote it, and cut."""
    (folder / CONTENTS).unlink()
    cut(folder)


DAMAGES: list[Callable[[Path], object]] = [
    cut,
    garble,
    unreadable,
    linked,
    empty,
    without_record,
    lambda folder: (folder / STATE).unlink(),
    lambda folder: (folder / STATE).write_bytes(b""),
    lambda folder: (folder / CONTENTS).write_bytes(b"{}"),
    lambda folder: (folder / CONTENTS).write_bytes(b"[" * 100_000),
    lambda folder: (folder / "stranger.npz").write_bytes(b"x"),
]


def load(folder: Path) -> None:
    """What a trainer does with a checkpoint."""
    with np.load(folder / STATE) as state:
        assert all(state[name].size for name in ("weights", "velocity"))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_gives_way_to_the_one_before(
    run: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], object]
) -> None:
    damage(run / "steps" / "0000021")
    assert RunFolder(run).resume(load) == 14
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{run / 'steps' / '0000021'}")
    assert line.endswith("; going on from the checkpoint after step 14")
    assert sorted(path.name for path in (run / "steps").iterdir()) == ["0000014", "0000021.damaged"]
    damage(run / "steps" / "0000014")
    before = snapshot(run)
    for _ in range(2):
        with pytest.raises(
            ModelError, match=r"0000014.*; no whole checkpoint is left; remove .*steps, and the"
        ) as caught:
            RunFolder(run).resume(load)
        assert "\n" not in str(caught.value)
    assert snapshot(run) == before


def test_a_run_with_a_damaged_checkpoint_ends_as_if_nothing_had_been(data: Path, clean: Path, run: Path) -> None:
    garble(run / "steps" / "0000021")
    train_model(request(data, run))
    same(run, clean)


def test_without_a_whole_checkpoint_the_remedy_helps(data: Path, clean: Path, run: Path) -> None:
    for step in ("0000014", "0000021"):
        cut(run / "steps" / step)
    with pytest.raises(ModelError, match="the same command begins anew"):
        train_model(request(data, run))
    shutil.rmtree(run / "steps")
    train_model(request(data, run))
    same(run, clean)


def test_a_whole_checkpoint_that_does_not_fit_is_kept(data: Path, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are as they were written: what fails is not the checkpoint."""

    class Full(NumpyLearner):
        def restore(self, folder: Path) -> None:
            raise ModelError("out of memory")

    monkeypatch.setattr(NumpyTrainer, "learner", Full)
    before = snapshot(run / "steps")
    with pytest.raises(ModelError, match="out of memory"):
        train_model(request(data, run))
    assert snapshot(run / "steps") == before


def test_a_checkpoint_of_an_older_release_is_gone_on_from(
    data: Path, clean: Path, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (run / "steps").iterdir():
        (folder / CONTENTS).unlink()
    train_model(request(data, run))
    assert capsys.readouterr().err == ""
    same(run, clean)


NAMES = [
    *("run.json", "finished.json", "metrics.jsonl", "tokenizer.model", "model", "steps", "tensorboard", "evaluation"),
    *(".synthink", ".synthink/lock"),
]


@pytest.mark.parametrize("kind", ["link", "pipe"])
@pytest.mark.parametrize("name", NAMES)
def test_names_of_a_run_lead_nowhere(data: Path, run: Path, tmp_path: Path, name: str, kind: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    place = run / name
    if place.exists():
        place.rename(outside / "target")
    else:
        (outside / "target").mkdir()
    (outside / "thesis.tex").write_text("years of work")
    place.parent.mkdir(exist_ok=True)
    if kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(outside / "target")
    before = snapshot(tmp_path)
    for overwrite in (False, True):
        with pytest.raises(OutputError, match=f"{name}: is a ") as caught:
            train_model(replace(request(data, run, overwrite=overwrite), trainer=replace(TRAINER, steps=3 + overwrite)))
        assert "\n" not in str(caught.value)
    assert snapshot(tmp_path) == before


def test_a_link_in_the_model_of_a_killed_run_is_not_written_through(data: Path, clean: Path, run: Path) -> None:
    (run / "model").mkdir()
    (run.parent / "theirs").write_text("years of work")
    (run / "model" / "checkpoint.npz").symlink_to(run.parent / "theirs")
    train_model(request(data, run))
    same(run, clean)
    assert (run.parent / "theirs").read_text() == "years of work"


def test_a_report_beside_a_model_lies_in_the_runs_folder(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert report_folder(tmp_path / "run", "a\\b, ü") == tmp_path / "run" / "evaluation" / "a\\b, ü"
    (tmp_path / "run" / "evaluation").mkdir()
    (tmp_path / "run" / "evaluation" / "theirs").symlink_to(tmp_path)
    with pytest.raises(OutputError, match=r"evaluation/theirs: leads out of .*run by a link"):
        report_folder(tmp_path / "run", "theirs")


def test_links_in_the_folder_of_a_validation_are_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    for name in (DATA, RUN, CONTROL):
        output = tmp_path / f"out-{name}"
        output.mkdir()
        (output / name).symlink_to(tmp_path / "theirs")
        with pytest.raises(OutputError, match=f"{name}: is a link"):
            validate(MODEL, TRAINER, output, synthink.generate)
    assert not list((tmp_path / "theirs").iterdir())


@pytest.mark.parametrize("content", [None, "{}", "[1]", '{"format_version": 2}', "no JSON", "[" * 100_000], ids=str)
def test_a_folder_is_a_run_only_with_a_run_json_of_ours(data: Path, tmp_path: Path, content: str | None) -> None:
    (tmp_path / "mine" / ".synthink").mkdir(parents=True)
    (tmp_path / "mine" / "model").mkdir()
    (tmp_path / "mine" / "model" / "thesis.tex").write_text("years of work")
    if content is not None:
        (tmp_path / "mine" / "run.json").write_text(content)
    before = snapshot(tmp_path)
    for overwrite in (False, True):
        with pytest.raises(SynthinkError, match=r"not empty, and not a run|run\.json: ") as caught:
            train_model(request(data, tmp_path / "mine", overwrite=overwrite))
        assert "\n" not in str(caught.value)
    assert snapshot(tmp_path) == before


def test_a_run_json_of_somebody_else_stays_where_nothing_else_is(data: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "run.json").write_text(json.dumps({"speed": 7}))
    with pytest.raises(AssetError, match=r"run\.json: is not a file of a run"):
        train_model(request(data, tmp_path / "mine"))
    assert (tmp_path / "mine" / "run.json").exists()


def test_what_is_read_of_a_run_is_bounded_and_regular(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    with (tmp_path / "run.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(AssetError, match=r"run\.json: has more than 67,108,864 bytes"):
        run.request()
    (tmp_path / "run.json").unlink()
    os.mkfifo(tmp_path / "run.json")
    with pytest.raises(AssetError, match=r"run\.json: is a pipe"):
        run.request()
