"""Faults of labels and pictures: each makes a faulty copy of a row of gestures, or None where it has no room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from synthink.core.row_dataset import RowDataset
from synthink.labels.formats import Label, format_box, format_label
from synthink.verify.oracles.gestures.answer import Answer, read_answer
from tests.verify.oracles.judging import Fault, Row

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
    """A stroke of the handwriting is missing among the strokes, one that is longer than the pen is broad."""
    if not row["note"] or len(row["strokes"]) < 4:
        return None
    x, y = np.array(row["strokes"][-1])[:, :2].T
    is_seen = max(np.ptp(x), np.ptp(y)) > max(12, 4 * row["ink_width_px"])
    return {**row, "strokes": row["strokes"][:-1]} if is_seen else None


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
