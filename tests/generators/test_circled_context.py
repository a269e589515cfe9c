"""circled_letters in the middle of other words: where these stand, what the control shows, and what the oracle says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synthink
from synthink import Box
from synthink.verify.oracles.circled_letters.oracle import CircledLettersOracle

pytestmark = pytest.mark.heavy

CONTEXTS: list[dict[str, Any]] = [
    {"context": "line", "text_size_px": (16, 30)},
    {"context": "page", "text_size_px": (14, 24), "picture_px": 300},
]


def drawn(**fields: Any) -> synthink.RowDataset:
    return synthink.dataset("circled_letters", size=6, seed=5, **fields)


def box_of(quad: Any) -> Box:
    corners = np.array(quad).reshape(4, 2)
    return Box(*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())


def overlap(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > 0 and down > 0


@pytest.mark.parametrize("fields", CONTEXTS, ids=lambda fields: str(fields["context"]))
def test_words_stand_around_apart_from_each_other_and_from_any_ring(fields: dict[str, Any]) -> None:
    level = drawn(rotation_deg=(0, 0), **fields)
    counts = []
    for row in level:
        width, height = row["image"].size
        boxes = [box_of(quad) for quad in row["context_quads"]]
        counts.append(len(boxes))
        assert len(boxes) == len(row["context_words"])
        for number, box in enumerate(boxes):
            assert box.left >= 0 and box.top >= 0 and box.right <= width and box.bottom <= height
            assert not any(overlap(box, other) for other in boxes[:number])
            assert not overlap(box, Box(*row["mark_box"]))
            assert not any(overlap(box, Box(*glyph)) for glyph in row["glyph_boxes"])
    assert sum(counts) > (50 if fields["context"] == "page" else 4)


def test_the_control_keeps_the_words_and_lacks_the_ring() -> None:
    made = drawn(**CONTEXTS[1])
    for index in range(2):
        row, control = made[index], made.control(index)
        assert row["context_words"] == control["context_words"] and row["context_quads"] == control["context_quads"]
        differ = np.asarray(row["image"]).astype(int) - np.asarray(control["image"])
        ys, xs = np.nonzero(np.abs(differ).max(axis=2))
        left, top, right, bottom = row["mark_box"]
        assert xs.min() >= left - 1 and xs.max() <= right + 1 and ys.min() >= top - 1 and ys.max() <= bottom + 1


@pytest.mark.parametrize("camera", ["none", pytest.param("photo", marks=pytest.mark.slow)])
def test_the_oracle_reads_the_word_among_the_others(camera: str) -> None:
    made = drawn(**CONTEXTS[1], camera=camera)
    oracle = CircledLettersOracle(made.generator)
    row, control = made[0], made.control(0)["image"]
    assert oracle.check(row, lambda: control).verdict == "right"
    words = row["context_words"]
    moved = [[x + 9 for x in quad] if n == len(words) // 2 else quad for n, quad in enumerate(row["context_quads"])]
    finding = oracle.check({**row, "context_quads": moved}, lambda: control)
    assert finding.verdict in ("wrong", "unsure")
    other = (row["letter_index"] + 1) % len(row["word"])
    wrong = {**row, "letter_index": other, "suffix": row["word"][other]}
    assert oracle.check(wrong, lambda: control).verdict == "wrong"
