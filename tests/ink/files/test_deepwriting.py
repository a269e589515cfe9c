"""DeepWriting's files."""

from __future__ import annotations

import numpy as np
import pytest

from synthink.ink.files.base import Reading
from synthink.ink.files.deepwriting.reader import DeepWritingFormat
from synthink.ink.model import Ink, InkError
from tests.ink.files.reading import read
from tests.ink.files.samples import deepwriting as deepwriting_sample
from tests.ink.files.samples import objects


def spans(ink: Ink) -> list[tuple[str, str, tuple[tuple[int, int, int], ...]]]:
    return [(span.kind, span.label, span.parts) for span in ink.spans]


class TestDeepWriting:
    @pytest.mark.parametrize("old", [False, True])
    def test_points_text_and_marks(self, tmp_path, old):
        whole, cut = read(DeepWritingFormat, deepwriting_sample(tmp_path, old))
        assert (whole.label, whole.writer, whole.source) == ("ab c", "10094", "deepwriting.npz#1")
        assert [stroke[:, :2].tolist() for stroke in whole.strokes] == [
            [[0, 0], [1, 1], [2, 0]],
            [[4, 0], [5, 1]],
            [[11, 1], [12, 3]],
        ]
        assert not whole.has_time and whole.metadata == {}
        assert spans(whole) == [
            ("word", "ab", ((0, 0, 3), (1, 0, 2))),
            ("word", "c", ((2, 0, 2),)),
            ("character", "a", ((0, 0, 3),)),
            ("character", "b", ((1, 0, 2),)),
            ("character", "c", ((2, 0, 2),)),
        ]
        assert (cut.label, cut.metadata, cut.writer) == ("b", {"text": "ab"}, "123467")

    def test_a_text_with_letters_that_the_alphabet_lacks(self, tmp_path):
        whole, _ = read(DeepWritingFormat, deepwriting_sample(tmp_path, texts=np.array(["ab, c!", "ab"])))
        assert whole.label == "ab, c!"

    @pytest.mark.parametrize(("unscale", "width"), [(False, 12), (True, 36), ("auto", 12)])
    def test_scaling_is_undone_where_letters_get_their_usual_width(self, tmp_path, unscale, width):
        wide = read(DeepWritingFormat, deepwriting_sample(tmp_path), unscale=unscale)[0]
        assert np.ptp(wide.points[:, 0]) == width

    def test_narrow_letters_are_stretched(self, tmp_path):
        normal = {"std": np.float32([0.5, 2, 1]), "mean": np.float32([0.125, 0.5, 0])}
        plain = read(DeepWritingFormat, deepwriting_sample(tmp_path, **normal), unscale=False)[0]
        assert np.ptp(plain.points[:, 0]) == 3
        assert np.ptp(read(DeepWritingFormat, deepwriting_sample(tmp_path, **normal))[0].points[:, 0]) == 9

    def test_what_was_not_done_is_not_undone(self, tmp_path):
        path = deepwriting_sample(tmp_path, preprocessing=np.array(["relative_representation"]))
        first = read(DeepWritingFormat, path)[0].points[:2, :2]
        assert first.tolist() == [[-0.25, -0.25], [0, 0]]

    def test_bad_samples_are_refused_or_left_out(self, tmp_path):
        classes = objects([np.array([1, 1, 1, 2, 2, 9, 9], np.int32), np.array([2, 2], np.int32)])
        path = deepwriting_sample(tmp_path, char_labels=classes)
        with pytest.raises(InkError, match="array samples, sample 0: has the character class 9, the alphabet has 4"):
            read(DeepWritingFormat, path)
        reading = Reading(path.name, strict=False)
        assert [ink.label for ink in DeepWritingFormat().read(path, reading)] == ["b"]
        assert reading.skipped.total() == 1

    def test_arrays_of_different_lengths(self, tmp_path):
        path = deepwriting_sample(tmp_path, texts=np.array(["a"]))
        with pytest.raises(InkError, match="array texts: has 1 entries for 2 samples"):
            read(DeepWritingFormat, path, strict=False)
