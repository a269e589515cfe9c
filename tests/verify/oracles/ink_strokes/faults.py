"""Faults of labels and pictures: each makes a faulty copy of a row of ink_strokes, or None where there is no room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations

import numpy as np
from PIL import Image

import synthink
from synthink.core.row_dataset import RowDataset
from synthink.verify.oracles.ink_strokes.answer import points_of
from synthink.verify.oracles.ink_strokes.redraw import depth
from synthink.verify.oracles.ink_strokes.row import strokes_of
from tests.verify.oracles.judging import Fault, Row

LIKE_EACH_OTHER = ("oO0", "cC", "sS", "vV", "wW", "xX", "zZ", "uU", "kK", "pP", "Il|1", "',`")


def moved(change: Callable[[np.ndarray], np.ndarray]) -> Fault:
    """The strokes' column changed, the picture and all else as they were."""

    def fault(rows: RowDataset, index: int, row: Row) -> Row:
        strokes = [
            [[*change(np.array(point[:2])).tolist(), *point[2:]] for point in stroke] for stroke in row["strokes"]
        ]
        return {**row, "strokes": strokes}

    return fault


def unlisted(rows: RowDataset, index: int, row: Row) -> Row | None:
    """One stroke missing from the column."""
    gone = index % len(row["strokes"])
    if len(row["strokes"]) < 2 or not own_pixels(row, gone).any():
        return None
    return {
        **row,
        "strokes": [stroke for number, stroke in enumerate(row["strokes"]) if number != gone],
        "stroke_widths_px": [stroke for number, stroke in enumerate(row["stroke_widths_px"]) if number != gone],
    }


def undrawn(rows: RowDataset, index: int, row: Row) -> Row | None:
    """One stroke missing from the picture."""
    gone = index % len(row["strokes"])
    is_off = rows.generator.camera.is_off  # type: ignore[attr-defined]
    bare = own_pixels(row, gone, 0.5 if is_off else 2.5)
    if len(row["strokes"]) < 2 or not bare.any():
        return None
    pixels, page = np.array(row["image"].convert("RGB")), np.asarray(rows.control(index)["image"].convert("RGB"))
    pixels[bare] = page[bare]
    return {**row, "image": Image.fromarray(pixels)}


def own_pixels(row: Row, number: int, beyond: float = 0.5) -> np.ndarray:
    """(H, W): where the ink of one stroke alone lies, and so far beyond it, if that is most of it; else nothing."""
    whole = strokes_of(row)
    assert whole is not None and not isinstance(whole, str)
    others = {key: [part for k, part in enumerate(row[key]) if k != number] for key in ("strokes", "stroke_widths_px")}
    rest, alone = strokes_of(others), strokes_of({key: [row[key][number]] for key in others})
    assert not isinstance(alone, str) and alone is not None
    if rest is None or isinstance(rest, str):
        return np.zeros((1, 1), np.bool_)
    size = row["image"].size
    own, free = depth(alone, size) > -beyond, depth(rest, size) <= -1.0
    return own & free if (own & free).sum() > 0.7 * own.sum() else np.zeros_like(own)


def doubled(rows: RowDataset, index: int, row: Row) -> Row:
    return {**row, "stroke_widths_px": [[2 * width for width in stroke] for stroke in row["stroke_widths_px"]]}


