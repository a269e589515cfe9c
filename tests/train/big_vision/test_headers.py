"""Weights in files, as far as their heads tell: what numpy would read in another way, or would unpickle, is refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from synthink.errors import ModelError
from synthink.train.big_vision.weights import headers, save

WEIGHTS = {"img/a": np.ones((3, 4), np.float32), "llm/b": np.zeros(7, np.float32)}


def test_names_shapes_and_types_are_read(tmp_path: Path) -> None:
    save(tmp_path / "a.npz", WEIGHTS)
    assert headers(tmp_path / "a.npz") == {"img/a": ((3, 4), "<f4"), "llm/b": ((7,), "<f4")}


def test_a_pickle_with_a_zip_file_behind_it_is_no_checkpoint(tmp_path: Path) -> None:
    """`zipfile` goes by the end of a file, numpy by its beginning: what is checked would not be what is read."""
    save(tmp_path / "a.npz", WEIGHTS)
    (tmp_path / "b.npz").write_bytes(pickle.dumps([1]) + (tmp_path / "a.npz").read_bytes())
    with pytest.raises(ModelError, match="its first bytes are not those of a zip file"):
        headers(tmp_path / "b.npz")


def test_a_damaged_name_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "a.npz", WEIGHTS)
    data = bytearray((tmp_path / "a.npz").read_bytes())
    data[7] |= 8  # names are in UTF-8, which this one is not
    data[30] = 0xB0
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(ModelError, match="not a checkpoint"):
        headers(tmp_path / "a.npz")
