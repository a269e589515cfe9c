"""What a request may hold."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from synthink.canvas.requests import DEEPEST, MOST_POINTS, MOST_STROKES, BadRequest, ink_of, read_json, text_of


def test_strokes_become_ink_with_times_from_the_first_point() -> None:
    ink = ink_of({"strokes": [[[1, 2, 1_700_000_000_000.5, 0.5], [3, 4, 1_700_000_000_008.5]], [[5, 6, None, None]]]})
    assert ink.lengths.tolist() == [2, 1] and ink.units == "px"
    expected = [[1, 2, 0, 0.5], [3, 4, 8, np.nan], [5, 6, np.nan, np.nan]]
    np.testing.assert_array_equal(ink.points, np.array(expected, np.float32))


@pytest.mark.parametrize(
    "strokes",
    [
        None,
        "x",
        {},
        [1],
        [[]],
        [[1, 2]],
        [[[1]]],
        [[[1, 2, 3, 0.5, 6]]],
        [[["1", 2]]],
        [[[True, 2]]],
        [[[None, 2]]],
        [[[1e300, 2]]],
        [[[10**400, 2]]],
        [[[2e6, 0]]],
        [[[1, 2, 1e15]]],
        [[[1, 2, 3, 1.5]]],
        [[[1, 2, 3, -0.1]]],
        [[[[1], 2]]],
    ],
)
def test_what_is_no_stroke_is_refused_with_its_place(strokes: Any) -> None:
    with pytest.raises(BadRequest, match=r"^strokes"):
        ink_of({"strokes": strokes})


def test_strokes_and_points_are_bounded() -> None:
    with pytest.raises(BadRequest, match="strokes; at most") as error:
        ink_of({"strokes": [[[0, 0]]] * (MOST_STROKES + 1)})
    assert error.value.status == 413
    with pytest.raises(BadRequest, match="100,001 points; at most"):
        ink_of({"strokes": [[[0, 0]] * (MOST_POINTS + 1)]})
    assert len(ink_of({"strokes": [[[0, 0]] * MOST_POINTS]}).points) == MOST_POINTS


def test_json_is_bounded_in_depth_and_is_an_object() -> None:
    deepest = b'{"a": ' + b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1) + b"}"
    assert read_json(deepest)
    for body in (b'{"a": ' + b"[" * 100_000, b'{"a": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}"):
        with pytest.raises(BadRequest, match="nested"):
            read_json(body)
    assert read_json(b'{"a": "[[[[[[[[[[[[\\"[[["}')  # brackets of a text are no depth
    for body in (
        b"",
        b"[]",
        b"1",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"\xff",
        b'{"a": 1',
        b'{"a": ' + b"9" * 5000 + b"}",
    ):
        with pytest.raises(BadRequest):
            read_json(body)


def test_lists_are_counted_before_they_are_made() -> None:
    with pytest.raises(BadRequest, match="200,002 lists; at most") as error:
        read_json(b'{"a": [' + b"[]," * 200_000 + b"[]]}")
    assert error.value.status == 413


def test_texts_are_bounded() -> None:
    assert text_of({"a": " x "}, "a") == "x" and text_of({}, "a", default="") == ""
    for value in (None, 1, "x" * 2001, json.loads('"\\ud800"')):
        with pytest.raises(BadRequest, match=r"^a: "):
            text_of({"a": value}, "a")
