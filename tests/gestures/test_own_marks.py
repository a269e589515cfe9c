"""Own ink as marks of gestures: what becomes of it on a page, in rows, in splits and in the manifest."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import RowDataset
from synthink.core.registry import find_oracle
from synthink.errors import ConfigError
from synthink.generators.gestures import Gestures
from synthink.gestures import Marks, OwnMarks
from synthink.gestures.fit_mark import OTHER_SHAPE, _on_box, _on_ends, fit_mark
from synthink.ink import Ink, InkError, write_ink
from synthink.streams import StreamKey
from synthink.testing import check_generator
from tests.gestures.own_ink import BESIDE_WRITING, arrow, caret, inks, ring, underline, write_marks

FIELDS: dict[str, Any] = {
    "documents": {"count": 24},
    "tasks": {"detect_text": 0},
    "gestures": {"point": 1, "underline": 1, "select": 1},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_marks(tmp_path_factory.mktemp("marks") / "own")


def rows(folder: Path | str, **fields: Any) -> RowDataset:
    return synthink.dataset("gestures", size=1, seed=9, **{**FIELDS, "marks": {"source": str(folder)}, **fields})


# --- fitting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_ends", [True, False])
def test_a_mark_is_moved_turned_and_scaled_but_never_stretched(by_ends: bool) -> None:
    stream = StreamKey("fit").stream(0, "fit")
    for draw in (arrow, underline, ring):
        own = Ink(draw(stream))
        # The sketch is the mark itself elsewhere, so that nothing but a similarity can lay one over the other.
        angle, scale = (stream.uniform(-1.0, 1.0) if by_ends else 0.0), stream.uniform(0.05, 4.0)
        turn = scale * np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
        sketch = [stroke[:, :2].astype(np.float64) @ turn + (70, 40) for stroke in own.strokes]
        fitted = fit_mark(own, sketch, 20.0, by_ends)
        assert not isinstance(fitted, str)
        ink, _ = fitted
        assert np.abs(ink.points[:, :2] - np.concatenate(sketch)).max() < 0.05
    for draw in (arrow, underline, ring):  # and another sketch stretches none
        points, goal = (np.concatenate(draw(stream)) for _ in range(2))
        placed = (_on_ends if by_ends else _on_box)(points, goal)
        before, after = (line[:, 0] + 1j * line[:, 1] for line in (points - points[0], placed - placed[0]))
        factor = after[len(after) // 2] / before[len(after) // 2]
        assert np.abs(after - factor * before).max() < 1e-6
        assert by_ends or abs(factor.imag) < 1e-9


def test_a_mark_of_another_shape_is_refused() -> None:
    stream = StreamKey("fit").stream(0, "shape")
    assert fit_mark(Ink(ring(stream)), underline(stream), 20.0, False) == OTHER_SHAPE
    assert fit_mark(Ink(ring(stream)), [np.array(((0.0, 0.0), (90.0, 70.0)))], 20.0, True) == OTHER_SHAPE


def test_strokes_are_checked_in_the_order_of_the_sketch_and_kept_in_their_own() -> None:
    stream = StreamKey("fit").stream(0, "order")
    own = Ink(arrow(stream)[::-1])
    sketch = [stroke[:, :2].astype(np.float64) for stroke in own.strokes[::-1]]
    fitted = fit_mark(own, sketch, 20.0, True)
    assert not isinstance(fitted, str)
    ink, ordered = fitted
    assert [len(stroke) for stroke in ordered] == [len(stroke) for stroke in sketch]
    assert ink.lengths.tolist() == own.lengths.tolist()


def test_marks_are_chosen_by_strokes_and_by_the_shape_of_their_box() -> None:
    boxes = [(1.0, 1.0), (2.0, 1.0), (4.0, 1.0), (8.0, 1.0), (1.0, 2.0), (1.0, 4.0), (1.0, 8.0)]
    marks = OwnMarks([Ink([[(0, 0), box]]) for box in boxes] + [Ink([[(0, 0), (1, 1)], [(0, 1), (1, 0)]])])
    wide = marks.like([np.array(((0.0, 0.0), (80.0, 10.0)))], False)
    assert [tuple(ink.points[1, :2]) for ink in wide[:2]] == [(8.0, 1.0), (4.0, 1.0)]
    assert len(wide) == 5
    assert len(marks.like([np.array(((0.0, 0.0), (80.0, 10.0)))], True)) == 7
    assert len(marks.like([np.zeros((2, 2))] * 2, False)) == 1
    assert marks.like([np.zeros((2, 2))] * 3, False) == []


# --- reading ----------------------------------------------------------------------------------------------------------


def test_labels_folders_and_a_table_tell_the_class(tmp_path: Path) -> None:
    line = [[(0, 0), (9, 1)]]
    for name, label in (
        ("a.inkml", "Underline"),
        ("b.inkml", "underline.wavy"),
        ("c.inkml", "\\Leftrightarrow"),
        ("delete/d.inkml", ""),
        ("delete/e.inkml", "no class"),
        ("f.inkml", "strich"),
        ("g.inkml", "\\rightarrow"),
        ("h.inkml", "insert"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_ink(tmp_path / name, [Ink(line, label=label or None)])
    write_ink(tmp_path / "i.inkml", [Ink(line * 13, label="delete")])
    write_ink(tmp_path / "j.inkml", [Ink([[(3, 3), (3, 3)]], label="delete")])
    opened = Marks(source=str(tmp_path), classes={"strich": "delete"}).open()
    assert Counter(name for name, _ in opened.marks) == {"underline": 2, "point": 1, "delete": 3, "insert": 1}
    assert opened.left_out.counts == {
        "inks whose labels name no class of gestures": 1,
        "inks of more than 12 strokes or 20,000 points": 1,
        "inks that are a single point": 1,
    }


def test_arrows_of_mathwriting_are_marks_of_a_pair(tmp_path: Path) -> None:
    stream, symbols = StreamKey("math").stream(0, "arrows"), []
    (tmp_path / "train").mkdir()
    for number in range(6):
        name = f"{number:016x}"
        write_ink(tmp_path / "train" / f"{name}.inkml", [Ink([*underline(stream), *arrow(stream)], label="a b")])
        symbols.append({"sourceSampleId": name, "strokeIndices": [1, 2, 3], "label": "\\leftrightarrow"})
        symbols.append({"sourceSampleId": name, "strokeIndices": [0], "label": "-"})
    (tmp_path / "symbols.jsonl").write_text("".join(json.dumps(symbol) + "\n" for symbol in symbols))
    opened = Marks(source=str(tmp_path / "symbols.jsonl")).open()
    assert [(name, len(ink)) for name, ink in opened.marks] == [("point", 3)] * 6
    assert opened.groups() == [f"{number:016x}" for number in range(6)]
    assert opened.left_out.counts == {"inks whose labels name no class of gestures": 6}


def test_the_record_tells_other_ink_apart(folder: Path, tmp_path: Path) -> None:
    record = Marks(source=str(folder)).open().record()
    assert (record["count"], record["writers"]) == (108, 12)
    assert record["classes"] == {"point": 36, "select": 36, "underline": 36}
    assert Marks(source=str(folder)).open().record() == record
    other = write_marks(tmp_path / "other")
    _, ink = next(inks(1))
    points = ink.points.copy()
    points[0, 0] += 1
    write_ink(other / "000.inkml", [ink.with_points(points)])
    assert Marks(source=str(other)).open().record()["fingerprint"] != record["fingerprint"]


# --- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
@pytest.mark.whole
def test_rows_with_own_marks_are_proved_by_the_oracle(folder: Path) -> None:
    data = rows(folder)
    oracle, refusals = find_oracle("gestures")(data.generator), Counter[str]()  # type: ignore[misc]
    classes = Counter()
    for index in range(24):
        row = data.source.row("train", index, refusals=refusals)
        control = data.source.draw("train", index, control=True).picture.pil()
        finding = oracle.check({**row, "image": row["image"].pil()}, lambda control=control: control)
        assert finding.verdict == "right", f"{row['id']}: {finding.reason}"
        classes[row["gesture"]] += 1
        assert row["mark_writer"].startswith("writer ")
        assert (row["writer"], row["hand"]) == (None, None)
        assert all(point[2] is None for stroke in row["strokes"] for point in stroke), "ink without times has none"
    assert min(classes[name] for name in ("point", "underline", "select")) >= 3
    assert refusals[OTHER_SHAPE] > 0


@pytest.mark.heavy
def test_some_marks_are_sketched_and_classes_with_handwriting_are(folder: Path) -> None:
    own = {
        share: [source.row("train", index)["mark_writer"] for index in range(count)]
        for share, count in ((0.0, 4), (0.5, 10))
        for source in [rows(folder, marks={"source": str(folder), "share": share}).source]
    }
    assert own[0.0] == [None] * 4
    assert 2 <= sum(writer is not None for writer in own[0.5]) <= 8
    data = rows(folder, gestures={"question": 1, "underline": 1})
    by_class = {row["gesture"]: row for row in (data.source.row("train", index) for index in range(8))}
    assert by_class["question"]["mark_writer"] is None
    assert by_class["question"]["writer"] is not None
    assert by_class["underline"]["mark_writer"] is not None


@pytest.fixture(scope="module")
def beside_writing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_marks(tmp_path_factory.mktemp("beside") / "own", 72, BESIDE_WRITING)


def writing_rows(folder: Path, **fields: Any) -> RowDataset:
    return rows(folder, gestures={name.partition(".")[0]: 1 for name in BESIDE_WRITING}, **fields)


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("task", "count"),
    [
        ("recognise_gesture", 4),
        *(
            pytest.param(task, 300, marks=pytest.mark.slow)
            for task in ("recognise_gesture", "transcribe", "edited_text")
        ),
    ],
)
def test_a_writer_writes_beside_an_own_mark(beside_writing: Path, task: str, count: int) -> None:
    data = writing_rows(beside_writing, tasks={"recognise_gesture": 0, "detect_text": 0, task: 1})
    oracle, classes, unsure = find_oracle("gestures")(data.generator), Counter[str](), 0  # type: ignore[misc]
    for index in range(count):
        row = data.source.row("train", index)
        control = data.source.draw("train", index, control=True).picture.pil()
        finding = oracle.check({**row, "image": row["image"].pil()}, lambda control=control: control)
        assert finding.verdict != "wrong", f"{row['id']}: {finding.reason}"
        unsure += finding.verdict == "unsure"
        assert row["mark_writer"].startswith("writer ")
        assert row["writer"] and row["hand"] and row["text"] and row["text_box"]
        classes[row["gesture"]] += 1
    assert unsure <= count / 100
    if count == 300 and task == "recognise_gesture":
        assert min(classes[name] for name in ("insert", "question", "instruct_text", "instruct_image")) > 30


@pytest.mark.parametrize("text_first", [0.0, 1.0])
def test_mark_lead_and_writing_follow_each_other_in_time(text_first: float, tmp_path: Path) -> None:
    stream = StreamKey("timed").stream(0, "caret")
    for number in range(20):
        [legs] = caret(stream)
        times = 20.0 * np.arange(len(legs)) + 7.0
        ink = Ink([np.column_stack((legs, times, np.full(len(legs), 0.5)))], label="insert", writer=f"writer {number}")
        write_ink(tmp_path / f"{number:02}.inkml", [ink])
    data = rows(tmp_path, gestures={"insert.caret_with_lead": 1, "insert.caret": 0, "insert": 1}, text_first=text_first)
    row = next(row for row in map(data.source.row, ["train"] * 9, range(9)) if row["variant"] == "caret_with_lead")
    times = np.array([point[2] for stroke in row["strokes"] for point in stroke])
    assert times[0] == 0
    assert (np.diff(times) >= 0).all()
    pauses = np.diff([stroke[0][2] for stroke in row["strokes"]], prepend=0.0)
    at = next(number for number, stroke in enumerate(row["strokes"]) if len(stroke) == 5)
    assert at == 0 if text_first == 0 else at == len(row["strokes"]) - 2, "the lead comes after the mark"
    assert all(point[3] is None for stroke in row["strokes"] for point in stroke) or row["strokes"][at][0][3] == 0.5
    assert pauses[at + 1] >= 400, "a hand that changes from mark to lead pauses"


@pytest.mark.heavy
@pytest.mark.whole
def test_a_dataset_of_them_is_verified_with_its_writers_apart(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from synthink.cli.main import run_command

    monkeypatch.chdir(folder.parent)  # a manifest has the folder's name, and that is looked for here, too
    output = tmp_path / "data"
    fields = {**FIELDS, "marks": {"source": str(folder)}}
    synthink.generate("gestures", splits={"train": 10, "test": 6}, seed=4, output=output, workers=1, **fields)
    assert run_command(["verify", f"dataset={output}", "sources=allow"]) == 0
    data, _ = synthink.load(output)
    writers = {split: set(data[split]["mark_writer"]) for split in data}
    assert writers["train"] and writers["test"]
    assert not writers["train"] & writers["test"]


@pytest.mark.slow
def test_the_contract_holds_for_rows_with_own_marks(folder: Path) -> None:
    fields = {**FIELDS, "gestures": {**FIELDS["gestures"], "question": 1}}
    generator = Gestures.build({**fields, "marks": {"source": str(folder), "share": 0.7}})
    check_generator(generator, margin_px=8)


def test_rows_without_own_marks_have_no_column_of_them() -> None:
    plain = synthink.dataset("gestures", size=1, **FIELDS).generator
    assert "mark_writer" not in plain.columns
    assert "marks" not in plain.split_columns
    assert "marks" not in plain.asset_fields()


def test_what_cannot_be_used_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"marks\.classes\.a='poin'.*did you mean point"):
        rows(folder, marks={"source": str(folder), "classes": {"a": "poin"}})
    with pytest.raises(InkError, match="no such file or folder"):
        rows(tmp_path / "nothing").source.row("train", 0)
    write_ink(tmp_path / "a.inkml", [Ink([[(0, 0), (9, 1)]], label="alpha")])
    with pytest.raises(ConfigError, match=r"marks\.source=.*holds no mark of a gesture .1 ink whose labels"):
        rows(tmp_path).source.row("train", 0)
    shared = {"source": str(tmp_path), "share_across_splits": True}
    write_ink(tmp_path / "a.inkml", [Ink([[(0, 0), (9, 1)]], label="insert")])
    with pytest.raises(ConfigError, match=r"owns marks of insert, and draws 'crop'|owns marks of .*and draws crop"):
        rows(tmp_path, marks=shared, gestures={"crop": 1}).source.row("train", 0)
    with pytest.raises(ConfigError, match=r"owns marks of .*and draws 'crop'|owns marks of .*and draws crop"):
        rows(folder, gestures={"crop": 1}).source.row("train", 0)
    single = tmp_path / "single"
    single.mkdir()
    write_ink(single / "a.inkml", [Ink(underline(StreamKey("one").stream(0, "one")), label="underline", writer="me")])
    with pytest.raises(ConfigError, match="share_across_splits"):
        rows(single).source.row("train", 0)
    shared = {"source": str(single), "share_across_splits": True}
    row = rows(single, marks=shared, gestures={"underline": 1}).source.row("train", 0)
    assert row["mark_writer"] == "me"
