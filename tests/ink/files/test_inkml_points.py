"""The points of an InkML trace."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.ink.files.inkml.points import PointError, read_points

NAN = float("nan")
SYMBOL = [1, 2], [3, 4], [5, 6]


class TestPoints:
    """The grammar of InkML 1.0, section 3.2.1."""

    @pytest.mark.parametrize(
        "text, values",
        [
            ("10-5,-3-4", [[10, -5], [-3, -4]]),
            ("1e1 +2.", [[10, 2]]),
            (".5-.5", [[0.5, -0.5]]),
            ("#FF #a", [[255, 10]]),
            ("-#10 1", [[-16, 1]]),
            ("T F", [[1, 0]]),
            ("1 2,? 3,* *", [[1, 2], [NAN, 3], [1, 3]]),
            ("10 20,'1'2,3 4", [[10, 20], [11, 22], [14, 26]]),  # a prefix holds until the next
            ("10 20,'1 25,2 30", [[10, 20], [11, 25], [13, 30]]),  # for its channel alone
            ("10 20,'1'2,!5 4", [[10, 20], [11, 22], [5, 26]]),
            ("0 0,'10'10,\"2\"-1,0 0", [[0, 0], [10, 10], [22, 19], [34, 28]]),
            ("5 5,'2'3,* *,!* 1", [[5, 5], [7, 8], [9, 11], [9, 12]]),  # the last difference again
            ("1 2,", [[1, 2]]),
            ("' 1 2", None),
            ("* 1", None),
            ("1 2,,3 4", None),
            ("1 2 3", None),
            ("1 2,3", None),
            ("1 nan", None),
            ("1 1_0", None),
            ("1 inf", None),
            ("1 :5", None),
            ("１ ２", None),
            ("0x10 1", None),
        ],
    )
    def test_grammar(self, text, values):
        if values is None:
            with pytest.raises(PointError):
                read_points(text, 2, 2)
        else:
            assert np.array_equal(read_points(text, 2, 2), values, equal_nan=True)

    @given(st.lists(st.tuples(st.integers(-999, 999), st.integers(-999, 999)), min_size=3, max_size=20))
    def test_differences_add_up_to_the_points(self, points):
        array = np.array(points)
        firsts, seconds = np.diff(array, axis=0), np.diff(array, 2, axis=0)
        words = [f"{array[0, 0]} {array[0, 1]}", f"'{firsts[0, 0]}'{firsts[0, 1]}"]
        in_firsts = [*words, *(f"{x} {y}" for x, y in firsts[1:])]
        in_seconds = [*words, *(f'"{x}"{y}' for x, y in seconds)]
        assert read_points(",".join(in_firsts), 2, 2).tolist() == array.tolist()
        assert read_points(",".join(in_seconds), 2, 2).tolist() == array.tolist()
