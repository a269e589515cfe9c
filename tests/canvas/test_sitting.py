"""Sittings: nothing that was drawn is lost, and the ink becomes datasets."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink.canvas.asks import Asker
from synthink.canvas.sitting import JOURNALS, Sitting
from synthink.documents import make_page
from synthink.errors import BusyError, ConfigError, OutputError
from synthink.gestures import Choices
from synthink.ink import Writer, handwriting, read_ink, trace
from synthink.streams import StreamKey
from tests.canvas.support import Client, Running, command, drawn_pages, running
from tests.page_makers import blank
from tests.support import environment, python

ABOUT = {"writer": "Ada", "consent": "public: may be published", "device": "pen"}
ASK = {"sort": "letter", "label": "a", "instruction": "Write a", "sheet_px": [1000, 420]}
STROKE = [[1.0, 2.0, 1e12, 0.5], [3.0, 4.0, 1e12 + 8, None]]


def drawn(folder: Path, strokes: int = 2) -> Sitting:
    """A sitting with one piece that is not finished."""
    sitting = Sitting.begin(folder, ABOUT)
    sitting.write({"ask": ASK})
    for _ in range(strokes):
        sitting.write({"stroke": STROKE, "pointer": "pen, coalesced"})
    return sitting


def test_a_finished_piece_is_ink_with_all_that_is_known(tmp_path: Path) -> None:
    sitting = drawn(tmp_path)
    sitting.write({"done": True})
    [ink] = read_ink(tmp_path)
    assert (ink.label, ink.writer, ink.units) == ("a", "Ada", "px")
    assert ink.metadata["consent"] == ABOUT["consent"] and ink.metadata["pointers"] == ["pen, coalesced"]
    np.testing.assert_array_equal(ink.strokes[0], np.array([[1, 2, 0, 0.5], [3, 4, 8, np.nan]], np.float32))
    assert (tmp_path / "letters" / "0001-0000.inkml").is_file()


def test_a_journal_goes_on_where_a_kill_tore_it(tmp_path: Path) -> None:
    """At all places of it: what had been said to be kept is there, and the next stroke can be written."""
    sitting = drawn(tmp_path, strokes=3)
    sitting.close()
    [journal] = (tmp_path / JOURNALS).iterdir()
    content = journal.read_bytes()
    ends = [n + 1 for n, byte in enumerate(content) if byte == ord("\n")]
    for size in (*range(ends[1], len(content), 7), *ends[1:], *(end - 1 for end in ends[2:])):
        journal.write_bytes(content[:size])
        again = Sitting.latest_unfinished(tmp_path)
        assert again is not None and again.piece is not None
        assert len(again.piece.strokes) == sum(end <= size for end in ends) - 2
        again.write({"stroke": STROKE, "pointer": "pen"})
        again.close()
        assert all(json.loads(line) for line in journal.read_bytes().splitlines())


def test_a_piece_whose_file_a_kill_prevented_is_written_later(tmp_path: Path) -> None:
    sitting = drawn(tmp_path)
    sitting.write({"done": True})
    sitting.write({"end": True})
    sitting.close()
    file = tmp_path / "letters" / "0001-0000.inkml"
    content = file.read_bytes()
    file.unlink()
    assert Sitting.latest_unfinished(tmp_path) is None
    assert file.read_bytes() == content


@pytest.mark.whole
def test_a_full_disk_keeps_what_was_there(tmp_path: Path) -> None:
    script = f"""
import resource, signal
from pathlib import Path
from tests.canvas.test_sitting import drawn, STROKE
from synthink.errors import OutputError
sitting = drawn(Path({str(tmp_path)!r}))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (sitting._journal._size + 20, resource.RLIM_INFINITY))
try:
    sitting.write({{"stroke": STROKE, "pointer": "pen"}})
except OutputError as error:
    print(error)
