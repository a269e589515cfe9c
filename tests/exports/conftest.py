"""Small datasets that are exported; no test changes them."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthink

METERS = {"questions_per_picture": "all", "kinds": {"drum": 1, "lcd": 1}}
TASKS = {"recognise": 1, "transcribe_lines": 1, "classify": 1, "derender": 1, "locate": 1}


@pytest.fixture(scope="session")
def meters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six questions a picture, in shards that end between two of them; some places of displays are dark."""
    folder = tmp_path_factory.mktemp("meters") / "data"
    splits = {"train": 18, "test": 6}
    synthink.generate(
        "meters", splits=splits, output=folder, shard_size=7, picture_px=128, workers=1, seed=11, **METERS
    )
    return folder


@pytest.fixture(scope="session")
def ink(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tasks of handwriting, in two shards."""
    folder = tmp_path_factory.mktemp("ink") / "data"
    synthink.generate(
        "ink_strokes", splits={"train": 16}, output=folder, shard_size=8, picture_px=128, workers=1, tasks=TASKS
    )
    return folder
