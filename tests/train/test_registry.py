"""Trainers by name: a stranger's comes in by an entry point, and one that cannot be used says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthink import plugins
from synthink.errors import ConfigError, SynthinkError
from synthink.train.big_vision.trainer import BigVisionTrainer
from synthink.train.registry import find_trainer, trainers
from synthink.train.transformers.trainer import TransformersTrainer
from tests.train.numpy_learner import NumpyTrainer, install, installed


def test_ours_come_in_by_the_same_door() -> None:
    assert {"big_vision": BigVisionTrainer, "transformers": TransformersTrainer}.items() <= trainers().items()


def test_a_strangers_trainer_is_one_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="trainer='numpy': no such trainer"):
        find_trainer("numpy")
    installed(tmp_path, monkeypatch)
    assert find_trainer("numpy") is NumpyTrainer
    assert trainers()["numpy"] is NumpyTrainer


@pytest.mark.parametrize("value", ["tests.train.numpy_learner:NumpyLearner", "tests.train.numpy_learner:NumpyTrainer"])
def test_what_is_no_trainer_of_that_name_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    site = install(tmp_path)
    entries = next(site.glob("*/entry_points.txt"))
    entries.write_text(f"[synthink.trainers]\nother = {value}\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(plugins, "_entries", plugins._entries.__wrapped__)
    assert "other" not in trainers()
    with pytest.raises(SynthinkError, match=r"trainer 'other' of synthink-numpy 1\.2\.3: .* is not a subclass"):
        find_trainer("other")


def test_runtime_fields_of_another_trainer() -> None:
    run = BigVisionTrainer(steps=7, big_vision="there", threads=2)
    opened = run.with_runtime_fields_of(BigVisionTrainer(steps=9, big_vision="here"))
    assert (opened.steps, opened.big_vision, opened.threads) == (7, "here", 2)
    assert run.with_runtime_fields_of(TransformersTrainer(threads=1)) == run
