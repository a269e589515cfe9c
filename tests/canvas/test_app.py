"""What the page asks for: ink interpreted, edits accepted and taken back, pages turned and saved."""

from __future__ import annotations

import base64
import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from synthink.canvas.models import Model, Question
from synthink.canvas.readers import StrokesReader
from synthink.documents import read_page_folder
from synthink.errors import ModelError
from synthink.gestures import PageQuestion, ask_about_ink
from synthink.ink import Ink
from tests.canvas.support import Known, Running, drawn_pages, label_at, running

SCRIPT = "<script>document.title='owned'</script>\"'"


@pytest.fixture
def canvas(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "out") as canvas:
        yield canvas


def box_of(*words: int) -> tuple[float, float, float, float]:
    boxes = drawn_pages()[0].word_boxes[list(words)]
    left, top, right, bottom = *boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def line_through(box: tuple[float, float, float, float]) -> list[list[list[Any]]]:
    left, top, right, bottom = box
    share = np.linspace(0, 1, 20)
    y = (top + bottom) / 2
    return [[[float(left + (right - left) * s), y, 1000 + 8 * n, None] for n, s in enumerate(share)]]


def interpreted(canvas: Running, kind: str, *words: int, text: str = "") -> Any:
    box = box_of(*words)
    canvas.known.answer_to = label_at(kind, box, text)
    revision = canvas.get("/api/state")["page"]["revision"]
    return canvas.post("/api/interpret", revision=revision, strokes=line_through(box), model=0)


