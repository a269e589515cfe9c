"""The points that a pen aims at do not hang on the last bits of a line, in which processors differ."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.ink.drawn_shapes import SHAPES, shape_lines
from synthink.ink.handwriting.virtual_targets import sparse_targets, targets
from synthink.streams import StreamKey

LAST_BITS = 2e-15  # x-heights: what sines and roots of two processors differ by


@pytest.mark.parametrize("name", SHAPES)
def test_last_bits_of_a_line_move_no_target(name: str) -> None:
    noise = np.random.default_rng(0)
    for draw in range(12):
        stream = StreamKey("shape", 1, 0).stream(draw, name)
        lines = [line * stream.uniform(1.5, 4.0) for line in shape_lines(name, stream)]
        for line in lines:
            other = line + noise.uniform(-LAST_BITS, LAST_BITS, line.shape)
            for places in (targets, sparse_targets):
                assert np.allclose(places(line)[0], places(other)[0], atol=1e-6), (name, draw, places.__name__)
