"""What rows of `gestures` hold beyond the contract: classes, labels, tasks, splits, options and refusals."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import RowDataset, Sample
from synthink.build import manifest
from synthink.build.stored_rows import rows_of
from synthink.cli.main import run_command
from synthink.errors import DrawError
from synthink.gestures.kind import GestureKind, Mark, default_kinds, kind_named
from synthink.gestures.kinds.delete import Delete
from synthink.gestures.pen_strokes import StrokeSketcher
from synthink.gestures.target import Target
from synthink.labels.formats import LABEL_FORMATS, parse_box, parse_label

pytestmark = pytest.mark.heavy

POOL = {"count": 40}
GESTURES = {"recognise_gesture": 1, "detect_text": 0}
PX = (448, 448)


def rows(count: int, split: str = "train", **fields: Any) -> RowDataset:
    return synthink.dataset("gestures", size=count, split=split, **{"documents": POOL, **fields})


@pytest.fixture(scope="module")
def drawn() -> list[dict[str, Any]]:
    source = rows(1, tasks=GESTURES).source
    return [source.row("train", index) for index in range(180)]


def test_every_class_is_drawn_about_as_often(drawn: list[dict[str, Any]]) -> None:
    counts = Counter(row["gesture"] for row in drawn)
    assert set(counts) == set(default_kinds())
    assert min(counts.values()) >= 6
    assert len({(row["gesture"], row["variant"]) for row in drawn}) >= 30


def test_the_suffix_is_the_gesture_its_place_and_its_text(drawn: list[dict[str, Any]]) -> None:
    for row in drawn:
        label = parse_label(row["suffix"], PX, "paligemma")
        assert label is not None
        assert label.gesture == row["gesture"]
        assert label.text == (row["text"] or "").lower()
        places = row["target_box"]
        if row["gesture"] == "point":
            one, other = (((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in row["target_ends"])
            places = (*one, *other)
        assert np.abs(np.array(label.places) - places).max() <= 448 / 1024


def test_the_target_is_around_its_words(drawn: list[dict[str, Any]]) -> None:
    for row in drawn:
        if row["gesture"] not in ("insert", "crop", "instruct_image"):
            left, top, right, bottom = row["target_box"]
            inside = Counter(
                word
                for word, box in zip(row["words"], row["word_boxes"], strict=True)
                if left <= (box[0] + box[2]) / 2 <= right and top <= (box[1] + box[3]) / 2 <= bottom
            )
            told = Counter(row["target_words"])
            if row["gesture"] == "point":
                assert not told - inside
            else:
                assert not inside - told, "a word that was not meant"
                assert inside.total() >= told.total() / 3


def test_edits_are_told_as_the_page_text_after_them(drawn: list[dict[str, Any]]) -> None:
    for row in drawn:
        before, after = row["page_text"].split(), (row["page_text_after"] or row["page_text"]).split()
        if row["gesture"] == "insert":
            assert Counter(after) - Counter(before) == Counter(row["text"].split())
        elif row["gesture"] == "delete":
            assert Counter(before) - Counter(after) == Counter(row["target_words"])
        elif row["gesture"] == "point":
            assert Counter(before) == Counter(after)
        else:
            assert row["page_text_after"] is None


@pytest.mark.parametrize("label_format", LABEL_FORMATS)
def test_labels_in_every_format(label_format: str) -> None:
    data = rows(12, label_format=label_format)
    for index in range(12):
        row = data.source.row("train", index)
        if row["task"] == "detect_text":
            assert parse_box(row["suffix"], PX, label_format) is not None
        else:
            label = parse_label(row["suffix"], PX, label_format)
            assert label is not None
            assert label.gesture == row["gesture"]


def test_words_that_are_asked_for_stand_there_once() -> None:
    data = rows(30, tasks={"recognise_gesture": 0, "detect_text": 1})
    for index in range(30):
        row = data.source.row("train", index)
        asked = " ".join(row["target_words"]).lower()
        assert row["prefix"].endswith(asked)
        listed = " ".join(row["words"]).lower()
        assert len(re.findall(rf"(?<!\S){re.escape(asked)}(?!\S)", listed)) <= 1
        assert not row["strokes"]


def test_the_control_of_words_lacks_the_words() -> None:
    data = rows(10, tasks={"recognise_gesture": 0, "detect_text": 1})
    for index in range(10):
        row, control = (data.source.row("train", index, control=control) for control in (False, True))
        left, top, right, bottom = (int(edge) for edge in row["target_box"])
        place = slice(top + 2, bottom - 2), slice(left + 2, right - 2)
        assert row["image"].array()[place].min() < 200
        assert control["image"].array()[place].min() > 240


def test_transcription_and_edited_paragraphs() -> None:
    data = rows(40, tasks={"recognise_gesture": 0, "detect_text": 0, "transcribe": 1, "edited_text": 1})
    tasks = Counter()
    for index in range(40):
        row = data.source.row("train", index)
        tasks[row["task"]] += 1
        if row["task"] == "transcribe":
            assert row["suffix"] == row["text"].lower()
            assert row["suffix"] != "?"
        else:
            assert row["gesture"] in ("insert", "delete", "point")
            assert row["suffix"] in row["page_text_after"].lower().split("\n")
    assert set(tasks) == {"transcribe", "edited_text"}


def test_no_document_writer_or_note_is_in_two_splits() -> None:
    found: dict[str, list[set[Any]]] = {"document": [], "writer": [], "note": []}
    for split in ("train", "validation", "test"):
        source = rows(1, split, tasks=GESTURES).source
        drawn = [source.row(split, index) for index in range(40)]
        for column, sets in found.items():
            sets.append({row[column].lower() for row in drawn if row[column]})
    for sets in found.values():
        assert len(set().union(*sets)) == sum(map(len, sets))


def test_ink_keeps_its_width_and_margin_and_the_page_is_faded(drawn: list[dict[str, Any]]) -> None:
    for row in drawn[:60]:
        left, top, right, bottom = row["crop_box"]
        side = right - left
        assert side == bottom - top
        scale = 448 / side
        if row["variant"] != "highlighter":
            assert 1.5 <= row["ink_width_px"] / scale <= 2.0
        ink = row["ink_box"]
        longer = max(ink[2] - ink[0], ink[3] - ink[1]) / scale
        assert side == pytest.approx(longer + 40, abs=4 + row["ink_width_px"] / scale)
        pixels = row["image"].array()
        assert (pixels[0, :, 0] >= 126).all(), "print is faded, and beyond the page all is white"
        reddest = pixels[..., 0].astype(int) - pixels[..., 1]
        assert reddest.max() > 150 or row["variant"] == "highlighter"


def test_pages_of_more_dots_an_inch_are_shown_alike() -> None:
    """A pen of the usual width in a square of the usual margin."""
    inches = []
    for dpi in (96, 192):
        data = rows(4, documents={"count": 40, "dpi": dpi}, tasks=GESTURES)
        drawn = [data.source.row("train", index) for index in range(4)]
        sides = [row["crop_box"][2] - row["crop_box"][0] for row in drawn]
        inches.append([side / dpi for side in sides])
        assert all(
            1.5 <= row["ink_width_px"] / 448 * side * 96 / dpi <= 2.0 for row, side in zip(drawn, sides, strict=True)
        )
    assert inches[0] == pytest.approx(inches[1], rel=0.05)


def test_only_the_gestures_that_are_named() -> None:
    data = rows(12, tasks=GESTURES, gestures={"delete": 1, "delete.strike": 0, "underline": 2})
    drawn = [data.source.row("train", index) for index in range(12)]
    assert {row["gesture"] for row in drawn} == {"delete", "underline"}
    assert "strike" not in {row["variant"] for row in drawn}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"gestures": {"delte": 1}}, "did you mean delete"),
        ({"gestures": {"delete.squigle": 1}}, "no such variant"),
        ({"gestures": {"delete": -1}}, "at least 0"),
        ({"gestures": dict.fromkeys(default_kinds(), 0)}, "above 0"),
        ({"tasks": {"recognise_gesture": 0, "detect_text": 0}}, "tasks"),
        ({"gestures": {"select": 1}, "tasks": {"transcribe": 1}}, "none of the gestures"),
        ({"ink_colours": ["rde"]}, "ink_colours"),
        ({"page_scale": [1.0, 4.0]}, "thinner than 0.7"),
        ({"margin_px": 3.0}, "no room for ink"),
        ({"documents": {"source": "no/such/folder.pdf"}}, "folder.pdf"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(synthink.SynthinkError, match=told):
        rows(1, **fields).source.row("train", 0)


def test_whole_pages_and_photographs() -> None:
    for fields in ({"view": "page"}, {"camera": "photo"}, {"page_scale": [0.6, 2.0], "white": 0.0}):
        data = rows(8, **fields)
        for index in range(8):
            row = data.source.row("train", index)
            sample = Sample.from_row(row)
            assert data.generator.score(sample, row["suffix"])["correct"] == 1


def test_refusals_are_counted() -> None:
    source = rows(1).source
    refused: Counter[str] = Counter()
    for index in range(40):
        source.row("train", index, refusals=refused)
    assert refused
    assert all(re.fullmatch(r"[a-zA-Z ,'-]+", reason) for reason in refused)


def test_a_page_that_never_fits_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthink.gestures.crop_search.sample_target", lambda *_, **__: "the page is empty")
    with pytest.raises(DrawError, match=r"the page is empty \(240\)"):
        rows(1, tasks={"recognise_gesture": 0, "detect_text": 1}).source.row("train", 0)


def test_classes_have_variants_enough() -> None:
    assert sum(len(kind_named(name).variants) for name in default_kinds()) >= 30
    assert all(len(kind_named(name).variants) >= 3 for name in default_kinds())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("gestures") / "data"
    fields = {"documents": POOL, "gestures": {"insert": 1, "delete": 1, "crop": 1, "select": 1}}
    synthink.generate("gestures", splits={"train": 24, "test": 12}, seed=3, output=place, workers=2, **fields)
    return place


def test_the_manifest_counts_what_was_thrown_away(folder: Path) -> None:
    content = json.loads((folder / "synthink.json").read_bytes())
    assert content["refused"]
    assert sum((Counter(shard["refused"]) for shard in content["shards"]), Counter()) == content["refused"]


def test_datasets_reads_the_columns(folder: Path) -> None:
    import datasets

    data = datasets.load_dataset(str(folder), cache_dir=str(folder.parent / "cache"))
    row = data["train"][0]
    assert row["image"].size == PX
    assert set(row) >= {"prefix", "suffix", "gesture", "variant", "crop_box", "strokes", "page_text"}


def test_the_same_bytes_from_the_manifest(folder: Path) -> None:
    found = manifest.load(folder)
    stored = rows_of(folder, found, "test", 6)
    again = found.plan().source
    assert [row["image"] for row in stored] == [again.row("test", index)["image"].encode()[0] for index in range(6)]


def test_the_preview_shows_pages_before_and_after_their_edit(folder: Path) -> None:
    assert run_command(["preview", f"dataset={folder}", "rows=8"]) == 0
    page = folder.with_name("data-preview.html").read_text(encoding="utf-8")
    assert page.count("page after the edit") >= 3


def test_verify_reports_the_shares_of_classes_and_variants(folder: Path) -> None:
    from synthink.verify.verify import verify

    report = verify(folder, rows=4, remake_rows=4)
    assert report.passed, str(report)
    assert "gesture: " in str(report)
    assert "task: detect_text" in str(report)


def test_a_swap_over_two_paragraphs_is_never_asked_for_as_one() -> None:
    data = rows(20, tasks={"recognise_gesture": 0, "detect_text": 0, "edited_text": 1}, gestures={"point": 1})
    for index in range(20):
        row = data.source.row("train", index)
        pairs = zip(row["page_text"].split("\n"), row["page_text_after"].split("\n"), strict=True)
        assert sum(before != after for before, after in pairs) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"ink_colours": ["#fafafa"]}, "can hardly be seen"),
        ({"notes": {"questions": ["why?", "who?"]}, "gestures": {"question": 1}}, r"notes\.questions"),
        (
            {"ink_width_px": [30, 40], "margin_px": 60, "tasks": GESTURES, "gestures": {"underline": 1}},
            r"underline.*too broad for the print, see ink_width_px",
        ),
    ],
)
def test_what_no_row_can_meet_is_named(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(synthink.SynthinkError, match=told):
        for split in ("train", "validation", "test"):
            rows(1, split, **fields).source.row(split, 0)


def test_handwriting_on_whole_pages_can_be_read() -> None:
    data = rows(10, view="page", tasks={"recognise_gesture": 0, "detect_text": 0, "transcribe": 1})
    for index in range(10):
        row = data.source.row("train", index)
        top, bottom = row["text_box"][1], row["text_box"][3]
        assert bottom - top >= 5


def test_images_can_be_struck_by_a_variant_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Delete, "variants", dict(Delete.variants))

    @Delete.variant(name="strike_image", target_kind="image")
    def strike_image(kind: GestureKind, target: Target, pen: StrokeSketcher) -> Mark:
        return Mark([pen.line((target.box.left, target.box.top), (target.box.right, target.box.bottom))])

    others = dict.fromkeys((f"delete.{name}" for name in Delete.variants), 0.0)
    weights = {"delete": 1.0, **others, "delete.strike_image": 1.0}
    row = rows(1, tasks=GESTURES, gestures=weights)[0]
    assert row["variant"] == "strike_image" and not row["target_words"]


def test_layouts_without_images_have_no_gestures_about_images() -> None:
    data = rows(40, tasks=GESTURES, documents={"layouts": ["letter"], "count": 20})
    assert not {"crop", "instruct_image"} & {data[index]["gesture"] for index in range(40)}


@pytest.mark.slow
def test_whole_pages_hold_all_ink() -> None:
    """Also what is written beside a small page."""
    data = rows(40, tasks=GESTURES, view="page", gestures={"insert": 1, "instruct_text": 1}, picture_px=896)
    for index in range(40):
        row = data[index]
        points = np.concatenate([np.array(stroke)[:, :2] for stroke in row["strokes"]])
        assert (points >= row["ink_width_px"] / 2).all() and (points <= 896 - row["ink_width_px"] / 2).all()


def test_a_fault_in_a_variant_of_ones_own_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Delete, "variants", dict(Delete.variants))
    Delete.variant(name="faulty")(lambda kind, target, pen: Mark([np.array(1 // 0)]))
    others = dict.fromkeys((f"delete.{name}" for name in Delete.variants), 0.0)
    with pytest.raises(DrawError, match=r"ZeroDivisionError: .*drawing delete\.faulty"):
        rows(1, tasks=GESTURES, gestures={"delete": 1.0, **others, "delete.faulty": 1.0}).source.row("train", 0)


def test_all_questions_about_a_picture() -> None:
    tasks = dict.fromkeys(("name_gesture", "locate_target", "read_target", "edited_text", "detect_text"), 1.0)
    data = rows(8, tasks=tasks, questions_per_picture="all", gestures={"delete": 1}, lower_case=False)
    for first in (0, 4):
        pictured = [data.source.row("train", index) for index in range(first, first + 4)]
        assert [row["task"] for row in pictured] == ["edited_text", "name_gesture", "locate_target", "read_target"]
        assert {row["picture_number"] for row in pictured} == {first // 4}
        assert len({row["image"].encode()[0] for row in pictured}) == 1
        edited, name, place, words = (row["suffix"] for row in pictured)
        assert name == "delete" and words == " ".join(pictured[0]["target_words"])
        box = parse_box(place, PX, "paligemma")
        assert box is not None and np.abs(np.array(box) - pictured[0]["target_box"]).max() <= 448 / 1024
        assert edited in pictured[0]["page_text_after"].split("\n")
        for row in pictured:
            sample = Sample.from_row(row)
            assert data.generator.score(sample, row["suffix"])["correct"] == 1
            assert data.generator.score(sample, "nothing")["correct_lenient"] == 0
    with pytest.raises(synthink.ConfigError, match=r"tasks\.transcribe.*all tasks about one picture"):
        rows(1, tasks={"transcribe": 1, "read_target": 1}, questions_per_picture="all", gestures={"insert": 1})
    with pytest.raises(synthink.ConfigError, match="is no question about a gesture"):
        rows(1, tasks={"detect_text": 1}, questions_per_picture="all")


def test_words_that_are_read_are_legible() -> None:
    data = rows(12, tasks={"read_target": 1}, margin_px=8.0)
    for index in range(12):
        row = data.source.row("train", index)
        assert row["gesture"] in ("select", "question", "underline", "delete", "instruct_text")
        assert row["variant"] not in ("scratch", "scribble")
        boxes = [box for word, box in zip(row["words"], row["word_boxes"], strict=True) if word in row["target_words"]]
        assert len(boxes) >= len(row["target_words"])
        assert row["target_box"][3] - row["target_box"][1] >= 8