"""
    result = python("-c", script, env=environment())
    assert "cannot be written" in result.stdout, result.stderr
    again = Sitting.latest_unfinished(tmp_path)
    assert again is not None and again.piece is not None and len(again.piece.strokes) == 2


def test_a_sitting_is_written_by_one_canvas_alone(tmp_path: Path) -> None:
    first = drawn(tmp_path)
    assert Sitting.latest_unfinished(tmp_path) is None
    assert Sitting.begin(tmp_path, ABOUT).number == 2
    first.close()
    again = Sitting.latest_unfinished(tmp_path)
    assert again is not None and again.number == 1
    assert issubclass(BusyError, OutputError)


@pytest.mark.parametrize("line", ["nonsense", '{"drop": 9}', '{"what": 1}', "[]", '{"stroke": 1}', '{"done": true}'])
def test_a_damaged_journal_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / JOURNALS).mkdir()
    (tmp_path / JOURNALS / "0001.jsonl").write_text(f"{line}\n")
    with pytest.raises(OutputError, match=r"0001\.jsonl, line 1: is no line of such a journal"):
        Sitting.latest_unfinished(tmp_path)


def test_all_marks_are_asked_for_in_turn() -> None:
    choices, page = Choices.of({}), drawn_pages()[0]
    asker = Asker(("gesture",), choices)
    asks = [asker.ask(1, number, page) for number in range(60)]
    assert {ask["label"] for ask in asks} == {*choices.classes}
    assert len({(ask["label"], ask["variant"]) for ask in asks}) > 35
    beside = [ask["variant"] for ask in asks if ask["instruction"].endswith(", and write nothing")]
    assert {"caret", "ring_mark", "brackets", "ring"} <= {*beside}
    assert not {"ring_text", "ring_arrow", "bare", "caret_with_lead", "highlight"} & {ask["variant"] for ask in asks}
    assert asks == [Asker(("gesture",), choices).ask(1, number, page) for number in range(60)]
    mixed = [Asker(("text", "letter"), choices).ask(1, number, page)["sort"] for number in range(4)]
    assert mixed == ["text", "letter"] * 2
    with pytest.raises(ConfigError, match="ask="):
        Asker((), choices)


def written(text: str, writer: str) -> list[list[list[float]]]:
    """A text as strokes on the sheet, by a hand of that name."""
    ink = handwriting(text, Writer.named(writer))
    places = 30.0 * (ink.points[:, :2] - ink.points[:, :2].min(axis=0)) + 20  # an x is 30 px high
    points = np.column_stack((places, 1e12 + ink.points[:, 2].astype(float), np.full(len(places), 0.5))).round(2)
    return [stroke.tolist() for stroke in np.split(points, ink.starts[1:])]


def begin(canvas: Client, writer: str) -> Any:
    return canvas.post("/api/sitting/begin", writer=writer, consent="public", device="a hand of synthink's")


def write(canvas: Client, state: Any, strokes: list[Any], first: int = 0) -> Any:
    for at, stroke in enumerate(strokes, start=first):
        place = {"sitting": state["sitting"], "piece": state["piece"]}
        state = canvas.post("/api/sitting/stroke", **place, at=at, strokes=[stroke], pointer="pen, coalesced")
    return state


def close(canvas: Client, state: Any, fate: str = "done") -> Any:
    return canvas.post("/api/sitting/close", sitting=state["sitting"], piece=state["piece"], fate=fate)


@pytest.fixture
def canvas(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "out", sorts=("text",), mode="capture", with_model=False) as canvas:
        yield canvas


def test_what_a_browser_sends_twice_or_late_counts_once(canvas: Running) -> None:
    state = write(canvas, begin(canvas, "Ada"), [STROKE, STROKE])
    place = {"sitting": state["sitting"], "piece": state["piece"]}
    again = canvas.post("/api/sitting/stroke", **place, at=1, strokes=[STROKE], pointer="pen")
    assert len(again["strokes"]) == 2
    for at in (0, 3):
        other = [[9.0, 9.0, 1e12]]
        assert "other strokes" in canvas.post("/api/sitting/stroke", 409, **place, at=at, strokes=[other])["error"]
    for _ in range(2):
        assert len(canvas.post("/api/sitting/drop", **place, number=0, of=2)["strokes"]) == 1
    for number, count in ((1, 1), (0, 3), (0, 0)):
        canvas.post("/api/sitting/drop", 409, **place, number=number, of=count)
    state = close(canvas, state)
    assert "another piece" in canvas.post("/api/sitting/close", 409, **place, fate="done")["error"]
    assert (
        "nothing has been written"
        in canvas.post("/api/sitting/close", 400, sitting=state["sitting"], piece=state["piece"], fate="done")["error"]
    )


def test_a_writer_has_a_name_and_agrees(canvas: Running, tmp_path: Path) -> None:
    for about in (
        {"writer": "", "consent": "public"},
        {"writer": "x" * 81, "consent": "public"},
        {"writer": "a\nb", "consent": "public"},
        {"writer": "Ada", "consent": "whatever"},
        {"writer": "Ada"},
    ):
        canvas.post("/api/sitting/begin", 400, **about)
    assert canvas.get("/api/sitting")["sitting"] is None and not (tmp_path / "out").exists()
    state = begin(canvas, "../../etc/<script>alert(1)</script>")
    close(canvas, write(canvas, state, [STROKE]))
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {"out/.sittings/0001.jsonl", "out/texts/0001-0000.inkml"}
    [ink] = read_ink(tmp_path / "out")
    assert ink.writer == "../../etc/<script>alert(1)</script>"


def test_pages_without_anything_to_mark_are_turned(tmp_path: Path) -> None:
    empty = [make_page(f"empty {n}", blank(200, 200), [], np.zeros((0, 4)), [], []) for n in range(3)]
    with running(tmp_path, [*empty, *drawn_pages()], sorts=("gesture",)) as canvas:
        assert begin(canvas, "Ada")["ask"]["page"] == "page 1"
        assert canvas.get("/api/state")["page"]["name"] == "page 1"
    with running(tmp_path / "none", empty, sorts=("gesture",)) as canvas:
        about = {"writer": "Ada", "consent": "public"}
        assert "nothing that a gesture could be about" in canvas.post("/api/sitting/begin", 400, **about)["error"]


@pytest.mark.slow
def test_texts_become_a_dataset_whose_writers_are_apart_and_whose_labels_are_proved(
    canvas: Running, tmp_path: Path
) -> None:
    texts: dict[str, set[str]] = {}
    for writer in ("Ada", "Ben", "Cleo", "Dora", "Emil"):
        state = begin(canvas, writer)
        for _ in range(2):
            text = state["ask"]["label"]
            texts.setdefault(writer, set()).add(text)
            state = close(canvas, write(canvas, state, written(text, writer)))
    canvas.post("/api/sitting/end")
    data = tmp_path / "data"
    tasks = {"recognise": 1.0}
    splits = {"train": 8, "test": 4}
    synthink.generate(
        "ink_strokes",
        splits=splits,
        shares={"train": 0.6, "validation": 0.0, "test": 0.4},
        seed=0,
        output=data,
        inks=str(tmp_path / "out" / "texts"),
        tasks=tasks,
        workers=1,
    )
    rows, _ = synthink.load(data, sources="allow")
    writers = {split: set(rows[split]["writer"]) for split in splits}
    assert writers["train"] and writers["test"] and not writers["train"] & writers["test"]
    for split in splits:
        for writer, text in zip(rows[split]["writer"], rows[split]["suffix"], strict=True):
            assert text in texts[writer]
    result = python("-m", "synthink", "verify", str(data), "sources=allow", cwd=tmp_path / "out", env=environment())
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.whole
def test_gestures_become_marks_of_a_dataset_that_is_proved(tmp_path: Path) -> None:
    with running(tmp_path / "out", sorts=("gesture",), mode="capture", with_model=False) as canvas:
        for name in ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay"):
            state, writer = begin(canvas, name), Writer.named(name)
            for number in range(12):
                lines = [np.array(line) for line in state["ask"]["example"]]
                stream = StreamKey("canvas marks", name).stream(number, "hand")
                unit = 0.48 * state["ask"]["line_height"]
                ink = trace(lines, writer, stream, unit=unit, sparse=True)
                points = np.column_stack((ink.points[:, :2], 1e12 + ink.points[:, 2].astype(float))).round(2)
                state = close(
                    canvas, write(canvas, state, [part.tolist() for part in np.split(points, ink.starts[1:])])
                )
    rows = {"gestures": {"select": 1.0, "delete": 1.0, "underline": 1.0}, "tasks": {"detect_text": 0.0}}
    splits, shares = {"train": 8, "test": 4}, {"train": 0.5, "validation": 0.0, "test": 0.5}
    marks = str(tmp_path / "out" / "gestures")
    data = tmp_path / "data"
    synthink.generate("gestures", splits=splits, shares=shares, seed=0, output=data, workers=1, marks=marks, **rows)
    table, _ = synthink.load(data, sources="allow")
    writers = {split: set(table[split]["mark_writer"]) for split in splits}
    assert writers["train"] and writers["test"] and not writers["train"] & writers["test"]
    assert {*writers["train"], *writers["test"]} <= {"Ada", "Ben", "Cleo", "Dora", "Emil", "Fay"}
    result = python("-m", "synthink", "verify", str(data), "sources=allow", cwd=tmp_path / "out", env=environment())
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.whole
def test_twenty_marks_outlive_kills_of_the_server(tmp_path: Path) -> None:
    """Killed before the tenth mark is finished and right after the fifteenth: all twenty are there, each once."""
    output, words = tmp_path / "ink", ("documents.count=3", "ask=[gesture]")
    strokes = [[[10.0 + n, 20.0, 1e12 + n], [30.0, 40.0 + n, 1e12 + n + 8]] for n in range(3)]
    kills = {10: 2, 16: 0}  # mark -> strokes of it before the kill
    done = 0
    with_killed: list[str] = []
    while done < 20:
        with command("capture", f"output={output}", *words) as (canvas, process):
            state = canvas.get("/api/sitting")
            state = begin(canvas, "Ada") if state["sitting"] is None else state
            first = len(state["strokes"])
            assert state["done"] == done and first == (kills.get(done + 1, 0) if with_killed else 0)
            while done < 20:
                if done + 1 in kills and str(done + 1) not in with_killed:
                    write(canvas, state, strokes[: kills[done + 1]])
                    with_killed.append(str(done + 1))
                    os.kill(process.pid, signal.SIGKILL)
                    break
                state = close(canvas, write(canvas, state, strokes[first:], first))
                first, done = 0, done + 1
    inks = list(read_ink(output))
    assert len(inks) == 20 and all(len(ink) == 3 for ink in inks) and {ink.writer for ink in inks} == {"Ada"}
    assert len({(ink.label, ink.metadata["variant"]) for ink in inks}) >= 15
    assert len(list((output / "gestures").iterdir())) == 20
