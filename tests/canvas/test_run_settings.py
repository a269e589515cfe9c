"""Pictures are cut with the settings that a run learned from, read from its folder and typed by nobody."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

import synthink
from synthink.canvas.run_settings import default_settings, settings_for, settings_of_dataset, settings_of_run
from synthink.errors import AssetError
from synthink.evaluate.data.rows import Dataset
from synthink.gestures import ask_about_ink
from synthink.ink import Ink
from synthink.train.registry import find_trainer
from synthink.train.request import Request
from synthink.train.run_folder import RunFolder
from synthink.train.settings import Model
from tests.canvas.support import drawn_pages, running

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


def test_rows_of_any_dataset_can_be_asked_about(tmp_path: Path) -> None:
    """By their number; a dataset without gestures has no settings, and the usual ones stand."""
    folder = tmp_path / "letters"
    synthink.generate("circled_letters", splits={"train": 2}, seed=0, output=folder, workers=1, words="random")
    assert settings_for(folder, None) == default_settings()
    with running(tmp_path / "out", dataset=Dataset(folder)) as canvas:
        assert canvas.get("/api/state")["splits"] == ["train"]
        result = canvas.post("/api/row", split="train", number=1)
        row = Dataset(folder).rows("train").example(1)
        assert base64.b64decode(result["picture"]) == row.image and result["number"] == 1
        assert (result["prompt"], result["answer"], result["boxes"]) == (row.prefix, row.suffix, [])
        assert "rows 0 to 1" in canvas.post("/api/row", 400, split="train", number=2)["error"]
        for split in ("../train", "test", None):
            assert canvas.post("/api/row", 400, split=split, number=0)["error"].startswith("split: ")
    with running(tmp_path / "other") as canvas:
        assert "there is no dataset" in canvas.post("/api/row", 400, split="train", number=0)["error"]