def picture_file(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(file, "PNG")
    return file.getvalue()


def test_the_model_sees_the_crop_of_gestures_and_the_page_its_answer(canvas: Running) -> None:
    result = interpreted(canvas, "delete", 1, 2)
    page, settings = drawn_pages()[0], canvas.canvas.settings
    expected = ask_about_ink(settings, page, Ink(line_through(box_of(1, 2))))
    crop = Image.open(io.BytesIO(base64.b64decode(result["crop"].partition(",")[2]))).convert("RGB")
    np.testing.assert_array_equal(np.asarray(crop), expected.picture.array())
    assert result["prompt"] == "Recognize gesture" and result["square"] == list(expected.square.box)
    assert result["gesture"]["kind"] == "delete" and result["gesture"]["words"] == list(page.words[1:3])
    np.testing.assert_allclose(result["gesture"]["box"], box_of(1, 2), atol=expected.square.side / 1024)
    assert result["acceptable"] and result["summary"] == "takes out 2 words"
    assert ["gone", " ".join(page.words[1:3])] in result["changes"]


def test_an_edit_is_accepted_taken_back_and_made_again(canvas: Running) -> None:
    before, words = drawn_pages()[0].words, drawn_pages()[0].words[1:3]
    result = interpreted(canvas, "delete", 1, 2)
    state = canvas.post("/api/accept", revision=result["revision"], id=result["id"])
    assert state["page"]["edits"] == ["delete"] and state["page"]["revision"] > result["revision"]
    assert canvas.canvas.desk.page.words == (before[0], *before[3:])
    picture = np.asarray(Image.open(io.BytesIO(canvas.ask("GET", "/api/page.png")[2])).convert("L"))
    left, top, right, bottom = map(round, box_of(1, 2))
    assert words and (picture[top:bottom, left:right] < 128).any()  # what came after has moved there
    state = canvas.post("/api/walk", revision=state["page"]["revision"], steps=-1)
    assert canvas.canvas.desk.page.words == before and state["page"]["undone"] == 1
    state = canvas.post("/api/walk", revision=state["page"]["revision"], steps=1)
    assert canvas.canvas.desk.page.words != before and state["page"]["undone"] == 0
    state = canvas.post("/api/walk", revision=state["page"]["revision"], steps=-1000)
    assert canvas.canvas.desk.page.words == before


def test_a_model_is_shown_the_page_as_it_was_edited(canvas: Running) -> None:
    result = interpreted(canvas, "insert", 3, text="brand new")
    canvas.post("/api/accept", revision=result["revision"], id=result["id"])
    edited = canvas.canvas.desk.page
    new = edited.word_boxes[edited.words.index("brand")]
    seen: list[np.ndarray[Any, Any]] = []

    def look(question: Question) -> str:
        assert isinstance(question, PageQuestion)
        left, top, right, bottom = ((new - (question.square.left, question.square.top) * 2) * question.scale).astype(
            int
        )
        seen.append(question.picture.array()[top:bottom, left:right])
        return "nothing"

    canvas.known.answer_to = look
    state = canvas.get("/api/state")
    above = [[[float(new[0]), float(new[1]) - 8], [float(new[2]), float(new[1]) - 8]]]
    canvas.post("/api/interpret", revision=state["page"]["revision"], strokes=above, model=0)
    assert seen[0].min() < 200 and edited.raster.pixels() is not drawn_pages()[0].raster  # the print is there


def test_an_answer_about_another_page_changes_nothing(canvas: Running) -> None:
    result = interpreted(canvas, "delete", 1, 2)
    state = canvas.post("/api/turn", revision=result["revision"], steps=1)
    assert state["page"]["name"] == "page 2"
    assert "another tab" in canvas.post("/api/accept", 409, revision=result["revision"], id=result["id"])["error"]
    assert "as it was before" in canvas.post("/api/accept", 409, revision=state["page"]["revision"], id=1)["error"]
    revision = state["page"]["revision"]
    assert canvas.post("/api/turn", revision=revision, steps=9)["page"]["name"] == "page 2"  # there is no third
    for path in ("/api/turn", "/api/walk"):
        for steps in (None, 1.5, True, 10**6, "1"):
            canvas.post(path, 400, revision=revision + 1, steps=steps)


@pytest.mark.parametrize("answer", [SCRIPT, "", "delete", "delete <loc9999>", "x" * 100_000, "delete \ud800 <loc0001>"])
def test_an_answer_that_is_no_label_is_shown_and_not_accepted(canvas: Running, answer: str) -> None:
    canvas.known.answer_to = lambda question: answer
    strokes = line_through(box_of(1, 2))
    result = canvas.post("/api/interpret", revision=1, strokes=strokes, model=0)
    assert result["answer"] == answer[:10_000].replace("\ud800", "?") and result["gesture"] is None
    assert result["fault"] == "the answer is no label of a gesture" and not result["acceptable"]
    assert "nothing to accept" in canvas.post("/api/accept", 400, revision=1, id=result["id"])["error"]


def test_script_in_an_edit_stays_text(canvas: Running) -> None:
    result = interpreted(canvas, "insert", 3, text=SCRIPT)
    assert result["gesture"]["text"] == SCRIPT and ["new", SCRIPT] in result["changes"]
    state = canvas.post("/api/accept", revision=result["revision"], id=result["id"])
    assert SCRIPT in state["page"]["text"]


def test_an_edit_that_meets_nothing_says_so(canvas: Running) -> None:
    canvas.known.answer_to = label_at("delete", (300, 250, 310, 260))
    result = canvas.post("/api/interpret", revision=1, strokes=[[[300, 250], [310, 260]]], model=0)
    assert result["fault"] == "the edit changes nothing on this page"


def test_ink_off_the_page_is_refused(canvas: Running) -> None:
    error = canvas.post("/api/interpret", 400, revision=1, strokes=[[[9e5, 9e5], [9e5, 9e5]]], model=0)["error"]
    assert "does not lie on the page" in error
    assert "draw a gesture" in canvas.post("/api/interpret", 400, revision=1, strokes=[], model=0)["error"]
    assert "there is no model" in canvas.post("/api/interpret", 400, revision=1, strokes=[[[1, 1]]], model=1)["error"]


def test_a_model_that_fails_or_is_slow_is_named_and_the_next_question_is_answered(tmp_path: Path) -> None:
    go_on, questions = threading.Event(), []

    def answer(question: Question) -> str:
        questions.append(question)
        if len(questions) == 1:
            raise ModelError("the endpoint is gone")
        if len(questions) == 2:
            go_on.wait(10)
        return "fine"

    with running(tmp_path) as canvas:
        model = Model("fragile", lambda: Known(answer), wait_s=0.3)
        canvas.canvas.models = [model]
        request = {"revision": 1, "strokes": [[[50, 50], [90, 60]]], "model": 0}
        while model.state == "loading":
            time.sleep(0.01)
        assert canvas.post("/api/interpret", 502, **request)["error"] == "fragile: the endpoint is gone"
        assert "has not answered within 0.3 s" in canvas.post("/api/interpret", 504, **request)["error"]
        assert "busy with the question before" in canvas.post("/api/interpret", 503, **request)["error"]
        go_on.set()
        while not model._free._value:  # the answer that nobody waits for any more
            time.sleep(0.01)
        assert canvas.post("/api/interpret", **request)["answer"] == "fine"


def test_a_model_that_is_loading_or_cannot_be_opened_says_so(tmp_path: Path) -> None:
    go_on = threading.Event()

    def open_late() -> Known:
        go_on.wait(10)
        raise ModelError("there are no weights")

    with running(tmp_path) as canvas:
        canvas.canvas.models = [Model("late", open_late)]
        request = {"revision": 1, "strokes": [[[50, 50], [90, 60]]], "model": 0}
        assert canvas.get("/api/state")["models"] == [{"name": "late", "state": "loading", "message": ""}]
        assert "still being loaded" in canvas.post("/api/interpret", 503, **request)["error"]
        go_on.set()
        while canvas.canvas.models[0].state == "loading":
            time.sleep(0.01)
        assert canvas.get("/api/state")["models"][0]["message"] == "there are no weights"
        assert "there are no weights" in canvas.post("/api/interpret", 503, **request)["error"]


def test_a_saved_page_is_read_again(canvas: Running) -> None:
    result = interpreted(canvas, "delete", 1, 2)
    state = canvas.post("/api/accept", revision=result["revision"], id=result["id"])
    for number in (1, 2):  # under another number each time
        folder, picture, text = canvas.post("/api/save", revision=state["page"]["revision"])["saved"]
        assert Path(folder).name == f"{number:04}"
        assert read_page_folder(Path(folder)).words == canvas.canvas.desk.page.words
        assert Image.open(picture).size == canvas.canvas.desk.page.size_px
        assert Path(text).read_text() == canvas.canvas.desk.page.text


def test_words_are_found_on_the_page(canvas: Running) -> None:
    def answer(question: Question) -> str:
        assert isinstance(question, PageQuestion) and question.prefix == "Detect text: carries sand"
        return label_at("x", box_of(2, 3))(question).removeprefix("x ")

    canvas.known.answer_to = answer
    result = canvas.post("/api/find", revision=1, text="Carries sand", model=0)
    np.testing.assert_allclose(result["box"], box_of(2, 3), atol=0.5)
    square = canvas.post("/api/find", revision=1, text="carries sand", model=0, strokes=line_through(box_of(2, 3)))
    assert square["square"] != result["square"]
    assert "type the words" in canvas.post("/api/find", 400, revision=1, text=" ", model=0)["error"]


def test_any_picture_can_be_asked_about(canvas: Running) -> None:
    canvas.known.answer_to = lambda question: (
        "<loc0000><loc0000><loc0512><loc0512> cat ; <loc0512><loc0512><loc1023><loc1023> dog"
    )
    image = base64.b64encode(picture_file(200, 100)).decode()
    result = canvas.post("/api/ask", image=image, prompt="detect cat ; dog", model=0)
    assert [box["text"] for box in result["boxes"]] == ["cat", "dog"] and result["size"] == [200, 100]
    np.testing.assert_allclose(result["boxes"][0]["box"], [0, 0, 100, 50], atol=0.2)
    for bad in ("no base64!", base64.b64encode(b"no picture").decode(), ""):
        assert canvas.post("/api/ask", 400, image=bad, prompt="what", model=0)["error"].startswith("image: ")
    assert "type a question" in canvas.post("/api/ask", 400, image=image, prompt="", model=0)["error"]


def test_our_own_share_of_an_answer_is_short(canvas: Running) -> None:
    """Milliseconds: crop, parsing, the edit; as the page shows it. Ten thousand points are more than anybody draws."""
    canvas.known.answer_to = label_at("delete", box_of(1, 2))
    share = np.linspace(0, 1, 10_000)
    strokes = [np.stack((40 + 200 * share, 60 + 9 * np.sin(90 * share), 8 * share, share), axis=1).round(3).tolist()]
    replies = [canvas.post("/api/interpret", revision=1, strokes=strokes, model=0) for _ in range(5)]
    assert min(reply["own_ms"] for reply in replies) < 100, [reply["own_ms"] for reply in replies]


def test_strokes_are_read_without_a_model(canvas: Running) -> None:
    """A line through words, and one under them, drawn by the classical reader's own lights, end to end."""
    model = Model("strokes", StrokesReader)
    canvas.canvas.models = [model]
    while model.state == "loading":
        time.sleep(0.01)
    left, _, right, bottom = box_of(1, 2)
    under = [[[x, bottom - 1, 8 * n, None] for n, x in enumerate(np.linspace(left, right, 30).tolist())]]
    for strokes, kind in ((line_through(box_of(1, 2)), "delete"), (under, "underline")):
        result = canvas.post("/api/interpret", revision=1, strokes=strokes, model=0)
        assert result["gesture"]["kind"] == kind and result["gesture"]["words"] == list(drawn_pages()[0].words[1:3])
    for words, numbers in (("carries sand", (2, 3)), ("SILT from!", (5, 6))):
        result = canvas.post("/api/find", revision=1, text=words, model=0)
        np.testing.assert_allclose(result["box"], box_of(*numbers), atol=0.5)
    assert canvas.post("/api/find", revision=1, text="sand carries", model=0)["box"] is None
    image = base64.b64encode(picture_file(40, 30)).decode()
    assert "reads strokes and words" in canvas.post("/api/ask", 502, image=image, prompt="what", model=0)["error"]


def test_a_picture_lies_on_the_desk_as_a_page(canvas: Running) -> None:
    document = base64.b64encode(picture_file(3000, 1200)).decode()
    state = canvas.post("/api/document", revision=1, name="a/../b\n.png", document=document)
    assert state["page"]["name"] == "a/../b.png" and state["page"]["size"] == [1500, 600] and not state["page"]["text"]
    assert state["page"]["revision"] == 2 and state["page"]["number"] == 1
    page = canvas.canvas.desk.page
    assert page.image_boxes.tolist() == [[0, 0, 1500, 600]] and not page.words
    canvas.known.answer_to = label_at("crop", (100, 100, 900, 500))
    result = canvas.post("/api/interpret", revision=2, strokes=[[[100, 100], [900, 500]]], model=0)
    assert result["summary"] == "cuts an image"
    canvas.post("/api/accept", revision=2, id=result["id"])
    assert canvas.post("/api/turn", revision=3, steps=1)["page"]["number"] == 1  # the pages before are gone


@pytest.mark.parametrize("data", [b"", b"no picture", b"%PDF-1.7 and no more", b"\x89PNG\r\n\x1a\n", b"<svg/>"])
def test_what_is_no_document_changes_nothing(canvas: Running, data: bytes) -> None:
    request = {"name": "<b>report.pdf", "document": base64.b64encode(data).decode()}
    error = canvas.post("/api/document", 400, revision=1, **request)["error"]
    assert "<b>report.pdf" in error and "/tmp" not in error
    assert canvas.get("/api/state")["page"]["revision"] == 1 and canvas.canvas.desk.page is drawn_pages()[0]
    assert "document: is no base64" in canvas.post("/api/document", 400, revision=1, document="x!")["error"]
