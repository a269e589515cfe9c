"""`synthink canvas` as users start it, in a process of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink.documents import read_page_folder
from synthink.evaluate.data.rows import Dataset
from synthink.train.request import Request
from synthink.train.run import train_model
from tests.canvas.browser import Hand, needs_browser, open_canvas, window
from tests.canvas.support import command, wait_until_ready
from tests.evaluate.api_models.api_server import KEY, serving
from tests.support import environment, python
from tests.train.numpy_learner import install, short
from tests.train.patches import MODEL, PLACES, make

pytestmark = pytest.mark.whole


def test_a_run_answers_on_the_page_beside_another(tmp_path: Path) -> None:
    """Two real runs of a trainer that a stranger's package brings; the crop is that of a dataset of gestures."""
    data = Dataset(make(tmp_path / "patches", 40, 10, 10))
    for name in ("first", "second"):
        train_model(Request(MODEL, short(steps=5), tmp_path / name, [(data, 1.0)]))
    rows = tmp_path / "gestures"
    synthink.generate("gestures", splits={"train": 1}, seed=0, output=rows, workers=1, picture_px=224, margin_px=60.0)
    path = os.pathsep.join([environment()["PYTHONPATH"], str(install(tmp_path))])
    words = (f"checkpoint={tmp_path / 'first'}", f"before={tmp_path / 'second'}", f"dataset={rows}")
    with command(*words, "trainer=numpy", f"output={tmp_path / 'out'}", PYTHONPATH=path) as (canvas, _):
        wait_until_ready(canvas)
        for model in (0, 1):
            result = canvas.post("/api/interpret", revision=1, strokes=[[[100, 100], [140, 110]]], model=model)
            assert result["answer"] in PLACES and result["fault"] == "the answer is no label of a gesture"
            left, _, right, _ = result["square"]
            assert right - left == 40 + 60


def test_a_model_behind_an_api_is_asked_once_about_what_is_drawn(tmp_path: Path) -> None:
    label = "delete <loc0100><loc0100><loc0900><loc0900>"
    fields = {"model": "gpt-test", "requests_per_minute": "null", "retries": 0}
    with serving() as server:
        words = [f"predictor.{name}={value}" for name, value in {**fields, "base_url": server.url}.items()]
        server.script += [lambda request: request.answer(label), lambda request: request.fail(500, f"no {KEY}")]
        with command("predictor=openai", *words, f"output={tmp_path}", OPENAI_API_KEY=KEY) as (canvas, _):
            wait_until_ready(canvas)
            for _ in range(2):  # what was paid for is kept
                result = canvas.post("/api/interpret", revision=1, strokes=[[[100, 100], [140, 110]]], model=0)
                assert (result["answer"], result["gesture"]["kind"]) == (label, "delete")
            refused = canvas.post("/api/interpret", 502, revision=1, strokes=[[[300, 100], [340, 110]]], model=0)
            assert refused["error"].startswith("gpt-test") and KEY not in str(refused)
        assert [turns[0][2] for _, _, _, _, turns, _ in server.seen] == ["Recognize gesture"] * 2


@needs_browser
def test_without_a_model_a_word_is_struck_out_and_the_page_saved(browser: Any, tmp_path: Path) -> None:
    with command("documents.count=3", f"output={tmp_path}") as (canvas, process), window(browser) as page:
        open_canvas(page, canvas.address)
        wait_until_ready(canvas)
        original = next(iter(synthink.documents.read_documents("synthetic", count=3)))
        left, top, right, bottom = original.word_boxes[9].tolist()
        Hand(page).draw([(x, (top + bottom) / 2) for x in np.linspace(left, right, 30)])
        page.click("#interpret")
        page.click("#answers .accept")
        page.wait_for_selector("#back:enabled")
        page.click("#save")
        page.wait_for_function("() => document.getElementById('status').textContent.startsWith('Saved')")
        saved = read_page_folder(tmp_path / "pages" / "0001")
        assert saved.words == (*original.words[:9], *original.words[10:])
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("checkpoint=nowhere", "checkpoint=nowhere: no such file or folder"),
        ("dataset=nowhere", "nowhere: no such folder"),
        ("documents=nowhere.pdf", "nowhere.pdf"),
        ("predictor=strokez", "did you mean strokes"),
        ("host=203.0.113.9", "cannot be listened at"),
        ("names=[0.0.0.0]", "is no name by which anybody calls a server"),
        ("mode=draw", "mode"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, word: str, message: str) -> None:
    result = python("-m", "synthink", "canvas", "open=false", word, cwd=tmp_path, env=environment())
    assert result.returncode == 2 and message in result.stderr, result.stderr
    assert len(result.stderr.strip().splitlines()) == 1 and list(tmp_path.iterdir()) == []
