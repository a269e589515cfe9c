"""The oracle of gestures: silent on true rows, loud on every kind of fault that is put into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageColor, ImageDraw

import synthink
from synthink.core.dataset import RowDataset
from synthink.gestures.kind import default_kinds, kind_named
from synthink.labels.formats import Label, format_box, format_label
from synthink.verify.oracles.gestures.answer import Answer, read_answer, says
from synthink.verify.oracles.gestures.families import FAMILIES, ClassFacts, check_boxes, stroke_partitions
from synthink.verify.oracles.gestures.ink import NO_PRINT, OTHER_PRINT, Sight, check_ink, check_print, look
from synthink.verify.oracles.gestures.marks import NEVER, scratches
from synthink.verify.oracles.gestures.oracle import GesturesOracle
from synthink.verify.oracles.gestures.places import joins
from synthink.verify.oracles.gestures.row import Scene
from synthink.verify.oracles.gestures.strips import strips_of
from synthink.verify.oracles.gestures.targets import OTHER_GAP, Target, find_target
from tests.verify.judging import Fault, Row, verdicts, with_fault

COUNT = 24  # documents, so that few pages are set in the everyday tests
FEW = 10  # faulty rows of each kind in the everyday tests
TASKS = {"recognise_gesture": 5.0, "detect_text": 1.0, "transcribe": 1.0, "edited_text": 1.0}
UNLIKE = ("select", "underline", "delete", "insert", "point", "crop")
EDITING = ("insert", "delete", "point")


def relabelled(row: Row, **changes: Any) -> Row:
    """The row with other labels, and the suffix that these ask for."""
    row = {**row, **changes}
    ends, box = row["target_ends"], row["target_box"]
    size = row["image"].size
    if row["task"] == "detect_text":
        asked = " ".join(row["target_words"]).lower()
        return {**row, "suffix": format_box(tuple(box), size, "paligemma"), "prefix": f"Detect text: {asked}"}
    if row["task"] != "recognise_gesture":
        return row
    places = [(end[at] + end[at + 2]) / 2 for end in ends for at in (0, 1)] if ends else box
    label = Label(row["gesture"], tuple(places), (row["text"] or "").lower())
    return {**row, "suffix": format_label(label, size, "paligemma")}


def union(boxes: Sequence[Sequence[float]]) -> tuple[float, ...]:
    array = np.array(boxes)
    return (*array[:, :2].min(axis=0).tolist(), *array[:, 2:].max(axis=0).tolist())


def own_words(row: Row) -> tuple[int, int] | None:
    """First of the target's words, and the one after the last, among those listed."""
    wanted = row["target_words"]
    for start in range(len(row["words"]) - len(wanted) + 1):
        stop = start + len(wanted)
        if (
            wanted
            and row["words"][start:stop] == wanted
            and np.allclose(union(row["word_boxes"][start:stop]), row["target_box"], atol=0.05)
        ):
            return start, stop
    return None


def on_a_line(one: Sequence[float], other: Sequence[float]) -> bool:
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.7 * (one[3] - one[1]) and 0 < other[0] - one[2] < 60


