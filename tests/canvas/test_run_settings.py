"""Pictures are cut with the settings that a run learned from, read from its folder and typed by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthink
from synthink.canvas.run_settings import default_settings, settings_of_dataset, settings_of_run
from synthink.errors import AssetError
from synthink.evaluate.data.rows import Dataset
from synthink.gestures import ask_about_ink
from synthink.ink import Ink
from synthink.train.registry import find_trainer
from synthink.train.request import Request
from synthink.train.run_folder import RunFolder
from synthink.train.settings import Model
from tests.canvas.support import drawn_pages

FIELDS = {"picture_px": 224, "margin_px": 60.0, "white": 0.25, "ink_colours": ["blue"], "label_format": "gemini"}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with settings of its own, and no row: nothing but the manifest is read."""
    folder = tmp_path_factory.mktemp("data") / "gestures"
    documents = {"count": 6, "cache": "off"}
    synthink.generate("gestures", splits={"train": 1}, seed=0, output=folder, workers=1, documents=documents, **FIELDS)
    return folder


def run(folder: Path, *datasets: Path) -> Path:
    """A run that learned from these datasets, as far as its request."""
    request = Request(
        Model(name="paligemma"),
        find_trainer("big_vision").build({}),
        folder,
        [(Dataset(path), 1.0) for path in datasets],
    )
    folder.mkdir()
    RunFolder(folder).begin(request.plain(), overwrite=False)
    return folder


def test_settings_come_from_the_run(tmp_path: Path, dataset: Path) -> None:
    for settings in (settings_of_dataset(dataset), settings_of_run(run(tmp_path / "run", dataset))):
        assert (settings.picture_px, settings.margin_px, settings.white) == (224, 60.0, 0.25)
        assert settings.ink_colours == ("blue",) and settings.label_format == "gemini"
        question = ask_about_ink(settings, drawn_pages()[0], Ink([[(100.0, 100.0), (140.0, 110.0)]]))
        assert question.picture.size_px == (224, 224) and question.square.side == 40 + 60
    usual = default_settings()
    assert (usual.picture_px, usual.margin_px, usual.label_format) == (448, 40.0, "paligemma")


def test_a_run_whose_rows_are_gone_says_what_to_do(tmp_path: Path, dataset: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    folder = run(tmp_path / "run", gone)
    gone.rmdir()
    with pytest.raises(AssetError, match=r"cannot be read .*name a dataset like them, dataset=FOLDER"):
        settings_of_run(folder)


def test_rows_of_other_kinds_are_refused(tmp_path: Path) -> None:
    synthink.generate("circled_letters", splits={"train": 1}, seed=0, output=tmp_path / "a", workers=1, words="random")
    with pytest.raises(AssetError, match="was drawn by circled_letters; the canvas needs rows of gestures"):
        settings_of_dataset(tmp_path / "a")
