"""Fixtures that several files of this folder share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build.folders import make


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "data"
    make(folder)
    return folder


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    make(tmp_path / "data")
    return tmp_path / "data"
