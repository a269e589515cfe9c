"""The workshop's gestures."""

from __future__ import annotations

import pytest

from synthink.ink.files.workshop import WorkshopFormat
from synthink.ink.model import InkError
from tests.ink.files.reading import read
from tests.ink.files.samples import workshop as workshop_sample


class TestWorkshop:
    def test_inks_by_hash(self, tmp_path):
        first, second = read(WorkshopFormat, workshop_sample(tmp_path))
        assert first.points[:, :2].tolist() == [[1, 4], [2.5, 5], [3, 6], [9, 8]] and len(first) == 2
        assert first.metadata == {"ink_hash": "6f1d"} and first.units == "px" and not first.has_time
        assert second.metadata == {"ink_hash": "77aa"} and second.source == "ink_gestures_train.json#2"

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("[]", "is no object of inks"),
            ('{"a": []}', "ink 'a': is no object with a list `strokes`"),
            ('{"a": {"strokes": [{"xs": [1]}]}}', "ink 'a', stroke 0: is no object with `xs` and `ys`"),
            ('{"a": {"strokes": [{"xs": [1], "ys": [1, 2]}]}}', "ink 'a', stroke 0: x, y and t have 1, 2 values"),
            ('{"a": {"strokes": [', "offset 19: is no JSON"),
        ],
    )
    def test_bad_files(self, tmp_path, content, message):
        path = tmp_path / "a.json"
        path.write_text(content)
        with pytest.raises(InkError, match=message):
            read(WorkshopFormat, path)
