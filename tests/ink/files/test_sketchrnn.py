"""sketch-rnn's files."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.ink.files.sketchrnn import SketchRnnFormat
from synthink.ink.model import InkError
from tests.ink.files.reading import read
from tests.ink.files.samples import objects
from tests.ink.files.samples import sketchrnn as sketchrnn_sample


class TestSketchRnn:
    def test_drawings_with_their_splits(self, tmp_path):
        inks = read(SketchRnnFormat, sketchrnn_sample(tmp_path))
        assert [ink.metadata["split"] for ink in inks] == ["train", "train", "valid", "test"]
        assert [stroke[:, :2].tolist() for stroke in inks[0].strokes] == [[[1, 2], [4, 2]], [[9, 7], [8, 8]]]
        assert [ink.source for ink in inks] == [f"cat.npz#{number}" for number in (1, 2, 3, 4)]
        assert inks[0].label is None

    def test_a_pen_of_two_is_refused_or_left_out(self, tmp_path):
        path = tmp_path / "bad.npz"
        np.savez(path, train=objects([np.array([[1, 2, 2]], np.int16), np.array([[1, 2, 1]], np.int16)]))
        with pytest.raises(InkError, match="array train, drawing 0: has pen states"):
            read(SketchRnnFormat, path)
        assert len(read(SketchRnnFormat, path, strict=False)) == 1
