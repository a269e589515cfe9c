"""Quick, Draw! in binary form."""

from __future__ import annotations

import pytest

from synthink.ink.files.base import Reading
from synthink.ink.files.quickdraw_bin import QuickDrawBinaryFormat
from synthink.ink.model import InkError
from tests.ink.files.reading import read
from tests.ink.files.samples import quickdraw_bin as binary_sample


class TestBinary:
    def test_drawings(self, tmp_path):
        first, second = read(QuickDrawBinaryFormat, binary_sample(tmp_path))
        assert first.points[:, :2].tolist() == [[1, 4], [2, 5], [3, 6], [255, 0]]
        assert first.lengths.tolist() == [3, 1] and first.label is None
        told = {"countrycode": "US", "key_id": "5152802093400064", "recognized": True, "timestamp": 1488314496}
        assert first.metadata == told and first.source == "cat.bin#1"
        assert second.points[:, :2].tolist() == [[9, 8]] and len(second) == 1

    @pytest.mark.parametrize("cut", [1, 3, 5, 20, 22])
    def test_a_file_that_is_cut_off(self, tmp_path, cut):
        path = binary_sample(tmp_path)
        path.write_bytes(path.read_bytes()[:-cut])
        with pytest.raises(InkError, match=r"cat\.bin, drawing 2, offset \d+: is cut off"):
            read(QuickDrawBinaryFormat, path)
        reading = Reading("cat.bin", strict=False)
        assert len(list(QuickDrawBinaryFormat().read(path, reading))) == 1 and reading.skipped.total() == 1
