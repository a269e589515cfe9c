"""The page in real Chromium: each class of gestures is drawn, interpreted, accepted and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reportlab.pdfgen.canvas import Canvas as PdfCanvas

import synthink
from synthink.evaluate.data.rows import Dataset
from synthink.gestures import StrokeSketcher, kind_named, sample_target
from synthink.gestures.kind import default_kinds
from synthink.ink import read_ink
from synthink.streams import StreamKey
from tests.canvas.browser import Hand, needs_browser, open_canvas, strokes_of, window
from tests.canvas.support import Running, drawn_pages, label_at, running

pytest.importorskip("playwright")
pytestmark = [pytest.mark.whole, needs_browser]
SCRIPT = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


@pytest.fixture(scope="module")
def canvas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("out")) as canvas:
        yield canvas


@pytest.fixture(scope="module")
def page(browser: Any, canvas: Running) -> Iterator[Any]:
    with window(browser) as page:
        open_canvas(page, canvas.address)
        yield page


@pytest.fixture
def hand(page: Any) -> Hand:
    page.click("#tab-edit")
    page.wait_for_selector("#panel-edit:visible")
    if page.is_enabled("#clear"):
        page.click("#clear")
    return Hand(page)


def wave(left: float, right: float, y: float, count: int = 40) -> list[tuple[float, float]]:
    return [(left + (right - left) * n / (count - 1), y + 2 * np.sin(n)) for n in range(count)]


@pytest.mark.parametrize("pointer", ["mouse", "pen"])
def test_each_class_of_gestures_is_drawn_interpreted_accepted_and_taken_back(
    canvas: Running, page: Any, hand: Hand, pointer: str
) -> None:
    original = canvas.canvas.desk.page
    for name in default_kinds():
        stream = StreamKey("canvas test", name).stream(0, pointer)
        kind, mark, target = kind_named(name), None, None
        while mark is None or not len(mark.strokes):
            target = sample_target(original, kind.target_kind, stream)
            assert not isinstance(target, str), target
            variant = stream.choice(list(kind.variants.values()))
            if variant.target_kind in (None, kind.target_kind):
                mark = variant.draw(kind, target, StrokeSketcher(stream))
        assert target is not None
        strokes = [np.clip(stroke, 1, np.array(original.size_px) - 1).tolist() for stroke in mark.strokes]
        for stroke in strokes:
            hand.draw(stroke, pointer, 0.7)
        kept = strokes_of(page)
        assert len(kept) == len(strokes)
        for stroke, drawn in zip(kept, strokes, strict=True):
            assert stroke["pointer"] == f"{pointer}, coalesced"
            np.testing.assert_allclose(np.array(stroke["points"])[0, :2].astype(float), drawn[0], atol=1)
            assert {point[3] for point in stroke["points"][:-1]} == {None if pointer == "mouse" else 0.7}
        places = [v for box in target.ends for v in box.centre] if target.ends else list(target.box)
        canvas.known.answer_to = label_at(name, (places[0], places[1], places[2], places[3]), "brand new words")
        page.click("#interpret")
        page.wait_for_selector("#answers .card")
        assert page.inner_text("#answers h2").startswith(name)
        assert page.locator("#marks .target").count() == 1
        if page.is_enabled("#answers .accept"):
            page.click("#answers .accept")
            page.wait_for_function("() => document.getElementById('status').textContent.startsWith('Accepted')")
            assert page.inner_text("#edits") == name and strokes_of(page) == []
            assert canvas.canvas.desk.page is not original
            page.click("#back")
            page.wait_for_selector("#again:enabled")
            assert canvas.canvas.desk.page is original
        else:  # an instruction about an image, and what else edits nothing
            assert "changes nothing" in page.inner_text("#answers")
            page.click("#answers .reject")
            page.click("#clear")


def test_ten_thousand_points_are_drawn_without_losing_one(page: Any, hand: Hand) -> None:
    points = [(20 + 380 * (n % 500) / 500, 20 + 12 * (n // 500) + n % 2) for n in range(10_000)]
    page.evaluate(
        """(points) => {
        const ink = document.getElementById('ink'), box = ink.getBoundingClientRect();
        const paper = document.getElementById('paper');
        const fire = (kind, [x, y]) => ink.dispatchEvent(new PointerEvent(kind, {pointerId: 1, pointerType: 'pen',
          pressure: 0.5, button: 0, buttons: 1, bubbles: true, clientX: box.left + x * box.width / paper.width,
          clientY: box.top + y * box.height / paper.height}));
        ink.setPointerCapture = () => {};
        fire('pointerdown', points[0]);
        for (const point of points.slice(1)) fire('pointermove', point);
        fire('pointerup', points.at(-1));
        delete ink.setPointerCapture;
        }""",
        points,
    )
    drawn = np.array([point[:2] for point in strokes_of(page)[0]["points"]])
    assert len(drawn) >= 10_000
    np.testing.assert_allclose(drawn[:10_000], points, atol=0.02)


def test_undo_redo_erase_and_clear(page: Any, hand: Hand) -> None:
    for y in (60, 120, 180):
        hand.draw(wave(60, 300, y))
    page.keyboard.press("Control+z")
    assert len(strokes_of(page)) == 2
    page.keyboard.press("Control+y")
    assert len(strokes_of(page)) == 3
    page.keyboard.press("e")
    hand.draw([(150, 40), (150, 80)])  # through the first stroke alone
    assert [round(stroke["points"][0][1]) for stroke in strokes_of(page)] == [120, 180]
    page.click("#undo")
    assert len(strokes_of(page)) == 3
    page.click("#pen")
    page.keyboard.press("Shift+Delete")
    assert strokes_of(page) == [] and page.is_disabled("#clear")
    page.click("#undo")
    assert len(strokes_of(page)) == 3


def test_a_palm_draws_nothing_once_a_pen_was_seen(browser: Any, canvas: Running) -> None:
    with window(browser, has_touch=True) as page:
        open_canvas(page, canvas.address)
        hand = Hand(page)
        hand.touch(wave(50, 200, 100))
        assert [stroke["pointer"] for stroke in strokes_of(page)] == ["touch, coalesced"]
        hand.draw(wave(50, 200, 150), "pen", 0.4)
        hand.touch(wave(50, 200, 200))
        assert [stroke["pointer"].split(",")[0] for stroke in strokes_of(page)] == ["touch", "pen"]


def test_keys_draw_and_interpret(canvas: Running, page: Any, hand: Hand) -> None:
    canvas.known.answer_to = label_at("select", (10, 10, 100, 40))
    page.focus("#ink")
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Space")
    points = np.array([point[:2] for point in strokes_of(page)[0]["points"]])
    assert np.ptp(points[:, 0]) == 5 * 24 and np.ptp(points[:, 1]) == 0
    page.keyboard.press("Enter")
    page.wait_for_selector("#answers .card")
    page.keyboard.press("Escape")
    assert page.locator("#answers .card").count() == 0 and len(strokes_of(page)) == 1
    page.keyboard.press("+")
    assert page.inner_text("#zoom") != ""
    page.keyboard.press("0")


def test_ink_outlives_a_reload(page: Any, hand: Hand, canvas: Running) -> None:
    hand.draw(wave(60, 300, 60))
    before = strokes_of(page)
    page.reload()
    page.wait_for_selector("#app[data-ready]")
    assert strokes_of(page) == before and page.is_enabled("#clear")


def test_ink_is_read_after_a_pause(canvas: Running, page: Any, hand: Hand) -> None:
    canvas.known.answer_to = label_at("select", (10, 10, 100, 40))
    page.check("#after-pause")
    hand.draw(wave(60, 300, 60))
    page.wait_for_selector("#answers .card")
    page.uncheck("#after-pause")
    page.click("#answers .reject")


def test_script_in_answers_documents_and_names_stays_text(canvas: Running, page: Any, hand: Hand) -> None:
    canvas.known.answer_to = lambda question: SCRIPT
    hand.draw(wave(60, 300, 60))
    page.click("#interpret")
    page.wait_for_selector("#answers code")
    assert page.inner_text("#answers code") == SCRIPT and page.locator("#answers code *").count() == 0
    canvas.known.answer_to = label_at("insert", tuple(drawn_pages()[0].word_boxes[3].tolist()), SCRIPT)
    page.click("#interpret")
    page.wait_for_selector("#answers .accept:enabled")
    page.click("#answers .accept")
    page.wait_for_selector("#back:enabled")
    page.click("summary")
    assert SCRIPT in page.inner_text("#page-text") and page.locator("#page-text *").count() == 0
    page.click("#reset")
    page.wait_for_selector("#back:disabled", state="attached")
    page.click("#tab-capture")
    page.fill("#writer", SCRIPT[:80])
    page.check("input[value=private]")
    page.click("#begin button")
    page.wait_for_selector("#sitting:visible")
    assert SCRIPT[:80] in page.inner_text("#sitting-about") and page.title() == "synthink canvas"


def test_a_pdf_is_edited_and_a_row_of_a_dataset_asked_about(browser: Any, tmp_path: Path) -> None:
    """What is written in the PDF, and its name, are text."""
    file = tmp_path / f"{SCRIPT.partition('/')[0]}.pdf"
    drawing = PdfCanvas(str(file), pagesize=(420, 595))
    for line in ("The first page", "<script>document.title='owned'</script> is written on the second"):
        drawing.drawString(40, 400, line)
        drawing.showPage()
    drawing.save()
    synthink.generate("circled_letters", splits={"test": 2}, seed=0, output=tmp_path / "a", workers=1, words="random")
    data = Dataset(tmp_path / "a")
    answer = "<loc0000><loc0000><loc0512><loc0512> cat"
    with running(tmp_path / "out", answer=lambda question: answer, dataset=data) as canvas, window(browser) as page:
        open_canvas(page, canvas.address)
        page.set_input_files("#document", file)
        page.wait_for_function("() => document.getElementById('status').textContent.includes('lies on the desk')")
        assert page.inner_text("#page-name") == f"Page 1: {file.name}, page 1"
        page.click("#next")
        page.wait_for_selector("#previous:enabled")
        assert "<script>document" in page.text_content("#page-text") and page.title() == "synthink canvas"
        page.click("#tab-ask")
        page.select_option("#split", "test")
        page.fill("#number", "1")
        page.click("#rows button")
        page.wait_for_selector("#replies .card")
        row = data.rows("test").example(1)
        assert page.inner_text("#replies code") == row.suffix and page.input_value("#prompt") == row.prefix
        page.click("#ask button")
        page.wait_for_selector("#marks .target", state="attached")
        assert "known" in page.inner_text("#replies")
        page.fill("#number", "2")
        page.click("#rows button")
        page.wait_for_selector("#status.bad")
        assert "rows 0 to 1" in page.inner_text("#status")


def test_a_second_tab_does_not_edit_what_it_does_not_show(canvas: Running, page: Any, hand: Hand) -> None:
    other = page.context.new_page()
    open_canvas(other, canvas.address)
    other.click("#next")
    other.wait_for_function("() => document.getElementById('page-name').textContent.includes('page 2')")
    page.click("#save")
    page.wait_for_function("() => document.getElementById('status').textContent.includes('changed meanwhile')")
    assert "page 2" in page.inner_text("#page-name")
    other.click("#previous")
    other.wait_for_function("() => document.getElementById('page-name').textContent.includes('page 1')")
    other.close()


def test_without_a_server_the_ink_stays(page: Any, hand: Hand) -> None:
    hand.draw(wave(60, 300, 60))
    page.context.set_offline(True)
    page.click("#interpret")
    page.wait_for_selector("#status.bad")
    page.context.set_offline(False)
    assert "does not answer" in page.inner_text("#status") and len(strokes_of(page)) == 1


@pytest.mark.slow
def test_strokes_that_were_not_saved_are_sent_when_the_piece_is_open_again(browser: Any, tmp_path: Path) -> None:
    """The canvas dies, and the tab is closed before it is back; what was drawn in between is not lost."""
    with running(tmp_path, sorts=("letter",), mode="capture") as canvas, window(browser) as page:
        open_canvas(page, canvas.address)
        page.fill("#writer", "Ada")
        page.check("input[value=public]")
        page.click("#begin button")
        page.wait_for_selector("#instruction:visible")
        hand = Hand(page)
        hand.draw(wave(50, 200, 100), "pen", 0.4)
        page.wait_for_function("() => Object.keys(localStorage).length === 0")  # it is saved
        page.context.set_offline(True)
        hand.draw(wave(50, 200, 150), "pen", 0.4)
        hand.draw(wave(50, 200, 200), "pen", 0.4)
        page.click("#undo")
        hand.draw(wave(50, 200, 250), "pen", 0.4)
        page.wait_for_selector("#status.bad")
        assert "not saved yet" in page.inner_text("#status")
        page.context.set_offline(False)
        other = page.context.new_page()
        page.close()
        open_canvas(other, canvas.address)
        other.click("#done")
        other.wait_for_function("() => document.getElementById('kept').textContent.startsWith('1 kept')")
        [ink] = read_ink(tmp_path)
        assert len(ink) == 3 and ink.metadata["pointers"] == ["pen, coalesced"]
        starts = [stroke[0, 1] for stroke in ink.strokes]
        np.testing.assert_allclose(starts, [100, 150, 250], atol=2)
        assert ink.has_time and ink.metadata["consent"].startswith("public")
