"""Whether prefix and suffix say what the columns say, with a reading of location tokens of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.verify.oracle import Finding
from synthink.verify.oracles.ink_strokes.row import Floats, Strokes, bins, boxes_of

OTHER_SUFFIX = "the suffix is not the text"
OTHER_SHAPE = "the suffix is not the shape"
OTHER_TARGET = "the target is not the word asked for"
OTHER_TARGET_BOX = "target_box is not the target's"
OTHER_PLACE = "the suffix is not the target's box"
NO_TOKENS = "the suffix is no location tokens"
OTHER_STROKES = "the suffix is not the strokes"
OTHER_PROMPT = "the prefix is no question of this task"

FAR = 0.03  # of the picture's longer side: what a thinned-out answer may leave out on the average
_STROKE = re.compile(r"(?:<loc[01]\d{3}>)+")
_BIN = re.compile(r"\d{4}")

Bins = npt.NDArray[np.intp]


def check_answer(
    row: Mapping[str, Any], strokes: Strokes | None, size_px: tuple[int, int], prompts: Mapping[str, tuple[str, ...]]
) -> Finding | None:
    """Check the answer against the row's annotations. prompts: the questions of each task, where they are known."""
    task, prefix, suffix = row.get("task"), str(row.get("prefix", "")), str(row.get("suffix", ""))
    questions = prompts.get(str(task), ())
    if questions and prefix not in {prompt.replace("{word}", row.get("target") or "") for prompt in questions}:
        return Finding("wrong", OTHER_TARGET if task == "locate" else OTHER_PROMPT)
    if task in ("recognise", "transcribe_lines"):
        return Finding("wrong", OTHER_SUFFIX) if row.get("text", suffix) != suffix else None
    if task == "classify":
        return Finding("wrong", OTHER_SHAPE) if row.get("shape", suffix) != suffix else None
    if task == "locate":
        return _locate(row, prefix, suffix, size_px)
    if task == "derender":
        return _derender(suffix, strokes, size_px)
    return None


def points_of(tokens: str) -> Bins | None:
    """(N, 2) bins of x, y; the tokens hold y before x. None for what is not pairs of tokens."""
    if not _STROKE.fullmatch(tokens):
        return None
    numbers = np.array([int(digits) for digits in _BIN.findall(tokens)], np.intp)
    if len(numbers) % 2 or numbers.max() > 1023:
        return None
    return numbers.reshape(-1, 2)[:, ::-1]


def _locate(row: Mapping[str, Any], prefix: str, suffix: str, size_px: tuple[int, int]) -> Finding | None:
    target, box = row.get("target"), row.get("target_box")
    if target is not None and target not in prefix:
        return Finding("wrong", OTHER_TARGET)
    if target is not None and row.get("words") is not None:
        finding = _check_target(row, target)
        if finding is not None:
            return finding
    corners = points_of(suffix)
    if corners is None or len(corners) != 2:
        return Finding("wrong", NO_TOKENS)
    if box is not None:
        # Boxes are stored as 32-bit numbers: one on the edge of a bin may have been rounded across it.
        low, high = (bins(np.array(box).reshape(2, 2) + step, size_px) for step in (-1e-3, 1e-3))
        if not ((corners >= low) & (corners <= high)).all():
            return Finding("wrong", OTHER_PLACE)
    return None


def _check_target(row: Mapping[str, Any], target: str) -> Finding | None:
    """Whether the word asked for is one of the row's, and its box that word's."""
    words, box = row["words"], row.get("target_box")
    if target not in words:
        return Finding("wrong", OTHER_TARGET)
    boxes = boxes_of(row.get("word_boxes"))[[number for number, word in enumerate(words) if word == target]]
    if box is not None and len(boxes) and np.abs(boxes - box).max(axis=1).min() > 1e-3:
        return Finding("wrong", OTHER_TARGET_BOX)
    return None


def _derender(suffix: str, strokes: Strokes | None, size_px: tuple[int, int]) -> Finding | None:
    """Every stroke of the answer is one of the row's with points left out, in the same order; little is left out."""
    answer = [points_of(part) for part in suffix.split(" ")]
    parts = [part for part in answer if part is not None]
    if len(parts) < len(answer):
        return Finding("wrong", NO_TOKENS)
    if strokes is None:
        return None
    remaining = iter([strokes.points[first:stop] for first, stop in strokes.parts])
    for part in parts:
        if not any(_among(part, points, size_px) for points in remaining):
            return Finding("wrong", OTHER_STROKES)
    lines = [(part + 0.5) / 1024 * size_px for part in parts]
    away = np.minimum.reduce([_distance(strokes.points[::2], line) for line in lines])
    return Finding("wrong", OTHER_STROKES) if away.mean() > FAR * max(size_px) else None


def _among(part: Bins, points: Floats, size_px: tuple[int, int]) -> bool:
    """Whether the bins are those of a stroke's first, last and some points between, in order."""
    low, high = bins(points - 1e-3, size_px), bins(points + 1e-3, size_px)
    row = 0
    for number, pair in enumerate(part):
        hits = np.flatnonzero(((low[row:] <= pair) & (pair <= high[row:])).all(axis=1))
        if not len(hits) or (number == 0 and hits[0] != 0):
            return False
        row += int(hits[0])
    return bool(((low[-1] <= part[-1]) & (part[-1] <= high[-1])).all())


def _distance(points: Floats, line: Floats) -> Floats:
    """(N,): how far points are from a line of one or more places."""
    start, end = line[: max(1, len(line) - 1)], line[min(1, len(line) - 1) :]
    way = end - start
    square = np.maximum((way**2).sum(axis=1), 1e-9)
    off = points[:, np.newaxis] - start
    share = np.clip((off * way).sum(axis=2) / square, 0, 1)[:, :, np.newaxis]
    nearest: Floats = np.sqrt(((off - share * way) ** 2).sum(axis=2)).min(axis=1)
    return nearest
