"""Small letters over Chinese characters are told from words of their own."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.documents.sources.pdf.initials import ruby


@pytest.mark.parametrize(
    ("text", "box", "size", "is_ruby"),
    [
        ("かん", (100, 88, 120, 98), 10.0, True),
        ("hàn", (102, 89, 118, 98), 9.0, True),
        ("かん", (100, 50, 120, 60), 10.0, False),  # far above
        ("かん", (300, 88, 320, 98), 10.0, False),  # beside
        ("かん", (100, 80, 140, 98), 18.0, False),  # a line of its own
        ("12", (100, 88, 120, 98), 10.0, False),
    ],
)
def test_ruby_is_small_and_right_above_the_characters(
    text: str, box: tuple[float, ...], size: float, is_ruby: bool
) -> None:
    boxes = np.array([(100, 100, 140, 120), box], dtype=float)
    assert ruby(["漢字", text], boxes, np.array((20.0, size))).tolist() == [False, is_ruby]


def test_without_chinese_characters_there_is_no_ruby() -> None:
    boxes = np.array([(100, 100, 140, 120), (100, 88, 120, 98)], dtype=float)
    assert not ruby(["word", "up"], boxes, np.array((20.0, 9.0))).any()
