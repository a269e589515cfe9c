"""Gestures on pages that a camera takes as a whole: what lies around the square comes into sight, and nothing moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synthink

pytestmark = pytest.mark.heavy

SAME = ("gesture", "text", "target_box", "target_words", "ink_box", "text_box", "strokes", "crop_box")


def rows(photograph: str, **fields: Any) -> synthink.RowDataset:
    asked = {"recognise_gesture": 1, "detect_text": 0, "transcribe": 0, "edited_text": 0}
    fields = {"tasks": asked, "camera": "photo", "documents": {"count": 20}, "picture_px": 224, **fields}
    return synthink.dataset("gestures", size=8, seed=2, photograph=photograph, **fields)


def test_labels_stay_and_more_words_are_seen() -> None:
    alone, page = rows("square"), rows("page")
    more = 0
    for index in range(8):
        one, other = alone[index], page[index]
        assert all(one[name] == other[name] for name in SAME)
        assert len(set(one["words"]) - set(other["words"])) <= 1  # of which just half is seen
        more += len(other["words"]) - len(one["words"])
        assert np.any(np.asarray(one["image"]) != np.asarray(other["image"]))
    assert more > 0


def test_a_desk_lies_beyond_the_page_alone() -> None:
    """The desk is green: over the page's edge there is some, in the middle of a page none."""
    camera = {"preset": "photo", "background": "#00ff00", "light": [0, 0]}
    green = {}
    for photograph, view in (("square", "ink"), ("page", "ink"), ("page", "page")):
        pictures = [np.asarray(row["image"]).astype(int) for row in rows(photograph, view=view, camera=camera)]
        green[photograph, view] = [float((p[..., 1] - p[..., 0] > 90).mean()) for p in pictures]
    assert min(green["square", "ink"]) > 0.01 and min(green["page", "page"]) > 0.1
    assert sorted(green["page", "ink"])[4] < 0.001


def test_without_a_camera_it_says_nothing() -> None:
    one, other = (rows(photograph, camera="none")[0] for photograph in ("square", "page"))
    assert one["image"].tobytes() == other["image"].tobytes() and one["words"] == other["words"]
