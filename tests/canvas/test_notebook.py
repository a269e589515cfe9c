"""`synthink.Canvas`: what a notebook's cell shows and asks, and what the kernel then knows."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink.evaluate.answerer import Example
from synthink.evaluate.predictor import Predictor
from synthink.gestures import ask_about_ink
from synthink.labels import Label, format_label
from tests.canvas.browser import Hand, needs_browser, window
from tests.canvas.support import drawn_pages

pytest.importorskip("anywidget")
Widget = Any


class Deleting(Predictor):
    """Strikes out whatever the picture shows."""

    name = "deleting"

    def open(self, examples: Sequence[Example], folder: Path, progress: Any) -> Any:
        return self

    def answers(self, examples: Sequence[Example]) -> list[str]:
        return [format_label(Label("delete", (20, 20, 428, 428), ""), (448, 448), "paligemma")]


@pytest.fixture
def canvas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Widget, Any]]:
    """A widget, and the wire to it."""
    import comm

    from tests.canvas.notebook_host import Wire

    monkeypatch.setattr(comm, "create_comm", Wire)
    widget = synthink.Canvas(drawn_pages()[0], predictor=Deleting(), output=tmp_path)
    yield widget, widget.comm
    widget.close()


def asked(wire: Any, path: str, **body: Any) -> tuple[int, Any]:
    """The status and the object that come back."""
    method = "POST" if body else "GET"
    [(reply, buffers)] = wire.ask({"id": "7", "method": method, "path": path, "body": json.dumps(body)})
    assert reply["id"] == "7" and not buffers
    return reply["status"], json.loads(reply["text"])


def test_the_view_uses_nothing_but_the_interface_of_anywidget() -> None:
    """So that it runs where anywidget does, in VS Code and Colab as in Jupyter."""
    module = synthink.Canvas._esm
    code = re.sub(r"//.*", "", module if isinstance(module, str) else module.read_text(encoding="utf-8"))
    assert set(re.findall(r"\bmodel\.(\w+)", code.partition("function kernel(model)")[2])) <= {
        *("get", "set", "save_changes", "on", "off", "send"),
    }
    assert re.search(r"\brender\(\{ model, el \}\)", code)
    others = (
        r"\b(Jupyter|IPython|google|acquireVsCodeApi|require|requirejs|define|fetch|location|localStorage|import)\b"
    )
    assert re.findall(others, re.sub(r"\"[^\"\n]*\"", "", code)) == []


def test_messages_are_answered_as_requests_are(canvas: tuple[Widget, Any]) -> None:
    widget, wire = canvas
    assert widget.page is drawn_pages()[0] and not len(widget.ink.points) and widget.gesture is widget.answer is None
    while asked(wire, "/api/state")[1]["models"][0]["state"] == "loading":
        pass
    left, top, right, bottom = widget.page.word_boxes[3].tolist()
    stroke = [[x, (top + bottom) / 2, 8.0 * n, None] for n, x in enumerate(np.linspace(left, right, 9).tolist())]
    wire.keep(
        {"drafts": {f"ink of {widget.page.name}": [{"points": stroke}], "ink of another": [{"points": stroke[:2]}]}}
    )
    np.testing.assert_allclose(widget.ink.points[:, :3], np.array([point[:3] for point in stroke]), atol=1e-3)
    status, reply = asked(wire, "/api/interpret", revision=1, strokes=[stroke], model=0)
    assert status == 200 and reply["gesture"]["kind"] == widget.gesture.kind == "delete"
    assert widget.answer == reply["answer"] and widget.page.words[3] in reply["gesture"]["words"]
    assert reply["square"] == list(ask_about_ink(widget._app.settings, widget.page, widget.ink).square.box)
    status, state = asked(wire, "/api/accept", revision=1, id=reply["id"])
    assert status == 200 and state["page"]["edits"] == ["delete"]
    assert widget.page.words == tuple(state["page"]["text"].split()) != drawn_pages()[0].words
    [(about, [picture])] = wire.ask({"id": "8", "method": "GET", "path": "/api/page.png", "body": None})
    assert about == {"id": "8", "status": 200, "text": ""} and picture.startswith(b"\x89PNG")


def test_what_is_no_question_is_refused(canvas: tuple[Widget, Any], capfd: pytest.CaptureFixture[str]) -> None:
    _, wire = canvas
    assert asked(wire, "/api/nothing")[0] == 404 and asked(wire, "/api/state", x=1)[0] == 404
    assert asked(wire, "/api/interpret", revision=1)[0] == 400
    for content in (None, [], {"path": "/api/state"}, {"method": "POST", "path": "/api/ask", "body": 5}):
        [(reply, _)] = wire.ask(content)
        assert reply["status"] == 400 and "error" in json.loads(reply["text"])
    deep = {"id": 1, "method": "POST", "path": "/api/ask", "body": "[" * 100_000}
    assert "nested" in wire.ask(deep)[0][0]["text"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"documents": "nowhere.pdf"}, r"nowhere\.pdf"),
        ({"checkpoint": "nowhere"}, "nowhere"),
        ({"dataset": "nowhere"}, "nowhere: no such folder"),
        ({"predictor": "strokez"}, "did you mean strokes"),
        ({"predictor": 5}, "predictor=5: must be the name of a predictor"),
        ({"ask": ["gestures"]}, "did you mean gesture"),
    ],
)
def test_what_cannot_be_opened_is_one_error(tmp_path: Path, fields: Any, message: str) -> None:
    before = threading.active_count()
    with pytest.raises(synthink.SynthinkError, match=message):
        synthink.Canvas(**{"documents": drawn_pages()[0], "output": tmp_path, **fields})
    assert threading.active_count() == before and list(tmp_path.iterdir()) == []


@needs_browser
@pytest.mark.whole
def test_a_stroke_that_is_drawn_in_a_cell_is_ink_in_python(canvas: tuple[Widget, Any], browser: Any) -> None:
    from tests.canvas.notebook_host import render

    widget, wire = canvas
    with window(browser) as page:
        render(page, wire)
        own = page.locator("body > button").evaluate("(button) => getComputedStyle(button).color")
        assert own == "rgb(255, 0, 0)" and page.locator("#cell #app").evaluate("(app) => app.offsetHeight > 300")
        left, top, right, bottom = widget.page.word_boxes[3].tolist()
        stroke = [(x, (top + bottom) / 2) for x in np.linspace(left, right, 12)]
        Hand(page).draw(stroke, "pen", 0.6)
        page.wait_for_function("() => true")
        np.testing.assert_allclose(widget.ink.points[:12, :2], stroke, atol=1)
        assert set(np.unique(widget.ink.points[:-1, 3])) == {np.float32(0.6)}
        Hand(page).draw([(x, y + 40) for x, y in stroke])
        page.keyboard.press("Control+z")
        assert len(widget.ink) == 1
        page.click("#interpret")
        page.click("#answers .accept")
        page.wait_for_selector("#back:enabled")
        assert widget.gesture.kind == "delete" and len(widget.page.words) < len(drawn_pages()[0].words)
        assert not len(widget.ink.points) and page.inner_text("#edits") == "delete"
        page.evaluate("() => closeView()")