def another_class(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The class replaced by one of another family, in all columns."""
    if row["gesture"] not in UNLIKE or row["task"] != "recognise_gesture":
        return None
    others = [name for name in UNLIKE if name != row["gesture"]]
    name = others[index % len(others)]
    after = row["page_text_after"] if name in EDITING else None
    return relabelled(row, gesture=name, variant=None, page_text_after=after)


def another_word_class(rows: RowDataset, index: int, row: Row) -> Row | None:
    """One of the classes that mean words replaced by another that fits text and target."""
    if row["task"] != "recognise_gesture" or row["gesture"] not in ("select", "underline", "delete"):
        return None
    others = [name for name in ("select", "underline", "delete") if name != row["gesture"]]
    name = others[index % 2]
    before, words = row["page_text"], " ".join(row["target_words"])
    after = before.replace(words + " ", "", 1) if name == "delete" else None
    return relabelled(row, gesture=name, variant=None, page_text_after=after)


def stepped(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The target moved by one word along the line, in all columns."""
    own = own_words(row)
    if row["gesture"] not in ("select", "underline", "question", "instruct_text") or own is None:
        return None
    step = 1 if index % 2 else -1
    start, stop = own[0] + step, own[1] + step
    boxes = row["word_boxes"]
    if start < 0 or stop > len(boxes):
        return None
    if not all(on_a_line(boxes[k], boxes[k + 1]) for k in range(min(own[0], start), max(own[1], stop) - 1)):
        return None
    return relabelled(row, target_words=row["words"][start:stop], target_box=union(boxes[start:stop]))


def grown(rows: RowDataset, index: int, row: Row) -> Row | None:
    """One word more in the target, in all columns."""
    own = own_words(row)
    if row["gesture"] not in ("select", "underline", "question", "instruct_text") or own is None:
        return None
    start, stop = own[0], own[1] + 1
    boxes = row["word_boxes"]
    if stop > len(boxes) or not on_a_line(boxes[stop - 2], boxes[stop - 1]):
        return None
    return relabelled(row, target_words=row["words"][start:stop], target_box=union(boxes[start:stop]))


def other_line(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The target moved to words of another line, in all columns."""
    own = own_words(row)
    if row["gesture"] not in ("select", "underline", "question", "instruct_text") or own is None:
        return None
    boxes, count = row["word_boxes"], own[1] - own[0]
    for start in range(len(boxes) - count + 1):
        box = union(boxes[start : start + count])
        if box[1] > row["target_box"][3] - 2 or box[3] < row["target_box"][1] + 2:
            return relabelled(row, target_words=row["words"][start : start + count], target_box=box)
    return None


def other_gap(rows: RowDataset, index: int, row: Row) -> Row | None:
    """An insertion at another gap of the line, in all columns."""
    if row["gesture"] != "insert" or row["task"] != "recognise_gesture":
        return None
    boxes, words, box = row["word_boxes"], row["words"], row["target_box"]
    for k in range(index % 5, len(words) - 1):
        one, other = boxes[k], boxes[k + 1]
        spare = max(0.0, 0.3 * (box[3] - box[1]) - (other[0] - one[2])) / 2
        gap = (one[2] - spare, box[1], other[0] + spare, box[3])
        level = on_a_line(one, other) and min(one[3], box[3]) - max(one[1], box[1]) > 0.8 * (one[3] - one[1])
        if level and one[0] > 1 and other[2] < 447 and max(gap[0] - box[2], box[0] - gap[2]) > 0.4 * (box[3] - box[1]):
            pair = f"{words[k]} {words[k + 1]}"
            after = row["page_text"].replace(pair, f"{words[k]} {row['text']} {words[k + 1]}", 1)
            return relabelled(row, target_words=words[k : k + 2], target_box=gap, page_text_after=after)
    return None


def box_alone(rows: RowDataset, index: int, row: Row) -> Row | None:
    """target_box and suffix moved by a word's width, the words left."""
    if row["target_ends"]:
        return None
    left, top, right, bottom = row["target_box"]
    step = max(6.0, min(right - left, 100.0)) * (1 if (left + right) / 2 < 224 else -1)
    return relabelled(row, target_box=(left + step, top, right + step, bottom))


def other_words(rows: RowDataset, index: int, row: Row) -> Row | None:
    """target_words exchanged for the words after them."""
    own = own_words(row)
    if own is None or own[1] + 1 > len(row["words"]):
        return None
    words = row["words"][own[0] + 1 : own[1] + 1]
    return {**row, "target_words": words} if words != row["target_words"] else None


def axes_swapped(rows: RowDataset, index: int, row: Row) -> Row | None:
    """x before y."""
    label = read_answer(row["suffix"], "paligemma") if row["task"] in ("recognise_gesture", "detect_text") else None
    if label is None:
        return None
    a, b, c, d = label.numbers
    return with_numbers(row, label, (b, a, d, c)) if max(abs(a - b), abs(c - d)) > 2 else None


def numbers_off(rows: RowDataset, index: int, row: Row) -> Row | None:
    """One number changed by 3 % of the picture."""
    label = read_answer(row["suffix"], "paligemma") if row["task"] in ("recognise_gesture", "detect_text") else None
    if label is None:
        return None
    numbers = list(label.numbers)
    numbers[index % 4] += 31 if numbers[index % 4] < 512 else -31
    return with_numbers(row, label, numbers)


def with_numbers(row: Row, label: Answer, numbers: Sequence[int]) -> Row:
    places = "".join(f"<loc{number:04}>" for number in numbers)
    return {**row, "suffix": " ".join(filter(None, (label.gesture, places, label.text)))}


def other_text(differs: Callable[[str, str], bool]) -> Fault:
    """The text of another row of the class, in all columns."""

    def fault(rows: RowDataset, index: int, row: Row) -> Row | None:
        if row["note"] is None or row["task"] == "edited_text":
            return None
        others = (rows[(index + step) % len(rows)] for step in range(1, 100))
        same = (other["note"] for other in others if other["note"] and other["gesture"] == row["gesture"])
        text = next((note for note in same if differs(row["note"].lower(), note.lower())), None)
        if text is None:
            return None
        after = row["page_text_after"] and row["page_text_after"].replace(row["text"], text, 1)
        suffix = text.lower() if row["task"] == "transcribe" else row["suffix"]
        return relabelled({**row, "suffix": suffix}, text=text, note=text, page_text_after=after)

    return fault


def longer(one: str, other: str) -> bool:
    """Whether one has four letters for three of the other, or more."""
    return 3 * max(len(one), len(other)) >= 4 * min(len(one), len(other))


def as_long(one: str, other: str) -> bool:
    """Whether they are about as long, and half of the letters or more are others."""
    same = max(
        sum(a == b for a, b in zip(one, other, strict=False)),
        sum(a == b for a, b in zip(one[::-1], other[::-1], strict=False)),
    )
    return not longer(one, other) and same < 0.5 * max(len(one), len(other))


def prefix_words(rows: RowDataset, index: int, row: Row) -> Row | None:
    """Other words of the page are asked for."""
    if row["task"] != "detect_text":
        return None
    others = [word for word in row["words"] if word.lower() not in row["prefix"].lower()]
    return {**row, "prefix": f"Detect text: {others[index % len(others)].lower()}"} if others else None


def other_picture(rows: RowDataset, index: int, row: Row) -> Row:
    return {**row, "image": rows[(index + 1) % len(rows)]["image"]}


def blank(rows: RowDataset, index: int, row: Row) -> Row | None:
    return {**row, "image": rows.control(index)["image"]} if row["gesture"] else None


def ink_elsewhere(rows: RowDataset, index: int, row: Row) -> Row | None:
    """Strokes and ink's boxes moved by 8 pixels."""
    if not row["gesture"]:
        return None
    moved = [[[x + 8, y + 8, t, p] for x, y, t, p in stroke] for stroke in row["strokes"]]
    boxes = {key: row[key] and tuple(edge + 8 for edge in row[key]) for key in ("ink_box", "text_box")}
    return {**row, "strokes": moved, **boxes}


def unlisted(rows: RowDataset, index: int, row: Row) -> Row | None:
    """A stroke of the handwriting is missing among the strokes."""
    if not row["note"] or len(row["strokes"]) < 4:
        return None
    x, y = np.array(row["strokes"][-1])[:, :2].T
    return {**row, "strokes": row["strokes"][:-1]} if max(np.ptp(x), np.ptp(y)) > 12 else None


def other_after(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The edit at another place of the page."""
    if row["page_text_after"] is None or row["task"] == "edited_text":
        return None
    words, text = row["page_text"].split(" "), row["text"]
    place = index * 7 % (len(words) - 3)
    if row["gesture"] == "insert":
        words.insert(place, text)
    elif row["gesture"] == "delete":
        del words[place : place + len(row["target_words"])]
    else:
        words[place], words[place + 1] = words[place + 1], words[place]
    changed = " ".join(words)
    return {**row, "page_text_after": changed} if changed != row["page_text_after"] else None


def unedited(rows: RowDataset, index: int, row: Row) -> Row | None:
    if row["page_text_after"] is None or row["task"] == "edited_text":
        return None
    return {**row, "page_text_after": None if index % 2 else row["page_text"]}


def other_paragraph(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The paragraph as it was, or with a word left out, as the answer."""
    if row["task"] != "edited_text":
        return None
    words = row["suffix"].split(" ")
    del words[index % len(words)]
    return {**row, "suffix": " ".join(words)}


def ends_exchanged(rows: RowDataset, index: int, row: Row) -> Row | None:
    """A swap of one of its words with another."""
    if row["gesture"] != "point" or row["task"] != "recognise_gesture":
        return None
    ends, words = list(row["target_ends"]), list(row["target_words"])
    for k, box in enumerate(row["word_boxes"]):
        if row["words"][k] not in words and box[0] > 1 and box[2] < 447:
            ends[1], words[1] = box, row["words"][k]
            after = swapped(row["page_text"], *words)
            return relabelled(row, target_ends=ends, target_words=words, target_box=union(ends), page_text_after=after)
    return None


def swapped(text: str, one: str, other: str) -> str:
    """The first of each word in the other's place."""
    words = [line.split(" ") for line in text.split("\n")]
    places = [
        next((i, k) for i, line in enumerate(words) for k, word in enumerate(line) if word == want)
        for want in (one, other)
    ]
    for (i, k), word in zip(places, (other, one), strict=True):
        words[i][k] = word
    return "\n".join(map(" ".join, words))


def cropped_elsewhere(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The part of an image to keep moved by a quarter of its side, or smaller by as much."""
    if row["gesture"] != "crop":
        return None
    left, top, right, bottom = row["target_box"]
    wide, high = (right - left) / 4, (bottom - top) / 4
    boxes = ((left + wide, top, right, bottom), (left, top, right, bottom - high), (left, top + high, right, bottom))
    return relabelled(row, target_box=boxes[index % 3])


FAULTS: dict[str, Fault] = {
    "another class": another_class,
    "another class of words": another_word_class,
    "target a word on": stepped,
    "target with one word more": grown,
    "target on another line": other_line,
    "another gap": other_gap,
    "box moved": box_alone,
    "other target words": other_words,
    "axes swapped": axes_swapped,
    "numbers off by 3 %": numbers_off,
    "longer or shorter text": other_text(longer),
    "text of about its length": other_text(as_long),
    "other words asked for": prefix_words,
    "picture of another row": other_picture,
    "no ink": blank,
    "ink elsewhere": ink_elsewhere,
    "stroke not listed": unlisted,
    "another edit": other_after,
    "no edit": unedited,
    "another paragraph": other_paragraph,
    "another end": ends_exchanged,
    "another crop": cropped_elsewhere,
}

HARD = ("text of about its length",)
"""Of which fewer are found: letters are not read one by one."""


def faulty(rows: RowDataset, fault: str, count: int, start: int = 0) -> Iterator[Row]:
    """`count` rows with the fault, from row `start` on."""
    return with_fault(FAULTS[fault], rows, count, start)


def judged(oracle: GesturesOracle, rows: Iterable[Row]) -> tuple[Counter[str], list[str]]:
    """How often each verdict fell, and the rows that were not found right."""
    return verdicts(oracle, rows, lambda row: f"{row['task']} {row['gesture']}.{row['variant']} {row['text']!r}")


class Kept(RowDataset):
    """Rows of which the latest are drawn once only."""

    @lru_cache(maxsize=400)  # noqa: B019
    def __getitem__(self, index: int) -> Row:  # type: ignore[override]
        return super().__getitem__(index)


def made(
    size: int = 10_000, seed: int = 0, tasks: dict[str, float] = TASKS, documents: int = COUNT, **fields: Any
) -> RowDataset:
    weights = {**dict.fromkeys(TASKS, 0.0), **tasks}
    return synthink.dataset("gestures", size=size, seed=seed, tasks=weights, documents={"count": documents}, **fields)


@cache
def of(tasks: tuple[str, ...], classes: tuple[str, ...], documents: int = COUNT) -> RowDataset:
    """Rows of some of the tasks and classes."""
    shares = {task: TASKS[task] for task in tasks or TASKS}
    rows = made(size=40_000, tasks=shares, gestures=dict.fromkeys(classes, 1.0), documents=documents)
    return Kept(rows.source, rows.split, rows.indices)


def with_room_for(fault: str, documents: int = COUNT) -> RowDataset:
    """Rows of which many have room for the fault."""
    return of(*ROOM.get(fault, ((), ())), documents)


_WRITING = ("insert", "question", "instruct_text", "instruct_image")
_OF_WORDS = ("select", "underline", "question", "instruct_text")
ROOM: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "another class of words": (("recognise_gesture",), _OF_WORDS[:2]),
    "target a word on": (("recognise_gesture",), _OF_WORDS),
    "target with one word more": (("recognise_gesture",), _OF_WORDS),
    "target on another line": (("recognise_gesture",), _OF_WORDS),
    "another gap": (("recognise_gesture",), ("insert",)),
    "longer or shorter text": (("recognise_gesture",), _WRITING),
    "text of about its length": (("recognise_gesture",), _WRITING),
    "another end": (("recognise_gesture",), ("point",)),
    "another crop": (("recognise_gesture",), ("crop",)),
    "other words asked for": (("detect_text",), ()),
    "another paragraph": (("edited_text",), ()),
}


@pytest.fixture(scope="module")
def rows() -> RowDataset:
    return of((), ())


@pytest.fixture(scope="module")
def oracle(rows: RowDataset) -> GesturesOracle:
    return GesturesOracle(rows.generator)


def test_default_rows_are_right(rows: RowDataset, oracle: GesturesOracle) -> None:
    counts, others = judged(oracle, (rows[index] for index in range(150)))
    assert counts["wrong"] == 0 and counts["unsure"] <= 4, others


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_found(oracle: GesturesOracle, fault: str) -> None:
    counts, others = judged(oracle, faulty(with_room_for(fault), fault, FEW))
    assert counts.total() == FEW and counts["wrong"] >= FEW - 1 - 2 * (fault in HARD), others


def test_every_family_is_named_by_one_of_our_variants() -> None:
    variants = [variant for name in default_kinds() for variant in kind_named(name).facts["variants"].values()]
    assert {variant["family"].partition("+")[0] for variant in variants} == set(FAMILIES)


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("underline", {"underline", "double_underline"}),
        ("delete", {"strike", "double_strike", "pigtail", "scratch", "cross"}),
        ("select", {"ring", "brackets", "side_line", "highlighter"}),
        ("insert", {"caret", "caret_in_two", "inverted_caret", "stick", "caret+line"}),
    ],
)
def test_classes_of_words_share_no_family(name: str, families: set[str]) -> None:
    """What tells these classes apart by their ink alone."""
    variants = kind_named(name).facts["variants"].values()
    assert {variant["family"] for variant in variants} == families


@pytest.mark.parametrize("name", default_kinds())
def test_every_variant_is_known(oracle: GesturesOracle, name: str) -> None:
    variants = kind_named(name).variants
    assert set(ClassFacts.of(kind_named(name).facts).rules) == set(variants)
    alike = {f"{name}.{each}": 1.0 for each in variants}
    counts, told = judged(oracle, made(size=10, tasks={"recognise_gesture": 1.0}, gestures={name: 1.0, **alike}))
    assert counts["wrong"] == 0 and counts["right"] >= 9, told


@pytest.mark.parametrize(
    "fields",
    [
        *({"label_format": form} for form in ("plain", "gemini", "florence2", "qwen")),
        {"picture_px": 224, "page_scale": (0.8, 1.5)},
        {"ink_colours": ("blue", "#0a7a2f", "#ff00ff"), "ink_width_px": (1.0, 3.0)},
        {"white": 0.0},
        {"lower_case": False, "margin_px": 120.0},
        {"view": "page", "picture_px": 896},
        {"ink_position": (0.1, 0.9)},
        {"white": 0.95},
    ],
    ids=str,
)
def test_other_settings_are_right(fields: dict[str, Any]) -> None:
    other = made(seed=1, **fields)
    counts, others = judged(GesturesOracle(other.generator), (other[index] for index in range(8)))
    assert counts["wrong"] == 0 and counts["unsure"] <= 1, others


@pytest.mark.parametrize("camera", ["scan", "photo"])
def test_photographs_are_never_wrong(camera: str) -> None:
    other = made(seed=1, camera=camera)
    judge = GesturesOracle(other.generator)
    counts, others = judged(judge, (other[index] for index in range(8)))
    assert counts["wrong"] == 0 and counts["right"] >= 4, others
    for fault in ("no ink", "numbers off by 3 %"):
        found, _ = judged(judge, faulty(other, fault, 4))
        assert found == {"wrong": 4}, fault
    found, _ = judged(judge, faulty(other, "another class", 4))
    assert not found["right"]


def test_black_ink_is_not_told_from_print() -> None:
    other = made(seed=1, ink_colours=("black",))
    counts, _ = judged(GesturesOracle(other.generator), (other[index] for index in range(8)))
    assert counts["wrong"] == 0 and counts["unsure"] == 8


def test_labels_that_cannot_be(rows: RowDataset, oracle: GesturesOracle) -> None:
    row = next(row for row in rows if row["task"] == "recognise_gesture" and row["note"] and row["target_words"])
    wrong: list[Row] = [
        {**row, "hand": "no such hand"},
        {**row, "strokes": []},
        {**row, "strokes": [[[float("nan")] * 4 for _ in stroke] for stroke in row["strokes"]]},
        {**row, "words": row["words"][:-1]},
        {**row, "prefix": "What?"},
        {**row, "suffix": row["gesture"]},
        {**row, "note": None},
        {**row, "text_box": None},
        {**row, "ink_box": None},
        {**row, "text_box": (0.0, 0.0, 10.0, 10.0)},
        {**row, "crop_box": [0.0, 0.0, 10.0, 20.0]},
        {**row, "page_text": "nothing of this"},
    ]
    assert [oracle.check(each).verdict for each in wrong] == ["wrong"] * len(wrong)
    assert oracle.check({**row, "variant": "a new one"}).verdict in ("right", "unsure")


def test_a_gesture_of_ones_own_is_not_judged(rows: RowDataset, oracle: GesturesOracle) -> None:
    row = next(row for row in rows if row["gesture"] == "select" and row["task"] == "recognise_gesture")
    assert oracle.check(relabelled(row, gesture="cherish")).verdict == "unsure"


def without_ink(words: Sequence[str], boxes: Any, target: Sequence[float], wanted: Sequence[str]) -> Scene:
    """Words in a picture, and some of them meant."""
    return Scene(
        size_px=(448, 448),
        words=tuple(words),
        boxes=np.array(boxes),
        images=np.zeros((0, 4)),
        target=np.array(target),
        target_words=tuple(wanted),
        ends=np.zeros((0, 4)),
        strokes=(),
        width=2.0,
        scale=1.0,
        same=0.05,
        ink_box=None,
        text_box=None,
    )


@pytest.mark.parametrize(("left", "wrong"), [(41.0, False), (60.0, False), (200.0, True)])
def test_a_word_that_is_cut_off_may_stand_elsewhere_too(left: float, wrong: bool) -> None:
    """Of words at the border less than half is seen, and no box given: the one on another line is not meant."""
    boxes = ((0.0, 150.0, 155.0, 200.0), (168.0, 150.0, 383.0, 200.0))
    scene = without_ink(("shower", "returned"), boxes, (left, 210.0, left + 15, 260.0), ("shower",))
    assert (find_target(scene, "gap") == OTHER_GAP) is wrong


@pytest.mark.parametrize(("top", "wrong"), [(0.0, False), (60.0, True)])
def test_the_gap_of_a_line_that_is_cut_off_is_as_wide_as_in_a_whole_one(top: float, wrong: bool) -> None:
    """The words stand so near each other that the gap reaches into them: by a share of a height that is not seen."""
    boxes = ((105.0, top, 250.0, top + 49.0), (264.0, top, 448.0, top + 49.0))
    scene = without_ink(("rusty", "dancer"), boxes, (244.6, top, 269.1, top + 49.0), ("rusty", "dancer"))
    assert (find_target(scene, "gap") == OTHER_GAP) is wrong


def arrow(start: Sequence[float], tip: Sequence[float], *wings: Sequence[float]) -> list[np.ndarray[Any, Any]]:
    return [np.linspace(start, tip, 100), np.array((wings[0], tip, wings[1]))]


def test_the_head_of_an_arrow_that_goes_down_steeply_is_not_its_shaft() -> None:
    """Its words' middles lie to the side of each other, so that the head is half way between them."""
    boxes = ((13.5, 212.6, 30.9, 221.8), (13.7, 225.9, 60.8, 235.6))
    scene = without_ink(("Was", "disappeared."), boxes, union(boxes), ("Was", "disappeared."))
    scene = replace(scene, ends=scene.boxes)
    steep = arrow((22.0, 216.0), (28.0, 230.5), (31.6, 228.3), (26.7, 226.4))
    assert joins(steep, Target((0, 1), (), whole=True), scene) <= 0
    there_and_back = [np.concatenate((steep[0], steep[0][::-1] + 1.0))]
    assert joins(there_and_back, Target((0, 1), (), whole=True), scene) == NEVER


def test_a_scratch_over_a_short_word_runs_mostly_beside_it() -> None:
    box = (208.0, 178.7, 283.4, 263.5)
    scene = without_ink(("In",), (box,), box, ("In",))
    strips = Target((0,), strips_of(scene, (0,)), whole=True)
    turns = ((159, 277), (207, 180), (213, 282), (254, 172), (265, 265), (301, 178))
    assert scratches([np.array(turns, float)], strips, scene) <= 0
    around = ((200, 175), (290, 175), (290, 270), (200, 270), (200, 175))
    assert scratches([np.array(around, float)], strips, scene) == NEVER


def test_words_of_a_justified_line_may_stand_far_apart() -> None:
    """And neighbours further away than that are another column's."""
    boxes = [(x, y, x + 90.0, y + 30.0) for y in (100.0, 140.0) for x in (20.0, 330.0)]
    wanted = ("complex", "potato", "slipped")
    strips = strips_of(without_ink((*wanted, "Figure"), boxes, union(boxes[:3]), wanted), range(3))
    assert [strip.box.tolist() for strip in strips] == [[20.0, 100.0, 420.0, 130.0], [20.0, 140.0, 110.0, 170.0]]
    assert [strip.after for strip in strips] == [None, None]


def test_a_scratch_over_a_slender_word_hardly_touches_it() -> None:
    box = (208.5, 173.7, 237.0, 313.6)
    scene = without_ink(("i",), (box,), box, ("i",))
    strips = Target((0,), strips_of(scene, (0,)), whole=True)
    turns = ((178, 266), (213, 191), (203, 258), (253, 177), (235, 275), (275, 185))
    stroke = np.concatenate([np.linspace(one, other, 9) for one, other in pairwise(turns)])
    assert scratches([stroke], strips, scene) <= 0
    assert scratches([stroke + np.array((60, 0))], strips, scene) == NEVER


def test_handwriting_that_the_border_cuts_ends_there() -> None:
    strokes = (np.array(((300.0, 300.0), (340.0, 300.0))), np.array(((400.0, 100.0), (480.0, 150.0))))
    ink, text = np.array((299.0, 99.0, 448.0, 301.0)), np.array((400.0, 100.0, 448.0, 150.0))
    scene = replace(without_ink((), (), (0, 0, 1, 1), ()), strokes=strokes, ink_box=ink, text_box=text)
    assert check_boxes(scene) is None
    assert [len(drawn.writing) for drawn in stroke_partitions(scene)] == [1]


LINES = np.array([(x, y, x + 60, y + 20) for y in (100, 130, 160) for x in range(20, 400, 80)], float)


def printed(boxes: Any, colour: int | tuple[int, ...] = 128) -> np.ndarray[Any, Any]:
    """Words of upright strokes, as high as small letters."""
    pixels = np.full((448, 448, 3), 255, np.uint8)
    for left, top, right, bottom in np.array(boxes, int).tolist():
        for x in range(left + 2, right - 2, 6):
            pixels[top + (bottom - top) * 2 // 5 : bottom - (bottom - top) // 5, x : x + 2] = colour
    return pixels


def sight_of(pixels: np.ndarray[Any, Any], scene: Scene, colour: str = "red") -> Sight:
    sight = look(Image.fromarray(pixels), scene, colour)
    assert sight is not None
    return sight


def print_found(pixels: np.ndarray[Any, Any], words: Sequence[str], boxes: Any) -> str | None:
    scene = without_ink(words, boxes, boxes[0], ())
    found = check_print(sight_of(pixels, scene), scene, (0,), 0.5)
    return None if found is None else found.reason


def ruled(pixels: np.ndarray[Any, Any]) -> None:
    pixels[90:190, 90:410:80] = 128


def framed(pixels: np.ndarray[Any, Any]) -> None:
    """Each word in a box with round corners."""
    picture = Image.fromarray(pixels)
    for left, top, right, bottom in LINES.tolist():
        ImageDraw.Draw(picture).rounded_rectangle((left - 7, top - 2, right + 7, bottom + 2), 12, outline=(128,) * 3)
    pixels[:] = np.asarray(picture)


def textured(pixels: np.ndarray[Any, Any]) -> None:
    """Over a picture."""
    pixels -= np.random.default_rng(0).integers(0, 60, pixels.shape, np.uint8)


@pytest.mark.parametrize("near", [ruled, framed, textured])
def test_rules_frames_and_pictures_between_words_are_no_letters(near: Callable[[Any], None]) -> None:
    pixels, words = printed(LINES), ["words"] * len(LINES)
    near(pixels)
    assert print_found(pixels, words, LINES) is None
    assert near is textured or print_found(pixels, words, LINES - (20, 0, 20, 0)) == OTHER_PRINT


def test_words_without_print() -> None:
    words = ["words"] * len(LINES)
    assert print_found(printed(LINES[3:]), words, LINES) == NO_PRINT
    for colour in ((128, 255, 128), (245, 245, 245)):  # green, and pale
        assert print_found(printed(LINES, colour), words, LINES) is None


def test_the_dot_of_a_word_that_the_border_cuts_may_lie_outside() -> None:
    boxes = np.concatenate((LINES, [(x, 428.0, x + 20.0, 448.0) for x in range(20, 400, 40)]))
    words = ["words"] * len(LINES) + ["."] * 10
    assert print_found(printed(LINES), words, boxes) is None
    assert print_found(printed(LINES), words, boxes - (0, 9, 0, 9)) == NO_PRINT


@pytest.mark.parametrize(("colour", "white", "hue"), [("green", 0.5, (128, 255, 128)), ("#208020", 0.0, (0, 255, 0))])
def test_print_may_have_the_hue_of_the_ink(colour: str, white: float, hue: tuple[int, ...]) -> None:
    scene, pixels = without_ink((), (), (0, 0, 1, 1), ()), np.full((448, 448, 3), 255, np.uint8)
    pixels[50:90, 50:90] = hue
    assert check_ink(sight_of(pixels, scene, colour), scene, white) is None
    pixels[200:203, 200:300] = ImageColor.getrgb(colour)
    found = check_ink(sight_of(pixels, scene, colour), scene, white)
    assert (found is not None) is (white > 0)  # under no white at all print may look like ink


def test_rows_read_back_from_text_alone(rows: RowDataset, oracle: GesturesOracle) -> None:
    """Formats without lists keep the answers at least."""
    row = next(row for row in rows if row["task"] == "recognise_gesture")
    flat = {key: row[key] for key in ("image", "task", "prefix", "suffix", "text", "gesture", "page_text")}
    assert oracle.check(flat).verdict == "unsure"
    assert oracle.check({**flat, "suffix": "x"}).verdict == "wrong"


def test_answers_in_every_format() -> None:
    told = {
        "paligemma": "select <loc0045><loc0022><loc0092><loc0068> a b",
        "plain": "select 20 10 41 30 a b",
        "gemini": "select 45 22 90 67 a b",
        "florence2": "select<loc_22><loc_44><loc_66><loc_90> a b",
        "qwen": '{"bbox_2d": [10, 20, 30, 41], "label": "select", "text": "a b"}',
    }
    for form, suffix in told.items():
        answer = read_answer(suffix, form)
        assert answer is not None and (answer.gesture, answer.text) == ("select", "a b")
        assert says(answer, form, (10.0, 20.0, 30.0, 40.5), (448, 448))
        assert not says(answer, form, (20.0, 10.0, 40.5, 30.0), (448, 448))
        assert not says(answer, form, (10.0, 20.0, 30.0, 44.0), (448, 448))
    for form in told:
        assert [read_answer(text, form) for text in ("", "select", "1 2 3", "<loc0001>", "{}", "[1]")] == [None] * 6


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_rows(rows: RowDataset, oracle: GesturesOracle) -> None:
    counts, others = judged(oracle, made(documents=1000))
    assert counts["wrong"] == 0 and counts["unsure"] <= 300, others


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_thousand_of_each_fault(oracle: GesturesOracle, fault: str) -> None:
    counts, others = judged(oracle, faulty(with_room_for(fault, 1000), fault, 1000, start=2000))
    assert counts.total() == 1000 and counts["wrong"] >= (950 if fault in HARD else 990), others
