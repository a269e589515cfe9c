"""A hub on the loopback address, and what clients need to find it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub.constants
import pytest

import synthink
from tests.publish.hub import TOKEN, Hub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """The hub for this process and for those that it starts."""
    server = Hub()
    home = tmp_path / "hf"
    for name, value in environment(server, home).items():
        monkeypatch.setenv(name, value)
    constants = huggingface_hub.constants
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.address + "/{repo_id}/resolve/{revision}/{filename}"
    )
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(home / "hub"))
    yield server
    server.close()


def environment(server: Hub, home: Path) -> dict[str, str]:
    """The variables by which a client in another process finds the hub."""
    own = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "HOME")}
    return own | {
        "HF_ENDPOINT": server.address,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_TOKEN": TOKEN,
        "HF_HOME": str(home),
    }


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small finished dataset in several shards, which no test changes."""
    folder = tmp_path_factory.mktemp("made") / "d"
    splits = {"train": 12, "test": 4}
    synthink.generate("circled_letters", splits=splits, seed=0, output=folder, shard_size=4, picture_px=64)
    return folder