def exchanged(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The boxes of two words swapped."""
    boxes = list(row["word_boxes"])
    if len(boxes) < 2:
        return None
    first = index % (len(boxes) - 1)
    boxes[first], boxes[first + 1] = boxes[first + 1], boxes[first]
    return {**row, "word_boxes": boxes}


def shifted(column: str) -> Fault:
    """Boxes moved along the line by a quarter of an x-height."""

    def fault(rows: RowDataset, index: int, row: Row) -> Row | None:
        step = row["x_height_px"] / 4
        if not row[column]:
            return None
        return {**row, column: [(left + step, top, right + step, bottom) for left, top, right, bottom in row[column]]}

    return fault


def other_suffix(rows: RowDataset, index: int, row: Row) -> Row | None:
    other = rows[(index + 1) % len(rows)]
    if (other["task"] == row["task"]) or other["suffix"] == row["suffix"]:
        return {**row, "suffix": other["suffix"]} if other["suffix"] != row["suffix"] else None
    return {**row, "suffix": other["suffix"]}


def other_target(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The question asks for another word; the answer is still the box of the first."""
    others = [word for word in row["words"] if word != row["target"]]
    if row["target"] is None or not others:
        return None
    return {**row, "target": others[0], "prefix": row["prefix"].replace(row["target"], others[0])}


def mirrored(rows: RowDataset, index: int, row: Row) -> Row | None:
    """Tokens with x before y."""
    if row["task"] not in ("locate", "derender"):
        return None
    parts = []
    for part in row["suffix"].split(" "):
        points = points_of(part)
        assert points is not None
        parts.append("".join(f"<loc{x:04}><loc{y:04}>" for x, y in points.tolist()))
    mirror = " ".join(parts)
    return {**row, "suffix": mirror} if mirror != row["suffix"] else None


def of_another_row(rows: RowDataset, index: int, row: Row) -> Row | None:
    """Text, words and characters of the next row of the task; boxes and picture stay."""
    for step in range(1, 60):
        other = rows[(index + step) % len(rows)]
        if other["task"] == row["task"] and row["text"] and other["text"] != row["text"]:
            labels = {key: other[key] for key in ("text", "words", "characters")}
            return {**row, **labels, "suffix": other["suffix"] if row["suffix"] == row["text"] else row["suffix"]}
    return None


def reworded(row: Row, words: Sequence[str]) -> Row | None:
    """The row with other words of the same lengths, in all columns that tell the text."""
    if row["task"] not in ("recognise", "transcribe_lines") or list(words) == row["words"]:
        return None
    at, lines = 0, []
    for line in row["text"].split("\n"):
        count = len(line.split())
        lines.append(" ".join(words[at : at + count]))
        at += count
    text = "\n".join(lines)
    return {**row, "text": text, "suffix": text, "words": list(words), "characters": list("".join(words))}


def look_alike(one: str, other: str) -> bool:
    return len(one) == len(other) and all(
        a == b or any(a in group and b in group for group in LIKE_EACH_OTHER) for a, b in zip(one, other, strict=True)
    )


@cache
def vocabulary() -> dict[int, list[str]]:
    """Words by length."""
    rows = synthink.dataset("ink_strokes", size=120, seed=99)
    words: dict[int, list[str]] = {}
    for row in rows:
        for word in row["words"]:
            words.setdefault(len(word), []).append(word)
    return words


def long_words(row: Row) -> list[int]:
    return [number for number, word in enumerate(row["words"]) if len(word) >= 3]


def other_word(rows: RowDataset, index: int, row: Row) -> Row | None:
    """One word replaced by another of its length."""
    for number in long_words(row)[index % 3 :]:
        word = row["words"][number]
        options = [other for other in vocabulary().get(len(word), ()) if not look_alike(word, other)]
        if options:
            words = list(row["words"])
            words[number] = options[index % len(options)]
            return reworded(row, words)
    return None


def swapped_letters(rows: RowDataset, index: int, row: Row) -> Row | None:
    """Two letters of a word swapped."""
    for number in long_words(row)[index % 2 :]:
        word = row["words"][number]
        pairs = [(a, b) for a, b in combinations(range(len(word)), 2) if not look_alike(word[a], word[b])]
        if pairs:
            first, second = pairs[index % len(pairs)]
            letters = list(word)
            letters[first], letters[second] = letters[second], letters[first]
            words = list(row["words"])
            words[number] = "".join(letters)
            return reworded(row, words)
    return None


def swapped_words(rows: RowDataset, index: int, row: Row) -> Row | None:
    """Two words swapped, with the characters, and their boxes left."""
    words = list(row["words"])
    pairs = [(a, b) for a, b in combinations(long_words(row), 2) if not look_alike(words[a], words[b])]
    if not pairs:
        return None
    first, second = pairs[index % len(pairs)]
    words[first], words[second] = words[second], words[first]
    return reworded(row, words)


def renamed(rows: RowDataset, index: int, row: Row) -> Row | None:
    """Another shape's name."""
    if row["task"] != "classify":
        return None
    names = [name for name in rows.generator.shapes if name != row["shape"]]  # type: ignore[attr-defined]
    name = names[index % len(names)]
    return {**row, "shape": name, "suffix": name}


def other_colour(rows: RowDataset, index: int, row: Row) -> Row:
    return {**row, "ink_colour": "#1d6b3a" if row["ink_colour"] != "#1d6b3a" else "#b3161b"}


def blank(rows: RowDataset, index: int, row: Row) -> Row:
    return {**row, "image": rows.control(index)["image"]}


def other_picture(rows: RowDataset, index: int, row: Row) -> Row:
    return {**row, "image": rows[(index + 1) % len(rows)]["image"]}


FAULTS: dict[str, Fault] = {
    "shifted by 3 px": moved(lambda point: point + np.array((3.0, 0.0))),
    "shifted down by 3 px": moved(lambda point: point + np.array((0.0, 3.0))),
    "scaled by 3 %": moved(lambda point: point * 1.03),
    "stroke missing in the column": unlisted,
    "stroke missing in the picture": undrawn,
    "widths doubled": doubled,
    "word boxes swapped": exchanged,
    "word boxes shifted": shifted("word_boxes"),
    "character boxes shifted": shifted("character_boxes"),
    "other suffix": other_suffix,
    "other target": other_target,
    "mirrored": mirrored,
    "of another row": of_another_row,
    "other word": other_word,
    "swapped letters": swapped_letters,
    "swapped words": swapped_words,
    "renamed": renamed,
    "other colour": other_colour,
    "blank": blank,
    "picture of another row": other_picture,
}
