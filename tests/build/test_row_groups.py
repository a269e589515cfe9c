"""Row groups of Parquet files: how large they get, and how many a file may have."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

import synthink
from synthink import ConfigError
from synthink.build.formats import base, find_format
from synthink.draw.picture import JpegPicture, RgbPicture
from synthink.tables.parquet import LARGEST_FOOTER


def test_row_groups_stay_small_when_pictures_are_large(tmp_path: Path) -> None:
    words = np.random.Philox(key=1).random_raw(512 * 512 * 3 // 8)
    file = io.BytesIO()
    Image.fromarray(words.view(np.uint8).reshape(512, 512, 3)).save(file, "JPEG", quality=100)
    count = 120_000_000 // len(file.getvalue())
    picture = JpegPicture(file.getvalue())
    rows = [{"id": str(i), "task": "t", "image": picture, "prefix": "p", "suffix": "s"} for i in range(count)]
    find_format("parquet").write(tmp_path / "big.parquet", {}, rows)
    meta = pq.ParquetFile(tmp_path / "big.parquet").metadata
    assert meta.num_rows == count
    assert all(meta.row_group(i).total_byte_size < 100e6 for i in range(meta.num_row_groups))


def test_the_largest_parquet_shard_of_small_pictures_has_a_footer_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = find_format("parquet")
    groups = 10
    assert form.most_shard_rows == 10 * groups * base.GROUP_ROWS
    monkeypatch.setattr(base, "GROUP_ROWS", 1)
    columns = {f"text_{number}": str for number in range(40)}
    texts = dict.fromkeys(columns, "x" * 300)
    picture = RgbPicture(np.zeros((8, 8, 3), np.uint8))
    rows = [{"id": str(i), "task": "t", "image": picture, "prefix": "p", "suffix": "s", **texts} for i in range(groups)]
    form.write(tmp_path / "big.parquet", columns, rows)
    meta = pq.ParquetFile(tmp_path / "big.parquet").metadata
    assert meta.num_row_groups == groups and 10 * meta.serialized_size < LARGEST_FOOTER / 4
    assert len(list(form.read(tmp_path / "big.parquet"))) == groups
    with pytest.raises(ConfigError, match="shard_size=100001: must be at most 100,000 for the format parquet"):
        synthink.generate("circled_letters", splits={"train": 5}, shard_size=100_001, output=tmp_path / "data")
